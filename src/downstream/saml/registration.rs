//! What an object file says of a SAML app, read into its record.

use std::time::Duration;

use super::encryption;
use crate::base::clock::Timestamp;
use crate::base::trace::shorten;
use crate::domain::apps::{AcsEndpoint, AcsStanding, EncryptedAnswers, SamlApp, SignedAnswers, SignedRequests};
use crate::domain::definitions::{MetadataDocument, SamlDefinition, SamlSource, SourceDefinition};
use crate::domain::documents::AppSource;
use crate::domain::organization::PublicUrl;
use crate::keys::certificates::Certificate;
use crate::saml::metadata::acs::{Acs, Standing, listed};
use crate::saml::metadata::locations::LoopbackHttp;
use crate::saml::metadata::signed::Trusted;
use crate::saml::metadata::sp_reader::{self, RequestSigning, Wanted};
use crate::saml::names::EntityId;

/// What an app's definition gave.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The record.
    pub app: SamlApp,
    /// What was left out or needs attention.
    pub warnings: Vec<String>,
    /// How soon the metadata should be fetched anew.
    pub cache_duration: Option<Duration>,
    /// When the metadata was made, where it says so.
    pub published_at: Option<Timestamp>,
}

/// Reads a definition.
///
/// # Errors
/// Every fault in words.
pub fn read(definition: &SamlDefinition, public_url: &PublicUrl, now: Timestamp) -> Result<Registered, Vec<String>> {
    let loopback = if public_url.is_loopback_http() { LoopbackHttp::Allowed } else { LoopbackHttp::Refused };
    let mut registered = match &definition.source {
        SamlSource::Metadata(document) => {
            let text = document.text().map_err(|fault| vec![fault])?;
            let metadata = document.source.as_ref().map(SourceDefinition::source).transpose();
            let wishes = Wishes { answers: definition.answers, encryption: definition.encryption };
            let source = metadata.map_err(|fault| vec![fault])?;
            let source = source.map(|metadata| AppSource {
                metadata,
                requests: definition.requests,
                answers: wishes.answers,
                encryption: wishes.encryption,
            });
            let read = by_metadata(text, source, wishes, loopback, now);
            read.map_err(|fault| vec![format!("`{}`: {fault}", document.path)])?
        }
        SamlSource::Fields { entity_id, acs, certificate, encryption_certificate } => {
            let certificates = [certificate.as_ref(), encryption_certificate.as_ref()];
            by_fields(entity_id, acs, certificates, definition, loopback)?
        }
    };
    registered.app.idp_initiated.clone_from(&definition.idp_initiated);
    demand(&mut registered.app, definition.requests).map_err(|fault| vec![fault])?;
    Ok(registered)
}

/// Reads a new document of an app, with what its object file asks for beside it.
///
/// # Errors
/// What is wrong, in words.
pub fn read_again(
    text: &str,
    source: &AppSource,
    public_url: &PublicUrl,
    now: Timestamp,
) -> Result<Registered, String> {
    let loopback = if public_url.is_loopback_http() { LoopbackHttp::Allowed } else { LoopbackHttp::Refused };
    let wishes = Wishes { answers: source.answers, encryption: source.encryption };
    let mut registered = by_metadata(text, Some(source.clone()), wishes, loopback, now)?;
    demand(&mut registered.app, source.requests)?;
    Ok(registered)
}

/// Has requests signed where the object file asks for it; whoever must sign needs a key.
fn demand(app: &mut SamlApp, requests: SignedRequests) -> Result<(), String> {
    if requests == SignedRequests::Required {
        app.requests = SignedRequests::Required;
    }
    if app.requests == SignedRequests::Required && app.certificates.is_empty() {
        let message = "its requests must be signed, and no certificate of it is known; name its metadata with a \
                       signing certificate, or `certificate`";
        return Err(message.to_owned());
    }
    Ok(())
}

/// What an object file asks for of our answers, whatever the metadata says.
#[derive(Debug, Clone, Copy)]
struct Wishes {
    answers: SignedAnswers,
    encryption: EncryptedAnswers,
}

fn by_metadata(
    text: &str,
    source: Option<AppSource>,
    wishes: Wishes,
    loopback: LoopbackHttp,
    now: Timestamp,
) -> Result<Registered, String> {
    let trusted = Trusted::by(source.as_ref().and_then(|source| source.metadata.certificate.as_ref()));
    let found = sp_reader::read_trusted(text.as_bytes(), trusted, loopback, now)
        .map_err(|fault| format!("{fault}; {}", fault.remedy()))?;
    let answers = match (found.signed_assertions, wishes.answers) {
        (Wanted::Yes, SignedAnswers::Response) => SignedAnswers::Both,
        (_, answers) => answers,
    };
    let encryption =
        encryption::by_metadata(&found.encryption_keys, wishes.encryption).map_err(|fault| fault.to_string())?;
    let app = SamlApp {
        entity_id: found.entity_id.as_str().to_owned(),
        acs: found.acs.into_iter().map(endpoint).collect(),
        certificates: found.signing_certificates,
        requests: match found.requests {
            RequestSigning::Required => SignedRequests::Required,
            RequestSigning::Optional => SignedRequests::Optional,
        },
        answers,
        encryption,
        idp_initiated: None,
        valid_until: found.valid_until,
        metadata: Some(text.to_owned()),
        source,
    };
    Ok(Registered {
        app,
        warnings: found.warnings.iter().map(ToString::to_string).collect(),
        cache_duration: found.cache_duration,
        published_at: found.published_at,
    })
}

