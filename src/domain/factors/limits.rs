//! How many tries there are: for each factor, account and network a tally that rises with each try,
//! sinks with time, and makes the next try wait the longer the higher it is.
//!
//! Nobody can be locked out of another way by it. Whoever tries wrongly has passed the partner's proof
//! and so may hold a stolen password; what they use up is that one factor, in the [`Lane`] of browsers
//! that never passed a factor of this account. The owner's own browser has a lane of its own, passkeys
//! cannot be guessed and wait for nothing, and no wait is longer than an hour.
//!
//! A try is counted before its code is judged, so that tries at the same time cannot share one count.

use std::net::IpAddr;
use std::time::Duration;

use super::{FactorId, FactorKind};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;

/// Whether this browser has passed a factor of the account before, by the caller's own evidence such
/// as a sealed cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// It has.
    Known,
    /// It has not, or nothing shows it.
    Unknown,
}

/// A network: an IPv4 address, or the 64 bits of an IPv6 address that one subscriber has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// Of a visitor's address. An IPv4 address written as IPv6 counts as IPv4.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => {
                Self(std::net::Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into())
            }
        }
    }
}

/// What a tally counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TallyKey {
    /// Tries of one enrolled factor.
    Factor(FactorId, Lane),
    /// Tries of a kind that is not enrolled one by one: mailed codes.
    Kind(GuestId, FactorKind, Lane),
    /// Tries of the recovery codes of one account from one network. Nobody guesses 80 bits, so this only
    /// slows whoever tries, and nobody elsewhere.
    Recovery(GuestId, Lane, Network),
    /// Tries of codes that can be guessed, of one account.
    Account(GuestId, Lane),
    /// Tries of codes that can be guessed, from one network.
    Network(Network),
    /// Wrong codes for signing in, of one mail address whoever has it, by a keyed hash: across all codes that were
    /// sent, and for an address that nobody has as well, so that its waits tell nothing.
    Address([u8; 32]),
}

impl TallyKey {
    /// The key of its row. **Shape**: ASCII, at most 96 bytes.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lane = |lane: &Lane| match lane {
            Lane::Known => "known",
            Lane::Unknown => "unknown",
        };
        match self {
            Self::Factor(factor, way) => format!("factor:{factor}:{}", lane(way)),
            Self::Kind(guest, kind, way) => format!("kind:{guest}:{}:{}", kind.as_str(), lane(way)),
            Self::Recovery(guest, way, Network(address)) => format!("recovery:{guest}:{}:{address}", lane(way)),
            Self::Account(guest, way) => format!("account:{guest}:{}", lane(way)),
            Self::Network(Network(address)) => format!("network:{address}"),
            Self::Address(hash) => format!("address:{}", crate::base::encoding::hex(hash)),
        }
    }

    /// The limit that holds for it.
    #[must_use]
    pub const fn limit(&self) -> Limit {
        match self {
            Self::Recovery(..) => Limit::RECOVERY,
            Self::Factor(..) | Self::Kind(..) => Limit::FACTOR,
            Self::Account(..) => Limit::ACCOUNT,
            Self::Network(_) => Limit::NETWORK,
            Self::Address(_) => Limit::ADDRESS,
        }
    }

    /// Whether passing a factor empties it. A network's tally stays, or an account of the attacker's
    /// own would buy new tries.
    #[must_use]
    pub const fn ends_with_success(&self) -> bool {
        !matches!(self, Self::Network(_))
    }
}

/// The tallies of one try, in the order in which their rows are locked. `factor` is absent for kinds
/// that are not enrolled one by one; a passkey has no tally, since a signature cannot be guessed and
/// its challenge is good for one answer.
#[must_use]
pub fn tallies(
    guest: GuestId,
    kind: FactorKind,
    factor: Option<FactorId>,
    lane: Lane,
    network: Network,
) -> Vec<TallyKey> {
    match kind {
        FactorKind::Passkey => Vec::new(),
        // A recovery code must open where codes have been guessed, and from wherever they were.
        FactorKind::RecoveryCode => vec![TallyKey::Recovery(guest, lane, network)],
        FactorKind::Totp | FactorKind::MailedCode => {
            let own = factor.map_or(TallyKey::Kind(guest, kind, lane), |factor| TallyKey::Factor(factor, lane));
            vec![own, TallyKey::Account(guest, lane), TallyKey::Network(network)]
        }
    }
}

