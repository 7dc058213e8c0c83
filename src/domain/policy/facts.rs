//! What a decision is made of. Each fact is known or unknown, and what is unknown never helps.

use std::net::IpAddr;
use std::time::Duration;

use super::countries::Country;
use super::methods::{Method, MethodSet};
use super::words::{ClientAppType, Flow, GuestType, Platform};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::partners::PartnerId;

crate::id_type!(
    /// Names a group of apps.
    AppGroupId
);

/// A fact. In enforcement an unknown one matches what a policy includes and never what it excludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is this.
    Known(T),
    /// It could not be found out.
    Unknown,
}

impl<T> Fact<T> {
    /// The value, where it is known.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

impl<'a> Fact<&'a str> {
    /// The address of an account, in lower case; not known where nobody has proven it.
    #[must_use]
    pub fn mail_of(guest: &'a Guest) -> Self {
        match (&guest.mail, guest.proven_mail()) {
            (Some(_), None) => Self::Unknown,
            (_, proven) => Self::Known(proven.map_or("", |mail| mail.key())),
        }
    }
}

/// Where a method was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the partner.
    Home,
    /// At this gateway.
    Here,
}

/// A method that the person has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub method: Method,
    /// Where.
    pub place: Place,
    /// When.
    pub at: Timestamp,
}

/// Whether second factors of the partner count; a setting of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeTrust {
    /// They do not: what is needed is shown here.
    NotTrusted,
    /// They do; what is lacking is asked there first and then here.
    Trusted,
    /// Only they do; what is lacking cannot be shown here.
    Required,
}

/// Whether the partner has been asked, in this attempt, for what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It has been and has answered.
    AlreadyAsked,
    /// It may still be asked.
    NotYet,
}

/// The facts of one decision. Lists are borrowed, so that gathering them copies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The account.
    pub subject: Fact<GuestId>,
    /// Its mail address in lower case; empty where it has none.
    pub mail: Fact<&'a str>,
    /// The groups that it is in.
    pub groups: Fact<&'a [GroupId]>,
    /// The roles that it has.
    pub roles: Fact<&'a [&'a str]>,
    /// What kind of guest it is; none for a member of the organisation.
    pub guest_type: Fact<Option<GuestType>>,
    /// The partner that vouches.
    pub partner: Fact<PartnerId>,
    /// The app that asks.
    pub app: Fact<AppId>,
    /// The groups of apps that it is in.
    pub app_groups: Fact<&'a [AppGroupId]>,
    /// What the person uses.
    pub client_app_type: Fact<ClientAppType>,
    /// What it runs on, as it says itself. What names no platform is unknown.
    pub platform: Fact<Platform>,
    /// Where the request comes from.
    pub ip: Fact<IpAddr>,
    /// The country of that address: none where the register has none, unknown where nobody could look.
    pub country: Fact<Option<Country>>,
    /// How the sign-in reaches the device.
    pub flow: Fact<Flow>,
    /// What the person has shown. A partner that vouched at all has shown
    /// [`Method::FederatedSingleFactor`] beside whatever else it stated.
    pub shown: Fact<&'a [Shown]>,
    /// When the person last proved themselves at the partner.
    pub authenticated_at: Fact<Timestamp>,
    /// Whether second factors of the partner count.
    pub home_trust: HomeTrust,
    /// Whether the partner has been asked for a second factor.
    pub home_asked: Asked,
    /// Whether the partner has been asked for a fresh sign-in.
    pub asked_afresh: Asked,
    /// The methods that can be shown here: those that are switched on.
    pub offered_here: MethodSet,
}

impl Facts<'_> {
    /// Nothing is known, nothing is trusted and nothing can be shown.
    pub const NOTHING: Self = Self {
        subject: Fact::Unknown,
        mail: Fact::Unknown,
        groups: Fact::Unknown,
        roles: Fact::Unknown,
        guest_type: Fact::Unknown,
        partner: Fact::Unknown,
        app: Fact::Unknown,
        app_groups: Fact::Unknown,
        client_app_type: Fact::Unknown,
        platform: Fact::Unknown,
        ip: Fact::Unknown,
        country: Fact::Unknown,
        flow: Fact::Unknown,
        shown: Fact::Unknown,
        authenticated_at: Fact::Unknown,
        home_trust: HomeTrust::NotTrusted,
        home_asked: Asked::NotYet,
        asked_afresh: Asked::NotYet,
        offered_here: MethodSet::EMPTY,
    };

    /// What counts of what was shown: at the partner where it is trusted, here where that is allowed,
    /// and no older than `limit`. That the partner vouched at all counts in any case, since without it
    /// nobody would be here; and the age of one factor is that of the sign-in, which has a limit of its
    /// own.
    #[must_use]
    pub fn counted(&self, limit: Option<Duration>, now: Timestamp) -> Fact<MethodSet> {
        let Fact::Known(shown) = self.shown else { return Fact::Unknown };
        let at_home = if self.home_trust == HomeTrust::NotTrusted { MethodSet::EMPTY } else { MethodSet::AT_HOME };
        let here = if self.home_trust == HomeTrust::Required { MethodSet::EMPTY } else { MethodSet::HERE };
        let mut counted = MethodSet::EMPTY;
        for shown in shown {
            let accepted = match shown.place {
                Place::Home => at_home,
                Place::Here => here,
            };
            let is_recent = limit.is_none_or(|limit| now.since(shown.at) <= limit);
            let has_vouched = shown.place == Place::Home && shown.method == Method::FederatedSingleFactor;
            let is_in_time = is_recent || MethodSet::FIRST.has(shown.method);
            if has_vouched || (accepted.has(shown.method) && is_in_time) {
                counted = counted.with(shown.method);
            }
        }
        Fact::Known(counted)
    }
}
