//! Readers take turns at a registry (threat T-24).

use std::time::Duration;

use bytes::Bytes;
use strata::oci::Descriptor;
use strata::registry::{Asker, Error, Limits, Phase, Reader, Request};

use super::support::{Fixture, Reply, digest_of};
use super::{INDEX, client_with, descriptor, limits, repository, settings, tag};

fn reader(number: u8) -> Request {
    let asker = Asker { reader: Reader::at([192, 0, 2, number].into()), ..Asker::default() };
    Request { asker, ..Request::new() }
}

/// With one line for all, the second reader's list is read last.
#[tokio::test]
async fn a_reader_with_one_list_does_not_wait_for_another_s_hundred() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::json(r#"{"tags":["1"]}"#).after(Duration::from_millis(20))));
    let mut settings = settings(fixture.url());
    settings.limits = Limits { concurrency: 1, ..limits() };
    let client = client_with(settings);
    let read = |number: u8, repository: String| {
        let client = client.clone();
        async move { client.tags(&reader(number), &repository.parse().unwrap()).await.unwrap() }
    };
    let crawl: Vec<_> = (0..30).map(|page| tokio::spawn(read(1, format!("crawl/{page}")))).collect();
    while fixture.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    read(2, "other/page".to_owned()).await;
    let before = fixture.received().len();
    assert!(before <= 8, "{before} requests came first");
    for page in crawl {
        page.await.unwrap();
    }
}

/// With one line for all, the second reader's document is asked for last.
#[tokio::test]
async fn a_reader_with_one_question_does_not_wait_for_another_s_hundred() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::error(404, "MANIFEST_UNKNOWN", "none").after(Duration::from_millis(20))));
    let mut settings = settings(fixture.url());
    settings.limits = Limits { concurrency: 1, ..limits() };
    let client = client_with(settings);
    let ask = |number: u8, repository: String| {
        let client = client.clone();
        async move { client.manifest(&reader(number), &repository.parse().unwrap(), &tag("1")).await.unwrap_err() }
    };
    let crawl: Vec<_> = (0..20).map(|page| tokio::spawn(ask(1, format!("crawl/{page}")))).collect();
    while fixture.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    ask(2, "other/page".to_owned()).await;
    let before = fixture.received().len();
    assert!(before <= 6, "{before} requests came first");
    for page in crawl {
        page.await.unwrap();
    }
    assert_eq!(fixture.received().len(), 21);
}

/// With one queue for all, pages wait for as long as somebody else's download takes.
#[tokio::test]
async fn pages_wait_for_no_layer_and_for_no_download() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        let is_list = received.path.ends_with("/tags/list");
        Some(if is_list { Reply::json(r#"{"tags":["1"]}"#) } else { Reply::ok(vec![7; 1_000_000]).endless() })
    });
    let mut settings = settings(fixture.url());
    settings.limits = Limits { concurrency: 2, total: Duration::from_millis(500), ..limits() };
    let client = client_with(settings);
    let layer = descriptor(&digest_of(b"layer"), None);
    let stream = |number: u8, end: Option<u64>| {
        let (client, layer) = (client.clone(), layer.clone());
        // Nobody takes more than the first piece.
        let (sender, mut pieces) = tokio::sync::mpsc::channel::<Bytes>(1);
        let fetched =
            tokio::spawn(async move { client.layer(&reader(number), &repository(), &layer, 0, end, sender).await });
        async move { pieces.recv().await.map(|_| pieces).ok_or(fetched) }
    };
    let mut open = Vec::new();
    for (number, end) in [(1, None), (1, None), (1, Some(1 << 40))] {
        open.push(stream(number, end).await.unwrap());
    }
    assert_eq!(client.tags(&reader(1), &repository()).await.unwrap().names.len(), 1);
    // One reader's downloads leave a place for another's.
    let error = stream(1, Some(1 << 40)).await.unwrap_err().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::Queue, .. }), "{error:?}");
    open.push(stream(2, Some(1 << 40)).await.unwrap());
}

/// A descriptor of a blob that is so large that few are read at once.
fn large(number: u8) -> Descriptor {
    descriptor(&digest_of(&[number]), Some(5 << 20))
}

const LIMIT: u64 = 10 << 20;

/// With one line for all, the second reader's referrers and blob are asked for last; for the referrers it was seen.
#[tokio::test]
async fn lookups_of_referrers_and_large_blobs_take_turns_too() {
    for kind in ["referrers", "blobs"] {
        let fixture = Fixture::start().await;
        let empty = r#"{"schemaVersion":2,"manifests":[]}"#;
        fixture.script(move |received| {
            let reply = if received.path.contains("/referrers/") {
                Reply::ok(empty).header("content-type", INDEX)
            } else {
                Reply::error(404, "BLOB_UNKNOWN", "none")
            };
            Some(reply.after(Duration::from_millis(20)))
        });
        let client = client_with(settings(fixture.url()));
        let ask = |reader: Request, number: u8| {
            let client = client.clone();
            async move {
                if kind == "referrers" {
                    let subject = digest_of(&[number]).parse().unwrap();
                    client.referrers(&reader, &repository(), &subject, None).await.unwrap();
                } else {
                    client.blob(&reader, &repository(), &large(number), LIMIT).await.unwrap_err();
                }
            }
        };
        let crawl: Vec<_> = (0..60).map(|number| tokio::spawn(ask(reader(1), number))).collect();
        while fixture.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        ask(reader(2), 100).await;
        let before = fixture.received().len();
        assert!(before <= 30, "{kind}: {before} requests came first");
        for page in crawl {
            page.await.unwrap();
        }
        assert_eq!(fixture.received().len(), 61, "{kind}");
    }
}

/// Fails when lookups and large blobs wait without a bound.
#[tokio::test]
async fn what_finds_no_place_to_wait_in_is_refused() {
    for (kind, places) in [("referrers", 8), ("blobs", 2)] {
        let fixture = Fixture::start().await;
        fixture.script(|_| Some(Reply::error(403, "DENIED", "no").after(Duration::from_millis(300))));
        let mut settings = settings(fixture.url());
        settings.limits.queue = 3;
        let client = client_with(settings);
        let asked = (0..places + 5).map(|number| {
            let client = client.clone();
            async move {
                let request = Request::new();
                if kind == "referrers" {
                    let subject = digest_of(&[number]).parse().unwrap();
                    client.referrers(&request, &repository(), &subject, None).await.unwrap_err()
                } else {
                    client.blob(&request, &repository(), &large(number), LIMIT).await.unwrap_err()
                }
            }
        });
        let errors = futures::future::join_all(asked).await;
        let crowded = |error: &&Error| matches!(error, Error::Timeout { phase: Phase::Queue, .. });
        assert_eq!(errors.iter().filter(crowded).count(), 2, "{kind}: {errors:?}");
        assert_eq!(fixture.received().len(), usize::from(places) + 3, "{kind}");
    }
}
