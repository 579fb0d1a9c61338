//! Manifests and configs: verified, or refused.

use std::time::Duration;

use strata::registry::{EntryKind, Error, Request};

use super::support::{Fixture, Reply, digest_of};
use super::{
    INDEX, MANIFEST, client, client_with, descriptor, digest, outcomes, repository, settings, tag, with_manifest,
};

const BODY: &[u8] = br#"{"schemaVersion":2}"#;
const OTHER: &[u8] = br#"{"schemaVersion":2,"x":1}"#;

#[tokio::test]
async fn a_manifest_by_tag_is_verified_by_the_stated_digest() {
    let (fixture, expected) = with_manifest(BODY).await;
    let request = Request::new();
    let document = client(&fixture).manifest(&request, &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.digest.as_str(), expected);
    assert_eq!(document.bytes, BODY);
    assert_eq!(document.media_type.as_str(), MANIFEST);
    assert_eq!(document.reported.unwrap().as_str(), expected);
    let entries = request.trace.entries();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].outcome, "manifest; digest verified");
    assert_eq!((entries[0].verified, entries[0].kind), (Some(true), EntryKind::Document));
    assert_eq!((entries[0].statuses.as_slice(), entries[0].bytes), (&[200][..], BODY.len() as u64));
    assert!(!entries[0].pending && !entries[0].from_cache);
    assert_eq!(entries[0].url, format!("{}/v2/app/web/manifests/1", fixture.origin()));
}

#[tokio::test]
async fn the_whole_accept_list_goes_in_one_header_and_nothing_is_packed() {
    let (fixture, _) = with_manifest(BODY).await;
    client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    let received = &fixture.received()[0];
    let accept = received.header("accept").unwrap();
    let types: Vec<_> = accept.split(", ").collect();
    assert_eq!(types.len(), 8, "{accept}");
    assert_eq!((types[0], types[1], types[7]), (INDEX, MANIFEST, "*/*"));
    assert_eq!(received.headers.get_all("accept").iter().count(), 1);
    assert_eq!(received.header("accept-encoding"), Some("identity"));
    assert!(received.header("user-agent").unwrap().starts_with("strata/"));
    assert_eq!(received.header("authorization"), None);
}

#[tokio::test]
async fn a_registry_that_states_no_digest_is_read_all_the_same() {
    let (fixture, expected) = with_manifest(BODY).await;
    fixture.on("/v2/app/web/manifests/1", Reply::ok(BODY).header("content-type", MANIFEST));
    let request = Request::new();
    let document = client(&fixture).manifest(&request, &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.digest.as_str(), expected);
    assert_eq!(document.reported, None);
    assert_eq!(outcomes(&request), ["manifest; digest computed, the registry states none"]);
}

/// Fails when what nobody could compare is called verified: it was, for whoever waited for another reader's question, and for
/// whoever read it from the cache.
#[tokio::test]
async fn what_was_not_compared_is_called_verified_by_nobody() {
    let (fixture, expected) = with_manifest(BODY).await;
    let reply = Reply::ok(BODY).header("content-type", MANIFEST).after(Duration::from_millis(50));
    fixture.on("/v2/app/web/manifests/1", reply);
    let client = client(&fixture);
    let (first, second, later) = (Request::new(), Request::new(), Request::new());
    let (repository, one) = (repository(), tag("1"));
    let (read, followed) =
        tokio::join!(client.manifest(&first, &repository, &one), client.manifest(&second, &repository, &one));
    client.manifest(&later, &repository, &one).await.unwrap();
    assert!(!read.unwrap().is_proved && !followed.unwrap().is_proved);
    assert_eq!(outcomes(&second), ["read for another page; digest computed, the registry states none"]);
    assert_eq!(outcomes(&later), ["manifest; kept, digest computed, the registry states none"]);
    for request in [&first, &second, &later] {
        assert_eq!(request.trace.entries()[0].verified, None);
    }
    // Whoever asks by digest knows what the bytes must be.
    let by_digest = Request::new();
    assert!(client.manifest(&by_digest, &repository, &digest(&expected)).await.unwrap().is_proved);
    assert_eq!(outcomes(&by_digest), ["manifest; kept, digest verified"]);
    assert_eq!(fixture.received().len(), 1);
}

