//! What a page asked its registry, as the request bar shows it: with a command to repeat each request.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::registries::Registry;
use crate::oci::media_type::{DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, DOCKER_SCHEMA1_SIGNED, OCI_INDEX, OCI_MANIFEST};
use crate::registry::trace::{Entry, EntryKind};
use crate::registry::{RegistrySettings, Trace as Record};
use crate::view::Trace;
use crate::view::trace::{AnswerSource, TracedRequest};

/// The record as a view. Times are counted from the record's beginning.
pub(crate) fn view(record: &Record, registry: &Registry, other: Option<&Registry>) -> Trace {
    let entries = record.entries();
    registry.learn(&entries);
    let asked = |entry: &Entry| match other {
        Some(other) if at_registry(&entry.url, other.client().settings()) => other,
        _ => registry,
    };
    let elapsed =
        entries.iter().map(|entry| if entry.pending { record.elapsed() } else { entry.started + entry.elapsed });
    let began = SystemTime::now().checked_sub(record.elapsed()).unwrap_or(UNIX_EPOCH);
    Trace {
        elapsed_ms: elapsed.max().map(milliseconds).unwrap_or_default(),
        started_at: seconds(began),
        requests: entries
            .into_iter()
            .map(|entry| {
                let registry = asked(&entry);
                traced(entry, registry)
            })
            .collect(),
    }
}

fn traced(entry: Entry, registry: &Registry) -> TracedRequest {
    let source = match entry.kind {
        _ if entry.from_cache => AnswerSource::Cache,
        EntryKind::TokenExchange => AnswerSource::TokenService,
        EntryKind::Document | EntryKind::Layer | EntryKind::List | EntryKind::Probe => AnswerSource::Registry,
    };
    let curl = match source {
        AnswerSource::Cache => None,
        AnswerSource::Registry | AnswerSource::TokenService => Some(curl(entry.method, &entry.url, source, registry)),
    };
    TracedRequest {
        method: entry.method.to_owned(),
        path: path(&entry.url, source),
        source,
        statuses: entry.statuses,
        bytes: entry.bytes,
        elapsed_ms: milliseconds(entry.elapsed),
        outcome: entry.outcome,
        curl,
    }
}

/// Path and query at the registry; the whole URL of a token service, which is elsewhere.
fn path(url: &str, source: AnswerSource) -> String {
    if source == AnswerSource::TokenService {
        return url.to_owned();
    }
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find('/').map_or_else(|| after_scheme.to_owned(), |position| after_scheme[position..].to_owned())
}

/// A command that asks the same. For a password curl asks by itself; where a token belongs stands the name of a variable for
/// the reader to fill.
pub(crate) fn curl(method: &str, url: &str, source: AnswerSource, registry: &Registry) -> String {
    let settings = registry.client().settings();
    let mut words = vec!["curl -sS".to_owned()];
    if method == "HEAD" {
        words.push("--head".to_owned());
    }
    if method == "POST" {
        // The exchange of an identity token, whose parts the reader has to fill in.
        words.push("-d \"grant_type=refresh_token&service=$SERVICE&scope=$SCOPE\"".to_owned());
        words.push("--data-urlencode \"refresh_token=$IDENTITY_TOKEN\"".to_owned());
        words.push(quoted(url));
        return words.join(" ");
    }
    if url.contains("/manifests/") {
        let accept = [OCI_INDEX, OCI_MANIFEST, DOCKER_MANIFEST_LIST, DOCKER_MANIFEST, DOCKER_SCHEMA1_SIGNED].join(", ");
        words.push(format!("-H {}", quoted(&format!("Accept: {accept}"))));
    }
    words.extend(connection(url, settings).map(str::to_owned));
    // A token is asked for with the user's name, wherever its service is.
    if source != AnswerSource::TokenService && at_registry(url, settings) && registry.uses_tokens() {
        words.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    } else if let Some(account) = &registry.facts().account {
        words.push(format!("-u {}", quoted(account)));
    }
    words.push(quoted(url));
    words.join(" ")
}

/// Which certificates curl needs, and whether it follows redirects. With `--cert` it would show the certificate to whatever host
/// they lead to (threat T-4), so that then the reader sees where that is instead.
fn connection(url: &str, settings: &RegistrySettings) -> impl Iterator<Item = &'static str> {
    let home = at_registry(url, settings);
    let shown = home && settings.client_certificate.is_some();
    let words = [
        (url.contains("/blobs/") && !shown).then_some("-L"),
        (home && settings.ca_file.is_some()).then_some("--cacert \"$CA_FILE\""),
        shown.then_some("--cert \"$CLIENT_CERT_FILE\" --key \"$CLIENT_KEY_FILE\""),
    ];
    words.into_iter().flatten()
}

fn at_registry(url: &str, settings: &RegistrySettings) -> bool {
    url.parse::<url::Url>().is_ok_and(|url| url.origin() == settings.url.origin())
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds since 1970.
pub(crate) fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ClientCertificate;

    /// Fails when a command that shows a certificate follows redirects: it was seen to.
    #[test]
    fn a_certificate_follows_no_redirect() {
        let mut settings = RegistrySettings::new("main", "https://registry.example".parse().unwrap());
        let words = |settings: &RegistrySettings, url: &str| connection(url, settings).collect::<Vec<_>>().join(" ");
        let (blob, elsewhere) = ("https://registry.example/v2/a/blobs/x", "https://other.example/v2/a/blobs/x");
        assert_eq!(words(&settings, blob), "-L");
        settings.ca_file = Some("ca".into());
        settings.client_certificate =
            Some(ClientCertificate { certificate_file: "certificate".into(), key_file: "key".into() });
        let certificates = "--cacert \"$CA_FILE\" --cert \"$CLIENT_CERT_FILE\" --key \"$CLIENT_KEY_FILE\"";
        assert_eq!(words(&settings, blob), certificates);
        assert_eq!(words(&settings, "https://registry.example/v2/a/manifests/1"), certificates);
        assert_eq!(words(&settings, elsewhere), "-L");
    }
}
