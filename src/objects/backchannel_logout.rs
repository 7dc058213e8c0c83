//! Where a relying party is told that a session has ended.

use super::shape::{Key, Kind, Presence};
use super::table::{Absent, Table};
use crate::domain::apps::{BackchannelLogout, LogoutNames};
use crate::domain::partners::Network;

pub(super) const URI: Key = Key {
    name: "backchannel_logout_uri",
    kind: Kind::Text,
    presence: Presence::Optional,
    doc: "Where the app is told that a session has ended in which it got tokens (OpenID Connect Back-Channel Logout): \
          an https address without fragment, to which the gateway posts a signed logout token.",
};

pub(super) const SESSION_REQUIRED: Key = Key {
    name: "backchannel_logout_session_required",
    kind: Kind::Flag,
    presence: Presence::Default("false"),
    doc: "Whether the app needs `sid` in logout tokens. They have `sub` and `sid` in any case.",
};

pub(super) const PRIVATE: Key = Key {
    name: "dangerous_allow_private",
    kind: Kind::Flag,
    presence: Presence::Default("false"),
    doc: "**Dangerous.** Whether `backchannel_logout_uri` may lead into a private network or to this machine. Whoever \
          controls its name can then have anything there posted to.",
};

/// Reads it; what says something of an address that is not there is refused.
pub(super) fn read(table: &Table<'_>) -> Option<BackchannelLogout> {
    if table.node(URI.name).is_none() {
        for name in [SESSION_REQUIRED.name, PRIVATE.name].into_iter().filter(|name| table.node(name).is_some()) {
            let message = format!("`{name}` says something of `{}`, which is not there; leave it out", URI.name);
            table.fault(name, message);
        }
    }
    let is_set = |key: &Key| table.is_set(key.name, Absent::IsFalse);
    let uri = table.parsed(URI.name, |text| url::Url::parse(text).map(|_| text.to_owned()))?;
    Some(BackchannelLogout {
        uri,
        names: if is_set(&SESSION_REQUIRED) { LogoutNames::SessionRequired } else { LogoutNames::Any },
        network: if is_set(&PRIVATE) { Network::DangerousPrivate } else { Network::Public },
    })
}
