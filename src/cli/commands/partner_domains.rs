//! `entente partner domains` and `entente partner verify`.

use anyhow::bail;
use serde_json::json;

use super::print::Printer;
use crate::cli::arguments::VerifyArguments;
use crate::flows::domains::{self, Verdict};
use crate::flows::operate::Act;
use crate::flows::services::Services;

/// Lists the domains of a partner, and what shows that they are its own.
///
/// # Errors
/// An unknown slug, and failures of the database.
pub async fn list(services: &Services, slug: &str, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let rows = domains::list(services, slug).await?.into_iter().map(|view| {
        let taken = view.taken.iter().map(|(mail, other)| format!("{mail} is of {other}"));
        let word = view.by_word.map(|(at, by)| format!("{by} at {at}"));
        vec![
            json!(view.domain.as_str()),
            json!(view.is_shared),
            json!(view.is_in_force),
            json!(taken.collect::<Vec<_>>()),
            json!(view.by_host),
            json!(view.by_dns.map(|at| at.to_string())),
            json!(word),
            json!(format!("{} TXT \"{}\"", view.record_name, view.record)),
        ]
    });
    printer
        .table(&["domain", "shared", "in_force", "except", "host", "dns_since", "word_of", "record"], rows.collect())?;
    Ok(())
}

/// Asks the DNS about the domains of a partner.
///
/// # Errors
/// A domain that neither the DNS nor the partner's host shows, a DNS that does not answer, an unknown slug or
/// domain, and failures of the database.
pub async fn verify(
    services: &Services,
    act: Act<'_>,
    asked: &VerifyArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let verdicts = domains::verify(services, act, &asked.slug, asked.domain.as_deref()).await?;
    let mut open = 0;
    let rows = verdicts.into_iter().map(|(domain, verdict)| {
        let (shown_by, told) = match verdict {
            Verdict::Dns => (Some("dns"), None),
            Verdict::Host => (Some("host"), None),
            Verdict::Nothing => (None, Some("the record is not there".to_owned())),
            Verdict::Unanswered(fault) => (None, Some(fault.to_string())),
        };
        open += usize::from(shown_by.is_none());
        vec![json!(domain.as_str()), json!(shown_by), json!(told)]
    });
    let rows = rows.collect();
    printer.table(&["domain", "shown_by", "told"], rows)?;
    if open > 0 {
        bail!(
            "{open} domains are not shown to be the partner's: `entente partner domains {}` tells the records",
            asked.slug
        );
    }
    Ok(())
}
