//! What can be judged of a definition without the store: the metadata of partners and apps, and an app's
//! redirect URIs.

use crate::base::clock::Timestamp;
use crate::domain::apps::SamlApp;
use crate::domain::definitions::{
    AppDefinition, CredentialDefinition, Definitions, Fault, Located, OidcDefinition, PartnerDefinition,
    ProtocolDefinition, SamlDefinition, SamlSource, SourceDefinition, TrustDefinition,
};
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{Network, OidcTerms, SamlTrust, SubjectRule};
use crate::downstream;
use crate::upstream::{self, metadata};

/// What is said of documents that may come from anywhere.
const PRIVATE_WARNING: &str = "what it names may lead into a private network (`dangerous_allow_private`); whoever \
                               controls its names or documents can have anything there asked";

/// The rules of the protocols.
pub trait Rules: Send + Sync {
    /// What a partner's definition of trust comes to, and what deserves attention in it.
    ///
    /// # Errors
    /// Every fault in words.
    fn trust(&self, definition: &PartnerDefinition, now: Timestamp) -> Result<(JudgedTrust, Vec<String>), Vec<String>>;

    /// Every fault of a relying party's definition in words.
    fn oidc_faults(&self, definition: &OidcDefinition) -> Vec<String>;

    /// The record that a service provider's definition asks for, and what deserves attention in it.
    ///
    /// # Errors
    /// Every fault in words.
    fn saml_app(&self, definition: &SamlDefinition, now: Timestamp) -> Result<(SamlApp, Vec<String>), Vec<String>>;
}

/// What a definition of trust comes to.
#[derive(Debug, Clone)]
pub enum JudgedTrust {
    /// What a SAML partner's document says.
    Saml(SamlTrust),
    /// What is agreed with an OIDC partner, and how we are to prove ourselves.
    Oidc(OidcTerms, CredentialDefinition),
}

/// The rules of this installation.
#[derive(Debug, Clone)]
pub struct StandardRules {
    /// Whether http on loopback is accepted depends on it.
    pub public_url: PublicUrl,
}

impl Rules for StandardRules {
    fn trust(&self, definition: &PartnerDefinition, now: Timestamp) -> Result<(JudgedTrust, Vec<String>), Vec<String>> {
        let (document, subject, request) = match &definition.trust {
            TrustDefinition::Saml { metadata, subject, request } => (metadata, subject, request),
            TrustDefinition::Oidc { terms, credential, .. } => {
                let faults = upstream::registration_faults(terms, &self.public_url);
                return if faults.is_empty() {
                    Ok((JudgedTrust::Oidc(terms.clone(), credential.clone()), Vec::new()))
                } else {
                    Err(faults)
                };
            }
        };
        let text = document.text().map_err(|fault| vec![fault])?;
        let source = document.source.as_ref().map(SourceDefinition::source).transpose().map_err(|fault| vec![fault])?;
        let (subject, request) = (subject.clone(), request.clone());
        match metadata::read_trust_from(source.as_ref(), text, subject, request, &self.public_url, now) {
            Ok(read) => Ok((JudgedTrust::Saml(read.trust), read.warnings)),
            Err(fault) => Err(vec![format!("`{}`: {}; {}", document.path, fault.message, fault.remedy)]),
        }
    }

    fn oidc_faults(&self, definition: &OidcDefinition) -> Vec<String> {
        downstream::oidc::registration_faults(definition, &self.public_url)
    }

    fn saml_app(&self, definition: &SamlDefinition, now: Timestamp) -> Result<(SamlApp, Vec<String>), Vec<String>> {
        let registered = downstream::saml::registration::read(definition, &self.public_url, now)?;
        Ok((registered.app, registered.warnings))
    }
}

/// What the rules say of a set of definitions.
#[derive(Debug, Default)]
pub struct Judged {
    /// The trust of each partner, in the order of the definitions; `None` where it has faults.
    pub trusts: Vec<Option<JudgedTrust>>,
    /// The record of each SAML app, in the order of the definitions of apps; `None` for other apps and
    /// where it has faults.
    pub saml_apps: Vec<Option<SamlApp>>,
    /// Faults.
    pub faults: Vec<Fault>,
    /// What deserves attention.
    pub warnings: Vec<String>,
}

