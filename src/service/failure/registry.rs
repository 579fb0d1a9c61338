//! Errors of the registry client as pages.

use std::time::Duration;

use super::{Subject, advice, advice_link, digest_fact, fact, failure};
use crate::anatomy::size::exact as bytes;
use crate::oci::Reference;
use crate::registry::{Error, FailedRequest, RedirectReason};
use crate::service::registries::Registry;
use crate::service::trace::{curl, milliseconds};
use crate::view::failure::{Advice, FactValue, FailureCode, Remark};
use crate::view::{Failure, failure as view, link};

/// Seconds after which a page that is still being read asks again.
const ASK_AGAIN: u32 = 2;
/// Seconds to wait where a registry asks for patience and does not say how much.
const USUAL_PATIENCE: u32 = 30;
/// Most seconds that a page waits before it asks again.
const MOST_PATIENCE: u64 = 300;

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

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn with_source(mut failure: Failure, source: impl Into<String>) -> Failure {
    failure.source = source.into();
    failure
}

fn not_found(error: &Error, subject: &Subject, host: &str) -> Failure {
    let unknown_name = error.messages().iter().any(|message| message.code == "NAME_UNKNOWN");
    let (code, heading, explanation) = match subject {
        Subject::Manifest(reference) if !unknown_name => {
            let repository = &reference.repository;
            let (heading, explanation) = match reference {
                Reference { tag: Some(tag), digest: None, .. } => (
                    format!("There is no tag {tag} in {repository}"),
                    "It may have been deleted, or be written differently.",
                ),
                _ => (
                    format!("There is nothing with this digest in {repository}"),
                    "It may have been deleted, or stand in another repository.",
                ),
            };
            (FailureCode::ManifestNotFound, heading, explanation)
        }
        Subject::Child(repository, _) if !unknown_name => (
            FailureCode::ManifestNotFound,
            format!("The index names this manifest, {repository} does not have it"),
            "Somebody copied a part of the index only, or deleted this manifest. The other platforms are not touched by that.",
        ),
        Subject::Config(repository, _) if !unknown_name => (
            FailureCode::BlobNotFound,
            format!("The manifest names this config, {repository} does not have it"),
            "The image cannot be pulled as it is. History and environment stand in the config, so they cannot be shown.",
        ),
        Subject::Repositories | Subject::Registry => {
            let failure = failure(
                502,
                FailureCode::InvalidResponse,
                "There is no registry at this address",
                "Something answers there, but it does not know the address that every registry has: `/v2/`.",
            );
            return with_source(failure, format!("{host} answered with 404"));
        }
        _ => {
            let name = subject.repository().map(ToString::to_string).unwrap_or_default();
            (
                FailureCode::RepositoryNotFound,
                format!("There is no repository {name}"),
                "Or the registry does not show it to the account that Strata reads with: many registries answer the same in both cases.",
            )
        }
    };
    with_source(failure(404, code, heading, explanation), format!("{host} has nothing there"))
}

fn unauthorized(rejected: bool, subject: &Subject, registry: &Registry) -> Failure {
    let host = &registry.facts().host;
    let account = registry.facts().account.as_deref();
    let (heading, explanation, what_to_do) = match account {
        Some(account) if rejected => (
            "The registry refuses Strata's credentials",
            format!("{host} does not accept the user name `{account}` with the password that is configured."),
            "Ask the operator to check the credentials of this registry in Strata's settings.",
        ),
        Some(account) => (
            "The registry does not let Strata read this",
            format!(
                "{host} asks for other credentials than those of `{account}`. Many registries answer so for what does not exist, too."
            ),
            "Ask whoever runs the registry to let this account pull from the repository.",
        ),
        None => (
            "The registry wants a sign-in",
            format!(
                "Strata reads {host} anonymously, and the registry does not show {} to everybody. Many registries answer so for what does not exist, too.",
                subject.words()
            ),
            "Ask the operator to configure credentials for this registry.",
        ),
    };
    // Not 401: the reader's browser has nothing to sign in with here.
    let mut failure = failure(502, FailureCode::Unauthorized, heading, explanation);
    failure.advice = vec![advice(what_to_do)];
    with_source(failure, format!("{host} asks for other credentials"))
}

