//! Fetches the metadata documents that definitions name by their address, before anything is judged. Where a
//! new one cannot be had or used, the one that was read before from the same address stays.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::matching::ObjectKind;
use super::rules::{JudgedTrust, Rules};
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, SamlApp};
use crate::domain::definitions::{
    AppDefinition, Definitions, MetadataDocument, PartnerDefinition, ProtocolDefinition, SamlSource, TrustDefinition,
};
use crate::domain::documents::{Owner, Watch, WatchFault};
use crate::domain::partners::{Partner, Trust};
use crate::domain::store::StoreError;
use crate::domain::store::objects::Kept;
use crate::flows::documents::fetch::{Edition, Fetched, describes_the_same, fetch};
use crate::flows::documents::{FIRST_WAIT, PARALLEL, Trouble, TroubleKind, after_reading};
use crate::flows::services::Services;

/// What to do about a document that cannot be fetched.
const REMEDY: &str = "check the address, or name a file by `metadata` until it answers";

/// Definitions with the documents that were fetched for them.
pub(super) struct Gathered<'a> {
    /// The definitions, complete.
    pub(super) definitions: Cow<'a, Definitions>,
    /// What deserves attention.
    pub(super) warnings: Vec<String>,
    readings: BTreeMap<Object, Reading>,
}

/// A partner or app by its slug.
type Object = (ObjectKind, String);

/// What came of a reading.
#[derive(Debug, Clone)]
enum Reading {
    /// A document, with its validator and address.
    Taken { url: String, etag: Option<String> },
    /// Why the one before stays.
    Kept(Trouble),
}

impl Gathered<'_> {
    /// The watch that begins with the record of a partner or app as it is written.
    pub(super) fn watch(
        &self,
        object: (ObjectKind, &str),
        owner: Owner,
        end: Option<Timestamp>,
        services: &Services,
        now: Timestamp,
    ) -> Watch {
        let blank = Watch::due(owner, now);
        match self.readings.get(&(object.0, object.1.to_owned())) {
            None => blank,
            Some(Reading::Taken { url, etag }) => Watch {
                etags: etag.iter().map(|etag| (url.clone(), etag.clone())).collect(),
                read_at: Some(now),
                next_at: after_reading(now, None, end, services.random.as_ref()),
                ..blank
            },
            Some(Reading::Kept(trouble)) => {
                let fault = WatchFault { cause: trouble.cause.to_owned(), message: trouble.message.clone() };
                Watch { failures: 1, fault: Some(fault), next_at: now.plus(FIRST_WAIT), ..blank }
            }
        }
    }
}

/// Fetches what has to be, a bounded number at once.
///
/// # Errors
/// [`StoreError`] where what is kept cannot be read.
pub(super) async fn gather<'a>(
    services: &Services,
    definitions: &'a Definitions,
    rules: &dyn Rules,
    now: Timestamp,
) -> Result<Gathered<'a>, StoreError> {
    let mut gathered =
        Gathered { definitions: Cow::Borrowed(definitions), warnings: Vec::new(), readings: BTreeMap::new() };
    let mut fetched = fetch_all(services, definitions).await;
    if fetched.is_empty() {
        return Ok(gathered);
    }
    let mut unit = services.store.unit_of_work().await?;
    let (partners, apps) = (unit.list_partners().await?, unit.list_apps().await?);
    drop(unit);
    let mut complete = definitions.clone();
    for located in &mut complete.partners {
        let definition = &mut located.value;
        let object = (ObjectKind::Partner, definition.slug.as_str().to_owned());
        if let Some(brought) = fetched.remove(&object) {
            let kept = kept_partner(&partners, definition);
            let reading = settle_partner(definition, brought, kept, rules, now);
            gathered.note(object, reading);
        }
    }
    for located in &mut complete.apps {
        let definition = &mut located.value;
        let object = (ObjectKind::App, definition.slug.as_str().to_owned());
        if let Some(brought) = fetched.remove(&object) {
            let kept = kept_app(&apps, definition);
            let reading = settle_app(definition, brought, kept, rules, now);
            gathered.note(object, reading);
        }
    }
    gathered.definitions = Cow::Owned(complete);
    Ok(gathered)
}

impl Gathered<'_> {
    fn note(&mut self, object: Object, reading: Option<Reading>) {
        if let Some(Reading::Kept(trouble)) = &reading {
            let (kind, slug) = &object;
            self.warnings.push(format!(
                "{kind} `{slug}`: its metadata is not taken, and the one that was read before stays: {trouble}"
            ));
        }
        self.readings.extend(reading.map(|reading| (object, reading)));
    }
}

type Brought = Result<Fetched, Trouble>;

async fn fetch_all(services: &Services, definitions: &Definitions) -> BTreeMap<Object, Brought> {
    let partners = definitions.partners.iter().filter_map(|located| {
        let document = partner_document(&located.value)?;
        Some(((ObjectKind::Partner, located.value.slug.as_str().to_owned()), document))
    });
    let apps = definitions.apps.iter().filter_map(|located| {
        let document = app_document(&located.value)?;
        Some(((ObjectKind::App, located.value.slug.as_str().to_owned()), document))
    });
    let mut running = JoinSet::new();
    let mut fetched = BTreeMap::new();
    for (object, document) in partners.chain(apps) {
        // What cannot be read of the definition is told when it is judged.
        let Some(Ok(source)) = document.source.as_ref().map(|source| source.source()) else { continue };
        if running.len() == PARALLEL {
            fetched.extend(running.join_next().await.and_then(Result::ok));
        }
        let services = services.clone();
        running.spawn(async move { (object, fetch(&services, &source, None).await) });
    }
    while let Some(done) = running.join_next().await {
        fetched.extend(done.ok());
    }
    fetched
}

