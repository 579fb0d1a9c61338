//! One test for each class of known advisories that a program like this can share, named after it.
//!
//! Not here are those about files that are written: tar archives inside layers (CVE-2025-62518; GHSA-fxhp-mv3v-67qp, links in
//! archives) are not opened, and nothing that a registry sends becomes a file's name on this machine (GHSA-8xwf-rjm4-xvhv).

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strata::embedded::{self, Layout};
use strata::oci::{Descriptor, Digest, MediaType, Reference, RepositoryName};
use strata::registry::{
    Client, Credentials, DocumentCache, Error, Limits, ManifestReference, RealmReason, RedirectReason,
    RegistrySettings, Request, Secret, Truncation,
};

use super::site::{CONFIG, INDEX, LAYER, MANIFEST, SITE, get, page, put, put_artifact, put_image, sound_config};
use super::support::{Fixture, Reply, digest_of};

fn settings(fixture: &Fixture) -> RegistrySettings {
    RegistrySettings {
        credentials: Some(Credentials::new("reader", Secret::new("hunter2"))),
        limits: Limits { retry_pause: Duration::from_millis(1), retries: 0, ..Limits::default() },
        ..RegistrySettings::new("test", fixture.url())
    }
}

fn client(fixture: &Fixture) -> Client {
    Client::new(settings(fixture), Arc::new(DocumentCache::new(1_000_000))).unwrap()
}

fn app() -> RepositoryName {
    "app/web".parse().unwrap()
}

async fn manifest(client: &Client) -> Result<(), Error> {
    client.manifest(&Request::new(), &app(), &ManifestReference::Tag("1".parse().unwrap())).await.map(drop)
}

async fn config(client: &Client) -> Result<(), Error> {
    let descriptor = json!({ "schemaVersion": 2, "layers": [], "config": {
        "mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest_of(b"{ }"), "size": 3, "urls": [],
    } });
    let strata::oci::Manifest::Image(image) =
        strata::oci::Manifest::parse(descriptor.to_string().as_bytes(), None).unwrap()
    else {
        panic!("no image")
    };
    client.config(&Request::new(), &app(), &image.config.unwrap()).await.map(drop)
}

/// A registry that hands its configs out elsewhere.
async fn redirecting(target: &str) -> Fixture {
    let registry = Fixture::start().await;
    registry.script({
        let target = target.to_owned();
        move |received| received.path.contains("/blobs/").then(|| Reply::redirect(307, &target))
    });
    registry
}

/// containerd: credentials went to the host of a foreign layer's `urls`. Fails when `urls` are asked.
#[test]
fn cve_2020_15157_foreign_urls_get_no_request() {
    let evil = SITE.runtime.block_on(Fixture::start());
    evil.script(|_| Some(Reply::challenge("Basic realm=\"give it to me\"")));
    let url = format!("{}/layer", evil.origin());
    let mut config = super::site::put_config("advisories/foreign", "{\"os\":\"linux\"}");
    config["urls"] = json!([url]);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config,
        "layers": [{ "mediaType": LAYER, "digest": digest_of(b"x"), "size": 3, "urls": [url] }],
    });
    super::site::put("advisories/foreign", "1", MANIFEST, &manifest.to_string());
    for view in ["", "/-/config", "/-/raw", "?as=dockerfile"] {
        get(&format!("/advisories/foreign:1{view}"));
    }
    assert_eq!(evil.connections(), 0);
}

/// containers/image: a manifest was read into memory however long it was. Fails when bytes are not counted.
#[tokio::test]
async fn cve_2020_1702_a_manifest_without_end_is_not_read_to_its_end() {
    let registry = Fixture::start().await;
    registry.on("/v2/app/web/manifests/1", Reply::ok(vec![b' '; 65_536]).endless());
    let error = manifest(&client(&registry)).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 4_194_304, .. }), "{error:?}");
}

/// OCI image-spec and distribution-spec (GHSA-mc8v-mgrf-8f4m, GHSA-77vh-xpmg-72qh, GHSA-qq97-vm5h-rrhg): one digest, two meanings.
/// Fails when a document with the members of both kinds is shown as one of them.
#[test]
fn cve_2021_41190_a_document_of_two_kinds_is_not_interpreted() {
    let document = json!({ "schemaVersion": 2, "config": {}, "layers": [], "manifests": [] }).to_string();
    for (tag, media_type) in [("manifest", MANIFEST), ("index", INDEX), ("neither", "application/json")] {
        super::site::put("advisories/ambiguous", tag, media_type, &document);
        let answer = get(&format!("/advisories/ambiguous:{tag}"));
        assert_eq!(answer.status, 502, "{tag}");
        answer.says(&["This document could mean several things"]);
    }
}

