//! Sign-in: who gets the credentials, and who does not (threats T-2, T-3).

use std::time::Duration;

use strata::registry::{AuthKind, Error, RealmReason, RegistrySettings, Request};

use super::support::{Fixture, Reply};
use super::{BASIC, MANIFEST, client, client_with, repository, signed_in, tag, with_manifest};

const BODY: &[u8] = br#"{"schemaVersion":2}"#;
const PATH: &str = "/v2/app/web/manifests/1";

async fn read(client: &strata::registry::Client) -> Result<(), Error> {
    client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await.map(drop)
}

#[tokio::test]
async fn basic_is_sent_when_it_is_asked_for_and_then_at_once() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_basic(BASIC);
    let client = client_with(signed_in(&fixture));
    read(&client).await.unwrap();
    read(&client).await.unwrap();
    let sent: Vec<_> =
        fixture.received().iter().map(|received| received.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, [None, Some(BASIC.to_owned()), Some(BASIC.to_owned())]);
}

#[tokio::test]
async fn an_open_registry_never_sees_the_credentials() {
    let (fixture, _) = with_manifest(BODY).await;
    read(&client_with(signed_in(&fixture))).await.unwrap();
    assert!(fixture.received().iter().all(|received| received.header("authorization").is_none()));
}

#[tokio::test]
async fn a_wrong_password_is_said_to_be_one() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_basic("Basic other");
    let client = client_with(signed_in(&fixture));
    for _ in 0..2 {
        let error = read(&client).await.unwrap_err();
        assert!(matches!(&error, Error::Unauthorized { rejected: true, granted: false, .. }), "{error:?}");
    }
    let error = read(&super::client(&fixture)).await.unwrap_err();
    assert!(matches!(&error, Error::Unauthorized { rejected: false, .. }), "{error:?}");
}