fn by_fields(
    entity_id: &str,
    acs: &[String],
    certificates: [Option<&MetadataDocument>; 2],
    definition: &SamlDefinition,
    loopback: LoopbackHttp,
) -> Result<Registered, Vec<String>> {
    let mut faults = Vec::new();
    if let Err(error) = EntityId::parse(entity_id) {
        faults.push(format!("`entity_id`: {error}"));
    }
    let acs = listed(acs, loopback).unwrap_or_else(|location| {
        let shown = shorten(location.to_owned());
        faults.push(format!("`acs`, `{shown}`: must be https, without user name and fragment"));
        Vec::new()
    });
    let mut read = |name: &str, document: &MetadataDocument| {
        let read = document.text().and_then(|text| Certificate::from_pem(text).map_err(|fault| fault.to_string()));
        read.map_err(|fault| faults.push(format!("`{name}`, `{}`: {fault}", document.path))).ok()
    };
    let [certificate, encrypts_to] = certificates;
    let certificate = certificate.and_then(|document| read("certificate", document));
    let is_told = encrypts_to.is_some();
    let encrypts_to = encrypts_to.and_then(|document| read("encryption_certificate", document));
    let encryption = if is_told && encrypts_to.is_none() {
        None
    } else {
        encryption::by_certificate(encrypts_to, definition.encryption).unwrap_or_else(|fault| {
            faults.push(format!("`encryption_certificate`: {fault}"));
            None
        })
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let app = SamlApp {
        entity_id: entity_id.to_owned(),
        acs: acs.into_iter().map(endpoint).collect(),
        certificates: certificate.into_iter().collect(),
        requests: SignedRequests::Optional,
        answers: definition.answers,
        encryption,
        idp_initiated: None,
        valid_until: None,
        metadata: None,
        source: None,
    };
    Ok(Registered { app, warnings: Vec::new(), cache_duration: None, published_at: None })
}

fn endpoint(acs: Acs) -> AcsEndpoint {
    AcsEndpoint {
        index: acs.index,
        url: acs.location,
        standing: match acs.standing {
            Standing::Default => AcsStanding::Default,
            Standing::ByName => AcsStanding::ByName,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::apps::EncryptedAnswers;
    use crate::domain::definitions::Origin;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
    const PEM: &str = include_str!("../../../tests/fixtures/saml/metadata/rsa-2048.pem");

    fn document(text: &str) -> MetadataDocument {
        let origin = Origin { file: "a.toml".to_owned(), line: 1 };
        MetadataDocument { origin, path: "x".to_owned(), content: Ok(text.to_owned()), source: None }
    }

    fn fields(entity_id: &str, acs: &str, certificate: Option<&str>) -> SamlDefinition {
        let source = SamlSource::Fields {
            entity_id: entity_id.to_owned(),
            acs: vec![acs.to_owned(), "https://a.example/other".to_owned()],
            certificate: certificate.map(document),
            encryption_certificate: None,
        };
        SamlDefinition {
            source,
            requests: SignedRequests::Optional,
            answers: SignedAnswers::Assertion,
            encryption: EncryptedAnswers::WhereOffered,
            idp_initiated: None,
        }
    }

    fn read_at(public_url: &str, definition: &SamlDefinition) -> Result<Registered, Vec<String>> {
        read(definition, &PublicUrl::parse(public_url).unwrap(), NOW)
    }

    fn check(definition: &SamlDefinition, expected: &[&str]) {
        assert_eq!(read_at("https://gate.example", definition).unwrap_err(), expected);
    }

    #[test]
    fn an_app_is_known_by_fields() {
        let mut definition = fields("urn:wiki", "https://a.example/acs", Some(PEM));
        definition.requests = SignedRequests::Required;
        let app = read_at("https://gate.example", &definition).unwrap().app;
        assert_eq!(
            (app.entity_id.as_str(), app.certificates.len(), app.requests),
            ("urn:wiki", 1, SignedRequests::Required)
        );
        let acs: Vec<_> = app.acs.iter().map(|acs| (acs.index, acs.url.as_str(), acs.standing)).collect();
        let expected =
            [(0, "https://a.example/acs", AcsStanding::Default), (1, "https://a.example/other", AcsStanding::ByName)];
        assert_eq!(acs, expected);
        let plain = fields("urn:wiki", "http://localhost:9/acs", None);
        assert!(read_at("http://localhost:8080", &plain).is_ok(), "on loopback while the gateway is there");
    }

    #[test]
    fn every_fault_of_the_fields_is_told() {
        let address = "must be https, without user name and fragment";
        check(
            &fields("wiki", "http://localhost:9/acs", Some("x")),
            &[
                "`entity_id`: an entity ID is an absolute URI, such as `https://idp.example/saml` or `urn:example:idp`",
                &format!("`acs`, `http://localhost:9/acs`: {address}"),
                "`certificate`, `x`: it holds no PEM certificate",
            ],
        );
        for acs in ["https://u@a.example/acs", "https://a.example/acs#x", "javascript:alert(1)"] {
            check(&fields("urn:wiki", acs, None), &[&format!("`acs`, `{acs}`: {address}")]);
        }
        for (pem, fault) in [
            (PEM.replace("END", "FIN"), "its PEM certificate has no end"),
            (format!("{PEM}{PEM}"), "it holds several certificates, one is needed"),
            (PEM.replace("MII", "*"), "its PEM certificate is not base64"),
        ] {
            let told = format!("`certificate`, `x`: {fault}");
            check(&fields("urn:wiki", "https://a.example/acs", Some(&pem)), &[&told]);
        }
        let mut unsigned = fields("urn:wiki", "https://a.example/acs", None);
        unsigned.requests = SignedRequests::Required;
        assert!(read_at("https://gate.example", &unsigned).unwrap_err()[0].starts_with("its requests must be signed"));
    }
}
