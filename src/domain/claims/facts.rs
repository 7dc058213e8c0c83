//! What rules and expressions may ask of a sign-in, and nothing else can they reach.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::domain::groups::GroupId;
use crate::domain::guests::{Binding, Guest, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{PartnerId, PartnerProtocol};

/// A fact that a claim may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// The account here, the `oid`.
    Id,
    /// The address that was invited or first proven.
    Mail,
    /// The display name.
    Name,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The mail address of who signs in with an organisation account, else the `#EXT#` name.
    PrincipalName,
    /// The `#EXT#` name.
    LocalPrincipalName,
    /// The same with `_EXT_`, for apps that take no `#`.
    HashlessPrincipalName,
    /// The identifier that only this app's sector knows.
    PairwiseId,
    /// `Guest` or `Member`.
    UserType,
    /// Ids of the groups.
    Groups,
    /// The partner's issuer or entity ID.
    IdentityProvider,
    /// The id of this organisation.
    Organization,
    /// By which means the person is proven.
    Methods,
    /// What a partner states under a name, in rules about its statements alone.
    Stated(StatedName),
}

/// The name of what a partner states. Administrators choose them, few and again and again the same, so each is kept
/// once for the life of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatedName(&'static str);

/// How such a name stands in rows.
const STATED: &str = "stated:";

static STATED_NAMES: LazyLock<Mutex<BTreeSet<&'static str>>> = LazyLock::new(Mutex::default);

impl StatedName {
    /// The name itself.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.strip_prefix(STATED).unwrap_or(self.0)
    }

    fn of(row: &str) -> Self {
        let mut names = STATED_NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(row) {
            return Self(known);
        }
        let kept: &'static str = Box::leak(row.into());
        names.insert(kept);
        Self(kept)
    }
}

impl Fact {
    /// All that are of an account, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Id,
        Self::Mail,
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::PrincipalName,
        Self::LocalPrincipalName,
        Self::HashlessPrincipalName,
        Self::PairwiseId,
        Self::UserType,
        Self::Groups,
        Self::IdentityProvider,
        Self::Organization,
        Self::Methods,
    ];

    /// Its name in rules and expressions.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "user.id",
            Self::Mail => "user.mail",
            Self::Name => "user.name",
            Self::GivenName => "user.given_name",
            Self::FamilyName => "user.family_name",
            Self::PrincipalName => "user.principal_name",
            Self::LocalPrincipalName => "user.local_principal_name",
            Self::HashlessPrincipalName => "user.hashless_principal_name",
            Self::PairwiseId => "user.pairwise_id",
            Self::UserType => "user.type",
            Self::Groups => "user.groups",
            Self::IdentityProvider => "identity_provider",
            Self::Organization => "organization.id",
            Self::Methods => "authentication.methods",
            Self::Stated(name) => name.0,
        }
    }

    /// The fact of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name.starts_with(STATED) {
            return Some(Self::Stated(StatedName::of(name)));
        }
        Self::ALL.into_iter().find(|fact| fact.as_str() == name)
    }

    /// What a partner states under `name`.
    #[must_use]
    pub fn stated(name: &str) -> Self {
        Self::Stated(StatedName::of(&format!("{STATED}{name}")))
    }

    /// Whether it is a list of texts.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Groups | Self::Methods | Self::Stated(_))
    }
}

/// The groups of a person, as far as they are known.
#[derive(Debug, Clone, Copy)]
pub enum Membership<'a> {
    /// All of them.
    Whole(&'a [GroupId]),
    /// More than are ever read, so that nothing can be said of any.
    TooMany,
}

/// The most groups of a person that are ever read.
pub const MAX_GROUPS: u32 = 2_048;

impl<'a> Membership<'a> {
    /// Of groups that were read up to one more than [`MAX_GROUPS`].
    #[must_use]
    pub const fn of(groups: &'a [GroupId]) -> Self {
        if groups.len() > MAX_GROUPS as usize { Self::TooMany } else { Self::Whole(groups) }
    }
}

/// What an answer has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A token or an assertion, which travels through browsers and in headers.
    Token,
    /// A document that the app fetches: it lists all groups that are ever read.
    Document,
}

/// What is true of one sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account; none where a statement is read that has none yet.
    pub guest: Option<&'a Guest>,
    /// What the partner speaks that it is bound to; none where it is bound to none.
    pub protocol: Option<PartnerProtocol>,
    /// Its groups.
    pub groups: Membership<'a>,
    /// What is made of all this.
    pub carrier: Carrier,
    /// The identifier that the app's sector knows.
    pub pairwise_id: &'a str,
    /// The id of this organisation.
    pub organization: &'a str,
    /// By which means the person is proven.
    pub methods: &'a [String],
    /// What the partner states, by name; nothing where an app is told of an account.
    pub stated: &'a [(String, Vec<String>)],
}

/// A value of a claim or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// Any number of texts.
    Texts(Vec<Cow<'a, str>>),
    /// A yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
}

impl Value<'_> {
    /// With texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Text(text) => Value::Text(owned(text)),
            Self::Texts(texts) => Value::Texts(texts.into_iter().map(owned).collect()),
            Self::Flag(flag) => Value::Flag(flag),
            Self::Number(number) => Value::Number(number),
        }
    }
}

/// Why a fact has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// There is none.
    Absent,
    /// It is not known.
    Unknown,
}

