//! Strata in front of one registry, and the few words that its documents are made with.

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
pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(crate) const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";

/// The site and its registry.
pub(crate) struct Shelf {
    runtime: Runtime,
    router: Router,
    pub(crate) fixture: Fixture,
}

/// Made once: making a router is not safe beside requests.
pub(crate) static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (router, fixture) = runtime.block_on(async {
        let fixture = Fixture::start().await;
        let folder = tempfile::tempdir().unwrap();
        let url = fixture.origin();
        let text = format!(
            "[limits]\nretries = 0\npage_deadline_ms = 30000\ntag_ttl_ms = 0\ntag_list_ttl_ms = 0\n[[registries]]\nurl = '{url}'\n"
        );
        (site(&in_file(folder.path(), &text)).await, fixture)
    });
    Shelf { runtime, router, fixture }
});

pub(crate) fn get(target: &str) -> Answer {
    SHELF.runtime.block_on(Answer::get(&SHELF.router, target))
}

/// `POST` as the button of a page of the site makes it; gives the status.
pub(crate) fn post(target: &str) -> u16 {
    let request = Request::post(target).header(header::HOST, "localhost:3000").header("sec-fetch-site", "same-origin");
    let request = request.body(Body::empty()).unwrap();
    SHELF.runtime.block_on(SHELF.router.clone().oneshot(request)).unwrap().status().as_u16()
}

/// A page that must be there and have these words; its JSON is given back.
pub(crate) fn shows(reference: &str, words: &[&str]) -> Value {
    let page = get(&format!("/{reference}"));
    assert_eq!(page.status, 200, "{reference}: {}", page.text());
    page.says(words);
    for view in ["config", "raw"] {
        let view = get(&format!("/{reference}/-/{view}"));
        assert!(matches!(view.status, 200 | 404), "{}: {}", view.target, view.text());
    }
    let (repository, _) = reference.split_once([':', '@']).unwrap();
    assert_eq!(get(&format!("/{repository}?details=0")).status, 200, "{repository}");
    get(&format!("/-/api/image/{reference}")).json()
}

/// Puts a document under a tag.
pub(crate) fn put(repository: &str, tag: &str, media_type: &str, document: &Value) -> Value {
    let bytes = document.to_string();
    SHELF.fixture.content(|content| {
        let digest = content.manifest(repository, media_type, bytes.as_bytes());
        content.tag(repository, tag, &digest);
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    })
}

/// Puts a blob and describes it.
pub(crate) fn blob(repository: &str, media_type: &str, text: &str) -> Value {
    let digest = SHELF.fixture.content(|content| content.blob(repository, text.as_bytes()));
    json!({ "mediaType": media_type, "digest": digest, "size": text.len() })
}

/// Describes a layer that is not there: nobody opens it.
pub(crate) fn layer(name: &str) -> Value {
    json!({ "mediaType": LAYER, "digest": digest_of(name.as_bytes()), "size": 1_000_000 })
}

/// A config of so many layers, with a step for each.
pub(crate) fn config(layers: usize) -> Value {
    json!({
        "os": "linux", "architecture": "amd64", "created": "2026-10-01T12:00:00Z",
        "rootfs": { "type": "layers", "diff_ids": (0..layers).map(|number| digest_of(format!("diff {number}").as_bytes())).collect::<Vec<_>>() },
        "history": (0..layers).map(|number| json!({ "created_by": format!("COPY part-{number} / # buildkit") })).collect::<Vec<_>>(),
    })
}

/// A manifest of so many layers with this config.
pub(crate) fn manifest(repository: &str, layers: usize, config: &Value) -> Value {
    json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": blob(repository, CONFIG, &config.to_string()),
        "layers": (0..layers).map(|number| layer(&format!("layer {number}"))).collect::<Vec<_>>(),
    })
}

/// With these members set or replaced.
pub(crate) fn with(mut document: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}
