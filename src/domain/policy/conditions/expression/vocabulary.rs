//! The names by which expressions ask for facts.

/// A fact that an expression may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    /// The account.
    UserId,
    /// Its mail address, in lower case.
    UserMail,
    /// Its groups.
    UserGroups,
    /// Its roles.
    UserRoles,
    /// Its kind.
    UserGuestType,
    /// The partner.
    Partner,
    /// The app.
    App,
    /// The groups of the app.
    AppGroups,
    /// What the person uses.
    ClientAppType,
    /// What it runs on.
    Platform,
    /// The address of the request.
    Ip,
    /// Its country.
    Country,
    /// How the sign-in reaches the device.
    AuthenticationFlow,
    /// What the person has shown.
    AuthenticationMethods,
    /// How long ago the person proved themselves at the partner. **Units**: whole seconds.
    AuthenticationAge,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 15] = [
        Self::UserId,
        Self::UserMail,
        Self::UserGroups,
        Self::UserRoles,
        Self::UserGuestType,
        Self::Partner,
        Self::App,
        Self::AppGroups,
        Self::ClientAppType,
        Self::Platform,
        Self::Ip,
        Self::Country,
        Self::AuthenticationFlow,
        Self::AuthenticationMethods,
        Self::AuthenticationAge,
    ];

    /// Its name in expressions.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// What it is compared with.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        self.row().1
    }

    /// Whether it has several values, of which a literal is asked by `in`.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::UserGroups | Self::UserRoles | Self::AppGroups | Self::AuthenticationMethods)
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::UserId => ("user.id", "no guest has this address or id"),
            Self::UserMail => ("user.mail", "a mail address is compared as text in lower case"),
            Self::UserGroups => ("user.groups", "no group has this slug or id"),
            Self::UserRoles => ("user.roles", "there is no such role"),
            Self::UserGuestType => ("user.guest_type", "one of the guest types"),
            Self::Partner => ("partner", "no partner has this slug or id"),
            Self::App => ("app", "no app has this slug or id"),
            Self::AppGroups => ("app_groups", "no group of apps has this slug or id"),
            Self::ClientAppType => ("client_app_type", "one of the client app types"),
            Self::Platform => ("platform", "one of the platforms"),
            Self::Ip => ("ip", "an IPv4 or IPv6 address"),
            Self::Country => ("country", "two capital letters (ISO 3166-1)"),
            Self::AuthenticationFlow => ("authentication_flow", "one of the flows"),
            Self::AuthenticationMethods => ("authentication.methods", "one of the authentication methods"),
            Self::AuthenticationAge => ("authentication.age", "a whole number of seconds"),
        }
    }
}

/// A set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSet(u16);

impl FieldSet {
    /// No field.
    pub const EMPTY: Self = Self(0);

    /// The same with `field`.
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u8)
    }

    /// Whether `field` is in it.
    #[must_use]
    pub const fn has(self, field: Field) -> bool {
        self.0 >> field as u8 & 1 == 1
    }

    /// Whether one field is in both.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
