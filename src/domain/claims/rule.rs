//! What rules say, as they are written and kept: nothing here is looked at while an app is answered,
//! [`ClaimSet`](super::set::ClaimSet) is.

use super::facts::{Fact, Users};

/// A claim and how it comes to its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// The name of the JWT claim or the SAML attribute.
    pub name: String,
    /// The NameFormat of the attribute.
    pub format: NameFormat,
    /// What transformations do with a list.
    pub lists: Lists,
    /// The value where no condition gives one.
    pub otherwise: Option<Output>,
    /// In the order in which they are written.
    pub conditions: Vec<Condition>,
}

/// A value for some people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Of what kind they are.
    pub users: Users,
    /// Groups of which they are in one, by slug or id; all where there are none.
    pub groups: Vec<String>,
    /// Their value.
    pub output: Output,
}

/// How a value is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Of what.
    pub input: Input,
    /// What is done with it, in this order.
    pub transforms: Vec<Transform>,
}

/// What a value is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A fact.
    Fact(Fact),
    /// Always the same.
    Text(String),
    /// An expression in the Common Expression Language.
    Expression(String),
}

/// What a transformation puts in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A fact; the first value of a list.
    Fact(Fact),
    /// Always the same.
    Text(String),
}

/// Where a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Anywhere.
    Anywhere,
    /// At the start.
    Start,
    /// At the end.
    End,
}

/// An end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its start.
    Prefix,
    /// Its end.
    Suffix,
}

/// A named transformation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transform {
    /// What stands before the `@`.
    ExtractMailPrefix,
    /// With another text after it.
    Join {
        /// Between them.
        separator: String,
        /// The other.
        with: Operand,
    },
    /// In lower case.
    ToLowercase,
    /// In upper case.
    ToUppercase,
    /// `Contains`, `StartWith` and `EndWith`: one output where the text is found, another where not.
    Match {
        /// Where.
        part: Part,
        /// What.
        text: String,
        /// Where it is found.
        output: Operand,
        /// Where it is not; nothing without it.
        otherwise: Option<Operand>,
    },
    /// What stands after a text, before one, or between two.
    Extract {
        /// After the first of these.
        after: Option<String>,
        /// Before the first of these.
        before: Option<String>,
    },
    /// The letters at an end.
    ExtractAlpha(End),
    /// The digits at an end.
    ExtractNumeric(End),
    /// Another value where there is none.
    IfEmpty(Operand),
    /// Another value where there is one.
    IfNotEmpty(Operand),
    /// A part by its place. **Units**: characters, from 0.
    Substring {
        /// Where it starts.
        start: usize,
        /// How long; to the end without it.
        length: Option<usize>,
    },
    /// What a regular expression finds, replaced.
    RegexReplace {
        /// The expression.
        pattern: String,
        /// What takes its place, named groups and inputs in `{}`.
        replacement: String,
        /// Further inputs by name.
        inputs: Vec<(String, Fact)>,
        /// Where nothing is found; the transformation is skipped without it.
        otherwise: Option<Operand>,
    },
}

impl Transform {
    /// Its name in object files.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ExtractMailPrefix => "extract_mail_prefix",
            Self::Join { .. } => "join",
            Self::ToLowercase => "to_lowercase",
            Self::ToUppercase => "to_uppercase",
            Self::Match { part: Part::Anywhere, .. } => "contains",
            Self::Match { part: Part::Start, .. } => "start_with",
            Self::Match { part: Part::End, .. } => "end_with",
            Self::Extract { .. } => "extract",
            Self::ExtractAlpha(End::Prefix) => "extract_alpha_prefix",
            Self::ExtractAlpha(End::Suffix) => "extract_alpha_suffix",
            Self::ExtractNumeric(End::Prefix) => "extract_numeric_prefix",
            Self::ExtractNumeric(End::Suffix) => "extract_numeric_suffix",
            Self::IfEmpty(_) => "if_empty",
            Self::IfNotEmpty(_) => "if_not_empty",
            Self::Substring { .. } => "substring",
            Self::RegexReplace { .. } => "regex_replace",
        }
    }
}

/// The NameFormat of an attribute (SAML Core 2.7.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFormat {
    /// A URI where the name has a colon, else a plain name.
    ByName,
    /// `...:attrname-format:uri`.
    Uri,
    /// `...:attrname-format:basic`.
    Basic,
    /// `...:attrname-format:unspecified`.
    Unspecified,
}

/// What transformations do with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// They take its first value.
    First,
    /// They take each of its values.
    Each,
}

/// Whether an app with rules is sent what apps without rules are sent, beside what its rules give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BasicClaims {
    /// It is.
    Sent,
    /// It is not: what leaves is what the rules give.
    NotSent,
}

/// What a SAML app is told in the NameID where its request leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameIdRule {
    /// Of what it is made.
    pub source: NameIdSource,
    /// Its Format.
    pub format: NameIdFormat,
}

/// Of what a NameID is made; each names one account and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameIdSource {
    /// [`Fact::PairwiseId`].
    PairwiseId,
    /// [`Fact::Mail`].
    Mail,
    /// [`Fact::PrincipalName`].
    PrincipalName,
    /// [`Fact::LocalPrincipalName`].
    LocalPrincipalName,
    /// [`Fact::Id`].
    Id,
}

impl NameIdSource {
    /// Its fact.
    #[must_use]
    pub const fn fact(self) -> Fact {
        match self {
            Self::PairwiseId => Fact::PairwiseId,
            Self::Mail => Fact::Mail,
            Self::PrincipalName => Fact::PrincipalName,
            Self::LocalPrincipalName => Fact::LocalPrincipalName,
            Self::Id => Fact::Id,
        }
    }
}

impl NameIdRule {
    /// The source in its own Format.
    #[must_use]
    pub const fn of(source: NameIdSource) -> Self {
        let format = match source {
            NameIdSource::PairwiseId | NameIdSource::Id => NameIdFormat::Persistent,
            NameIdSource::Mail => NameIdFormat::Email,
            NameIdSource::PrincipalName | NameIdSource::LocalPrincipalName => NameIdFormat::Unspecified,
        };
        Self { source, format }
    }

    /// Whether what is made of the source is what the Format says.
    #[must_use]
    pub fn is_true(self) -> bool {
        self.format == NameIdFormat::Unspecified || self.format == Self::of(self.source).format
    }
}

/// The Format of a NameID (SAML Core 8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameIdFormat {
    /// `persistent`.
    Persistent,
    /// `emailAddress`.
    Email,
    /// `unspecified`.
    Unspecified,
}

/// The words of `source` of a NameID.
pub const NAME_ID_SOURCES: &[(&str, NameIdSource)] = &[
    ("user.pairwise_id", NameIdSource::PairwiseId),
    ("user.mail", NameIdSource::Mail),
    ("user.principal_name", NameIdSource::PrincipalName),
    ("user.local_principal_name", NameIdSource::LocalPrincipalName),
    ("user.id", NameIdSource::Id),
];

/// The words of `format` of a NameID.
pub const NAME_ID_FORMATS: &[(&str, NameIdFormat)] = &[
    ("persistent", NameIdFormat::Persistent),
    ("email", NameIdFormat::Email),
    ("unspecified", NameIdFormat::Unspecified),
];

/// The words of `name_format`.
pub const NAME_FORMATS: &[(&str, NameFormat)] =
    &[("uri", NameFormat::Uri), ("basic", NameFormat::Basic), ("unspecified", NameFormat::Unspecified)];
