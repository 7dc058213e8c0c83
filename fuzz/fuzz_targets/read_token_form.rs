//! `Authorization` headers, one a line, and behind an empty line the form of a token or userinfo
//! request. What is read is within its limits, and an answer never carries a line break in its header.

#![no_main]

use entente::base::clock::Timestamp;
use entente::base::params::RawParams;
use entente::oidc::bearer::{self, MAX_ACCESS_TOKEN, Scheme};
use entente::oidc::client_credentials::{ClientCredentials, MAX_CLIENT_SECRET};
use entente::oidc::dpop::{self, Expectation};
use entente::oidc::id_token_hint;
use entente::oidc::token::CodeGrant;
use entente_fuzz::{KEYS, PUBLIC_URL};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let at = data.windows(2).position(|two| two == b"\n\n").unwrap_or(0);
    let (head, form) = data.split_at(at);
    let headers: Vec<&[u8]> = head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let Ok(text) = std::str::from_utf8(form) else { return };
    let Ok(params) = RawParams::parse(text.trim_start_matches('\n')) else { return };
    match ClientCredentials::read(&headers, &params) {
        Ok(credentials) => {
            assert!((1..=255).contains(&credentials.client_id().len()));
            let secret = credentials.secret().map(|secret| secret.expose().len());
            assert!(secret.is_none_or(|length| (1..=MAX_CLIENT_SECRET).contains(&length)));
        }
        Err(error) => assert!(matches!(error.status(), 400 | 401)),
    }
    if let Ok(grant) = CodeGrant::read(&params) {
        assert!((1..=512).contains(&grant.code.expose().len()));
    }
    match bearer::read(&headers, Some(&params)) {
        Ok(shown) => assert!((1..=MAX_ACCESS_TOKEN).contains(&shown.token.expose().len())),
        Err(error) => {
            let challenge = error.www_authenticate("x", Scheme::Dpop);
            assert!(challenge.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        }
    }
    let expected = Expectation { method: "POST", address: "https://gate.example.com/oidc/token", access_token: None };
    for header in &headers {
        if let Ok(Some(proof)) = dpop::read(&[header], &expected, Timestamp::from_seconds(1_790_000_000)) {
            assert!((1..=256).contains(&proof.id.len()));
        }
    }
    assert!(id_token_hint::verify(text, PUBLIC_URL.as_str(), |id| KEYS.by_id(id)).is_err());
});
