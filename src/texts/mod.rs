//! The words that people read: one message catalogue a language, and the choice of a language.
//!
//! Owns every sentence of the pages, the mails and the refusals, in Fluent files beside this one. A
//! further language is one more file and one more variant of [`language::Language`].
//!
//! Invariant: knows no HTML, no HTTP and no database; what comes out is plain text, and whoever
//! puts it into a page escapes it there.
//!
//! Start reading at [`catalogue`] and `en.ftl`; what administrators are told is in [`advice`] and `admin.ftl`.

pub mod advice;
pub mod bulk_mail;
pub mod catalogue;
pub mod invitation;
pub mod language;
pub mod mails;
pub mod negotiate;
pub mod refusals;