/// Distribution: `n` of the catalog was the size of an allocation. Fails when neither the API nor the service below it brings a
/// limit into its range.
#[test]
fn cve_2023_2253_a_number_in_a_query_allocates_nothing() {
    let tags: Vec<_> = (0..5_000).map(|number| format!("1.{number}")).collect();
    SITE.main.on("/v2/advisories/many/tags/list", Reply::json(json!({ "tags": tags }).to_string()));
    let answer = get("/-/api/tags/advisories/many?limit=999999999&n=999999999");
    assert_eq!(answer.json()["tags"].as_array().map(Vec::len), Some(1_000));
    assert!(SITE.main.received().iter().all(|received| !received.query.contains("999999")), "it was passed on");
}

/// containers/image (GHSA-6wvf-f2vw-3425): a digest that was not checked became a part of a path. Fails when `Digest` takes
/// any text, or a descriptor's digest is used as it stands.
#[tokio::test]
async fn cve_2024_3727_a_digest_is_no_path() {
    for text in
        ["sha256:../../../etc/passwd", "sha256:a/../../x", "..", "sha256:", "../sha256:aa", "sha256:%2e%2e", "a:b/c"]
    {
        assert!(text.parse::<Digest>().is_err(), "{text}");
        assert!(format!("app/web@{text}").parse::<Reference>().is_err(), "{text}");
    }
    let registry = Fixture::start().await;
    let document =
        r#"{"schemaVersion":2,"layers":[],"config":{"mediaType":"x","digest":"sha256:../../../v2/_catalog","size":2}}"#;
    let Ok(strata::oci::Manifest::Image(image)) = strata::oci::Manifest::parse(document.as_bytes(), None) else {
        panic!("no image")
    };
    let error = client(&registry).config(&Request::new(), &app(), &image.config.unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::NotFetchable(_)), "{error:?}");
    assert_eq!(registry.connections(), 0);
}

/// Distribution's proxy (GHSA-3p65-76g6-3w7r) and go-containerregistry (#2193): the credentials went to whatever host the
/// challenge named. Fails when a realm on another host is trusted.
#[tokio::test]
async fn cve_2026_33540_a_foreign_realm_gets_no_credentials() {
    let (registry, evil) = (Fixture::start().await, Fixture::start().await);
    registry.require_token(&format!("{}/token", evil.origin()), "t");
    let error = manifest(&client(&registry)).await.unwrap_err();
    assert!(matches!(error, Error::RealmRefused { reason: RealmReason::OtherOrigin, .. }), "{error:?}");
    assert_eq!(evil.connections(), 0);
}

/// oras-go: a realm at a private or link-local address was asked. Fails when the realm is asked before it is judged.
#[tokio::test]
async fn ghsa_xf85_363p_868w_a_private_realm_is_not_asked() {
    for realm in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://10.0.0.1/token",
        "http://[::ffff:10.0.0.1]/token",
        "http://0x7f.1:1/token",
        "http://localhost:1/token",
    ] {
        let registry = Fixture::start().await;
        registry.require_token(realm, "t");
        let error = manifest(&client(&registry)).await.unwrap_err();
        assert!(matches!(error, Error::RealmRefused { .. }), "{realm}: {error:?}");
    }
}

/// oras-go: `Authorization` went along to another port of the same host. Fails when a port does not count.
#[tokio::test]
async fn ghsa_vh4v_2xq2_g5cg_credentials_stay_at_their_port() {
    let storage = Fixture::start().await;
    storage.on("/blob", Reply::ok("{ }"));
    let registry = redirecting(&format!("{}/blob", storage.origin())).await;
    registry.script(|received| {
        (received.header("authorization") != Some("Basic cmVhZGVyOmh1bnRlcjI="))
            .then(|| Reply::challenge("Basic realm=\"r\""))
    });
    let trusted_redirects = vec![storage.origin().parse().unwrap()];
    let settings = RegistrySettings { trusted_redirects, ..settings(&registry) };
    let client = Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap();
    config(&client).await.unwrap();
    assert!(registry.received().iter().any(|received| received.header("authorization").is_some()));
    let received = storage.received();
    assert_eq!((received.len(), received[0].header("authorization")), (1, None));
}

