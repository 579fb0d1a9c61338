//! How long ago something was, in words.

use super::Timestamp;
use super::civil::DAY;

/// `just now`, `5 minutes ago`, `2 days ago`, `7 weeks ago`, `1 year ago`; `in 2 days` for what is to come.
pub fn relative(moment: Timestamp, now: Timestamp) -> String {
    let seconds = moment.seconds().abs_diff(now.seconds());
    let day = DAY.unsigned_abs();
    let (number, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        _ if seconds < day => (seconds / 3600, "hour"),
        _ if seconds < 14 * day => (seconds / day, "day"),
        _ if seconds < 61 * day => (seconds / (7 * day), "week"),
        // A month is a twelfth of a year.
        _ if seconds < 365 * day => (seconds * 12 / (365 * day), "month"),
        _ => (seconds / (365 * day), "year"),
    };
    let plural = if number == 1 { "" } else { "s" };
    if moment > now { format!("in {number} {unit}{plural}") } else { format!("{number} {unit}{plural} ago") }
}
