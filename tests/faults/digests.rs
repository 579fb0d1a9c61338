//! Bytes that are others than their digest names, and tags that move while they are read.

use serde_json::json;

use super::fault::{Fault, put_image};
use super::site::{SITE, get};
use super::support::{Reply, digest_of};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const IMAGE: &str = "/-/api/image/";

#[test]
fn other_bytes_than_the_digest_names_are_not_shown() {
    let asked = digest_of(b"what was asked for");
    let request = format!("/v2/wrong/digest/manifests/{asked}");
    SITE.registry("documents").on(&request, Reply::json(r#"{"schemaVersion":2,"secret":"not shown"}"#));
    let page = format!("wrong/digest@{asked}");
    let received = digest_of(br#"{"schemaVersion":2,"secret":"not shown"}"#);
    let page = Fault {
        registry: "documents",
        page: &page,
        api: IMAGE,
        status: 502,
        code: "digest_mismatch",
        heading: "The registry sent other bytes than this digest names",
        request: &request,
        says: &["mismatch", "Bytes received", &received[7..19], "do not pull it"],
    }
    .check();
    assert!(!page.text().contains("not shown,\""), "{}", page.text());
    assert!(!page.text().contains("\"secret\""), "{}", page.text());
    // Nor are they handed out as bytes.
    let raw = get(&format!("/-/api/raw/documents/wrong/digest@{asked}"));
    assert_eq!((raw.status, raw.json()["error"]["code"].as_str()), (502, Some("digest_mismatch")));
}

#[test]
fn a_tag_whose_header_names_another_digest_is_refused() {
    let request = "/v2/wrong/header/manifests/1";
    let other = digest_of(b"something else");
    let reply = Reply::ok("{\"schemaVersion\":2}").header("docker-content-digest", &other);
    SITE.registry("documents").on(request, reply.header("content-type", INDEX));
    let says = ["Header said", &other[7..19]];
    Fault {
        registry: "documents",
        page: "wrong/header:1",
        api: IMAGE,
        status: 502,
        code: "digest_mismatch",
        heading: "The registry sent other bytes than this digest names",
        request,
        says: &says,
    }
    .check();
}

#[test]
fn a_config_of_another_digest_leaves_the_layers() {
    let documents = SITE.registry("documents");
    put_image(documents, "wrong/config", "1");
    documents.script(|received| received.path.starts_with("/v2/wrong/config/blobs/").then(|| Reply::ok("{}  ")));
    let page = get("/documents/wrong/config:1");
    assert_eq!(page.status, 200);
    page.says(&["mismatch", "So there is no history"]);
    let config = get("/documents/wrong/config:1/-/config");
    assert_eq!(config.status, 200);
    config.says(&["/v2/wrong/config/blobs/", "Try again"]);
}

#[test]
fn a_tag_that_moves_while_it_is_read_says_what_is_missing_and_opens_again() {
    let documents = SITE.registry("documents");
    let gone = digest_of(b"deleted with the old index");
    let entry = |digest: &str, size: usize| {
        json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest,
            "size": size,
            "platform": { "os": "linux", "architecture": "amd64" },
        })
    };
    let index = |entry| json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] }).to_string();
    // The index was read, and before its child was, somebody pushed the tag anew and deleted what it had pointed at.
    let old = documents.content(|content| {
        let digest = content.manifest("moved/tag", INDEX, index(entry(&gone, 26)).as_bytes());
        content.tag("moved/tag", "1", &digest);
        digest
    });
    let page = get("/documents/moved/tag:1");
    assert_eq!(page.status, 200);
    let missing = format!("/v2/moved/tag/manifests/{gone}");
    page.says(&[
        "The index names this manifest, moved/tag does not have it",
        &missing,
        "404",
        "Refresh past the caches",
    ]);
    let lines = super::fault::lines_of(page.request_id());
    assert_eq!(lines.iter().filter(|line| line["message"] == "no page").count(), 1, "{lines:#?}");

    let (image, size) = put_image(documents, "moved/tag", "other");
    documents.content(|content| {
        let digest = content.manifest("moved/tag", INDEX, index(entry(&image, size)).as_bytes());
        content.tag("moved/tag", "1", &digest);
    });
    // The permanent link still means the old one, and says that the tag has gone on.
    let pinned = get(&format!("/documents/moved/tag:1@{old}?refresh=1"));
    assert_eq!(pinned.status, 200);
    pinned.says(&["has moved since", "Open what it points at"]);
}
