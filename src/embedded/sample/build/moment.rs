//! Fixed points in time, so that the sample does not depend on the clock.

use std::fmt;

/// A second, counted from 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// The beginning of Unix time, which reproducible builds write.
    pub(crate) const EPOCH: Self = Self(0);

    /// A minute of a day, in UTC; `month` and `day` count from 1.
    pub(crate) const fn at(year: u64, month: u64, day: u64, hour: u64, minute: u64) -> Self {
        // Days of a calendar whose year begins in March, so that the leap day comes last.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let days_of_years = year * 365 + year / 4 - year / 100 + year / 400;
        let days = days_of_years + (month * 153 + 2) / 5 + day - 1;
        // 1970-01-01 is day 719468 of that calendar.
        Self(((days - 719_468) * 24 + hour) * 3600 + minute * 60)
    }

    /// Seconds since 1970.
    pub(crate) const fn seconds(self) -> u64 {
        self.0
    }

    /// So many seconds later.
    pub(crate) const fn plus(self, seconds: u64) -> Self {
        Self(self.0 + seconds)
    }

    /// With a fraction, as build tools write it. The digits are made up from the second.
    pub(crate) fn precise(self) -> String {
        let nanoseconds = self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 1_000_000_000;
        let whole = self.to_string();
        format!("{}.{nanoseconds:09}Z", whole.trim_end_matches('Z'))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339, in UTC.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / 86_400 + 719_468, self.0 % 86_400);
        let era = days / 146_097;
        let day_of_era = days % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_they_were_made() {
        for (year, month, day) in
            [(1970, 1, 1), (2000, 2, 29), (2024, 2, 29), (2025, 3, 1), (2026, 11, 23), (2026, 12, 31)]
        {
            let moment = Moment::at(year, month, day, 23, 59);
            assert_eq!(moment.to_string(), format!("{year:04}-{month:02}-{day:02}T23:59:00Z"));
        }
        assert_eq!(Moment::at(2026, 11, 23, 18, 5).seconds(), 1_795_457_100);
        assert_eq!(Moment::EPOCH.to_string(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn precise_moments_have_nine_digits() {
        let text = Moment::at(2026, 1, 2, 3, 4).precise();
        assert!(text.starts_with("2026-01-02T03:04:00.") && text.ends_with('Z') && text.len() == 30, "{text}");
    }
}
