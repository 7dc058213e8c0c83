//! The metadata document of a SAML partner or app: a file beside the object file, or an address.

use std::path::Path;

use url::Url;

use super::shape::{Key, Kind, Presence};
use super::table::{Absent, Table};
use crate::domain::definitions::{MetadataDocument, SourceDefinition};
use crate::domain::partners::Network;

/// The largest metadata document that is read for one partner or app. **Units**: bytes.
pub const MAX_METADATA: usize = 4 * 1024 * 1024;
/// The longest address of a document. **Units**: bytes.
pub const MAX_URL: usize = 2048;

pub(super) const URL: Key = Key {
    name: "metadata_url",
    kind: Kind::Text,
    presence: Presence::Optional,
    doc: "The address of the metadata document, in the place of a file: https, without user name and fragment. It is \
          fetched when it is applied, and then by the running gateway about once an hour, sooner where its \
          `cacheDuration` asks for it. New keys are taken and removed ones refused with the document. A document of \
          another entity, one that cannot be used, and one older than the last are kept out; the last good one stays \
          until its own `validUntil`.",
};

pub(super) const CERTIFICATE: Key = Key {
    name: "metadata_certificate",
    kind: Kind::Text,
    presence: Presence::Optional,
    doc: "The path of a certificate as PEM, beside `metadata_url`. Its key must have signed the document as a whole; \
          one without a signature is refused then. The dates of the certificate do not matter.",
};

pub(super) const PRIVATE: Key = Key {
    name: "dangerous_allow_private",
    kind: Kind::Flag,
    presence: Presence::Default("false"),
    doc: "**Dangerous.** Whether `metadata_url` may lead into a private network or to this machine. Whoever controls \
          its name can then have anything there asked.",
};

/// Reads the one document that `table` names; `missing` is said where there is none.
pub(super) fn read(table: &Table<'_>, missing: &str) -> Option<MetadataDocument> {
    match (table.node("metadata").is_some(), table.node("metadata_url").is_some()) {
        (true, false) => {
            refuse_lone(table);
            document(table, "metadata")
        }
        (false, true) => at_address(table),
        (true, true) => {
            let message = "the document comes from one of `metadata` and `metadata_url`; leave the other out";
            table.fault("metadata_url", message);
            None
        }
        (false, false) => {
            refuse_lone(table);
            if table.reader().is_whole() {
                table.reader().fault(table.origin(), missing);
            }
            None
        }
    }
}

/// Refuses what says something of an address where there is none.
pub(super) fn refuse_lone(table: &Table<'_>) {
    for name in [CERTIFICATE.name, PRIVATE.name].into_iter().filter(|name| table.node(name).is_some()) {
        table.fault(name, format!("`{name}` says how `metadata_url` is fetched, which is not there; leave it out"));
    }
}

fn at_address(table: &Table<'_>) -> Option<MetadataDocument> {
    let url = table.parsed("metadata_url", address);
    let certificate = document(table, CERTIFICATE.name);
    let is_private = table.is_set(PRIVATE.name, Absent::IsFalse);
    if certificate.is_none() && table.node(CERTIFICATE.name).is_some() {
        return None;
    }
    let certificate = certificate.and_then(|document| document.content.ok());
    let network = if is_private { Network::DangerousPrivate } else { Network::Public };
    let source = SourceDefinition { url: url?, certificate, network };
    if let Err(fault) = source.source() {
        table.fault(CERTIFICATE.name, fault);
        return None;
    }
    Some(MetadataDocument {
        origin: table.place("metadata_url").clone(),
        path: source.url.clone(),
        content: Err("it has not been fetched".to_owned()),
        source: Some(source),
    })
}

/// An address that may be fetched; where it leads is judged when it is.
pub(super) fn address(text: &str) -> Result<String, &'static str> {
    let refused = "must be an https address without user name and fragment, at most 2048 bytes long";
    let url = Url::parse(text).map_err(|_| refused)?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_web = matches!(url.scheme(), "https" | "http") && url.has_host();
    let fits = text.len() <= MAX_URL && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain && is_web && fits { Ok(text.to_owned()) } else { Err(refused) }
}

/// Reads the document whose path stands under `key`.
pub(super) fn document(table: &Table<'_>, key: &str) -> Option<MetadataDocument> {
    let path = table.text(key)?;
    match read_document(table, path) {
        Ok(text) => Some(MetadataDocument {
            origin: table.place(key).clone(),
            path: path.to_owned(),
            content: Ok(text),
            source: None,
        }),
        Err(problem) => {
            table.fault(key, format!("`{key}`: {problem}"));
            None
        }
    }
}

fn read_document(table: &Table<'_>, path: &str) -> Result<String, String> {
    let joined = table.reader().folder.join(Path::new(path));
    let shown = joined.display();
    let content = table.reader().sources.read(&joined).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    if content.len() > MAX_METADATA {
        return Err(format!("`{shown}` is longer than {MAX_METADATA} bytes"));
    }
    String::from_utf8(content).map_err(|_| format!("`{shown}` is not UTF-8"))
}
