//! Blobs of artifacts: whole and verified, or refused.

use strata::oci::Descriptor;
use strata::registry::{EntryKind, Error, Request};

use super::support::{Fixture, Reply, digest_of};
use super::{client, client_with, descriptor, outcomes, repository, settings};

const BILL: &[u8] = br#"{"spdxVersion":"SPDX-2.3"}"#;
const LIMIT: u64 = 1_000;

/// A registry with one blob, its descriptor, and the path that it is asked for under.
async fn with_blob(bytes: &[u8]) -> (Fixture, Descriptor, String) {
    let fixture = Fixture::start().await;
    let digest = fixture.content(|content| content.blob("app/web", bytes));
    let path = format!("/v2/app/web/blobs/{digest}");
    (fixture, descriptor(&digest, Some(bytes.len() as u64)), path)
}

#[tokio::test]
async fn a_blob_is_hashed_and_asked_for_once() {
    let (fixture, descriptor, path) = with_blob(BILL).await;
    let client = client(&fixture);
    let request = Request::new();
    for _ in 0..2 {
        let document = client.blob(&request, &repository(), &descriptor, LIMIT).await.unwrap();
        assert_eq!((&document.bytes[..], Some(&document.digest)), (BILL, descriptor.digest.as_ref()));
        assert_eq!(document.media_type, descriptor.media_type);
    }
    assert_eq!(fixture.received_for(&path).len(), 1);
    assert_eq!(outcomes(&request), ["blob; digest verified", "blob; kept, digest verified"]);
    let entries = request.trace.entries();
    assert!(entries.iter().all(|entry| entry.kind == EntryKind::Document && entry.verified == Some(true)));
    // What one reader was allowed, another with a narrower limit is not, whatever is kept.
    let error = client.blob(&Request::new(), &repository(), &descriptor, 10).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 10, .. }), "{error:?}");
    let unsized_one = Descriptor { size: None, ..descriptor };
    let error = client.blob(&Request::new(), &repository(), &unsized_one, 10).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 10, .. }), "{error:?}");
}

#[tokio::test]
async fn other_bytes_are_refused_and_not_kept() {
    let (fixture, descriptor, path) = with_blob(BILL).await;
    let other = [b'x'; BILL.len()];
    fixture.on(&path, Reply::ok(other.to_vec()));
    let client = client(&fixture);
    for _ in 0..2 {
        let request = Request::new();
        match client.blob(&request, &repository(), &descriptor, LIMIT).await.unwrap_err() {
            Error::DigestMismatch { asked, received, .. } => {
                assert_eq!((Some(asked), received.to_string()), (descriptor.digest.clone(), digest_of(&other)));
            }
            error => panic!("{error:?}"),
        }
        assert_eq!(request.trace.entries()[0].verified, Some(false));
    }
    assert_eq!(fixture.received_for(&path).len(), 2);
}

#[tokio::test]
async fn a_blob_of_another_size_is_refused() {
    let (fixture, descriptor, path) = with_blob(BILL).await;
    let longer = Descriptor { size: descriptor.size.map(|size| size + 1), ..descriptor.clone() };
    for reply in [Reply::ok(BILL), Reply::ok(BILL).chunked()] {
        fixture.on(&path, reply);
        let error = client(&fixture).blob(&Request::new(), &repository(), &longer, LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::SizeMismatch { .. }), "{error:?}");
    }
    // Also where the right bytes are known already.
    let client = client(&fixture);
    client.blob(&Request::new(), &repository(), &descriptor, LIMIT).await.unwrap();
    let error = client.blob(&Request::new(), &repository(), &longer, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::SizeMismatch { .. }), "{error:?}");
}

#[tokio::test]
async fn bytes_are_counted_whatever_was_announced() {
    let (fixture, descriptor, path) = with_blob(BILL).await;
    let client = client(&fixture);
    // Announced by the descriptor: nothing is asked.
    let large = Descriptor { size: Some(LIMIT + 1), ..descriptor.clone() };
    let request = Request::new();
    let error = client.blob(&request, &repository(), &large, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: LIMIT, announced: Some(1_001), .. }), "{error:?}");
    assert!(fixture.received().is_empty() && request.trace.entries().is_empty());
    // Not announced by anybody, and without an end.
    fixture.on(&path, Reply::ok(vec![b'x'; 64]).endless());
    let unsized_one = Descriptor { size: None, ..descriptor };
    let error = client.blob(&Request::new(), &repository(), &unsized_one, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: LIMIT, .. }), "{error:?}");
}

#[tokio::test]
async fn no_caller_reads_more_than_the_setting_allows() {
    let (fixture, descriptor, _) = with_blob(BILL).await;
    let mut settings = settings(fixture.url());
    settings.limits.artifact_bytes = 8;
    let error = client_with(settings).blob(&Request::new(), &repository(), &descriptor, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 8, .. }), "{error:?}");
    assert!(fixture.received().is_empty());
}

/// Without turns all of them are in memory at the same time, each twice (threat T-14).
#[tokio::test]
async fn few_large_blobs_are_read_at_once() {
    let fixture = Fixture::start().await;
    let blobs: Vec<_> = (0..6_u8).map(|number| vec![number; (4 << 20) + 1]).collect();
    let descriptors: Vec<_> = blobs
        .iter()
        .map(|bytes| {
            let digest = fixture.content(|content| content.blob("app/web", bytes));
            let body = bytes.clone();
            let path = format!("/v2/app/web/blobs/{digest}");
            fixture.on(&path, Reply::ok(body).after(std::time::Duration::from_millis(50)));
            descriptor(&digest, Some(bytes.len() as u64))
        })
        .collect();
    let client = client(&fixture);
    let (request, repository) = (Request::new(), repository());
    let reads = descriptors.iter().map(|descriptor| client.blob(&request, &repository, descriptor, u64::MAX));
    assert!(futures::future::join_all(reads).await.iter().all(Result::is_ok));
    assert!(fixture.most_active() <= 2, "{}", fixture.most_active());
}

/// CVE-2020-15157: a descriptor's own addresses lead wherever its writer likes.
#[tokio::test]
async fn addresses_of_a_descriptor_are_not_followed() {
    let (fixture, descriptor, path) = with_blob(BILL).await;
    let elsewhere = Fixture::start().await;
    let foreign = Descriptor { urls: vec![format!("{}/blob", elsewhere.origin())], ..descriptor };
    fixture.on(&path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry"));
    let error = client(&fixture).blob(&Request::new(), &repository(), &foreign, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn what_cannot_be_checked_is_not_asked_for() {
    let (fixture, descriptor, _) = with_blob(BILL).await;
    for digest in [None, "blake3:abcdef".parse().ok()] {
        let odd = Descriptor { digest, ..descriptor.clone() };
        let error = client(&fixture).blob(&Request::new(), &repository(), &odd, LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::NotFetchable(_)), "{error:?}");
    }
    assert!(fixture.received().is_empty());
}
