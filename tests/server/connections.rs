//! Real sockets: slow, large and many requests, and a clean end (threat T-23).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use futures::stream;
use strata::server::Program;
use strata::server::settings::{Arguments, ServerLimits, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{SITES, run};

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn server(limits: ServerLimits) -> Server {
    server_of(SITES.one.clone(), limits).await
}

async fn server_of(router: Router, limits: ServerLimits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async move {
        let _ = stopped.await;
    };
    let ended = tokio::spawn(program(limits).await.run(listener, router, stopped));
    Server { address, stop, ended }
}

/// A program with these limits; what it shows is not asked for.
async fn program(limits: ServerLimits) -> Program {
    let arguments = Arguments { registries: vec!["http://127.0.0.1:1".to_owned()], ..Arguments::default() };
    let mut settings = Settings::read(&arguments, &|_| None).unwrap();
    settings.limits = limits;
    Program::start(&settings).await.unwrap()
}

fn quick() -> ServerLimits {
    ServerLimits {
        request_head: Duration::from_millis(300),
        shutdown: Duration::from_secs(2),
        ..ServerLimits::default()
    }
}

/// Everything that comes back until the other side closes, or `None` after two seconds.
async fn rest(stream: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut text)).await.ok()?.ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

async fn exchange(address: SocketAddr, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

#[test]
fn request_is_answered_over_a_socket() {
    run(async {
        let server = server(quick()).await;
        let request = "GET /-/api/registries HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answer = exchange(server.address, request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        server.stop.send(()).unwrap();
        server.ended.await.unwrap();
    });
}

#[test]
fn slow_head_ends_the_connection() {
    run(async {
        let server = server(quick()).await;
        for beginning in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
            let start = Instant::now();
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            stream.write_all(beginning.as_bytes()).await.unwrap();
            assert!(rest(&mut stream).await.is_some(), "still open after {:?}: {beginning:?}", start.elapsed());
        }
    });
}

#[test]
fn large_head_and_many_headers_are_refused() {
    run(async {
        let server = server(quick()).await;
        let large = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: {}\r\n\r\n", "x".repeat(64 * 1024));
        let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-Many: 1\r\n".repeat(200));
        for request in [large, many] {
            let answer = exchange(server.address, &request).await.unwrap_or_default();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
        }
    });
}

#[test]
fn nonsense_is_refused() {
    run(async {
        let server = server(quick()).await;
        for request in ["hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n"] {
            let answer = exchange(server.address, request).await.unwrap_or_default();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{request:?}: {answer}");
        }
    });
}

/// Without the limit the first connection never ends, and the second is never taken.
#[test]
fn a_reader_that_takes_nothing_loses_its_connection() {
    run(async {
        let limits = ServerLimits { connections: 1, response_pause: Duration::from_millis(300), ..quick() };
        // More than the system keeps for a connection.
        let router = Router::new().route("/", get(|| async { vec![b'x'; 64 << 20] }));
        let server = server_of(router, limits).await;
        let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let mut idle = TcpStream::connect(server.address).await.unwrap();
        idle.write_all(request.as_bytes()).await.unwrap();
        let mut waiting = TcpStream::connect(server.address).await.unwrap();
        waiting.write_all(request.as_bytes()).await.unwrap();
        let mut begin = [0; 15];
        let answered = tokio::time::timeout(Duration::from_secs(30), waiting.read_exact(&mut begin)).await;
        answered.expect("the second connection was not taken").unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200 OK");
        drop(idle);
    });
}

/// Tells when an answer is given up.
struct End(Arc<AtomicBool>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// It takes 40 kB ten times each second and never pauses. Where the system chose how much it keeps, it was cut after the first
/// time limit, since that third of the buffer which makes room took two.
#[test]
fn a_slow_reader_keeps_its_connection() {
    run(async {
        let limits = ServerLimits { response_pause: Duration::from_secs(1), ..quick() };
        let cut = Arc::new(AtomicBool::new(false));
        let answer = {
            let cut = Arc::clone(&cut);
            move || async move {
                let end = End(cut);
                Body::from_stream(stream::repeat_with(move || {
                    let _ = &end;
                    Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 8 << 10]))
                }))
            }
        };
        let router = Router::new().route("/", get(answer));
        let server = server_of(router, limits).await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(64 << 10).unwrap();
        let mut reader = socket.connect(server.address).await.unwrap();
        reader.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut piece = vec![0; 40_000];
        for taken in 0..50 {
            reader.read_exact(&mut piece).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(!cut.load(Ordering::SeqCst), "cut after {taken} pieces");
        }
    });
}

#[test]
fn connections_beyond_the_limit_wait() {
    run(async {
        let limits = ServerLimits { connections: 1, request_head: Duration::from_secs(10), ..quick() };
        let server = server(limits).await;
        let held = TcpStream::connect(server.address).await.unwrap();
        let mut waiting = TcpStream::connect(server.address).await.unwrap();
        let request = "GET /-/api/registries HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        waiting.write_all(request.as_bytes()).await.unwrap();
        let mut byte = [0];
        let early = tokio::time::timeout(Duration::from_millis(300), waiting.read(&mut byte)).await;
        assert!(early.is_err(), "the second connection was answered beside the first");
        drop(held);
        assert!(rest(&mut waiting).await.unwrap().starts_with("HTTP/1.1 200 OK"));
    });
}

#[test]
fn stopping_closes_idle_connections_and_ends() {
    run(async {
        let limits = ServerLimits { request_head: Duration::from_mins(1), ..quick() };
        let server = server(limits).await;
        let mut idle = TcpStream::connect(server.address).await.unwrap();
        idle.write_all(b"GET /-/api/registries HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        let start = Instant::now();
        server.stop.send(()).unwrap();
        server.ended.await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert!(TcpStream::connect(server.address).await.is_err());
    });
}

/// An address of this machine that others could reach, too: loopback addresses are held to no share.
fn outer_address() -> Option<std::net::IpAddr> {
    // Nothing is sent: the system only chooses from where it would be.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_loopback())
}

/// Without the limit, one address takes all connections (threat T-24).
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn one_address_has_a_share_of_the_connections() {
    let Some(outer) = outer_address() else {
        eprintln!("SKIPPED: this machine has no address but loopback");
        return;
    };
    run(async {
        let limits = ServerLimits { connections_per_client: 2, request_head: Duration::from_secs(10), ..quick() };
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(program(limits).await.run(listener, SITES.one.clone(), std::future::pending()));
        let request = "GET /-/api/registries HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let held = [TcpStream::connect((outer, port)).await.unwrap(), TcpStream::connect((outer, port)).await.unwrap()];
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut third = TcpStream::connect((outer, port)).await.unwrap();
        let answer = rest(&mut third).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 429 Too Many Requests\r\n") && answer.contains("\r\nRetry-After: 1\r\n"));
        // What is announced is what comes.
        let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(headers.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{headers}");
        let own = exchange(SocketAddr::from(([127, 0, 0, 1], port)), request).await.unwrap();
        assert!(own.starts_with("HTTP/1.1 200 OK\r\n"), "{own}");
        drop(held);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let again = exchange(SocketAddr::from((outer, port)), request).await.unwrap();
        assert!(again.starts_with("HTTP/1.1 200 OK\r\n"), "{again}");
    });
}
