//! `entente explain`: what would have become of a captured response or ID token, by the gateway's own code. Nothing
//! is issued, spent or written.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::Outcome;
use super::print::{Format, Printer};
use super::timeline;
use crate::cli::arguments::ExplainArguments;
use crate::domain::audit::AuditedCheck;
use crate::domain::partners::Trust;
use crate::flows::explain::{Explanation, explain, explain_token};
use crate::flows::inspect;
use crate::flows::services::Services;
use crate::texts::advice::{Advice, Names};

/// The most that is read of a captured message; base64 and percent-encoding included. **Units**: bytes.
const MAX_CAPTURE: u64 = 4 * 1024 * 1024;

/// Judges the message of `arguments`.
///
/// # Errors
/// A message that cannot be read, an unknown partner, what belongs to the other protocol, and failures of the
/// database.
pub async fn run(
    services: &Services,
    arguments: &ExplainArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<Outcome> {
    let captured =
        read(&arguments.message).with_context(|| format!("cannot read `{}`", arguments.message.display()))?;
    let partner = inspect::partner(services, &arguments.partner).await?;
    let public_url = &services.settings.public_url;
    let explanation = match (&partner.trust, arguments.request_id.as_deref(), arguments.nonce.as_deref()) {
        (Trust::MailedCode, ..) => {
            bail!("partner `{}` sends no messages that could be judged: its people type a code", partner.slug)
        }
        (Trust::Saml(_), _, Some(_)) => {
            bail!("partner `{}` speaks SAML, whose responses have no nonce; name `--request-id`", partner.slug)
        }
        (Trust::Oidc(_), Some(_), _) => {
            bail!("partner `{}` speaks OpenID Connect, whose tokens name no request; name `--nonce`", partner.slug)
        }
        (Trust::Saml(_), request_id, None) => {
            explain(&partner, &captured, request_id, public_url, &services.keys, arguments.at)
        }
        (Trust::Oidc(_), None, nonce) => explain_token(&partner, &captured, nonce, public_url, arguments.at),
    };
    let names = Names { public_url: public_url.as_str(), partner: Some(&arguments.partner), app: None };
    print(&explanation, &Advice::new()?, names, printer)?;
    Ok(if explanation.refusal.is_none() { Outcome::Done } else { Outcome::Refused })
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut captured = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(MAX_CAPTURE + 1).read_to_end(&mut captured)?;
    } else {
        File::open(path)?.take(MAX_CAPTURE + 1).read_to_end(&mut captured)?;
    }
    if captured.len() as u64 > MAX_CAPTURE {
        return Err(io::Error::other(format!("longer than {MAX_CAPTURE} bytes")));
    }
    Ok(captured)
}

fn print(explanation: &Explanation, advice: &Advice, names: Names<'_>, printer: &mut Printer<'_>) -> io::Result<()> {
    let rows: Vec<AuditedCheck> = explanation.rows.iter().map(timeline::audited).collect();
    let refusal = explanation.refusal.as_ref();
    let advised = refusal.map(|refusal| advice.text(refusal.cause, names));
    match printer.format() {
        Format::Json => printer.json(&json!({
            "accepted": refusal.is_none(),
            "code": refusal.map(|refusal| refusal.code.as_str()),
            "cause": refusal.map(|refusal| refusal.cause),
            "side": refusal.map(|refusal| refusal.side.as_str()),
            "evidence": refusal.and_then(|refusal| refusal.evidence.clone()),
            "advice": advised,
            "checks": rows.iter().map(timeline::check_json).collect::<Value>(),
        })),
        Format::Text => {
            printer.text(&timeline::table(&rows))?;
            let Some(refusal) = refusal else {
                return printer.text("accepted: the checks that could be judged have passed\n");
            };
            let seen = refusal.evidence.as_ref().map(|seen| format!(", saw `{seen}`")).unwrap_or_default();
            let (code, cause, side) = (refusal.code.as_str(), refusal.cause, refusal.side.as_str());
            printer.text(&format!("refused: {code}, cause {cause}, side {side}{seen}\n"))?;
            printer.text(&format!("what to do: {}\n", advised.unwrap_or_default()))
        }
    }
}
