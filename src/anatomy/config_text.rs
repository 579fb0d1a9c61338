//! Values of a config as text, written as configs and Dockerfiles write them.

use std::fmt::Write as _;
use std::time::Duration;

use crate::oci::config::Healthcheck;

// Writing to a String cannot fail.

/// A list as configs write it: JSON, with a blank after each comma.
pub fn json_list(list: &[String]) -> String {
    let texts: Vec<String> = list.iter().map(|text| serde_json::Value::from(text.as_str()).to_string()).collect();
    format!("[{}]", texts.join(", "))
}

/// A health check on one line: `["CMD-SHELL", "curl -f …"], interval 30s, retries 3`.
pub fn healthcheck(check: &Healthcheck) -> String {
    let mut text = json_list(&check.test);
    for (name, time) in [("interval", check.interval), ("timeout", check.timeout), ("start period", check.start_period)]
    {
        if let Some(time) = time {
            let _ = write!(text, ", {name} {}", duration(time));
        }
    }
    if let Some(retries) = check.retries {
        let _ = write!(text, ", retries {retries}");
    }
    text
}

/// A time as Dockerfiles write it: `1h30m`, `30s`, `500ms`.
pub fn duration(time: Duration) -> String {
    let (seconds, nanoseconds) = (time.as_secs(), time.subsec_nanos());
    let mut text = String::new();
    for (amount, unit) in [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
        (u64::from(nanoseconds / 1_000_000), "ms"),
        (u64::from(nanoseconds / 1000 % 1000), "µs"),
        (u64::from(nanoseconds % 1000), "ns"),
    ] {
        if amount > 0 {
            let _ = write!(text, "{amount}{unit}");
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_in_a_dockerfile() {
        for (time, text) in [
            (Duration::ZERO, "0s"),
            (Duration::from_secs(30), "30s"),
            (Duration::from_mins(90), "1h30m"),
            (Duration::from_millis(1500), "1s500ms"),
            (Duration::from_nanos(1), "1ns"),
        ] {
            assert_eq!(duration(time), text);
        }
    }
}
