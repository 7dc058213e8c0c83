//! How what is agreed with an app is kept in its row and read back, certificates parsed.

use serde::{Deserialize, Serialize};

use super::partner_rows::to_json;
use super::source_rows::{AppSourceJson, app_source, app_source_json};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64, from_base64};
use crate::domain::apps::grant_types::{GrantType, GrantTypes};
use crate::domain::apps::token_rules::{AccessTokenForm, Profile, TokenBinding, TokenRules};
use crate::domain::apps::{
    AcsEndpoint, AcsStanding, AllowedPartners, AnswerCipher, AnswerEncryption, AppProtocol, BackchannelLogout,
    ClientKeys, Confidentiality, IdpInitiated, KeysSource, LogoutNames, OidcApp, RelayStateOfLinks, RequestRule,
    SamlApp, SignedAnswers, SignedRequests,
};
use crate::domain::partners::{Network, PartnerId};
use crate::domain::permissions::Permissions;
use crate::domain::store::StoreError;
use crate::keys::certificates::Certificate;
use crate::keys::oaep::Oaep;
use crate::store::row::{Columns, word_of};

pub(super) const ANSWERS: &[(&str, SignedAnswers)] =
    &[("assertion", SignedAnswers::Assertion), ("response", SignedAnswers::Response), ("both", SignedAnswers::Both)];

const CIPHERS: &[(&str, AnswerCipher)] =
    &[("aes256-gcm", AnswerCipher::Aes256Gcm), ("aes128-gcm", AnswerCipher::Aes128Gcm)];

const PAIRS: &[(&str, Oaep)] = &[("sha1", Oaep::Sha1), ("sha256", Oaep::Sha256)];

fn meant<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

