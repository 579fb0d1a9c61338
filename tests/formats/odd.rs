//! Documents of another time, and documents that are refused.

use serde_json::json;

use super::shelf::{MANIFEST, config, get, manifest, put, with};

#[test]
fn f8_schema_1_is_named_and_not_interpreted() {
    let document = json!({
        "schemaVersion": 1, "name": "f/8", "tag": "1", "architecture": "amd64", "fsLayers": [{ "blobSum": "sha256:a3ed" }],
        "history": [{ "v1Compatibility": "{\"id\":\"x\",\"container_config\":{\"Cmd\":[\"/bin/sh\"]}}" }],
    });
    put("f/8", "unsigned", "application/vnd.docker.distribution.manifest.v1+json", &document);
    let page = get("/f/8:unsigned");
    assert_eq!(page.status, 200, "{}", page.text());
    page.says(&["schema 1"]);
    assert!(!page.text().contains("COPY"), "it is not interpreted");
    let raw = get("/f/8:unsigned/-/raw");
    assert_eq!(raw.status, 200);
    raw.says(&["v1Compatibility"]);
}

#[test]
fn f29_documents_that_could_mean_several_things_are_refused() {
    let image = manifest("f/29", 1, &config(1));
    put("f/29", "ambiguous", MANIFEST, &with(image.clone(), &json!({ "manifests": [] })));
    let page = get("/f/29:ambiguous");
    assert_eq!(page.status, 502);
    page.says(&["This document could mean several things", "Raw view"]);
    assert_eq!(get("/f/29:ambiguous/-/raw").status, 200);
    assert_eq!(get("/f/29?details=0").status, 200);
}
