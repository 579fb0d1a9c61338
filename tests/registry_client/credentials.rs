//! Identity tokens, registry tokens, passwords that are renewed, and several challenges in one answer.

use std::sync::{Arc, Mutex};

use strata::registry::{Client, Credentials, Error, RegistrySettings, Renewal, Request, Secret};

use super::support::{Fixture, Reply};
use super::{BASIC, client_with, repository, settings, signed_in, tag, with_manifest};

const BODY: &[u8] = br#"{"schemaVersion":2}"#;
/// `Authorization: Basic` of the identity token, for services that know no exchange.
const TOKEN_AS_BASIC: &str = "Basic PHRva2VuPjppZGVudGl0eQ==";

async fn read(client: &Client) -> Result<(), Error> {
    client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await.map(drop)
}

fn with_identity(fixture: &Fixture) -> RegistrySettings {
    let credentials = Credentials::identity_token(None, Secret::new("identity"));
    RegistrySettings { credentials: Some(credentials), ..settings(fixture.url()) }
}

/// A registry whose token service is at `/token`.
async fn with_tokens() -> Fixture {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_token("/token", "granted");
    fixture
}

/// Method, `Authorization` and form of what the token service was asked.
fn asked(fixture: &Fixture) -> Vec<(String, Option<String>, String)> {
    let received = fixture.received_for("/token").into_iter();
    received
        .map(|received| {
            let header = received.header("authorization").map(str::to_owned);
            (received.method.to_string(), header, received.body)
        })
        .collect()
}

