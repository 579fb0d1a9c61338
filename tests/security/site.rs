//! Strata in front of three registries, `main` with credentials, `other`, and `small` with small limits: one for all tests of
//! this program.
//!
//! Making a router is not safe beside requests, and clients keep their connections on the runtime that made them. So there
//! is one runtime, and everything stands before the first request. Each test has repositories of its own.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::support::site::{in_file, site};
use super::support::{Answer, Fixture, digest_of};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The limits of `small`.
const SMALL: &str = "manifest_bytes = 3000\nconfig_bytes = 2048\nlist_page_names = 5\nwalk_names = 7\nwalk_barren_pages = 2\n\
                     walk_seconds = 3\nredirects = 1\nerror_body_bytes = 4096\n";

/// The site and the registries behind it.
pub(crate) struct Site {
    pub(crate) runtime: Runtime,
    router: Router,
    pub(crate) main: Fixture,
    pub(crate) other: Fixture,
    pub(crate) small: Fixture,
}

pub(crate) static SITE: LazyLock<Site> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (router, main, other, small) = runtime.block_on(async {
        let (main, other, small) = (Fixture::start().await, Fixture::start().await, Fixture::start().await);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "hunter2").unwrap();
        let (first, second, third) = (main.origin(), other.origin(), small.origin());
        let text = format!(
            "[limits]\nretries = 0\npage_deadline_ms = 30000\nlayer_unpacked_bytes = 400000000\nlayer_entries = 1000\n[[registries]]\nname = 'main'\nurl = '{first}'\nusername = \
             'reader'\npassword_file = 'password'\n[[registries]]\nname = 'other'\nurl = '{second}'\n[[registries]]\nname = \
             'small'\nurl = '{third}'\n[registries.limits]\n{SMALL}"
        );
        (site(&in_file(folder.path(), &text)).await, main, other, small)
    });
    Site { runtime, router, main, other, small }
});

/// `GET` at the site.
pub(crate) fn get(target: &str) -> Answer {
    SITE.runtime.block_on(Answer::get(&SITE.router, target))
}

/// `POST` at the site, as the button of a page of its own makes it; gives the status.
pub(crate) fn post(target: &str) -> u16 {
    let request = Request::post(target).header(header::HOST, "localhost:3000").header("sec-fetch-site", "same-origin");
    let request = request.body(Body::empty()).unwrap();
    SITE.runtime.block_on(SITE.router.clone().oneshot(request)).unwrap().status().as_u16()
}

/// A page that must be there.
pub(crate) fn page(target: &str) -> Answer {
    let answer = get(target);
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    answer
}

/// Puts a document of any kind under a tag of `main`; its digest is given back.
pub(crate) fn put(repository: &str, tag: &str, media_type: &str, document: &str) -> String {
    SITE.main.content(|content| {
        let digest = content.manifest(repository, media_type, document.as_bytes());
        content.tag(repository, tag, &digest);
        digest
    })
}

/// Puts a config into a repository of `main`; its descriptor is given back.
pub(crate) fn put_config(repository: &str, config: &str) -> Value {
    SITE.main.content(|content| content.blob(repository, config.as_bytes()));
    json!({ "mediaType": CONFIG, "digest": digest_of(config.as_bytes()), "size": config.len() })
}

/// A layer's descriptor.
pub(crate) fn layer(name: &str) -> Value {
    json!({ "mediaType": LAYER, "digest": digest_of(name.as_bytes()), "size": 1_000 })
}

/// A config of one layer.
pub(crate) fn sound_config() -> Value {
    json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": { "type": "layers", "diff_ids": [digest_of(b"a layer's content")] },
        "history": [{ "created_by": "COPY content / # buildkit" }],
    })
}

/// Puts a sound image with these changes to its manifest under a tag of `main`.
pub(crate) fn put_image(repository: &str, tag: &str, config: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": put_config(repository, config), "layers": [layer("a layer")],
    });
    change(&mut manifest);
    put(repository, tag, MANIFEST, &manifest.to_string())
}

/// Puts an artifact of one blob with these changes to its manifest under a tag of `main`.
pub(crate) fn put_artifact(
    repository: &str,
    tag: &str,
    media_type: &str,
    blob: &Value,
    change: impl FnOnce(&mut Value),
) -> String {
    let blob = blob.to_string();
    SITE.main.content(|content| content.blob(repository, blob.as_bytes()));
    let mut manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": media_type,
        "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2 },
        "layers": [{ "mediaType": media_type, "digest": digest_of(blob.as_bytes()), "size": blob.len() }],
    });
    change(&mut manifest);
    put(repository, tag, MANIFEST, &manifest.to_string())
}
