//! One scripted answer.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use futures::stream::{self, StreamExt};

/// An answer with whatever is wrong with it.
#[derive(Clone)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    before: Duration,
    pieces: Pieces,
}

#[derive(Clone)]
enum Pieces {
    /// All at once, with `Content-Length`.
    Whole,
    /// One byte at a time.
    Slowly(Duration),
    /// Over and over, without an end.
    Endless,
    /// The connection breaks after it.
    Broken,
    /// Nothing comes after it, but the connection stays.
    Stalled,
    /// All at once, without `Content-Length`.
    Chunked,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            headers: Vec::new(),
            body: Bytes::new(),
            before: Duration::ZERO,
            pieces: Pieces::Whole,
        }
    }

    pub(crate) fn ok(body: impl Into<Bytes>) -> Self {
        Self::status(200).body(body)
    }

    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self::ok(body).header("content-type", "application/json; charset=utf-8")
    }

    /// An error document of the specification's form.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            r#"{{"errors":[{{"code":"{code}","message":"{message}","detail":{{"secret":"/storage/path"}}}}]}}"#
        );
        Self::status(status).body(body).header("content-type", "application/json")
    }

    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("location", location)
    }

    pub(crate) fn challenge(challenge: &str) -> Self {
        Self::error(401, "UNAUTHORIZED", "authentication required").header("www-authenticate", challenge)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Waits before the head of the answer.
    pub(crate) fn after(mut self, pause: Duration) -> Self {
        self.before = pause;
        self
    }

    pub(crate) fn slowly(mut self, pause: Duration) -> Self {
        self.pieces = Pieces::Slowly(pause);
        self
    }

    pub(crate) fn endless(mut self) -> Self {
        self.pieces = Pieces::Endless;
        self
    }

    pub(crate) fn broken(mut self) -> Self {
        self.pieces = Pieces::Broken;
        self
    }

    pub(crate) fn stalled(mut self) -> Self {
        self.pieces = Pieces::Stalled;
        self
    }

    pub(crate) fn chunked(mut self) -> Self {
        self.pieces = Pieces::Chunked;
        self
    }

    pub(crate) async fn send(self) -> Response<Body> {
        tokio::time::sleep(self.before).await;
        let whole = self.body.clone();
        let body = match self.pieces {
            Pieces::Whole => Body::from(whole),
            Pieces::Chunked => Body::from_stream(stream::iter([Ok::<_, std::io::Error>(whole)])),
            Pieces::Slowly(pause) => Body::from_stream(stream::iter(whole).then(move |byte| async move {
                tokio::time::sleep(pause).await;
                Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[byte]))
            })),
            Pieces::Endless => Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(whole.clone()))),
            Pieces::Broken => {
                let pieces = [Ok(whole), Err(std::io::Error::other("broken on purpose"))];
                Body::from_stream(stream::iter(pieces))
            }
            Pieces::Stalled => {
                Body::from_stream(stream::iter([Ok::<_, std::io::Error>(whole)]).chain(stream::pending()))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}
