//! Moments as documents state them (RFC 3339), and how they are shown: in UTC, or relative to now.

mod civil;
mod created;
mod relative;

pub use created::Created;
pub use relative::relative;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A moment, to the second. On the wire it is RFC 3339 text in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp {
    seconds: i64,
}

/// Why a text is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a time is written as RFC 3339 says, for example 2026-11-21T09:14:00Z")]
pub struct TimestampError;

impl Timestamp {
    /// The moment that many seconds after 1970-01-01 00:00 UTC. Years outside 0 to 9999, which RFC 3339 cannot write,
    /// become the nearest one inside.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self { seconds: seconds.clamp(civil::FIRST_SECOND, civil::LAST_SECOND) }
    }

    /// Seconds since 1970-01-01 00:00 UTC, negative before.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// The day alone, in UTC: `2026-11-21`.
    pub fn date(self) -> String {
        let (year, month, day) = civil::date_of(self.seconds.div_euclid(civil::DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// To the minute, in UTC, for reading: `2026-11-21 09:14 UTC`.
    pub fn utc(self) -> String {
        let (hour, minute, _) = self.time_of_day();
        format!("{} {hour:02}:{minute:02} UTC", self.date())
    }

    /// RFC 3339, in UTC: `2026-11-21T09:14:00Z`.
    pub fn rfc3339(self) -> String {
        let (hour, minute, second) = self.time_of_day();
        format!("{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }

    fn time_of_day(self) -> (i64, i64, i64) {
        let second = self.seconds.rem_euclid(civil::DAY);
        (second / 3600, second / 60 % 60, second % 60)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self::from_seconds).ok_or(TimestampError)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.utc())
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.rfc3339()
    }
}

/// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)` (RFC 3339 §5.6), a blank for the `T` allowed; the fraction is dropped.
fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let at = |position: usize, allowed: &[u8]| bytes.get(position).is_some_and(|byte| allowed.contains(byte));
    let separators = at(4, b"-") && at(7, b"-") && at(10, b"Tt ") && at(13, b":") && at(16, b":");
    if !separators {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // 60 is a leap second (RFC 3339 §5.7), counted as the first of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = text.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let zone = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
        if zone.len() == fraction.len() {
            return None;
        }
        rest = zone;
    }
    let offset = offset(rest)?;
    Some(civil::days_to(year, month, day)? * civil::DAY + hour * 3600 + minute * 60 + second - offset)
}

/// The zone's seconds ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.as_bytes().first()? {
        b'Z' | b'z' if zone.len() == 1 => return Some(0),
        b'+' => (1, &zone[1..]),
        b'-' => (-1, &zone[1..]),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |digits: &str| -> Option<i64> {
        (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests;
