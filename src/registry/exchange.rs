//! One question to the registry with all that belongs to it: sign-in, and repetitions where a failure may pass.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;

use super::auth::{Authenticator, Pass};
use super::capabilities::Record;
use super::error::Error;
use super::fetch::{Failed, Fetcher, Incoming, Outgoing, retry_after};
use super::message::RegistryMessage;
use super::pause::{Pause, PauseReason};
use super::request::Request;
use super::scope::Scope;
use super::text::{MAX_MESSAGE, redacted, visible};

/// Asks one registry.
pub(crate) struct Exchange {
    pub(crate) fetcher: Arc<Fetcher>,
    pub(crate) authenticator: Authenticator,
    pub(crate) pause: Pause,
    /// What the answers have shown of the registry.
    pub(crate) record: Record,
}

impl Exchange {
    /// Asks, signing in and repeating as needed. Whatever status the registry finally answers with is an `Ok`, but for those
    /// that ask to be repeated.
    pub(crate) async fn ask(
        &self,
        request: &Request,
        scope: &Scope,
        mut outgoing: Outgoing,
    ) -> Result<Incoming, Error> {
        let limits = &self.fetcher.limits;
        outgoing.asker = request.asker.clone();
        // Others may wait for the same work, and longer than the reader who began it.
        let end = Instant::now() + limits.total;
        let mut pause = limits.retry_pause;
        let mut repetitions = 0;
        loop {
            // Before a repetition, too: another question may have been refused meanwhile.
            if let Some(error) = self.pause.in_force(request.refresh) {
                let url = redacted(&outgoing.url);
                request.trace.known(outgoing.kind, outgoing.method_name(), url, 0, "not asked so soon again", None);
                return Err(error);
            }
            let sent = Instant::now();
            let outcome = Box::pin(self.sign_in_and_ask(request, scope, &outgoing)).await;
            if let Ok(incoming) = &outcome {
                self.record.observe(&incoming.headers, &incoming.request);
            }
            let (failed, asked) = match outcome {
                Ok(incoming) if is_passing(incoming.status.as_u16()) => {
                    let asked = retry_after(&incoming.headers);
                    (Failed { error: refusal(incoming, asked), transient: true, dead: false }, asked)
                }
                Ok(incoming) => {
                    self.pause.end(sent);
                    return Ok(incoming);
                }
                Err(failed) => {
                    // The wish of a token service.
                    let asked = match &failed.error {
                        Error::RateLimited { retry_after, .. } => *retry_after,
                        _ => None,
                    };
                    (failed, asked)
                }
            };
            // A wish to wait that would outlast the reader's patience is reported at once instead.
            let (wait, patience) = match asked {
                Some(asked) => (asked, request.deadline.unwrap_or(end)),
                None => (jittered(pause), end),
            };
            if !failed.transient || repetitions >= limits.retries || Instant::now() + wait >= patience {
                self.leave_alone(&failed, asked);
                return Err(failed.error);
            }
            tokio::time::sleep(wait).await;
            self.fetcher.meter.retry();
            repetitions += 1;
            pause = pause.saturating_mul(3);
        }
    }

    /// Begins the pause that a failure calls for, if it calls for one.
    pub(crate) fn leave_alone(&self, failed: &Failed, asked: Option<Duration>) {
        let limits = &self.fetcher.limits;
        let asked = asked.or_else(|| matches!(failed.error, Error::RateLimited { .. }).then_some(limits.rate_pause));
        if let Some(asked) = asked {
            self.fetcher.meter.pause(PauseReason::Asked);
            self.pause.begin(PauseReason::Asked, asked.min(limits.longest_pause), &failed.error);
        } else if failed.dead {
            self.fetcher.meter.pause(PauseReason::Dead);
            self.pause.begin(PauseReason::Dead, limits.dead_pause, &failed.error);
        }
    }