/// How many tries were made lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The level after the last try.
    pub level: u32,
    /// When the last try was counted.
    pub last_at: Timestamp,
}

impl Tally {
    /// Of what was never tried.
    pub const EMPTY: Self = Self { level: 0, last_at: Timestamp::EPOCH };
}

/// How long a tally is kept without a try. Forgetting gives a few free tries once in that time, which is
/// less than waiting gives: one an hour.
pub const TALLY_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// What a tally may rise to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Tries without waiting.
    pub free: u32,
    /// The wait after the last free one; each further one doubles it.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// Without a try for so long, the level sinks by one.
    pub sinks_every: Duration,
}

impl Limit {
    /// One factor whose codes can be guessed: after the free ones about one try an hour, which finds
    /// one of a million codes, three of which are good, with a chance of 3 % in a year.
    pub const FACTOR: Self = Self::of(5, 30, 3600, 6 * 3600);
    /// All recovery codes of an account: only holds off floods.
    pub const RECOVERY: Self = Self::of(10, 10, 300, 600);
    /// All codes of an account that can be guessed.
    pub const ACCOUNT: Self = Self::of(20, 60, 3600, 3 * 3600);
    /// Codes of one address that sign in: two codes may be tried out, then about one try an hour, which finds one of a
    /// hundred million with a chance of 0.01 % in a year.
    pub const ADDRESS: Self = Self::of(10, 60, 3600, 3600);
    /// One network, which many people may share: waits are short.
    pub const NETWORK: Self = Self::of(60, 5, 300, 30);

    const fn of(free: u32, first_wait: u64, longest_wait: u64, sinks_every: u64) -> Self {
        Self {
            free,
            first_wait: Duration::from_secs(first_wait),
            longest_wait: Duration::from_secs(longest_wait),
            sinks_every: Duration::from_secs(sinks_every),
        }
    }

    /// The wait at a level. **Units**: zero below the free tries.
    fn wait(&self, level: u32) -> Duration {
        let Some(beyond) = level.checked_sub(self.free) else { return Duration::ZERO };
        let doubled = 1_u32.checked_shl(beyond).and_then(|factor| self.first_wait.checked_mul(factor));
        doubled.unwrap_or(self.longest_wait).min(self.longest_wait)
    }

    /// From when on there may be a try; absent where it may be now.
    #[must_use]
    pub fn opens_at(&self, tally: &Tally, now: Timestamp) -> Option<Timestamp> {
        Some(tally.last_at.plus(self.wait(tally.level))).filter(|at| *at > now)
    }

    /// The tally with one more try at `now`.
    fn counted(&self, tally: &Tally, now: Timestamp) -> Tally {
        let sunk = now.since(tally.last_at).as_micros() / self.sinks_every.as_micros().max(1);
        let level = tally.level.saturating_sub(u32::try_from(sunk).unwrap_or(u32::MAX));
        Tally { level: level.saturating_add(1), last_at: now.max(tally.last_at) }
    }
}

/// No try may be made yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// What has risen too far.
    pub key: TallyKey,
    /// From when on there may be a try.
    pub until: Timestamp,
}

/// Counts one try in all `tallies`, or in none where one of them waits, so that asking while waiting
/// makes no wait longer. The result is in the order of `tallies`.
///
/// # Errors
/// [`Wait`] with the longest of the waits.
pub fn count_try(tallies: &[(TallyKey, Tally)], now: Timestamp) -> Result<Vec<(TallyKey, Tally)>, Wait> {
    let waits = tallies
        .iter()
        .filter_map(|(key, tally)| key.limit().opens_at(tally, now).map(|until| Wait { key: *key, until }));
    match waits.max_by_key(|wait| wait.until) {
        Some(wait) => Err(wait),
        None => Ok(tallies.iter().map(|(key, tally)| (*key, key.limit().counted(tally, now))).collect()),
    }
}

#[cfg(test)]
mod tests;
