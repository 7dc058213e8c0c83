//! The mail that invites: its words in a language, put into a template for each part, which an administrator may
//! replace. What a template can do is in `template`.

mod template;

use std::collections::BTreeMap;

pub(super) use template::escaped;
pub use template::{MAX_TEMPLATE, Part, TemplateFault, Templates, VARIABLES};

use super::catalogue::Catalogue;
use super::language::Language;

/// What an invitation says. Nothing in it is marked up: each part writes it as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who invites, on one line; absent where no person does.
    pub inviter: Option<String>,
    /// Where the inviter can be reached.
    pub inviter_mail: Option<String>,
    /// The organisation that runs the gateway.
    pub organization: String,
    /// Its mail domain.
    pub domain: String,
    /// What the inviter has written, line by line; empty where nothing.
    pub message_lines: Vec<String>,
    /// The link that accepts.
    pub link: String,
    /// The host that the link leads to.
    pub host: String,
    /// Where it leads in the end, for people to read.
    pub target: String,
    /// Whether there is nothing to accept.
    pub accepted: bool,
    /// The privacy statement.
    pub privacy_url: Option<String>,
    /// The link that blocks such mails.
    pub block_link: String,
    /// To whom the mail goes.
    pub address: String,
}

/// The words of one mail in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationMail {
    /// The name beside the sender's address.
    pub sender: String,
    /// One line.
    pub subject: String,
    /// Lines that end with `\n`.
    pub text: String,
    /// The same in HTML.
    pub html: Option<String>,
}

/// The words that templates may use, as `words.NAME`; each is `mail-invite-NAME` in the catalogue, with hyphens.
pub const WORDS: [&str; 15] = [
    "warning",
    "who",
    "who_organization",
    "contact",
    "message",
    "where",
    "accept",
    "accept_link",
    "again",
    "done",
    "privacy",
    "privacy_none",
    "block",
    "block_link",
    "footer",
];

/// The mail, in `language`. A template that fails is a fault; whoever replaced it is told, and the built-in one does.
///
/// # Errors
/// [`TemplateFault`].
pub fn invitation(
    catalogue: &Catalogue,
    templates: &Templates,
    language: Language,
    said: &Invitation,
) -> Result<InvitationMail, TemplateFault> {
    let args = arguments(said);
    let text = |key: &str| catalogue.text(language, &format!("mail-invite-{key}"), &args);
    let subject = text(subject_key(said));
    let words: BTreeMap<&'static str, String> =
        WORDS.into_iter().map(|name| (name, text(&name.replace('_', "-")))).collect();
    let shown = template::Shown { said, words: &words, subject: &subject, language: language.tag() };
    Ok(InvitationMail {
        sender: text("sender"),
        text: templates.render(Part::Text, &shown)?,
        html: Some(templates.render(Part::Html, &shown)?),
        subject,
    })
}

/// The same without a template, and with nothing in it but who invites, to what, and the links.
#[must_use]
pub fn bare(catalogue: &Catalogue, language: Language, said: &Invitation) -> InvitationMail {
    let args = arguments(said);
    let text = |key: &str| catalogue.text(language, &format!("mail-invite-{key}"), &args);
    let accept = if said.accepted { text("done") } else { format!("{}\n{}", text("accept-link"), said.link) };
    let parts =
        [text("warning"), text("who-organization"), accept, format!("{}\n{}", text("block-link"), said.block_link)];
    InvitationMail {
        sender: text("sender"),
        subject: text(subject_key(said)),
        text: format!("{}\n", parts.join("\n\n")),
        html: None,
    }
}

const fn subject_key(said: &Invitation) -> &'static str {
    if said.inviter.is_some() { "subject" } else { "subject-organization" }
}

fn arguments(said: &Invitation) -> [(&'static str, String); 7] {
    [
        ("inviter", said.inviter.clone().unwrap_or_default()),
        ("mail", said.inviter_mail.clone().unwrap_or_default()),
        ("organization", said.organization.clone()),
        ("domain", said.domain.clone()),
        ("host", said.host.clone()),
        ("target", said.target.clone()),
        ("address", said.address.clone()),
    ]
}

/// Invitations that show every part of a template: with and without a person, a message, a privacy statement, and with
/// nothing to accept.
#[must_use]
pub fn samples() -> Vec<(&'static str, Invitation)> {
    let whole = Invitation {
        inviter: Some("Olga Okafor".to_owned()),
        inviter_mail: Some("olga.okafor@contoso.example".to_owned()),
        organization: "Contoso".to_owned(),
        domain: "contoso.example".to_owned(),
        message_lines: vec![
            "Hello Ana,".to_owned(),
            String::new(),
            "here are the <b>approvals</b> we spoke of: https://contoso.example/approvals".to_owned(),
        ],
        link: "https://gate.contoso.example/redeem?ticket=sample".to_owned(),
        host: "gate.contoso.example".to_owned(),
        target: "approvals.contoso.example".to_owned(),
        accepted: false,
        privacy_url: Some("https://contoso.example/privacy".to_owned()),
        block_link: "https://gate.contoso.example/mail/block?token=sample".to_owned(),
        address: "ana@fabrikam.example".to_owned(),
    };
    let bare =
        Invitation { inviter: None, inviter_mail: None, message_lines: Vec::new(), privacy_url: None, ..whole.clone() };
    let accepted = Invitation { accepted: true, ..whole.clone() };
    vec![("invitation", whole), ("invitation-without-person", bare), ("invitation-accepted", accepted)]
}

#[cfg(test)]
mod tests;