#[tokio::test]
async fn a_token_is_asked_for_with_the_least_scope_and_kept() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_token(&format!("{}/token", fixture.origin()), "granted");
    fixture.on("/token", Reply::json(r#"{"token":"granted","expires_in":300}"#));
    let client = client_with(signed_in(&fixture));
    read(&client).await.unwrap();
    read(&client).await.unwrap();
    client.tags(&Request::new(), &repository()).await.unwrap();
    client.catalog(&Request::new()).await.unwrap();
    let other = "other/one".parse().unwrap();
    let error = client.tags(&Request::new(), &other).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert_eq!(
        fixture.lines(),
        [
            "GET /v2/app/web/manifests/1",
            "GET /token?service=reg&scope=repository%3Aapp%2Fweb%3Apull",
            "GET /v2/app/web/manifests/1",
            "GET /v2/app/web/manifests/1",
            "GET /v2/app/web/tags/list",
            // From here on the way is known, and no request is spent on a challenge.
            "GET /token?service=reg&scope=registry%3Acatalog%3A*",
            "GET /v2/_catalog?n=1000",
            "GET /token?service=reg&scope=repository%3Aother%2Fone%3Apull",
            "GET /v2/other/one/tags/list",
        ]
    );
    for received in fixture.received() {
        let expected = if received.path == "/token" { Some(BASIC) } else { Some("Bearer granted") };
        assert!(
            received.header("authorization").is_none() && received.earlier == 0
                || received.header("authorization") == expected
        );
    }
}

#[tokio::test]
async fn an_anonymous_reader_gets_an_anonymous_token() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_token("/token", "granted");
    fixture.on("/token", Reply::json(r#"{"access_token":"granted"}"#));
    let request = Request::new();
    client(&fixture).manifest(&request, &repository(), &tag("1")).await.unwrap();
    assert_eq!(fixture.received_for("/token")[0].header("authorization"), None);
    let kinds: Vec<_> =
        request.trace.entries().iter().map(|entry| format!("{:?} {}", entry.kind, entry.outcome)).collect();
    assert_eq!(kinds, ["Document sign-in wanted", "TokenExchange token granted", "Document manifest; digest verified"]);
}

#[tokio::test]
async fn readers_at_the_same_time_cost_one_token() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_token("/token", "granted");
    fixture.on("/token", Reply::json(r#"{"token":"granted"}"#).after(Duration::from_millis(50)));
    fixture.content(|content| {
        let digest = content.manifest("app/web", MANIFEST, BODY);
        for number in 0..6 {
            content.tag("app/web", &format!("t{number}"), &digest);
        }
    });
    let client = client(&fixture);
    futures::future::join_all((0..6).map(|number| {
        let client = client.clone();
        async move { client.manifest(&Request::new(), &repository(), &tag(&format!("t{number}"))).await.unwrap() }
    }))
    .await;
    assert_eq!(fixture.received_for("/token").len(), 1);
}

#[tokio::test]
async fn requests_that_are_refused_with_one_old_token_cost_one_new_one() {
    let (fixture, digest) = with_manifest(BODY).await;
    fixture.content(|content| content.tag("app/web", "late", &digest));
    fixture.on("/token", Reply::json(r#"{"token":"first","expires_in":3600}"#));
    fixture.require_token("/token", "first");
    let client = client(&fixture);
    read(&client).await.unwrap();
    // From now on only another token will do, and one request learns that later than the other.
    fixture.script(|received| match (received.header("authorization"), received.path.as_str()) {
        (Some("Bearer second"), _) => Some(Reply::ok(BODY).header("content-type", MANIFEST)),
        (_, "/token") => Some(Reply::json(r#"{"token":"second","expires_in":3600}"#)),
        (_, path) => {
            let wait = Duration::from_millis(if path.ends_with("/late") { 300 } else { 0 });
            Some(Reply::challenge("Bearer realm=\"/token\"").after(wait))
        }
    });
    let late = tokio::spawn({
        let client = client.clone();
        async move { client.manifest(&Request::new(), &repository(), &tag("late")).await }
    });
    while fixture.received_for("/v2/app/web/manifests/late").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    read(&client).await.unwrap();
    late.await.unwrap().unwrap();
    assert_eq!(fixture.received_for("/token").len(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_later_is_asked_for_once_more() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.on("/token", Reply::json(r#"{"token":"first","expires_in":3600}"#));
    let client = client(&fixture);
    fixture.require_token("/token", "first");
    read(&client).await.unwrap();
    // From now on only another token will do.
    fixture.script(|received| match received.header("authorization") {
        Some("Bearer second") => Some(Reply::ok(BODY).header("content-type", MANIFEST)),
        _ if received.path == "/token" => Some(Reply::json(r#"{"token":"second","expires_in":3600}"#)),
        _ => Some(Reply::challenge("Bearer realm=\"/token\"")),
    });
    read(&client).await.unwrap();
    assert_eq!(fixture.received_for("/token").len(), 2);
    assert_eq!(fixture.received().last().unwrap().header("authorization"), Some("Bearer second"));
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_the_end() {
    let fixture = Fixture::start().await;
    fixture.require_token("/token", "never");
    fixture.on("/token", Reply::json(r#"{"token":"granted"}"#));
    let error = read(&client_with(signed_in(&fixture))).await.unwrap_err();
    assert!(matches!(&error, Error::Unauthorized { granted: true, rejected: false, .. }), "{error:?}");
    assert_eq!(fixture.received().len(), 3);
}

#[tokio::test]
async fn all_challenges_are_read_and_bearer_comes_first() {
    for challenge in [
        "bearer realm=\"/token\", service=reg",
        "Negotiate, Basic realm=\"a, b\", BEARER Realm=\"/token\"",
        "Negotiate YWJj==, Bearer realm=/token,service=\"x\"",
    ] {
        let (fixture, _) = with_manifest(BODY).await;
        fixture.on("/token", Reply::json(r#"{"token":"granted"}"#));
        fixture.script(move |received| {
            let signed_in = received.header("authorization") == Some("Bearer granted");
            (received.path == PATH && !signed_in).then(|| Reply::challenge(challenge))
        });
        read(&client_with(signed_in(&fixture))).await.unwrap();
    }
    let (fixture, _) = with_manifest(BODY).await;
    fixture.script(|received| {
        (received.header("authorization") != Some(BASIC)).then(|| {
            Reply::challenge("Digest realm=\"x\", qop=\"auth\"").header("www-authenticate", "basic realm=\"y\"")
        })
    });
    read(&client_with(signed_in(&fixture))).await.unwrap();
}

#[tokio::test]
async fn a_foreign_realm_gets_nothing_and_is_named() {
    let (fixture, _) = with_manifest(BODY).await;
    let evil = Fixture::start().await;
    let realm = evil.origin();
    fixture.require_token(&format!("{realm}/token"), "granted");
    let client = client_with(signed_in(&fixture));
    match read(&client).await.unwrap_err() {
        error @ Error::RealmRefused { .. } => {
            let text = error.to_string();
            assert!(text.contains(&realm) && text.contains("trusted_realms"), "{text}");
            let Error::RealmRefused { realm: named, setting, reason, request } = error else { panic!() };
            assert_eq!((named, setting, reason), (realm, "trusted_realms", RealmReason::OtherOrigin));
            assert_eq!(request.statuses, [401]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(evil.connections(), 0);
    for other in
        ["http://169.254.169.254/latest", "https://127.0.0.1/token", "file:///etc/passwd", "http://u:p@127.0.0.1/"]
    {
        fixture.require_token(other, "granted");
        let error = read(&client).await.unwrap_err();
        assert!(matches!(error, Error::RealmRefused { .. }), "{other}: {error:?}");
    }
}

#[tokio::test]
async fn a_realm_that_the_operator_names_is_trusted() {
    let (fixture, _) = with_manifest(BODY).await;
    let service = Fixture::start().await;
    service.on("/token", Reply::json(r#"{"token":"granted"}"#));
    fixture.require_token(&format!("{}/token", service.origin()), "granted");
    let trusted_realms = vec![service.origin().parse().unwrap()];
    read(&client_with(RegistrySettings { trusted_realms, ..signed_in(&fixture) })).await.unwrap();
    assert_eq!(service.received()[0].header("authorization"), Some(BASIC));
}

#[tokio::test]
async fn beside_a_foreign_realm_basic_is_used() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.script(|received| {
        (received.header("authorization") != Some(BASIC))
            .then(|| Reply::challenge("Bearer realm=\"https://evil.example/token\", Basic realm=\"x\""))
    });
    read(&client_with(signed_in(&fixture))).await.unwrap();
}

#[tokio::test]
async fn a_token_service_does_not_redirect() {
    let (fixture, _) = with_manifest(BODY).await;
    let evil = Fixture::start().await;
    fixture.require_token("/token", "granted");
    fixture.on("/token", Reply::redirect(307, &format!("{}/token", evil.origin())));
    let error = read(&client_with(signed_in(&fixture))).await.unwrap_err();
    assert!(matches!(error, Error::RedirectRefused { .. }), "{error:?}");
    assert_eq!(evil.connections(), 0);
}

/// What was learned held until the next start: nothing that a new token was needed for could be read any more.
#[tokio::test]
async fn a_token_service_that_moves_is_found_again() {
    for gone in [Reply::status(404), Reply::redirect(308, "/new"), Reply::status(503), Reply::ok("").broken()] {
        let fixture = Fixture::start().await;
        fixture.content(|content| {
            for repository in ["app/web", "app/other"] {
                let digest = content.manifest(repository, MANIFEST, BODY);
                content.tag(repository, "1", &digest);
            }
        });
        fixture.require_token("/token", "granted");
        fixture.on("/token", Reply::json(r#"{"token":"granted"}"#));
        let client = client_with(signed_in(&fixture));
        read(&client).await.unwrap();
        fixture.require_token("/new", "granted");
        fixture.on("/token", gone);
        fixture.on("/new", Reply::json(r#"{"token":"granted"}"#));
        client.manifest(&Request::new(), &"app/other".parse().unwrap(), &tag("1")).await.unwrap();
        assert_eq!(fixture.received_for("/new").len(), 1);
    }
}

/// The guess is refused, what the challenge names is granted. Without the challenge, nothing but the first repository could be
/// read.
#[tokio::test]
async fn a_registry_may_have_its_own_names_for_scopes() {
    let fixture = Fixture::start().await;
    fixture.content(|content| {
        for repository in ["app/web", "app/other"] {
            let digest = content.manifest(repository, MANIFEST, BODY);
            content.tag(repository, "1", &digest);
        }
    });
    fixture.script(|received| {
        if received.path == "/token" {
            let own = received.query.contains("tenant");
            return Some(if own { Reply::json(r#"{"token":"granted"}"#) } else { Reply::error(403, "DENIED", "no") });
        }
        let repository = received.path.strip_prefix("/v2/")?.split_once("/manifests/")?.0;
        let challenge = format!("Bearer realm=\"/token\",scope=\"repository:tenant/{repository}:pull\"");
        (received.header("authorization") != Some("Bearer granted")).then(|| Reply::challenge(&challenge))
    });
    let client = client_with(signed_in(&fixture));
    for repository in ["app/web", "app/other"] {
        client.manifest(&Request::new(), &repository.parse().unwrap(), &tag("1")).await.unwrap();
    }
    assert_eq!(
        fixture.lines()[3..],
        [
            "GET /token?scope=repository%3Aapp%2Fother%3Apull",
            "GET /v2/app/other/manifests/1",
            "GET /token?scope=repository%3Atenant%2Fapp%2Fother%3Apull",
            "GET /v2/app/other/manifests/1",
        ]
    );
}

#[tokio::test]
async fn a_password_that_is_refused_later_fails_without_a_loop() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_token("/token", "granted");
    fixture.on("/token", Reply::json(r#"{"token":"granted"}"#));
    let client = client_with(signed_in(&fixture));
    read(&client).await.unwrap();
    fixture.on("/token", Reply::error(401, "UNAUTHORIZED", "no"));
    let asked = fixture.received().len();
    let error = client.tags(&Request::new(), &"other/one".parse().unwrap()).await.unwrap_err();
    assert!(matches!(&error, Error::Unauthorized { rejected: true, granted: false, .. }), "{error:?}");
    let token = "GET /token?service=reg&scope=repository%3Aother%2Fone%3Apull";
    assert_eq!(fixture.lines()[asked..], [token, "GET /v2/other/one/tags/list", token]);
}

#[tokio::test]
async fn odd_token_services_are_refused() {
    for (reply, expected) in [
        (Reply::json(r#"{"token":"a\nX-Evil: 1"}"#), "invalid_response"),
        (Reply::json(r#"{"token":""}"#), "invalid_response"),
        (Reply::json("{}"), "invalid_response"),
        (Reply::ok("<html>"), "invalid_response"),
        (Reply::status(404), "invalid_response"),
        (Reply::ok("x".repeat(1000)).endless(), "too_large"),
        (Reply::error(401, "UNAUTHORIZED", "no"), "unauthorized"),
        (Reply::error(403, "DENIED", "no"), "unauthorized"),
        (Reply::status(429).header("retry-after", "60"), "rate_limited"),
        (Reply::status(500), "upstream"),
    ] {
        let fixture = Fixture::start().await;
        fixture.require_token("/token", "granted");
        fixture.on("/token", reply);
        let error = read(&client_with(signed_in(&fixture))).await.unwrap_err();
        assert_eq!(error.code(), expected, "{error:?}");
        assert!(error.request().unwrap().url.contains("/token"));
    }
}

#[tokio::test]
async fn the_probe_tells_how_to_sign_in() {
    let fixture = Fixture::start().await;
    fixture.require_basic(BASIC);
    let probe = client(&fixture).check(&Request::new()).await.unwrap();
    assert_eq!((probe.status, probe.auth), (401, AuthKind::Basic));
    assert!(probe.sign_in.is_none());
    let probe = client_with(signed_in(&fixture)).check(&Request::new()).await.unwrap();
    assert!(matches!(probe.sign_in, Some(Ok(()))));
    let fixture = Fixture::start().await;
    fixture.require_token("https://auth.example/token?key=hunter3", "granted");
    let probe = client_with(signed_in(&fixture)).check(&Request::new()).await.unwrap();
    assert_eq!(probe.auth, AuthKind::Bearer { realm: "https://auth.example/token?key=…".to_owned() });
    assert!(matches!(probe.sign_in, Some(Err(Error::RealmRefused { .. }))));
}

/// It was said to be the registry's own way.
#[tokio::test]
async fn the_probe_does_not_take_another_hosts_challenge_for_the_registrys() {
    let (fixture, elsewhere) = (Fixture::start().await, Fixture::start().await);
    fixture.on("/v2/", Reply::redirect(307, &format!("{}/v2/", elsewhere.origin())));
    elsewhere.require_basic(BASIC);
    let trusted_redirects = vec![elsewhere.origin().parse().unwrap()];
    let client = client_with(RegistrySettings { trusted_redirects, ..signed_in(&fixture) });
    let probe = client.check(&Request::new()).await.unwrap();
    assert!(matches!(probe.auth, AuthKind::Other(_)), "{:?}", probe.auth);
    assert!(probe.sign_in.is_none());
    assert_eq!(elsewhere.received().len(), 1);
}
