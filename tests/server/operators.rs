//! What operators ask: health, figures, and a site that goes on with other settings.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use strata::server::Program;
use strata::server::settings::{Arguments, Settings};
use tokio::net::TcpListener;

use crate::odd::fixtures::{Fixture, Reply, process, site};
use crate::support::{SITES, request, run, send};

/// A program with these settings, which begins after the first site was listed.
fn program(settings: &Settings) -> Program {
    LazyLock::force(&SITES);
    run(Program::start(settings)).unwrap()
}

fn settings(arguments: &Arguments) -> Settings {
    Settings::read(arguments, &|_| None).unwrap()
}

/// Settings from a file with this text.
fn in_file(folder: &Path, text: &str) -> Settings {
    settings(&site::in_file(folder, text))
}

fn at_sample() -> Arguments {
    Arguments { registries: vec![format!("http://{}", SITES.registry)], ..Arguments::default() }
}

fn text(router: &Router, target: &str) -> String {
    send(router, request("GET", target)).text().to_owned()
}

/// The value of a line of figures; nothing where there is no such line.
fn figure(figures: &str, line: &str) -> Option<f64> {
    figures.lines().find_map(|found| found.strip_prefix(line)?.trim().parse().ok())
}

#[test]
fn health_answers_whoever_asks_and_says_when_no_more_should_come() {
    let program = program(&settings(&at_sample()));
    let router = program.router();
    for (target, said) in [("/-/health/live", "live\n"), ("/-/health/ready", "ready\n")] {
        let mut probe = request("GET", target);
        probe.headers_mut().insert(header::HOST, "any.name.example".parse().unwrap());
        let answer = send(&router, probe);
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, said));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        let head = send(&router, request("HEAD", target));
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        assert_eq!(send(&router, request("POST", target)).status, StatusCode::METHOD_NOT_ALLOWED);
    }
    program.health().drain();
    assert_eq!(send(&router, request("GET", "/-/health/live")).status, StatusCode::OK);
    let answer = send(&router, request("GET", "/-/health/ready"));
    assert_eq!((answer.status, answer.text()), (StatusCode::SERVICE_UNAVAILABLE, "draining\n"));
    assert_eq!(send(&router, request("GET", "/")).status, StatusCode::OK, "what comes all the same is answered");
}

#[test]
fn health_does_not_depend_on_a_registry() {
    let arguments = Arguments { registries: vec!["http://127.0.0.1:1".to_owned()], ..Arguments::default() };
    let router = program(&settings(&arguments)).router();
    assert_eq!(send(&router, request("GET", "/-/health/ready")).status, StatusCode::OK);
}

