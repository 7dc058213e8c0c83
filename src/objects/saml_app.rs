//! What `[app.saml]` says.

use super::claims;
use super::metadata::{self, document};
use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use super::tree::Value;
use crate::domain::apps::{
    EncryptedAnswers, IdpInitiated, MAX_RELAY_STATE, RelayStateOfLinks, SignedAnswers, SignedRequests,
};
use crate::domain::definitions::{SamlDefinition, SamlSource};

/// The most assertion consumer services that an object file may list for one app.
pub const MAX_ACS: usize = 32;

/// `[app.saml]`.
pub static SAML: Shape = Shape {
    name: "[app.saml]",
    doc: "A SAML 2.0 service provider, known by its metadata, from a file or an address, or by `entity_id` and `acs`. It takes our metadata from \
          `/saml/idp/metadata`.",
    keys: &[
        Key {
            name: "metadata",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The path of the app's metadata document, from the folder of the object file. Its keys are the only \
                  ones by which a request is believed, and answers go to its addresses only. Where it says that the \
                  app signs its requests (`AuthnRequestsSigned`), one without a signature is refused.",
        },
        metadata::URL,
        metadata::CERTIFICATE,
        metadata::PRIVATE,
        Key {
            name: "entity_id",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The app's name, for an app without metadata: an absolute URI of at most 1024 characters.",
        },
        Key {
            name: "acs",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Where the app takes answers by HTTP-POST, for an app without metadata: at least one address, the \
                  first where a request names none. https, or http on loopback while the gateway is there; compared \
                  exactly.",
        },
        Key {
            name: "certificate",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The path of the certificate of the key with which the app signs its requests, as PEM, for an app \
                  without metadata.",
        },
        Key {
            name: "encryption_certificate",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The path of the certificate to which assertions for the app are encrypted, as PEM, for an app without \
                  metadata.",
        },
        Key {
            name: "require_signed_requests",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "`true`: a request without a signature is refused also where the metadata does not say that the app \
                  signs. A signature that is there must hold in any case.",
        },
        Key {
            name: "signed",
            kind: Kind::Word(&["assertion", "response", "both"]),
            presence: Presence::Default("\"assertion\""),
            doc: "What of our answers is signed. The assertion is signed in any case where the metadata wants it \
                  (`WantAssertionsSigned`); answers that hold a status only are signed where this names the response.",
        },
        Key {
            name: "encryption",
            kind: Kind::Word(&["offered", "required", "never"]),
            presence: Presence::Default("\"offered\""),
            doc: "Whether assertions are encrypted, by AES-GCM and RSA-OAEP. `offered`: where the metadata has a key with \
                  `use=\"encryption\"`, or `encryption_certificate` names one. `required`: an app without such a key is \
                  refused by `apply`, and a key without `use` will do. `never`: they are sent in the clear.",
        },
        Key {
            name: "idp_initiated",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether a sign-in may begin here, at `/sign-in/start?app=` and the slug, and be answered to the default \
                  `acs` without a request of the app. Whoever has such an answer can sign another browser in with it, \
                  as themselves; leave it out for an app that can ask.",
        },
        Key {
            name: "relay_state",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The RelayState of a sign-in that begins here, beside `idp_initiated`: what the app takes for the place \
                  to open, 1 to 1024 bytes.",
        },
        Key {
            name: "relay_state_by_link",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether the link that begins a sign-in may name another `RelayState`. Anybody can make such a link, \
                  and several apps open any address that they are given there.",
        },
        Key {
            name: "name_id",
            kind: Kind::Table(&claims::NAME_ID),
            presence: Presence::Default("{ source = \"user.pairwise_id\" }"),
            doc: "How the app is named a person.",
        },
    ],
};

/// Reads a service provider; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub(super) fn read(table: &Table<'_>) -> Option<SamlDefinition> {
    let source = source(table);
    let requires = table.is_set("require_signed_requests", Absent::IsFalse);
    let answers = match table.text("signed") {
        Some("response") => SignedAnswers::Response,
        Some("both") => SignedAnswers::Both,
        _ => SignedAnswers::Assertion,
    };
    let requests = if requires { SignedRequests::Required } else { SignedRequests::Optional };
    let encryption = match table.text("encryption") {
        Some("required") => EncryptedAnswers::Required,
        Some("never") => EncryptedAnswers::Never,
        _ => EncryptedAnswers::WhereOffered,
    };
    let idp_initiated = idp_initiated(table);
    Some(SamlDefinition { source: source?, requests, answers, encryption, idp_initiated })
}

/// Whether a sign-in may begin here, and with what.
fn idp_initiated(table: &Table<'_>) -> Option<IdpInitiated> {
    let relay_state = table.parsed("relay_state", relay_state);
    let is_taken = table.is_set("relay_state_by_link", Absent::IsFalse);
    let links = if is_taken { RelayStateOfLinks::Taken } else { RelayStateOfLinks::Refused };
    if table.is_set("idp_initiated", Absent::IsFalse) {
        return Some(IdpInitiated { relay_state, links });
    }
    for name in ["relay_state", "relay_state_by_link"].into_iter().filter(|name| table.node(name).is_some()) {
        table.fault(name, format!("`{name}` says nothing without `idp_initiated = true`; leave it out"));
    }
    None
}

fn relay_state(text: &str) -> Result<String, String> {
    let is_good = (1..=MAX_RELAY_STATE).contains(&text.len()) && !text.chars().any(char::is_control);
    is_good.then(|| text.to_owned()).ok_or(format!("must be 1 to {MAX_RELAY_STATE} bytes, none a control character"))
}

fn source(table: &Table<'_>) -> Option<SamlSource> {
    let fields = ["entity_id", "acs", "certificate", "encryption_certificate"];
    if table.node("metadata").is_some() || table.node("metadata_url").is_some() {
        for name in fields.into_iter().filter(|name| table.node(name).is_some()) {
            table.fault(name, format!("`{name}` stands in the metadata; leave out one of both"));
        }
        return metadata::read(table, "").map(SamlSource::Metadata);
    }
    metadata::refuse_lone(table);
    let mut is_whole = true;
    for name in ["entity_id", "acs"].into_iter().filter(|name| table.node(name).is_none()) {
        is_whole = false;
        let message =
            format!("`[app.saml]` needs `metadata` or `metadata_url`, or `entity_id` and `acs`: `{name}` is missing");
        table.reader().fault(table.origin(), message);
    }
    let entity_id = table.parsed("entity_id", texts::identifier);
    let acs = table.parsed_texts("acs", |text| url::Url::parse(text).map(|_| text.to_owned()));
    let written = table.node("acs").and_then(|node| match &node.value {
        Value::List(list) => Some(list.len()),
        _ => None,
    });
    if written.is_some_and(|written| written == 0 || written > MAX_ACS) {
        table.fault("acs", format!("`acs` needs 1 to {MAX_ACS} addresses"));
        is_whole = false;
    }
    let certificate = document(table, "certificate");
    let encryption_certificate = document(table, "encryption_certificate");
    let is_lost = |name: &str, found: &Option<_>| found.is_none() && table.node(name).is_some();
    if !is_whole || is_lost("certificate", &certificate) || is_lost("encryption_certificate", &encryption_certificate) {
        return None;
    }
    Some(SamlSource::Fields { entity_id: entity_id?, acs, certificate, encryption_certificate })
}
