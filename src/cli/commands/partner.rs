//! `entente partner`: list, show, enable, disable, refresh; its domains are in `partner_domains`.

use serde_json::{Value, json};

use super::documents;
use super::print::Printer;
use crate::cli::arguments::{PartnerVerb, SwitchVerb};
use crate::domain::documents::{MetadataSource, Owner};
use crate::domain::invitations::language::LanguageTag;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{
    Admission, AssertionEncryption, Credential, MailAuthority, Network, OidcTrust, Partner, PartnerKind, PassedScoping,
    PassiveRequests, SamlTrust, SubjectRule, Switch, Trust,
};
use crate::domain::policy::facts::HomeTrust;
use crate::domain::policy::methods::Method;
use crate::flows::operate::{Act, switch_partner};
use crate::flows::services::Services;
use crate::flows::{inspect, paths};
use crate::keys::certificates::Certificate;

/// Runs one verb.
///
/// # Errors
/// An unknown slug, and failures of the database.
pub async fn run(
    services: &Services,
    act: Act<'_>,
    verb: &PartnerVerb,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let verb = match verb {
        PartnerVerb::Switch(verb) => verb,
        PartnerVerb::Domains(named) => return super::partner_domains::list(services, &named.slug, printer).await,
        PartnerVerb::Verify(asked) => return super::partner_domains::verify(services, act, asked, printer).await,
    };
    match verb {
        SwitchVerb::List => {
            let rows = inspect::partners(services).await?.iter().map(row).collect();
            printer.table(&["slug", "name", "enabled", "admission", "domains", "entity_id"], rows)?;
        }
        SwitchVerb::Show(named) => {
            let partner = inspect::partner(services, &named.slug).await?;
            let mut fields = fields(&partner, &services.settings.public_url);
            fields.extend(documents::fields(services, Owner::Partner(partner.id)).await?);
            printer.record(fields)?;
        }
        SwitchVerb::Enable(named) => switch(services, act, &named.slug, Switch::Enabled, printer).await?,
        SwitchVerb::Disable(named) => switch(services, act, &named.slug, Switch::Disabled, printer).await?,
        SwitchVerb::Refresh(named) => {
            let id = inspect::partner(services, &named.slug).await?.id;
            documents::refresh(services, act, Owner::Partner(id), &named.slug, printer).await?;
        }
    }
    Ok(())
}

async fn switch(
    services: &Services,
    act: Act<'_>,
    slug: &str,
    switch: Switch,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let change = switch_partner(services, act, slug, switch).await?;
    super::app::say_switched(printer, "partner", slug, switch, change)
}

fn row(partner: &Partner) -> Vec<Value> {
    vec![
        json!(partner.slug.as_str()),
        json!(partner.name),
        json!(partner.switch.is_on()),
        json!(admission(partner)),
        domains(partner),
        json!(partner.trust.issuer()),
    ]
}

fn admission(partner: &Partner) -> &'static str {
    match partner.admission {
        Admission::Invited => "invited",
        Admission::Anyone => "anyone",
    }
}

fn domains(partner: &Partner) -> Value {
    partner.domains.iter().map(|domain| domain.as_str()).collect()
}

fn fields(partner: &Partner, public_url: &PublicUrl) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("id", json!(partner.id.to_string())),
        ("slug", json!(partner.slug.as_str())),
        ("name", json!(partner.name)),
        ("kind", json!(if partner.kind == PartnerKind::Home { "home" } else { "partner" })),
        ("enabled", json!(partner.switch.is_on())),
        ("version", json!(partner.version)),
        ("admission", json!(admission(partner))),
        ("domains", domains(partner)),
        ("shared_domains", partner.shared_domains.iter().map(|domain| domain.as_str()).collect()),
        ("addresses", json!(partner.addresses.len())),
        ("clock_skew", json!(partner.clock_skew.as_secs())),
        (
            "mail_authority",
            json!(match partner.mail_authority {
                MailAuthority::Domains => "domains",
                MailAuthority::VerifiedOnly => "verified_only",
            }),
        ),
        ("language", json!(partner.language.as_ref().map(LanguageTag::as_str))),
    ];
    let rules = partner.attributes.rules.iter().flat_map(|set| &set.terms().rules);
    fields.push(("claims", rules.map(|rule| rule.name.as_str()).collect()));
    fields.extend(assurance(partner));
    match &partner.trust {
        Trust::Saml(trust) => fields.extend(saml(trust)),
        Trust::Oidc(trust) => {
            fields.extend(oidc(trust));
            let callback = paths::RP_CALLBACK.replace("{handle}", &partner.handle);
            fields.push(("redirect_uri", json!(public_url.join(&callback))));
            let logout = paths::RP_BACKCHANNEL_LOGOUT.replace("{handle}", &partner.handle);
            fields.push(("backchannel_logout_uri", json!(public_url.join(&logout))));
        }
        Trust::MailedCode => fields.push(("protocol", json!("mailed code"))),
    }
    fields
}

