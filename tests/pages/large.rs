//! Large documents: the work on them is done beside the requests of others.

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::channel;

use futures::poll;
use serde_json::json;
use strata::registry::{Client, DocumentCache, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::address::ImageView;
use strata::view::compare::{CompareQuery, CompareView};
use strata::view::image::ImageQuery;
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;

use super::registry::{Fixture, digest_of};
use super::support::reference;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A registry with an image of few steps whose config is large all the same; also the image's reference.
async fn large_image() -> (Fixture, String) {
    let config = json!({
        "os": "linux",
        "architecture": "amd64",
        "config": { "Labels": { "text": "x".repeat(400_000) } },
        "rootfs": { "type": "layers", "diff_ids": [digest_of(b"a layer")] },
        "history": [{ "created_by": "RUN make" }],
    });
    let config = config.to_string();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest_of(config.as_bytes()),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
            "digest": digest_of(b"a layer"),
            "size": 7,
        }],
    });
    let fixture = Fixture::start().await;
    let digest = fixture.content(|content| {
        content.blob("app/large", config.as_bytes());
        content.manifest("app/large", MANIFEST, manifest.to_string().as_bytes())
    });
    (fixture, format!("app/large@{digest}"))
}

/// Polls a page while the only thread that may block is busy: where that is not waited for, the page is there at once.
async fn waits_for_a_thread<T>(page: impl Future<Output = T>) -> (bool, T) {
    let (release, held) = channel::<()>();
    let busy = spawn_blocking(move || held.recv());
    let mut page = pin!(page);
    let waits = poll!(page.as_mut()).is_pending();
    drop(release);
    let page = page.await;
    assert!(busy.await.unwrap().is_err(), "it was released by the end of the channel");
    (waits, page)
}

#[test]
fn pages_of_large_documents_are_made_in_a_thread_of_their_own() {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let (fixture, name) = large_image().await;
        let settings = RegistrySettings::new("test", fixture.url());
        let client = Client::new(settings, Arc::new(DocumentCache::new(64_000_000))).unwrap();
        let service = Service::new(vec![client], ServiceSettings::default());
        for view in [ImageView::Layers, ImageView::Config, ImageView::Raw] {
            let query = ImageQuery { view, ..ImageQuery::new(reference(&name)) };
            service.image(&query).await.unwrap();
            // All is known now, so that nothing but the work itself can be waited for.
            let (waits, page) = waits_for_a_thread(service.image(&query)).await;
            assert!(waits && page.is_ok(), "{view:?}");
        }
        for view in [CompareView::Layers, CompareView::Config] {
            let query = CompareQuery { from: name.clone(), to: name.clone(), view, ..CompareQuery::default() };
            service.compare(&query).await.unwrap();
            let (waits, page) = waits_for_a_thread(Box::pin(service.compare(&query))).await;
            assert!(waits && page.is_ok(), "{view:?}");
        }
    });
}
