//! `/-/health/live` and `/-/health/ready`, for whoever supervises the process.
//!
//! Neither asks a registry: Strata has pages to show, and reasons, while a registry is down, and starting it again would
//! not bring the registry back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};

/// Whether requests should be sent here. Clones share it. It begins ready: nothing listens before everything is set up.
#[derive(Debug, Clone, Default)]
pub struct Health {
    draining: Arc<AtomicBool>,
}

impl Health {
    /// Says from now on that no more requests should be sent here.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// The two addresses.
    pub(super) fn router(&self) -> Router {
        Router::new().route("/-/health/live", get(live)).route("/-/health/ready", get(ready)).with_state(self.clone())
    }
}

/// The process answers.
async fn live() -> Response {
    plain(StatusCode::OK, "live\n")
}

async fn ready(State(health): State<Health>) -> Response {
    if health.draining.load(Ordering::Relaxed) {
        plain(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        plain(StatusCode::OK, "ready\n")
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, text).into_response()
}
