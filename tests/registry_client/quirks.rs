//! What single registries do in their own way, each as a registry that does it. What real ones could be asked for is in
//! `docker_registry`; these are the others.
//!
//! | registry | what is its own here |
//! | --- | --- |
//! | Distribution 2.8 | needs the whole `Accept`; tags unsorted, `null` where there are none |
//! | Distribution 3 | pages of tags, however many were asked for |
//! | zot | `Link` not escaped; 404 without a body; `detail` is an object |
//! | Harbor | tokens for everything, a password for the catalog, and that for administrators |
//! | Quay | `Link` absolute and opaque; 404 for what has expired |
//! | Amazon ECR | Basic; `text/plain`; opaque `last`; unsorted; no digest header |
//! | ECR Public | no catalog, tokens for everybody |
//! | GCR, Artifact Registry | tags with a map of manifests beside them; numbers as text; no `POST` |
//! | ACR | a scope for the catalog; blobs elsewhere; an identity token with a GUID as user name |
//! | GHCR | no catalog; opaque tokens; blobs elsewhere |
//! | GitLab | the token service on another host; catalog refused; unknown types of manifests refused |
//! | Docker Hub | catalog refused; limits in headers; `HEAD` does not count |
//! | Artifactory | `Link` without the prefix; `last` a number; no `POST` |
//! | Nexus | `Link` with a path of another place; Basic beside Bearer |
//! | crane | no links at all, a catalog without order |

use strata::oci::RepositoryName;
use strata::registry::capabilities::CatalogAnswer;
use strata::registry::{Client, Credentials, Error, Listing, RegistrySettings, Request, Secret};

use super::support::{Fixture, Reply, digest_of};
use super::{
    BASIC, MANIFEST, client, client_with, descriptor, digest, repository, settings, signed_in, tag, with_manifest,
};

const BODY: &[u8] = br#"{"schemaVersion":2}"#;
const TAGS: &str = "/v2/app/web/tags/list";
const CATALOG: &str = "/v2/_catalog";
const TOKEN: &str = r#"{"token":"granted","expires_in":300}"#;

fn texts<T: ToString>(listing: &Listing<T>) -> Vec<String> {
    listing.names.iter().map(ToString::to_string).collect()
}

async fn tags(client: &Client) -> Vec<String> {
    texts(&client.tags(&Request::new(), &repository()).await.unwrap())
}