/// go-containerregistry (#2292): a token service that passes the check redirects to an address that does not. Fails when
/// redirects of token services are followed.
#[tokio::test]
async fn ggcr_2292_a_token_service_leads_nowhere() {
    let (registry, inside) = (Fixture::start().await, Fixture::start().await);
    registry.require_token(&format!("{}/token", registry.origin()), "t");
    registry.on("/token", Reply::redirect(302, &format!("{}/latest/meta-data", inside.origin())));
    let error = manifest(&client(&registry)).await.unwrap_err();
    assert!(matches!(error, Error::RedirectRefused { reason: RedirectReason::Never, .. }), "{error:?}");
    assert_eq!(inside.connections(), 0);
}

/// go-containerregistry (#2258): where private realms are refused, a private registry's own one must still do.
#[tokio::test]
async fn ggcr_2258_the_registrys_own_token_service_is_asked() {
    let registry = Fixture::start().await;
    registry.require_token(&format!("{}/token", registry.origin()), "granted");
    registry.on("/token", Reply::json(r#"{"token":"granted"}"#));
    registry.content(|content| {
        let digest = content.manifest("app/web", MANIFEST, b"{}");
        content.tag("app/web", "1", &digest);
    });
    manifest(&client(&registry)).await.unwrap();
}

/// go-containerregistry (#2259, #2293, #2349): blobs are redirected to this machine, a private network, the metadata service.
/// Fails when the address of a redirect is not looked at.
#[tokio::test]
async fn ggcr_2349_a_blob_is_not_fetched_from_inside() {
    let inside = Fixture::start().await;
    for target in
        [format!("{}/x", inside.origin()), "http://169.254.169.254/latest".to_owned(), "http://[::1]:1/".to_owned()]
    {
        let registry = redirecting(&target).await;
        let error = config(&client(&registry)).await.unwrap_err();
        assert!(matches!(error, Error::RedirectRefused { reason: RedirectReason::Address, .. }), "{target}: {error:?}");
    }
    assert_eq!(inside.connections(), 0);
}

/// go-containerregistry (#2332): `Link` led to another host. Fails when the origin of a `Link` is not compared.
/// (#2295 is about `Location` while uploading: nothing is uploaded here.)
#[tokio::test]
async fn ggcr_2332_a_list_does_not_go_on_elsewhere() {
    let (registry, inside) = (Fixture::start().await, Fixture::start().await);
    let link = format!("<{}/v2/_catalog?last=x>; rel=\"next\"", inside.origin());
    registry.on("/v2/_catalog", Reply::json(r#"{"repositories":["a"]}"#).header("link", &link));
    let listing = client(&registry).catalog(&Request::new()).await.unwrap();
    assert!(matches!(listing.truncated, Some(Truncation::LinkElsewhere(_))), "{:?}", listing.truncated);
    assert_eq!(inside.connections(), 0);
}

/// oras-go: the title of a layer was the name of a file. Fails when a download is named by anything but its digest.
#[test]
fn ghsa_8xwf_rjm4_xvhv_a_title_names_no_file() {
    let config = super::site::put_config("advisories/titles", "{}");
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/x", "config": config,
        "layers": [{
            "mediaType": "text/plain", "digest": digest_of(b"x"), "size": 3,
            "annotations": { "org.opencontainers.image.title": "../../../etc/cron.d/x\r\nX: y" },
        }],
        "annotations": { "org.opencontainers.image.title": "../../x\"; filename=\"y.html" },
    });
    let digest = super::site::put("advisories/titles", "1", MANIFEST, &manifest.to_string());
    let answer = get("/-/api/raw/advisories/titles:1");
    let expected = format!("attachment; filename=\"manifest-{}.json\"", digest.replace(':', "-"));
    assert_eq!((answer.status, answer.header("content-disposition")), (200, expected.as_str()));
}

/// The largest size that a descriptor can state (image-spec, descriptor.md: an int64).
const LARGEST: u64 = i64::MAX as u64;

/// A descriptor of these bytes that states the largest size.
fn oversized(bytes: &[u8]) -> Descriptor {
    Descriptor {
        media_type: MediaType::new(CONFIG),
        digest: digest_of(bytes).parse().ok(),
        size: Some(LARGEST),
        urls: Vec::new(),
        annotations: Vec::new(),
        artifact_type: None,
        platform: None,
    }
}

/// oras-go: the size that a descriptor states was the size of a buffer. Fails when a blob is asked for though its descriptor says
/// that it is too large, or when the size of an index's entry is not compared.
#[tokio::test]
async fn ghsa_f36w_mj3v_6jqv_what_is_stated_too_large_is_not_asked_for() {
    let registry = Fixture::start().await;
    let client = client(&registry);
    let blob = oversized(b"{ }");
    let errors = [
        client.config(&Request::new(), &app(), &blob).await.unwrap_err(),
        client.blob(&Request::new(), &app(), &blob, u64::MAX).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, Error::TooLarge { announced: Some(LARGEST), .. }), "{error:?}");
    }
    assert_eq!(registry.connections(), 0);
    let manifest = br#"{"schemaVersion":2,"layers":[]}"#;
    registry.content(|content| content.manifest("app/web", MANIFEST, manifest));
    let error = client.described_manifest(&Request::new(), &app(), &oversized(manifest)).await.unwrap_err();
    assert!(matches!(error, Error::SizeMismatch { expected: LARGEST, received: 31, .. }), "{error:?}");
}

