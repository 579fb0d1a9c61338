//! Every document of the folder of real ones, as whole pages and as JSON: a page or a clear refusal, and the exact bytes.
//!
//! They stand beside the repository and not in it. Where the folder is missing the test says so and passes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::fault::put_image_with;
use super::site::{SITE, get};
use super::support::{Answer, digest_of};

const REPOSITORY: &str = "real/documents";

/// The documents of a kind; nothing, said aloud, where the folder is missing.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn documents(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/documents").join(kind);
    let Ok(files) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: there are no documents at {}: nothing was checked", folder.display());
        return Vec::new();
    };
    files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

/// Serves everything in one repository, so that what refers to another of the documents finds it.
fn serve() -> Vec<(String, Vec<u8>)> {
    let registry = SITE.registry("documents");
    let mut served = Vec::new();
    for kind in ["manifest", "index", "schema1"] {
        for bytes in documents(kind) {
            let own = serde_json::from_slice::<Value>(&bytes).ok();
            let own = own.as_ref().and_then(|document| document.get("mediaType")?.as_str());
            let own = own.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic())).unwrap_or("application/json");
            let digest = registry.content(|content| content.manifest(REPOSITORY, own, &bytes));
            served.push((digest, bytes));
        }
    }
    for bytes in documents("config") {
        registry.content(|content| content.blob(REPOSITORY, &bytes));
    }
    served
}

/// Fails where it is neither a page nor a clear refusal.
fn check_page(page: &Answer) -> bool {
    let text = page.text();
    match page.status {
        200 => page.says(&["verified"]),
        502 => page.says(&["What you can do", "Raw view", "verified"]),
        other => panic!("{}: {other}: {text}", page.target),
    }
    page.status == 200
}

#[test]
fn every_manifest_is_a_page_or_a_clear_refusal() {
    let documents = serve();
    for (digest, bytes) in &documents {
        let page = format!("/documents/{REPOSITORY}@{digest}");
        let opened = check_page(&get(&page));
        for view in ["?as=dockerfile", "/-/config"] {
            assert_eq!(check_page(&get(&format!("{page}{view}"))), opened, "{page}{view}");
        }
        // The text is shown whatever it is.
        let raw = get(&format!("{page}/-/raw"));
        assert_eq!(raw.status, 200, "{page}");
        raw.says(&["verified", &digest[7..19]]);

        let api = get(&format!("/-/api/image/documents/{REPOSITORY}@{digest}"));
        let document = api.json();
        if opened {
            assert_eq!(api.status, 200, "{document}");
            let identity = &document["identity"];
            let named = [&identity["index"]["digest"], &identity["manifest"]["digest"]];
            assert!(named.iter().any(|named| *named == digest.as_str()), "{document}");
        } else {
            let code = document["error"]["code"].as_str().unwrap();
            assert!(["invalid_response", "ambiguous_document"].contains(&code), "{document}");
        }
        exact_bytes(&format!("/-/api/raw/documents/{REPOSITORY}@{digest}"), bytes, digest);
    }
}

#[test]
fn every_config_is_a_page_or_a_clear_refusal() {
    let registry = SITE.registry("documents");
    for bytes in documents("config") {
        let digest = digest_of(&bytes);
        let repository = format!("real/config-{}", &digest[7..19]);
        put_image_with(registry, &repository, "1", &bytes);
        for view in ["", "?as=dockerfile", "/-/config", "/-/raw"] {
            let page = get(&format!("/documents/{repository}:1{view}"));
            assert_eq!(page.status, 200, "{}: {}", page.target, page.text());
            page.says(&[&digest[7..19]]);
        }
        let api = get(&format!("/-/api/image/documents/{repository}:1"));
        assert_eq!((api.status, api.json()["identity"]["image_id"]["digest"].as_str()), (200, Some(digest.as_str())));
        exact_bytes(&format!("/-/api/raw/documents/{repository}:1?config=1"), &bytes, &digest);
    }
}

/// Fails unless the download is exactly these bytes.
fn exact_bytes(target: &str, bytes: &[u8], digest: &str) {
    let raw = get(target);
    assert_eq!(raw.status, 200, "{target}");
    assert!(raw.body == bytes, "{target}");
    assert_eq!(digest_of(&raw.body), digest);
    assert_eq!(raw.header("etag"), format!("\"{digest}\""));
}
