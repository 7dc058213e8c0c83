//! Limits per network address and per account, on the injected clock. IPv6 counts by /64, the smallest network that
//! one visitor has to themselves.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::base::clock::Clock;
use crate::domain::guests::GuestId;
use crate::domain::refusal::{Code, Refusal};

/// Our clock as governor wants it.
#[derive(Clone)]
struct Injected(Arc<dyn Clock>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u64);

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Nanos::new(self.0.saturating_sub(earlier.0))
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.as_u64()))
    }
}

impl std::ops::Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0.saturating_add(other.as_u64()))
    }
}

impl GovernorClock for Injected {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.0.now().micros()).unwrap_or(0).saturating_mul(1_000))
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Injected, NoOpMiddleware<Moment>>;

/// Lets each address act so many times a minute, all at once or spread.
pub struct PerAddress {
    limiter: Limiter<IpAddr>,
    clock: Injected,
}

/// More acts came from one address than it may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How long until the next one is let in, if no other comes before it.
    pub wait: Duration,
}

impl TooMany {
    /// The refusal of this cause, which says when to come again.
    #[must_use]
    pub const fn refusal(self, cause: &'static str) -> Refusal {
        Refusal::new(Code::TooManyRequests, cause).until_after(self.wait)
    }
}

impl std::fmt::Debug for PerAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PerAddress").field("known", &self.limiter.len()).finish()
    }
}

impl PerAddress {
    /// A limit of `a_minute` acts.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, a_minute: NonZeroU32) -> Self {
        let quota = Quota::per_minute(a_minute);
        let clock = Injected(clock);
        Self { limiter: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()), clock }
    }

    /// Counts one act of `address`; visitors without an address share one count.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn check(&self, address: Option<IpAddr>) -> Result<(), TooMany> {
        let key = address.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), network);
        self.limiter.check_key(&key).map_err(|until| TooMany { wait: until.wait_time_from(self.clock.now()) })
    }

    /// Forgets addresses that are back at their full count.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// Lets each account act so many times an hour, all at once or spread, on this node.
pub struct PerAccount {
    limiter: Limiter<GuestId>,
    clock: Injected,
}

impl std::fmt::Debug for PerAccount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PerAccount").field("known", &self.limiter.len()).finish()
    }
}

impl PerAccount {
    /// A limit of `an_hour` acts.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, an_hour: NonZeroU32) -> Self {
        let clock = Injected(clock);
        let limiter = RateLimiter::new(Quota::per_hour(an_hour), DashMapStateStore::default(), clock.clone());
        Self { limiter, clock }
    }

    /// Counts one act of `account`.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn check(&self, account: GuestId) -> Result<(), TooMany> {
        self.limiter.check_key(&account).map_err(|until| TooMany { wait: until.wait_time_from(self.clock.now()) })
    }

    /// Forgets accounts that are back at their full count.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// What counts as one address: itself, or the /64 of an IPv6 address.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::{ManualClock, Timestamp};

    #[test]
    fn an_address_is_held_to_its_count_and_others_are_not() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_790_000_000)));
        let after = |seconds| Err(TooMany { wait: Duration::from_secs(seconds) });
        let limit = PerAddress::new(clock.clone(), NonZeroU32::new(2).unwrap());
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let other: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        assert_eq!(
            [limit.check(Some(one)), limit.check(Some(one)), limit.check(Some(one))],
            [Ok(()), Ok(()), after(30)]
        );
        assert_eq!(
            [limit.check(Some(other)), limit.check(Some(neighbour)), limit.check(Some(other))],
            [Ok(()), Ok(()), after(30)]
        );
        clock.advance(Duration::from_secs(20));
        assert_eq!(limit.check(Some(one)), after(10));
        clock.advance(Duration::from_secs(10));
        assert_eq!([limit.check(Some(one)), limit.check(Some(one))], [Ok(()), after(30)]);
        limit.sweep();
    }

    #[test]
    fn an_account_is_held_to_its_count_and_others_are_not() {
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_790_000_000)));
        let limit = PerAccount::new(clock.clone(), NonZeroU32::new(2).unwrap());
        let [one, other] = [1, 2].map(|number| GuestId::from_uuid(uuid::Uuid::from_u128(number)));
        let after = |seconds| Err(TooMany { wait: Duration::from_secs(seconds) });
        assert_eq!([limit.check(one), limit.check(one), limit.check(one)], [Ok(()), Ok(()), after(1_800)]);
        assert_eq!(limit.check(other), Ok(()));
        clock.advance(Duration::from_secs(1_800));
        assert_eq!([limit.check(one), limit.check(one)], [Ok(()), after(1_800)]);
        limit.sweep();
    }
}
