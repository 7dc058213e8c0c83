//! The pages that a visitor sees: view models in, HTML out, with the headers that guard them.
//!
//! Owns the templates, the style sheet, the script files and the Content-Security-Policy. Each
//! page is one file: a plain struct of what it shows, which implements [`Page`], and a template
//! of the same name that extends `templates/layout.html`. All pages work with the keyboard alone and
//! with a screen reader, and all but those of passkeys without script.
//!
//! Invariant: decides nothing. Every value is escaped by askama but the QR code of
//! [`factor_setup`], which is held to plain shapes; every link is a
//! [`addresses::WebLink`], every form leads to a [`addresses::LocalPath`], and every word comes
//! from the catalogue. No page has an inline script or style.
//!
//! Start reading at [`layout`], then [`headers`].

pub mod addresses;
pub mod agree;
pub mod assets;
pub mod bulk_job;
pub mod bulk_rows;
pub mod consent;
pub mod error;
pub mod factor_code;
pub mod factor_passkey;
pub mod factor_question;
pub mod factor_send;
pub mod factor_setup;
pub mod factor_way;
pub mod fault;
pub mod handover;
pub mod headers;
pub mod home_realm;
pub mod invite;
mod invite_fault;
pub mod invite_files;
pub mod invited;
pub mod layout;
pub mod leave;
pub mod mail_block;
pub mod onward;
pub mod organization_choice;
pub mod organization_unavailable;
pub mod panel;
pub mod policy;
pub mod recovery_codes;
pub mod refusal;
pub mod resubmit;
pub mod security_info;
pub mod select_account;
pub mod sign_in_code;
pub mod sign_out;
pub mod signed_in_already;

#[cfg(test)]
mod contrast;
#[cfg(test)]
mod tests;

use self::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// A page that can be shown.
pub trait Page {
    /// The whole document.
    fn render(&self, catalogue: &Catalogue, language: Language) -> String;

    /// What the page may do in the browser.
    fn policy(&self) -> PagePolicy {
        PagePolicy::default()
    }
}
