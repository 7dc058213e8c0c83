//! How a partner is kept in its row and read back, certificates parsed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::assurance_rows::{contract_text, read_contract};
use super::claim_rows::{claims_text, read_rules};
use super::holders;
use super::source_rows::{documents_text, read_documents, read_source, source_text};
use crate::base::encoding::{base64, from_base64};
use crate::domain::grants::PartnerNow;
use crate::domain::invitations::language::LanguageTag;
use crate::domain::names::Slug;
use crate::domain::partners::PartnerAlgorithm;
use crate::domain::partners::{
    Admission, AskedAgain, AssertionEncryption, AttributeNames, Credential, MAILED_CODE_ISSUER, MailAuthority, Network,
    OidcTerms, OidcTrust, Partner, PartnerId, PartnerKind, PartnerProtocol, PassedScoping, PassiveRequests,
    SamlRequestRules, SamlTrust, SubjectRule, Switch, Trust,
};
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::keys::certificates::Certificate;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::value::{Value, values};

const KINDS: &[(&str, PartnerKind)] = &[("partner", PartnerKind::Partner), ("home", PartnerKind::Home)];
pub(super) const ADMISSIONS: &[(&str, Admission)] = &[("invited", Admission::Invited), ("anyone", Admission::Anyone)];
pub(super) const MAIL_AUTHORITIES: &[(&str, MailAuthority)] =
    &[("domains", MailAuthority::Domains), ("verified_only", MailAuthority::VerifiedOnly)];
pub(super) const PROVENANCES: &[(&str, Provenance)] = &[
    ("applied", Provenance::Applied),
    ("sign_in", Provenance::SignIn),
    ("invited", Provenance::Invited),
    ("built_in", Provenance::BuiltIn),
    ("asked", Provenance::Asked),
];
const PROTOCOLS: &[(&str, PartnerProtocol)] =
    &[("saml", PartnerProtocol::Saml), ("oidc", PartnerProtocol::Oidc), ("mailed_code", PartnerProtocol::MailedCode)];

#[derive(Serialize, Deserialize)]
struct AttributesJson {
    email: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    /// The rules about what is stated, as those of apps are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SubjectJson {
    PersistentNameId,
    Attribute(String),
    DangerousEmailNameId,
}

