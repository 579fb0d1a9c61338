//! The distribution client and whole pages against real registries, filled by `skopeo`: Debian's `docker-registry` 2.8 and, where
//! there is Go, Distribution 3 and crane's. What they do, and not what we believe that they do. Where a program is missing, the
//! test says so and shows nothing.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is not as it should be")]

mod support;

#[path = "docker_registry/debian.rs"]
mod debian;
#[path = "docker_registry/filled.rs"]
mod filled;
#[path = "docker_registry/layout.rs"]
mod layout;
#[path = "docker_registry/others.rs"]
mod others;
#[path = "docker_registry/server.rs"]
mod server;
#[path = "docker_registry/shown.rs"]
mod shown;
#[path = "docker_registry/signed_in.rs"]
mod signed_in;
#[path = "docker_registry/token_service.rs"]
mod token_service;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use server::{Access, Server};
use strata::oci::{Manifest, RepositoryName, Tag};
use strata::registry::{
    AuthKind, Client, Credentials, DocumentCache, Error, ManifestReference, RegistrySettings, Request, Secret,
};
use support::digest_of;

const USER: &str = "reader";
const PASSWORD: &str = "pass:word with spaces";

fn client(server: &Server, change: impl FnOnce(&mut RegistrySettings)) -> Client {
    let mut settings = RegistrySettings::new("debian", server.url());
    settings.limits.retry_pause = Duration::from_millis(1);
    settings.limits.tag_ttl = Duration::ZERO;
    change(&mut settings);
    Client::new(settings, Arc::new(DocumentCache::new(10_000_000))).unwrap()
}

fn name(text: &str) -> RepositoryName {
    text.parse().unwrap()
}

fn tag(text: &str) -> ManifestReference {
    ManifestReference::Tag(text.parse().unwrap())
}