/// Nothing that a reader typed is a label: otherwise there are as many figures as anybody likes (threat T-33).
#[test]
fn figures_count_kinds_of_addresses_and_never_name_what_was_asked_for() {
    let program = program(&settings(&at_sample()));
    let router = program.router();
    for target in ["/", "/base/linux", "/base/linux", "/private/secretname:1", "/-/api/registries", "/a%00b"] {
        send(&router, request("GET", target));
    }
    send(&router, request("BREW", "/base/linux"));
    let mut elsewhere = request("GET", "/");
    elsewhere.headers_mut().insert(header::HOST, "secretname.example".parse().unwrap());
    send(&router, elsewhere);
    let answer = send(&router, request("GET", "/-/metrics"));
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let figures = answer.text();
    for (line, value) in [
        ("strata_http_requests_total{kind=\"tags\",method=\"GET\",status=\"2xx\"}", 2.0),
        ("strata_http_requests_total{kind=\"image\",method=\"GET\",status=\"4xx\"}", 1.0),
        ("strata_http_requests_total{kind=\"api\",method=\"GET\",status=\"2xx\"}", 1.0),
        ("strata_http_requests_total{kind=\"none\",method=\"GET\",status=\"4xx\"}", 1.0),
        ("strata_http_requests_total{kind=\"tags\",method=\"other\",status=\"4xx\"}", 1.0),
        ("strata_http_refused_total{reason=\"unknown_host\"}", 1.0),
        ("strata_http_request_duration_seconds_count{kind=\"tags\"}", 3.0),
        ("strata_http_requests_in_flight", 0.0),
    ] {
        assert_eq!(figure(figures, line), Some(value), "{line} in\n{figures}");
    }
    let name = format!("127.0.0.1-{}", SITES.registry.port());
    for line in [
        format!("strata_registry_requests_total{{registry=\"{name}\",kind=\"list\",outcome=\"ok\"}}"),
        format!("strata_registry_walks_total{{registry=\"{name}\",list=\"tags\",outcome=\"complete\"}}"),
        format!("strata_registry_received_bytes_total{{registry=\"{name}\"}}"),
        "strata_cache_reads_total{cache=\"lists\",result=\"hit\"}".to_owned(),
        "strata_cache_capacity_bytes{cache=\"documents\"}".to_owned(),
        "strata_cache_capacity_bytes{cache=\"referrers\"}".to_owned(),
        "process_resident_memory_bytes".to_owned(),
        "process_start_time_seconds".to_owned(),
    ] {
        assert!(figure(figures, &line).is_some_and(|value| value > 0.0), "{line} in\n{figures}");
    }
    let mut elsewhere = request("GET", "/-/metrics");
    elsewhere.headers_mut().insert(header::HOST, "evil.example".parse().unwrap());
    assert_eq!(send(&router, elsewhere).status, StatusCode::MISDIRECTED_REQUEST, "a rebound name (threat T-25)");
    assert!(figures.contains("strata_build_info{version=\"") && figures.ends_with("# EOF\n"), "{figures}");
    for said in ["secretname", "private", "base/linux", "BREW", "%00"] {
        assert!(!figures.contains(said), "{said} in\n{figures}");
    }
}

#[test]
fn figures_can_be_moved_and_switched_off() {
    let with = |place: &str| Arguments { metrics: Some(place.to_owned()), ..at_sample() };
    for place in ["off", "127.0.0.1:9999"] {
        let program = program(&settings(&with(place)));
        let answer = send(&program.router(), request("GET", "/-/metrics"));
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{place}");
        assert!(text(&program.metrics_router(), "/-/metrics").contains("strata_build_info"));
    }
    let wrong = Settings::read(&with("perhaps"), &|_| None).unwrap_err().to_string();
    assert!(
        wrong.starts_with("--metrics: `perhaps` is not allowed here; allowed is `on`, `off`, or an address"),
        "{wrong}"
    );
}

#[test]
fn wrong_bytes_are_counted() {
    LazyLock::force(&SITES);
    let digest = format!("sha256:{}", "0".repeat(64));
    let fixture = run(Fixture::start());
    fixture.on(&format!("/v2/a/b/manifests/{digest}"), Reply::json("{}"));
    let arguments = Arguments { registries: vec![fixture.origin()], ..Arguments::default() };
    let router = program(&settings(&arguments)).router();
    assert_eq!(send(&router, request("GET", &format!("/-/api/image/a/b@{digest}"))).status, StatusCode::BAD_GATEWAY);
    let figures = text(&router, "/-/metrics");
    let name = fixture.origin().replace("http://", "").replace(':', "-");
    let line = format!("strata_registry_verification_failures_total{{registry=\"{name}\",what=\"digest\"}}");
    assert_eq!(figure(&figures, &line), Some(1.0), "{figures}");
}