#[derive(Serialize, Deserialize)]
struct RequestJson {
    name_id_format: Option<String>,
    requested_classes: Vec<String>,
    passive: bool,
    /// Absent in rows that were written before it was known.
    #[serde(default)]
    encryption: EncryptionJson,
    #[serde(default)]
    without_scoping: bool,
    #[serde(default)]
    unsolicited: Option<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum EncryptionJson {
    #[default]
    Refused,
    Accepted,
    Required,
}

#[derive(Serialize, Deserialize)]
struct OidcJson {
    client_id: String,
    method: Method,
    algorithm: String,
    scopes: Vec<String>,
    acr_values: Vec<String>,
    passive: bool,
    allow_private: bool,
    /// How long its last word counts, where it is asked again. **Units**: minutes.
    #[serde(default)]
    asked_again: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    Basic,
    Post,
    PrivateKeyJwt,
}

/// The values of a partner's row in the order id, version, slug, name, kind, handle, enabled, admission,
/// clock_skew, mail_authority, attributes, protocol, entity_id, sso_redirect_url, certificates,
/// valid_until, metadata, subject_rule, request_rules, oidc, client_secret, source, documents, provenance,
/// assurance, language.
pub(super) fn partner_values(partner: &Partner, provenance: Provenance) -> Vec<Value> {
    let mut all = values![
        partner.id,
        partner.version,
        partner.slug.as_str(),
        partner.name.as_str(),
        word_of(KINDS, &partner.kind),
        partner.handle.as_str(),
        partner.switch.is_on(),
        word_of(ADMISSIONS, &partner.admission),
        i64::try_from(partner.clock_skew.as_micros()).unwrap_or(i64::MAX),
        word_of(MAIL_AUTHORITIES, &partner.mail_authority),
        to_json(&AttributesJson {
            email: partner.attributes.email.clone(),
            name: partner.attributes.name.clone(),
            given_name: partner.attributes.given_name.clone(),
            family_name: partner.attributes.family_name.clone(),
            rules: partner.attributes.rules.as_deref().and_then(claims_text),
        }),
    ];
    all.extend(match &partner.trust {
        Trust::Saml(saml) => saml_values(saml),
        Trust::Oidc(oidc) => oidc_values(oidc),
        Trust::MailedCode => mailed_code_values(),
    });
    let language = partner.language.as_ref().map(LanguageTag::as_str);
    all.extend(values![word_of(PROVENANCES, &provenance), contract_text(&partner.assurance), language]);
    all
}

/// Protocol to `documents` of an OIDC partner; what only a SAML partner has is absent.
fn oidc_values(trust: &OidcTrust) -> Vec<Value> {
    let (method, secret) = match &trust.credential {
        Credential::SecretBasic(secret) => (Method::Basic, Some(secret.clone())),
        Credential::SecretPost(secret) => (Method::Post, Some(secret.clone())),
        Credential::PrivateKeyJwt => (Method::PrivateKeyJwt, None),
    };
    let terms = &trust.terms;
    values![
        word_of(PROTOCOLS, &PartnerProtocol::Oidc),
        terms.issuer.as_str(),
        None::<String>,
        None::<String>,
        None::<i64>,
        None::<String>,
        None::<String>,
        None::<String>,
        to_json(&OidcJson {
            client_id: terms.client_id.clone(),
            method,
            algorithm: terms.algorithm.as_str().to_owned(),
            scopes: terms.scopes.clone(),
            acr_values: terms.acr_values.clone(),
            passive: terms.passive == PassiveRequests::Allowed,
            allow_private: terms.network == Network::DangerousPrivate,
            asked_again: terms.asked_again.map(|again| again.grace.as_secs() / 60),
        }),
        secret,
        None::<String>,
        trust.documents.as_ref().map(documents_text),
    ]
}

/// Protocol to `documents` of the built-in partner, which has nothing of either protocol.
fn mailed_code_values() -> Vec<Value> {
    values![
        word_of(PROTOCOLS, &PartnerProtocol::MailedCode),
        MAILED_CODE_ISSUER,
        None::<String>,
        None::<String>,
        None::<i64>,
        None::<String>,
        None::<String>,
        None::<String>,
        None::<String>,
        None::<Vec<u8>>,
        None::<String>,
        None::<String>,
    ]
}

/// Protocol to `documents` of a SAML partner.
fn saml_values(saml: &SamlTrust) -> Vec<Value> {
    let certificates: Vec<String> = saml.certificates.iter().map(|certificate| base64(certificate.der())).collect();
    values![
        word_of(PROTOCOLS, &PartnerProtocol::Saml),
        saml.entity_id.as_str(),
        saml.sso_redirect_url.as_str(),
        to_json(&certificates),
        saml.valid_until,
        saml.metadata.as_deref(),
        to_json(&match &saml.subject {
            SubjectRule::PersistentNameId => SubjectJson::PersistentNameId,
            SubjectRule::Attribute(name) => SubjectJson::Attribute(name.clone()),
            SubjectRule::DangerousEmailNameId => SubjectJson::DangerousEmailNameId,
        }),
        to_json(&RequestJson {
            name_id_format: saml.request.name_id_format.clone(),
            requested_classes: saml.request.requested_classes.clone(),
            passive: saml.request.passive == PassiveRequests::Allowed,
            encryption: match saml.request.encryption {
                AssertionEncryption::Refused => EncryptionJson::Refused,
                AssertionEncryption::Accepted => EncryptionJson::Accepted,
                AssertionEncryption::Required => EncryptionJson::Required,
            },
            without_scoping: saml.request.scoping == PassedScoping::LeftOut,
            unsolicited: saml.request.unsolicited.as_ref().map(|app| app.as_str().to_owned()),
        }),
        None::<String>,
        None::<Vec<u8>>,
        saml.source.as_ref().map(source_text),
        None::<String>,
    ]
}

/// JSON of plain strings, numbers and lists, which cannot fail to be written.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl FromColumns for Kept<Partner> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = PartnerId::from_uuid(columns.key()?);
        let version = columns.int("version")?;
        let slug = read_slug(columns)?;
        let name = columns.text("name")?;
        let kind = columns.word("kind", KINDS)?;
        let handle = columns.text("handle")?;
        let switch = Switch::from_enabled(columns.flag("enabled")?);
        let admission = columns.word("admission", ADMISSIONS)?;
        let skew = u64::try_from(columns.int("clock_skew")?).map_err(|_| columns.corrupt("clock_skew"))?;
        let mail_authority = columns.word("mail_authority", MAIL_AUTHORITIES)?;
        let attributes: AttributesJson = columns.json("attributes")?;
        let rules = match attributes.rules {
            None => None,
            Some(text) => Some(read_rules(text).ok_or_else(|| columns.corrupt("attributes"))?),
        };
        let trust = match columns.word("protocol", PROTOCOLS)? {
            PartnerProtocol::Saml => Trust::Saml(read_saml(columns)?),
            PartnerProtocol::Oidc => Trust::Oidc(read_oidc(columns)?),
            PartnerProtocol::MailedCode => read_mailed_code(columns)?,
        };
        let provenance = columns.word("provenance", PROVENANCES)?;
        let assurance = read_contract(columns)?;
        let language = columns.optional_text("language")?.as_deref().map(LanguageTag::parse).transpose();
        let language = language.map_err(|_| columns.corrupt("language"))?;
        let held = holders::read(columns)?;
        let value = Partner {
            id,
            version,
            slug,
            name,
            kind,
            handle,
            domains: held.domains,
            shared_domains: held.shared_domains,
            addresses: held.addresses,
            dns_proven: held.dns_proven,
            admission,
            switch,
            clock_skew: Duration::from_micros(skew),
            mail_authority,
            language,
            attributes: AttributeNames {
                email: attributes.email,
                name: attributes.name,
                given_name: attributes.given_name,
                family_name: attributes.family_name,
                rules,
            },
            assurance,
            trust,
        };
        Ok(Self { value, provenance })
    }
}

