//! Fetching a metadata document, and whether it may take the place of the one before.

use crate::base::clock::Timestamp;
use crate::domain::documents::MetadataSource;
use crate::flows::services::Services;
use crate::outbound::web::{BringError, Brought};
use crate::upstream::providers::scope;

use super::{Trouble, TroubleKind};

/// A document as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is this, with its validator.
    Whole(String, Option<String>),
    /// It is what was read before.
    Unchanged,
}

/// Fetches a document; `etag` is the validator of the one that the caller has.
///
/// # Errors
/// [`Trouble`].
pub async fn fetch(services: &Services, source: &MetadataSource, etag: Option<&str>) -> Result<Fetched, Trouble> {
    match services.providers.web().bring(&source.url, scope(source.network), etag).await {
        Ok(Brought::Unchanged) => Ok(Fetched::Unchanged),
        Ok(Brought::Whole { body, etag }) => {
            let text = String::from_utf8(body).map_err(|_| kept_out("metadata_unusable", "it is not UTF-8"))?;
            Ok(Fetched::Whole(text, etag))
        }
        Err(error) => Err(no_document(&error)),
    }
}

fn no_document(error: &BringError) -> Trouble {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(below) = source {
        message = format!("{message}: {below}");
        source = below.source();
    }
    let message = crate::base::trace::shorten(message);
    Trouble { cause: "metadata_no_answer", message, kind: TroubleKind::NoDocument }
}

pub(super) fn kept_out(cause: &'static str, message: impl Into<String>) -> Trouble {
    let message = crate::base::trace::shorten(message.into());
    Trouble { cause, message, kind: TroubleKind::KeptOut }
}

/// What two versions of a document are told apart by.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// Whom it describes.
    pub entity_id: &'a str,
    /// When it was made, where it says so.
    pub published_at: Option<Timestamp>,
    /// When it ends, where it says so.
    pub valid_until: Option<Timestamp>,
}

/// A document never becomes that of another entity by itself.
///
/// # Errors
/// [`Trouble`].
pub fn describes_the_same(before: &Edition<'_>, new: &Edition<'_>) -> Result<(), Trouble> {
    if before.entity_id == new.entity_id {
        return Ok(());
    }
    let message = format!("it describes `{}`, not `{}`", new.entity_id, before.entity_id);
    Err(kept_out("metadata_of_another_entity", message))
}

/// An older document is kept out, since it may hold keys that have been withdrawn: the one that was made
/// before, or, where they do not say when they were made, the one that ends before.
///
/// # Errors
/// [`Trouble`].
pub fn is_no_older(before: &Edition<'_>, new: &Edition<'_>) -> Result<(), Trouble> {
    let pair = match (before.published_at.zip(new.published_at), before.valid_until.zip(new.valid_until)) {
        (Some(made), _) => Some(("was made at", made)),
        (None, Some(ends)) => Some(("ends at", ends)),
        (None, None) => None,
    };
    match pair {
        Some((what, (before, new))) if new < before => {
            Err(kept_out("metadata_older", format!("it {what} {new}, the last one at {before}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(published_at: Option<i64>, valid_until: Option<i64>) -> Edition<'static> {
        Edition {
            entity_id: "urn:a",
            published_at: published_at.map(Timestamp::from_seconds),
            valid_until: valid_until.map(Timestamp::from_seconds),
        }
    }

    #[test]
    fn an_older_document_is_told_by_when_it_was_made_or_ends() {
        let check = |before: (Option<i64>, Option<i64>), new: (Option<i64>, Option<i64>), is_older: bool| {
            let judged = is_no_older(&edition(before.0, before.1), &edition(new.0, new.1));
            assert_eq!(judged.map_err(|trouble| trouble.cause).err(), is_older.then_some("metadata_older"), "{new:?}");
        };
        check((None, None), (None, None), false);
        check((Some(5), None), (Some(5), None), false);
        check((Some(5), None), (Some(6), None), false);
        check((Some(5), None), (Some(4), None), true);
        check((None, Some(5)), (None, Some(5)), false);
        check((None, Some(5)), (None, Some(4)), true);
        check((None, Some(5)), (None, None), false);
        // When they were made counts first.
        check((Some(5), Some(9)), (Some(6), Some(8)), false);
        check((Some(5), Some(8)), (Some(4), Some(9)), true);
        check((Some(5), Some(8)), (None, Some(7)), true);
    }

    #[test]
    fn a_document_of_another_entity_is_told() {
        let other = Edition { entity_id: "urn:b", ..edition(None, None) };
        assert_eq!(describes_the_same(&edition(None, None), &edition(Some(1), None)), Ok(()));
        let trouble = describes_the_same(&edition(None, None), &other).unwrap_err();
        assert_eq!((trouble.cause, trouble.kind), ("metadata_of_another_entity", TroubleKind::KeptOut));
        assert_eq!(trouble.message, "it describes `urn:b`, not `urn:a`");
    }
}
