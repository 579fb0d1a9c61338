//! The embedded registry as a client sees it: the API, and `skopeo` and `umoci` against it.
#![cfg(feature = "ssr")]
#![expect(clippy::expect_used, reason = "a test says what cannot fail")]

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use serde_json::Value;
use strata::embedded::{Layout, router, serve};
use tower::ServiceExt as _;

static SAMPLE: LazyLock<Arc<Layout>> = LazyLock::new(|| Arc::new(Layout::sample()));

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn code(&self) -> String {
        self.json()["errors"][0]["code"].as_str().expect("a code").to_owned()
    }

    fn names(&self, member: &str) -> Vec<String> {
        serde_json::from_value(self.json()[member].clone()).expect("a list of names")
    }
}

async fn ask(router: Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(path: &str) -> Answer {
    ask(router(Arc::clone(&SAMPLE)), Method::GET, path, &[]).await
}

async fn get_with(path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(router(Arc::clone(&SAMPLE)), Method::GET, path, headers).await
}

/// The digest of a blob of some hundred bytes: the config of an image.
async fn config_of(repository: &str, tag: &str) -> (String, usize) {
    let manifest = get(&format!("/v2/{repository}/manifests/{tag}")).await.json();
    let config = &manifest["config"];
    let size = config["size"].as_u64().and_then(|size| usize::try_from(size).ok()).expect("a size");
    (config["digest"].as_str().expect("a digest").to_owned(), size)
}

#[tokio::test]
async fn base_says_that_this_is_a_registry() {
    for path in ["/v2/", "/v2"] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
    }
}

#[tokio::test]
async fn lists_are_sorted_and_whole_without_a_limit() {
    let repositories = get("/v2/_catalog").await;
    assert!(repositories.names("repositories").is_sorted() && repositories.header("link").is_empty());
    let tags = get("/v2/payments/api/tags/list").await;
    assert_eq!(tags.json()["name"], "payments/api");
    assert!(tags.names("tags").is_sorted() && tags.header("link").is_empty());
}

#[tokio::test]
async fn following_links_gives_the_whole_list() {
    for (path, member) in [("/v2/_catalog", "repositories"), ("/v2/payments/api/tags/list", "tags")] {
        let whole = get(path).await.names(member);
        for n in [1, 3, whole.len() - 1, whole.len(), whole.len() + 5] {
            let mut walked = Vec::new();
            let mut next = Some(format!("{path}?n={n}"));
            while let Some(path) = next {
                let page = get(&path).await;
                assert!(page.names(member).len() <= n);
                walked.extend(page.names(member));
                let link = page.header("link");
                next = link.strip_prefix('<').map(|link| {
                    let (target, parameters) = link.split_once('>').expect("a target");
                    assert_eq!(parameters, "; rel=\"next\"");
                    target.to_owned()
                });
            }
            assert_eq!(walked, whole, "{path} by {n}");
        }
    }
}