fn read_saml(columns: &mut Columns<'_>) -> Result<SamlTrust, StoreError> {
    let entity_id = columns.text("entity_id")?;
    let sso_redirect_url = columns.text("sso_redirect_url")?;
    let encoded: Vec<String> = columns.json("certificates")?;
    let parsed = |text: &String| from_base64(text).and_then(|der| Certificate::from_der(&der).ok());
    let certificates: Option<Vec<Certificate>> = encoded.iter().map(parsed).collect();
    let certificates = certificates.ok_or_else(|| columns.corrupt("certificates"))?;
    let keys = certificates.iter().map(|certificate| certificate.key().clone()).collect();
    let valid_until = columns.optional_time("valid_until")?;
    let metadata = columns.optional_text("metadata")?;
    // Whoever signs in needs the keys alone; with ten thousand partners the rest would be most of what is kept.
    let certificates = if metadata.is_some() { certificates } else { Vec::new() };
    let subject = match columns.json("subject_rule")? {
        SubjectJson::PersistentNameId => SubjectRule::PersistentNameId,
        SubjectJson::Attribute(name) => SubjectRule::Attribute(name),
        SubjectJson::DangerousEmailNameId => SubjectRule::DangerousEmailNameId,
    };
    let rules: RequestJson = columns.json("request_rules")?;
    let unsolicited = rules.unsolicited.as_deref().map(Slug::parse).transpose();
    let request = SamlRequestRules {
        scoping: if rules.without_scoping { PassedScoping::LeftOut } else { PassedScoping::PassedOn },
        unsolicited: unsolicited.map_err(|_| columns.corrupt("request_rules"))?,
        name_id_format: rules.name_id_format,
        requested_classes: rules.requested_classes,
        passive: if rules.passive { PassiveRequests::Allowed } else { PassiveRequests::Never },
        encryption: match rules.encryption {
            EncryptionJson::Refused => AssertionEncryption::Refused,
            EncryptionJson::Accepted => AssertionEncryption::Accepted,
            EncryptionJson::Required => AssertionEncryption::Required,
        },
    };
    // The columns of the other protocol.
    columns.optional_text("oidc")?;
    columns.optional_bytes("client_secret")?;
    let source = read_source(columns)?;
    columns.optional_text("documents")?;
    Ok(SamlTrust { entity_id, sso_redirect_url, certificates, keys, valid_until, metadata, source, subject, request })
}

