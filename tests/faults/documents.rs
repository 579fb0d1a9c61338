//! Documents that are too large, of the wrong form, or longer than anybody expects.

use std::fmt::Write as _;

use serde_json::json;

use super::fault::{Fault, image_opens, lines_of, put_image, put_image_with};
use super::site::{SITE, get};
use super::support::{Fixture, Reply, digest_of};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const IMAGE: &str = "/-/api/image/";

/// The most that a page may be: what it shows of a long document has a limit, whatever the document's.
const LONGEST_PAGE: usize = 2_000_000;

#[test]
fn an_oversized_manifest_is_not_read_to_its_end() {
    let request = "/v2/too/large/manifests/1";
    let body = format!("{{\"schemaVersion\":2,\"x\":\"{}\"}}", "x".repeat(5 << 20));
    SITE.registry("documents").on(request, Reply::json(body));
    Fault {
        registry: "documents",
        page: "too/large:1",
        api: IMAGE,
        status: 502,
        code: "too_large",
        heading: "The answer is larger than Strata reads",
        request,
        says: &["Limit", "Announced", "raise the limit"],
    }
    .check();
}

#[test]
fn malformed_manifests_are_refused_and_their_bytes_shown() {
    for (repository, body, code, heading) in [
        ("broken/json", "{\"schemaVersion\": 2,", "invalid_response", "What stands here is no manifest"),
        ("broken/html", "<html>Sign in</html>", "invalid_response", "What stands here is no manifest"),
        ("broken/list", "[\n  1,\n  2\n]", "invalid_response", "What stands here is no manifest"),
        (
            "broken/twice",
            "{\n  \"layers\": [],\n  \"layers\": [],\n  \"config\": {}\n}",
            "ambiguous_document",
            "This document could mean several things",
        ),
    ] {
        let page = format!("{repository}:1");
        let documents = SITE.registry("documents");
        let digest = documents.content(|content| {
            let digest = content.manifest(repository, "application/json", body.as_bytes());
            content.tag(repository, "1", &digest);
            digest
        });
        Fault {
            registry: "documents",
            page: &page,
            api: IMAGE,
            status: 502,
            code,
            heading,
            request: "",
            says: &["Raw view", "verified", &digest[7..19]],
        }
        .check();
        let raw = get(&format!("/documents/{page}/-/raw"));
        assert_eq!(raw.status, 200);
        raw.says(&[body]);
        let bytes = get(&format!("/-/api/raw/documents/{repository}@{digest}"));
        assert_eq!((bytes.status, bytes.body.as_slice()), (200, body.as_bytes()));
    }
}

#[test]
fn a_config_that_is_no_json_leaves_the_layers_and_its_bytes() {
    let documents = SITE.registry("documents");
    let config = b"<html>this is no config</html>";
    put_image_with(documents, "broken/config", "1", config);
    let page = get("/documents/broken/config:1");
    assert_eq!(page.status, 200);
    page.says(&["The config cannot be read", "So there is no history", "1 layer", "what you can do"]);
    let lines = lines_of(page.request_id());
    assert_eq!(lines.iter().filter(|line| line["message"] == "no page").count(), 1, "{lines:#?}");
    let view = get("/documents/broken/config:1/-/config");
    assert_eq!(view.status, 200);
    view.says(&["The config cannot be read", "Raw view", &digest_of(config)[7..19]]);
    get("/documents/broken/config:1/-/raw").says(&["this is no config"]);
    let bytes = get("/-/api/raw/documents/broken/config:1?config=1");
    assert_eq!((bytes.status, bytes.body.as_slice()), (200, &config[..]));
    let document = get("/-/api/image/documents/broken/config:1");
    assert_eq!(document.status, 200);
    assert_eq!(document.json()["content"]["value"]["config_failure"]["code"], "invalid_response");
    image_opens("documents");
}

#[test]
fn an_index_of_fifteen_thousand_entries_has_a_page() {
    let documents = SITE.registry("documents");
    let (image, size) = put_image(documents, "many/entries", "one");
    let entry = |number: usize| {
        let digest = if number == 0 { image.clone() } else { digest_of(&number.to_le_bytes()) };
        let platform = json!({ "os": "linux", "architecture": format!("a{number}") });
        json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": size, "platform": platform,
        })
    };
    let entries: Vec<_> = (0..15_000).map(entry).collect();
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }).to_string();
    documents.content(|content| {
        let digest = content.manifest("many/entries", INDEX, index.as_bytes());
        content.tag("many/entries", "1", &digest);
    });
    let page = get("/documents/many/entries:1");
    assert_eq!(page.status, 200);
    page.says(&["14,900 more", "COPY content /"]);
    assert!(page.body.len() < LONGEST_PAGE, "{}", page.body.len());
    // The last one can be had all the same: it is missing, and the page says so.
    let last = get("/documents/many/entries:1?platform=linux/a14999");
    assert_eq!(last.status, 200);
    last.says(&["The index names this manifest, many/entries does not have it", "linux/a14999"]);
    assert_eq!(get("/documents/many/entries:1?platform=linux/none").status, 404);
    let raw = get("/documents/many/entries:1/-/raw");
    assert_eq!(raw.status, 200);
    raw.says(&["is left out here; the download has all of it", "Only the first 1,000 digests are links."]);
    assert!(raw.body.len() < LONGEST_PAGE, "{}", raw.body.len());
    let document = get("/-/api/image/documents/many/entries:1").json();
    assert_eq!(
        (document["platforms"].as_array().map(Vec::len), &document["more_platforms"]),
        (Some(100), &json!(14_900))
    );
    image_opens("good");
}