fn assurance(partner: &Partner) -> [(&'static str, Value); 3] {
    let contract = &partner.assurance;
    let second_factors = match contract.home_trust {
        HomeTrust::NotTrusted => "not accepted",
        HomeTrust::Trusted => "accepted",
        HomeTrust::Required => "required",
    };
    [
        ("second_factors", json!(second_factors)),
        ("may_assert", contract.may_assert.methods().map(Method::as_str).collect()),
        ("fresh_within", json!(contract.fresh_within.map(|limit| limit.as_secs()))),
    ]
}

fn oidc(trust: &OidcTrust) -> Vec<(&'static str, Value)> {
    let terms = &trust.terms;
    vec![
        ("protocol", json!("oidc")),
        ("issuer", json!(terms.issuer)),
        ("client_id", json!(terms.client_id)),
        (
            "token_endpoint_auth_method",
            json!(match trust.credential {
                Credential::SecretBasic(_) => "client_secret_basic",
                Credential::SecretPost(_) => "client_secret_post",
                Credential::PrivateKeyJwt => "private_key_jwt",
            }),
        ),
        ("id_token_signed_response_alg", json!(terms.algorithm.as_str())),
        ("scopes", json!(terms.scopes)),
        ("acr_values", json!(terms.acr_values)),
        ("dangerous_allow_private", json!(terms.network == Network::DangerousPrivate)),
        ("passive", json!(terms.passive == PassiveRequests::Allowed)),
        ("refresh", json!(terms.asked_again.is_some())),
        ("refresh_grace", json!(terms.asked_again.map(|again| again.grace.as_secs() / 60))),
    ]
}

/// The certificate of who must have signed the metadata.
pub(super) fn pinned(source: Option<&MetadataSource>) -> Value {
    json!(source.and_then(|source| source.certificate.as_ref()).map(Certificate::fingerprint))
}

fn saml(trust: &SamlTrust) -> Vec<(&'static str, Value)> {
    let subject = match &trust.subject {
        SubjectRule::PersistentNameId => "name_id persistent".to_owned(),
        SubjectRule::Attribute(name) => format!("attribute {name}"),
        SubjectRule::DangerousEmailNameId => "name_id email (dangerous)".to_owned(),
    };
    let encryption = match trust.request.encryption {
        AssertionEncryption::Refused => "refused",
        AssertionEncryption::Accepted => "accepted",
        AssertionEncryption::Required => "required",
    };
    let certificates = trust
        .certificates
        .iter()
        .map(|certificate| format!("sha256 {} until {}", certificate.fingerprint(), certificate.not_after()));
    vec![
        ("protocol", json!("saml")),
        ("entity_id", json!(trust.entity_id)),
        ("single_sign_on", json!(trust.sso_redirect_url)),
        ("subject", json!(subject)),
        ("certificates", certificates.collect()),
        ("metadata_url", json!(trust.source.as_ref().map(|source| source.url.as_str()))),
        ("metadata_certificate", pinned(trust.source.as_ref())),
        ("metadata_valid_until", json!(trust.valid_until.map(|until| until.to_string()))),
        ("name_id_format", json!(trust.request.name_id_format)),
        ("requested_classes", json!(trust.request.requested_classes)),
        ("passive", json!(trust.request.passive == PassiveRequests::Allowed)),
        ("encryption", json!(encryption)),
        ("scoping", json!(trust.request.scoping == PassedScoping::PassedOn)),
        ("unsolicited", json!(trust.request.unsolicited.as_ref().map(|app| app.as_str()))),
    ]
}
