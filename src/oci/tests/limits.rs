//! What a document may make of the memory: lists and texts end somewhere, and say so.
//!
//! Before there were limits, 16 MB of `{},` in a history became more than 2 GB, and a row kept a time of 4 MB.

use crate::oci::document::{DocumentError, MAX_NOTICES};
use crate::oci::json;
use crate::oci::media_type::{MAX_LENGTH, OCI_INDEX, OCI_MANIFEST};
use crate::oci::platform::{MAX_FEATURES, MAX_TEXT};
use crate::oci::{ImageConfig, Manifest, MediaType, Notice};

fn list(element: &str, count: usize) -> String {
    format!("[{}]", vec![element; count].join(","))
}

fn config(members: &str) -> ImageConfig {
    let document = format!(r#"{{"os":"linux","architecture":"amd64",{members}}}"#);
    ImageConfig::parse(document.as_bytes()).expect("a config")
}

fn noted(notices: &[Notice], member: &str) -> String {
    notices.iter().find(|notice| notice.member == member).map(|notice| notice.problem.clone()).unwrap_or_default()
}

#[test]
fn a_history_ends_at_its_limit() {
    let config = config(&format!(r#""rootfs":{{}},"history":{}"#, list("{}", 1_000_000)));
    assert_eq!(config.history.as_ref().map(Vec::len), Some(100_000));
    assert_eq!((config.history_left_out, config.is_cut), (900_000, true));
    assert_eq!(noted(&config.notices, "/history"), "only the first 100000 are read, 900000 more are left out");
}

#[test]
fn a_history_that_stands_twice_is_cut_where_the_last_one_is() {
    let long = list("{}", 100_001);
    let last_is_short = config(&format!(r#""rootfs":{{}},"history":{long},"history":[{{}}]"#));
    assert_eq!((last_is_short.history.as_ref().map(Vec::len), last_is_short.history_left_out), (Some(1), 0));
    assert!(!last_is_short.is_cut);
    let last_is_long = config(&format!(r#""rootfs":{{}},"history":[{{}}],"history":{long}"#));
    assert_eq!(last_is_long.history_left_out, 1);
}

#[test]
fn what_was_cut_in_a_member_that_is_not_shown_is_not_noted() {
    let long = list("0", 10_001);
    for (document, noted) in [
        (format!(r#"{{"a":{{"b":{long}}},"c":{long},"a":1}}"#), &["/c"][..]),
        (format!(r#"{{"a":{{"b":{long},"b":[]}},"ab":{long}}}"#), &["/ab"]),
        (format!(r#"{{"a":[{{"b":{long}}},{{"b":{long},"b":{long}}}]}}"#), &["/a/0/b", "/a/1/b"]),
        (format!(r#"{{"a":{{"b":{long},"c":{long},"b":1}},"a":{{"c":{long}}}}}"#), &["/a/c"]),
    ] {
        let (_, findings) = json::parse(document.as_bytes()).expect("JSON");
        let paths: Vec<_> = findings.cuts.iter().map(|cut| cut.path.as_str()).collect();
        assert_eq!(paths, noted, "{}", document.replace(&long, "[…]"));
    }
}

/// Fails when each of them is written down, with the way to it: beside a hundred cuts, megabytes of duplicates were minutes of
/// work.
#[test]
fn of_duplicates_without_end_the_first_ones_are_written_down() {
    let document = format!(r#"{{"x":[{}],{}"layers":[]}}"#, list("0", 10_001), r#""layers":[],"a":1,"#.repeat(100_000));
    let (_, findings) = json::parse(document.as_bytes()).expect("JSON");
    assert_eq!(findings.duplicates.len(), MAX_NOTICES);
    let decisive: Vec<_> = findings.duplicates.iter().filter(|duplicate| duplicate.is_decisive).collect();
    assert_eq!(decisive.len(), 1);
    assert_eq!(findings.cuts.len(), 1);
}

#[test]
fn lists_of_documents_end_at_their_limits() {
    let config = config(&format!(
        r#""rootfs":{{"diff_ids":{}}},"config":{{"Env":{},"X":{}}}"#,
        list("0", 10_002),
        list(r#""A=""#, 10_003),
        list("0", 5_000_000)
    ));
    assert_eq!((config.diff_ids.len(), config.diff_ids_left_out, config.diff_id_count()), (10_000, 2, 10_002));
    assert_eq!(config.run.env.len(), 10_000);
    assert_eq!(noted(&config.notices, "/config/Env"), "only the first 10000 are read, 3 more are left out");
    assert_eq!(config.run.other[0].1.len(), 2 * 10_000 + 1);

    let layers = format!(r#"{{"schemaVersion":2,"config":{{}},"layers":{}}}"#, list(r#"{"size":1}"#, 10_005));
    let Ok(Manifest::Image(image)) = Manifest::parse(layers.as_bytes(), Some(&MediaType::new(OCI_MANIFEST))) else {
        panic!("an image manifest is expected");
    };
    assert_eq!((image.layers.len(), image.layer_count(), image.whole_size()), (10_000, 10_005, None));
    assert_eq!(noted(&image.notices, "/layers"), "only the first 10000 are read, 5 more are left out");

    let entries = format!(r#"{{"schemaVersion":2,"manifests":{}}}"#, list("{}", 20_007));
    let Ok(Manifest::Index(index)) = Manifest::parse(entries.as_bytes(), Some(&MediaType::new(OCI_INDEX))) else {
        panic!("an index is expected");
    };
    assert_eq!((index.manifests.len(), index.manifests_left_out), (20_000, 7));
    assert_eq!(noted(&index.notices, "/manifests"), "only the first 20000 are read, 7 more are left out");
}

#[test]
fn objects_of_texts_end_at_their_limit() {
    let members = |value: &str| {
        let members: Vec<_> = (0..10_004).map(|number| format!(r#""{number}":{value}"#)).collect();
        format!("{{{}}}", members.join(","))
    };
    let config = config(&format!(
        r#""rootfs":{{}},"config":{{"Labels":{},"Volumes":{},{}}}"#,
        members(r#""""#),
        members("{}"),
        members("0").trim_matches(['{', '}'])
    ));
    let run = &config.run;
    assert_eq!((run.labels.len(), run.volumes.len(), run.other.len()), (10_000, 10_000, 10_000));
    for member in ["/config/Labels", "/config/Volumes", "/config"] {
        assert_eq!(noted(&config.notices, member), "only the first 10000 are read, 4 more are left out", "{member}");
    }
}

#[test]
fn values_without_end_are_refused() {
    // Members are not cut: one that is left out could decide what the document is.
    let inner = list("[[],[]]", 9_000);
    let document = format!(r#"{{"rootfs":{{}},"config":{{"X":{}}}}}"#, list(&inner, 50));
    assert!(matches!(ImageConfig::parse(document.as_bytes()), Err(DocumentError::TooManyValues)));
    let members: Vec<_> = (0..900_000).map(|number| format!(r#""{number}":0"#)).collect();
    let document = format!(r#"{{"config":{{}},"layers":[],{},"manifests":[]}}"#, members.join(","));
    assert!(matches!(Manifest::parse(document.as_bytes(), None), Err(DocumentError::TooManyValues)));
    // Elements that are left out are no way around: only what is read is counted, and the rest is still JSON.
    let broken = format!(r#"{{"rootfs":{{}},"history":{}}}"#, list("{}", 100_001).replace("{}]", "{]"));
    assert!(matches!(ImageConfig::parse(broken.as_bytes()), Err(DocumentError::NotJson(_))));
}

#[test]
fn full_histories_and_indexes_are_read_whole() {
    let step =
        r#"{"created":"2026-11-21T09:14:00Z","created_by":"RUN true","author":"a","comment":"c","empty_layer":true}"#;
    let config = config(&format!(r#""rootfs":{{}},"history":{}"#, list(step, 100_000)));
    assert_eq!((config.history.map(|history| history.len()), config.is_cut), (Some(100_000), false));
    let entry = format!(
        r#"{{"mediaType":"{OCI_MANIFEST}","digest":"sha256:{}","size":7,"platform":{{"os":"linux","architecture":"arm",
        "variant":"v7"}},"annotations":{{"a":"1","b":"2","c":"3"}}}}"#,
        "a".repeat(64)
    );
    let document = format!(r#"{{"schemaVersion":2,"manifests":{}}}"#, list(&entry, 20_000));
    let Ok(Manifest::Index(index)) = Manifest::parse(document.as_bytes(), None) else { panic!("an index is expected") };
    assert_eq!((index.manifests.len(), index.manifests_left_out, index.notices.len()), (20_000, 0, 0));
}

#[test]
fn texts_of_an_author_are_cut() {
    let long = "é".repeat(1_000_000);
    let features = list(&format!("\"{long}\""), 2 * MAX_FEATURES);
    let document = format!(
        r#"{{"os":"{long}","architecture":"{long}","variant":"{long}","os.version":"{long}","os.features":{features},
        "created":"{long}","rootfs":{{}},"history":[{{"created":"{long}"}}]}}"#
    );
    let config = ImageConfig::parse(document.as_bytes()).expect("a config");
    let platform = &config.platform;
    let texts = [&platform.os, &platform.architecture].into_iter().chain(&platform.variant).chain(&platform.os_version);
    for text in texts.chain(&platform.os_features) {
        assert!(text.len() <= MAX_TEXT + 3 && text.ends_with("é…"), "{}", text.len());
    }
    assert_eq!(platform.os_features.len(), MAX_FEATURES);
    assert_eq!(config.created.as_ref().map(String::len), Some(103));
    assert!(config.history.iter().flatten().all(|step| step.created.as_ref().is_some_and(|text| text.len() == 103)));
    assert_eq!(noted(&config.notices, "/os"), "the text has 2000000 bytes, of which the first 256 are read");
    assert!(config.is_cut);

    let document = format!(r#"{{"schemaVersion":2,"config":{{}},"layers":[],"artifactType":"{long}"}}"#);
    let Ok(Manifest::Image(image)) = Manifest::parse(document.as_bytes(), None) else { panic!("an image is expected") };
    assert!(image.artifact_type.is_some_and(|kind| kind.as_str().len() <= MAX_LENGTH + 3));
    assert!(noted(&image.notices, "/artifactType").starts_with("the text has 2000000 bytes"));
}

#[test]
fn a_long_media_type_is_the_same_whoever_states_it() {
    for first in 0..5 {
        let long = format!("application/{}{}", "x".repeat(first), "😀".repeat(100));
        let cut = MediaType::new(&long);
        assert!(cut.as_str().len() <= MAX_LENGTH + 3);
        assert_eq!(MediaType::new(cut.as_str()).as_str(), cut.as_str());
        let document = format!(r#"{{"schemaVersion":2,"config":{{}},"layers":[],"mediaType":"{long}"}}"#);
        assert!(Manifest::parse(document.as_bytes(), Some(&MediaType::new(&long))).is_ok());
    }
}
