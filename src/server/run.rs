//! The loop that takes connections: bounded in number and patience, ended cleanly.
//!
//! `axum::serve` sets neither a limit of connections nor a time for a request's head or for a reader that takes nothing
//! (threat T-23), so hyper is driven here.

use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use super::metrics::Metrics;
use super::settings::{Network, ServerLimits, Settings};
use super::shares::{Share, Shares};
use crate::registry::Reader;

/// Most headers of a request.
const MAX_HEADERS: usize = 100;
/// The pause after the system had no file left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the system keeps of an answer until the other side has taken it, in bytes (it doubles this for its own needs, and
/// may allow less).
///
/// A connection takes more only when a third of it is free again, and that is what [`ServerLimits::response_pause`] waits
/// for. Left to itself, the system lets it grow to 4 MB: then a reader that takes 40 kB each second, and never pauses, counts
/// as one that takes nothing. With this and 30 s, it must take about 6 kB each second.
const SEND_BUFFER: usize = 256 * 1024;

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer(pub(super) IpAddr);

/// What a connection gets that is one too many for its address. Nobody has read what it asks for.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 77\r\n\
    Cache-Control: no-store\r\nRetry-After: 1\r\nConnection: close\r\n\r\n\
    Your address has too many connections already. Close some, or use them again\n";

/// How connections are taken.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// Limits of connections and their times.
    limits: ServerLimits,
    /// Whose connections are not counted by address: proxies, who speak for many.
    proxies: Vec<Network>,
}

impl Terms {
    /// As the settings say.
    pub(super) fn new(settings: &Settings) -> Self {
        Self { limits: settings.limits.clone(), proxies: settings.trusted_proxies.clone() }
    }
}

/// Answers requests on `listener` until `shutdown` ends; then waits for open requests as long as the limits say.
///
/// The terms may change meanwhile. They hold for connections that come later; only how many there may be does not change.
pub(super) async fn run(
    listener: TcpListener,
    router: Router,
    terms: watch::Receiver<Terms>,
    metrics: &Metrics,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let permits = Arc::new(Semaphore::new(terms.borrow().limits.connections));
    let shares = Shares::default();
    let graceful = GracefulShutdown::new();
    loop {
        // A permit comes first: connections beyond the limit wait in the system's queue.
        let permit = tokio::select! {
            permit = Arc::clone(&permits).acquire_owned() => permit,
            () = &mut shutdown => break,
        };
        let stream = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, peer)) = stream else {
            continue;
        };
        let now = terms.borrow().clone();
        let limits = &now.limits;
        let Ok(share) = now.share(&shares, peer) else {
            metrics.connection_refused();
            // What does not fit into an empty buffer at once is not worth waiting for.
            let _ = stream.try_write(TOO_MANY);
            continue;
        };
        let open = metrics.connection();
        let service = TowerToHyperService::new(router.clone().layer(Extension(Peer(peer))));
        let mut stream = TimeoutStream::new(stream);
        // The time for what is sent to us is hyper's matter: a connection may rest between two requests.
        stream.set_write_timeout(Some(limits.response_pause));
        let connection =
            graceful.watch(connection_builder(limits).serve_connection(TokioIo::new(Box::pin(stream)), service));
        tokio::spawn(async move {
            // Whatever ends a connection early is the other side's: it has left, or it does not speak HTTP.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            drop((permit, share, open));
        });
    }
    drop(listener);
    let patience = terms.borrow().limits.shutdown;
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open at the end");
    }
}

impl Terms {
    /// A share of the connections for an address; an error where it has all of its own. This machine itself and proxies have no
    /// share: many readers come by them.
    fn share(&self, shares: &Shares, peer: IpAddr) -> Result<Option<Share>, ()> {
        let reader = Reader::at(peer);
        if !reader.is_known() || self.proxies.iter().any(|network| network.contains(peer)) {
            return Ok(None);
        }
        shares.take(reader, self.limits.connections_per_client).map(Some).ok_or(())
    }
}

fn connection_builder(limits: &ServerLimits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.request_head)
        .max_headers(MAX_HEADERS)
        .max_buf_size(usize::try_from(limits.request_head_bytes).unwrap_or(usize::MAX));
    builder
}

/// The next connection; nothing where it has gone already or the system cannot take more at the moment.
async fn accept(listener: &TcpListener) -> Option<(TcpStream, IpAddr)> {
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Without it, a small answer waits for the acknowledgement of the one before.
            let _ = stream.set_nodelay(true);
            let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
            Some((stream, peer.ip()))
        }
        Err(error) => {
            tracing::warn!(%error, "cannot take a connection");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
