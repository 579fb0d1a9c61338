//! One page being built: whom it asks, since when, until when, and what it answers.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::failure::{self, Subject};
use super::registries::Registry;
use super::{Service, trace};
use crate::registry;
use crate::registry::{Asker, Request};
use crate::view::{Failure, Page};

/// One page being built.
#[derive(Debug, Clone)]
pub(crate) struct Visit<'a> {
    /// The registry it speaks of.
    pub(crate) registry: &'a Registry,
    /// Another registry that it asks too.
    other: Option<&'a Registry>,
    /// What is handed to the client with every question.
    pub(crate) request: Request,
    /// When the page stops waiting.
    pub(crate) deadline: Instant,
    /// Under which the operator finds the log line of a failure.
    pub(crate) id: String,
}

/// A visit that another thread can hold.
#[derive(Debug)]
pub(crate) struct OwnedVisit {
    registry: Registry,
    request: Request,
    deadline: Instant,
    id: String,
}

impl OwnedVisit {
    /// The visit.
    pub(crate) fn visit(&self) -> Visit<'_> {
        Visit {
            registry: &self.registry,
            other: None,
            request: self.request.clone(),
            deadline: self.deadline,
            id: self.id.clone(),
        }
    }
}

impl<'a> Visit<'a> {
    /// A page about this registry, beginning now.
    pub(crate) fn begin(service: &Service, registry: &'a Registry, refresh: bool) -> Self {
        let deadline = Instant::now() + service.settings().page_deadline;
        let id = service.request_id();
        // What names the page in the log names what it asks for, too.
        let asker = Asker { request_id: Some(id.as_str().into()), ..service.asker().clone() };
        let request = Request { asker, refresh, deadline: Some(deadline), ..Request::new() };
        Self { registry, other: None, request, deadline, id }
    }

    /// The same for work that goes on after the page has been answered.
    pub(crate) fn patient(&self) -> Request {
        Request { deadline: None, ..self.request.clone() }
    }

    /// The same page for work in another thread.
    pub(crate) fn owned(&self) -> OwnedVisit {
        OwnedVisit {
            registry: self.registry.clone(),
            request: self.request.clone(),
            deadline: self.deadline,
            id: self.id.clone(),
        }
    }

    /// The same page with a part that speaks of another registry.
    pub(crate) fn at<'b>(&self, registry: &'b Registry) -> Visit<'b> {
        Visit { registry, other: None, request: self.request.clone(), deadline: self.deadline, id: self.id.clone() }
    }

    /// The same page, whose record has requests of another registry, too.
    pub(crate) fn beside(&self, other: &'a Registry) -> Self {
        Self { other: Some(other), ..self.clone() }
    }

    /// Whether the page has stopped waiting.
    pub(crate) fn is_over(&self) -> bool {
        self.deadline <= Instant::now()
    }

    /// The page with its content.
    pub(crate) fn page<T>(&self, content: T) -> Page<T> {
        Page { registry: self.registry.facts().clone(), content, trace: self.trace() }
    }

    /// What was asked so far.
    pub(crate) fn trace(&self) -> crate::view::Trace {
        trace::view(&self.request.trace, self.registry, self.other)
    }

    /// The page that says why there is none, and its log line.
    pub(crate) fn fail(&self, error: &registry::Error, subject: &Subject) -> Failure {
        self.finish(failure::of_registry(error, subject, self.registry))
    }

    /// Gives a failure what it shares with every page, and writes its log line.
    pub(crate) fn finish(&self, mut failure: Failure) -> Failure {
        failure.request_id.clone_from(&self.id);
        failure.registry = Some(self.registry.facts().clone());
        failure.trace = self.trace();
        failure::log(&failure);
        failure
    }
}

/// A short name for one visit: when it was, and which of that moment's, in the order of their beginnings.
pub(crate) fn new_id() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let milliseconds = u64::try_from(since.as_millis()).unwrap_or_default();
    let mixed = RandomState::new().hash_one(COUNTER.fetch_add(1, Ordering::Relaxed));
    let mut id = String::with_capacity(16);
    // Crockford's base 32, as ULIDs are written: 50 bits of time, 30 bits that tell visits of one moment apart.
    for (value, digits) in [(milliseconds, 10_u32), (mixed, 6)] {
        for position in (0..digits).rev() {
            let digit = usize::try_from((value >> (5 * position)) & 31).unwrap_or_default();
            let _ = write!(id, "{}", char::from(ALPHABET[digit]));
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_short_and_differ() {
        let ids: HashSet<_> = (0..1_000).map(|_| new_id()).collect();
        assert!(ids.len() > 990);
        assert!(ids.iter().all(|id| id.len() == 16));
    }
}
