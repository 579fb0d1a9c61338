//! A layout on a loopback port.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use super::layout::Layout;
use super::router::router;

/// How many ports are tried, the first one included.
const ATTEMPTS: u16 = 100;

/// Serves `layout` on 127.0.0.1 until `shutdown` ends: on `first_port`, or on the next one that is free (0 takes any).
/// Returns the address as soon as it answers there.
///
/// # Errors
///
/// Where none of the next hundred ports can be had.
pub async fn serve(
    layout: Layout,
    first_port: u16,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<SocketAddr> {
    let listener = bind(first_port).await?;
    let address = listener.local_addr()?;
    let router = router(Arc::new(layout)).layer(middleware::from_fn(only_for_this_machine));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(shutdown).await {
            tracing::error!(%error, %address, "the embedded registry has stopped");
        }
    });
    Ok(address)
}

async fn bind(first_port: u16) -> io::Result<TcpListener> {
    let mut port = first_port;
    let mut tried = 1;
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse && tried < ATTEMPTS && port < u16::MAX => {
                port += 1;
                tried += 1;
            }
            bound => return bound,
        }
    }
}

/// Refuses requests that come by another name than this machine's own. A page of another site can make a browser look
/// its name up as 127.0.0.1 and then read what a local layout holds; only the `Host` header gives it away.
async fn only_for_this_machine(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost" | "") {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "this registry answers only to 127.0.0.1 and localhost").into_response()
    }
}