fn read_oidc(columns: &mut Columns<'_>) -> Result<OidcTrust, StoreError> {
    let issuer = columns.text("entity_id")?;
    // The columns of the other protocol.
    columns.optional_text("sso_redirect_url")?;
    columns.optional_text("certificates")?;
    columns.optional_time("valid_until")?;
    for column in ["metadata", "subject_rule", "request_rules"] {
        columns.optional_text(column)?;
    }
    let json: OidcJson = columns.json("oidc")?;
    let secret = columns.optional_bytes("client_secret")?;
    let credential = match (json.method, secret) {
        (Method::Basic, Some(secret)) => Credential::SecretBasic(secret),
        (Method::Post, Some(secret)) => Credential::SecretPost(secret),
        (Method::PrivateKeyJwt, None) => Credential::PrivateKeyJwt,
        _ => return Err(columns.corrupt("client_secret")),
    };
    let terms = OidcTerms {
        issuer,
        client_id: json.client_id,
        algorithm: PartnerAlgorithm::parse(&json.algorithm).ok_or_else(|| columns.corrupt("oidc"))?,
        scopes: json.scopes,
        acr_values: json.acr_values,
        passive: if json.passive { PassiveRequests::Allowed } else { PassiveRequests::Never },
        network: if json.allow_private { Network::DangerousPrivate } else { Network::Public },
        asked_again: json.asked_again.map(|minutes| AskedAgain { grace: Duration::from_secs(minutes * 60) }),
    };
    columns.optional_text("source")?;
    Ok(OidcTrust { terms, credential, documents: read_documents(columns)? })
}

/// There is one partner of this kind, under a name that is known.
fn read_mailed_code(columns: &mut Columns<'_>) -> Result<Trust, StoreError> {
    if columns.text("entity_id")? != MAILED_CODE_ISSUER {
        return Err(columns.corrupt("entity_id"));
    }
    columns.optional_text("sso_redirect_url")?;
    columns.optional_text("certificates")?;
    columns.optional_time("valid_until")?;
    for column in ["metadata", "subject_rule", "request_rules", "oidc"] {
        columns.optional_text(column)?;
    }
    columns.optional_bytes("client_secret")?;
    for column in ["source", "documents"] {
        columns.optional_text(column)?;
    }
    Ok(Trust::MailedCode)
}

pub(super) fn read_slug(columns: &mut Columns<'_>) -> Result<Slug, StoreError> {
    Slug::parse(&columns.text("slug")?).map_err(|_| columns.corrupt("slug"))
}

impl FromColumns for PartnerNow {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.enter("partners");
        Ok(Self {
            id: PartnerId::from_uuid(columns.key()?),
            version: columns.int("version")?,
            switch: Switch::from_enabled(columns.flag("enabled")?),
            protocol: columns.word("protocol", PROTOCOLS)?,
            assurance: read_contract(columns)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_were_written_before_encryption_was_known_refuse_it() {
        let before = r#"{"name_id_format":null,"requested_classes":[],"passive":false}"#;
        let rules: RequestJson = serde_json::from_str(before).unwrap();
        assert!(matches!(rules.encryption, EncryptionJson::Refused));
        let now = before.replace('}', r#","encryption":"required"}"#);
        let rules: RequestJson = serde_json::from_str(&now).unwrap();
        assert!(matches!(rules.encryption, EncryptionJson::Required));
        assert!(serde_json::from_str::<RequestJson>(&now.replace("required", "perhaps")).is_err());
    }
}
