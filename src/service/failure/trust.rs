//! Failures where the registry leads to a place that is not trusted.

use super::{failure, with_source};
use crate::registry::RedirectReason;
use crate::service::registries::Registry;
use crate::view::Failure;
use crate::view::failure::FailureCode;

pub(super) fn redirect_refused(to: &str, reason: &RedirectReason, host: &str) -> Failure {
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

pub(super) fn realm_refused(realm: &str, setting: &str, reason: &str, registry: &Registry) -> Failure {
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