/// A token was granted, and what it was asked for is refused all the same: Docker Hub answers so for what does not exist.
fn hidden(subject: &Subject, registry: &Registry) -> Failure {
    let host = &registry.facts().host;
    let who = registry.facts().account.as_deref().map_or("everybody".to_owned(), |account| format!("`{account}`"));
    let mut failure = failure(
        403,
        FailureCode::Denied,
        "There is no such repository, or Strata may not see it",
        format!("{host} does not show {} to {who}. Many registries answer the same in both cases.", subject.words()),
    );
    failure.advice = vec![advice("If it exists, ask whoever runs the registry for permission to pull.")];
    with_source(failure, format!("{host} refuses"))
}

fn denied(subject: &Subject, registry: &Registry) -> Failure {
    let host = &registry.facts().host;
    let who = match &registry.facts().account {
        Some(account) => format!("the account `{account}`, with which Strata reads,"),
        None => "Strata, which reads anonymously,".to_owned(),
    };
    let mut failure = failure(
        403,
        FailureCode::Denied,
        "The registry does not permit this",
        format!("{host} knows {who} and does not let it read {}.", subject.words()),
    );
    failure.advice = vec![advice("Ask whoever runs the registry for permission to pull.")];
    with_source(failure, format!("{host} refuses"))
}

fn rate_limited(retry_after: Option<Duration>, host: &str) -> Failure {
    let wait = retry_after
        .map_or(USUAL_PATIENCE, |wait| u32::try_from(wait.as_secs().clamp(1, MOST_PATIENCE)).unwrap_or(USUAL_PATIENCE));
    let mut failure = failure(
        503,
        FailureCode::RateLimited,
        "The registry asks for patience",
        format!("{host} has answered too many requests of Strata's account in a short time and wants a pause."),
    );
    failure.facts = match retry_after {
        Some(wait) => vec![fact("The registry asks to wait", format!("{} s", wait.as_secs()))],
        None => Vec::new(),
    };
    failure.advice = vec![advice(format!("This page asks again by itself after {wait} s."))];
    failure.refresh_after = Some(wait);
    with_source(failure, format!("{host} answered with 429"))
}

fn upstream(status: u16, subject: &Subject, host: &str) -> Failure {
    let (heading, explanation) = if status >= 500 {
        (
            "The registry has trouble of its own",
            format!(
                "Asked for {}, {host} answered with status {status}. Strata has tried more than once.",
                subject.words()
            ),
        )
    } else {
        (
            "The registry refuses the question",
            format!("Asked for {}, {host} answered with status {status}.", subject.words()),
        )
    };
    with_source(
        failure(502, FailureCode::RegistryError, heading, explanation),
        format!("{host} answered with status {status}"),
    )
}

fn not_offered(status: u16, subject: &Subject, host: &str) -> Failure {
    let failure = failure(
        501,
        FailureCode::NotOffered,
        "The registry does not offer this",
        format!(
            "Asked for {}, {host} answered with status {status}, as registries do that have no such thing.",
            subject.words()
        ),
    );
    with_source(failure, format!("{host} does not offer this"))
}

fn no_answer(error: &Error, subject: &Subject, host: &str) -> Failure {
    let failure = match error {
        Error::Timeout { phase, .. } => with_source(
            failure(
                504,
                FailureCode::Timeout,
                "The registry did not answer in time",
                format!("Strata asked {host} for {} and gave up: {phase}.", subject.words()),
            ),
            format!("{host} took too long"),
        ),
        Error::Unreachable { problem, .. } => with_source(
            failure(
                502,
                FailureCode::Unreachable,
                "The registry cannot be reached",
                format!("Strata tried to ask {host} for {} and got no connection that lasts.", subject.words()),
            ),
            format!("{host} does not answer"),
        )
        .with_fact("What the system says", problem),
        _ => stopped(),
    };
    failure.with_advice("Check that the registry runs, and that the machine on which Strata runs can reach it: the command above asks the same.")
}

fn still_reading(waiting_for: &str, subject: &Subject, host: &str) -> Failure {
    let mut failure = failure(
        504,
        FailureCode::StillReading,
        format!("Still reading {}", subject.words()),
        format!("{host} has not answered yet. Strata goes on reading, and this page asks again by itself."),
    );
    if !waiting_for.is_empty() {
        failure.facts = vec![fact("Waiting for", waiting_for)];
    }
    failure.refresh_after = Some(ASK_AGAIN);
    with_source(failure, format!("{host} has not answered yet"))
}

