//! Errors of the registry client as pages.

use super::access::{denied, hidden, not_found, rate_limited, unauthorized};
use super::answer::{invalid_response, mismatch, no_answer, not_offered, still_reading, too_large, upstream};
use super::trust::{realm_refused, redirect_refused};
use super::{Subject, advice_link, fact, failure, stopped, with_source};
use crate::anatomy::text::capitalized;
use crate::registry::{Error, FailedRequest};
use crate::service::registries::Registry;
use crate::service::trace::{curl, milliseconds};
use crate::view::failure::{Advice, FailureCode};
use crate::view::trace::AnswerSource;
use crate::view::{Failure, failure as view, link};

/// The page of an error. Registry, trace and request id are added by the visit.
pub(crate) fn of_registry(error: &Error, subject: &Subject, registry: &Registry) -> Failure {
    let mut failure = words(error, subject, registry);
    failure.request = error.request().map(|request| failed_request(request, registry));
    failure.registry_messages = error
        .messages()
        .iter()
        .map(|message| match (message.code.as_str(), message.message.as_str()) {
            (code, "") => code.to_owned(),
            ("", text) => text.to_owned(),
            (code, text) => format!("{code}: {text}"),
        })
        .collect();
    if let Some(excerpt) = error.request().and_then(|request| request.excerpt.as_ref()) {
        failure.facts.push(fact("The answer begins", excerpt.clone()));
    }
    failure
}

/// The error as one sentence without its full stop, for a row or a part of a page.
pub(crate) fn sentence(error: &Error, subject: &Subject, registry: &Registry) -> String {
    words(error, subject, registry).heading
}

fn words(error: &Error, subject: &Subject, registry: &Registry) -> Failure {
    let host = registry.facts().host.as_str();
    let mut failure = match error {
        Error::NotFound { .. } => not_found(error, subject, host),
        Error::Unauthorized { granted: true, .. } => hidden(subject, registry),
        Error::Unauthorized { rejected, .. } => unauthorized(*rejected, subject, registry),
        Error::Denied { .. } => denied(subject, registry),
        Error::RateLimited { retry_after, .. } => rate_limited(*retry_after, host),
        Error::Upstream { status, .. } => upstream(*status, subject, host),
        Error::NotOffered { status, .. } => not_offered(*status, subject, host),
        Error::Timeout { .. } | Error::Unreachable { .. } => no_answer(error, subject, host),
        Error::Deadline { waiting_for, .. } => still_reading(waiting_for, subject, host),
        Error::TooLarge { limit, announced, .. } => too_large(*limit, *announced, subject, host),
        Error::DigestMismatch { .. } | Error::SizeMismatch { .. } => mismatch(error, host),
        Error::InvalidResponse { problem, .. } => invalid_response(problem, subject, host),
        Error::RedirectRefused { to, reason, .. } => redirect_refused(to, reason, host),
        Error::RealmRefused { realm, setting, reason, .. } => {
            realm_refused(realm, setting, &reason.to_string(), registry)
        }
        Error::NotFetchable(problem) => {
            let heading = "This cannot be asked for";
            let failure = failure(400, FailureCode::InvalidRequest, heading, capitalized(&format!("{problem}.")));
            with_source(failure, "what cannot be checked is not asked for")
        }
        _ => stopped(),
    };
    // Where the answer is on its way, or was never asked for, asking anew leads nowhere.
    let again = !matches!(error, Error::Deadline { .. } | Error::NotFetchable(_));
    failure.advice.extend(ways_on(subject, registry, again));
    failure
}

/// Where a reader can go from here.
fn ways_on(subject: &Subject, registry: &Registry, again: bool) -> Vec<Advice> {
    let mut ways = Vec::new();
    if let Some(path) = subject.path(registry.prefix()).filter(|_| again) {
        ways.push(advice_link(
            "Ask the registry again, whatever is kept.",
            "Refresh past the caches",
            link::refreshed(&path),
        ));
    }
    match subject {
        Subject::Registry => {}
        Subject::Repositories => {
            let path = link::registry(registry.name());
            ways.push(advice_link("See what Strata knows about this registry.", "The registry", path));
        }
        Subject::Tags(_) => {
            ways.push(advice_link(
                "See which repositories there are.",
                "Repositories",
                link::repositories(registry.prefix()),
            ));
        }
        Subject::Manifest(_) | Subject::Child(..) | Subject::Config(..) => {
            ways.extend(subject.repository().map(|repository| {
                advice_link(
                    "See what else there is.",
                    format!("Tags of {repository}"),
                    link::tags(registry.prefix(), repository),
                )
            }));
        }
    }
    ways
}

fn failed_request(request: &FailedRequest, registry: &Registry) -> view::FailedRequest {
    view::FailedRequest {
        method: request.method.to_owned(),
        url: request.url.clone(),
        statuses: request.statuses.clone(),
        content_type: request.content_type.clone(),
        bytes: request.bytes,
        elapsed_ms: milliseconds(request.elapsed),
        curl: curl(request.method, &request.url, AnswerSource::Registry, registry),
    }
}
