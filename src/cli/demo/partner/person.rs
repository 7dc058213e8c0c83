//! The people of a demo partner.

use crate::base::encoding::{hex, sha256};
use crate::saml::messages::name_id::NameId;
use crate::saml::names::FORMAT_PERSISTENT;

/// The class of a sign-in by password over TLS.
pub const CLASS_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

const MAIL: &str = "urn:oid:0.9.2342.19200300.100.1.3";
const DISPLAY_NAME: &str = "urn:oid:2.16.840.1.113730.3.1.241";
const GIVEN_NAME: &str = "urn:oid:2.5.4.42";
const FAMILY_NAME: &str = "urn:oid:2.5.4.4";

/// Somebody who works at a demo partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Which one: the value of the button, and what the partner's identifier is made of.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Mail address.
    pub mail: Option<String>,
    /// More attributes by name.
    pub attributes: Vec<(String, Vec<String>)>,
    /// How the person signs in, a URI.
    pub class_ref: String,
}

impl Person {
    /// A person with the usual attributes who signs in by password.
    #[must_use]
    pub fn new(id: &str, given: &str, family: &str, mail: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            name: format!("{given} {family}"),
            given: given.to_owned(),
            family: family.to_owned(),
            mail: mail.map(str::to_owned),
            attributes: Vec::new(),
            class_ref: CLASS_PASSWORD.to_owned(),
        }
    }

    /// The people of Fabrikam.
    #[must_use]
    pub fn of_fabrikam() -> Vec<Self> {
        vec![
            Self::new("ana", "Ana", "Almeida", Some("ana@fabrikam.example")),
            Self::new("ben", "Ben", "Okafor", Some("ben@fabrikam.example")),
        ]
    }

    /// The people of Woodgrove.
    #[must_use]
    pub fn of_woodgrove() -> Vec<Self> {
        vec![
            Self::new("wen", "Wen", "Zhao", Some("wen@woodgrove.example")),
            Self::new("finn", "Finn", "Berg", Some("finn@woodgrove.example")),
        ]
    }

    /// The people of Contoso, whose gateway it is.
    #[must_use]
    pub fn of_contoso() -> Vec<Self> {
        vec![
            Self::new("cara", "Cara", "Moreau", Some("cara@contoso.example")),
            Self::new("omar", "Omar", "Haddad", Some("omar@contoso.example")),
        ]
    }

    /// The identifier that `partner` gives this person toward `audience`: stable, and of no meaning to
    /// anybody else (SAML Core 8.3.7).
    #[must_use]
    pub fn name_id(&self, partner: &str, audience: &str) -> NameId {
        let pair = format!("{}\n{partner}\n{audience}", self.id);
        NameId {
            value: hex(&sha256(pair.as_bytes())[..16]),
            format: Some(FORMAT_PERSISTENT.to_owned()),
            name_qualifier: Some(partner.to_owned()),
            sp_name_qualifier: Some(audience.to_owned()),
        }
    }

    /// What the partner says of this person.
    #[must_use]
    pub fn stated(&self) -> Vec<(String, Vec<String>)> {
        let usual = [
            (MAIL, self.mail.as_ref()),
            (DISPLAY_NAME, Some(&self.name)),
            (GIVEN_NAME, Some(&self.given)),
            (FAMILY_NAME, Some(&self.family)),
        ];
        let present = usual.into_iter().filter_map(|(name, value)| Some((name.to_owned(), vec![value?.clone()])));
        present.chain(self.attributes.iter().cloned()).collect()
    }
}
