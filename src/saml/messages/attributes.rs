//! The attributes of an assertion, bounded in number and size.
//!
//! # Source
//! SAML Core 2.7.3.

use super::structure::{Children, StructureError, required, short_text};
use crate::saml::names::{ASSERTION, XSI};
use crate::xmlsig::dom::Element;

/// The most attributes of an assertion.
pub const MAX_ATTRIBUTES: usize = 200;
/// The most values of all attributes together.
pub const MAX_VALUES: usize = 2000;
/// The most bytes of a name.
pub const MAX_NAME: usize = 512;
/// The most bytes of a value. A longer one (a portrait, say) is left out and counted.
pub const MAX_ATTRIBUTE_VALUE: usize = 4096;

/// The attributes of an assertion by name, in their order. Values of attributes of one name stand
/// together. FriendlyName is dropped: it means nothing to a machine (SAML Core 2.7.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// Name and values.
    pub named: Vec<(String, Vec<String>)>,
    /// How many values were left out: too long, nil, or holding elements other than one NameID.
    pub left_out: usize,
}

impl Attributes {
    /// Reads an AttributeStatement and adds what it says.
    ///
    /// # Errors
    /// [`StructureError`]; [`StructureError::AttributesTooMany`] above [`MAX_ATTRIBUTES`] or
    /// [`MAX_VALUES`].
    pub fn read(&mut self, statement: Element<'_, '_>) -> Result<(), StructureError> {
        let mut children = Children::of(statement, "AttributeStatement");
        let attributes = children.many(ASSERTION, "Attribute");
        children.end()?;
        for attribute in attributes {
            let name = required(attribute, "Attribute", "Name")?;
            if name.len() > MAX_NAME {
                return Err(StructureError::ValueTooLong { element: "Attribute" });
            }
            let mut within = Children::of(attribute, "Attribute");
            let values = within.many(ASSERTION, "AttributeValue");
            within.end()?;
            self.add(name, &values)?;
        }
        Ok(())
    }

    fn add(&mut self, name: String, elements: &[Element<'_, '_>]) -> Result<(), StructureError> {
        let index = match self.named.iter().position(|(known, _)| *known == name) {
            Some(index) => index,
            None if self.named.len() == MAX_ATTRIBUTES => return Err(StructureError::AttributesTooMany),
            None => {
                self.named.push((name, Vec::with_capacity(elements.len())));
                self.named.len() - 1
            }
        };
        let held: usize = self.named.iter().map(|(_, values)| values.len()).sum();
        if held + elements.len() > MAX_VALUES {
            return Err(StructureError::AttributesTooMany);
        }
        for element in elements {
            match read_value(*element) {
                Some(value) => self.named[index].1.push(value),
                None => self.left_out += 1,
            }
        }
        Ok(())
    }

    /// The values of the attribute of this name.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<&[String]> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }
}

/// The text of a value, or of the one NameID in it, as eduPersonTargetedID has it.
fn read_value(element: Element<'_, '_>) -> Option<String> {
    let is_nil = element.attribute_in(XSI, "nil").is_some_and(|nil| matches!(nil, "true" | "1"));
    let mut children = element.children();
    let text = match (children.next(), children.next()) {
        (None, _) if !is_nil => element.text()?.into_owned(),
        (Some(only), None) if only.is(ASSERTION, "NameID") => short_text(only, "NameID").ok()?,
        _ => return None,
    };
    (text.len() <= MAX_ATTRIBUTE_VALUE).then_some(text)
}
