//! What is learned of a registry from its answers, and what is asked for that alone.

use strata::registry::capabilities::{CatalogAnswer, ExtensionsAnswer, RangeAnswer, TagListAnswer};
use strata::registry::{AuthKind, Request};

use super::support::{Fixture, Reply};
use super::{BASIC, client, client_with, descriptor, repository, signed_in, tag, with_manifest};

#[tokio::test]
async fn pages_teach_without_asking() {
    let (fixture, _) = with_manifest(br#"{"schemaVersion":2}"#).await;
    fixture.script(|received| {
        (received.path == "/v2/app/web/manifests/1").then(|| {
            Reply::ok(r#"{"schemaVersion":2}"#)
                .header("content-type", super::MANIFEST)
                .header("docker-distribution-api-version", "registry/2.0")
                .header("ratelimit-limit", "100;w=21600")
                .header("ratelimit-remaining", "99;w=21600")
        })
    });
    let client = client(&fixture);
    assert!(client.capabilities().api_version.is_none());
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    client.tags(&Request::new(), &repository()).await.unwrap();
    client.catalog(&Request::new()).await.unwrap();
    assert_eq!(fixture.received().len(), 3);
    let known = client.capabilities();
    let version = known.api_version.unwrap();
    assert_eq!(version.value, "registry/2.0");
    assert!(version.evidence.url.ends_with("/v2/app/web/manifests/1"));
    assert_eq!((version.evidence.method, version.evidence.statuses.as_slice()), ("GET", &[200][..]));
    assert_eq!(known.rate_limit.unwrap().value[1], ("ratelimit-remaining".to_owned(), "99;w=21600".to_owned()));
    assert_eq!(known.tag_lists.unwrap().value, TagListAnswer::Whole { names: 1 });
    assert_eq!(known.catalog.unwrap().value, CatalogAnswer::Listed { paged: false });
    assert!(known.ranges.is_none() && known.extensions.is_none() && known.auth.is_none());
}

#[tokio::test]
async fn the_rest_is_asked_once() {
    let fixture = Fixture::start().await;
    let config = fixture.content(|content| content.blob("app/web", b"{\"architecture\":\"amd64\"}"));
    fixture.on("/v2/_oci/ext/discover", Reply::json(r#"{"extensions":[{"name":"_zot","url":"u","endpoints":[]}]}"#));
    let path = format!("/v2/app/web/blobs/{config}");
    let asked = path.clone();
    fixture.script(move |received| {
        (received.path == asked && received.header("range") == Some("bytes=0-0"))
            .then(|| Reply::status(206).body("{").header("content-range", "bytes 0-0/24"))
    });
    let client = client(&fixture);
    // No blob is known yet.
    let known = client.survey(&Request::new()).await;
    assert_eq!(known.extensions.unwrap().value, ExtensionsAnswer::Named(vec!["_zot".to_owned()]));
    assert!(known.ranges.is_none());
    client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
    for _ in 0..2 {
        let known = client.survey(&Request::new()).await;
        assert_eq!(known.ranges.unwrap().value, RangeAnswer::Part);
    }
    assert_eq!(fixture.lines(), ["GET /v2/_oci/ext/discover", &format!("GET {path}"), &format!("GET {path}")]);
    client.survey(&Request::new().refreshing(true)).await;
    assert_eq!(fixture.received().len(), 5);
}

#[tokio::test]
async fn a_registry_that_ignores_ranges_is_told_from_one_that_does_not() {
    for (reply, expected) in [
        (Reply::ok("{}"), RangeAnswer::Whole),
        // More than is read of it.
        (Reply::ok("x".repeat(100_000)), RangeAnswer::Whole),
        (Reply::status(206).body("{}").header("content-range", "bytes 0-1/2"), RangeAnswer::Refused(206)),
        (Reply::status(206).body("{"), RangeAnswer::Refused(206)),
        (Reply::status(416), RangeAnswer::Refused(416)),
    ] {
        let fixture = Fixture::start().await;
        let config = fixture.content(|content| content.blob("app/web", b"{}"));
        let client = client(&fixture);
        let stated = descriptor(&config, Some(2));
        // The empty config is never asked for; this one is another document.
        let config = if config.starts_with("sha256:44136fa3") {
            fixture.content(|content| content.blob("app/web", b"{\"a\":1}"))
        } else {
            stated.digest.unwrap().to_string()
        };
        client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
        fixture.script(move |received| received.header("range").map(|_| reply.clone()));
        assert_eq!(client.survey(&Request::new()).await.ranges.unwrap().value, expected);
    }
}

/// A part is asked for where a redirect leads, too, and nothing of ours goes there.
#[tokio::test]
async fn a_range_follows_a_redirect_and_credentials_do_not() {
    let (fixture, storage) = (Fixture::start().await, Fixture::start().await);
    let config = fixture.content(|content| content.blob("app/web", b"{\"a\":1}"));
    fixture.require_basic(BASIC);
    let mut settings = signed_in(&fixture);
    settings.trusted_redirects = vec![storage.origin().parse().unwrap()];
    let client = client_with(settings);
    client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
    let target = format!("{}/blob?X-Amz-Signature=hunter2", storage.origin());
    fixture.script(move |received| {
        let signed_in = received.header("authorization") == Some(BASIC);
        (signed_in && received.header("range").is_some()).then(|| Reply::redirect(307, &target))
    });
    storage.on("/blob", Reply::status(206).body("{").header("content-range", "bytes 0-0/7"));
    let found = client.survey(&Request::new()).await.ranges.unwrap();
    assert_eq!((found.value, found.evidence.statuses.as_slice()), (RangeAnswer::Part, &[307, 206][..]));
    assert!(!found.evidence.url.contains("hunter2"));
    let received = storage.received();
    assert_eq!((received.len(), received[0].header("range")), (1, Some("bytes=0-0")));
    assert_eq!(received[0].header("authorization"), None);
}

#[tokio::test]
async fn a_probe_tells_how_to_sign_in_and_is_kept_with_its_request() {
    let fixture = Fixture::start().await;
    fixture.require_basic(BASIC);
    let client = client(&fixture);
    client.check(&Request::new()).await.unwrap();
    let found = client.capabilities().auth.unwrap();
    assert_eq!((found.value, found.evidence.statuses.as_slice()), (AuthKind::Basic, &[401][..]));
    assert!(found.evidence.url.ends_with("/v2/"));
}
