//! Manifests and indexes: what is read, what is noted, what is refused.

use proptest::prelude::*;

use crate::oci::document::{DocumentError, MAX_NOTICES};
use crate::oci::index::IndexEntry;
use crate::oci::media_type::{DOCKER_MANIFEST_LIST, OCI_ARTIFACT_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST};
use crate::oci::{ImageConfig, ImageIndex, ImageManifest, Manifest, MediaType, Notice};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn image(document: &str) -> ImageManifest {
    match Manifest::parse(document.as_bytes(), None) {
        Ok(Manifest::Image(manifest)) => *manifest,
        other => panic!("an image manifest is expected, not {other:?}"),
    }
}

fn index(document: &str) -> ImageIndex {
    match Manifest::parse(document.as_bytes(), None) {
        Ok(Manifest::Index(index)) => *index,
        other => panic!("an index is expected, not {other:?}"),
    }
}

fn refused(document: &str) -> DocumentError {
    Manifest::parse(document.as_bytes(), None).expect_err("a refusal")
}

fn lines(notices: &[Notice]) -> String {
    notices.iter().map(|notice| format!("{}: {}", notice.member, notice.problem)).collect::<Vec<_>>().join("\n")
}

/// A descriptor with more members.
fn descriptor(media_type: &str, more: &str) -> String {
    format!(r#"{{"mediaType":"{media_type}","digest":"{DIGEST}","size":7{more}}}"#)
}

#[test]
fn a_manifest_is_read_whole() {
    let manifest = image(&format!(
        r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}","config":{},"layers":[{},{}],"subject":{},"annotations":{{"b":"1","a":"2"}}}}"#,
        descriptor(OCI_CONFIG, ""),
        descriptor("application/vnd.oci.image.layer.v1.tar+gzip", r#","urls":["https://x.example"]"#),
        descriptor("application/vnd.oci.image.layer.v1.tar", ""),
        descriptor(OCI_MANIFEST, ""),
    ));
    assert!(manifest.is_container_image() && manifest.subject.is_some());
    assert_eq!((manifest.layers.len(), manifest.layers_size()), (2, 14));
    assert_eq!(manifest.layers[0].urls, ["https://x.example"]);
    // In the document's order.
    assert_eq!(manifest.annotations[0].0, "b");
    assert_eq!(lines(&manifest.notices), "");
}

#[test]
fn members_that_are_wrong_are_noted_and_the_others_read() {
    let manifest = image(
        r#"{"schemaVersion":"2","config":{"mediaType":1,"digest":"sha256:x","size":-1},
            "layers":[null,{"digest":null,"size":"7","annotations":{"a":null,"b":[1]},"platform":"linux"}],
            "annotations":[],"artifactType":{}}"#,
    );
    assert_eq!(manifest.layers.len(), 1);
    assert_eq!(manifest.layers[0].annotations, [("a".to_owned(), String::new()), ("b".to_owned(), "[1]".to_owned())]);
    insta::assert_snapshot!(lines(&manifest.notices));
}