/// The kinds of people that a condition tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Users {
    /// Everybody.
    Any,
    /// Of the organisation itself.
    Members,
    /// Everybody else.
    AllGuests,
    /// Guests that sign in with an organisation account.
    OrgGuests,
    /// Guests without one.
    ExternalGuests,
}

/// The words of conditions.
pub const USERS: &[(&str, Users)] = &[
    ("any", Users::Any),
    ("members", Users::Members),
    ("all_guests", Users::AllGuests),
    ("org_guests", Users::OrgGuests),
    ("external_guests", Users::ExternalGuests),
];

impl<'a> Facts<'a> {
    /// The value of a fact; a text is never empty.
    ///
    /// # Errors
    /// [`Missing`].
    pub fn read(&self, fact: Fact) -> Result<Value<'a>, Missing> {
        if let Fact::Stated(name) = fact {
            return self.read_stated(name);
        }
        let guest = self.guest.ok_or(Missing::Absent)?;
        let text = |text: Option<&'a str>| {
            let present = text.filter(|text| !text.is_empty());
            present.map(|text| Value::Text(Cow::Borrowed(text))).ok_or(Missing::Absent)
        };
        match fact {
            Fact::Id => Ok(Value::Text(Cow::Owned(guest.id.to_string()))),
            Fact::Mail => text(guest.proven_mail().map(MailAddress::as_str)),
            Fact::Name => text(guest.display_name.as_deref()),
            Fact::GivenName => text(guest.given_name.as_deref()),
            Fact::FamilyName => text(guest.family_name.as_deref()),
            Fact::PrincipalName => text(Some(self.principal_name(guest))),
            Fact::LocalPrincipalName => text(Some(&guest.user_principal_name)),
            Fact::HashlessPrincipalName => {
                Ok(Value::Text(Cow::Owned(guest.user_principal_name.replace("#EXT#", "_EXT_"))))
            }
            Fact::PairwiseId => text(Some(self.pairwise_id)),
            Fact::UserType => text(Some(match guest.user_type {
                UserType::Guest => "Guest",
                UserType::Member => "Member",
            })),
            Fact::Groups => match self.groups {
                Membership::Whole([]) => Err(Missing::Absent),
                Membership::Whole(groups) => {
                    Ok(Value::Texts(groups.iter().map(|id| Cow::Owned(id.to_string())).collect()))
                }
                Membership::TooMany => Err(Missing::Unknown),
            },
            Fact::IdentityProvider => match &guest.binding {
                Binding::Accepted { identity, .. } => text(Some(&identity.issuer)),
                Binding::PendingAcceptance => Err(Missing::Absent),
            },
            Fact::Organization => text(Some(self.organization)),
            Fact::Stated(_) => Err(Missing::Absent),
            Fact::Methods if self.methods.is_empty() => Err(Missing::Absent),
            Fact::Methods => Ok(Value::Texts(self.methods.iter().map(|word| Cow::Borrowed(word.as_str())).collect())),
        }
    }

    /// All values under a name that are not blank, without spaces around them.
    fn read_stated(&self, name: StatedName) -> Result<Value<'a>, Missing> {
        let named = self.stated.iter().filter(|(known, _)| known == name.as_str());
        let values = named.flat_map(|(_, values)| values).map(|value| value.trim()).filter(|value| !value.is_empty());
        let values: Vec<_> = values.map(Cow::Borrowed).collect();
        if values.is_empty() { Err(Missing::Absent) } else { Ok(Value::Texts(values)) }
    }

    /// The partner that vouches for the person.
    #[must_use]
    pub fn partner(&self) -> Option<PartnerId> {
        match &self.guest?.binding {
            Binding::Accepted { partner, .. } => Some(*partner),
            Binding::PendingAcceptance => None,
        }
    }

    /// Whether the person is one of these.
    #[must_use]
    pub fn is_one_of(&self, users: Users) -> bool {
        let is_guest = self.guest.is_some_and(|guest| guest.user_type == UserType::Guest);
        let is_member = self.guest.is_some_and(|guest| guest.user_type == UserType::Member);
        match users {
            Users::Any => true,
            Users::Members => is_member,
            Users::AllGuests => is_guest,
            Users::OrgGuests => is_guest && self.has_organisation_account(),
            Users::ExternalGuests => is_guest && !self.has_organisation_account(),
        }
    }

    /// Whether the person signs in with an organisation account: our own people do, and those of partners that speak
    /// OpenID Connect. Guests of SAML partners are one of the other kinds of external people, and who is bound to
    /// nobody yet is too (chapter of external-user tokens: claims mapping).
    fn has_organisation_account(&self) -> bool {
        self.guest.is_some_and(|guest| match (&guest.binding, guest.user_type) {
            (Binding::PendingAcceptance, _) => false,
            (Binding::Accepted { .. }, UserType::Member) => true,
            (Binding::Accepted { .. }, UserType::Guest) => self.protocol == Some(PartnerProtocol::Oidc),
        })
    }

    /// No mail address has a `#`, so that none is another's `#EXT#` name.
    fn principal_name(&self, guest: &'a Guest) -> &'a str {
        let local = &guest.user_principal_name;
        match guest.proven_mail() {
            Some(mail) if self.has_organisation_account() => mail.as_str(),
            _ => local,
        }
    }
}
