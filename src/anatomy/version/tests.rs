use proptest::prelude::*;

use super::*;

fn tags(names: &[&str]) -> Vec<Tag> {
    names.iter().map(|name| name.parse().expect("a tag")).collect()
}

/// Checks that the names stand in the order of a page, from any order before.
#[track_caller]
fn assert_order(names: &[&str]) {
    let mut reversed = tags(names);
    reversed.reverse();
    sort(&mut reversed);
    assert_eq!(reversed.iter().map(Tag::as_str).collect::<Vec<_>>(), names);
}

fn kind_of(name: &str) -> TagKind {
    kind(&name.parse().expect("a tag"))
}

#[test]
fn numbers_count_and_pre_releases_stand_below() {
    assert_order(&[
        "1.10.0",
        "1.9.0",
        "1.9.0-rc.10",
        "1.9.0-rc.2",
        "1.9.0-rc.1",
        "1.9.0-beta",
        "1.9.0-alpha.3",
        "1.8.1",
    ]);
    assert_order(&["3.13.0", "3.13.0rc1", "3.13.0b2", "3.13.0b1", "3.13.0a7", "3.13.0-dev"]);
    assert_order(&["3.0.0", "3.0.0-RC1", "3.0.0-M2", "3.0.0-M1", "3.0.0-SNAPSHOT"]);
}

#[test]
fn moving_tags_stand_below_what_they_cover() {
    assert_order(&["1.25.5", "1.25.4", "1.25", "1.24.0", "1.24", "1"]);
}

#[test]
fn variants_stand_beside_their_version() {
    assert_order(&[
        "3.20.3",
        "3.20.3-alpine",
        "3.20.3-alpine3.20",
        "3.20.3-alpine3.9",
        "3.20.3-slim",
        "3.20.3-slim-bookworm",
        "3.20.3-rc1",
        "3.20.3-rc1-alpine",
        "3.20.2",
        "3.20.2-slim",
    ]);
    assert_order(&["1.2.3", "1.2.3-debian-12-r14", "1.2.3-debian-12-r9", "1.2.2"]);
    assert_order(&["1.9.0-alpine", "1.9.0-alpine-rc1"]);
}

#[test]
fn a_letter_v_does_not_count() {
    assert_order(&["v2.1.0", "2.0.0", "v2.0.0", "v1.9.0-rc.1", "V1.0"]);
    assert_order(&["release-1.10", "v1.9", "version-1.8"]);
}

#[test]
fn sections_follow_each_other() {
    assert_order(&[
        "1.0",
        "latest",
        "latest-alpine",
        "edge",
        "main",
        "nightly-20261102",
        "nightly-20261101",
        "stable",
        "20261101",
        "20261101-slim",
        "2026-10-31",
        "20251231",
        "sha-1a2b3c4",
        "sha-9f8e7d6",
        "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.sig",
    ]);
}

#[test]
fn kinds_are_told_apart() {
    for (name, kind) in [
        ("8", TagKind::Version),
        ("18-alpine", TagKind::Version),
        ("8u392-jre", TagKind::Version),
        ("2024.10.1", TagKind::Version),
        ("24.04", TagKind::Version),
        ("1234567", TagKind::Version),
        ("123456789012345678901234567890", TagKind::Version),
        ("99999999", TagKind::Version),
        ("20261301", TagKind::Version),
        ("1.0_build.5", TagKind::Version),
        ("latest", TagKind::Word),
        ("_x", TagKind::Word),
        ("vNext", TagKind::Word),
        ("deadbeef", TagKind::Word),
        ("RELEASE.2024-10-13T13-34-11Z", TagKind::Word),
        ("20261101", TagKind::Date),
        ("v20261101-abcdef", TagKind::Date),
        ("202611011530", TagKind::Date),
        ("2026-11-01", TagKind::Date),
        ("2026-11-01T09-14", TagKind::Date),
        ("1a2b3c4", TagKind::Hash),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", TagKind::Hash),
        ("git-1a2b3c4d", TagKind::Hash),
        ("sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.att", TagKind::Signature),
        ("sha256-e3b0c442.sig", TagKind::Word),
    ] {
        assert_eq!(kind_of(name), kind, "{name}");
    }
}

#[test]
fn a_companion_names_its_subject() {
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let of = |name: String| subject(&name.parse().expect("a tag")).map(|digest| digest.to_string());
    assert_eq!(of(format!("sha256-{digest}.sig")), Some(format!("sha256:{digest}")));
    assert_eq!(of(format!("sha256-{digest}")), Some(format!("sha256:{digest}")));
    assert_eq!(of(format!("sha512-{digest}")), None);
    assert_eq!(of("1.0-alpine".to_owned()), None);
}

#[test]
fn fifty_thousand_tags_are_sorted_quickly() {
    let mut many: Vec<Tag> = (0..50_000_u64)
        .map(|number| {
            let number = number * 7919 % 50_000;
            format!("{}.{}.{}-rc.{}-alpine", number % 7, number % 101, number, number % 3).parse().expect("a tag")
        })
        .collect();
    let begin = std::time::Instant::now();
    sort(&mut many);
    assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
    assert!(many[0].as_str().starts_with("6.100."));
}

/// Tags of the shapes that the order knows, and any others.
fn any_tag() -> impl Strategy<Value = Tag> {
    let shapes = "v?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-?(rc|beta|alpine|b|slim|dev)\\.?[0-9]{0,2}){0,2}";
    let sections =
        "(latest|edge|20261[0-3][0-3][0-9]|2026-1[0-3]-[0-3][0-9]|sha-[0-9a-f]{7}|[0-9a-f]{7,8})(-[a-z0-9]{1,3})?";
    prop_oneof![
        shapes.prop_filter_map("a tag", |text| text.parse().ok()),
        sections.prop_filter_map("a tag", |text| text.parse().ok()),
        "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}".prop_filter_map("a tag", |text| text.parse().ok()),
    ]
}

proptest! {
    #[test]
    fn the_order_is_total(left in any_tag(), middle in any_tag(), right in any_tag()) {
        let [left_key, middle_key, right_key] = [&left, &middle, &right].map(VersionKey::of);
        prop_assert_eq!(left_key.cmp(&right_key), right_key.cmp(&left_key).reverse());
        prop_assert_eq!(left_key == right_key, left == right);
        if left_key <= middle_key && middle_key <= right_key {
            prop_assert!(left_key <= right_key);
        }
    }

    #[test]
    fn higher_numbers_stand_first(major in 0..50_u32, minor in 0..50_u32, patch in 0..50_u32) {
        let key = |text: String| VersionKey::of(&text.parse().expect("a tag"));
        let version = key(format!("{major}.{minor}.{patch}"));
        let (next_patch, next_minor) = (patch + 1, minor + 1);
        let patched = key(format!("{major}.{minor}.{next_patch}"));
        let extended = key(format!("{major}.{next_minor}.0"));
        let candidate = key(format!("{major}.{minor}.{patch}-rc.1"));
        let variant = key(format!("{major}.{minor}.{patch}-alpine"));
        prop_assert!(extended < patched && patched < version && version < variant && variant < candidate);
    }
}
