//! The order of tags, which must be total, or sorting would break. Three names, one a line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::anatomy::version::{VersionKey, subject};
use strata::oci::Tag;

fuzz_target!(|text: &str| {
    let tags: Vec<Tag> = text.lines().filter_map(|line| line.parse().ok()).take(3).collect();
    let keys: Vec<VersionKey> = tags.iter().map(VersionKey::of).collect();
    for (left, left_key) in tags.iter().zip(&keys) {
        let _ = subject(left);
        for (right, right_key) in tags.iter().zip(&keys) {
            assert_eq!(left_key.cmp(right_key), right_key.cmp(left_key).reverse(), "{left} {right}");
            assert_eq!(left_key == right_key, left == right, "{left} {right}");
            for (other, other_key) in tags.iter().zip(&keys) {
                assert!(left_key > right_key || right_key > other_key || left_key <= other_key, "{left} {right} {other}");
            }
        }
    }
});
