//! Claims that an app is given by rules of its own, beside those of every token.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// A claim by name. It has no `Debug`: what it holds is personal and must not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct AppClaim<'a> {
    /// Its name, none of a claim that the token has anyway.
    pub name: &'a str,
    /// Its value.
    pub value: ClaimValue<'a>,
}

/// The value of a claim.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ClaimValue<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// An array of strings.
    Texts(Vec<Cow<'a, str>>),
    /// A boolean.
    Flag(bool),
    /// A number.
    Number(i64),
}

/// All of them, as members of the object around them.
#[derive(Clone, Copy)]
pub(super) struct AppClaims<'a>(pub(super) &'a [AppClaim<'a>]);

impl Serialize for AppClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for claim in self.0 {
            map.serialize_entry(claim.name, &claim.value)?;
        }
        map.end()
    }
}
