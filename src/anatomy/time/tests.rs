use proptest::prelude::*;

use super::*;

fn timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

#[test]
fn times_of_documents_are_read() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-21T09:14:00Z", 1_795_252_440),
        ("2026-11-21T09:14:00.123456789Z", 1_795_252_440),
        ("2026-11-21t09:14:00z", 1_795_252_440),
        ("2026-11-21 09:14:00Z", 1_795_252_440),
        ("2026-11-21T10:14:00+01:00", 1_795_252_440),
        ("2026-11-20T22:44:00-10:30", 1_795_252_440),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
    ] {
        assert_eq!(timestamp(text).seconds(), seconds, "{text}");
    }
}

#[test]
fn texts_that_are_no_times_are_refused() {
    for text in [
        "",
        "yesterday",
        "NaN",
        "2026-11-21",
        "2026-11-21T09:14:00",
        "2026-11-21T09:14Z",
        "2026-11-21T09:14:00.Z",
        "2026-11-21T09:14:00+1:00",
        "2026-11-21T09:14:00+24:00",
        "2026-11-21T09:14:00Z ",
        "2026-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "-026-11-21T09:14:00Z",
        "+292277026596-12-04T15:30:07Z",
        "292277026596-12-04T15:30:07Z",
        "２０２６-11-21T09:14:00Z",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn times_are_shown_in_utc() {
    let moment = timestamp("2026-11-21T10:14:59+01:00");
    assert_eq!(moment.utc(), "2026-11-21 09:14 UTC");
    assert_eq!(moment.date(), "2026-11-21");
    assert_eq!(moment.rfc3339(), "2026-11-21T09:14:59Z");
    assert_eq!(timestamp("1969-12-31T23:59:59Z").utc(), "1969-12-31 23:59 UTC");
}

#[test]
fn far_years_come_to_the_nearest_that_can_be_written() {
    assert_eq!(Timestamp::from_seconds(i64::MAX).rfc3339(), "9999-12-31T23:59:59Z");
    assert_eq!(Timestamp::from_seconds(i64::MIN).rfc3339(), "0000-01-01T00:00:00Z");
}

#[test]
fn odd_values_of_created_are_told_apart() {
    assert_eq!(Created::of(None), Created::NotSet);
    assert_eq!(Created::of(Some("")), Created::NotSet);
    assert_eq!(Created::of(Some("0001-01-01T00:00:00Z")), Created::NotSet);
    let epoch = timestamp("1970-01-01T00:00:00Z");
    assert_eq!(Created::of(Some("1970-01-01T00:00:00Z")), Created::Reproducible(epoch));
    assert!(matches!(Created::of(Some("1980-01-01T00:00:01Z")), Created::Reproducible(_)));
    assert!(matches!(Created::of(Some("2026-11-21T09:14:00Z")), Created::Known(_)));
    let far = "292277026596-12-04T15:30:07Z";
    assert_eq!(Created::of(Some(far)), Created::Invalid(far.to_owned()));
    let Created::Invalid(shown) = Created::of(Some(&"é".repeat(5000))) else { panic!("garbage is invalid") };
    assert_eq!(shown.chars().count(), 100);
    assert_eq!(Created::Reproducible(epoch).known(), None);
    assert_eq!(Created::Reproducible(epoch).timestamp(), Some(epoch));
}

#[test]
fn the_past_is_told_in_words() {
    let now = timestamp("2026-11-23T12:00:00Z");
    for (text, words) in [
        ("2026-11-23T11:59:01Z", "just now"),
        ("2026-11-23T11:59:00Z", "1 minute ago"),
        ("2026-11-23T11:00:01Z", "59 minutes ago"),
        ("2026-11-23T11:00:00Z", "1 hour ago"),
        ("2026-11-21T09:14:00Z", "2 days ago"),
        ("2026-11-10T12:00:00Z", "13 days ago"),
        ("2026-11-09T12:00:00Z", "2 weeks ago"),
        ("2026-10-01T12:00:00Z", "7 weeks ago"),
        ("2026-09-20T12:00:00Z", "2 months ago"),
        ("2025-11-24T12:00:00Z", "11 months ago"),
        ("2025-11-23T12:00:00Z", "1 year ago"),
        ("2016-11-23T12:00:00Z", "10 years ago"),
        ("2026-11-25T12:00:00Z", "in 2 days"),
    ] {
        assert_eq!(relative(timestamp(text), now), words, "{text}");
    }
}

#[test]
fn the_wire_form_is_text() {
    let created = Created::Known(timestamp("2026-11-21T09:14:00Z"));
    let json = serde_json::to_string(&created).expect("JSON");
    assert_eq!(json, r#"{"known":"2026-11-21T09:14:00Z"}"#);
    assert_eq!(serde_json::from_str::<Created>(&json).expect("read back"), created);
    assert_eq!(serde_json::to_string(&Created::NotSet).expect("JSON"), r#""not_set""#);
}

proptest! {
    #[test]
    fn every_moment_is_written_and_read_back(seconds in civil::FIRST_SECOND..=civil::LAST_SECOND) {
        let moment = Timestamp::from_seconds(seconds);
        prop_assert_eq!(moment.seconds(), seconds);
        prop_assert_eq!(moment.rfc3339().parse::<Timestamp>(), Ok(moment));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}", seconds: i64, now: i64) {
        let _ = Created::of(Some(&text));
        let _ = relative(Timestamp::from_seconds(seconds), Timestamp::from_seconds(now));
    }
}
