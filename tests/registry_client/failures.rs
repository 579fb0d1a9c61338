//! Every way to fail has its own error, which says what was asked.

use std::time::{Duration, Instant};

use strata::registry::{Error, Phase, Request};

use super::support::{Fixture, Reply, dead_port, raw_listener};
use super::{client, client_with, repository, settings, tag};

const PATH: &str = "/v2/app/web/manifests/1";

async fn fail(fixture: &Fixture) -> Error {
    client(fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err()
}

async fn fail_with(reply: Reply) -> Error {
    let fixture = Fixture::start().await;
    fixture.on(PATH, reply);
    fail(&fixture).await
}

#[tokio::test]
async fn a_missing_tag_is_not_found_with_the_registrys_words() {
    let fixture = Fixture::start().await;
    match fail(&fixture).await {
        Error::NotFound { request, errors } => {
            assert_eq!(request.url, format!("{}{PATH}", fixture.origin()));
            assert_eq!((request.method, request.registry.as_str()), ("GET", "test"));
            assert_eq!(request.statuses, [404]);
            assert_eq!(request.content_type.as_deref(), Some("application/json"));
            assert_eq!((errors[0].code.as_str(), errors[0].message.as_str()), ("MANIFEST_UNKNOWN", "manifest unknown"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn statuses_have_errors_of_their_own() {
    let denied = fail_with(Reply::error(403, "DENIED", "no")).await;
    assert!(matches!(&denied, Error::Denied { errors, .. } if errors[0].code == "DENIED"), "{denied:?}");
    let unauthorized = fail_with(Reply::error(401, "UNAUTHORIZED", "no")).await;
    assert!(matches!(&unauthorized, Error::Unauthorized { rejected: false, granted: false, .. }), "{unauthorized:?}");
    for status in [400, 405, 418, 500, 503, 507] {
        let error = fail_with(Reply::error(status, "X", "y")).await;
        assert!(matches!(&error, Error::Upstream { status: found, .. } if *found == status), "{error:?}");
    }
}

#[tokio::test]
async fn plain_text_is_quoted_and_web_pages_are_not() {
    let error =
        fail_with(Reply::status(404).body("404 page \u{1b}[31mnot found\n").header("content-type", "text/plain")).await;
    assert_eq!(error.request().unwrap().excerpt.as_deref(), Some("404 page \\u{1b}[31mnot found"));
    let error = fail_with(Reply::status(502).body("<html><script>").header("content-type", "text/html")).await;
    assert!(matches!(error, Error::Upstream { status: 502, .. }));
    assert_eq!(error.request().unwrap().excerpt, None);
    let error = fail_with(Reply::status(404)).await;
    assert_eq!(error.request().unwrap().excerpt, None);
}

#[tokio::test]
async fn an_endless_error_body_is_cut() {
    let error = fail_with(Reply::status(403).body(vec![b'x'; 1000]).endless()).await;
    assert!(matches!(&error, Error::Denied { request, .. } if request.bytes < 1_000_000), "{error:?}");
}

#[tokio::test]
async fn a_wait_that_outlasts_the_patience_is_reported_at_once() {
    let later = std::time::SystemTime::now() + Duration::from_hours(1);
    for value in ["3600".to_owned(), httpdate::fmt_http_date(later)] {
        let began = Instant::now();
        let fixture = Fixture::start().await;
        fixture.on(PATH, Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", &value));
        match fail(&fixture).await {
            Error::RateLimited { retry_after, errors, .. } => {
                assert!((3590..=3600).contains(&retry_after.unwrap().as_secs()));
                assert_eq!(errors[0].code, "TOOMANYREQUESTS");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(fixture.received().len(), 1);
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn what_may_pass_is_asked_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let fixture = Fixture::start().await;
        let good = Reply::ok("{}").header("content-type", "application/json");
        fixture.in_turn(PATH, vec![Reply::status(status), Reply::status(status).header("retry-after", "0"), good]);
        let request = Request::new();
        client(&fixture).manifest(&request, &repository(), &tag("1")).await.unwrap();
        assert_eq!(fixture.received().len(), 3, "{status}");
        assert_eq!(request.trace.entries().len(), 3);
    }
}

#[tokio::test]
async fn repetitions_go_on_for_those_who_wait_longer_than_who_began() {
    let fixture = Fixture::start().await;
    fixture.in_turn(PATH, vec![Reply::status(503), Reply::ok("{}")]);
    let mut settings = settings(fixture.url());
    settings.limits.retry_pause = Duration::from_millis(400);
    let client = client_with(settings);
    let (repository, tag) = (repository(), tag("1"));
    let hurried = Request::new().within(Duration::from_millis(100));
    let patient = Request::new();
    let (first, second) =
        tokio::join!(client.manifest(&hurried, &repository, &tag), client.manifest(&patient, &repository, &tag));
    assert!(matches!(first, Err(Error::Deadline { .. })), "{first:?}");
    second.unwrap();
    assert_eq!(fixture.received().len(), 2);
}

#[tokio::test]
async fn repetitions_have_an_end() {
    let fixture = Fixture::start().await;
    fixture.on(PATH, Reply::status(503));
    fail(&fixture).await;
    assert_eq!(fixture.received().len(), 4);
    // What is certain is not asked again.
    for status in [400, 403, 404, 405, 501] {
        let fixture = Fixture::start().await;
        fixture.on(PATH, Reply::status(status));
        fail(&fixture).await;
        assert_eq!(fixture.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_broken_connection_is_tried_again() {
    let fixture = Fixture::start().await;
    fixture.in_turn(PATH, vec![Reply::ok("{").broken(), Reply::ok("{}")]);
    let request = Request::new();
    client(&fixture).manifest(&request, &repository(), &tag("1")).await.unwrap();
    assert_eq!(request.trace.entries().len(), 2);
    let error = fail_with(Reply::ok("{").broken()).await;
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_dead_registry_cannot_be_reached() {
    let client = client_with(settings(dead_port().await));
    let began = Instant::now();
    match client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
        Error::Unreachable { request, problem } => {
            assert!(problem.contains("refused"), "{problem}");
            assert!(request.statuses.is_empty());
        }
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_cannot_be_reached() {
    let client = client_with(settings("http://registry.invalid".parse().unwrap()));
    let error = client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn each_wait_has_its_limit() {
    let fixture = Fixture::start().await;
    let mut settings = settings(fixture.url());
    settings.limits.connect = Duration::from_millis(500);
    settings.limits.first_byte = Duration::from_millis(500);
    settings.limits.idle = Duration::from_millis(700);
    settings.limits.total = Duration::from_secs(3);
    let client = client_with(settings);
    for (reply, expected) in [
        (Reply::ok("{}").after(Duration::from_mins(1)), Phase::FirstByte),
        (Reply::ok("{").stalled(), Phase::Idle),
        (Reply::ok("x".repeat(1000)).slowly(Duration::from_millis(20)), Phase::Total),
    ] {
        fixture.on(PATH, reply);
        match client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
            Error::Timeout { phase, .. } => assert_eq!(phase, expected),
            other => panic!("{other:?}"),
        }
    }
    // A slow registry is not asked again: it would be slower still.
    assert_eq!(fixture.received().len(), 3);
}

#[tokio::test]
async fn a_head_that_never_ends_runs_out_of_time() {
    let mut settings = settings(raw_listener(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n").await);
    settings.limits.connect = Duration::from_millis(50);
    settings.limits.first_byte = Duration::from_millis(50);
    let error = client_with(settings).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_no_http_cannot_be_reached() {
    for bytes in
        [&b"SSH-2.0-OpenSSH_9.2\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"]
    {
        let client = client_with(settings(raw_listener(bytes).await));
        let error = client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn large_heads_do_no_harm() {
    let fixture = Fixture::start().await;
    let mut settings = settings(fixture.url());
    settings.limits.retries = 0;
    let client = client_with(settings);
    for reply in [
        Reply::ok("{}").header("x-large", &"x".repeat(100_000)),
        Reply::ok("{}").header("x-huge", &"x".repeat(1_000_000)),
        (0..500).fold(Reply::ok("{}"), |reply, number| reply.header(&format!("x-{number}"), "x")),
    ] {
        fixture.on(PATH, reply);
        match client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await {
            Ok(document) => assert_eq!(document.bytes, &b"{}"[..]),
            Err(error) => assert!(matches!(error, Error::Unreachable { .. }), "{error:?}"),
        }
    }
    fixture.on(PATH, Reply::ok("{}"));
    assert!(client.manifest(&Request::new(), &repository(), &tag("1")).await.is_ok());
}

#[tokio::test]
async fn at_most_eight_requests_run_at_once() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::ok("{}").after(Duration::from_millis(20))));
    let client = client(&fixture);
    futures::future::join_all((0..40).map(|number| {
        let client = client.clone();
        async move { client.manifest(&Request::new(), &repository(), &tag(&format!("t{number}"))).await.unwrap() }
    }))
    .await;
    assert_eq!(fixture.received().len(), 40);
    assert_eq!(fixture.most_active(), 8);
}

#[tokio::test]
async fn the_probe_says_what_the_registry_is() {
    let fixture = Fixture::start().await;
    let probe = client(&fixture).check(&Request::new()).await.unwrap();
    assert_eq!((probe.status, probe.api_version.as_deref()), (200, Some("registry/2.0")));
    assert_eq!(probe.auth, strata::registry::AuthKind::Anonymous);
    fixture.on("/v2/", Reply::status(404).body("nothing here"));
    assert_eq!(client(&fixture).check(&Request::new()).await.unwrap().status, 404);
    assert!(client_with(settings(dead_port().await)).check(&Request::new()).await.is_err());
    fixture.on("/v2/", Reply::redirect(301, "/login"));
    let error = client(&fixture).check(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::RedirectRefused { .. }), "{error:?}");
}

/// Each reader of a registry's page cost it a request of its own (threat T-24).
#[tokio::test]
async fn readers_of_a_moment_share_one_probe() {
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    let probes = futures::future::join_all((0..10).map(|_| {
        let client = client.clone();
        async move { client.check(&Request::new()).await }
    }));
    assert!(probes.await.into_iter().all(|probe| probe.unwrap().status == 200));
    let late = Request::new();
    client.check(&late).await.unwrap();
    assert_eq!(fixture.received().len(), 1);
    assert!(late.trace.entries()[0].from_cache);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    client.check(&Request::new()).await.unwrap();
    assert_eq!(fixture.received().len(), 2);
}

/// The probe passed by every pause, and began none (threat T-24).
#[tokio::test]
async fn the_probe_leaves_a_registry_alone_that_asks_for_it() {
    let refused = Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", "3600");
    let fixture = Fixture::start().await;
    fixture.on(PATH, refused.clone());
    let client = super::client(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    let error = client.check(&Request::new().refreshing(true)).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(fixture.received().len(), 1);
    let fixture = Fixture::start().await;
    fixture.on("/v2/", refused);
    let client = super::client(&fixture);
    assert_eq!(client.check(&Request::new()).await.unwrap().status, 429);
    let error = client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(fixture.received().len(), 1);
}

#[tokio::test]
async fn a_registry_that_asks_to_be_left_alone_is() {
    let fixture = Fixture::start().await;
    fixture.on(PATH, Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", "3600"));
    let client = client(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    let request = Request::new();
    match client.manifest(&request, &repository(), &tag("2")).await.unwrap_err() {
        Error::RateLimited { retry_after, .. } => assert_eq!(retry_after, Some(Duration::from_hours(1))),
        other => panic!("{other:?}"),
    }
    assert_eq!(fixture.received().len(), 1);
    let entry = &request.trace.entries()[0];
    assert!(entry.from_cache && entry.verified.is_none() && entry.url.ends_with("/2"));
    // A reader who insists is not let through either.
    let error = client.manifest(&Request::new().refreshing(true), &repository(), &tag("2")).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(fixture.received().len(), 1);
}

/// Where only its status was heard, the pause was the one that is made for those who do not say how long.
#[tokio::test]
async fn a_token_service_that_asks_to_be_left_alone_is() {
    let fixture = Fixture::start().await;
    fixture.require_token("/token", "granted");
    fixture.on("/token", Reply::status(429).header("retry-after", "3600"));
    let mut settings = settings(fixture.url());
    settings.limits.rate_pause = Duration::ZERO;
    let client = client_with(settings);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    let asked = fixture.received().len();
    let error = client.manifest(&Request::new(), &repository(), &tag("2")).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(fixture.received().len(), asked);
}

#[tokio::test]
async fn an_answer_that_was_under_way_does_not_end_the_pause_that_a_registry_asks_for() {
    let fixture = Fixture::start().await;
    let slow = "/v2/app/web/manifests/slow";
    fixture.on(slow, Reply::ok("{}").after(Duration::from_millis(300)));
    fixture.on(PATH, Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", "3600"));
    let client = client(&fixture);
    let under_way = tokio::spawn({
        let client = client.clone();
        async move { client.manifest(&Request::new(), &repository(), &tag("slow")).await }
    });
    while fixture.received_for(slow).is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    under_way.await.unwrap().unwrap();
    let error = client.manifest(&Request::new(), &repository(), &tag("2")).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(fixture.received().len(), 2);
}

#[tokio::test]
async fn a_registry_that_does_not_say_how_long_to_wait_is_left_alone_too() {
    let fixture = Fixture::start().await;
    fixture.on(PATH, Reply::error(429, "TOOMANYREQUESTS", "slow down"));
    let mut settings = settings(fixture.url());
    settings.limits.rate_pause = Duration::from_hours(1);
    settings.limits.longest_pause = Duration::from_hours(1);
    let client = client_with(settings);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    let asked = fixture.received().len();
    let error = client.manifest(&Request::new(), &repository(), &tag("2")).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(fixture.received().len(), asked);
}

#[tokio::test]
async fn a_reader_who_insists_looks_whether_a_dead_registry_is_back() {
    let dead = dead_port().await;
    let address = format!("127.0.0.1:{}", dead.port().unwrap());
    let mut settings = settings(dead);
    settings.limits.dead_pause = Duration::from_hours(1);
    let client = client_with(settings);
    client.tags(&Request::new(), &repository()).await.unwrap_err();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let router = axum::Router::new().fallback(|| async { "{}" });
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let error = client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await.unwrap();
    // What came of it holds for the others.
    client.manifest(&Request::new(), &repository(), &tag("2")).await.unwrap();
    server.abort();
}

#[tokio::test]
async fn the_rows_of_a_page_do_not_each_find_out_that_the_registry_is_dead() {
    let client = client_with(settings(dead_port().await));
    client.tags(&Request::new(), &repository()).await.unwrap_err();
    let request = Request::new();
    for number in 0..100 {
        let error = client.manifest(&request, &repository(), &tag(&format!("t{number}"))).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    }
    assert!(request.trace.entries().iter().all(|entry| entry.from_cache));
}

#[tokio::test]
async fn the_queue_has_an_end() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::ok("{}").after(Duration::from_millis(100))));
    let mut settings = settings(fixture.url());
    settings.limits.concurrency = 1;
    settings.limits.queue = 3;
    let client = client_with(settings);
    let results = futures::future::join_all((0..10).map(|number| {
        let client = client.clone();
        async move { client.manifest(&Request::new(), &repository(), &tag(&format!("t{number}"))).await }
    }))
    .await;
    let full =
        results.iter().filter(|result| matches!(result, Err(Error::Timeout { phase: Phase::Queue, .. }))).count();
    assert_eq!((full, fixture.received().len()), (6, 4));
}
