//! What is asked again, and what is not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use strata::registry::{Client, Credentials, DocumentCache, Error, Meter, RegistrySettings, Request, Secret};

use super::support::{Fixture, Reply};
use super::{MANIFEST, client, client_with, descriptor, digest, outcomes, repository, settings, tag, with_manifest};

const BODY: &[u8] = br#"{"schemaVersion":2}"#;
const OTHER: &[u8] = br#"{"schemaVersion":2,"x":1}"#;
const PATH: &str = "/v2/app/web/manifests/1";

/// A client that believes nothing about a tag for longer than an instant.
fn doubting(fixture: &Fixture) -> Client {
    let mut settings = settings(fixture.url());
    settings.limits.tag_ttl = Duration::ZERO;
    client_with(settings)
}

#[tokio::test]
async fn a_tag_is_believed_for_a_while() {
    let (fixture, right) = with_manifest(BODY).await;
    let client = client(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    let request = Request::new();
    client.manifest(&request, &repository(), &tag("1")).await.unwrap();
    client.manifest(&request, &repository(), &digest(&right)).await.unwrap();
    assert_eq!(fixture.received().len(), 1);
    let entries = request.trace.entries();
    assert!(entries.iter().all(|entry| entry.from_cache && entry.verified == Some(true)));
    assert_eq!(outcomes(&request), ["manifest; kept, digest verified"; 2]);
}

#[tokio::test]
async fn an_older_tag_costs_one_conditional_head() {
    let (fixture, right) = with_manifest(BODY).await;
    let client = doubting(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    let request = Request::new();
    let document = client.manifest(&request, &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.digest.as_str(), right);
    assert_eq!(fixture.lines(), ["GET /v2/app/web/manifests/1", "HEAD /v2/app/web/manifests/1"]);
    assert_eq!(fixture.received()[1].header("if-none-match"), Some(format!("\"{right}\"").as_str()));
    assert_eq!(request.trace.entries()[0].statuses, [304]);
    assert_eq!(outcomes(&request), ["the tag stands where it stood"]);
}

#[tokio::test]
async fn without_an_etag_the_digests_are_compared() {
    let (fixture, right) = with_manifest(BODY).await;
    fixture.on(PATH, Reply::ok(BODY).header("content-type", MANIFEST).header("docker-content-digest", &right));
    let client = doubting(&fixture);
    for _ in 0..2 {
        client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    }
    assert_eq!(fixture.lines(), ["GET /v2/app/web/manifests/1", "HEAD /v2/app/web/manifests/1"]);
    assert_eq!(fixture.received()[1].header("if-none-match"), None);
}

#[tokio::test]
async fn a_tag_that_has_moved_is_followed_by_digest() {
    let (fixture, _) = with_manifest(BODY).await;
    let client = doubting(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    let moved = fixture.content(|content| {
        let digest = content.manifest("app/web", MANIFEST, OTHER);
        content.tag("app/web", "1", &digest);
        digest
    });
    let request = Request::new();
    let document = client.manifest(&request, &repository(), &tag("1")).await.unwrap();
    assert_eq!((document.digest.as_str(), &document.bytes[..]), (moved.as_str(), OTHER));
    assert_eq!(outcomes(&request), ["the tag has moved", "manifest; digest verified"]);
    assert_eq!(
        fixture.lines()[1..],
        ["HEAD /v2/app/web/manifests/1".to_owned(), format!("GET /v2/app/web/manifests/{moved}")]
    );
}

#[tokio::test]
async fn a_tag_that_moves_twice_at_once_is_asked_for_anew() {
    let (fixture, _) = with_manifest(BODY).await;
    let client = doubting(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    let last = fixture.content(|content| {
        let digest = content.manifest("app/web", MANIFEST, OTHER);
        content.tag("app/web", "1", &digest);
        digest
    });
    // What HEAD says is gone by the time that it is asked for.
    let between = super::support::digest_of(b"between");
    fixture.script(move |received| {
        (received.method == "HEAD").then(|| Reply::ok("").header("docker-content-digest", &between))
    });
    let document = client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.digest.as_str(), last);
    assert_eq!(fixture.received().len(), 4);
}

#[tokio::test]
async fn a_head_that_says_nothing_is_followed_by_a_get() {
    let (fixture, right) = with_manifest(BODY).await;
    for refusal in [Reply::status(403), Reply::status(405), Reply::ok("").header("content-type", MANIFEST)] {
        fixture.script(move |received| (received.method == "HEAD").then(|| refusal.clone()));
        let client = doubting(&fixture);
        for _ in 0..2 {
            let document = client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
            assert_eq!(document.digest.as_str(), right);
        }
        let lines = fixture.lines();
        assert_eq!(lines[lines.len() - 2..], ["HEAD /v2/app/web/manifests/1", "GET /v2/app/web/manifests/1"]);
    }
}

#[tokio::test]
async fn a_tag_that_is_gone_is_not_found() {
    let (fixture, _) = with_manifest(BODY).await;
    let client = doubting(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    fixture.content(|content| content.untag("app/web", "1"));
    match client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
        Error::NotFound { errors, .. } => assert_eq!(errors[0].code, "MANIFEST_UNKNOWN"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refresh_passes_by_the_caches() {
    let (fixture, right) = with_manifest(BODY).await;
    let config = fixture.content(|content| content.blob("app/web", b"config"));
    let client = client(&fixture);
    for refresh in [false, true, false] {
        let request = Request::new().refreshing(refresh);
        client.manifest(&request, &repository(), &tag("1")).await.unwrap();
        client.manifest(&request, &repository(), &digest(&right)).await.unwrap();
        client.config(&request, &repository(), &descriptor(&config, None)).await.unwrap();
        client.tags(&request, &repository()).await.unwrap();
        client.catalog(&request).await.unwrap();
    }
    assert_eq!(fixture.received_for(PATH).len(), 2);
    assert_eq!(fixture.received_for(&format!("/v2/app/web/manifests/{right}")).len(), 1);
    assert_eq!(fixture.received_for(&format!("/v2/app/web/blobs/{config}")).len(), 2);
    assert_eq!(fixture.received_for("/v2/app/web/tags/list").len(), 2);
    assert_eq!(fixture.received_for("/v2/_catalog").len(), 2);
    assert!(fixture.received().iter().all(|received| received.method == "GET"));
}

#[tokio::test]
async fn looks_into_caches_are_counted_and_those_that_pass_by_are_not() {
    let (fixture, right) = with_manifest(BODY).await;
    let config = fixture.content(|content| content.blob("app/web", b"config"));
    let blob = fixture.content(|content| content.blob("app/web", b"blob"));
    let meter = Meter::default();
    let cache = Arc::new(DocumentCache::new(1_000_000));
    let client = Client::measured(settings(fixture.url()), cache, &meter).unwrap();
    for refresh in [false, false, true] {
        let request = Request::new().refreshing(refresh);
        client.manifest(&request, &repository(), &digest(&right)).await.unwrap();
        client.config(&request, &repository(), &descriptor(&config, None)).await.unwrap();
        client.blob(&request, &repository(), &descriptor(&blob, None), 1_000).await.unwrap();
        client.referrers(&request, &repository(), &right.parse().unwrap(), None).await.unwrap();
    }
    let mut register = prometheus_client::registry::Registry::default();
    meter.register(&mut register);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &register).unwrap();
    for (cache, reads) in [("documents", 3), ("referrers", 1)] {
        for result in ["miss", "hit"] {
            let line = format!("strata_cache_reads_total{{cache=\"{cache}\",result=\"{result}\"}} {reads}");
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}

#[tokio::test]
async fn readers_at_the_same_time_cost_one_request() {
    let (fixture, right) = with_manifest(BODY).await;
    fixture.on(PATH, Reply::ok(BODY).header("content-type", MANIFEST).after(Duration::from_millis(50)));
    let client = client(&fixture);
    let requests: Vec<_> = (0..10).map(|_| Request::new()).collect();
    let documents = futures::future::join_all(requests.iter().map(|request| {
        let client = client.clone();
        async move { client.manifest(request, &repository(), &tag("1")).await.unwrap() }
    }))
    .await;
    assert!(documents.iter().all(|document| document.digest.as_str() == right));
    assert_eq!(fixture.received().len(), 1);
    let asked = requests.iter().filter(|request| !request.trace.entries()[0].from_cache).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_document_is_not_answered_for_another_repository_or_account() {
    let (fixture, right) = with_manifest(BODY).await;
    let cache = Arc::new(DocumentCache::new(1_000_000));
    let anonymous = Client::new(settings(fixture.url()), Arc::clone(&cache)).unwrap();
    anonymous.manifest(&Request::new(), &repository(), &digest(&right)).await.unwrap();
    let elsewhere = "other/repo".parse().unwrap();
    let error = anonymous.manifest(&Request::new(), &elsewhere, &digest(&right)).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    let named =
        RegistrySettings { credentials: Some(Credentials::new("reader", Secret::new("x"))), ..settings(fixture.url()) };
    let asked = fixture.received().len();
    let named = Client::new(named, Arc::clone(&cache)).unwrap();
    named.manifest(&Request::new(), &repository(), &digest(&right)).await.unwrap();
    assert_eq!(fixture.received().len(), asked + 1);
}

#[tokio::test]
async fn a_config_is_no_manifest() {
    let fixture = Fixture::start().await;
    let config = fixture.content(|content| content.blob("app/web", b"{\"config\":1}"));
    let client = client(&fixture);
    client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
    let error = client.manifest(&Request::new(), &repository(), &digest(&config)).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn the_budget_is_kept() {
    let fixture = Fixture::start().await;
    let cache = Arc::new(DocumentCache::new(20_000));
    let client = Client::new(settings(fixture.url()), Arc::clone(&cache)).unwrap();
    for number in 0..20 {
        let bytes = format!("{number:05}").repeat(1000);
        let config = fixture.content(|content| content.blob("app/web", bytes.as_bytes()));
        client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
    }
    for _ in 0..50 {
        if cache.state().bytes <= 20_000 && cache.state().entries <= 3 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let _ =
            client.config(&Request::new(), &repository(), &descriptor(&super::support::digest_of(b"none"), None)).await;
    }
    panic!("{:?}", cache.state());
}

#[tokio::test]
async fn the_page_stops_waiting_and_the_work_goes_on() {
    let (fixture, right) = with_manifest(BODY).await;
    fixture.on(PATH, Reply::ok(BODY).header("content-type", MANIFEST).after(Duration::from_secs(3)));
    let client = client(&fixture);
    let request = Request::new().within(Duration::from_millis(500));
    let began = Instant::now();
    let error = client.manifest(&request, &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(&error, Error::Deadline { registry, .. } if registry == "test"), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(request.trace.entries()[0].pending);
    let later = Request::new();
    assert_eq!(client.manifest(&later, &repository(), &tag("1")).await.unwrap().digest.as_str(), right);
    assert_eq!(fixture.received().len(), 1, "the second reader waits for the same request");
    assert!(!request.trace.entries()[0].pending);
}

/// What a refusal, a web page or trouble brought is not remembered: the next reader asks anew (threat T-21). Fails when an answer
/// is kept before its status and digest have been looked at, or a failure is kept at all.
#[tokio::test]
async fn what_was_no_answer_is_not_kept() {
    let (fixture, right) = with_manifest(BODY).await;
    let path = format!("/v2/app/web/manifests/{right}");
    let page = Reply::ok("<html>Sign in</html>").header("content-type", "text/html");
    for reply in [
        page.clone(),
        page.header("docker-content-digest", &right),
        Reply::error(404, "MANIFEST_UNKNOWN", "no"),
        Reply::error(403, "DENIED", "no"),
        Reply::challenge("Basic realm=\"x\""),
        Reply::status(206).body(&BODY[..5]).header("content-type", MANIFEST),
        Reply::status(203).body(BODY).header("content-type", MANIFEST),
        Reply::status(204).header("content-type", MANIFEST),
    ] {
        for reference in [tag("1"), digest(&right)] {
            let mut settings = settings(fixture.url());
            settings.limits.retries = 0;
            let client = client_with(settings);
            for path in [PATH, path.as_str()] {
                fixture.in_turn(path, vec![reply.clone(), with_digest(&right)]);
            }
            client.manifest(&Request::new(), &repository(), &reference).await.unwrap_err();
            let document = client.manifest(&Request::new(), &repository(), &reference).await.unwrap();
            assert_eq!(document.bytes, BODY);
        }
    }
}

fn with_digest(digest: &str) -> Reply {
    Reply::ok(BODY).header("content-type", MANIFEST).header("docker-content-digest", digest)
}
