//! Platforms, compared as engines compare them.

use proptest::prelude::*;

use crate::oci::Platform;

#[test]
fn spellings_of_one_platform_match() {
    for (left, right) in [
        ("linux/amd64", "linux/x86_64"),
        ("linux/amd64", "Linux/x86-64/v1"),
        ("linux/arm64", "linux/aarch64/v8"),
        ("linux/arm64", "linux/arm64/8"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/armhf", "linux/arm/7"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/386", "linux/i686"),
        ("darwin/arm64", "macOS/arm64"),
    ] {
        let [left, right] = [left, right].map(|text| text.parse::<Platform>().expect("a platform"));
        assert!(left.matches(&right) && right.matches(&left), "{left} {right}");
    }
}

#[test]
fn other_platforms_do_not() {
    for (left, right) in [
        ("linux/amd64", "linux/amd64/v2"),
        ("linux/amd64", "windows/amd64"),
        ("linux/arm/v6", "linux/arm/v7"),
        ("linux/arm64", "linux/arm64/v9"),
        ("linux/arm/v8", "linux/arm64"),
    ] {
        let [left, right] = [left, right].map(|text| text.parse::<Platform>().expect("a platform"));
        assert!(!left.matches(&right), "{left} {right}");
    }
}

#[test]
fn texts_that_are_no_platforms_are_refused() {
    for text in [
        "",
        "linux",
        "linux/",
        "/amd64",
        "linux/amd64/",
        "linux/amd64/v1/x",
        "linux/am d64",
        "linux/é",
        "linux\n/amd64",
    ] {
        assert!(text.parse::<Platform>().is_err(), "{text:?}");
    }
    assert!("unknown/unknown".parse::<Platform>().expect("a platform").is_unknown());
    assert_eq!(Platform::default().to_string(), "unknown/unknown");
}

#[test]
fn members_have_the_specifications_names() {
    let platform = Platform {
        os_version: Some("10.0.20348.2227".to_owned()),
        os_features: vec!["win32k".to_owned()],
        ..Platform::new("windows", "amd64", None)
    };
    assert_eq!(
        serde_json::to_value(&platform).expect("JSON"),
        serde_json::json!({
            "os": "windows", "architecture": "amd64", "os.version": "10.0.20348.2227", "os.features": ["win32k"],
        })
    );
}

proptest! {
    #[test]
    fn platforms_are_written_and_read_back(text in "[!-.0-~]{1,8}/[!-.0-~]{1,8}(/[!-.0-~]{1,4})?") {
        let platform: Platform = text.parse().expect("a platform");
        prop_assert_eq!(platform.to_string(), &*text);
        let normalized = platform.normalized();
        prop_assert_eq!(normalized.normalized(), normalized.clone());
        prop_assert!(platform.matches(&platform));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = text.parse::<Platform>();
    }
}
