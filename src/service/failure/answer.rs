//! Failures where no answer came, or one that cannot be used.

use super::{ASK_AGAIN, Subject, advice, digest_fact, fact, failure, stopped, with_source};
use crate::anatomy::size::exact as bytes;
use crate::registry::Error;
use crate::view::Failure;
use crate::view::failure::{FailureCode, Remark};

pub(super) fn upstream(status: u16, subject: &Subject, host: &str) -> Failure {
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

pub(super) fn not_offered(status: u16, subject: &Subject, host: &str) -> Failure {
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

pub(super) fn no_answer(error: &Error, subject: &Subject, host: &str) -> Failure {
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

pub(super) fn still_reading(waiting_for: &str, subject: &Subject, host: &str) -> Failure {
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

pub(super) fn too_large(limit: u64, announced: Option<u64>, subject: &Subject, host: &str) -> Failure {
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

pub(super) fn mismatch(error: &Error, host: &str) -> Failure {
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

pub(super) fn invalid_response(problem: &str, subject: &Subject, host: &str) -> Failure {
    let failure = failure(
        502,
        FailureCode::InvalidResponse,
        "The answer makes no sense",
        format!("Asked for {}, {host} answered with something else: {problem}.", subject.words()),
    );
    with_source(failure, format!("{host} answered, but not as a registry does"))
        .with_advice("Check that the address in Strata's settings is the registry itself, not a sign-in page or another program before it.")
}
