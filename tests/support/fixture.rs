//! A registry on loopback that counts, remembers, and does what scripts tell it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response};
use axum::serve::{Listener, ListenerExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::content::Content;
use super::reply::Reply;

/// A running registry; stops when dropped.
pub(crate) struct Fixture {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    content: Mutex<Content>,
    scripts: Mutex<Vec<Script>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    active: AtomicUsize,
    most_active: AtomicUsize,
}

type Script = Arc<dyn Fn(&Received) -> Option<Reply> + Send + Sync>;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// How many came before it for the same path.
    pub(crate) earlier: usize,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// What came with it: a form, at a token service.
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The part of a blob that it asks for (RFC 9110, section 14.2). Nothing where it asks for no part.
    pub(crate) fn part_of(&self, whole: &[u8]) -> Option<Reply> {
        let (begin, end) = self.header("range")?.strip_prefix("bytes=")?.split_once('-')?;
        let begin: usize = begin.parse().ok()?;
        let end = end.parse().unwrap_or(whole.len() - 1);
        let range = format!("bytes {begin}-{end}/{}", whole.len());
        Some(Reply::status(206).header("content-range", &range).body(whole.get(begin..=end)?.to_vec()))
    }
}

impl Fixture {
    /// An honest registry without content.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Listener::local_addr(&listener).unwrap();
        let shared = Arc::new(Shared {
            content: Mutex::default(),
            scripts: Mutex::default(),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            active: AtomicUsize::new(0),
            most_active: AtomicUsize::new(0),
        });
        let counted = Arc::clone(&shared);
        let listener = listener.tap_io(move |_| {
            counted.connections.fetch_add(1, Ordering::SeqCst);
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, shared, server }
    }

    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}", self.address)).unwrap()
    }

    /// Scheme, host and port as text, without a slash behind.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes what it has.
    pub(crate) fn content<T>(&self, change: impl FnOnce(&mut Content) -> T) -> T {
        change(&mut self.shared.content.lock().unwrap())
    }

    /// Lets a script answer; the latest that has an answer wins. Nothing it leaves out is changed.
    pub(crate) fn script(&self, script: impl Fn(&Received) -> Option<Reply> + Send + Sync + 'static) {
        self.shared.scripts.lock().unwrap().push(Arc::new(script));
    }

    /// Always gives this answer for a path.
    pub(crate) fn on(&self, path: &str, reply: Reply) {
        let path = path.to_owned();
        self.script(move |received| (received.path == path).then(|| reply.clone()));
    }

    /// Gives these answers for a path one after the other, and goes on with the last.
    pub(crate) fn in_turn(&self, path: &str, replies: Vec<Reply>) {
        let path = path.to_owned();
        let turn = AtomicUsize::new(0);
        self.script(move |received| {
            (received.path == path).then(|| {
                let position = turn.fetch_add(1, Ordering::SeqCst).min(replies.len() - 1);
                replies[position].clone()
            })
        });
    }

    /// Asks for a user name and a password everywhere.
    pub(crate) fn require_basic(&self, header: &'static str) {
        self.script(move |received| {
            (received.header("authorization") != Some(header)).then(|| Reply::challenge("Basic realm=\"basic-realm\""))
        });
    }

    /// Asks everywhere but at `/token` for the token, which is to be had from `realm`.
    pub(crate) fn require_token(&self, realm: &str, token: &'static str) {
        let realm = realm.to_owned();
        self.script(move |received| {
            let signed_in = received.header("authorization") == Some(&format!("Bearer {token}"));
            let scope = match received.path.strip_prefix("/v2/").and_then(|rest| rest.rsplitn(3, '/').nth(2)) {
                Some(repository) => format!(",scope=\"repository:{repository}:pull\""),
                None if received.path == "/v2/_catalog" => ",scope=\"registry:catalog:*\"".to_owned(),
                None => String::new(),
            };
            (!signed_in && received.path != "/token")
                .then(|| Reply::challenge(&format!("Bearer realm=\"{realm}\",service=\"reg\"{scope}")))
        });
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// The requests for a path.
    pub(crate) fn received_for(&self, path: &str) -> Vec<Received> {
        self.received().into_iter().filter(|received| received.path == path).collect()
    }

    /// `GET /path` of every request, in order.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.received()
            .iter()
            .map(|Received { method, path, query, .. }| match query.as_str() {
                "" => format!("{method} {path}"),
                query => format!("{method} {path}?{query}"),
            })
            .collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The most requests that were being answered at the same time.
    pub(crate) fn most_active(&self) -> usize {
        self.shared.most_active.load(Ordering::SeqCst)
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let active = shared.active.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most_active.fetch_max(active, Ordering::SeqCst);
    let path = request.uri().path().to_owned();
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 100_000).await.unwrap_or_default();
    let received = {
        let mut all = shared.received.lock().unwrap();
        let received = Received {
            earlier: all.iter().filter(|earlier| earlier.path == path).count(),
            method: parts.method.clone(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            path,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        all.push(received.clone());
        received
    };
    let scripts = shared.scripts.lock().unwrap().clone();
    let scripted = scripts.iter().rev().find_map(|script| script(&received));
    let reply = scripted.unwrap_or_else(|| {
        let content = shared.content.lock().unwrap();
        content.answer(&received.method, &received.path, &received.query, &received.headers)
    });
    let response = reply.send().await;
    shared.active.fetch_sub(1, Ordering::SeqCst);
    response
}

/// A port that nobody listens on.
pub(crate) async fn dead_port() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Url::parse(&format!("http://{}", TcpListener::local_addr(&listener).unwrap())).unwrap()
}

/// Accepts connections, answers the first bytes on each with these, and then holds it open.
pub(crate) async fn raw_listener(bytes: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = TcpListener::local_addr(&listener).unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(bytes).await;
            held.push(stream);
        }
    });
    Url::parse(&format!("http://{address}")).unwrap()
}
