//! The grammar of names: what must pass and what must fail.

use proptest::prelude::*;

use crate::oci::{Digest, DigestAlgorithm, MediaType, Reference, RepositoryName, Tag};

const SHA256: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn repository_names_that_must_pass() {
    let longest = format!("{}a", "a/".repeat(127));
    assert_eq!(longest.len(), 255);
    for text in [
        "a",
        "a/b",
        "a__b",
        "a--b",
        "a---b",
        "a.b_c-d/e1",
        "library/ubuntu",
        "foo/manifests/bar",
        "tags/list",
        "a/b/tags/list",
        "0",
        &longest,
    ] {
        assert_eq!(text.parse::<RepositoryName>().map(|name| name.to_string()).as_deref(), Ok(text));
    }
}

#[test]
fn repository_names_that_must_fail() {
    let too_long = "a".repeat(256);
    for text in [
        "", "A", "a//b", "/a", "a/", "a/.", "a/..", "_catalog", "a___b", "a..b", "a._b", "a-_b", "-a", "a-", "é",
        "a%2fb", "a b", "a\\b", "a\0", "\0", "a\n", "\na", "a:b", "a@b", &too_long,
    ] {
        assert!(text.parse::<RepositoryName>().is_err(), "{text:?}");
    }
}

#[test]
fn names_are_split_at_their_slashes() {
    let name: RepositoryName = "team/app/web".parse().expect("a name");
    assert_eq!((name.namespace(), name.base_name()), (Some("team/app"), "web"));
    let (first, rest) = name.split_first();
    assert_eq!((first, rest.map(|rest| rest.to_string()).as_deref()), ("team", Some("app/web")));
    let single: RepositoryName = "web".parse().expect("a name");
    assert_eq!((single.namespace(), single.base_name(), single.split_first()), (None, "web", ("web", None)));
}

#[test]
fn tags_that_must_pass_and_fail() {
    let (longest, too_long) = ("a".repeat(128), "a".repeat(129));
    for text in ["_x", "1", "V1.0-rc_1", "latest", &longest] {
        assert_eq!(text.parse::<Tag>().map(|tag| tag.to_string()).as_deref(), Ok(text));
    }
    for text in ["", ".x", "-x", "é", "a/b", "a:b", "a+b", "a\n", "a b", "a\0", &too_long] {
        assert!(text.parse::<Tag>().is_err(), "{text:?}");
    }
}

#[test]
fn digests_that_must_pass() {
    let sha512 = format!("sha512:{}", "0f".repeat(64));
    let longest = format!("a:{}", "b".repeat(254));
    for (text, algorithm) in [
        (SHA256, DigestAlgorithm::Sha256),
        (&*sha512, DigestAlgorithm::Sha512),
        ("foo+bar:QUJD=", DigestAlgorithm::Other),
        ("blake3:0f", DigestAlgorithm::Other),
        ("a.b_c-d:x", DigestAlgorithm::Other),
        (&*longest, DigestAlgorithm::Other),
    ] {
        let digest: Digest = text.parse().expect("a digest");
        assert_eq!((digest.as_str(), digest.algorithm()), (text, algorithm));
        assert_eq!(digest.is_verifiable(), algorithm != DigestAlgorithm::Other);
        assert_eq!(format!("{}:{}", digest.algorithm_name(), digest.encoded()), text);
    }
}

#[test]
fn digests_that_must_fail() {
    let too_long = format!("a:{}", "b".repeat(255));
    for text in [
        "",
        ":",
        "sha256",
        "sha256:",
        ":abc",
        "sha256:../x",
        "sha256:abc",
        "a:b:c",
        "a:b/c",
        "A:b",
        "a..b:c",
        "+a:b",
        "a+:b",
        "é:b",
        "a:é",
        "a: b",
        "sha256:\n",
        &SHA256.to_uppercase(),
        &format!("sha256:{}", "A".repeat(64)),
        &format!("sha256:{}", "a".repeat(63)),
        &format!("sha256:{}", "a".repeat(65)),
        &format!("sha256:{}", "g".repeat(64)),
        &format!("sha512:{}", "a".repeat(64)),
        &format!("{SHA256}\n"),
        &format!(" {SHA256}"),
        &too_long,
    ] {
        assert!(text.parse::<Digest>().is_err(), "{text:?}");
    }
}