/// Reads everything there is and compares it with what was pushed, and with what skopeo says.
async fn read_all(client: &Client, server: &Server) {
    let listing = client.catalog(&Request::new()).await.unwrap();
    let mut names: Vec<_> = listing.names.iter().map(RepositoryName::as_str).collect();
    // One of them has no order.
    names.sort_unstable();
    assert_eq!(names, ["app/web", "tools/tags/list"]);
    assert!(listing.complete);
    let request = Request::new();
    let listing = client.tags(&request, &name("app/web")).await.unwrap();
    let mut tags: Vec<_> = listing.names.iter().map(Tag::as_str).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["1.0", "docker", "multi"]);

    for (repository, reference) in
        [("app/web", "1.0"), ("app/web", "docker"), ("app/web", "multi"), ("tools/tags/list", "1.0")]
    {
        let request = Request::new();
        let document = client.manifest(&request, &name(repository), &tag(reference)).await.unwrap();
        assert_eq!(document.bytes, server.inspect(&["--raw"], repository, reference), "{repository}:{reference}");
        assert_eq!(document.digest.as_str(), digest_of(&document.bytes));
        assert_eq!(document.reported.as_ref(), Some(&document.digest));
        assert_eq!(request.trace.entries().last().unwrap().verified, Some(true));
        match Manifest::parse(&document.bytes, Some(&document.media_type)).unwrap() {
            Manifest::Image(image) => {
                let config = client.config(&request, &name(repository), &image.config.unwrap()).await.unwrap();
                assert_eq!(config.bytes, server.inspect(&["--config", "--raw"], repository, reference));
            }
            Manifest::Index(index) => {
                assert_eq!(index.manifests.len(), 2);
                for entry in &index.manifests {
                    let document = client.described_manifest(&request, &name(repository), entry).await.unwrap();
                    assert_eq!(Some(&document.digest), entry.digest.as_ref());
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_open_registry_is_read() {
    let Some(server) = Server::start(Access::Open) else { return };
    server.fill();
    let client = client(&server, |_| {});
    read_all(&client, &server).await;

    // Asked again, a tag costs one HEAD that is answered with 304, since the registry sends an ETag.
    let request = Request::new();
    client.manifest(&request, &name("app/web"), &tag("1.0")).await.unwrap();
    let entries = request.trace.entries();
    assert_eq!((entries.len(), entries[0].method, entries[0].statuses.as_slice()), (1, "HEAD", &[304][..]));

    // A tag that moves is followed.
    let before = client.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap();
    server.push("app/web:1.0", &layout::image("amd64", "second"), &[]);
    let after = client.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap();
    assert_ne!(before.digest, after.digest);
    assert_eq!(after.bytes, server.inspect(&["--raw"], "app/web", "1.0"));

    for (repository, reference, code) in
        [("app/web", "none", "MANIFEST_UNKNOWN"), ("nobody/here", "1.0", "MANIFEST_UNKNOWN")]
    {
        match client.manifest(&Request::new(), &name(repository), &tag(reference)).await.unwrap_err() {
            Error::NotFound { errors, .. } => assert_eq!(errors[0].code, code),
            other => panic!("{other:?}"),
        }
    }
    match client.tags(&Request::new(), &name("nobody/here")).await.unwrap_err() {
        Error::NotFound { errors, .. } => assert_eq!(errors[0].code, "NAME_UNKNOWN"),
        other => panic!("{other:?}"),
    }
    let probe = client.check(&Request::new()).await.unwrap();
    assert_eq!((probe.status, probe.auth), (200, AuthKind::Anonymous));
    assert_eq!(probe.api_version.as_deref(), Some("registry/2.0"));
}

#[tokio::test]
async fn a_catalog_of_many_pages_is_walked() {
    let Some(server) = Server::start(Access::Open) else { return };
    for number in 0..25 {
        server.claim(&format!("group/r{number:02}"));
    }
    let client = client(&server, |settings| settings.limits.walk_pages = 10);
    let mut listing = client.catalog(&Request::new()).await.unwrap();
    for _ in 0..200 {
        if !listing.reading {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        listing = client.catalog(&Request::new()).await.unwrap();
    }
    assert_eq!((listing.names.len(), listing.complete), (25, true));
    // The server is set to pages of at most ten, so that our own size was refused.
    assert_eq!(listing.pages, 3);
}

#[tokio::test]
async fn a_password_is_asked_for_and_sent() {
    let Some(server) = Server::start(Access::Password(USER, PASSWORD)) else { return };
    server.fill();
    let credentials = |password: &str| Some(Credentials::new(USER, Secret::new(password)));
    let reader = client(&server, |settings| settings.credentials = credentials(PASSWORD));
    read_all(&reader, &server).await;
    let probe = reader.check(&Request::new()).await.unwrap();
    assert_eq!((probe.status, probe.auth), (401, AuthKind::Basic));
    assert!(matches!(probe.sign_in, Some(Ok(()))));

    let wrong = client(&server, |settings| settings.credentials = credentials("wrong"));
    let error = wrong.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { rejected: true, .. }), "{error:?}");
    let error = wrong.catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { rejected: true, .. }), "{error:?}");
    let anonymous = client(&server, |_| {});
    let error = anonymous.tags(&Request::new(), &name("app/web")).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { rejected: false, .. }), "{error:?}");
}

#[tokio::test]
async fn a_private_certificate_authority_is_trusted_where_it_is_named() {
    let Some(server) = Server::start(Access::Tls) else { return };
    server.fill();
    let certificate: PathBuf = server.certificate();
    let trusting = client(&server, |settings| settings.ca_file = Some(certificate));
    read_all(&trusting, &server).await;

    let doubting = client(&server, |_| {});
    match doubting.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap_err() {
        Error::Unreachable { problem, .. } => assert!(problem.contains("certificate"), "{problem}"),
        other => panic!("{other:?}"),
    }
    // A certificate that is not trusted does not come to be so by asking again, and plain http is not tried instead.
    let request = Request::new();
    doubting.tags(&request, &name("app/web")).await.unwrap_err();
    assert_eq!(request.trace.entries().len(), 1);
}

#[tokio::test]
async fn a_registry_under_a_prefix_is_read() {
    let Some(server) = Server::start(Access::Prefix("/images/")) else { return };
    // skopeo knows no prefixes: the storage was filled by another server on the same folder.
    server.fill_storage();
    let client = client(&server, |_| {});
    let listing = client.catalog(&Request::new()).await.unwrap();
    assert_eq!(listing.names.len(), 2);
    assert!(client.manifest(&Request::new(), &name("app/web"), &tag("multi")).await.is_ok());
}
