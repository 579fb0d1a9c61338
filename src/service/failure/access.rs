//! Failures where the registry has nothing there, or does not let us have it.

use std::time::Duration;

use super::{Subject, advice, fact, failure, with_source};
use crate::oci::Reference;
use crate::registry::{Credentials, Error, Proof};
use crate::service::registries::Registry;
use crate::view::Failure;
use crate::view::failure::FailureCode;

/// Seconds to wait where a registry asks for patience and does not say how much.
const USUAL_PATIENCE: u32 = 30;
/// Most seconds that a page waits before it asks again.
const MOST_PATIENCE: u64 = 300;

pub(super) fn not_found(error: &Error, subject: &Subject, host: &str) -> Failure {
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
        Subject::Referrer(repository, _) if !unknown_name => (
            FailureCode::ManifestNotFound,
            format!("A list names this manifest, {repository} does not have it"),
            "It may have been deleted since, or never have been copied here along with the list.",
        ),
        Subject::Config(repository, _) if !unknown_name => (
            FailureCode::BlobNotFound,
            format!("The manifest names this config, {repository} does not have it"),
            "The image cannot be pulled as it is. History and environment stand in the config, so they cannot be shown.",
        ),
        Subject::Blob(repository, _) if !unknown_name => (
            FailureCode::BlobNotFound,
            format!("The manifest lists this blob, {repository} does not have it"),
            "It was deleted, or it never was here: layers that may not be distributed lie elsewhere, at addresses that Strata does not follow.",
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

pub(super) fn unauthorized(rejected: bool, subject: &Subject, registry: &Registry) -> Failure {
    let host = &registry.facts().host;
    let account = registry.facts().account.as_deref();
    let proof = registry.client().settings().credentials.as_ref().map(Credentials::proof);
    let (heading, explanation, what_to_do) = match account {
        Some(account) if rejected => (
            "The registry refuses Strata's credentials",
            match proof {
                Some(Proof::IdentityToken(_)) => {
                    format!("{host} does not accept the identity token that is configured.")
                }
                Some(Proof::RegistryToken(_)) => {
                    format!("{host} does not accept the registry token that is configured.")
                }
                _ => format!("{host} does not accept the user name `{account}` with the password that is configured."),
            },
            "Ask the operator to check the credentials of this registry in Strata's settings. Those in files are read again at the next try.",
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
pub(super) fn hidden(subject: &Subject, registry: &Registry) -> Failure {
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

pub(super) fn denied(subject: &Subject, registry: &Registry) -> Failure {
    let host = &registry.facts().host;
    let who = match &registry.facts().account {
        Some(account) => format!("the account `{account}`, with which Strata reads,"),
        None => String::new(),
    };
    let mut failure = failure(
        403,
        FailureCode::Denied,
        "The registry does not permit this",
        if who.is_empty() {
            format!("Strata reads {host} anonymously, and it does not let everybody read {}.", subject.words())
        } else {
            format!("{host} knows {who} and does not let it read {}.", subject.words())
        },
    );
    failure.advice = vec![advice("Ask whoever runs the registry for permission to pull.")];
    with_source(failure, format!("{host} refuses"))
}

pub(super) fn rate_limited(retry_after: Option<Duration>, host: &str) -> Failure {
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
