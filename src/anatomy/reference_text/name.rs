//! A reference with a host before it, by docker's rules.

use super::Pasted;
use crate::anatomy::pull::is_authority;
use crate::oci::{Reference, RepositoryName};

/// Names of one registry.
const DOCKER_HUB: [&str; 4] = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/// `[host[:port]/]path[:tag][@digest]`. The first component is a host only if it has a `.` or `:`, is `localhost`, or
/// has an upper case letter. On Docker Hub a name of one component is in `library/`.
pub(super) fn parse(text: &str) -> Option<Pasted> {
    let (host, rest) = match text.split_once('/') {
        Some((first, rest)) if is_host(first) => (Some(first.to_ascii_lowercase()), rest),
        _ => (None, text),
    };
    let mut reference: Reference = rest.parse().ok()?;
    let on_hub = host.as_deref().is_some_and(|host| DOCKER_HUB.contains(&host));
    if on_hub && reference.repository.namespace().is_none() {
        reference.repository = format!("library/{}", reference.repository).parse::<RepositoryName>().ok()?;
    }
    let host = if on_hub { Some(DOCKER_HUB[0].to_owned()) } else { host };
    Some(Pasted::Reference { host, reference })
}

fn is_host(first: &str) -> bool {
    let looks_so =
        first == "localhost" || first.contains(['.', ':']) || first.bytes().any(|byte| byte.is_ascii_uppercase());
    looks_so && is_authority(first)
}
