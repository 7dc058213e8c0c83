//! How the sources of documents, and the documents of OIDC providers, are kept and read back.

use serde::{Deserialize, Serialize};

use super::app_rows::ANSWERS;
use super::partner_rows::to_json;
use crate::base::encoding::{base64, from_base64};
use crate::domain::apps::{EncryptedAnswers, SignedRequests};
use crate::domain::documents::{AppSource, MetadataSource, ProviderDocuments};
use crate::domain::partners::Network;
use crate::domain::store::StoreError;
use crate::keys::certificates::Certificate;
use crate::store::row::{Columns, word_of};

/// What an object file asks for of encryption, in its words.
const ENCRYPTION: &[(&str, EncryptedAnswers)] = &[
    ("offered", EncryptedAnswers::WhereOffered),
    ("required", EncryptedAnswers::Required),
    ("never", EncryptedAnswers::Never),
];

#[derive(Serialize, Deserialize)]
pub(super) struct SourceJson {
    url: String,
    certificate: Option<String>,
    allow_private: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AppSourceJson {
    metadata: SourceJson,
    signed_requests: bool,
    signed_answers: String,
    encryption: String,
}

#[derive(Serialize, Deserialize)]
struct DocumentsJson {
    discovery: String,
    keys: String,
}

fn source_json(source: &MetadataSource) -> SourceJson {
    SourceJson {
        url: source.url.clone(),
        certificate: source.certificate.as_ref().map(|certificate| base64(certificate.der())),
        allow_private: source.network == Network::DangerousPrivate,
    }
}

/// `None` where the pinned certificate cannot be read, so that nothing goes on without it.
fn source(json: SourceJson) -> Option<MetadataSource> {
    let certificate = match &json.certificate {
        None => None,
        Some(text) => Some(Certificate::from_der(&from_base64(text)?).ok()?),
    };
    let network = if json.allow_private { Network::DangerousPrivate } else { Network::Public };
    Some(MetadataSource { url: json.url, certificate, network })
}

/// The value of the column `source`.
pub(super) fn source_text(source: &MetadataSource) -> String {
    to_json(&source_json(source))
}

/// Reads the column `source`.
pub(super) fn read_source(columns: &mut Columns<'_>) -> Result<Option<MetadataSource>, StoreError> {
    let text = columns.optional_text("source")?;
    let read = |text: String| serde_json::from_str(&text).ok().and_then(source);
    text.map(|text| read(text).ok_or_else(|| columns.corrupt("source"))).transpose()
}

/// The value of the column `documents`.
pub(super) fn documents_text(documents: &ProviderDocuments) -> String {
    to_json(&DocumentsJson { discovery: documents.discovery.clone(), keys: documents.keys.clone() })
}

/// Reads the column `documents`.
pub(super) fn read_documents(columns: &mut Columns<'_>) -> Result<Option<ProviderDocuments>, StoreError> {
    let text = columns.optional_text("documents")?;
    let read = |text: String| {
        let json: DocumentsJson = serde_json::from_str(&text).map_err(|_| columns.corrupt("documents"))?;
        Ok(ProviderDocuments { discovery: json.discovery, keys: json.keys })
    };
    text.map(read).transpose()
}

/// An app's source, as it stands in the column `saml`.
pub(super) fn app_source_json(source: &AppSource) -> AppSourceJson {
    AppSourceJson {
        metadata: source_json(&source.metadata),
        signed_requests: source.requests == SignedRequests::Required,
        signed_answers: word_of(ANSWERS, &source.answers).to_owned(),
        encryption: word_of(ENCRYPTION, &source.encryption).to_owned(),
    }
}

/// Reads an app's source; `None` where it contradicts itself.
pub(super) fn app_source(json: AppSourceJson) -> Option<AppSource> {
    Some(AppSource {
        metadata: source(json.metadata)?,
        requests: if json.signed_requests { SignedRequests::Required } else { SignedRequests::Optional },
        answers: ANSWERS.iter().find(|(word, _)| *word == json.signed_answers).map(|(_, answers)| *answers)?,
        encryption: ENCRYPTION.iter().find(|(word, _)| *word == json.encryption).map(|(_, wish)| *wish)?,
    })
}
