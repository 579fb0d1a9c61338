//! Where redirects may lead, and what is left behind on the way (threats T-4, T-5, T-11).

use strata::registry::{Client, Error, RedirectReason, RegistrySettings, Request};

use super::support::{Fixture, Reply, digest_of};
use super::{BASIC, MANIFEST, client, client_with, descriptor, digest, repository, settings, signed_in, tag};

const CONFIG: &[u8] = br#"{"architecture":"arm64"}"#;
const BODY: &[u8] = br#"{"schemaVersion":2}"#;

fn blob_path() -> String {
    format!("/v2/app/web/blobs/{}", digest_of(CONFIG))
}

async fn config(client: &Client) -> Result<Vec<u8>, Error> {
    let descriptor = descriptor(&digest_of(CONFIG), None);
    client.config(&Request::new(), &repository(), &descriptor).await.map(|document| document.bytes.to_vec())
}

/// The settings of somebody who lets the registry redirect to these.
fn trusting(settings: RegistrySettings, others: &[&Fixture]) -> RegistrySettings {
    let trusted_redirects = others.iter().map(|other| other.origin().parse().unwrap()).collect();
    RegistrySettings { trusted_redirects, ..settings }
}

fn reason(result: Result<Vec<u8>, Error>) -> RedirectReason {
    match result.unwrap_err() {
        Error::RedirectRefused { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn storage_is_followed_to_and_gets_no_credentials() {
    let (registry, storage) = (Fixture::start().await, Fixture::start().await);
    registry.require_basic(BASIC);
    storage.on("/bucket", Reply::ok(CONFIG));
    registry.script({
        let target = format!("{}/bucket?X-Amz-Signature=hunter3", storage.origin());
        move |received| {
            (received.header("authorization").is_some() && received.path == blob_path())
                .then(|| Reply::redirect(307, &target))
        }
    });
    let client = client_with(trusting(signed_in(&registry), &[&storage]));
    let request = Request::new();
    let document = client.config(&request, &repository(), &descriptor(&digest_of(CONFIG), None)).await.unwrap();
    assert_eq!(document.bytes, CONFIG);
    let received = storage.received();
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].header("authorization"), received[0].header("cookie")), (None, None));
    let last = request.trace.entries().pop().unwrap();
    assert_eq!(last.statuses, [307, 200]);
    assert_eq!(last.outcome, "config; digest verified");
}

#[tokio::test]
async fn credentials_are_not_taken_up_again_on_the_way_back() {
    let (registry, storage) = (Fixture::start().await, Fixture::start().await);
    let back = format!("{}/back", registry.origin());
    storage.on("/bucket", Reply::redirect(302, &back));
    let out = format!("{}/bucket", storage.origin());
    registry.script(move |received| match received.path.as_str() {
        "/back" => Some(Reply::ok(CONFIG)),
        _ if received.header("authorization") != Some(BASIC) => Some(Reply::challenge("Basic realm=\"r\"")),
        _ => Some(Reply::redirect(307, &out)),
    });
    let client = client_with(trusting(signed_in(&registry), &[&storage]));
    assert_eq!(config(&client).await.unwrap(), CONFIG);
    let back = registry.received_for("/back");
    assert_eq!((back.len(), back[0].header("authorization")), (1, None));
}

