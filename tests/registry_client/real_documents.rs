//! Every document of the folder of real ones, served and read: bytes and digest agree, and nothing panics.

use std::fs;
use std::path::Path;

use strata::oci::{ImageConfig, Manifest};
use strata::registry::Request;

use super::support::{Fixture, Reply, digest_of};
use super::{client, descriptor, digest, repository, tag};

/// The documents of a kind; nothing, said aloud, where the folder is missing.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn documents(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/documents").join(kind);
    let Ok(files) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: {} is missing", folder.display());
        return Vec::new();
    };
    files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

#[tokio::test]
async fn manifests_are_read_whatever_they_are() {
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    for (kind, media_type) in [
        ("manifest", "application/vnd.oci.image.manifest.v1+json"),
        ("index", "application/vnd.oci.image.index.v1+json"),
        ("schema1", "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        ("manifest", "application/json"),
    ] {
        for bytes in documents(kind) {
            let expected = fixture.content(|content| {
                let digest = content.manifest("app/web", media_type, &bytes);
                content.tag("app/web", "1", &digest);
                digest
            });
            for reference in [digest(&expected), tag("1")] {
                let request = Request::new().refreshing(true);
                let document = client.manifest(&request, &repository(), &reference).await.unwrap();
                assert_eq!(document.bytes, bytes);
                assert_eq!((document.digest.as_str(), digest_of(&bytes)), (expected.as_str(), expected.clone()));
                // A page or a clear refusal.
                if let Err(error) = Manifest::parse(&document.bytes, Some(&document.media_type)) {
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}

/// Signed documents as registries gave them out, each with the digest that it has there. The last was indented anew by hand, so
/// that its signature no longer belongs to it.
#[tokio::test]
async fn signed_manifests_are_read_by_the_digest_of_their_payload() {
    let documents = documents("schema1");
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    for (name, stated, right) in [
        (
            r#""google_containers/pause-amd64""#,
            "sha256:163ac025575b775d1c0f9bf0bdd0f086883171eb475b5068e7defa4ca9e76516",
            true,
        ),
        (r#""library/httpd-copy""#, "sha256:6feeaff9d4420e29f96881eb712e8762c28615666340222c8e054259f9bc87d4", true),
        (r#""unicode""#, "sha256:815ecf45716a96b19d54d911e6ace91f78bab26ca0dd299645d9995dacd9f1ef", true),
        (r#""devtable/ubuntu""#, "sha256:5d4af6e17554c80dfefe2c93ac50d3edb8c7e3a3d4db595e7532425fcfdbfc47", false),
    ] {
        let named = |bytes: &&Vec<u8>| String::from_utf8_lossy(bytes).contains(name);
        let Some(bytes) = documents.iter().find(named) else {
            assert!(documents.is_empty(), "{name}");
            continue;
        };
        let reply = Reply::ok(bytes.clone())
            .header("content-type", "application/vnd.docker.distribution.manifest.v1+prettyjws");
        fixture.on(&format!("/v2/app/web/manifests/{stated}"), reply);
        let document = client.manifest(&Request::new(), &repository(), &digest(stated)).await;
        assert_eq!(document.is_ok(), right, "{name}: {document:?}");
    }
}

#[tokio::test]
async fn configs_are_read_whatever_they_are() {
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    for bytes in documents("config") {
        let expected = fixture.content(|content| content.blob("app/web", &bytes));
        let descriptor = descriptor(&expected, Some(bytes.len() as u64));
        let document = client.config(&Request::new(), &repository(), &descriptor).await.unwrap();
        assert_eq!(document.bytes, bytes);
        assert_eq!(document.digest.as_str(), expected);
        if let Err(error) = ImageConfig::parse(&document.bytes) {
            assert!(!error.to_string().is_empty());
        }
    }
}
