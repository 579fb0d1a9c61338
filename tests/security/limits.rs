//! Limits that an operator sets: each says on the page that it was reached, with its figure (threats T-9, T-14).
//!
//! Fails when a limit is reached in silence. Limits of waiting are in `tests/faults/slow.rs`, of readers in `tests/server`.

use serde_json::json;

use super::site::{CONFIG, MANIFEST, SITE, get, layer};
use super::support::{Reply, digest_of};

/// Pages of a list, each with a link to another one.
fn pages(repository: &str, tags: &[&[&str]]) {
    let path = format!("/v2/{repository}/tags/list");
    let replies = tags.iter().enumerate().map(|(number, tags)| {
        let reply = Reply::json(json!({ "tags": tags }).to_string());
        reply.header("link", &format!("<{path}?last=page-{number}>; rel=\"next\""))
    });
    SITE.small.in_turn(&path, replies.collect());
}

#[test]
fn lists_say_which_limit_ended_them() {
    let path = |name: &str| format!("/v2/limits/{name}/tags/list");
    SITE.small.on(&path("page"), Reply::json(json!({ "tags": ["1", "2", "3", "4", "5", "6"] }).to_string()));
    pages("limits/names", &[&["1", "2", "3", "4"], &["5", "6", "7", "8"], &["9"]]);
    pages("limits/barren", &[&["1"], &["1"], &["1"], &["1"]]);
    let slow = Reply::json("{\"tags\":[\"2\"]}").after(std::time::Duration::from_secs(20));
    let first = Reply::json("{\"tags\":[\"1\"]}").header("link", "<?last=1>; rel=\"next\"");
    SITE.small.in_turn(&path("time"), vec![first, slow]);
    for (name, words) in [
        ("page", "One page of the list had more than 5 names, the limit"),
        ("names", "The list ended here after 7 names, the limit"),
        ("barren", "The registry sent 2 pages of the list in a row without a new name"),
        ("time", "The list ended here because reading it took longer than the limit"),
    ] {
        let page = get(&format!("/small/limits/{name}"));
        assert_eq!(page.status, 200, "{name}: {}", page.text());
        page.says(&[words]);
    }
}

#[test]
fn documents_say_which_limit_they_pass() {
    let put = |tag: &str, config_size: usize, annotation: &str| {
        let config = format!("{{\"os\":\"linux\",\"x\":\"{}\"}}", "y".repeat(config_size));
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "layers": [layer("x")], "annotations": { "a": annotation },
            "config": { "mediaType": CONFIG, "digest": digest_of(config.as_bytes()), "size": config.len() },
        });
        SITE.small.content(|content| {
            content.blob("limits/documents", config.as_bytes());
            let digest = content.manifest("limits/documents", MANIFEST, manifest.to_string().as_bytes());
            content.tag("limits/documents", tag, &digest);
        });
    };
    put("sound", 100, "");
    put("config", 4_000, "");
    put("manifest", 100, &"z".repeat(4_000));
    assert_eq!(get("/small/limits/documents:sound").status, 200);
    // The layers are there all the same.
    let page = get("/small/limits/documents:config");
    assert_eq!(page.status, 200, "{}", page.text());
    page.says(&["1 layer", "So there is no history"]);
    get("/small/limits/documents:config/-/config").says(&["The answer is larger than Strata reads", "2,048"]);
    let page = get("/small/limits/documents:manifest");
    assert_eq!(page.status, 502, "{}", page.text());
    page.says(&["The answer is larger than Strata reads", "3,000", "raise the limit"]);
}

#[test]
fn redirects_and_error_texts_end_at_their_limits() {
    let digest = digest_of(b"{}x");
    let path = format!("/v2/limits/hops/blobs/{digest}");
    SITE.small.script(move |received| {
        (received.path == path).then(|| Reply::redirect(307, &format!("{path}?hop={}", received.earlier)))
    });
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": [layer("x")],
        "config": { "mediaType": CONFIG, "digest": digest, "size": 3 },
    });
    SITE.small.content(|content| {
        let digest = content.manifest("limits/hops", MANIFEST, manifest.to_string().as_bytes());
        content.tag("limits/hops", "1", &digest);
    });
    let page = get("/small/limits/hops:1");
    assert_eq!(page.status, 200, "{}", page.text());
    page.says(&["1 layer", "redirect"]);
    let words = "words ".repeat(100_000);
    SITE.small.on("/v2/limits/words/manifests/1", Reply::status(500).body(words).header("content-type", "text/plain"));
    let page = get("/small/limits/words:1");
    assert_eq!(page.status, 502);
    page.says(&["words words"]);
    assert!(page.text().matches("words").count() < 1_000, "the text is shown to its end");
}