/// Judges all definitions at `now`.
#[must_use]
pub fn judge(definitions: &Definitions, rules: &dyn Rules, now: Timestamp) -> Judged {
    let mut judged = Judged::default();
    for partner in &definitions.partners {
        let trust = judge_partner(partner, rules, now, &mut judged);
        judged.trusts.push(trust);
    }
    for app in &definitions.apps {
        let record = judge_app(app, rules, now, &mut judged);
        judged.saml_apps.push(record);
    }
    judged
}

fn judge_app(app: &Located<AppDefinition>, rules: &dyn Rules, now: Timestamp, judged: &mut Judged) -> Option<SamlApp> {
    let slug = &app.value.slug;
    let (origin, read) = match &app.value.protocol {
        ProtocolDefinition::Oidc(oidc) => {
            if oidc.backchannel_logout.as_ref().is_some_and(|logout| logout.network == Network::DangerousPrivate) {
                judged.warnings.push(format!("app `{slug}`: {PRIVATE_WARNING}"));
            }
            let faults = rules.oidc_faults(oidc);
            (&app.origin, if faults.is_empty() { Ok(None) } else { Err(faults) })
        }
        ProtocolDefinition::Saml(saml) => {
            let origin = match &saml.source {
                SamlSource::Metadata(document) => &document.origin,
                SamlSource::Fields { .. } => &app.origin,
            };
            (origin, rules.saml_app(saml, now).map(Some))
        }
    };
    match read {
        Ok(record) => record.map(|(record, warnings)| {
            let source = record.source.as_ref().map(|source| source.metadata.network);
            if source == Some(Network::DangerousPrivate) {
                judged.warnings.push(format!("app `{slug}`: {PRIVATE_WARNING}"));
            }
            judged.warnings.extend(warnings.into_iter().map(|warning| format!("app `{slug}`: {warning}")));
            record
        }),
        Err(messages) => {
            let fault = |message| Fault { origin: origin.clone(), message: format!("app `{slug}`: {message}") };
            judged.faults.extend(messages.into_iter().map(fault));
            None
        }
    }
}

fn judge_partner(
    partner: &Located<PartnerDefinition>,
    rules: &dyn Rules,
    now: Timestamp,
    judged: &mut Judged,
) -> Option<JudgedTrust> {
    let definition = &partner.value;
    let slug = &definition.slug;
    let mut fault = |message: String| {
        let message = format!("partner `{slug}`: {message}");
        judged.faults.push(Fault { origin: definition.trust.origin().clone(), message });
    };
    let (trust, warnings) = match rules.trust(definition, now) {
        Ok(read) => read,
        Err(messages) => {
            messages.into_iter().for_each(fault);
            return None;
        }
    };
    if let (JudgedTrust::Saml(saml), true) = (&trust, definition.switch.is_on()) {
        if saml.keys.is_empty() {
            fault("cannot be enabled: its metadata holds no usable signing key".to_owned());
        }
        if let Some(end) = saml.valid_until.filter(|end| *end <= now) {
            fault(format!("cannot be enabled: its metadata has expired at {end}; ask the partner for a new one"));
        }
    }
    judged.warnings.extend(warnings.into_iter().map(|warning| format!("partner `{slug}`: {warning}")));
    let network = match &trust {
        JudgedTrust::Saml(saml) => saml.source.as_ref().map_or(Network::Public, |source| source.network),
        JudgedTrust::Oidc(terms, _) => terms.network,
    };
    if network == Network::DangerousPrivate {
        judged.warnings.push(format!("partner `{slug}`: {PRIVATE_WARNING}"));
    }
    if matches!(&definition.trust, TrustDefinition::Saml { subject: SubjectRule::DangerousEmailNameId, .. }) {
        judged.warnings.push(format!(
            "partner `{slug}`: a mail address names the person (`dangerous_allow_mail_subject`); who gets the address \
             later gets the account"
        ));
    }
    Some(trust)
}
