//! A partner's token endpoint, and how we prove ourselves there.

use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use crate::base::clock::Timestamp;
use crate::base::encoding::base64;
use crate::base::params::encode;
use crate::base::random::{Random, new_handle};
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::SecretText;
use crate::domain::partners::{Credential, OidcTerms, OidcTrust, Partner, secret_place};
use crate::domain::refusal::{Code, Refusal};
use crate::keys::ring::KeyPurpose;
use crate::oidc::jose::{self, JwsAlgorithm};
use crate::outbound::client::Fetched;
use crate::upstream::Ours;
use crate::upstream::providers::{Documents, no_answer};

/// How long a statement about ourselves is good. **Units**: seconds.
const ASSERTION_LIFE: i64 = 60;

/// Posts `fields` to the token endpoint, with what proves us.
pub(super) async fn ask(
    partner: &Partner,
    trust: &OidcTrust,
    documents: &Documents,
    mut fields: Vec<(String, String)>,
    (random, now): (&dyn Random, Timestamp),
    ours: &Ours<'_>,
) -> Result<Fetched, Refusal> {
    let client_id = &trust.terms.client_id;
    let mut headers = HeaderMap::new();
    match &trust.credential {
        Credential::SecretBasic(sealed) => {
            let secret = open(ours.sealer, partner, sealed)?;
            // RFC 6749 2.3.1: both are encoded as in a form before they are joined.
            let pair = base64(format!("{}:{}", encode(client_id), encode(secret.expose())));
            let mut value = HeaderValue::try_from(format!("Basic {pair}"))
                .map_err(|_| Refusal::new(Code::Internal, "credential_unwritable"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Credential::SecretPost(sealed) => {
            let secret = open(ours.sealer, partner, sealed)?;
            fields.push(("client_id".to_owned(), client_id.clone()));
            fields.push(("client_secret".to_owned(), secret.expose().clone()));
        }
        Credential::PrivateKeyJwt => {
            fields.push(("client_id".to_owned(), client_id.clone()));
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            fields.push(("client_assertion_type".to_owned(), kind.to_owned()));
            let assertion = assertion(&trust.terms, ours, random, now).await?;
            fields.push(("client_assertion".to_owned(), assertion));
        }
    }
    let client = ours.providers.client(&trust.terms).await?;
    let fetched = client.post_form(&documents.provider.token_endpoint, &fields, headers).await;
    fetched.map_err(|error| no_answer("token_endpoint_no_answer", &error))
}

fn open(sealer: &Sealer, partner: &Partner, sealed: &[u8]) -> Result<SecretText, Refusal> {
    let opened = sealer.open(Purpose::DatabaseSecret, &secret_place(partner.id), sealed).ok();
    let text = opened.and_then(|opened| String::from_utf8(opened).ok());
    text.map(SecretText::new).ok_or(Refusal::new(Code::Internal, "partner_secret_unreadable"))
}

#[derive(Serialize)]
struct AssertionClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

/// Our statement about ourselves (RFC 7523 3); its one audience is the issuer, so that no other provider
/// can use it.
async fn assertion(terms: &OidcTerms, ours: &Ours<'_>, random: &dyn Random, now: Timestamp) -> Result<String, Refusal> {
    let internal = |cause| Refusal::new(Code::Internal, cause);
    let algorithm = JwsAlgorithm::Rs256;
    let key = ours.keys.current(KeyPurpose::Oidc, algorithm.signature_algorithm());
    let key = key.ok_or(internal("oidc_signing_key_missing"))?;
    let claims = AssertionClaims {
        iss: &terms.client_id,
        sub: &terms.client_id,
        aud: &terms.issuer,
        jti: new_handle(random),
        iat: now.seconds(),
        exp: now.seconds() + ASSERTION_LIFE,
    };
    let jws = jose::prepare(algorithm, key.id, &claims).map_err(|_| internal("assertion_unwritable"))?;
    let signature = ours.signer.sign(jws.key(), jws.algorithm(), jws.signing_input()).await;
    signature.map(|signature| jws.finish(&signature)).map_err(|_| internal("signing_failed"))
}
