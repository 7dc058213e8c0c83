//! `entente audit verify` and `audit heads`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::print::{Format, Printer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::domain::audit_chain::{AuditHead, ChainPlace, ChainTip, HeadStatement};
use crate::flows::audit_chain::heads as signed;
use crate::flows::audit_chain::verify::{self as verifying, Verified};
use crate::flows::services::Services;
use crate::http::verified;
use crate::keys::signing::KeyId;

/// The longest line of a file of heads. **Units**: bytes.
const MAX_LINE: u64 = 4_096;

/// A head as it is kept elsewhere. Hashes and signature are base64url, `at` is in microseconds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine {
    serial: i64,
    node: String,
    chain: i64,
    number: i64,
    sequence: i64,
    link: String,
    at: i64,
    previous: String,
    key: String,
    signature: String,
}

impl HeadLine {
    fn of(head: &AuditHead) -> Self {
        let HeadStatement { serial, node, tip, at, previous } = &head.statement;
        Self {
            serial: *serial,
            node: node.clone(),
            chain: tip.place.chain,
            number: tip.place.number,
            sequence: tip.sequence,
            link: base64url(tip.link),
            at: at.micros(),
            previous: base64url(previous),
            key: head.key.to_string(),
            signature: base64url(&head.signature),
        }
    }

    fn head(self) -> Option<AuditHead> {
        let digest = |text: &str| <[u8; 32]>::try_from(from_base64url(text)?).ok();
        let place = ChainPlace { chain: self.chain, number: self.number };
        let tip = ChainTip { place, sequence: self.sequence, link: digest(&self.link)? };
        let (at, previous) = (Timestamp::from_micros(self.at), digest(&self.previous)?);
        let statement = HeadStatement { serial: self.serial, node: self.node, tip, at, previous };
        let key = KeyId::parse(&self.key).ok()?;
        Some(AuditHead { statement, key, signature: from_base64url(&self.signature)? })
    }
}

/// Prints the heads behind a serial, one JSON object a line, whatever the format.
///
/// # Errors
/// Failures of the database and the output.
pub async fn heads(services: &Services, after: i64, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let mut after = after;
    loop {
        let page = signed::page(services, after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.statement.serial;
        for head in &page {
            printer.text(&format!("{}\n", serde_json::to_string(&HeadLine::of(head))?))?;
        }
    }
}

/// Verifies the audit, and holds it against heads that were kept elsewhere.
///
/// # Errors
/// Where the audit does not hold, an unreadable file, and failures of the database.
pub async fn verify(services: &Services, against: Option<&Path>, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let mut verified = verifying::verify(services).await?;
    let mut compared = 0;
    if let Some(path) = against {
        compared = compare(services, path, &mut verified).await.with_context(|| format!("`{}`", path.display()))?;
    }
    let sentences: Vec<String> = verified.told.iter().map(verified::sentence).collect();
    let Verified { entries, nodes, heads, faults, .. } = verified;
    match printer.format() {
        Format::Json => {
            let mut json = verified::json(&verified);
            json["compared"] = compared.into();
            printer.json(&json)?;
        }
        Format::Text => {
            let against = if against.is_some() { format!(", {compared} kept elsewhere") } else { String::new() };
            let verdict = if faults == 0 { "holds" } else { "does not hold" };
            printer
                .text(&format!("the audit {verdict}: {entries} entries of {nodes} nodes, {heads} heads{against}\n"))?;
            for sentence in &sentences {
                printer.text(&format!("{sentence}\n"))?;
            }
        }
    }
    match sentences.first() {
        None => Ok(()),
        Some(first) if faults == 1 => anyhow::bail!("the audit does not hold: {first}"),
        Some(first) => anyhow::bail!("the audit does not hold, {faults} faults, of which the first: {first}"),
    }
}

/// Compares line by line and says how many there were.
async fn compare(services: &Services, path: &Path, verified: &mut Verified) -> anyhow::Result<u64> {
    let mut file = BufReader::new(std::fs::File::open(path)?);
    let mut compared = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if file.by_ref().take(MAX_LINE).read_line(&mut line)? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        compared += 1;
        let head = serde_json::from_str::<HeadLine>(&line).ok().and_then(HeadLine::head);
        let head = head.with_context(|| format!("head {compared} is no line of `entente audit heads`"))?;
        verifying::against(services, &head, verified).await?;
    }
    anyhow::ensure!(compared > 0, "there is no head in it");
    Ok(compared)
}