#[tokio::test]
async fn an_identity_token_is_exchanged_with_post_and_stands_in_no_address() {
    let fixture = with_tokens().await;
    fixture.on("/token", Reply::json(r#"{"access_token":"granted","expires_in":300}"#));
    let client = client_with(with_identity(&fixture));
    let request = Request::new();
    client.manifest(&request, &repository(), &tag("1")).await.unwrap();
    let form = "grant_type=refresh_token&service=reg&client_id=strata&scope=repository%3Aapp%2Fweb%3Apull&refresh_token=identity";
    assert_eq!(asked(&fixture), [("POST".to_owned(), None, form.to_owned())]);
    let entries = request.trace.entries();
    assert_eq!((entries[1].method, entries[1].outcome.as_str()), ("POST", "token granted"));
    assert!(entries.iter().all(|entry| !entry.url.contains("identity")));
    assert!(fixture.lines().iter().all(|line| !line.contains("identity")));
}

#[tokio::test]
async fn a_newer_identity_token_takes_the_place_of_the_older() {
    let fixture = with_tokens().await;
    fixture.on("/token", Reply::json(r#"{"access_token":"granted","refresh_token":"newer"}"#));
    let client = client_with(with_identity(&fixture));
    read(&client).await.unwrap();
    client.catalog(&Request::new()).await.unwrap();
    let sent: Vec<_> = asked(&fixture).into_iter().map(|(.., form)| form).collect();
    assert!(sent[0].ends_with("refresh_token=identity") && sent[1].ends_with("refresh_token=newer"), "{sent:?}");
    // Refused, the one of the settings has its turn.
    fixture.script(|received| {
        let old = received.path == "/token" && !received.body.ends_with("refresh_token=identity");
        old.then(|| Reply::error(401, "UNAUTHORIZED", "revoked"))
    });
    let other = "other/one".parse().unwrap();
    let error = client.tags(&Request::new(), &other).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(asked(&fixture).last().unwrap().2.ends_with("refresh_token=identity"));
}

/// GCR answers with 404, ACR with 400, Artifactory with 401, others with 405. From then on no `POST` is spent.
#[tokio::test]
async fn a_service_without_post_is_asked_with_get() {
    for status in [400, 401, 404, 405] {
        let fixture = with_tokens().await;
        fixture.script(move |received| {
            (received.path == "/token").then(|| match received.method.as_str() {
                "POST" => Reply::error(status, "UNSUPPORTED", "no"),
                _ => Reply::json(r#"{"token":"granted"}"#),
            })
        });
        let client = client_with(with_identity(&fixture));
        read(&client).await.unwrap();
        client.catalog(&Request::new()).await.unwrap();
        let asked: Vec<_> = asked(&fixture).into_iter().map(|(method, header, _)| (method, header)).collect();
        let get = ("GET".to_owned(), Some(TOKEN_AS_BASIC.to_owned()));
        assert_eq!(asked, [("POST".to_owned(), None), get.clone(), get], "{status}");
    }
}

#[tokio::test]
async fn an_identity_token_that_is_refused_both_ways_is_the_end() {
    for (post, get, code) in [(401, 401, "unauthorized"), (400, 404, "unauthorized"), (404, 404, "invalid_response")] {
        let fixture = with_tokens().await;
        fixture.script(move |received| {
            let status = if received.method == "POST" { post } else { get };
            (received.path == "/token").then(|| Reply::error(status, "NO", "no"))
        });
        let error = read(&client_with(with_identity(&fixture))).await.unwrap_err();
        assert_eq!(error.code(), code, "{error:?}");
        assert!(matches!(&error, Error::Unauthorized { rejected: true, .. }) || code != "unauthorized");
        assert_eq!(fixture.received_for("/token").len(), 2);
        // Trouble of the service is no sign that it wants the other form.
        let fixture = with_tokens().await;
        fixture.on("/token", Reply::status(503));
        read(&client_with(with_identity(&fixture))).await.unwrap_err();
        assert!(fixture.received_for("/token").iter().all(|received| received.method == "POST"));
    }
}

#[tokio::test]
async fn an_identity_token_goes_to_no_foreign_service() {
    let (fixture, _) = with_manifest(BODY).await;
    let evil = Fixture::start().await;
    fixture.require_token(&format!("{}/token", evil.origin()), "granted");
    let error = read(&client_with(with_identity(&fixture))).await.unwrap_err();
    assert!(matches!(error, Error::RealmRefused { .. }), "{error:?}");
    assert_eq!(evil.connections(), 0);
    // Nor does it follow where a service leads.
    let fixture = with_tokens().await;
    fixture.on("/token", Reply::redirect(307, &format!("{}/token", evil.origin())));
    read(&client_with(with_identity(&fixture))).await.unwrap_err();
    assert_eq!(evil.connections(), 0);
}

#[tokio::test]
async fn a_registry_token_is_sent_to_the_registry_alone() {
    let fixture = with_tokens().await;
    let credentials = Credentials::registry_token(Secret::new("granted"));
    let client = client_with(RegistrySettings { credentials: Some(credentials), ..settings(fixture.url()) });
    read(&client).await.unwrap();
    read(&client).await.unwrap();
    assert_eq!(fixture.received_for("/token").len(), 0);
    let sent: Vec<_> =
        fixture.received().iter().map(|received| received.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, [None, Some("Bearer granted".to_owned()), Some("Bearer granted".to_owned())]);

    let credentials = Credentials::registry_token(Secret::new("other"));
    let client = client_with(RegistrySettings { credentials: Some(credentials), ..settings(fixture.url()) });
    for _ in 0..2 {
        let before = fixture.received().len();
        let error = read(&client).await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized { rejected: true, .. }), "{error:?}");
        assert!(fixture.received().len() - before <= 2);
    }
    assert_eq!(fixture.received_for("/token").len(), 0);
}

/// A password in a file that something else writes anew, as for a registry whose passwords hold for twelve hours.
fn renewed(fixture: &Fixture) -> (RegistrySettings, Arc<Mutex<(String, usize)>>) {
    let file = Arc::new(Mutex::new(("old".to_owned(), 0)));
    let read = Arc::clone(&file);
    let renewal = Renewal::new([], move || {
        let mut file = read.lock().unwrap();
        file.1 += 1;
        Ok(Some(Credentials::new("reader", Secret::new(&file.0))))
    });
    let credentials = Some(Credentials::new("reader", Secret::new("old")));
    (RegistrySettings { credentials, renewal: Some(renewal), ..settings(fixture.url()) }, file)
}

/// Amazon ECR says with 403 that a password has come to its end, others with 401.
#[tokio::test]
async fn a_password_is_read_again_when_it_is_refused() {
    for status in [401, 403] {
        let (fixture, _) = with_manifest(BODY).await;
        let (settings, file) = renewed(&fixture);
        let accepted = Arc::new(Mutex::new("Basic cmVhZGVyOm9sZA==".to_owned()));
        let now = Arc::clone(&accepted);
        fixture.script(move |received| match received.header("authorization") {
            Some(header) if header == *now.lock().unwrap() => None,
            Some(_) if status == 403 => Some(Reply::error(403, "DENIED", "Your authorization token has expired.")),
            _ => Some(Reply::challenge("Basic realm=\"r\"")),
        });
        let client = client_with(settings);
        read(&client).await.unwrap();
        assert_eq!(file.lock().unwrap().1, 0, "it is not read while it is accepted");
        *accepted.lock().unwrap() = "Basic cmVhZGVyOm5ldw==".to_owned();
        file.lock().unwrap().0 = "new".to_owned();
        let before = fixture.received().len();
        read(&client).await.unwrap();
        assert_eq!(fixture.received().len() - before, 2);
        assert_eq!(file.lock().unwrap().1, 1);
        // Nothing newer is there: one look at the file, and no further request.
        *accepted.lock().unwrap() = "nothing".to_owned();
        let before = fixture.received().len();
        let error = read(&client).await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized { .. } | Error::Denied { .. }), "{error:?}");
        assert_eq!(fixture.received().len() - before, 1);
        assert!(file.lock().unwrap().1 <= 3);
    }
}

#[tokio::test]
async fn a_token_service_that_refuses_an_old_password_gets_the_new_one() {
    let fixture = with_tokens().await;
    let (settings, file) = renewed(&fixture);
    fixture.script(|received| {
        (received.path == "/token").then(|| match received.header("authorization") {
            Some("Basic cmVhZGVyOm5ldw==") => Reply::json(r#"{"token":"granted"}"#),
            _ => Reply::error(401, "UNAUTHORIZED", "no"),
        })
    });
    file.lock().unwrap().0 = "new".to_owned();
    read(&client_with(settings)).await.unwrap();
    assert_eq!(fixture.received_for("/token").len(), 2);
}

/// Where the first way is of no use the next one has its turn, and none gets what belongs to another.
#[tokio::test]
async fn a_challenge_that_cannot_be_used_is_passed_by() {
    for challenges in [
        "Negotiate, Bearer realm=\"/broken\", Bearer realm=\"/token\"",
        "Bearer service=\"no realm\", Bearer realm=\"ftp://h/token\", Bearer realm=/token",
        "Bearer realm=\"http://169.254.169.254/token\", Bearer realm=/token",
        "Bearer realm=\"/redirects\", Bearer realm=\"/token\", Basic realm=x",
    ] {
        let (fixture, _) = with_manifest(BODY).await;
        fixture.on("/token", Reply::json(r#"{"token":"granted"}"#));
        fixture.on("/broken", Reply::ok("<html>"));
        fixture.on("/redirects", Reply::redirect(302, "/token"));
        fixture.script(move |received| {
            let open = matches!(received.path.as_str(), "/token" | "/broken" | "/redirects");
            let signed_in = received.header("authorization") == Some("Bearer granted");
            (!open && !signed_in).then(|| Reply::challenge(challenges))
        });
        let client = client_with(signed_in(&fixture));
        read(&client).await.unwrap();
        read(&client).await.unwrap();
    }
}

#[tokio::test]
async fn basic_takes_the_place_of_a_token_service_that_is_none() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.on("/token", Reply::status(404));
    fixture.script(|received| {
        let asked = received.path != "/token" && received.header("authorization") != Some(BASIC);
        asked.then(|| Reply::challenge("Bearer realm=\"/token\"").header("www-authenticate", "Basic realm=\"r\""))
    });
    read(&client_with(signed_in(&fixture))).await.unwrap();
    // A service that refuses the account has the last word: the same password is not tried elsewhere.
    let (fixture, _) = with_manifest(BODY).await;
    fixture.on("/token", Reply::error(401, "UNAUTHORIZED", "no"));
    fixture.script(|received| {
        (received.path != "/token").then(|| Reply::challenge("Bearer realm=\"/token\", Basic realm=\"r\""))
    });
    let error = read(&client_with(signed_in(&fixture))).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { rejected: true, .. }), "{error:?}");
    assert_eq!(fixture.received().len(), 2);
}

#[tokio::test]
async fn a_relative_realm_is_read_against_what_was_asked() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.on("/v2/app/web/manifests/token", Reply::json(r#"{"token":"granted"}"#));
    fixture.script(|received| {
        let open = received.path.ends_with("/token") || received.header("authorization") == Some("Bearer granted");
        (!open).then(|| Reply::challenge("Bearer realm=\"token\""))
    });
    read(&client_with(signed_in(&fixture))).await.unwrap();
}
