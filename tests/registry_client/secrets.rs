//! No secret in any log, error or trace, and one line for every failure (threat T-28).

use std::fmt::Write;

use strata::registry::{Credentials, RegistrySettings, Request, Secret};

use super::support::logs::Logs;
use super::support::{Fixture, Reply, digest_of};
use super::{client_with, descriptor, repository, settings, tag};

const PASSWORD: &str = "correct-horse-battery";
const TOKEN: &str = "granted-token-text";
const SIGNATURE: &str = "signature-of-storage";

#[tokio::test]
async fn no_secret_is_written_anywhere() {
    let logs = Logs::of_process();
    let (fixture, storage) = (Fixture::start().await, Fixture::start().await);
    let settings = RegistrySettings {
        credentials: Some(Credentials::new("reader", Secret::new(PASSWORD))),
        trusted_redirects: vec![storage.origin().parse().unwrap()],
        ..settings(fixture.url())
    };
    let mut written = format!("{settings:?}");
    let client = client_with(settings);
    let request = Request::new();
    let mut errors = Vec::new();
    // Basic, refused; then tokens; a redirect to a signed address that fails; a service that echoes what it got.
    fixture.require_basic("Basic other");
    errors.push(client.manifest(&request, &repository(), &tag("1")).await.unwrap_err());
    fixture.script(move |received| {
        let sent = received.header("authorization").unwrap_or_default();
        match received.path.as_str() {
            "/token" => Some(Reply::json(format!("{{\"token\":\"{TOKEN}\"}}"))),
            _ if sent != format!("Bearer {TOKEN}") => {
                Some(Reply::challenge("Bearer realm=\"/token?key=realm-key-text\""))
            }
            path if path.contains("/blobs/") => None,
            _ => Some(Reply::error(403, "DENIED", "no")),
        }
    });
    errors.push(client.manifest(&request, &repository(), &tag("1")).await.unwrap_err());
    let blob = digest_of(b"x");
    let target = format!("{}/bucket?X-Amz-Signature={SIGNATURE}", storage.origin());
    fixture.on(&format!("/v2/app/web/blobs/{blob}"), Reply::redirect(307, &target));
    errors.push(client.config(&request, &repository(), &descriptor(&blob, None)).await.unwrap_err());
    storage.on("/bucket", Reply::redirect(307, &format!("http://10.0.0.1/?token={SIGNATURE}")));
    errors.push(client.config(&request, &repository(), &descriptor(&blob, None)).await.unwrap_err());
    let probe = client.check(&request).await.unwrap();

    let basic = "cmVhZGVyOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==";
    assert!(
        fixture.received().iter().any(|received| received.header("authorization") == Some(&format!("Basic {basic}")))
    );
    assert!(storage.received().iter().any(|received| received.query.contains(SIGNATURE)));
    let entries = request.trace.entries();
    write!(written, "{errors:?} {probe:?} {entries:?} {client:?} {request:?}").unwrap();
    for error in &errors {
        written += &error.to_string();
    }
    written += &logs.text();
    assert!(written.len() > 2000);
    for secret in [PASSWORD, TOKEN, SIGNATURE, basic, "realm-key-text"] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}

/// Identity tokens, those that take their place, and registry tokens.
#[tokio::test]
async fn no_other_token_is_written_anywhere() {
    const IDENTITY: &str = "identity-token-text";
    const NEWER: &str = "newer-identity-token";
    const GIVEN: &str = "registry-token-text";
    let logs = Logs::of_process();
    let fixture = Fixture::start().await;
    fixture.require_token("/token", "other");
    fixture.on("/token", Reply::json(format!(r#"{{"access_token":"{TOKEN}","refresh_token":"{NEWER}"}}"#)));
    let mut written = String::new();
    for credentials in
        [Credentials::identity_token(None, Secret::new(IDENTITY)), Credentials::registry_token(Secret::new(GIVEN))]
    {
        let settings = RegistrySettings { credentials: Some(credentials), ..settings(fixture.url()) };
        write!(written, "{settings:?}").unwrap();
        let client = client_with(settings);
        let request = Request::new();
        for _ in 0..2 {
            let error = client.manifest(&request, &repository(), &tag("1")).await.unwrap_err();
            write!(written, "{error:?} {error}").unwrap();
        }
        let (probe, entries) = (client.check(&request).await.unwrap(), request.trace.entries());
        write!(written, "{probe:?} {entries:?} {client:?} {:?}", client.capabilities()).unwrap();
    }
    let sent = format!("{:?}", fixture.received());
    written += &logs.text();
    for secret in [IDENTITY, NEWER, GIVEN] {
        assert!(sent.contains(secret), "{secret} was not sent");
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}

#[tokio::test]
async fn every_failure_is_one_line() {
    let logs = Logs::of_process();
    let fixture = Fixture::start().await;
    let client = client_with(settings(fixture.url()));
    fixture.on("/v2/app/web/manifests/1", Reply::error(503, "UNAVAILABLE\\u001b[31m", "line one\\nline two"));
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err();
    client.tags(&Request::new(), &repository()).await.unwrap_err();
    client.config(&Request::new(), &repository(), &descriptor(&digest_of(b"x"), None)).await.unwrap_err();
    let lines = logs.failures(&fixture.origin());
    let codes: Vec<_> = lines.iter().map(|line| line["fields"]["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes, ["upstream", "not_found", "not_found"]);
    let fields = &lines[0]["fields"];
    assert_eq!(fields["registry"], "test");
    assert_eq!(fields["method"], "GET");
    assert_eq!(fields["url"], format!("{}/v2/app/web/manifests/1", fixture.origin()));
    assert_eq!(fields["said"], "UNAVAILABLE\\u{1b}[31m");
    assert!(fields["elapsed_ms"].is_u64());
}
