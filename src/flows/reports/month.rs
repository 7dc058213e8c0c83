//! A calendar month in UTC.

use crate::base::clock::Timestamp;

/// The text is no month of the form `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month of the form `2026-11`")]
pub struct MonthError;

/// A calendar month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// Reads `2026-11`.
    ///
    /// # Errors
    /// [`MonthError`].
    pub fn parse(text: &str) -> Result<Self, MonthError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(MonthError);
        }
        let year = year.parse().map_err(|_| MonthError)?;
        let month = month.parse().map_err(|_| MonthError)?;
        let found = Self { year, month };
        ((1..=12).contains(&month) && (1970..9999).contains(&year)).then_some(found).ok_or(MonthError)
    }

    /// The month in which `time` lies.
    ///
    /// # Errors
    /// [`MonthError`] outside the years that have a name.
    pub fn of(time: Timestamp) -> Result<Self, MonthError> {
        Self::parse(time.to_rfc3339().get(..7).ok_or(MonthError)?)
    }

    /// Its first instant, and that of the next month.
    ///
    /// # Errors
    /// [`MonthError`] outside the years that have a name.
    pub fn bounds(self) -> Result<(Timestamp, Timestamp), MonthError> {
        let next = if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { month: self.month + 1, ..self }
        };
        let start = |month: Self| Timestamp::parse(&format!("{month}-01T00:00:00Z")).map_err(|_| MonthError);
        Ok((start(self)?, start(next)?))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        for (month, first, next) in [
            ("2026-11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            ("2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2028-02", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        ] {
            let parsed = Month::parse(month).unwrap();
            let (start, end) = parsed.bounds().unwrap();
            assert_eq!((start.to_rfc3339().as_str(), end.to_rfc3339().as_str()), (first, next));
            assert_eq!((Month::of(start), parsed.to_string().as_str()), (Ok(parsed), month));
            assert_eq!(Month::of(end.minus(Duration::from_micros(1))), Ok(parsed));
        }
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in ["", "2026", "2026-1", "2026-13", "2026-00", "26-11", "2026-11-01", "+026-11", "1969-12"] {
            assert_eq!(Month::parse(text), Err(MonthError), "{text}");
        }
    }
}
