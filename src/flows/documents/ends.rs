//! Which ends of documents and certificates come near: each is warned of once at each mark.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::apps::AppProtocol;
use crate::domain::partners::Trust;
use crate::keys::certificates::Certificate;

use super::Record;

/// How many days ahead an end is warned of, the nearest first.
const MARKS: [u32; 4] = [1, 7, 14, 30];

/// An end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    /// Its name among the ends of one record.
    pub(super) name: String,
    /// What ends.
    pub(super) what: What,
    /// When.
    pub(super) at: Timestamp,
}

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The document, by its `validUntil`.
    Document,
    /// A certificate in it; its key is used all the same, but who made it will replace it.
    Certificate,
    /// The certificate that is pinned.
    Pinned,
}

impl What {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Certificate => "certificate",
            Self::Pinned => "pinned_certificate",
        }
    }
}

/// The ends of what a record trusts.
pub(super) fn of(record: &Record) -> Vec<End> {
    let (until, certificates, pinned) = match record {
        Record::Partner(partner) => match &partner.trust {
            Trust::Saml(saml) => {
                let pinned = saml.source.as_ref().and_then(|source| source.certificate.as_ref());
                (saml.valid_until, saml.certificates.as_slice(), pinned)
            }
            Trust::Oidc(_) | Trust::MailedCode => (None, [].as_slice(), None),
        },
        Record::App(app) => match &app.protocol {
            AppProtocol::Saml(saml) => {
                let pinned = saml.source.as_ref().and_then(|source| source.metadata.certificate.as_ref());
                (saml.valid_until, saml.certificates.as_slice(), pinned)
            }
            AppProtocol::Oidc(_) => (None, [].as_slice(), None),
        },
    };
    let document = until.map(|at| End { name: "document".to_owned(), what: What::Document, at });
    let named = |what: What, certificate: &Certificate| End {
        name: format!("{} {}", what.as_str(), certificate.fingerprint()),
        what,
        at: certificate.not_after(),
    };
    let certificates = certificates.iter().map(|certificate| named(What::Certificate, certificate));
    document.into_iter().chain(certificates).chain(pinned.map(|pinned| named(What::Pinned, pinned))).collect()
}

/// Which ends are to be warned of now, each with its mark, and what has been warned of then. What ends later
/// than before, as a document that was renewed, is warned of again when it comes near.
pub(super) fn due(
    ends: Vec<End>,
    warned: &BTreeMap<String, u32>,
    now: Timestamp,
) -> (Vec<(End, u32)>, BTreeMap<String, u32>) {
    let mut warnings = Vec::new();
    let mut marks = BTreeMap::new();
    for end in ends {
        let is_within = |days: &&u32| end.at <= now.plus(Duration::from_secs(u64::from(**days) * 24 * 60 * 60));
        let Some(mark) = MARKS.iter().find(is_within).copied() else { continue };
        let is_new = warned.get(&end.name).is_none_or(|before| mark < *before);
        marks.insert(end.name.clone(), mark);
        if is_new {
            warnings.push((end, mark));
        }
    }
    (warnings, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn ends(at: Timestamp) -> Vec<End> {
        vec![End { name: "document".to_owned(), what: What::Document, at }]
    }

    #[test]
    fn each_mark_is_warned_of_once() {
        let mut warned = BTreeMap::new();
        let mut told = Vec::new();
        for hours in (0..24 * 40).rev() {
            let now = END.minus(Duration::from_secs(hours * 60 * 60));
            let (warnings, marks) = due(ends(END), &warned, now);
            told.extend(warnings.into_iter().map(|(_, mark)| (mark, hours)));
            warned = marks;
        }
        assert_eq!(told, [(30, 30 * 24), (14, 14 * 24), (7, 7 * 24), (1, 24)]);
    }

    #[test]
    fn an_end_that_is_near_when_it_is_first_seen_is_warned_of_once() {
        let (warnings, warned) = due(ends(END), &BTreeMap::new(), END.minus(DAY * 5));
        assert_eq!(warnings.iter().map(|(_, mark)| *mark).collect::<Vec<_>>(), [7]);
        assert_eq!(due(ends(END), &warned, END.minus(DAY * 5)).0, []);
        // Past its end it is warned of as of one that ends within a day.
        assert_eq!(due(ends(END), &warned, END.plus(DAY)).0.len(), 1);
    }

    #[test]
    fn what_is_renewed_is_warned_of_again() {
        let (_, warned) = due(ends(END), &BTreeMap::new(), END.minus(DAY));
        let (warnings, warned) = due(ends(END.plus(DAY * 365)), &warned, END.minus(DAY));
        assert!(warnings.is_empty() && warned.is_empty());
        let (warnings, _) = due(ends(END.plus(DAY * 365)), &warned, END.plus(DAY * 340));
        assert_eq!(warnings.len(), 1);
    }
}
