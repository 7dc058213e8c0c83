//! `entente app`: list, show, enable, disable, refresh; its claims are shown in `app_claims`.

use serde_json::{Value, json};

use super::print::Printer;
use super::{app_claims, documents};
use crate::base::clock::Timestamp;
use crate::cli::arguments::{AppVerb, SwitchVerb};
use crate::domain::apps::grant_types::GrantType;
use crate::domain::apps::token_rules::{AccessTokenForm, Profile, TokenBinding};
use crate::domain::apps::{
    AcsStanding, AllowedPartners, App, AppProtocol, ApplicationType, Assignment, Confidentiality, IdTokenAlgorithm,
    LogoutNames, OidcApp, PkceRule, RelayStateOfLinks, RequestRule, SamlApp, SignedAnswers, SignedRequests,
};
use crate::domain::documents::Owner;
use crate::domain::partners::{Network, PartnerId, Switch};
use crate::flows::inspect;
use crate::flows::operate::{Act, Change, switch_app};
use crate::flows::services::Services;
use crate::keys::certificates::Certificate;

/// Runs one verb.
///
/// # Errors
/// An unknown slug, and failures of the database.
pub async fn run(services: &Services, act: Act<'_>, verb: &AppVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let verb = match verb {
        AppVerb::Switch(verb) => verb,
        AppVerb::Claims(arguments) => return app_claims::show(services, arguments, printer).await,
    };
    match verb {
        SwitchVerb::List => {
            let rows = inspect::apps(services).await?.iter().map(row).collect();
            printer.table(&["slug", "name", "enabled", "assignment", "protocol", "client_id"], rows)?;
        }
        SwitchVerb::Show(named) => {
            let app = inspect::app(services, &named.slug).await?;
            let mut fields = fields(&app);
            fields.push(("partners", partners(services, &app).await?));
            if app.saml().is_some() {
                fields.extend(documents::fields(services, Owner::App(app.id)).await?);
            }
            if app.oidc().is_some_and(|oidc| oidc.backchannel_logout.is_some()) {
                let waiting = inspect::waiting_notices(services, app.id).await?;
                fields.push(("logout_notices_waiting", json!(waiting.notices)));
                fields.push(("logout_notices_fault", json!(waiting.fault)));
            }
            printer.record(fields)?;
        }
        SwitchVerb::Enable(named) => switch(services, act, &named.slug, Switch::Enabled, printer).await?,
        SwitchVerb::Disable(named) => switch(services, act, &named.slug, Switch::Disabled, printer).await?,
        SwitchVerb::Refresh(named) => {
            let id = inspect::app(services, &named.slug).await?.id;
            documents::refresh(services, act, Owner::App(id), &named.slug, printer).await?;
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
    let change = switch_app(services, act, slug, switch).await?;
    say_switched(printer, "app", slug, switch, change)
}

/// Says that a partner or an app is switched.
pub(super) fn say_switched(
    printer: &mut Printer<'_>,
    kind: &str,
    slug: &str,
    switch: Switch,
    change: Change,
) -> anyhow::Result<()> {
    let word = if switch.is_on() { "enabled" } else { "disabled" };
    let sentence = match change {
        Change::Made => format!("{kind} `{slug}` is {word}"),
        Change::AlreadySo => format!("{kind} `{slug}` was {word} already"),
    };
    let value = json!({ kind: slug, "enabled": switch.is_on(), "changed": change == Change::Made });
    Ok(printer.said(&sentence, &value)?)
}

fn row(app: &App) -> Vec<Value> {
    vec![
        json!(app.slug.as_str()),
        json!(app.name),
        json!(app.switch.is_on()),
        json!(assignment(app)),
        json!(protocol(app)),
        match &app.protocol {
            AppProtocol::Oidc(oidc) => json!(oidc.client_id),
            AppProtocol::Saml(saml) => json!(saml.entity_id),
        },
    ]
}

const fn protocol(app: &App) -> &'static str {
    match &app.protocol {
        AppProtocol::Oidc(_) => "oidc",
        AppProtocol::Saml(_) => "saml",
    }
}

/// Whose people the app takes: slugs, or an id where the partner was removed; null for everybody's.
async fn partners(services: &Services, app: &App) -> anyhow::Result<Value> {
    let AllowedPartners::Only(ids) = &app.partners else { return Ok(Value::Null) };
    let known = inspect::partners(services).await?;
    let name = |id: &PartnerId| {
        let slug = known.iter().find(|partner| partner.id == *id).map(|partner| partner.slug.to_string());
        slug.unwrap_or_else(|| id.to_string())
    };
    Ok(ids.iter().map(name).collect())
}

fn assignment(app: &App) -> &'static str {
    match app.assignment {
        Assignment::Required => "required",
        Assignment::Everyone => "everyone",
    }
}

