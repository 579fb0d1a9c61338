//! Sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use super::exchange::unauthorized;
use super::fetch::{Failed, Fetcher, Incoming};
use super::scope::Scope;
use super::settings::Credentials;
use super::trace::Trace;

/// Signs requests in to one registry.
pub(crate) struct Authenticator {
    basic: Option<HeaderValue>,
}

/// What a request is signed in with.
#[derive(Clone)]
pub(crate) struct Pass {
    pub(crate) header: HeaderValue,
}

impl Authenticator {
    pub(crate) fn new(credentials: Option<&Credentials>) -> Self {
        let basic = credentials.and_then(|credentials| {
            let pair = format!("{}:{}", credentials.username, credentials.password().reveal());
            let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self { basic }
    }

    pub(crate) fn has_credentials(&self) -> bool {
        self.basic.is_some()
    }

    pub(crate) async fn pass(&self, _: &Fetcher, _: &Trace, _: &Scope) -> Result<Option<Pass>, Failed> {
        Ok(None)
    }

    pub(crate) async fn answer(
        &self,
        _: &Fetcher,
        _: &Trace,
        _: &Scope,
        pass: Option<Pass>,
        incoming: Incoming,
    ) -> Result<Pass, Failed> {
        match (&self.basic, pass) {
            (Some(header), None) => Ok(Pass { header: header.clone() }),
            _ => Err(Failed { error: unauthorized(incoming, self.has_credentials()), transient: false }),
        }
    }

    pub(crate) async fn forget(&self, _: &Scope) {}
}