#[test]
fn members_that_are_missing_are_noted() {
    for document in ["{}", r#"{"schemaVersion":2,"config":null,"layers":null}"#] {
        let parsed = Manifest::parse(document.as_bytes(), Some(&MediaType::new(OCI_MANIFEST)));
        let Ok(Manifest::Image(manifest)) = parsed else { panic!("an image manifest is expected, not {parsed:?}") };
        assert!(lines(&manifest.notices).contains("/layers: the member is required and missing"));
        assert!(!manifest.is_container_image() && manifest.kind().is_none());
    }
    assert!(
        lines(&index(&format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}"}}"#)).notices).contains("/manifests")
    );
}

#[test]
fn many_notices_are_counted() {
    let layers = vec!["1"; MAX_NOTICES + 50].join(",");
    let manifest =
        image(&format!(r#"{{"schemaVersion":2,"config":{},"layers":[{layers}]}}"#, descriptor(OCI_CONFIG, "")));
    assert_eq!(manifest.notices.len(), MAX_NOTICES + 1);
    assert_eq!(manifest.notices[MAX_NOTICES].problem, "50 more notices are not shown");
}

#[test]
fn a_huge_name_does_not_make_a_huge_notice() {
    let name = "é".repeat(100_000);
    let manifest =
        image(&format!(r#"{{"schemaVersion":2,"layers":[],"annotations":{{"{name}":1,"{name}":"{name}"}}}}"#));
    assert!(manifest.notices.iter().all(|notice| notice.member.chars().count() <= 301));
    // A path for each element would be four terabytes of text.
    let name = "n".repeat(2_000_000);
    let document = format!(r#"{{"{name}":[{}1],"layers":[]}}"#, "1,".repeat(1_000_000));
    let begin = std::time::Instant::now();
    assert!(Manifest::parse(document.as_bytes(), None).is_ok());
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    for document in
        ["", "{", "[]", "1", "null", "\"x\"", "{}{}", "{} x", "\u{feff}{}", "<html></html>", r#"{"a":1e400}"#]
    {
        assert!(matches!(refused(document), DocumentError::NotJson(_) | DocumentError::NotAnObject), "{document}");
    }
    assert!(Manifest::parse(b"{\"a\":\"\xff\"}", None).is_err());
    for depth in [200, 9_000] {
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(matches!(refused(&nested), DocumentError::NotJson(_)));
    }
}

#[test]
fn documents_of_two_kinds_are_refused() {
    for document in [
        r#"{"schemaVersion":2,"manifests":[],"layers":[]}"#.to_owned(),
        r#"{"schemaVersion":2,"manifests":[],"config":{}}"#.to_owned(),
        r#"{"schemaVersion":2,"manifests":[],"fsLayers":[]}"#.to_owned(),
        r#"{"schemaVersion":1,"layers":[],"fsLayers":[]}"#.to_owned(),
        r#"{"schemaVersion":2,"manifests":null,"layers":[]}"#.to_owned(),
        format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","layers":[]}}"#),
        format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}","manifests":[]}}"#),
    ] {
        assert!(matches!(refused(&document), DocumentError::Ambiguous(_)), "{document}");
    }
    // History is a member of schema 1, but makes nothing one.
    assert_eq!(image(r#"{"schemaVersion":2,"layers":[],"config":{},"history":[]}"#).layers, []);
}

#[test]
fn a_duplicate_that_decides_is_refused_however_many_stand_before_it() {
    let harmless = (0..300).fold(String::new(), |text, number| text + &format!(r#""a{number}":1,"a{number}":2,"#));
    for document in [
        r#"{"layers":[],"layers":[1]}"#.to_owned(),
        r#"{"mediaType":"a","mediaType":"b"}"#.to_owned(),
        r#"{"layers":[{"digest":"a","digest":"b"}]}"#.to_owned(),
        r#"{"subject":{"mediaType":"a","mediaType":"b"}}"#.to_owned(),
        format!(r#"{{{harmless}"layers":[],"layers":[]}}"#),
    ] {
        assert!(matches!(refused(&document), DocumentError::Duplicate(_)), "{document}");
    }
    assert_eq!(
        refused(r#"{"layers":[{"digest":"a","digest":"b"}]}"#),
        DocumentError::Duplicate("/layers/0/digest".to_owned())
    );
}

#[test]
fn a_duplicate_that_decides_nothing_is_noted() {
    let manifest = image(
        r#"{"schemaVersion":2,"layers":[],"config":{},"annotations":{"digest":"1","digest":"2","a/b":"","a/b":""}}"#,
    );
    assert_eq!(manifest.annotations[0], ("digest".to_owned(), "2".to_owned()));
    let notices = lines(&manifest.notices);
    assert!(notices.contains("/annotations/digest: the member stands twice; the last one is shown"), "{notices}");
    assert!(notices.contains("/annotations/a~1b: the member stands twice"), "{notices}");
}

#[test]
fn notices_below_a_huge_name_hold_its_beginning_only() {
    // Eight megabytes of name, and duplicates a hundred levels below: written out, each pointer would copy the name at
    // every level, and a hundred of them would be kept.
    let name = "a".repeat(8 << 20);
    let (open, close) = (r#"{"b":"#.repeat(100), "}".repeat(100));
    let twice = r#""c":1,"#.repeat(MAX_NOTICES + 1);
    let document = format!(r#"{{"schemaVersion":2,"layers":[],"config":{{}},"{name}":{open}{{{twice}"d":1}}{close}}}"#);
    let (_, findings) = crate::oci::json::parse(document.as_bytes()).expect("JSON");
    let duplicates = findings.duplicates;
    assert_eq!(duplicates.len(), MAX_NOTICES);
    assert!(duplicates.iter().all(|duplicate| duplicate.path.starts_with("/aaa") && duplicate.path.len() < 2_000));

    let notices = image(&document).notices;
    assert!(notices.iter().all(|notice| notice.member.chars().count() <= 301), "{}", lines(&notices));
    assert!(notices.iter().any(|notice| notice.member.ends_with("aaa…")));
}

#[test]
fn the_registry_and_the_document_must_agree() {
    let document = format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[]}}"#);
    let parsed = |content_type: &str| Manifest::parse(document.as_bytes(), Some(&MediaType::new(content_type)));
    assert!(matches!(parsed(OCI_MANIFEST), Err(DocumentError::TypeMismatch { .. })));
    for content_type in [&format!("{OCI_INDEX}; charset=utf-8"), "application/json", "text/plain", ""] {
        assert!(parsed(content_type).is_ok(), "{content_type}");
    }
}

#[test]
fn what_a_document_is_follows_from_type_or_shape() {
    let kind = |document: &str, content_type: &str| match Manifest::parse(
        document.as_bytes(),
        Some(&MediaType::new(content_type)),
    ) {
        Ok(Manifest::Image(_)) => "image",
        Ok(Manifest::Index(_)) => "index",
        Ok(Manifest::Schema1 { .. }) => "schema 1",
        Ok(Manifest::Other { .. }) => "other",
        Err(_) => "refused",
    };
    for (document, content_type, expected) in [
        (r#"{"schemaVersion":2,"manifests":[]}"#, "", "index"),
        (r#"{"schemaVersion":2}"#, DOCKER_MANIFEST_LIST, "index"),
        (r#"{"schemaVersion":2,"layers":[]}"#, "text/plain", "image"),
        (r#"{"schemaVersion":1,"fsLayers":[]}"#, "", "schema 1"),
        (r#"{"schemaVersion":2}"#, "application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1"),
        (r#"{"schemaVersion":2}"#, "application/x-mine", "other"),
        (r#"{"schemaVersion":3,"layers":[]}"#, "", "refused"),
        (r#"{"blobs":[]}"#, OCI_ARTIFACT_MANIFEST, "image"),
        ("{}", OCI_ARTIFACT_MANIFEST, "image"),
    ] {
        assert_eq!(kind(document, content_type), expected, "{document} {content_type}");
    }
}

#[test]
fn a_withdrawn_artifact_manifest_lacks_nothing() {
    let manifest = image(&format!(
        r#"{{"mediaType":"{OCI_ARTIFACT_MANIFEST}","artifactType":"application/x-mine","blobs":[{}]}}"#,
        descriptor("text/plain", "")
    ));
    assert_eq!((manifest.layers.len(), lines(&manifest.notices).as_str()), (1, ""));
    assert_eq!(manifest.kind(), Some(&MediaType::new("application/x-mine")));
}

#[test]
fn sizes_beyond_the_specification_are_no_sizes() {
    for size in ["-1", "1.5", "1e3", "9223372036854775808", "\"7\"", "[]"] {
        let manifest = image(&format!(
            r#"{{"schemaVersion":2,"config":{{}},"layers":[{{"mediaType":"a","digest":"{DIGEST}","size":{size}}}]}}"#
        ));
        assert_eq!(manifest.layers[0].size, None, "{size}");
        assert!(lines(&manifest.notices).contains("/layers/0/size: a size in bytes is expected here"), "{size}");
    }
}

#[test]
fn sums_of_sizes_stay_within_their_type() {
    let layer = format!(r#"{{"mediaType":"a","digest":"{DIGEST}","size":9223372036854775807}}"#);
    let manifest = image(&format!(r#"{{"schemaVersion":2,"config":{{}},"layers":[{layer},{layer},{layer}]}}"#));
    assert_eq!(manifest.layers_size(), u64::MAX);
}

#[test]
fn entries_of_an_index_are_told_apart() {
    let entries = [
        (descriptor(OCI_MANIFEST, r#","platform":{"os":"linux","architecture":"amd64"}"#), IndexEntry::Image),
        (descriptor(OCI_MANIFEST, ""), IndexEntry::Image),
        (descriptor("", ""), IndexEntry::Image),
        (descriptor(OCI_INDEX, ""), IndexEntry::Index),
        (descriptor(OCI_MANIFEST, r#","platform":{"os":"unknown","architecture":"unknown"}"#), IndexEntry::Other),
        (descriptor(OCI_MANIFEST, r#","artifactType":"application/spdx+json""#), IndexEntry::Other),
        (descriptor("application/vnd.oci.image.layer.v1.tar+gzip", ""), IndexEntry::Other),
        (
            descriptor(
                OCI_MANIFEST,
                &format!(
                    r#","annotations":{{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{DIGEST}"}}"#
                ),
            ),
            IndexEntry::Attestation { subject: DIGEST.parse().ok() },
        ),
        (
            descriptor(
                OCI_MANIFEST,
                r#","annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"x"}"#,
            ),
            IndexEntry::Attestation { subject: None },
        ),
    ];
    let list: Vec<&str> = entries.iter().map(|(entry, _)| entry.as_str()).collect();
    let index = index(&format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[{}]}}"#, list.join(",")));
    let kinds: Vec<IndexEntry> = index.manifests.iter().map(crate::oci::Descriptor::index_entry).collect();
    assert_eq!(kinds, entries.map(|(_, kind)| kind));
}

#[test]
fn fifteen_thousand_entries_are_read() {
    let entry = descriptor(OCI_MANIFEST, r#","platform":{"os":"linux","architecture":"amd64"}"#);
    let list = vec![entry.as_str(); 15_000].join(",");
    let index = index(&format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[{list}]}}"#));
    assert_eq!((index.manifests.len(), index.notices.len()), (15_000, 0));
}

/// JSON with the names that documents have, in any wrong place.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let names = [
        "schemaVersion",
        "mediaType",
        "config",
        "layers",
        "manifests",
        "subject",
        "digest",
        "size",
        "annotations",
        "platform",
        "os",
        "history",
        "rootfs",
        "diff_ids",
        "created_by",
        "empty_layer",
        "Env",
        "Labels",
        "Healthcheck",
        "Test",
        "x~/y",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        Just(DIGEST.into()),
        Just(OCI_INDEX.into()),
        Just(OCI_MANIFEST.into()),
        Just(2.into()),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(serde_json::Value::Array),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Manifest::parse(&bytes, None);
        let _ = ImageConfig::parse(&bytes);
    }

    #[test]
    fn no_json_makes_it_panic(document in any_json()) {
        let bytes = document.to_string().into_bytes();
        let _ = Manifest::parse(&bytes, None);
        let _ = Manifest::parse(&bytes, Some(&MediaType::new(OCI_MANIFEST)));
        let _ = Manifest::parse(&bytes, Some(&MediaType::new(OCI_INDEX)));
        let _ = ImageConfig::parse(&bytes);
    }

    #[test]
    fn values_are_read_as_serde_json_reads_them(document in any_json()) {
        let text = document.to_string();
        let (value, findings) = crate::oci::json::parse(text.as_bytes()).expect("JSON");
        prop_assert_eq!(value, serde_json::from_str::<serde_json::Value>(&text).expect("JSON"));
        prop_assert!(findings.duplicates.is_empty() && findings.cuts.is_empty());
    }
}