#[test]
fn a_history_of_a_hundred_thousand_steps_has_pages() {
    let mut history = String::new();
    for number in 0..100_000 {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(history, r#"{comma}{{"created_by":"RUN step {number} # buildkit","empty_layer":true}}"#);
    }
    let config = format!(
        r#"{{"os":"linux","architecture":"amd64","rootfs":{{"type":"layers","diff_ids":[]}},"history":[{history}]}}"#
    );
    let documents = SITE.registry("documents");
    put_image_with(documents, "many/steps", "1", config.as_bytes());
    let page = get("/documents/many/steps:1");
    assert_eq!(page.status, 200);
    page.says(&["100,000 steps", "step 199", "The history has more steps than one page shows"]);
    assert!(!page.text().contains("step 200"));
    assert!(page.body.len() < LONGEST_PAGE, "{}", page.body.len());
    let last = get("/documents/many/steps:1?steps=99900");
    last.says(&["step 99900", "step 99999"]);
    let dockerfile = get("/documents/many/steps:1?as=dockerfile");
    assert_eq!(dockerfile.status, 200);
    dockerfile.says(&["RUN step 0", "is left out"]);
    assert!(dockerfile.body.len() < LONGEST_PAGE, "{}", dockerfile.body.len());
    assert_eq!(get("/documents/many/steps:1/-/config").status, 200);
    assert_eq!(get("/documents/many/steps:1/-/raw").status, 200);
    let document = get("/-/api/image/documents/many/steps:1").json();
    assert_eq!(document["content"]["value"]["step_count"], 100_000);
    image_opens("good");
}

#[test]
fn a_command_of_ten_megabytes_is_cut_and_says_so() {
    let words = "make && ".repeat(10 << 17);
    let config = json!({
        "os": "linux",
        "architecture": "amd64",
        "rootfs": { "type": "layers", "diff_ids": [digest_of(b"a layer")] },
        "history": [{ "created_by": format!("RUN {words}true # buildkit") }],
    });
    put_image_with(SITE.registry("documents"), "long/command", "1", config.to_string().as_bytes());
    for (view, said) in [
        ("", "more characters, see the raw view"),
        ("?as=dockerfile", "1 more step is not shown"),
        ("/-/raw", "is left out here"),
    ] {
        let page = get(&format!("/documents/long/command:1{view}"));
        assert_eq!(page.status, 200, "{view}");
        page.says(&[said]);
        assert!(page.body.len() < LONGEST_PAGE, "{view}: {}", page.body.len());
    }
    image_opens("good");
}

/// A chart whose texts are long in every list, with a file's name of a megabyte. Its page once had nearly all of it several times.
fn put_chart_of_long_texts(documents: &Fixture) {
    let long = "x".repeat(1_900);
    let dependency =
        json!({ "name": long, "version": long, "repository": long, "alias": long, "tags": vec![&long; 20] });
    let chart = json!({
        "apiVersion": "v2", "name": "long", "version": "1", "keywords": vec![&long; 100], "dependencies": vec![dependency; 15],
    });
    let chart = chart.to_string();
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let blob = json!({
        "mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": digest_of(chart.as_bytes()), "size": chart.len(),
        "annotations": { "org.opencontainers.image.title": "x".repeat(1 << 20) },
    });
    let manifest = json!({ "schemaVersion": 2, "mediaType": media_type, "config": blob, "layers": [] });
    documents.content(|content| {
        content.blob("long/texts", chart.as_bytes());
        let digest = content.manifest("long/texts", media_type, manifest.to_string().as_bytes());
        content.tag("long/texts", "chart", &digest);
    });
}

/// A page of such rows once had as many bytes as their manifests and configs together; it was seen to fail for a chart, too.
#[test]
fn rows_of_long_texts_are_short() {
    let documents = SITE.registry("documents");
    let long = "x".repeat(3 << 20);
    let config = json!({
        "os": long, "architecture": long, "created": long, "rootfs": { "type": "layers", "diff_ids": [] },
    });
    put_image_with(documents, "long/texts", "platform", config.to_string().as_bytes());
    let annotations = json!({ "org.opencontainers.image.created": long });
    for (tag, member, value) in
        [("created", "annotations", annotations), ("kind", "artifactType", json!(format!("application/{long}")))]
    {
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let config = json!({ "mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2 });
        let manifest = json!({
            "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": [], member: value,
        });
        documents.content(|content| {
            let digest = content.manifest("long/texts", media_type, manifest.to_string().as_bytes());
            content.tag("long/texts", tag, &digest);
        });
    }
    put_chart_of_long_texts(documents);
    for page in [
        "/documents/long/texts",
        "/documents/long/texts:chart",
        "/-/api/tags/documents/long/texts",
        "/-/api/image/documents/long/texts:platform",
    ] {
        let page = get(page);
        assert_eq!(page.status, 200);
        assert!(page.body.len() < 200_000, "{}", page.body.len());
    }
    get("/documents/long/texts:platform").says(&["of which the first 256 are read"]);
    image_opens("good");
}

/// Without a limit this takes more than two gigabytes.
#[test]
fn a_history_of_millions_of_steps_has_a_page_that_says_how_many_are_left_out() {
    let history = vec!["{}"; 5_000_000].join(",");
    let config = format!(
        r#"{{"os":"linux","architecture":"amd64","rootfs":{{"type":"layers","diff_ids":[]}},"history":[{history}]}}"#
    );
    put_image_with(SITE.registry("documents"), "too/many/steps", "1", config.as_bytes());
    let page = get("/documents/too/many/steps:1");
    assert_eq!(page.status, 200);
    page.says(&["only the first 100000 are read, 4900000 more are left out", "more steps or layers than are read"]);
    assert!(!page.text().contains("does not match"));
    assert!(page.body.len() < LONGEST_PAGE, "{}", page.body.len());
    image_opens("good");
}