#[test]
fn finished_hashes_become_digests() {
    use sha2::Digest as _;
    assert_eq!(Digest::from_sha256(&sha2::Sha256::digest("")).as_str(), SHA256);
    let empty = Digest::from_sha512(&sha2::Sha512::digest("{}"));
    assert_eq!(
        empty.as_str(),
        "sha512:27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9a33c2046ef60fd2a7878d378e29fec851806bbd9a\
         67878f3a9f1cda4830763fd"
    );
    assert_eq!(empty.short(), "27c74670adb7");
    assert_eq!("foo:abc".parse::<Digest>().expect("a digest").short(), "abc");
}

#[test]
fn references_name_a_tag_a_digest_or_both() {
    let both = format!("a/b:1@{SHA256}");
    for (text, tag, digest) in
        [("a/b", false, false), ("a/b:1", true, false), (&*format!("a/b@{SHA256}"), false, true), (&*both, true, true)]
    {
        let reference: Reference = text.parse().expect("a reference");
        assert_eq!((reference.tag.is_some(), reference.digest.is_some()), (tag, digest), "{text}");
        assert_eq!((reference.names_manifest(), reference.to_string().as_str()), (tag || digest, text));
    }
    for text in ["", ":1", "a:", "a@", "a:1:2", "a@sha256:x", "A:1", "a:1@", "a@b@c", "a/b:1/c"] {
        assert!(text.parse::<Reference>().is_err(), "{text:?}");
    }
}

#[test]
fn media_types_are_compared_without_case_and_parameters() {
    let written = MediaType::new("Application/JSON; charset=utf-8");
    assert_eq!(written, MediaType::new("application/json"));
    assert_eq!(written.as_str(), "Application/JSON; charset=utf-8");
    assert_ne!(MediaType::new("a/b"), MediaType::new("a/c"));
    assert!(MediaType::new("").is_empty() && MediaType::new(" ; x").is_generic());
}

#[test]
fn names_are_texts_on_the_wire() {
    let json = format!("\"a/b:1@{SHA256}\"");
    let reference: Reference = serde_json::from_str(&json).expect("a reference");
    assert_eq!(serde_json::to_string(&reference).expect("JSON"), json);
    for wrong in ["\"A\"", "\"a//b\"", "1", "null"] {
        assert!(serde_json::from_str::<RepositoryName>(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_names_panic_and_valid_ones_stay_as_they_are(text in any::<String>()) {
        if let Ok(name) = text.parse::<RepositoryName>() { prop_assert_eq!(name.to_string(), &*text); }
        if let Ok(tag) = text.parse::<Tag>() { prop_assert_eq!(tag.to_string(), &*text); }
        if let Ok(digest) = text.parse::<Digest>() { prop_assert_eq!(digest.to_string(), &*text); }
        if let Ok(reference) = text.parse::<Reference>() { prop_assert_eq!(reference.to_string(), &*text); }
        let _ = MediaType::new(&text).normal();
    }

    #[test]
    fn references_are_written_and_read_back(
        repository in "[a-z0-9]{1,5}((\\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}(/[a-z0-9]{1,5}){0,3}",
        tag in prop::option::of("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}"),
        digest in prop::option::of("(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|[a-z0-9]{1,5}([+._-][a-z]{1,3})?:[a-zA-Z0-9=_-]{1,9})"),
    ) {
        // A short digest of a registered algorithm may come up by chance.
        prop_assume!(digest.as_deref().is_none_or(|digest| digest.parse::<Digest>().is_ok()));
        let reference = Reference {
            repository: repository.parse().expect("a name"),
            tag: tag.map(|tag| tag.parse().expect("a tag")),
            digest: digest.map(|digest| digest.parse().expect("a digest")),
        };
        prop_assert_eq!(reference.to_string().parse::<Reference>(), Ok(reference));
    }

    #[test]
    fn texts_near_the_grammar_pass_only_if_they_keep_to_it(text in "[a-b0/._A-]{0,8}") {
        // The grammar once more, as the specification writes it: runs joined by one separator each.
        let component = |component: &str| {
            let runs: Vec<&str> = component.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
            let lower = !component.bytes().any(|byte| byte.is_ascii_uppercase());
            let separators = component.split(|letter: char| letter.is_ascii_alphanumeric()).filter(|text| !text.is_empty());
            lower
                && runs.first().is_some_and(|run| !run.is_empty())
                && runs.last().is_some_and(|run| !run.is_empty())
                && separators.into_iter().all(|text| matches!(text, "." | "_" | "__") || text.bytes().all(|byte| byte == b'-'))
        };
        prop_assert_eq!(text.parse::<RepositoryName>().is_ok(), text.split('/').all(component), "{}", text);
    }
}