/// The whole catalog, once it has been read.
async fn catalog(client: &Client) -> Listing<RepositoryName> {
    loop {
        let listing = client.catalog(&Request::new()).await.unwrap();
        if !listing.reading {
            return listing;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// A registry under a path prefix.
fn under(fixture: &Fixture, prefix: &str) -> RegistrySettings {
    settings(fixture.url().join(prefix).unwrap())
}

#[tokio::test]
async fn distribution_2_gets_the_whole_accept() {
    let (fixture, _) = with_manifest(BODY).await;
    // Without the types of indexes it says that there is nothing, and without any it writes another document.
    fixture.script(|received| {
        let accept = received.header("accept").unwrap_or_default();
        let all = ["oci.image.index.v1", "oci.image.manifest.v1", "manifest.list.v2", "manifest.v2", "manifest.v1"];
        (received.path.contains("/manifests/") && !all.iter().all(|wanted| accept.contains(wanted)))
            .then(|| Reply::error(404, "MANIFEST_UNKNOWN", "OCI index found, but accept header does not support it"))
    });
    fixture.on(TAGS, Reply::json(r#"{"name":"app/web","tags":null}"#));
    let client = client(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    assert_eq!(tags(&client).await, [""; 0]);
}

#[tokio::test]
async fn distribution_3_pages_tags_as_it_likes() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == TAGS).then(|| match received.query.as_str() {
            "" => {
                Reply::json(r#"{"tags":["a","b"]}"#).header("link", "</v2/app/web/tags/list?last=b&n=2>; rel=\"next\"")
            }
            _ => Reply::json(r#"{"tags":["c"]}"#),
        })
    });
    assert_eq!(tags(&client(&fixture)).await, ["a", "b", "c"]);
    assert_eq!(fixture.lines()[1], "GET /v2/app/web/tags/list?last=b&n=2");
}

#[tokio::test]
async fn zot_escapes_nothing_and_says_nothing() {
    let fixture = Fixture::start().await;
    fixture.script(|received| match (received.path.as_str(), received.query.as_str()) {
        (CATALOG, "n=1000") => {
            Some(Reply::json(r#"{"repositories":["a/b"]}"#).header("link", "</v2/_catalog?n=1&last=a/b>; rel=\"next\""))
        }
        (CATALOG, "n=1&last=a/b") => Some(Reply::json(r#"{"repositories":["c"]}"#)),
        (TAGS, _) => Some(Reply::status(404)),
        _ => None,
    });
    let client = client(&fixture);
    assert_eq!(texts(&catalog(&client).await), ["a/b", "c"]);
    match client.tags(&Request::new(), &repository()).await.unwrap_err() {
        Error::NotFound { errors, .. } => assert!(errors.is_empty()),
        other => panic!("{other:?}"),
    }
    let detail = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"reference":"1"}}]}"#;
    fixture.on("/v2/app/web/manifests/1", Reply::status(404).body(detail).header("content-type", "application/json"));
    match client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap_err() {
        Error::NotFound { errors, .. } => assert_eq!(errors[0].detail.as_deref(), Some(r#"{"reference":"1"}"#)),
        other => panic!("{other:?}"),
    }
}

/// As Harbor decides: the catalog wants Basic and an administrator; a request that came with anything is answered with
/// Basic, one that came with nothing with Bearer.
fn harbor(fixture: &Fixture, administrator: bool) {
    fixture.on("/service/token", Reply::json(TOKEN));
    fixture.script(move |received| {
        let sent = received.header("authorization");
        let basic = || Reply::challenge("Basic realm=\"harbor\"");
        match received.path.as_str() {
            "/service/token" => None,
            CATALOG if sent == Some(BASIC) && administrator => Some(Reply::json(r#"{"repositories":["p/r"]}"#)),
            CATALOG => Some(basic()),
            _ if matches!(sent, Some("Bearer granted")) => None,
            _ if sent.is_some() => Some(basic()),
            _ => Some(Reply::challenge("Bearer realm=\"/service/token\",service=\"harbor-registry\"")),
        }
    });
}

#[tokio::test]
async fn harbor_wants_a_password_for_its_catalog_alone() {
    let (fixture, _) = with_manifest(BODY).await;
    harbor(&fixture, true);
    let client = client_with(signed_in(&fixture));
    let read = async || {
        client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await.unwrap();
    };
    read().await;
    assert_eq!(texts(&catalog(&client).await), ["p/r"]);
    // Both ways are known now: neither is spent on a challenge, and the one does not drive out the other.
    let before = fixture.received().len();
    read().await;
    client.catalog(&Request::new().refreshing(true)).await.unwrap();
    let sent: Vec<_> = fixture.received()[before..]
        .iter()
        .map(|received| format!("{} {}", received.path, received.header("authorization").unwrap_or_default()))
        .collect();
    assert_eq!(sent, ["/v2/app/web/manifests/1 Bearer granted".to_owned(), format!("{CATALOG} {BASIC}")]);
}

#[tokio::test]
async fn harbors_catalog_is_not_offered_to_robots() {
    let (fixture, _) = with_manifest(BODY).await;
    harbor(&fixture, false);
    let client = client_with(signed_in(&fixture));
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    // Our account was accepted, so that this is no wrong password.
    for _ in 0..2 {
        let error = client.catalog(&Request::new()).await.unwrap_err();
        assert!(matches!(error, Error::NotOffered { status: 401, .. }), "{error:?}");
    }
    assert_eq!(client.capabilities().catalog.unwrap().value, CatalogAnswer::NotOffered(401));
    client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await.unwrap();
}

#[tokio::test]
async fn quays_links_are_absolute_and_opaque() {
    let fixture = Fixture::start().await;
    let next = format!("<{}/v2/_catalog?n=100&next_page=gAAAAABl%3D%3D>; rel=\"next\"", fixture.origin());
    fixture.script(move |received| {
        (received.path == CATALOG).then(|| match received.query.as_str() {
            "n=1000" => Reply::json(r#"{"repositories":["z","a"]}"#).header("link", &next),
            "n=100&next_page=gAAAAABl%3D%3D" => Reply::json(r#"{"repositories":["m"]}"#),
            _ => Reply::status(400),
        })
    });
    fixture.on("/v2/app/web/manifests/old", Reply::error(404, "TAG_EXPIRED", "Tag old was deleted or has expired"));
    let client = client(&fixture);
    assert_eq!(texts(&catalog(&client).await), ["z", "a", "m"]);
    match client.manifest(&Request::new(), &repository(), &tag("old")).await.unwrap_err() {
        Error::NotFound { errors, .. } => assert_eq!(errors[0].code, "TAG_EXPIRED"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn ecr_says_text_plain_and_no_digest() {
    let fixture = Fixture::start().await;
    // `AWS:twelve-hours`
    let header = "Basic QVdTOnR3ZWx2ZS1ob3Vycw==";
    let opaque = "last=eyJ2ZXJzaW9uIjoxfQ%3D%3D&n=100";
    let plain = |body: &str| Reply::ok(body.to_owned()).header("content-type", "text/plain; charset=utf-8");
    fixture.script(move |received| {
        if received.header("authorization") != Some(header) {
            return Some(Reply::challenge(
                "Basic realm=\"https://1.dkr.ecr.eu-west-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"",
            ));
        }
        match (received.path.as_str(), received.query.as_str()) {
            (TAGS, "") => {
                let link = format!("<http://{}{TAGS}?{opaque}>; rel=\"next\"", received.header("host").unwrap());
                Some(plain(r#"{"name":"app/web","tags":["c","a"]}"#).header("link", &link))
            }
            (TAGS, query) if query == opaque => Some(plain(r#"{"name":"app/web","tags":["b"]}"#)),
            ("/v2/app/web/manifests/a", _) => Some(Reply::ok(BODY).header("content-type", MANIFEST)),
            _ => None,
        }
    });
    let credentials = Some(Credentials::new("AWS", Secret::new("twelve-hours")));
    let client = client_with(RegistrySettings { credentials, ..settings(fixture.url()) });
    assert_eq!(tags(&client).await, ["c", "a", "b"]);
    let document = client.manifest(&Request::new(), &repository(), &tag("a")).await.unwrap();
    assert_eq!((document.digest.as_str(), document.reported), (digest_of(BODY).as_str(), None));
}

#[tokio::test]
async fn ecr_public_gives_tokens_to_everybody_and_no_catalog() {
    let (fixture, _) = with_manifest(BODY).await;
    fixture.require_token("/token/", "granted");
    fixture.script(|received| (received.path == "/token/").then(|| Reply::json(TOKEN)));
    fixture.script(|received| {
        let signed_in = received.header("authorization") == Some("Bearer granted");
        (received.path == CATALOG && signed_in).then(|| Reply::error(400, "UNSUPPORTED", "not supported"))
    });
    let client = client(&fixture);
    client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    let error = client.catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::NotOffered { status: 400, .. }), "{error:?}");
}

#[tokio::test]
async fn gcr_says_more_than_tags_and_knows_no_post() {
    let fixture = Fixture::start().await;
    fixture.require_token("/v2/token", "granted");
    fixture.script(|received| {
        (received.path == "/v2/token").then(|| match received.method.as_str() {
            "POST" => Reply::status(404).body("<!DOCTYPE html>").header("content-type", "text/html"),
            _ => Reply::json(TOKEN),
        })
    });
    let list = r#"{"child":["a","b"],"manifest":{"sha256:00":{"imageSizeBytes":"123","layerId":"","mediaType":"x",
        "tag":["1"],"timeCreatedMs":"0","timeUploadedMs":"1700000000000"}},"name":"app/web","tags":["2","1"]}"#;
    fixture.script(move |received| {
        let signed_in = received.header("authorization") == Some("Bearer granted");
        (received.path == TAGS && signed_in).then(|| Reply::json(list))
    });
    let credentials = Credentials::identity_token(Some("oauth2accesstoken".to_owned()), Secret::new("ya29"));
    let client = client_with(RegistrySettings { credentials: Some(credentials), ..settings(fixture.url()) });
    assert_eq!(tags(&client).await, ["2", "1"]);
    let methods: Vec<_> =
        fixture.received_for("/v2/token").iter().map(|received| received.method.to_string()).collect();
    assert_eq!(methods, ["POST", "GET"]);
}

#[tokio::test]
async fn acr_exchanges_an_identity_token_of_a_nameless_user() {
    let (fixture, storage) = (Fixture::start().await, Fixture::start().await);
    let config = digest_of(b"{\"a\":1}");
    fixture.require_token("/oauth2/token", "granted");
    fixture.script(|received| {
        let known = received.method == "POST" && received.body.ends_with("refresh_token=eyJ");
        (received.path == "/oauth2/token")
            .then(|| if known { Reply::json(r#"{"access_token":"granted"}"#) } else { Reply::error(400, "BAD", "no") })
    });
    let target = format!("{}/data?sig=hunter2&se=2026", storage.origin());
    let blob = format!("/v2/app/web/blobs/{config}");
    fixture.script(move |received| {
        let signed_in = received.header("authorization") == Some("Bearer granted");
        (received.path == blob && signed_in).then(|| Reply::redirect(307, &target))
    });
    storage.on("/data", Reply::ok(r#"{"a":1}"#));
    let guid = "00000000-0000-0000-0000-000000000000".to_owned();
    let credentials = Some(Credentials::identity_token(Some(guid), Secret::new("eyJ")));
    let trusted_redirects = vec![storage.origin().parse().unwrap()];
    let client = client_with(RegistrySettings { credentials, trusted_redirects, ..settings(fixture.url()) });
    client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
    client.catalog(&Request::new()).await.unwrap();
    let forms: Vec<_> = fixture.received_for("/oauth2/token").into_iter().map(|received| received.body).collect();
    assert!(forms[1].contains("scope=registry%3Acatalog%3A*"), "{forms:?}");
    assert!(storage.received().iter().all(|received| received.header("authorization").is_none()));
}

#[tokio::test]
async fn ghcr_has_no_catalog_and_opaque_tokens() {
    let (fixture, storage) = (Fixture::start().await, Fixture::start().await);
    fixture.require_token("/token", "djE6b3BhcXVlOjE=");
    fixture.on("/token", Reply::json(r#"{"token":"djE6b3BhcXVlOjE="}"#));
    fixture.script(|received| {
        let signed_in = received.header("authorization").is_some_and(|header| header.starts_with("Bearer"));
        (received.path == CATALOG && signed_in).then(|| Reply::status(404).body("404 page not found"))
    });
    let config = digest_of(b"{\"a\":1}");
    let (blob, target) = (format!("/v2/app/web/blobs/{config}"), format!("{}/blob", storage.origin()));
    fixture.script(move |received| {
        let signed_in = received.header("authorization").is_some_and(|header| header.starts_with("Bearer"));
        (received.path == blob && signed_in).then(|| Reply::redirect(307, &target))
    });
    storage.on("/blob", Reply::ok(r#"{"a":1}"#));
    let trusted_redirects = vec![storage.origin().parse().unwrap()];
    let client = client_with(RegistrySettings { trusted_redirects, ..settings(fixture.url()) });
    let error = client.catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::NotOffered { status: 404, .. }), "{error:?}");
    client.config(&Request::new(), &repository(), &descriptor(&config, None)).await.unwrap();
    assert_eq!(storage.received()[0].header("authorization"), None);
}

#[tokio::test]
async fn gitlabs_tokens_come_from_another_host() {
    let (fixture, _) = with_manifest(BODY).await;
    let gitlab = Fixture::start().await;
    gitlab.on("/jwt/auth", Reply::json(TOKEN));
    fixture.require_token(&format!("{}/jwt/auth", gitlab.origin()), "granted");
    let unknown = "unknown media type during manifest conversion";
    fixture.script(move |received| {
        let signed_in = received.header("authorization") == Some("Bearer granted");
        (signed_in && received.path.ends_with("/manifests/odd")).then(|| Reply::error(400, "MANIFEST_INVALID", unknown))
    });
    // The catalog is refused in spite of the token.
    let challenge = format!("Bearer realm=\"{}/jwt/auth\",service=\"container_registry\"", gitlab.origin());
    fixture.on(CATALOG, Reply::challenge(&challenge));
    let error = client_with(signed_in(&fixture)).tags(&Request::new(), &repository()).await.unwrap_err();
    let Error::RealmRefused { realm, .. } = &error else { panic!("{error:?}") };
    assert_eq!((realm, gitlab.connections()), (&gitlab.origin(), 0));

    let trusted_realms = vec![gitlab.origin().parse().unwrap()];
    let client = client_with(RegistrySettings { trusted_realms, ..signed_in(&fixture) });
    assert_eq!(tags(&client).await, ["1"]);
    let error = client.catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::NotOffered { status: 401, .. }), "{error:?}");
    match client.manifest(&Request::new(), &repository(), &tag("odd")).await.unwrap_err() {
        Error::Upstream { status: 400, errors, .. } => assert_eq!(errors[0].message, unknown),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn docker_hub_counts_pulls_and_hides_its_catalog() {
    let (fixture, digest_of_tag) = with_manifest(BODY).await;
    fixture.require_token("/token", "granted");
    fixture.on("/token", Reply::json(TOKEN));
    fixture.script(|received| {
        let signed_in = received.header("authorization") == Some("Bearer granted");
        let catalog = "Bearer realm=\"/token\",service=\"registry.docker.io\",scope=\"registry:catalog:*\"";
        (received.path == CATALOG && signed_in).then(|| Reply::challenge(catalog))
    });
    let etag = format!("\"{digest_of_tag}\"");
    let limited = Reply::ok(BODY)
        .header("content-type", MANIFEST)
        .header("docker-content-digest", &digest_of_tag)
        .header("etag", &etag)
        .header("ratelimit-limit", "100;w=21600")
        .header("ratelimit-remaining", "76;w=21600")
        .header("docker-ratelimit-source", "192.0.2.1");
    fixture.script(move |received| {
        let signed_in = received.header("authorization") == Some("Bearer granted");
        (received.path == "/v2/app/web/manifests/1" && received.method == "GET" && signed_in).then(|| limited.clone())
    });
    let mut settings = settings(fixture.url());
    settings.limits.tag_ttl = std::time::Duration::ZERO;
    let client = client_with(settings);
    for _ in 0..3 {
        client.manifest(&Request::new(), &repository(), &tag("1")).await.unwrap();
    }
    client.manifest(&Request::new(), &repository(), &digest(&digest_of_tag)).await.unwrap();
    // Only a GET counts as a pull: there is one of them with a token, however often the page is looked at.
    let received = fixture.received_for("/v2/app/web/manifests/1");
    let pulls =
        received.iter().filter(|received| received.method == "GET" && received.header("authorization").is_some());
    assert_eq!(pulls.count(), 1);
    let limits = client.capabilities().rate_limit.unwrap();
    let remaining = limits.value.iter().find(|(name, _)| name == "ratelimit-remaining").unwrap();
    assert_eq!(remaining.1, "76;w=21600");
    let error = client.catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::NotOffered { status: 401, .. }), "{error:?}");
}

#[tokio::test]
async fn artifactorys_links_lose_their_prefix() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == "/artifactory/api/docker/key/v2/app/web/tags/list").then(|| match received.query.as_str() {
            "" => Reply::json(r#"{"tags":["a"]}"#).header("link", "</v2/app/web/tags/list?last=100&n=1>; rel=\"next\""),
            "last=100&n=1" => Reply::json(r#"{"tags":["b"]}"#),
            _ => Reply::status(404),
        })
    });
    assert_eq!(tags(&client_with(under(&fixture, "/artifactory/api/docker/key"))).await, ["a", "b"]);
    assert!(fixture.received().iter().all(|received| received.path.starts_with("/artifactory/api/docker/key/v2/")));
}

#[tokio::test]
async fn nexus_links_to_a_path_of_another_place() {
    let fixture = Fixture::start().await;
    let link = format!("<{}/repository/docker/v2/_catalog?n=1000&last=a>; rel=\"next\"", fixture.origin());
    fixture.on("/v2/token", Reply::json(TOKEN));
    fixture.script(move |received| {
        let sent = received.header("authorization");
        if received.path == "/v2/token" {
            return None;
        }
        if sent != Some("Bearer granted") && sent != Some(BASIC) {
            let bearer = "Bearer realm=\"/v2/token\",service=\"/v2/token\"";
            return Some(
                Reply::challenge("BASIC realm=\"Sonatype Nexus Repository Manager\"")
                    .header("www-authenticate", bearer),
            );
        }
        (received.path == CATALOG).then(|| match received.query.as_str() {
            "n=1000" => Reply::json(r#"{"repositories":["a"]}"#).header("link", &link),
            "n=1000&last=a" => Reply::json(r#"{"repositories":["b"]}"#),
            _ => Reply::status(404),
        })
    });
    let client = client_with(signed_in(&fixture));
    assert_eq!(texts(&catalog(&client).await), ["a", "b"]);
    // Both are offered: tokens come first.
    assert_eq!(fixture.received_for(CATALOG).last().unwrap().header("authorization"), Some("Bearer granted"));
}

#[tokio::test]
async fn cranes_catalog_has_neither_order_nor_links() {
    let fixture = Fixture::start().await;
    fixture.on(CATALOG, Reply::json(r#"{"repositories":["z","a","m"]}"#));
    let listing = catalog(&client(&fixture)).await;
    assert_eq!((texts(&listing), listing.complete, listing.pages), (vec!["z".into(), "a".into(), "m".into()], true, 1));
}