#[derive(Serialize, Deserialize)]
struct SamlJson {
    acs: Vec<AcsJson>,
    certificates: Vec<String>,
    signed_requests: bool,
    signed_answers: String,
    /// Absent in rows that were written before it was known.
    #[serde(default)]
    encryption: Option<EncryptionJson>,
    #[serde(default)]
    idp_initiated: Option<IdpInitiatedJson>,
    /// **Units**: microseconds since 1970.
    valid_until: Option<i64>,
    metadata: Option<String>,
    #[serde(default)]
    source: Option<AppSourceJson>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct IdpInitiatedJson {
    relay_state: Option<String>,
    by_link: bool,
}

pub(super) fn idp_initiated_json(begun: &IdpInitiated) -> IdpInitiatedJson {
    IdpInitiatedJson { relay_state: begun.relay_state.clone(), by_link: begun.links == RelayStateOfLinks::Taken }
}

pub(super) fn idp_initiated(json: IdpInitiatedJson) -> IdpInitiated {
    let links = if json.by_link { RelayStateOfLinks::Taken } else { RelayStateOfLinks::Refused };
    IdpInitiated { relay_state: json.relay_state, links }
}

#[derive(Serialize, Deserialize)]
struct EncryptionJson {
    certificate: String,
    cipher: String,
    oaep: String,
}

#[derive(Serialize, Deserialize)]
struct AcsJson {
    index: u16,
    url: String,
    default: bool,
}

/// The value of the column `saml`.
pub(super) fn saml_text(saml: &SamlApp) -> String {
    let acs = saml.acs.iter().map(|acs| AcsJson {
        index: acs.index,
        url: acs.url.clone(),
        default: acs.standing == AcsStanding::Default,
    });
    to_json(&SamlJson {
        acs: acs.collect(),
        certificates: saml.certificates.iter().map(|certificate| base64(certificate.der())).collect(),
        signed_requests: saml.requests == SignedRequests::Required,
        signed_answers: word_of(ANSWERS, &saml.answers).to_owned(),
        encryption: saml.encryption.as_ref().map(|encryption| EncryptionJson {
            certificate: base64(encryption.certificate.der()),
            cipher: word_of(CIPHERS, &encryption.cipher).to_owned(),
            oaep: word_of(PAIRS, &encryption.oaep).to_owned(),
        }),
        idp_initiated: saml.idp_initiated.as_ref().map(idp_initiated_json),
        valid_until: saml.valid_until.map(Timestamp::micros),
        metadata: saml.metadata.clone(),
        source: saml.source.as_ref().map(app_source_json),
    })
}

/// Reads the columns `entity_id` and `saml`.
pub(super) fn read_saml(columns: &mut Columns<'_>) -> Result<SamlApp, StoreError> {
    let entity_id = columns.text("entity_id")?;
    let json: SamlJson = columns.json("saml")?;
    let certificate = |text: &String| Certificate::from_der(&from_base64(text)?).ok();
    let certificates: Option<Vec<_>> = json.certificates.iter().map(certificate).collect();
    let answers = meant(ANSWERS, &json.signed_answers);
    let encryption = match &json.encryption {
        None => Some(None),
        Some(json) => certificate(&json.certificate)
            .zip(meant(CIPHERS, &json.cipher))
            .zip(meant(PAIRS, &json.oaep))
            .map(|((certificate, cipher), oaep)| Some(AnswerEncryption { certificate, cipher, oaep })),
    };
    let is_one = json.acs.iter().filter(|acs| acs.default).count() == 1;
    let (Some(certificates), Some(answers), Some(encryption), true) = (certificates, answers, encryption, is_one)
    else {
        return Err(columns.corrupt("saml"));
    };
    let source = match json.source {
        None => None,
        Some(source) => Some(app_source(source).ok_or_else(|| columns.corrupt("saml"))?),
    };
    let acs = json.acs.into_iter().map(|acs| AcsEndpoint {
        index: acs.index,
        url: acs.url,
        standing: if acs.default { AcsStanding::Default } else { AcsStanding::ByName },
    });
    Ok(SamlApp {
        entity_id,
        acs: acs.collect(),
        certificates,
        requests: if json.signed_requests { SignedRequests::Required } else { SignedRequests::Optional },
        answers,
        encryption,
        idp_initiated: json.idp_initiated.map(idp_initiated),
        valid_until: json.valid_until.map(Timestamp::from_micros),
        metadata: json.metadata,
        source,
    })
}

/// The value of the column `partners`: null for an app that takes everybody's people.
pub(super) fn allowed_text(partners: &AllowedPartners) -> Option<String> {
    match partners {
        AllowedPartners::All => None,
        AllowedPartners::Only(partners) => Some(to_json(&partners.iter().map(ToString::to_string).collect::<Vec<_>>())),
    }
}

/// Reads the column `partners`.
pub(super) fn read_allowed(columns: &mut Columns<'_>) -> Result<AllowedPartners, StoreError> {
    let ids = columns.optional_json::<Vec<uuid::Uuid>>("partners")?;
    Ok(ids
        .map_or(AllowedPartners::All, |ids| AllowedPartners::Only(ids.into_iter().map(PartnerId::from_uuid).collect())))
}

/// The name of the profile in rows and object files.
const FAPI2: &str = "fapi2";

/// What a relying party has beside its own columns. A row of a version before has none of it.
#[derive(Serialize, Deserialize)]
struct MoreJson {
    grant_types: Vec<String>,
    /// The JWK Set of an app that signs.
    #[serde(default)]
    jwks: Option<String>,
    /// Where that set is fetched.
    #[serde(default)]
    jwks_uri: Option<String>,
    #[serde(default)]
    jwks_private: bool,
    #[serde(default)]
    pushed_requests: bool,
    #[serde(default)]
    initiate_login_uri: Option<String>,
    #[serde(default)]
    bound_tokens: bool,
    #[serde(default)]
    profile: Option<String>,
    #[serde(default)]
    jwt_access_tokens: bool,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    serves: Vec<String>,
    #[serde(default)]
    backchannel_logout: Option<BackchannelLogoutJson>,
    #[serde(default)]
    permissions: Vec<String>,
    #[serde(default)]
    delegated_permissions: Vec<String>,
}

/// What an app may do here, as its row says; a word that is not known lets it do nothing.
fn permissions_of(words: &[String]) -> Permissions {
    Permissions::of_words(words.iter().map(String::as_str))
}

fn permission_words(permissions: Permissions) -> Vec<String> {
    permissions.words().into_iter().map(str::to_owned).collect()
}

#[derive(Serialize, Deserialize)]
struct BackchannelLogoutJson {
    uri: String,
    session_required: bool,
    private: bool,
}

fn logout_json(logout: &BackchannelLogout) -> BackchannelLogoutJson {
    BackchannelLogoutJson {
        uri: logout.uri.clone(),
        session_required: logout.names == LogoutNames::SessionRequired,
        private: logout.network == Network::DangerousPrivate,
    }
}

fn read_logout(json: BackchannelLogoutJson) -> BackchannelLogout {
    BackchannelLogout {
        uri: json.uri,
        names: if json.session_required { LogoutNames::SessionRequired } else { LogoutNames::Any },
        network: if json.private { Network::DangerousPrivate } else { Network::Public },
    }
}

/// The value of the column `oidc`.
pub(super) fn more_text(oidc: &OidcApp) -> String {
    let source = match &oidc.confidentiality {
        Confidentiality::Keys(keys) => keys.source(),
        Confidentiality::Secret { .. } | Confidentiality::Public => None,
    };
    let jwks = match &oidc.confidentiality {
        Confidentiality::Keys(keys) => Some(keys.document().to_owned()),
        Confidentiality::Secret { .. } | Confidentiality::Public => None,
    };
    to_json(&MoreJson {
        grant_types: oidc.grants.iter().map(|grant| grant.as_str().to_owned()).collect(),
        jwks,
        jwks_uri: source.map(|source| source.url.clone()),
        jwks_private: source.is_some_and(|source| source.network == Network::DangerousPrivate),
        pushed_requests: oidc.requests == RequestRule::Pushed,
        initiate_login_uri: oidc.initiate_login_uri.clone(),
        bound_tokens: oidc.tokens.binding == TokenBinding::Required,
        profile: (oidc.tokens.profile == Profile::Fapi2).then(|| FAPI2.to_owned()),
        jwt_access_tokens: oidc.tokens.form == AccessTokenForm::Jwt,
        resources: oidc.tokens.resources.clone(),
        serves: oidc.tokens.serves.clone(),
        backchannel_logout: oidc.backchannel_logout.as_ref().map(logout_json),
        permissions: permission_words(oidc.tokens.permissions),
        delegated_permissions: permission_words(oidc.tokens.delegated),
    })
}

/// Reads the column `oidc` into what the other columns said.
pub(super) fn read_more(columns: &mut Columns<'_>, protocol: AppProtocol) -> Result<AppProtocol, StoreError> {
    let AppProtocol::Oidc(oidc) = protocol else {
        columns.pass(1);
        return Ok(protocol);
    };
    let Some(json) = columns.optional_json::<MoreJson>("oidc")? else {
        return Ok(AppProtocol::Oidc(OidcApp { grants: GrantTypes::STANDARD, ..oidc }));
    };
    let grants: Option<GrantTypes> = json.grant_types.iter().map(|name| GrantType::parse(name)).collect();
    let grants = grants.ok_or_else(|| columns.corrupt("oidc"))?;
    let requests = if json.pushed_requests { RequestRule::Pushed } else { RequestRule::Any };
    let binding = if json.bound_tokens { TokenBinding::Required } else { TokenBinding::AsAsked };
    let profile = match json.profile.as_deref() {
        None => Profile::Plain,
        Some(FAPI2) => Profile::Fapi2,
        Some(_) => return Err(columns.corrupt("oidc")),
    };
    let form = if json.jwt_access_tokens { AccessTokenForm::Jwt } else { AccessTokenForm::Opaque };
    let tokens = TokenRules {
        binding,
        profile,
        form,
        resources: json.resources,
        serves: json.serves,
        permissions: permissions_of(&json.permissions),
        delegated: permissions_of(&json.delegated_permissions),
    };
    // An app has one of secret and keys; both in one row would be somebody's doing by hand.
    let confidentiality = match (json.jwks, oidc.confidentiality) {
        (None, other) => other,
        (Some(jwks), Confidentiality::Public) => {
            let network = if json.jwks_private { Network::DangerousPrivate } else { Network::Public };
            let keys = match json.jwks_uri {
                None => ClientKeys::register(jwks),
                Some(url) => ClientKeys::fetched(jwks, KeysSource { url, network }),
            };
            Confidentiality::Keys(keys.map_err(|_| columns.corrupt("oidc"))?)
        }
        (Some(_), _) => return Err(columns.corrupt("oidc")),
    };
    let backchannel_logout = json.backchannel_logout.map(read_logout);
    let initiate_login_uri = json.initiate_login_uri;
    let oidc = OidcApp { grants, confidentiality, requests, initiate_login_uri, tokens, backchannel_logout, ..oidc };
    // A row that was weakened by hand is not used.
    if oidc.against_profile().is_some() {
        return Err(columns.corrupt("oidc"));
    }
    Ok(AppProtocol::Oidc(oidc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_encryption_was_known_has_none() {
        let before = r#"{"acs":[],"certificates":[],"signed_requests":true,"signed_answers":"both","valid_until":null,"metadata":null}"#;
        assert!(serde_json::from_str::<SamlJson>(before).unwrap().encryption.is_none());
    }
}
