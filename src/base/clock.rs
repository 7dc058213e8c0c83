//! Time, handed in. Only [`SystemClock`] reads the wall clock; everything below takes a
//! [`Timestamp`]. What something takes is measured by a [`Stopwatch`].

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time. **Units**: microseconds since 1970-01-01T00:00:00Z, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest time that an attacker cannot make smaller: the Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// A time from microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A time from whole seconds since the Unix epoch, as JWT's NumericDate has it (RFC 7519 2).
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This time and `duration` later, held at the largest value instead of wrapping.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// This time and `duration` earlier, held at the smallest value instead of wrapping.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// How long after `earlier` this is; zero where it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads an `xs:dateTime` or RFC 3339 time. A time without a zone is UTC, as SAML Core 1.3.3
    /// demands; years outside 1970 to 9999 are refused.
    ///
    /// # Errors
    /// [`TimeError`] where the text is no time.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        if text.len() < 19 || text.len() > 40 || !text.is_ascii() {
            return Err(TimeError);
        }
        let zoned = text.ends_with('Z') || text[19..].contains(['+', '-']);
        let parsed = if zoned {
            OffsetDateTime::parse(text, &Rfc3339)
        } else {
            OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339)
        };
        let nanos = parsed.map_err(|_| TimeError)?.unix_timestamp_nanos();
        let micros = i64::try_from(nanos.div_euclid(1_000)).map_err(|_| TimeError)?;
        if micros < 0 { Err(TimeError) } else { Ok(Self(micros)) }
    }

    /// RFC 3339 in UTC with whole seconds, `2026-11-20T10:00:00Z`; also a valid `xs:dateTime`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let seconds = self.seconds().clamp(0, 253_402_300_799);
        let text = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
        text.unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
    }

    /// RFC 3339 in UTC with milliseconds, for logs, audit and timelines.
    #[must_use]
    pub fn to_rfc3339_millis(self) -> String {
        let whole = self.to_rfc3339();
        let millis = self.0.rem_euclid(1_000_000) / 1_000;
        format!("{}.{millis:03}Z", whole.trim_end_matches('Z'))
    }

    /// RFC 3339 in UTC with microseconds, as exact as it is.
    #[must_use]
    pub fn to_rfc3339_micros(self) -> String {
        let whole = self.to_rfc3339();
        format!("{}.{:06}Z", whole.trim_end_matches('Z'), self.0.rem_euclid(1_000_000))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_rfc3339())
    }
}

/// The text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form `2026-11-20T10:00:00Z`")]
pub struct TimeError;

/// The source of the present time.
pub trait Clock: Send + Sync {
    /// The present time. Each request reads it once.
    fn now(&self) -> Timestamp;
}

/// The wall clock of the machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp::EPOCH.plus(since.unwrap_or_default())
    }
}

/// How long something takes, by a clock that never goes back: for choosing the quicker way, never for a
/// decision.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Begins to measure.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that measures how long something takes")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The time since it began.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// A clock that stands still until it is moved by hand: for tests, and for judging a captured
/// message as of another time.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.micros()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.set(self.now().plus(duration));
    }

    /// Puts the clock at `now`.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_partners_send() {
        let base = Timestamp::from_seconds(1_790_000_000);
        for text in
            ["2026-09-21T14:13:20Z", "2026-09-21T14:13:20.000Z", "2026-09-21T14:13:20", "2026-09-21T16:13:20+02:00"]
        {
            assert_eq!(Timestamp::parse(text), Ok(base), "{text}");
        }
        assert_eq!(base.to_rfc3339(), "2026-09-21T14:13:20Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-09-21"] {
            assert_eq!(Timestamp::parse(text), Err(TimeError), "{text}");
        }
    }

    #[test]
    fn arithmetic_holds_at_the_ends() {
        assert_eq!(Timestamp::from_micros(i64::MAX).plus(Duration::from_secs(1)).micros(), i64::MAX);
        assert_eq!(Timestamp::EPOCH.since(Timestamp::from_seconds(5)), Duration::ZERO);
    }
}