#[tokio::test]
async fn limits_of_lists_are_kept() {
    let none = get("/v2/_catalog?n=0").await;
    assert!(none.names("repositories").is_empty() && none.header("link").is_empty());
    for n in ["-1", "abc", "1.5", "99999999999999999999999"] {
        let answer = get(&format!("/v2/_catalog?n={n}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "PAGINATION_NUMBER_INVALID"));
    }
    // A name that is not on the list still has a place in it.
    let after = get("/v2/payments/api/tags/list?last=1.10.00&n=1").await.names("tags");
    assert_eq!(after, ["1.10.1"]);
    assert!(get("/v2/payments/api/tags/list?last=zzz").await.names("tags").is_empty());
    assert_eq!(get("/v2/_catalog?last=base%2Flinux&n=1").await.names("repositories"), ["base/mini"]);
}

#[tokio::test]
async fn manifests_have_their_exact_type_digest_and_size() {
    let cases = [
        ("payments/api", "latest", "application/vnd.oci.image.index.v1+json"),
        ("payments/worker", "latest", "application/vnd.docker.distribution.manifest.list.v2+json"),
        ("payments/migrations", "2025.11.1", "application/vnd.docker.distribution.manifest.v2+json"),
        ("platform/charts/gateway", "2.2.0_build.7", "application/vnd.oci.image.manifest.v1+json"),
    ];
    for (repository, tag, media_type) in cases {
        let by_tag = get(&format!("/v2/{repository}/manifests/{tag}")).await;
        assert_eq!((by_tag.status, by_tag.header("content-type")), (StatusCode::OK, media_type));
        let digest = by_tag.header("docker-content-digest");
        assert_eq!(by_tag.header("etag"), format!("\"{digest}\""));
        assert_eq!(by_tag.header("content-length"), by_tag.body.len().to_string());
        let path = format!("/v2/{repository}/manifests/{digest}");
        let by_digest = get(&path).await;
        assert_eq!(by_digest.body, by_tag.body);
        let head = ask(router(Arc::clone(&SAMPLE)), Method::HEAD, &path, &[]).await;
        for name in ["content-type", "content-length", "docker-content-digest", "etag"] {
            assert_eq!(head.header(name), by_tag.header(name), "{name}");
        }
        assert!(head.body.is_empty());
    }
}

#[tokio::test]
async fn what_is_known_already_is_not_sent_again() {
    let path = "/v2/payments/api/manifests/latest";
    let entity_tag = get(path).await.header("etag").to_owned();
    for condition in [entity_tag.clone(), format!("\"other\", W/{entity_tag}"), "*".to_owned()] {
        let answer = get_with(path, &[("if-none-match", &condition)]).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_MODIFIED, 0), "{condition}");
        assert_eq!(answer.header("etag"), entity_tag);
    }
    assert_eq!(get_with(path, &[("if-none-match", "\"other\"")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn blobs_are_sent_whole_and_in_part() {
    let (digest, size) = config_of("payments/migrations", "latest").await;
    let path = format!("/v2/payments/migrations/blobs/{digest}");
    let whole = get(&path).await;
    assert_eq!((whole.status, whole.body.len()), (StatusCode::OK, size));
    assert_eq!(whole.header("docker-content-digest"), digest);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let head = ask(router(Arc::clone(&SAMPLE)), Method::HEAD, &path, &[]).await;
    assert_eq!((head.header("content-length"), head.body.len()), (whole.header("content-length"), 0));
    let part = get_with(&path, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &whole.body[10..20]));
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{size}"));
    let end = get_with(&path, &[("range", "bytes=-7")]).await;
    assert_eq!(end.body, whole.body.slice(size - 7..));
    let beyond = get_with(&path, &[("range", &format!("bytes={size}-"))]).await;
    assert_eq!((beyond.status, beyond.code().as_str()), (StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_INVALID"));
    assert_eq!(beyond.header("content-range"), format!("bytes */{size}"));
    let changed = get_with(&path, &[("range", "bytes=0-3"), ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status, changed.body.len()), (StatusCode::OK, size));
}

#[tokio::test]
async fn referrers_are_listed_and_filtered() {
    let digest = get("/v2/payments/api/manifests/latest").await.header("docker-content-digest").to_owned();
    let path = format!("/v2/payments/api/referrers/{digest}");
    let all = get(&path).await;
    assert_eq!(all.header("content-type"), "application/vnd.oci.image.index.v1+json");
    assert!(all.header("oci-filters-applied").is_empty());
    let listed = &all.json()["manifests"];
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(listed[0]["annotations"]["dev.sigstore.bundle.content"], "dsse-envelope");
    let bundle = "application/vnd.dev.sigstore.bundle.v0.3%2Bjson";
    let filtered = get(&format!("{path}?artifactType={bundle}")).await;
    assert_eq!(filtered.header("oci-filters-applied"), "artifactType");
    assert_eq!(&filtered.json()["manifests"], listed);
    let others = get(&format!("{path}?artifactType=application/spdx")).await;
    assert_eq!(others.json()["manifests"], Value::Array(Vec::new()));
    // A subject that nobody knows has no referrers, which is no error.
    let unknown = format!("sha256:{}", "0".repeat(64));
    for repository in ["payments/api", "no/such"] {
        let answer = get(&format!("/v2/{repository}/referrers/{unknown}")).await;
        assert_eq!((answer.status, answer.json()["schemaVersion"].as_u64()), (StatusCode::OK, Some(2)));
    }
}

#[tokio::test]
async fn long_lists_of_referrers_come_in_pages_that_keep_the_filter() {
    let index = get("/v2/payments/api/manifests/1.10.1").await.json();
    let image = index["manifests"][0]["digest"].as_str().expect("an image").to_owned();
    let path = format!("/v2/payments/api/referrers/{image}");
    let all = get(&path).await;
    assert!(all.header("link").is_empty());
    let all = all.json()["manifests"].as_array().expect("a list").clone();
    assert_eq!(all.len(), 2);
    let first = get(&format!("{path}?n=1")).await;
    assert_eq!(first.json()["manifests"], Value::Array(all[..1].to_vec()));
    let (target, relation) = first.header("link").split_once('>').expect("a link");
    assert_eq!(relation, "; rel=\"next\"");
    let second = get(target.trim_start_matches('<')).await;
    assert_eq!(second.json()["manifests"], Value::Array(all[1..].to_vec()));
    assert!(second.header("link").is_empty());
    // A filter is a part of the next page's address.
    let kind = all[1]["artifactType"].as_str().expect("a type").replace('+', "%2B");
    let filtered = get(&format!("{path}?n=1&artifactType={kind}")).await;
    assert_eq!((filtered.header("link"), filtered.header("oci-filters-applied")), ("", "artifactType"));
    assert_eq!(filtered.json()["manifests"], Value::Array(all[1..].to_vec()));
    let none = get(&format!("{path}?n=0")).await;
    assert_eq!((none.json()["manifests"].as_array().map(Vec::len), none.header("link")), (Some(0), ""));
    let refused = get(&format!("{path}?n=many")).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (400, "PAGINATION_NUMBER_INVALID"));
}

#[tokio::test]
async fn refusals_have_their_codes() {
    let zeros = "0".repeat(64);
    let cases = [
        ("/v2/no/such/tags/list".to_owned(), 404, "NAME_UNKNOWN"),
        ("/v2/no/such/manifests/latest".to_owned(), 404, "NAME_UNKNOWN"),
        (format!("/v2/no/such/blobs/sha256:{zeros}"), 404, "NAME_UNKNOWN"),
        ("/v2/Upper/Case/tags/list".to_owned(), 400, "NAME_INVALID"),
        ("/v2/a%00b/tags/list".to_owned(), 400, "NAME_INVALID"),
        ("/v2/payments/api/manifests/no-such".to_owned(), 404, "MANIFEST_UNKNOWN"),
        (format!("/v2/payments/api/manifests/{}", "x".repeat(129)), 404, "MANIFEST_UNKNOWN"),
        (format!("/v2/payments/api/manifests/sha256:{zeros}"), 404, "MANIFEST_UNKNOWN"),
        ("/v2/payments/api/manifests/sha256:abc".to_owned(), 400, "DIGEST_INVALID"),
        (format!("/v2/payments/api/blobs/sha256:{zeros}"), 404, "BLOB_UNKNOWN"),
        (format!("/v2/payments/api/blobs/sha256:{}", "A".repeat(64)), 400, "DIGEST_INVALID"),
        ("/v2/payments/api/blobs/sha256:..%2f..%2fetc%2fpasswd".to_owned(), 404, "UNSUPPORTED"),
        ("/v2/payments/api/referrers/latest".to_owned(), 400, "DIGEST_INVALID"),
        ("/v2/payments/api".to_owned(), 404, "UNSUPPORTED"),
        ("/v2/_oci/ext/discover".to_owned(), 404, "UNSUPPORTED"),
    ];
    for (path, status, code) in cases {
        let answer = get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{path}");
    }
}

#[tokio::test]
async fn blobs_belong_to_their_repository() {
    let (digest, _) = config_of("payments/migrations", "latest").await;
    let answer = get(&format!("/v2/platform/status/blobs/{digest}")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "BLOB_UNKNOWN"));
}

#[tokio::test]
async fn names_made_of_the_api_s_own_words_are_served() {
    let tags = get("/v2/lab/manifests/tags/list/tags/list").await;
    assert_eq!(tags.json()["name"], "lab/manifests/tags/list");
    assert_eq!(tags.names("tags"), ["latest", "list", "manifests"]);
    assert_eq!(get("/v2/lab/manifests/tags/list/manifests/manifests").await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_can_be_written() {
    let paths = ["/v2/", "/v2/_catalog", "/v2/payments/api/manifests/latest", "/v2/payments/api/blobs/uploads/"];
    for path in paths {
        for method in [Method::PUT, Method::POST, Method::PATCH, Method::DELETE] {
            let answer = ask(router(Arc::clone(&SAMPLE)), method, path, &[]).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED"));
            assert_eq!(answer.header("allow"), "GET, HEAD");
        }
    }
}

/// Runs a program; `None`, said aloud, where the machine does not have it.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) => {
            // Not by `eprintln`, which the test harness would keep to itself.
            let _ = writeln!(std::io::stderr(), "NOT TESTED: {program} cannot be run ({error})");
            None
        }
    }
}

/// The same, and it must succeed. Whether there was such a program.
fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let Some(output) = run(program, arguments) else { return false };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {}: {errors}", arguments.join(" "));
    true
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn skopeo_inspects_what_is_served() {
    let address = serve(Layout::sample(), 0, std::future::pending()).await.expect("a port");
    for image in ["payments/api:1.10.1", "payments/worker:v3", "platform/gateway:2.1.0-zstd", "platform/status:1.0.0"] {
        let image = format!("docker://{address}/{image}");
        let Some(output) = run("skopeo", &["inspect", "--tls-verify=false", &image]) else { return };
        assert!(output.status.success(), "{image}: {}", String::from_utf8_lossy(&output.stderr));
        let inspected: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let (repository, tag) = image.rsplit_once(':').expect("a tag");
        let repository = repository.split_once(&address.to_string()).expect("the address").1;
        let manifest = get(&format!("/v2{repository}/manifests/{tag}")).await;
        assert_eq!(inspected["Digest"], manifest.header("docker-content-digest"));
        assert_eq!(inspected["RepoTags"], get(&format!("/v2{repository}/tags/list")).await.json()["tags"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skopeo_copies_every_image_and_the_copy_is_served_again() {
    let address = serve(Layout::sample(), 0, std::future::pending()).await.expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let copied = [
        ("base/linux", "12.3"),
        ("payments/api", "1.9.1"),
        ("payments/api", "1.10.1"),
        ("payments/worker", "v3.14.2"),
        ("payments/migrations", "2026.03.2"),
        ("platform/agent", "5.3.0"),
        ("platform/appliance", "4.1.0-estargz"),
        ("platform/appliance", "4.1.0-zstd-chunked"),
        ("platform/appliance", "4.2.0"),
        ("platform/charts/gateway", "2.1.0"),
        ("platform/gateway", "2.2.0"),
        ("lab/artifacts", "odd-titles"),
        ("lab/hostile", "labels"),
        ("lab/images", "sixty-layers"),
    ];
    for (repository, tag) in copied {
        let target = folder.path().join(repository);
        std::fs::create_dir_all(&target).expect("a folder");
        let from = format!("docker://{address}/{repository}:{tag}");
        let to = format!("oci:{}:{tag}", path(&target));
        if !succeeds("skopeo", &["copy", "--insecure-policy", "--all", "--src-tls-verify=false", &from, &to]) {
            return;
        }
    }
    let layout = Arc::new(Layout::open(folder.path()).expect("layouts"));
    for (repository, tag) in copied {
        let path = format!("/v2/{repository}/manifests/{tag}");
        let (copy, original) = (ask(router(Arc::clone(&layout)), Method::GET, &path, &[]).await, get(&path).await);
        // A layout holds OCI documents only, so that skopeo rewrites Docker's.
        if original.header("content-type").contains("oci") {
            assert_eq!(copy.body, original.body, "{repository}:{tag}");
        }
        assert_eq!(copy.status, StatusCode::OK, "{repository}:{tag}");
    }
    // Blobs come from the disk, in part, too.
    let (digest, size) = config_of("platform/charts/gateway", "2.1.0").await;
    let blob = format!("/v2/platform/charts/gateway/blobs/{digest}");
    let whole = ask(router(Arc::clone(&layout)), Method::GET, &blob, &[]).await;
    assert_eq!((whole.status, &whole.body), (StatusCode::OK, &get(&blob).await.body));
    let part = ask(router(layout), Method::GET, &blob, &[("range", "bytes=5-")]).await;
    assert_eq!((part.status, part.body.len()), (StatusCode::PARTIAL_CONTENT, size - 5));
    assert_eq!(part.body, whole.body.slice(5..));
}

#[test]
fn layout_made_by_umoci_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = folder.path().join("My App");
    std::fs::write(folder.path().join("hello"), "hello\n").expect("a file");
    let image = format!("{}:1.0", path(&layout));
    if !succeeds("umoci", &["init", "--layout", path(&layout)]) {
        return;
    }
    succeeds("umoci", &["new", "--image", &image]);
    let hello = folder.path().join("hello");
    succeeds("umoci", &["insert", "--rootless", "--image", &image, path(&hello), "/hello"]);
    let opened = Layout::open(&layout).expect("a layout");
    let names: Vec<_> = opened.repositories().map(ToString::to_string).collect();
    assert_eq!(names, ["my-app"]);
    let repository = opened.repository(&names[0].parse().expect("a name")).expect("a repository");
    let tags: Vec<_> = repository.tags().map(|(tag, _)| tag.to_string()).collect();
    assert_eq!(tags, ["1.0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn served_port_is_the_first_free_one_and_answers_only_this_machine() {
    let first = serve(Layout::default(), 0, std::future::pending()).await.expect("a port");
    assert!(first.ip().is_loopback());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async { drop(stopped.await) };
    let second = serve(Layout::default(), first.port(), shutdown).await.expect("another port");
    assert!(second.port() > first.port());
    assert!(answer_to(first, &first.to_string()).starts_with("HTTP/1.1 200"));
    assert!(answer_to(first, "localhost:80").starts_with("HTTP/1.1 200"));
    assert!(answer_to(first, "registry.attacker.example").starts_with("HTTP/1.1 403"));
    stop.send(()).expect("a server that listens");
    for _ in 0..100 {
        if std::net::TcpStream::connect(second).is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the server has not stopped");
}

/// What `GET /v2/` gives under this `Host`.
fn answer_to(address: std::net::SocketAddr, host: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    write!(stream, "GET /v2/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