#[tokio::test]
async fn wrong_bytes_by_digest_are_refused_and_not_kept() {
    let (fixture, right) = with_manifest(BODY).await;
    let path = format!("/v2/app/web/manifests/{right}");
    fixture.on(&path, Reply::ok(OTHER).header("content-type", MANIFEST));
    let client = client(&fixture);
    for _ in 0..2 {
        let request = Request::new();
        match client.manifest(&request, &repository(), &digest(&right)).await.unwrap_err() {
            Error::DigestMismatch { asked, received, reported, request } => {
                assert_eq!((asked.as_str(), received.as_str()), (right.as_str(), digest_of(OTHER).as_str()));
                assert_eq!(reported, None);
                assert_eq!((request.method, request.statuses.as_slice()), ("GET", &[200][..]));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(request.trace.entries()[0].verified, Some(false));
    }
    assert_eq!(fixture.received_for(&path).len(), 2);
}

#[tokio::test]
async fn a_header_that_contradicts_the_bytes_is_a_mismatch() {
    let (fixture, right) = with_manifest(BODY).await;
    let lie = digest_of(OTHER);
    let reply = Reply::ok(BODY).header("content-type", MANIFEST).header("docker-content-digest", &lie);
    fixture.on("/v2/app/web/manifests/1", reply.clone());
    fixture.on(&format!("/v2/app/web/manifests/{right}"), reply);
    let client = client(&fixture);
    for reference in [tag("1"), digest(&right)] {
        match client.manifest(&Request::new(), &repository(), &reference).await.unwrap_err() {
            Error::DigestMismatch { received, reported, .. } => {
                assert_eq!(received.as_str(), right);
                assert_eq!(reported.unwrap().as_str(), lie);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_header_of_an_unknown_algorithm_says_nothing() {
    let (fixture, right) = with_manifest(BODY).await;
    let reply = Reply::ok(BODY).header("content-type", MANIFEST).header("docker-content-digest", "blake3:abc");
    fixture.on("/v2/app/web/manifests/1", reply);
    let document = client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.digest.as_str(), right);
    assert_eq!(document.reported.unwrap().as_str(), "blake3:abc");
}

#[tokio::test]
async fn a_digest_that_cannot_be_checked_is_not_fetched_by() {
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    let error = client.manifest(&Request::new(), &repository(), &digest("foo+bar:QUJD")).await.unwrap_err();
    assert!(matches!(error, Error::NotFetchable(_)), "{error:?}");
    let error = client.config(&Request::new(), &repository(), &descriptor("blake3:abcd", None)).await.unwrap_err();
    assert!(matches!(error, Error::NotFetchable(_)), "{error:?}");
    let error = client.config(&Request::new(), &repository(), &descriptor("", None)).await.unwrap_err();
    assert!(matches!(error, Error::NotFetchable(_)), "{error:?}");
    assert_eq!(fixture.connections(), 0);
}

#[tokio::test]
async fn a_web_page_in_place_of_a_manifest_is_refused() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.on("/v2/app/web/manifests/1", Reply::ok("<html>hello").header("content-type", "text/html; charset=utf-8"));
    let error = client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(error, Error::InvalidResponse { .. }), "{error:?}");
}

#[tokio::test]
async fn a_packed_answer_is_refused() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.on("/v2/app/web/manifests/1", Reply::ok(BODY).header("content-encoding", "gzip"));
    match client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
        Error::InvalidResponse { problem, .. } => assert!(problem.contains("gzip"), "{problem}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_odd_success_is_no_document() {
    let (fixture, _) = with_manifest(BODY).await;
    for status in [204, 206] {
        fixture.on("/v2/app/web/manifests/1", Reply::status(status));
        let error = client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
        assert!(matches!(error, Error::InvalidResponse { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_manifest_is_capped_by_counting() {
    let (fixture, _) = with_manifest(BODY).await;
    let mut settings = settings(fixture.url());
    settings.limits.manifest_bytes = 10_000;
    let client = client_with(settings);
    let path = "/v2/app/web/manifests/1";
    // Announced: refused before the body is read.
    fixture.on(path, Reply::ok(vec![b' '; 10_001]));
    match client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
        Error::TooLarge { limit, announced, request } => {
            assert_eq!((limit, announced, request.bytes), (10_000, Some(10_001), 0));
        }
        other => panic!("{other:?}"),
    }
    // Not announced: refused as soon as there is too much.
    fixture.on(path, Reply::ok(vec![b' '; 1000]).endless());
    match client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
        Error::TooLarge { announced, request, .. } => {
            assert_eq!(announced, None);
            assert!(request.bytes > 10_000 && request.bytes < 1_000_000, "{}", request.bytes);
        }
        other => panic!("{other:?}"),
    }
    fixture.on(path, Reply::ok(vec![b' '; 10_000]).header("content-type", MANIFEST));
    assert!(client.manifest(&Request::new(), &repository(), &tag("1")).await.is_ok());
}

#[tokio::test]
async fn a_config_must_have_the_size_of_its_descriptor() {
    let fixture = Fixture::start().await;
    let config = br#"{"architecture":"amd64"}"#;
    let right = fixture.content(|content| content.blob("app/web", config));
    let client = client(&fixture);
    let size = config.len() as u64;
    for (wrong, replied) in [(size + 1, None), (size - 1, Some(Reply::ok(&config[..]).chunked()))] {
        if let Some(reply) = replied {
            fixture.on(&format!("/v2/app/web/blobs/{right}"), reply);
        }
        match client.config(&Request::new(), &repository(), &descriptor(&right, Some(wrong))).await.unwrap_err() {
            Error::SizeMismatch { expected, received, .. } => assert_eq!((expected, received), (wrong, size)),
            other => panic!("{other:?}"),
        }
    }
    let request = Request::new();
    let document = client.config(&request, &repository(), &descriptor(&right, Some(size))).await.unwrap();
    assert_eq!(document.bytes, &config[..]);
    assert_eq!(document.media_type.as_str(), "application/vnd.oci.image.config.v1+json");
    assert_eq!(outcomes(&request), ["config; digest verified"]);
    // A descriptor without a size is believed as far as its digest goes.
    assert!(client.config(&Request::new().refreshing(true), &repository(), &descriptor(&right, None)).await.is_ok());
}

/// Once read with its right size, a config was shown under any other.
#[tokio::test]
async fn a_config_that_is_known_must_have_its_size_too() {
    let fixture = Fixture::start().await;
    let right = fixture.content(|content| content.blob("app/web", b"config"));
    let client = client(&fixture);
    for (digest, size) in [(right, 6), (digest_of(b"{}"), 2)] {
        client.config(&Request::new(), &repository(), &descriptor(&digest, Some(size))).await.unwrap();
        let asked = fixture.received().len();
        let wrong = descriptor(&digest, Some(size + 1));
        let error = client.config(&Request::new(), &repository(), &wrong).await.unwrap_err();
        assert!(matches!(&error, Error::SizeMismatch { received, .. } if *received == size), "{error:?}");
        assert_eq!(fixture.received().len(), asked);
    }
}

#[tokio::test]
async fn a_config_that_is_announced_too_large_is_not_asked_for() {
    let fixture = Fixture::start().await;
    let large = descriptor(&digest_of(b"x"), Some(17 * 1024 * 1024));
    let error = client(&fixture).config(&Request::new(), &repository(), &large).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
    assert_eq!(fixture.connections(), 0);
}

#[tokio::test]
async fn a_wrong_config_is_refused() {
    let fixture = Fixture::start().await;
    let right = digest_of(b"right");
    fixture.on(&format!("/v2/app/web/blobs/{right}"), Reply::ok("wrong"));
    let error =
        client(&fixture).config(&Request::new(), &repository(), &descriptor(&right, Some(5))).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
}

#[tokio::test]
async fn the_empty_config_is_known_without_asking() {
    let fixture = Fixture::start().await;
    let request = Request::new();
    let document =
        client(&fixture).config(&request, &repository(), &descriptor(&digest_of(b"{}"), Some(2))).await.unwrap();
    assert_eq!(document.bytes, &b"{}"[..]);
    assert!(request.trace.entries()[0].from_cache);
    assert_eq!(fixture.connections(), 0);
}

#[tokio::test]
async fn an_entry_of_an_index_must_have_its_size() {
    let (fixture, right) = with_manifest(BODY).await;
    let client = client(&fixture);
    let size = BODY.len() as u64;
    assert!(client.described_manifest(&Request::new(), &repository(), &descriptor(&right, Some(size))).await.is_ok());
    let error =
        client.described_manifest(&Request::new(), &repository(), &descriptor(&right, Some(1))).await.unwrap_err();
    assert!(matches!(error, Error::SizeMismatch { expected: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn a_repository_may_be_named_like_a_route() {
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    for name in ["tags/list", "foo/manifests/bar", "a/b/tags/list"] {
        fixture.content(|content| {
            let digest = content.manifest(name, MANIFEST, BODY);
            content.tag(name, "1", &digest);
        });
        let repository = name.parse().unwrap();
        assert!(client.manifest(&Request::new(), &repository, &tag("1")).await.is_ok(), "{name}");
        assert_eq!(client.tags(&Request::new(), &repository).await.unwrap().names.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_registry_under_a_prefix_is_asked_under_it() {
    let fixture = Fixture::start().await;
    fixture.on("/artifactory/api/docker/key/v2/app/web/manifests/1", Reply::ok(BODY).header("content-type", MANIFEST));
    let client = client_with(settings(fixture.url().join("/artifactory/api/docker/key/").unwrap()));
    assert!(client.manifest(&Request::new(), &repository(), &tag("1")).await.is_ok());
}

#[tokio::test]
async fn a_signed_schema_1_manifest_is_known_by_its_payload() {
    let payload = b"{\n   \"schemaVersion\": 1,\n   \"name\": \"app/web\"\n}";
    let base64 = |bytes: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    };
    let cut = payload.len() - 2;
    let protected =
        base64(format!(r#"{{"formatLength":{cut},"formatTail":"{}"}}"#, base64(&payload[cut..])).as_bytes());
    let mut signed = payload[..cut].to_vec();
    signed.extend(format!(",\n   \"signatures\": [{{\"protected\": \"{protected}\"}}]\n}}").bytes());
    let fixture = Fixture::start().await;
    let stated = digest_of(payload);
    let reply =
        |kind: &str| Reply::ok(signed.clone()).header("content-type", kind).header("docker-content-digest", &stated);
    fixture.on("/v2/app/web/manifests/1", reply("application/vnd.docker.distribution.manifest.v1+prettyjws"));
    let document = client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.digest.as_str(), stated);
    // The same bytes called an image would show what nobody signed.
    fixture.on("/v2/app/web/manifests/1", reply(MANIFEST));
    let error = client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
}

/// The digest of a manifest that everybody knows, and another document that carries it in its signature (threat T-13). It was
/// shown as verified, and kept, before the piece with the signatures was looked at.
#[tokio::test]
async fn a_schema_1_manifest_cannot_pass_as_another_document() {
    let known = b"{\"schemaVersion\":2,\"name\":\"known\"}";
    let base64 = |bytes: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    };
    let protected = base64(format!(r#"{{"formatLength":0,"formatTail":"{}"}}"#, base64(known)).as_bytes());
    let forged = format!(r#"{{"schemaVersion":1,"name":"forged","signatures":[{{"protected":"{protected}"}}]}}"#);
    let right = digest_of(known);
    let reply = Reply::ok(forged).header("content-type", "application/vnd.docker.distribution.manifest.v1+prettyjws");
    let fixture = Fixture::start().await;
    fixture.on(&format!("/v2/app/web/manifests/{right}"), reply.clone());
    fixture.on("/v2/app/web/manifests/1", reply.header("docker-content-digest", &right));
    let client = client(&fixture);
    for reference in [digest(&right), tag("1")] {
        let error = client.manifest(&Request::new(), &repository(), &reference).await.unwrap_err();
        assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn warnings_of_the_registry_are_passed_on() {
    let (fixture, _) = with_manifest(BODY).await;
    let reply = Reply::ok(BODY).header("content-type", MANIFEST).header("warning", "299 - \"this tag goes away\"");
    fixture.on("/v2/app/web/manifests/1", reply);
    let document = client(&fixture).manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    assert_eq!(document.warnings, ["this tag goes away"]);
}
