//! Sites below a base path, in front of the sample registry.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use strata::embedded::{self, Layout};
use strata::server::assets::Assets;
use strata::server::settings::{Arguments, Settings};
use strata::server::{router, start};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::BASE;

pub(crate) struct Sites {
    runtime: Runtime,
    /// In front of the sample.
    pub(crate) one: Router,
    /// In front of two registries, `first` and `second`, which are the sample both, with a public URL.
    pub(crate) two: Router,
    /// In front of a registry that nobody answers for.
    pub(crate) dead: Router,
}

pub(crate) static SITES: LazyLock<Sites> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (one, two, dead) = runtime.block_on(async {
        let registry = embedded::serve(Layout::sample(), 0, std::future::pending()).await.unwrap();
        let one = site("", &format!("[[registries]]\nurl = 'http://{registry}'\n")).await;
        let two = format!(
            "[[registries]]\nname = 'first'\nurl = 'http://{registry}'\n[[registries]]\nname = 'second'\nurl = \
             'http://{registry}'\n"
        );
        let two = site(&format!("public_url = 'https://site.example{BASE}'"), &two).await;
        let dead = "limits = { retries = 0, connect_ms = 500 }\n[[registries]]\nurl = 'http://127.0.0.1:1'\n";
        (one, two, site("", dead).await)
    });
    Sites { runtime, one, two, dead }
});

async fn site(first: &str, rest: &str) -> Router {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("strata.toml");
    std::fs::write(&file, format!("base_path = '{BASE}'\n{first}\n{rest}")).unwrap();
    let arguments = Arguments { config: Some(file.display().to_string()), ..Arguments::default() };
    let settings = Settings::read(&arguments, &|_| None).unwrap();
    let service = start(&settings, std::future::pending()).await.unwrap();
    router(service, Arc::new(Assets::of_this_build()), &settings)
}

/// An answer that has been read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn send(router: &Router, request: Request<Body>) -> Answer {
    SITES.runtime.block_on(async {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    })
}

/// `GET` of a path of the host.
pub(crate) fn get(router: &Router, target: &str) -> Answer {
    send(router, Request::get(target).header(header::HOST, "localhost:3000").body(Body::empty()).unwrap())
}