fn partner_document(definition: &PartnerDefinition) -> Option<&MetadataDocument> {
    match &definition.trust {
        TrustDefinition::Saml { metadata, .. } => Some(metadata),
        TrustDefinition::Oidc { .. } => None,
    }
}

fn app_document(definition: &AppDefinition) -> Option<&MetadataDocument> {
    match &definition.protocol {
        ProtocolDefinition::Saml(saml) => match &saml.source {
            SamlSource::Metadata(document) => Some(document),
            SamlSource::Fields { .. } => None,
        },
        ProtocolDefinition::Oidc(_) => None,
    }
}

fn set_partner(definition: &mut PartnerDefinition, content: Result<String, String>) {
    if let TrustDefinition::Saml { metadata, .. } = &mut definition.trust {
        metadata.content = content;
    }
}

fn set_app(definition: &mut AppDefinition, content: Result<String, String>) {
    if let ProtocolDefinition::Saml(saml) = &mut definition.protocol
        && let SamlSource::Metadata(document) = &mut saml.source
    {
        document.content = content;
    }
}

/// A document that was read before, and whom it describes.
struct Before {
    entity_id: String,
    text: String,
}

fn kept_partner(stored: &[Kept<Partner>], definition: &PartnerDefinition) -> Option<Before> {
    let kept = stored.iter().map(|kept| &kept.value).find(|partner| partner.slug == definition.slug)?;
    let Trust::Saml(trust) = &kept.trust else { return None };
    let url = partner_document(definition)?.source.as_ref().map(|source| source.url.as_str());
    let is_same = trust.source.as_ref().map(|source| source.url.as_str()) == url;
    let text = trust.metadata.clone().filter(|_| is_same)?;
    Some(Before { entity_id: trust.entity_id.clone(), text })
}

fn kept_app(stored: &[Kept<App>], definition: &AppDefinition) -> Option<Before> {
    let kept = stored.iter().map(|kept| &kept.value).find(|app| app.slug == definition.slug)?;
    let saml: &SamlApp = kept.saml()?;
    let url = app_document(definition)?.source.as_ref().map(|source| source.url.as_str());
    let is_same = saml.source.as_ref().map(|source| source.metadata.url.as_str()) == url;
    let text = saml.metadata.clone().filter(|_| is_same)?;
    Some(Before { entity_id: saml.entity_id.clone(), text })
}

fn settle_partner(
    definition: &mut PartnerDefinition,
    brought: Brought,
    kept: Option<Before>,
    rules: &dyn Rules,
    now: Timestamp,
) -> Option<Reading> {
    let url = partner_document(definition)?.path.clone();
    settle(url, brought, kept, |content| {
        set_partner(definition, content);
        match rules.trust(definition, now)? {
            (JudgedTrust::Saml(trust), _) => Ok(trust.entity_id),
            (JudgedTrust::Oidc(..), _) => Err(Vec::new()),
        }
    })
}

fn settle_app(
    definition: &mut AppDefinition,
    brought: Brought,
    kept: Option<Before>,
    rules: &dyn Rules,
    now: Timestamp,
) -> Option<Reading> {
    let url = app_document(definition)?.path.clone();
    settle(url, brought, kept, |content| {
        set_app(definition, content);
        match &definition.protocol {
            ProtocolDefinition::Saml(saml) => rules.saml_app(saml, now).map(|(app, _)| app.entity_id),
            ProtocolDefinition::Oidc(_) => Err(Vec::new()),
        }
    })
}

/// Decides which document is applied. `try_with` puts one in its place and says whom it describes; what is
/// put there last is judged.
fn settle(
    url: String,
    brought: Brought,
    kept: Option<Before>,
    mut try_with: impl FnMut(Result<String, String>) -> Result<String, Vec<String>>,
) -> Option<Reading> {
    let (trouble, text) = match brought {
        Ok(Fetched::Whole(text, etag)) => {
            let judged = try_with(Ok(text.clone()));
            let judged = judged.map_err(|faults| {
                let message = faults.join("; ");
                Trouble { cause: "metadata_unusable", message, kind: TroubleKind::KeptOut }
            });
            let judged = judged.and_then(|entity_id| match &kept {
                Some(before) => describes_the_same(&undated(&before.entity_id), &undated(&entity_id)),
                None => Ok(()),
            });
            match judged {
                Ok(()) => return Some(Reading::Taken { url, etag }),
                Err(trouble) => (trouble, Some(text)),
            }
        }
        // Nothing was asked conditionally.
        Ok(Fetched::Unchanged) => {
            let message = "it answers with status 304 to who has nothing".to_owned();
            (Trouble { cause: "metadata_no_answer", message, kind: TroubleKind::NoDocument }, None)
        }
        Err(trouble) => (trouble, None),
    };
    if let Some(before) = kept
        && try_with(Ok(before.text)).is_ok()
    {
        return Some(Reading::Kept(trouble));
    }
    // Its faults are told when it is judged.
    let content = text.ok_or_else(|| format!("{trouble}; {REMEDY}"));
    let _ = try_with(content);
    None
}

/// An administrator may go back to an older document, so its age is not asked.
const fn undated(entity_id: &str) -> Edition<'_> {
    Edition { entity_id, published_at: None, valid_until: None }
}
