//! Indexes, sound and odd.

use serde_json::{Value, json};

use super::shelf::{DOCKER_LIST, DOCKER_MANIFEST, INDEX, MANIFEST, blob, config, get, manifest, put, shows, with};
use super::support::digest_of;

fn platform(descriptor: Value, os: &str, architecture: &str, variant: Option<&str>) -> Value {
    with(descriptor, &json!({ "platform": { "os": os, "architecture": architecture, "variant": variant } }))
}

/// An image for a platform, in a repository, and its entry.
fn image(repository: &str, os: &str, architecture: &str, variant: Option<&str>) -> Value {
    let config = with(config(1), &json!({ "os": os, "architecture": architecture, "variant": variant }));
    let tag = format!("{os}-{architecture}-{}", variant.unwrap_or("none"));
    platform(put(repository, &tag, MANIFEST, &manifest(repository, 1, &config)), os, architecture, variant)
}

fn index(entries: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries })
}

#[test]
fn f3_an_index_with_attestations_in_both_forms() {
    let images = [
        image("f/3", "linux", "amd64", None),
        image("f/3", "linux", "arm64", Some("v8")),
        image("f/3", "linux", "arm", Some("v7")),
    ];
    let statement = json!({
        "mediaType": "application/vnd.in-toto+json", "digest": digest_of(b"statement"), "size": 9_000,
        "annotations": { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" },
    });
    let legacy =
        put("f/3", "legacy", MANIFEST, &with(manifest("f/3", 0, &config(0)), &json!({ "layers": [statement] })));
    let empty = blob("f/3", "application/vnd.oci.empty.v1+json", "{}");
    let modern = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.docker.attestation.manifest.v1+json",
        "config": empty, "layers": [statement], "subject": images[1],
    });
    let modern = put("f/3", "modern", MANIFEST, &modern);
    let about = |entry: Value, image: &Value| {
        let annotations = json!({ "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image["digest"] });
        with(platform(entry, "unknown", "unknown", None), &json!({ "annotations": annotations }))
    };
    let entries = [images.to_vec(), vec![about(legacy, &images[0]), about(modern, &images[1])]].concat();
    put("f/3", "1", INDEX, &index(&entries));
    let document =
        shows("f/3:1", &["linux/amd64", "linux/arm64", "linux/arm/v7", "present, not verified", "COPY part-0 /"]);
    // An attestation is no platform.
    assert_eq!(document["platforms"].as_array().map(Vec::len), Some(3), "{document}");
    for chosen in ["linux/arm64/v8", "linux/arm64", "linux/arm/v7"] {
        assert_eq!(get(&format!("/f/3:1?platform={chosen}")).status, 200, "{chosen}");
    }
}

#[test]
fn f4_dockers_list_with_two_windows_builds() {
    let build = |version: &str| {
        let config = with(config(1), &json!({ "os": "windows", "os.version": version }));
        let entry = put(
            "f/4",
            version,
            DOCKER_MANIFEST,
            &with(manifest("f/4", 1, &config), &json!({ "mediaType": DOCKER_MANIFEST })),
        );
        with(entry, &json!({ "platform": { "os": "windows", "architecture": "amd64", "os.version": version } }))
    };
    let list = json!({ "schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": [build("10.0.17763.6414"), build("10.0.20348.2762")] });
    put("f/4", "1", DOCKER_LIST, &list);
    shows("f/4:1", &["windows/amd64", "10.0.17763.6414", "10.0.20348.2762"]);
    // The platform alone does not choose: its digest does.
    let digest = list["manifests"][1]["digest"].as_str().unwrap();
    let second = get(&format!("/f/4:1?platform=windows/amd64&manifest={digest}"));
    assert_eq!(second.status, 200);
    second.says(&[&digest[7..19]]);
}

#[test]
fn f5_f6_f7_indexes_of_odd_shape() {
    let image = image("f/5", "linux", "amd64", None);
    let inner = put("f/5", "inner", INDEX, &index(std::slice::from_ref(&image)));
    put("f/5", "nested", INDEX, &index(&[inner.clone(), image.clone()]));
    shows("f/5:nested", &["COPY part-0 /", &inner["digest"].as_str().unwrap()[7..19]]);
    put("f/5", "only", INDEX, &index(&[inner]));
    shows("f/5:only", &["index"]);
    put("f/5", "empty", INDEX, &index(&[]));
    shows("f/5:empty", &["index"]);
    let missing = json!({ "mediaType": MANIFEST, "digest": digest_of(b"missing"), "size": 500 });
    put("f/5", "sparse", INDEX, &index(&[image, platform(missing, "linux", "s390x", None)]));
    shows("f/5:sparse", &["linux/s390x", "COPY part-0 /"]);
    let page = get("/f/5:sparse?platform=linux/s390x");
    assert_eq!(page.status, 200);
    page.says(&["The index names this manifest, f/5 does not have it"]);
}

#[test]
fn f21_an_index_of_five_thousand_entries() {
    let first = image("f/21", "linux", "amd64", None);
    let entry = |number: u32| {
        let descriptor = json!({ "mediaType": MANIFEST, "digest": digest_of(&number.to_le_bytes()), "size": 500 });
        platform(descriptor, "linux", &format!("a{number}"), None)
    };
    let entries: Vec<_> = std::iter::once(first).chain((0..4_999).map(entry)).collect();
    put("f/21", "1", INDEX, &index(&entries));
    let document = shows("f/21:1", &["4,900 more"]);
    assert_eq!(document["more_platforms"], 4_900);
}

#[test]
fn f33_f34_platforms_that_are_not_named_or_not_true() {
    let mut nowhere = image("f/33", "linux", "arm64", Some("v8"));
    nowhere.as_object_mut().unwrap().remove("platform");
    put("f/33", "without", INDEX, &index(&[nowhere.clone()]));
    shows("f/33:without", &["COPY part-0 /"]);
    // The index says amd64, the config arm64: both are shown.
    put("f/33", "wrong", INDEX, &index(&[platform(nowhere, "linux", "amd64", None)]));
    shows("f/33:wrong", &["linux/amd64", "linux/arm64"]);
}