#[test]
fn what_stays_in_the_settings_keeps_what_it_has_read() {
    LazyLock::force(&SITES);
    let folder = tempfile::tempdir().unwrap();
    let (kept, changed) = (run(Fixture::start()), run(Fixture::start()));
    for fixture in [&kept, &changed] {
        fixture.on("/v2/a/b/tags/list", Reply::json(r#"{"name":"a/b","tags":["1"]}"#));
    }
    let registry = |name: &str, fixture: &Fixture, more: &str| {
        format!("[[registries]]\nname = '{name}'\nurl = '{}'\n{more}\n", fixture.origin())
    };
    let before = registry("kept", &kept, "") + &registry("changed", &changed, "") + &registry("gone", &changed, "");
    let mut program = program(&in_file(folder.path(), &before));
    let router = program.router();
    let read = |name: &str| send(&router, request("GET", &format!("/-/api/tags/{name}/a/b"))).status.as_u16();
    assert_eq!([read("kept"), read("changed"), read("gone"), read("added")], [200, 200, 200, 404]);

    let after = registry("kept", &kept, "")
        + &registry("changed", &changed, "limits = { concurrency = 3 }")
        + &registry("added", &changed, "");
    let told = run(program.reload(&in_file(folder.path(), &after))).unwrap();
    assert_eq!((told.added, told.removed), (vec!["added".to_owned()], vec!["gone".to_owned()]));
    assert_eq!(told.changed, ["changed"]);
    let lists = |fixture: &Fixture| fixture.received_for("/v2/a/b/tags/list").len();
    let asked = (lists(&kept), lists(&changed));
    assert_eq!([read("kept"), read("changed"), read("gone"), read("added")], [200, 200, 404, 200]);
    assert_eq!(lists(&kept), asked.0, "its list is known");
    assert!(lists(&changed) > asked.1, "its list is read anew");
    // What was counted before goes on.
    assert!(text(&router, "/-/metrics").contains("strata_registry_walks_total{registry=\"gone\""));
}

/// Another registry under the name and account of an old one gets nothing of what that had (threat T-20).
#[test]
fn another_registry_of_the_same_name_starts_with_nothing() {
    LazyLock::force(&SITES);
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (run(Fixture::start()), run(Fixture::start()));
    let manifest = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
    let digest = old.content(|content| content.manifest("a/b", "application/vnd.oci.image.index.v1+json", manifest));
    let of = |fixture: &Fixture| format!("[[registries]]\nname = 'main'\nurl = '{}'\n", fixture.origin());
    let mut program = program(&in_file(folder.path(), &of(&old)));
    let router = program.router();
    let read = || send(&router, request("GET", &format!("/-/api/raw/a/b@{digest}"))).status;
    assert_eq!(read(), StatusCode::OK);
    run(program.reload(&in_file(folder.path(), &of(&new)))).unwrap();
    assert_eq!(read(), StatusCode::NOT_FOUND);
}

/// Another account under the same name gets nothing of what the old one had read (threat T-20): it was answered from the cache
/// for another client certificate, and for another token without a user name. What was read with a certificate is no one else's to
/// keep either.
#[test]
fn another_certificate_or_nameless_token_starts_with_nothing() {
    let Some(openssl) = process::program("openssl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let new_certificate = || {
        let (key, certificate) = (file("client.key"), file("client.cert"));
        let new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=reader"];
        process::run(&openssl, &[&new[..], &["-keyout", &key, "-out", &certificate]].concat());
    };
    let new_token = || {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        std::fs::write(file("token"), format!("token {}", COUNT.fetch_add(1, Ordering::Relaxed))).unwrap();
    };
    let kinds: [(&str, &dyn Fn()); 2] = [
        ("client_cert_file = 'client.cert'\nclient_key_file = 'client.key'", &new_certificate),
        ("identity_token_file = 'token'", &new_token),
    ];
    for (shown, change) in kinds {
        change();
        let registry = run(Fixture::start());
        let index = "application/vnd.oci.image.index.v1+json";
        let digest =
            registry.content(|content| content.manifest("a/b", index, br#"{"schemaVersion":2,"manifests":[]}"#));
        let settings = || {
            let text = format!("[[registries]]\nname = 'main'\nurl = '{}'\n{shown}\n", registry.origin());
            in_file(folder.path(), &text)
        };
        let mut program = program(&settings());
        let router = program.router();
        let read = || send(&router, request("GET", &format!("/-/api/raw/a/b@{digest}")));
        let first = read();
        assert_eq!(first.status, StatusCode::OK, "{shown}: {}", first.text());
        assert_eq!(first.header("cache-control"), "private, max-age=31536000, immutable", "{shown}");
        registry.script(|_| Some(Reply::error(404, "MANIFEST_UNKNOWN", "not for this account")));
        run(program.reload(&settings())).unwrap();
        assert_eq!(read().status, StatusCode::OK, "{shown}: the same account");
        change();
        run(program.reload(&settings())).unwrap();
        assert_eq!(read().status, StatusCode::NOT_FOUND, "{shown}");
    }
}

/// Where it listens does not change, so host names are judged by where it does (threat T-25).
#[test]
fn another_address_to_listen_on_opens_nothing() {
    let mut program = program(&settings(&at_sample()));
    let router = program.router();
    let everywhere = Arguments { listen: Some("0.0.0.0:80".to_owned()), ..at_sample() };
    assert_eq!(run(program.reload(&settings(&everywhere))).unwrap().only_at_start, ["listen"]);
    let mut elsewhere = request("GET", "/");
    elsewhere.headers_mut().insert(header::HOST, "evil.example".parse().unwrap());
    assert_eq!(send(&router, elsewhere).status, StatusCode::MISDIRECTED_REQUEST);
}

#[test]
fn settings_that_cannot_be_used_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(&settings(&at_sample()));
    let router = program.router();
    let missing = folder.path().join("nothing").display().to_string();
    let layout = Arguments { layout: Some(missing), ..Arguments::default() };
    assert!(run(program.reload(&settings(&layout))).is_err());
    assert_eq!(send(&router, request("GET", "/base/linux")).status, StatusCode::OK);
}

#[test]
fn requests_under_way_end_as_they_began() {
    LazyLock::force(&SITES);
    let folder = tempfile::tempdir().unwrap();
    let old = run(Fixture::start());
    old.on("/v2/a/b/tags/list", Reply::json(r#"{"tags":["old"]}"#).after(Duration::from_millis(300)));
    let of = |name: &str| format!("[[registries]]\nname = '{name}'\nurl = '{}'\n", old.origin());
    let mut program = program(&in_file(folder.path(), &of("old")));
    let router = program.router();
    let slow = std::thread::spawn({
        let router = router.clone();
        move || send(&router, request("GET", "/-/api/tags/old/a/b"))
    });
    while old.received().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    run(program.reload(&in_file(folder.path(), &of("new")))).unwrap();
    assert_eq!(slow.join().unwrap().json()["registry"]["name"], "old");
    assert!(text(&router, "/-/api/registries").contains("\"new\""));
}

/// The answer to a `GET` of a reader behind a proxy, over a socket.
async fn forwarded(address: std::net::SocketAddr, target: &str, reader: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head =
        format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {reader}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Without a share for each reader, the first one has the whole of the server (threat T-24).
#[test]
fn one_reader_has_a_share_and_others_are_answered() {
    LazyLock::force(&SITES);
    let folder = tempfile::tempdir().unwrap();
    let slow = run(Fixture::start());
    slow.on("/v2/a/b/tags/list", Reply::json(r#"{"tags":["1"]}"#).after(Duration::from_secs(1)));
    let text = format!(
        "trusted_proxies = ['127.0.0.1']\n[limits]\nrequests_per_client = 2\n[[registries]]\nurl = '{}'\n",
        slow.origin()
    );
    let program = program(&in_file(folder.path(), &text));
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(program.run(listener, program.router(), std::future::pending()));
        let page = "/-/api/tags/a/b";
        let first = [(); 2].map(|()| tokio::spawn(forwarded(address, page, "203.0.113.9")));
        while slow.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let third = forwarded(address, "/-/api/registries", "203.0.113.9").await;
        assert!(third.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{third}");
        assert!(third.contains("\r\nretry-after: 1\r\n") && third.contains("\"too_many_requests\""), "{third}");
        let page = forwarded(address, "/", "203.0.113.9").await;
        assert!(page.contains("2 requests from your address are being answered already"), "{page}");
        let health = forwarded(address, "/-/health/ready", "203.0.113.9").await;
        assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
        let other = forwarded(address, "/-/api/registries", "203.0.113.10").await;
        assert!(other.starts_with("HTTP/1.1 200 OK\r\n"), "{other}");
        let own = forwarded(address, "/-/api/registries", "").await;
        assert!(own.starts_with("HTTP/1.1 200 OK\r\n"), "{own}");
        for answer in first {
            assert!(answer.await.unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
        }
        let again = forwarded(address, "/-/api/registries", "203.0.113.9").await;
        assert!(again.starts_with("HTTP/1.1 200 OK\r\n"), "{again}");
    });
}