#[tokio::test]
async fn another_port_of_this_machine_gets_no_connection() {
    let (registry, other) = (Fixture::start().await, Fixture::start().await);
    let port = other.url().port().unwrap();
    let client = client(&registry);
    for host in ["127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "[::1]", "127.0.0.2", "0.0.0.0"] {
        registry.on(&blob_path(), Reply::redirect(307, &format!("http://{host}:{port}/bucket")));
        assert_eq!(reason(config(&client).await), RedirectReason::Address, "{host}");
    }
    for target in
        ["http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://[fd00::1]/", "http://[64:ff9b::a00:1]/"]
    {
        registry.on(&blob_path(), Reply::redirect(302, target));
        assert_eq!(reason(config(&client).await), RedirectReason::Address, "{target}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn only_web_addresses_without_user_names_are_followed() {
    let registry = Fixture::start().await;
    let client = client(&registry);
    for (target, expected) in [
        ("file:///etc/passwd", RedirectReason::Scheme),
        ("gopher://127.0.0.1:6379/_x", RedirectReason::Scheme),
        ("http://user:pw@storage.example/x", RedirectReason::Credentials),
        ("http://", RedirectReason::Location),
    ] {
        registry.on(&blob_path(), Reply::redirect(307, target));
        assert_eq!(reason(config(&client).await), expected, "{target}");
    }
    registry.on(&blob_path(), Reply::status(307));
    assert_eq!(reason(config(&client).await), RedirectReason::Location);
}

#[tokio::test]
async fn a_chain_has_an_end() {
    let registry = Fixture::start().await;
    let path = blob_path();
    registry.on(&path, Reply::redirect(307, &path));
    assert_eq!(reason(config(&client(&registry)).await), RedirectReason::TooMany(5));
    assert_eq!(registry.received().len(), 6);
}

#[tokio::test]
async fn a_blob_may_move_within_the_registry() {
    let registry = Fixture::start().await;
    registry.on(&blob_path(), Reply::redirect(301, "/storage/x"));
    registry.on("/storage/x", Reply::ok(CONFIG));
    assert_eq!(config(&client(&registry)).await.unwrap(), CONFIG);
    registry.on("/storage/x", Reply::ok("other bytes"));
    let error = config(&client(&registry)).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
}

#[tokio::test]
async fn manifests_and_lists_do_not_move_within_the_registry() {
    let registry = Fixture::start().await;
    let client = client(&registry);
    registry.content(|content| content.manifest("other", MANIFEST, BODY));
    let by_digest = format!("/v2/app/web/manifests/{}", digest_of(BODY));
    for (path, target) in [
        ("/v2/app/web/manifests/1", "/v2/_catalog".to_owned()),
        ("/v2/app/web/manifests/1", "/v2/other/manifests/1".to_owned()),
        (&by_digest, format!("/v2/other/manifests/{}", digest_of(BODY))),
        ("/v2/app/web/tags/list", "/v2/other/tags/list".to_owned()),
        ("/v2/_catalog", "/v2/app/web/tags/list".to_owned()),
    ] {
        registry.on(path, Reply::redirect(301, &target));
        let before = registry.received().len();
        let request = Request::new();
        let error = match path {
            "/v2/_catalog" => client.catalog(&request).await.unwrap_err(),
            "/v2/app/web/tags/list" => client.tags(&request, &repository()).await.unwrap_err(),
            "/v2/app/web/manifests/1" => client.manifest(&request, &repository(), &tag("1")).await.unwrap_err(),
            _ => client.manifest(&request, &repository(), &digest(&digest_of(BODY))).await.unwrap_err(),
        };
        match error {
            Error::RedirectRefused { reason: RedirectReason::OtherObject, to, request } => {
                assert_eq!(to, format!("{}{target}", registry.origin()));
                assert_eq!(request.statuses, [301]);
            }
            other => panic!("{path}: {other:?}"),
        }
        assert_eq!(registry.received().len(), before + 1);
    }
}

#[tokio::test]
async fn manifests_and_lists_may_be_handed_out_elsewhere() {
    let (registry, near) = (Fixture::start().await, Fixture::start().await);
    near.content(|content| {
        let digest = content.manifest("mirror/app/web", MANIFEST, BODY);
        content.tag("mirror/app/web", "1", &digest);
    });
    let origin = near.origin();
    registry.script(move |received| {
        received.path.strip_prefix("/v2/").map(|rest| Reply::redirect(302, &format!("{origin}/v2/mirror/{rest}")))
    });
    let client = client_with(trusting(settings(registry.url()), &[&near]));
    assert!(client.manifest(&Request::new(), &repository(), &tag("1")).await.is_ok());
    assert!(client.manifest(&Request::new(), &repository(), &digest(&digest_of(BODY))).await.is_ok());
    assert_eq!(client.tags(&Request::new(), &repository()).await.unwrap().names.len(), 1);
}

#[tokio::test]
async fn a_challenge_of_another_host_is_not_answered() {
    let (registry, storage) = (Fixture::start().await, Fixture::start().await);
    storage.script(|_| Some(Reply::challenge("Basic realm=\"give it to me\"")));
    registry.on(&blob_path(), Reply::redirect(307, &format!("{}/bucket", storage.origin())));
    let client = client_with(trusting(signed_in(&registry), &[&storage]));
    let error = config(&client).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { rejected: false, .. }), "{error:?}");
    assert_eq!(registry.received().len(), 1);
    assert!(storage.received().iter().all(|received| received.header("authorization").is_none()));
}
