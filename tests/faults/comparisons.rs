//! Comparisons of which one side, or both, cannot be had.

use serde_json::json;

use super::fault::{image_opens, lines_of, put_image, put_image_with};
use super::site::{SITE, get};
use super::support::{Answer, Reply, digest_of};

/// The most that a page may be, whatever is compared.
const LONGEST_PAGE: usize = 2_000_000;

/// A comparison that fails: the page, after its status, its words, its log line and the same in the JSON API were checked.
fn fails(from: &str, to: &str, status: u16, code: &str, says: &[&str]) -> Answer {
    let query = format!("from={from}&to={to}");
    let page = get(&format!("/-/compare?{query}"));
    assert_eq!(page.status, status, "{query}: {}", page.text());
    page.says(&["of the comparison", "What you can do", "Compare something else."]);
    page.says(says);
    let lines = lines_of(page.request_id());
    let failures: Vec<_> = lines.iter().filter(|line| line["message"] == "no page").collect();
    let both = says.contains(&"The second image fails too");
    assert_eq!(failures.len(), if both { 2 } else { 1 }, "{lines:#?}");
    assert_eq!((failures[0]["status"].as_u64(), failures[0]["code"].as_str()), (Some(status.into()), Some(code)));
    let answer = get(&format!("/-/api/compare?{query}"));
    let error = answer.json()["error"].take();
    assert_eq!((answer.status, error["code"].as_str()), (status, Some(code)), "{error}");
    image_opens("good");
    page
}

#[test]
fn a_side_with_other_bytes_than_its_digest_names_is_named() {
    put_image(SITE.registry("good"), "compared/app", "1");
    let asked = digest_of(b"what was compared");
    let path = format!("/v2/compared/wrong/manifests/{asked}");
    SITE.registry("documents").on(&path, Reply::json(r#"{"schemaVersion":2}"#));
    let wrong = format!("documents/compared/wrong@{asked}");
    let heading = "The registry sent other bytes than this digest names";
    for (from, to, side) in
        [("good/compared/app:1", wrong.as_str(), "second"), (&wrong, "good/compared/app:1", "first")]
    {
        let words = format!("This is about the {side} image of the comparison");
        fails(from, to, 502, "digest_mismatch", &[heading, &words, &path]);
    }
}

#[test]
fn a_side_whose_registry_is_gone_does_not_hide_what_is_wrong_with_the_other() {
    put_image(SITE.registry("good"), "compared/gone", "1");
    fails(
        "good/compared/gone:1",
        "dead/app:1",
        502,
        "unreachable",
        &["The registry cannot be reached", "the second image of the comparison"],
    );
    fails(
        "dead/app:1",
        "good/compared/gone:absent",
        502,
        "unreachable",
        &["the first image of the comparison", "The second image fails too", "There is no tag absent in compared/gone"],
    );
}

#[test]
fn a_side_that_is_refused_or_no_manifest_is_named() {
    put_image(SITE.registry("good"), "compared/refused", "1");
    let refusing = SITE.registry("refusing");
    refusing.on("/v2/compared/secret/manifests/1", Reply::error(403, "DENIED", "not for you"));
    fails("good/compared/refused:1", "refusing/compared/secret:1", 403, "denied", &["not for you"]);
    SITE.registry("documents").content(|content| {
        let digest = content.manifest("compared/broken", "application/json", b"{\"schemaVersion\": 2,");
        content.tag("compared/broken", "1", &digest);
    });
    let heading = "What stands here is no manifest";
    fails("documents/compared/broken:1", "good/compared/refused:1", 502, "invalid_response", &[heading]);
}

#[test]
fn a_side_without_its_config_is_compared_by_its_layers() {
    let documents = SITE.registry("documents");
    put_image(documents, "compared/sound", "1");
    put_image_with(documents, "compared/unconfigured", "1", b"<html>this is no config</html>");
    let query = "from=documents/compared/sound:1&to=documents/compared/unconfigured:1";
    let page = get(&format!("/-/compare?{query}"));
    assert_eq!(page.status, 200, "{}", page.text());
    page.says(&["all layers are already there", "cannot be read: "]);
    let config = get(&format!("/-/compare?{query}&view=config"));
    assert_eq!(config.status, 200, "{}", config.text());
    config.says(&["cannot be read: "]);
    image_opens("documents");
}

#[test]
fn histories_of_many_long_steps_are_compared_on_a_page_that_ends() {
    let documents = SITE.registry("documents");
    for (tag, word) in [("1", "one"), ("2", "two")] {
        let step = |number: usize| json!({ "created_by": format!("RUN {} {word} {number} # buildkit", "x".repeat(300)), "empty_layer": true });
        let config = json!({
            "os": "linux",
            "architecture": "amd64",
            "rootfs": { "type": "layers", "diff_ids": [] },
            "history": (0..20_000).map(step).collect::<Vec<_>>(),
        });
        put_image_with(documents, "compared/long", tag, config.to_string().as_bytes());
    }
    for view in ["", "&view=config"] {
        let page = get(&format!("/-/compare?from=documents/compared/long:1&to=documents/compared/long:2{view}"));
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.body.len() < LONGEST_PAGE, "{view}: {}", page.body.len());
    }
    image_opens("good");
}
