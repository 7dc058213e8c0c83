//! Reading the documents of one owner, and judging whether they may take the place of those before. Nothing
//! is written here.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppProtocol, ClientKeys, Confidentiality, OidcApp, SamlApp};
use crate::domain::documents::{MetadataSource, Watch};
use crate::domain::partners::{OidcTrust, Partner, SamlTrust, Trust};
use crate::domain::refusal::Refusal;
use crate::downstream::saml::registration;
use crate::flows::services::Services;
use crate::keys::jwk_set::{KeySetError, MAX_DOCUMENT};
use crate::upstream::metadata::read_trust_from;

use super::fetch::{Edition, Fetched, describes_the_same, fetch, is_no_older, kept_out};
use super::{Record, Trouble, TroubleKind};

/// A good reading.
pub(super) struct News {
    /// The record with what is new in it; absent where all is as it was.
    pub(super) record: Option<Record>,
    /// What of the record is new and decides.
    pub(super) fields: Vec<&'static str>,
    /// The validators of what was read.
    pub(super) etags: BTreeMap<String, String>,
    /// How soon the documents should be read again.
    pub(super) cache_duration: Option<Duration>,
}

/// Reads; `None` where there is nothing to be fetched.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn read(
    services: &Services,
    record: &Record,
    watch: &Watch,
    now: Timestamp,
) -> Result<Option<News>, Trouble> {
    match record {
        Record::Partner(partner) => match &partner.trust {
            Trust::Saml(trust) => match &trust.source {
                Some(source) => saml_partner(services, partner, trust, source, watch, now).await.map(Some),
                None => Ok(None),
            },
            Trust::Oidc(trust) => provider(services, partner, trust, watch).await.map(Some),
            // It publishes nothing.
            Trust::MailedCode => Ok(None),
        },
        Record::App(app) => match &app.protocol {
            AppProtocol::Saml(saml) => saml_app(services, app, saml, watch, now).await,
            AppProtocol::Oidc(oidc) => app_keys(services, app, oidc, watch).await,
        },
    }
}

/// Fetches a document, or takes the one that is kept where it is unchanged; with its validator.
async fn document(
    services: &Services,
    source: &MetadataSource,
    kept: &str,
    watch: &Watch,
) -> Result<(String, BTreeMap<String, String>), Trouble> {
    let before = watch.etags.get(&source.url);
    let (text, etag) = match fetch(services, source, before.map(String::as_str)).await? {
        Fetched::Whole(text, etag) => (text, etag),
        Fetched::Unchanged => (kept.to_owned(), before.cloned()),
    };
    Ok((text, etag.map(|etag| (source.url.clone(), etag)).into_iter().collect()))
}

async fn saml_partner(
    services: &Services,
    partner: &Partner,
    trust: &SamlTrust,
    source: &MetadataSource,
    watch: &Watch,
    now: Timestamp,
) -> Result<News, Trouble> {
    let kept = trust.metadata.as_deref().unwrap_or_default();
    let (text, etags) = document(services, source, kept, watch).await?;
    let judge = |text: &str, at| {
        let (subject, request) = (trust.subject.clone(), trust.request.clone());
        read_trust_from(Some(source), text, subject, request, &services.settings.public_url, at)
    };
    let read = judge(&text, now).map_err(|fault| kept_out("metadata_unusable", fault.message))?;
    let new = read.trust;
    if text != kept {
        // The one before is read without its end: only when it was made is asked.
        let before = judge(kept, Timestamp::EPOCH).ok();
        let before = Edition {
            entity_id: &trust.entity_id,
            published_at: before.and_then(|read| read.published_at),
            valid_until: trust.valid_until,
        };
        let edition =
            Edition { entity_id: &new.entity_id, published_at: read.published_at, valid_until: new.valid_until };
        describes_the_same(&before, &edition)?;
        is_no_older(&before, &edition)?;
    }
    let fields = changed([
        ("certificates", trust.certificates != new.certificates),
        ("single_sign_on", trust.sso_redirect_url != new.sso_redirect_url),
    ]);
    let is_new = text != kept || !fields.is_empty() || trust.valid_until != new.valid_until;
    let with_new = || {
        let (version, trust) = (partner.version + 1, Trust::Saml(new));
        Record::Partner(Box::new(Partner { version, trust, ..partner.clone() }))
    };
    Ok(News { record: is_new.then(with_new), fields, etags, cache_duration: read.cache_duration })
}

