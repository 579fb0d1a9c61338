//! Errors as pages: the one place where what went wrong gets its HTTP status and its words for people.
//!
//! - [`subject`]: what was being read
//! - [`registry`]: errors of the registry client. Their words: [`access`] where it has nothing or gives nothing, [`answer`]
//!   where its answer is of no use, [`trust`] where it leads elsewhere
//! - [`page`]: what cannot be shown for other reasons
//!
//! A failure says what happened, to which request, and what to do. It never holds a secret: URLs come redacted from the
//! client, commands name variables where a secret belongs.

mod access;
mod answer;
mod page;
mod registry;
mod subject;
#[cfg(test)]
mod tests;
mod trust;

pub(crate) use page::{
    Gone, budget_spent, config_document, document, invalid, layers_unread, no_config, no_contents, no_registry,
    no_such_entry, no_such_file, not_comparable, not_for_other_sites, not_listed, not_the_file, not_to_be_packed,
    not_verifiable, too_many_open, unknown_registry,
};
pub(crate) use registry::{of_registry, sentence};
pub(crate) use subject::Subject;

use crate::service::visit::new_id;
use crate::view::failure::{Advice, Fact, FactValue, FailureCode, Remark};
use crate::view::{Failure, Trace};

/// Seconds after which a page that is still being read asks again.
const ASK_AGAIN: u32 = 2;

/// A failure before it is given what every page has.
fn failure(status: u16, code: FailureCode, heading: impl Into<String>, explanation: impl Into<String>) -> Failure {
    Failure {
        status,
        code,
        source: String::new(),
        heading: heading.into(),
        explanation: explanation.into(),
        facts: Vec::new(),
        request: None,
        registry_messages: Vec::new(),
        advice: Vec::new(),
        request_id: new_id(),
        refresh_after: None,
        registry: None,
        trace: Trace::default(),
    }
}

fn advice(text: impl Into<String>) -> Advice {
    Advice { text: text.into(), link: None }
}

pub(crate) fn advice_link(text: impl Into<String>, words: impl Into<String>, path: impl Into<String>) -> Advice {
    Advice { text: text.into(), link: Some((words.into(), path.into())) }
}

pub(crate) fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: FactValue::Text(value.into()), remark: None }
}

fn digest_fact(label: &str, digest: &crate::oci::Digest, remark: Option<Remark>) -> Fact {
    Fact { label: label.to_owned(), value: FactValue::Digest(digest.clone()), remark }
}

/// Writes the one log line of a page that could not be built. What a reader got wrong is no trouble of the operator's.
pub(crate) fn log(failure: &Failure) {
    let Failure { status, heading, request_id, .. } = failure;
    let code = code(failure.code);
    let registry = failure.registry.as_ref().map(|registry| registry.name.as_str()).unwrap_or_default();
    let request = failure.request.as_ref();
    let method = request.map(|request| request.method.as_str()).unwrap_or_default();
    let url = request.map(|request| request.url.as_str()).unwrap_or_default();
    if *status < 500 {
        tracing::info!(request_id, status, code, registry, method, url, problem = heading, "no page");
    } else {
        tracing::warn!(request_id, status, code, registry, method, url, problem = heading, "no page");
    }
}

/// The code as the JSON API and the log write it.
fn code(code: FailureCode) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn with_source(mut failure: Failure, source: impl Into<String>) -> Failure {
    failure.source = source.into();
    failure
}

/// The work on the page ended before there was an answer.
fn stopped() -> Failure {
    let mut failure = failure(
        503,
        FailureCode::Internal,
        "The work was stopped",
        "Strata is stopping, or something in it failed. Nothing is wrong with the registry.",
    );
    failure.refresh_after = Some(ASK_AGAIN);
    with_source(failure, "Strata itself did not finish")
}

impl Failure {
    fn with_fact(mut self, label: &str, value: &str) -> Self {
        self.facts.push(fact(label, value));
        self
    }

    fn with_advice(mut self, text: impl Into<String>) -> Self {
        self.advice.push(advice(text));
        self
    }
}
