//! The conditions of an assertion: when, for whom, and how far it may be passed on.
//!
//! # Source
//! SAML Core 2.5.1.

use super::structure::{Children, StructureError, time, uri_text};
use crate::base::clock::Timestamp;
use crate::base::trace::shorten;
use crate::saml::names::ASSERTION;
use crate::xmlsig::dom::Element;

/// The conditions of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// First moment.
    pub not_before: Option<Timestamp>,
    /// The moment from which it holds no more.
    pub not_on_or_after: Option<Timestamp>,
    /// The audiences of each AudienceRestriction.
    pub audience_restrictions: Vec<Vec<String>>,
    /// How many OneTimeUse elements there are.
    pub one_time_use: usize,
    /// Each ProxyRestriction.
    pub proxy_restrictions: Vec<ProxyRestriction>,
    /// The names of conditions that are not known here.
    pub unknown: Vec<String>,
}

/// How far what follows from an assertion may be passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyRestriction {
    /// How many more parties may pass it on.
    pub count: Option<u64>,
    /// To whom it may be passed on; empty: to anyone.
    pub audiences: Vec<String>,
}

impl Conditions {
    /// Reads a Conditions element; its children come in any order.
    ///
    /// # Errors
    /// [`StructureError`].
    pub fn read(element: Element<'_, '_>) -> Result<Self, StructureError> {
        const NAME: &str = "Conditions";
        let mut conditions = Self {
            not_before: time(element, NAME, "NotBefore")?,
            not_on_or_after: time(element, NAME, "NotOnOrAfter")?,
            ..Self::default()
        };
        for child in element.children() {
            match (child.namespace(), child.name()) {
                (ASSERTION, "AudienceRestriction") => {
                    let audiences = read_audiences(child, "AudienceRestriction")?;
                    if audiences.is_empty() {
                        return Err(StructureError::ElementMissing {
                            parent: "AudienceRestriction",
                            child: "Audience",
                        });
                    }
                    conditions.audience_restrictions.push(audiences);
                }
                (ASSERTION, "OneTimeUse") => conditions.one_time_use += 1,
                (ASSERTION, "ProxyRestriction") => conditions.proxy_restrictions.push(ProxyRestriction {
                    count: read_count(child)?,
                    audiences: read_audiences(child, "ProxyRestriction")?,
                }),
                (_, local) => conditions.unknown.push(shorten(local.to_owned())),
            }
        }
        Ok(conditions)
    }
}

fn read_audiences(element: Element<'_, '_>, name: &'static str) -> Result<Vec<String>, StructureError> {
    let mut children = Children::of(element, name);
    let audiences = children.many(ASSERTION, "Audience");
    children.end()?;
    audiences.into_iter().map(|audience| uri_text(audience, "Audience")).collect()
}

fn read_count(element: Element<'_, '_>) -> Result<Option<u64>, StructureError> {
    let fault = StructureError::ValueMalformed { element: "ProxyRestriction", attribute: "Count" };
    element.attribute("Count").map(|count| count.trim().parse().map_err(|_| fault)).transpose()
}