async fn saml_app(
    services: &Services,
    app: &App,
    saml: &SamlApp,
    watch: &Watch,
    now: Timestamp,
) -> Result<Option<News>, Trouble> {
    let (Some(source), Some(kept)) = (&saml.source, &saml.metadata) else { return Ok(None) };
    let (text, etags) = document(services, &source.metadata, kept, watch).await?;
    let judge = |text: &str, at| registration::read_again(text, source, &services.settings.public_url, at);
    let read = judge(&text, now).map_err(|fault| kept_out("metadata_unusable", fault))?;
    // What the object file says beside the document stays.
    let new = SamlApp { idp_initiated: saml.idp_initiated.clone(), ..read.app };
    if text != *kept {
        let before = judge(kept, Timestamp::EPOCH).ok();
        let before = Edition {
            entity_id: &saml.entity_id,
            published_at: before.and_then(|read| read.published_at),
            valid_until: saml.valid_until,
        };
        let edition =
            Edition { entity_id: &new.entity_id, published_at: read.published_at, valid_until: new.valid_until };
        describes_the_same(&before, &edition)?;
        is_no_older(&before, &edition)?;
    }
    let fields = changed([
        ("certificates", saml.certificates != new.certificates),
        ("acs", saml.acs != new.acs),
        ("signed_requests", saml.requests != new.requests),
        ("signed_answers", saml.answers != new.answers),
        ("encryption", saml.encryption != new.encryption),
    ]);
    let is_new = *saml != new;
    let with_new = || {
        let (version, protocol) = (app.version + 1, AppProtocol::Saml(new));
        Record::App(Box::new(App { version, protocol, ..app.clone() }))
    };
    Ok(Some(News { record: is_new.then(with_new), fields, etags, cache_duration: read.cache_duration }))
}

async fn app_keys(services: &Services, app: &App, oidc: &OidcApp, watch: &Watch) -> Result<Option<News>, Trouble> {
    let Confidentiality::Keys(kept) = &oidc.confidentiality else { return Ok(None) };
    let Some(source) = kept.source() else { return Ok(None) };
    let from = MetadataSource { url: source.url.clone(), certificate: None, network: source.network };
    let (text, etags) = document(services, &from, kept.document(), watch).await?;
    let read =
        if text.len() > MAX_DOCUMENT { Err(KeySetError::Malformed) } else { ClientKeys::fetched(text, source.clone()) };
    let new = read.map_err(|error| kept_out(error.cause(), error.to_string()))?;
    if new.document().is_empty() {
        return Err(kept_out(KeySetError::Malformed.cause(), "it is empty"));
    }
    let fields = changed([("keys", *kept != new)]);
    let with_new = || {
        let oidc = OidcApp { confidentiality: Confidentiality::Keys(new), ..oidc.clone() };
        let (version, protocol) = (app.version + 1, AppProtocol::Oidc(oidc));
        Record::App(Box::new(App { version, protocol, ..app.clone() }))
    };
    let record = (!fields.is_empty()).then(with_new);
    Ok(Some(News { record, fields, etags, cache_duration: None }))
}

async fn provider(services: &Services, partner: &Partner, trust: &OidcTrust, watch: &Watch) -> Result<News, Trouble> {
    let read = services.providers.read(&trust.terms, trust.documents.as_ref(), &watch.etags).await;
    let read = read.map_err(|refusal| of_provider(&refusal))?;
    let before = trust.documents.as_ref();
    let fields = changed([
        ("discovery", before.map(|before| &before.discovery) != Some(&read.documents.discovery)),
        ("keys", before.map(|before| &before.keys) != Some(&read.documents.keys)),
    ]);
    let with_new = || {
        let trust = Trust::Oidc(OidcTrust { documents: Some(read.documents.clone()), ..trust.clone() });
        Record::Partner(Box::new(Partner { version: partner.version + 1, trust, ..partner.clone() }))
    };
    let record = (!fields.is_empty()).then(with_new);
    Ok(News { record, fields, etags: read.etags, cache_duration: None })
}

fn of_provider(refusal: &Refusal) -> Trouble {
    let is_absent = refusal.cause.ends_with("_no_answer") || refusal.cause == "http_client_unavailable";
    let kind = if is_absent { TroubleKind::NoDocument } else { TroubleKind::KeptOut };
    Trouble { cause: refusal.cause, message: refusal.evidence.clone().unwrap_or_default(), kind }
}

fn changed<const N: usize>(rows: [(&'static str, bool); N]) -> Vec<&'static str> {
    rows.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