/// The same on pages: each opens and says what is wrong.
#[test]
fn ghsa_f36w_mj3v_6jqv_pages_open_whatever_size_is_stated() {
    let image = put_image("advisories/sizes", "config", &sound_config().to_string(), |manifest| {
        manifest["config"]["size"] = json!(LARGEST);
        manifest["layers"][0]["size"] = json!(LARGEST);
    });
    put_artifact("advisories/sizes", "artifact", "application/vnd.in-toto+json", &json!({}), |manifest| {
        manifest["layers"][0]["size"] = json!(LARGEST);
    });
    let platform = json!({ "os": "linux", "architecture": "amd64" });
    let entry = json!({ "mediaType": MANIFEST, "digest": image, "size": LARGEST, "platform": platform });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] });
    put("advisories/sizes", "index", INDEX, &index.to_string());
    for (tag, words) in
        [("config", "1 layer"), ("artifact", "It is larger than what is read here"), ("index", "mismatch")]
    {
        page(&format!("/advisories/sizes:{tag}")).says(&[words]);
    }
    page("/advisories/sizes").says(&["artifact", "index"]);
}

/// The same where an operator lifts all limits. Fails when room is made for as many bytes as are stated: it was seen to end
/// the program.
#[tokio::test]
async fn ghsa_f36w_mj3v_6jqv_no_room_is_made_for_a_stated_size() {
    let registry = Fixture::start().await;
    registry.script(|received| received.path.contains("/blobs/").then(|| Reply::ok("{ }").chunked()));
    let mut settings = settings(&registry);
    settings.limits = Limits { config_bytes: u64::MAX, artifact_bytes: u64::MAX, ..settings.limits };
    let client = Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap();
    let blob = oversized(b"{ }");
    for error in [
        client.config(&Request::new(), &app(), &blob).await.unwrap_err(),
        client.blob(&Request::new(), &app(), &blob, u64::MAX).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::SizeMismatch { expected: LARGEST, received: 3, .. }), "{error:?}");
    }
}

/// The same for a folder that Strata serves itself. Fails when its registry believes the sizes that stand in it.
#[tokio::test]
async fn ghsa_f36w_mj3v_6jqv_a_layout_s_blobs_have_their_own_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = folder.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let write = |bytes: &[u8]| {
        let digest = digest_of(bytes);
        std::fs::write(blobs.join(&digest[7..]), bytes).unwrap();
        json!({ "mediaType": CONFIG, "digest": digest, "size": LARGEST })
    };
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": write(b"{ }"), "layers": [write(b"abc")] });
    let manifest = manifest.to_string();
    let mut entry = write(manifest.as_bytes());
    entry["mediaType"] = json!(MANIFEST);
    let index = json!({ "schemaVersion": 2, "manifests": [entry] });
    std::fs::write(folder.path().join("index.json"), index.to_string()).unwrap();
    std::fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();

    let layout = Layout::open(folder.path()).unwrap();
    let name = layout.repositories().next().unwrap().clone();
    let address = embedded::serve(layout, 0, std::future::pending()).await.unwrap();
    let mut settings = RegistrySettings::new("layout", format!("http://{address}").parse().unwrap());
    settings.limits = Limits { config_bytes: u64::MAX, artifact_bytes: u64::MAX, ..settings.limits };
    let client = Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap();
    let latest = ManifestReference::Tag("latest".parse().unwrap());
    let document = client.manifest(&Request::new(), &name, &latest).await.unwrap();
    assert_eq!(document.bytes, manifest);
    for bytes in [b"{ }", b"abc"] {
        let error = client.blob(&Request::new(), &name, &oversized(bytes), u64::MAX).await.unwrap_err();
        assert!(matches!(error, Error::SizeMismatch { expected: LARGEST, received: 3, .. }), "{error:?}");
        let without = Descriptor { size: None, ..oversized(bytes) };
        let document = client.blob(&Request::new(), &name, &without, u64::MAX).await.unwrap();
        assert_eq!(document.bytes, bytes[..]);
    }
}