fn too_large(limit: u64, announced: Option<u64>, subject: &Subject, host: &str) -> Failure {
    let mut failure = failure(
        502,
        FailureCode::TooLarge,
        "The answer is larger than Strata reads",
        format!("Asked for {}, {host} sends more than the limit, so it was not read to its end.", subject.words()),
    );
    failure.facts = vec![fact("Limit", bytes(limit))];
    if let Some(announced) = announced {
        failure.facts.push(fact("Announced", bytes(announced)));
    }
    failure.advice = vec![advice("If this is right, ask the operator to raise the limit in Strata's settings.")];
    with_source(failure, format!("{host} answered with more than is read"))
}

fn mismatch(error: &Error, host: &str) -> Failure {
    let mut failure = match error {
        Error::DigestMismatch { asked, received, reported, .. } => {
            let mut failure = failure(
                502,
                FailureCode::DigestMismatch,
                "The registry sent other bytes than this digest names",
                "A digest is the hash of the bytes themselves. What came back has a different one, so it is not shown, not read and not kept.",
            );
            failure.facts = vec![
                digest_fact("Asked for", asked, None),
                digest_fact("Bytes received", received, Some(Remark::Mismatch)),
            ];
            failure
                .facts
                .extend(reported.iter().map(|reported| digest_fact("Header said", reported, Some(Remark::Reported))));
            failure
        }
        Error::SizeMismatch { expected, received, .. } => {
            let mut failure = failure(
                502,
                FailureCode::SizeMismatch,
                "The registry sent another number of bytes than its manifest names",
                "A descriptor names digest and size of what it points at. The size is another one, so it is not shown, not read and not kept.",
            );
            failure.facts =
                vec![fact("Size in the descriptor", bytes(*expected)), fact("Size of the answer", bytes(*received))];
            failure
        }
        _ => stopped(),
    };
    failure.advice = vec![
        advice("Try again: a cache between Strata and the registry may have been at fault."),
        advice(format!("Ask whoever runs {host} to check its storage for this digest; do not pull it until then.")),
    ];
    with_source(failure, format!("{host} answered, but not with what was asked for"))
}

fn invalid_response(problem: &str, subject: &Subject, host: &str) -> Failure {
    let failure = failure(
        502,
        FailureCode::InvalidResponse,
        "The answer makes no sense",
        format!("Asked for {}, {host} answered with something else: {problem}.", subject.words()),
    );
    with_source(failure, format!("{host} answered, but not as a registry does"))
        .with_advice("Check that the address in Strata's settings is the registry itself, not a sign-in page or another program before it.")
}

fn redirect_refused(to: &str, reason: &RedirectReason, host: &str) -> Failure {
    let failure = failure(
        502,
        FailureCode::RedirectRefused,
        "The registry sends the request elsewhere, where Strata does not follow",
        format!("The redirect was not followed: {reason}."),
    );
    let failure = with_source(failure, format!("{host} answered with a redirect")).with_fact("It leads to", to);
    if *reason == RedirectReason::Address {
        failure.with_advice("If this is right, ask the operator to name that origin in `trusted_redirects`.")
    } else {
        failure.with_advice(format!("Ask whoever runs {host} where it sends its readers: no setting allows this."))
    }
}

fn realm_refused(realm: &str, setting: &str, reason: &str, registry: &Registry) -> Failure {
    let host = &registry.facts().host;
    let failure = failure(
        502,
        FailureCode::RealmRefused,
        "The registry asks to sign in at a place that is not trusted",
        format!("{host} wants Strata to sign in at {realm}. Its credentials were not sent there, because {reason}."),
    );
    with_source(failure, format!("{host} asks to sign in elsewhere"))
        .with_fact("Asks for the sign-in", host)
        .with_fact("Wants it at", realm)
        .with_advice(format!(
            "If {realm} is right, ask the operator to add it to `{setting}` of the registry `{}`.",
            registry.name()
        ))
}

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
            let path = format!("/-/registry?{}", link::query(&[("registry", registry.name())]));
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
        curl: curl(request.method, &request.url, registry),
    }
}

impl Failure {
    fn with_fact(mut self, label: &str, value: &str) -> Self {
        self.facts.push(view::Fact { label: label.to_owned(), value: FactValue::Text(value.to_owned()), remark: None });
        self
    }

    fn with_advice(mut self, text: impl Into<String>) -> Self {
        self.advice.push(advice(text));
        self
    }
}