    async fn sign_in_and_ask(&self, request: &Request, scope: &Scope, outgoing: &Outgoing) -> Result<Incoming, Failed> {
        let mut outgoing = outgoing.clone();
        let (fetcher, authenticator) = (&self.fetcher, &self.authenticator);
        let mut pass = authenticator.pass(fetcher, &request.trace, scope).await?;
        let mut answered = false;
        let mut granted = false;
        let mut renewed = false;
        loop {
            outgoing.authorization = pass.as_ref().map(|pass| pass.header.clone());
            let incoming = fetcher.fetch(&request.trace, &outgoing).await?;
            // The challenge of a host that a redirect led to is not ours to answer.
            let redirected = incoming.request.statuses.len() > 1;
            if redirected || !authenticator.is_refusal(&incoming, pass.as_ref()).await {
                if incoming.status.is_success() {
                    authenticator.accept(pass.as_ref());
                }
                return Ok(incoming);
            }
            granted |= pass.as_ref().is_some_and(Pass::is_granted);
            let sent = pass.take();
            if !answered {
                answered = true;
                pass = if incoming.status == StatusCode::FORBIDDEN {
                    // It was an old password: the newer one has its turn without a challenge.
                    authenticator.pass(fetcher, &request.trace, scope).await?
                } else {
                    let (trace, url) = (&request.trace, &outgoing.url);
                    Some(authenticator.answer(fetcher, trace, scope, sent, url, incoming).await?)
                };
                continue;
            }
            // What was made for this very request is refused: that is the end, unless the credentials have changed meanwhile.
            if let Some(sent) = &sent {
                if !renewed && authenticator.is_renewed(sent).await {
                    renewed = true;
                    pass = authenticator.pass(fetcher, &request.trace, scope).await?;
                    continue;
                }
                authenticator.forget(scope, sent).await;
            }
            return Err(authenticator.refusal(scope, sent.as_ref(), granted, incoming));
        }
    }
}

/// Whether a status may pass by itself. Other registry clients ask again after the same ones.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// A pause less a random part of up to a half, so that readers who failed together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let part = u32::try_from(random % 512).unwrap_or_default();
    pause.saturating_sub(pause.saturating_mul(part) / 1024)
}

/// The refusal of a sign-in.
pub(crate) fn unauthorized(incoming: Incoming, rejected: bool, granted: bool) -> Error {
    let errors = RegistryMessage::read_all(&incoming.body);
    Error::Unauthorized { request: described(incoming, &errors), errors, rejected, granted }
}

/// What a status that is no success means.
pub(crate) fn refusal(incoming: Incoming, retry_after: Option<Duration>) -> Error {
    let errors = RegistryMessage::read_all(&incoming.body);
    let status = incoming.status.as_u16();
    let request = described(incoming, &errors);
    match status {
        401 => Error::Unauthorized { request, errors, rejected: false, granted: false },
        403 => Error::Denied { request, errors },
        404 => Error::NotFound { request, errors },
        429 => Error::RateLimited { request, retry_after, errors },
        200..=399 => Error::InvalidResponse { request, problem: format!("status {status} is not expected here") },
        _ => Error::Upstream { request, status, errors },
    }
}

/// The request of an answer; with the beginning of its body where that is text and not the registry's usual document.
fn described(incoming: Incoming, errors: &[RegistryMessage]) -> Box<super::FailedRequest> {
    let mut request = incoming.request;
    let kind = request.content_type.as_deref().unwrap_or("text/plain");
    if errors.is_empty() && kind.starts_with("text/plain") && !incoming.body.is_empty() {
        let beginning = &incoming.body[..incoming.body.len().min(MAX_MESSAGE)];
        request.excerpt = Some(visible(String::from_utf8_lossy(beginning).trim(), MAX_MESSAGE));
    }
    Box::new(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_lose_at_most_half() {
        for _ in 0..1000 {
            let pause = jittered(Duration::from_millis(100));
            assert!((50..=100).contains(&pause.as_millis()), "{pause:?}");
        }
    }
}
