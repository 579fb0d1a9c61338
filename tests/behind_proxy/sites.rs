//! Sites below a base path, in front of the sample registry.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use strata::embedded::{self, Layout};
use strata::server::Program;
use strata::server::settings::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::BASE;
use crate::support::site::in_file;

pub(crate) struct Sites {
    runtime: Runtime,
    /// In front of the sample.
    pub(crate) one: Router,
    /// In front of two registries, `first` and `second`, which are the sample both, with a public URL.
    pub(crate) two: Router,
    /// In front of a registry that nobody answers for.
    pub(crate) dead: Router,
    /// Where the sample is served for a proxy at 127.0.0.1, by the name `strata.example`.
    pub(crate) proxied: SocketAddr,
}

pub(crate) static SITES: LazyLock<Sites> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (one, two, dead, proxied) = runtime.block_on(async {
        let registry = embedded::serve(Layout::sample(), 0, std::future::pending()).await.unwrap();
        let one = program("", &format!("[[registries]]\nurl = 'http://{registry}'\n")).await.router();
        let two = format!(
            "[[registries]]\nname = 'first'\nurl = 'http://{registry}'\n[[registries]]\nname = 'second'\nurl = \
             'http://{registry}'\n"
        );
        let two = program(&format!("public_url = 'https://site.example{BASE}'"), &two).await.router();
        let dead = "limits = { retries = 0, connect_ms = 500 }\n[[registries]]\nurl = 'http://127.0.0.1:1'\n";
        let dead = program("", dead).await.router();
        let trusting = "trusted_proxies = ['127.0.0.1']\nallowed_hosts = ['strata.example']\n";
        let proxied = program(trusting, &format!("[[registries]]\nurl = 'http://{registry}'\n")).await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(proxied.run(listener, proxied.router(), std::future::pending()));
        (one, two, dead, address)
    });
    Sites { runtime, one, two, dead, proxied }
});

async fn program(first: &str, rest: &str) -> Program {
    let folder = tempfile::tempdir().unwrap();
    let arguments = in_file(folder.path(), &format!("base_path = '{BASE}'\n{first}\n{rest}"));
    Program::start(&Settings::read(&arguments, &|_| None).unwrap()).await.unwrap()
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

/// The whole answer, head and body, to a `GET` of a path of [`Sites::proxied`] that comes from this address, with these lines
/// in its head.
pub(crate) fn get_from(client: Ipv4Addr, target: &str, lines: &str) -> String {
    SITES.runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((client, 0).into()).unwrap();
        let mut stream = socket.connect(SITES.proxied).await.unwrap();
        let request = format!("GET {BASE}{target} HTTP/1.1\r\nConnection: close\r\n{lines}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    })
}

/// `GET` of a path of the host.
pub(crate) fn get(router: &Router, target: &str) -> Answer {
    send(router, Request::get(target).header(header::HOST, "localhost:3000").body(Body::empty()).unwrap())
}
