//! The distribution client against a registry that behaves and misbehaves as told.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is not as it should be")]

mod support;

#[path = "registry_client/blobs.rs"]
mod blobs;
#[path = "registry_client/cache.rs"]
mod cache;
#[path = "registry_client/capabilities.rs"]
mod capabilities;
#[path = "registry_client/credentials.rs"]
mod credentials;
#[path = "registry_client/documents.rs"]
mod documents;
#[path = "registry_client/failures.rs"]
mod failures;
#[path = "registry_client/layers.rs"]
mod layers;
#[path = "registry_client/lists.rs"]
mod lists;
#[path = "registry_client/patience.rs"]
mod patience;
#[path = "registry_client/quirks.rs"]
mod quirks;
#[path = "registry_client/real_documents.rs"]
mod real_documents;
#[path = "registry_client/redirects.rs"]
mod redirects;
#[path = "registry_client/referrers.rs"]
mod referrers;
#[path = "registry_client/secrets.rs"]
mod secrets;
#[path = "registry_client/sign_in.rs"]
mod sign_in;
#[path = "registry_client/sockets.rs"]
mod sockets;
#[path = "registry_client/turns.rs"]
mod turns;
#[path = "registry_client/walks.rs"]
mod walks;

use std::sync::Arc;
use std::time::Duration;

use strata::oci::{Descriptor, MediaType, RepositoryName};
use strata::registry::{
    Client, Credentials, DocumentCache, Limits, ManifestReference, RegistrySettings, Request, Secret,
};
use support::Fixture;
use url::Url;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Limits under which a failing test ends soon.
fn limits() -> Limits {
    Limits { retry_pause: Duration::from_millis(1), ..Limits::default() }
}

fn settings(url: Url) -> RegistrySettings {
    RegistrySettings { limits: limits(), ..RegistrySettings::new("test", url) }
}

fn client(fixture: &Fixture) -> Client {
    client_with(settings(fixture.url()))
}

fn client_with(settings: RegistrySettings) -> Client {
    Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap()
}

fn signed_in(fixture: &Fixture) -> RegistrySettings {
    let credentials = Credentials::new("reader", Secret::new("hunter2"));
    RegistrySettings { credentials: Some(credentials), ..settings(fixture.url()) }
}

/// The header that [`signed_in`] leads to.
const BASIC: &str = "Basic cmVhZGVyOmh1bnRlcjI=";

fn repository() -> RepositoryName {
    "app/web".parse().unwrap()
}

fn tag(text: &str) -> ManifestReference {
    ManifestReference::Tag(text.parse().unwrap())
}

fn digest(text: &str) -> ManifestReference {
    ManifestReference::Digest(text.parse().unwrap())
}

fn descriptor(digest: &str, size: Option<u64>) -> Descriptor {
    Descriptor {
        media_type: MediaType::new("application/vnd.oci.image.config.v1+json"),
        digest: digest.parse().ok(),
        size,
        urls: Vec::new(),
        annotations: Vec::new(),
        artifact_type: None,
        platform: None,
    }
}

/// A registry with `app/web:1`; also its manifest's digest.
async fn with_manifest(bytes: &[u8]) -> (Fixture, String) {
    let fixture = Fixture::start().await;
    let digest = fixture.content(|content| {
        let digest = content.manifest("app/web", MANIFEST, bytes);
        content.tag("app/web", "1", &digest);
        digest
    });
    (fixture, digest)
}

fn outcomes(request: &Request) -> Vec<String> {
    request.trace.entries().into_iter().map(|entry| entry.outcome).collect()
}
