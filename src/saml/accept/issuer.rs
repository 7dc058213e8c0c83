//! Who says to have sent a Response, before anything of it is proven.

use crate::saml::messages::envelope::Envelope;
use crate::saml::messages::name_id::NameId;
use crate::saml::messages::structure::Children;
use crate::saml::messages::survey::{Encrypted, Survey};
use crate::saml::names::ASSERTION;
use crate::xmlsig::dom::Document;
use crate::xmlsig::limits::Limits;

/// The issuer that a Response, or else its assertion, names: good for finding the partner's record, and for
/// nothing else. `None` where it cannot be read; the judgement says why.
#[must_use]
pub fn claimed(message: &[u8]) -> Option<String> {
    let document = Document::parse(message, &Limits::MESSAGE).ok()?;
    let survey = Survey::of(&document, Encrypted::Counted).ok()?;
    let envelope = Envelope::read(survey.response).ok()?;
    envelope.issuer.map(|issuer| issuer.value).or_else(|| {
        let mut children = Children::of(survey.assertion?, "Assertion");
        let issuer = children.one(ASSERTION, "Issuer").ok()?;
        NameId::read(issuer, "Issuer").ok().map(|issuer| issuer.value)
    })
}
