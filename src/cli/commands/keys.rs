//! `entente keys`: list. Private halves are never printed.

use serde_json::json;

use super::print::Printer;
use crate::cli::arguments::KeysVerb;
use crate::flows::inspect;
use crate::flows::services::Services;
use crate::keys::public::KeyKind;
use crate::keys::ring::{KeyPurpose, KeyState, RingKey};

/// Runs one verb.
///
/// # Errors
/// Those of the output.
pub fn run(services: &Services, verb: KeysVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        KeysVerb::List => {
            let rows = inspect::keys(services).iter().map(|key| row(key)).collect();
            printer.table(&["id", "purpose", "state", "kind", "created_at", "certificate_sha256"], rows)?;
        }
    }
    Ok(())
}

fn row(key: &RingKey) -> Vec<serde_json::Value> {
    let purpose = match key.purpose {
        KeyPurpose::Oidc => "oidc",
        KeyPurpose::SamlSigning => "saml_signing",
        KeyPurpose::SamlDecryption => "saml_decryption",
        KeyPurpose::Audit => "audit",
    };
    let state = match key.state {
        KeyState::Next => "next",
        KeyState::Current => "current",
        KeyState::Previous => "previous",
    };
    let kind = match key.public.kind() {
        KeyKind::Rsa { .. } => "rsa",
        KeyKind::P256 => "p-256",
        KeyKind::Ed25519 => "ed25519",
    };
    vec![
        json!(key.id.to_string()),
        json!(purpose),
        json!(state),
        json!(kind),
        json!(key.created_at.to_string()),
        json!(key.certificate.as_ref().map(|certificate| certificate.fingerprint())),
    ]
}