fn fields(app: &App) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("id", json!(app.id.to_string())),
        ("slug", json!(app.slug.as_str())),
        ("name", json!(app.name)),
        ("enabled", json!(app.switch.is_on())),
        ("version", json!(app.version)),
        ("assignment", json!(assignment(app))),
        ("owners", json!(app.owners)),
        ("sector", json!(app.sector)),
        ("protocol", json!(protocol(app))),
        ("claims", json!(app.claims.terms().rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>())),
    ];
    fields.extend(match &app.protocol {
        AppProtocol::Oidc(oidc) => of_oidc(oidc),
        AppProtocol::Saml(saml) => of_saml(saml),
    });
    fields
}

fn of_oidc(oidc: &OidcApp) -> Vec<(&'static str, Value)> {
    let algorithm = match oidc.id_token_algorithm {
        IdTokenAlgorithm::Rs256 => "RS256",
        IdTokenAlgorithm::Es256 => "ES256",
    };
    let application_type = match oidc.application_type {
        ApplicationType::Web => "web",
        ApplicationType::Native => "native",
    };
    let logout = oidc.backchannel_logout.as_ref();
    vec![
        ("client_id", json!(oidc.client_id)),
        ("public", json!(oidc.confidentiality == Confidentiality::Public)),
        ("jwks", json!(matches!(oidc.confidentiality, Confidentiality::Keys(_)))),
        ("jwks_uri", json!(keys_uri(oidc))),
        ("application_type", json!(application_type)),
        ("redirect_uris", json!(oidc.redirect_uris)),
        ("post_logout_redirect_uris", json!(oidc.post_logout_redirect_uris)),
        ("id_token_signed_response_alg", json!(algorithm)),
        ("require_pkce", json!(oidc.pkce == PkceRule::Required)),
        ("require_pushed_authorization_requests", json!(oidc.requests == RequestRule::Pushed)),
        ("initiate_login_uri", json!(oidc.initiate_login_uri)),
        ("profile", json!(if oidc.tokens.profile == Profile::Fapi2 { "fapi2" } else { "plain" })),
        ("dpop_bound_access_tokens", json!(oidc.tokens.binding == TokenBinding::Required)),
        ("resources", json!(oidc.tokens.resources)),
        ("access_token_format", json!(if oidc.tokens.form == AccessTokenForm::Jwt { "jwt" } else { "opaque" })),
        ("serves_resources", json!(oidc.tokens.serves)),
        ("permissions", json!(oidc.tokens.permissions.words())),
        ("delegated_permissions", json!(oidc.tokens.delegated.words())),
        ("grant_types", json!(oidc.grants.iter().map(GrantType::as_str).collect::<Vec<_>>())),
        ("backchannel_logout_uri", json!(logout.map(|logout| logout.uri.as_str()))),
        (
            "backchannel_logout_session_required",
            json!(logout.is_some_and(|logout| logout.names == LogoutNames::SessionRequired)),
        ),
        ("dangerous_allow_private", json!(logout.is_some_and(|logout| logout.network == Network::DangerousPrivate))),
    ]
}

fn keys_uri(oidc: &OidcApp) -> Option<&str> {
    match &oidc.confidentiality {
        Confidentiality::Keys(keys) => keys.source().map(|source| source.url.as_str()),
        Confidentiality::Secret { .. } | Confidentiality::Public => None,
    }
}

fn of_saml(saml: &SamlApp) -> Vec<(&'static str, Value)> {
    let signed = match saml.answers {
        SignedAnswers::Assertion => "assertion",
        SignedAnswers::Response => "response",
        SignedAnswers::Both => "both",
    };
    // The one that is taken where a request names none comes first.
    let (default, others): (Vec<_>, Vec<_>) = saml.acs.iter().partition(|acs| acs.standing == AcsStanding::Default);
    let acs: Vec<&str> = default.into_iter().chain(others).map(|acs| acs.url.as_str()).collect();
    let links = saml.idp_initiated.as_ref().map(|begun| begun.links);
    let by_link = links == Some(RelayStateOfLinks::Taken);
    let source = saml.source.as_ref().map(|source| &source.metadata);
    let certificates: Vec<String> = saml.certificates.iter().map(Certificate::fingerprint).collect();
    vec![
        ("entity_id", json!(saml.entity_id)),
        ("acs", json!(acs)),
        ("certificates", json!(certificates)),
        ("require_signed_requests", json!(saml.requests == SignedRequests::Required)),
        ("signed", json!(signed)),
        ("idp_initiated", json!(saml.idp_initiated.is_some())),
        ("relay_state", json!(saml.idp_initiated.as_ref().and_then(|begun| begun.relay_state.as_deref()))),
        ("relay_state_by_link", json!(by_link)),
        ("encryption_certificate", json!(saml.encryption.as_ref().map(|to| to.certificate.fingerprint()))),
        ("metadata_url", json!(source.map(|source| source.url.as_str()))),
        ("metadata_certificate", super::partner::pinned(source)),
        ("valid_until", json!(saml.valid_until.map(Timestamp::to_rfc3339))),
    ]
}
