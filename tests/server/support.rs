//! Strata in front of the sample registry, once for all tests of this program.
//!
//! Making a router is not safe beside requests, and clients keep their connections on the runtime that made them. So
//! there is one runtime, and every site stands before the first request.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use strata::embedded::{self, Layout};
use strata::server::settings::Arguments;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::odd;
use crate::odd::fixtures::Fixture;
use crate::odd::fixtures::site::site;

/// Digest of `base/linux:latest` and the like are read from the sample itself.
pub(crate) struct Sites {
    runtime: Runtime,
    /// Where the sample registry answers.
    pub(crate) registry: SocketAddr,
    /// In front of the sample alone.
    pub(crate) one: Router,
    /// In front of two registries, `first` and `second`, which are the sample both.
    pub(crate) two: Router,
    /// In front of a registry that nobody answers for.
    pub(crate) dead: Router,
    /// With small limits, a public URL, and credentials that the sample does not ask for.
    pub(crate) small: Router,
    /// In front of a registry of odd images: see [`odd`].
    pub(crate) odd: Router,
    /// That registry, which stops when it is dropped.
    _odd_registry: Fixture,
}

pub(crate) static SITES: LazyLock<Sites> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (registry, one, two, dead, small, odd, odd_registry) = runtime.block_on(async {
        let registry = embedded::serve(Layout::sample(), 0, std::future::pending()).await.unwrap();
        let url = format!("http://{registry}");
        let one = site(&Arguments { registries: vec![url.clone()], ..Arguments::default() }).await;
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            Some(path.display().to_string())
        };
        let config = write(
            "two.toml",
            format!("[[registries]]\nname = 'first'\nurl = '{url}'\n[[registries]]\nname = 'second'\nurl = '{url}'\n"),
        );
        let two = site(&Arguments { config, ..Arguments::default() }).await;
        let closed = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
        let config = write(
            "dead.toml",
            format!("limits = {{ retries = 0, connect_ms = 500 }}\n[[registries]]\nurl = 'http://{closed}'\n"),
        );
        let dead = site(&Arguments { config, ..Arguments::default() }).await;
        let config = write(
            "small.toml",
            format!(
                "public_url = 'https://strata.example'\n[limits]\nrequest_body_bytes = 1024\n[[registries]]\nurl = \
                 '{url}'\nusername = 'reader'\npassword_file = 'password'\n"
            ),
        );
        write("password", "hunter2-in-a-file".to_owned());
        let small = site(&Arguments { config, ..Arguments::default() }).await;
        let odd_registry = odd::registry().await;
        let odd = site(&Arguments { registries: vec![odd_registry.origin()], ..Arguments::default() }).await;
        (registry, one, two, dead, small, odd, odd_registry)
    });
    Sites { runtime, registry, one, two, dead, small, odd, _odd_registry: odd_registry }
});

/// Runs a test on the runtime of all sites.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    SITES.runtime.block_on(test)
}

/// An answer that has been read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The status, code and message of an error in JSON.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let error = self.json()["error"].take();
        assert_eq!(error["request"]["id"], self.header("x-request-id"), "{error}");
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (self.status.as_u16(), text("code"), text("message"))
    }
}

/// A request that a browser on this machine could send.
pub(crate) fn request(method: &str, target: &str) -> Request<Body> {
    Request::builder().method(method).uri(target).header(header::HOST, "localhost:3000").body(Body::empty()).unwrap()
}

pub(crate) fn send(router: &Router, request: Request<Body>) -> Answer {
    run(async {
        let response: Response<Body> = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    })
}

/// `GET` at the site in front of the sample.
pub(crate) fn get(target: &str) -> Answer {
    send(&SITES.one, request("GET", target))
}

/// The digest of what stands at a reference of the sample.
pub(crate) fn digest_of(reference: &str) -> String {
    let answer = get(&format!("/-/api/raw/{reference}"));
    assert_eq!(answer.status, StatusCode::OK, "{reference}: {}", answer.text());
    answer.header("etag").trim_matches('"').to_owned()
}
