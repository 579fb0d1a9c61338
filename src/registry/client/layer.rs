//! Layers: their stored bytes, handed on as they come.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::mpsc::Sender;

use super::Client;
use super::documents::digest_of;
use crate::oci::{Descriptor, RepositoryName};
use crate::registry::error::{Error, Phase};
use crate::registry::exchange::refusal;
use crate::registry::fetch::Outgoing;
use crate::registry::redirect::Follow;
use crate::registry::request::Request;
use crate::registry::scope::Scope;
use crate::registry::stream::Stream;
use crate::registry::trace::EntryKind;

/// Bytes after which a stream that breaks has earned its repetitions anew.
const PROGRESS: u64 = 1 << 20;
/// Bytes that may come beside those of a part.
const BESIDE: u64 = 1 << 20;

/// What is wanted of a layer.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    begin: u64,
    /// None for the layer's end.
    end: Option<u64>,
    /// Most bytes that one answer may have.
    most: u64,
}

impl Client {
    /// The stored bytes of a layer, from `begin` up to `end` or to its own end, handed on as they come. They are not checked: who
    /// reads them knows when they are whole.
    ///
    /// Where the connection breaks, the rest is asked for. Returns early where nobody reads any more. A registry that knows no parts
    /// sends the layer from its first byte on: what comes before `begin` is received, counted in [`Request::unasked`], and dropped.
    ///
    /// # Errors
    ///
    /// See [`Error`]. What was handed on before stays.
    pub async fn layer(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        begin: u64,
        end: Option<u64>,
        pieces: Sender<Bytes>,
    ) -> Result<(), Error> {
        self.stream(request, repository, descriptor, Wanted { begin, end, most: u64::MAX }, pieces).await
    }

    /// Some stored bytes of a layer, as [`Client::layer`] gives them, for whoever would rather have none than wait for all that comes
    /// before: of a registry that knows no parts, they are had only near the layer's begin.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`Error::TooLarge`] where the registry sends a mebibyte more than the part has.
    pub async fn layer_part(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        part: Range<u64>,
        pieces: Sender<Bytes>,
    ) -> Result<(), Error> {
        let most = part.end.saturating_sub(part.start).saturating_add(BESIDE);
        let wanted = Wanted { begin: part.start, end: Some(part.end), most };
        self.stream(request, repository, descriptor, wanted, pieces).await
    }

    async fn stream(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        wanted: Wanted,
        pieces: Sender<Bytes>,
    ) -> Result<(), Error> {
        let Wanted { begin, end, most } = wanted;
        let (documents, limits) = (&self.inner.documents, &self.inner.settings.limits);
        let digest = digest_of(descriptor)?;
        if end.is_some_and(|end| end <= begin) {
            // No header can ask for no byte (RFC 9110, section 14.1.2).
            return Ok(());
        }
        let wanted = end.or(descriptor.size).map(|end| end.saturating_sub(begin));
        let given = Arc::new(AtomicU64::new(0));
        let (mut breaks, mut before) = (0, 0);
        loop {
            let begin = begin.saturating_add(given.load(Ordering::Relaxed));
            let (given_on, unasked) = (Arc::clone(&given), Arc::clone(&request.unasked));
            let stream = Stream { pieces: pieces.clone(), begin, end, given: given_on, unasked };
            let mut outgoing = Outgoing::get(EntryKind::Layer, documents.routes.blob(repository, &digest)?, most);
            outgoing.follow = Follow::Anywhere;
            outgoing.range = stream.range();
            outgoing.stream = Some(stream);
            let scope = Scope::Pull(repository.clone());
            let error = match documents.exchange.ask(request, &scope, outgoing).await {
                Ok(incoming) if matches!(incoming.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT) => {
                    let is_whole = wanted.is_none_or(|wanted| given.load(Ordering::Relaxed) >= wanted);
                    incoming.note(if is_whole { "layer; handed on" } else { "layer; a part of it" }, None);
                    if is_whole || pieces.is_closed() {
                        return Ok(());
                    }
                    incoming.invalid("it ended before all bytes had come")
                }
                Ok(incoming) => return Err(refusal(incoming, None)),
                Err(error) => error,
            };
            let now = given.load(Ordering::Relaxed);
            if now >= before + PROGRESS {
                (breaks, before) = (0, now);
            }
            breaks += 1;
            if now == 0 || breaks > limits.retries || !is_break(&error) {
                return Err(error);
            }
            tracing::debug!(registry = self.inner.settings.name, %repository, %digest, at = now, "a layer goes on after a break");
        }
    }
}

/// Whether an answer broke off, so that the rest can be asked for.
fn is_break(error: &Error) -> bool {
    matches!(
        error,
        Error::Unreachable { .. }
            | Error::InvalidResponse { .. }
            | Error::Timeout { phase: Phase::Idle | Phase::FirstByte, .. }
    )
}
