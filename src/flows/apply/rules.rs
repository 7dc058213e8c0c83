//! What can be judged of a definition without the store: a partner's metadata and an app's redirect
//! URIs.

use crate::base::clock::Timestamp;
use crate::domain::definitions::{
    AppDefinition, CredentialDefinition, Definitions, Fault, Located, PartnerDefinition, TrustDefinition,
};
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{OidcTerms, SamlTrust, SubjectRule};
use crate::downstream;
use crate::upstream::{self, metadata};

/// The rules of the protocols.
pub trait Rules: Send + Sync {
    /// What a partner's definition of trust comes to, and what deserves attention in it.
    ///
    /// # Errors
    /// Every fault in words.
    fn trust(&self, definition: &PartnerDefinition, now: Timestamp) -> Result<(JudgedTrust, Vec<String>), Vec<String>>;

    /// Every fault of an app's definition in words.
    fn app_faults(&self, definition: &AppDefinition) -> Vec<String>;
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
        match metadata::read_trust(&document.text, subject.clone(), request.clone(), &self.public_url, now) {
            Ok(read) => Ok((JudgedTrust::Saml(read.trust), read.warnings)),
            Err(fault) => Err(vec![format!("`{}`: {}; {}", document.path, fault.message, fault.remedy)]),
        }
    }

    fn app_faults(&self, definition: &AppDefinition) -> Vec<String> {
        downstream::oidc::registration_faults(&definition.oidc, &self.public_url)
    }
}

/// What the rules say of a set of definitions.
#[derive(Debug, Default)]
pub struct Judged {
    /// The trust of each partner, in the order of the definitions; `None` where it has faults.
    pub trusts: Vec<Option<JudgedTrust>>,
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
        for message in rules.app_faults(&app.value) {
            let message = format!("app `{}`: {message}", app.value.slug);
            judged.faults.push(Fault { origin: app.origin.clone(), message });
        }
    }
    judged
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
    if matches!(&definition.trust, TrustDefinition::Saml { subject: SubjectRule::DangerousEmailNameId, .. }) {
        judged.warnings.push(format!(
            "partner `{slug}`: a mail address names the person (`dangerous_allow_mail_subject`); who gets the address \
             later gets the account"
        ));
    }
    Some(trust)
}
