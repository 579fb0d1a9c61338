use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::oci::document::DocumentError;
use crate::oci::{Digest, MediaType, Reference, RepositoryName};
use crate::registry::{
    Client, Credentials, DocumentCache, Error, FailedRequest, Phase, RealmReason, RedirectReason, RegistryMessage,
    RegistrySettings, Secret,
};
use crate::service::registries::Registry;

fn registry(account: Option<&str>) -> Registry {
    let mut settings = RegistrySettings::new("main", "https://registry.acme.dev".parse().unwrap());
    settings.credentials = account.map(|account| Credentials::new(account, Secret::new("hunter2")));
    let client = Client::new(settings, Arc::new(DocumentCache::new(1))).unwrap();
    Registry::new(0, client, false)
}

fn digest(letter: &str) -> Digest {
    format!("sha256:{}", letter.repeat(64)).parse().unwrap()
}

fn repository() -> RepositoryName {
    "payments/api".parse().unwrap()
}

fn tagged() -> Subject {
    Subject::Manifest("payments/api:1.4.0".parse().unwrap())
}

fn by_digest() -> Subject {
    Subject::Manifest(Reference::digest(repository(), digest("a")))
}

fn request(path: &str, status: u16) -> Box<FailedRequest> {
    Box::new(FailedRequest {
        registry: "main".to_owned(),
        method: "GET",
        url: format!("https://registry.acme.dev/v2/{path}"),
        statuses: (status > 0).then_some(status).into_iter().collect(),
        content_type: Some("application/json".to_owned()),
        bytes: 87,
        elapsed: Duration::from_millis(23),
        excerpt: None,
    })
}

fn said(code: &str, message: &str) -> Vec<RegistryMessage> {
    let detail = Some("/var/lib/registry".to_owned());
    vec![RegistryMessage { code: code.to_owned(), message: message.to_owned(), detail }]
}

/// A failure as a reader sees it.
fn page(failure: &Failure) -> String {
    let mut text = format!("{} · {}\n# {}\n{}\n", failure.status, failure.source, failure.heading, failure.explanation);
    for Fact { label, value, remark } in &failure.facts {
        let value = match value {
            FactValue::Digest(digest) => digest.short().to_owned(),
            FactValue::Text(text) => text.clone(),
        };
        let remark = remark.map(|remark| format!(" ({remark:?})")).unwrap_or_default();
        let _ = writeln!(text, "{label}: {value}{remark}");
    }
    for message in &failure.registry_messages {
        let _ = writeln!(text, "> {message}");
    }
    if let Some(request) = &failure.request {
        let _ = writeln!(text, "$ {}", request.curl);
    }
    for Advice { text: sentence, link } in &failure.advice {
        let link = link.as_ref().map(|(words, path)| format!(" [{words}]({path})")).unwrap_or_default();
        let _ = writeln!(text, "- {sentence}{link}");
    }
    if let Some(seconds) = failure.refresh_after {
        let _ = writeln!(text, "asks again after {seconds} s");
    }
    let _ = writeln!(text, "{}", code(failure.code));
    text
}

#[test]
fn every_error_of_a_registry_has_its_status_and_words() {
    let (anonymous, signed_in) = (registry(None), registry(Some("ci-reader")));
    let manifest = || request("payments/api/manifests/1.4.0", 404);
    let tags = Subject::Tags(repository());
    let child = Subject::Child(repository(), digest("b"));
    let config = Subject::Config(repository(), digest("c"));
    let unauthorized = |rejected, granted| Error::Unauthorized {
        request: request("payments/api/tags/list", 401),
        errors: said("UNAUTHORIZED", "authentication required"),
        rejected,
        granted,
    };
    let missing = |code: &str| Error::NotFound { request: manifest(), errors: said(code, "manifest unknown") };
    let cases: Vec<(&str, &Registry, Subject, Error)> = vec![
        ("missing tag", &anonymous, tagged(), missing("MANIFEST_UNKNOWN")),
        ("missing digest", &anonymous, by_digest(), missing("MANIFEST_UNKNOWN")),
        ("missing repository of a tag", &anonymous, tagged(), missing("NAME_UNKNOWN")),
        ("missing repository", &anonymous, tags.clone(), missing("NAME_UNKNOWN")),
        ("missing entry of an index", &anonymous, child, missing("MANIFEST_UNKNOWN")),
        ("missing config", &anonymous, config.clone(), missing("BLOB_UNKNOWN")),
        ("no registry there", &anonymous, Subject::Registry, missing("")),
        ("sign-in wanted", &anonymous, tags.clone(), unauthorized(false, false)),
        ("sign-in refused", &signed_in, tags.clone(), unauthorized(true, false)),
        ("other sign-in wanted", &signed_in, tags.clone(), unauthorized(false, false)),
        ("hidden from everybody", &anonymous, tags.clone(), unauthorized(false, true)),
        ("hidden from the account", &signed_in, tags.clone(), unauthorized(false, true)),
        (
            "denied",
            &signed_in,
            tags.clone(),
            Error::Denied { request: request("payments/api/tags/list", 403), errors: said("DENIED", "") },
        ),
        (
            "rate limited",
            &anonymous,
            tagged(),
            Error::RateLimited {
                request: request("payments/api/manifests/1.4.0", 429),
                retry_after: Some(Duration::from_secs(90)),
                errors: said("TOOMANYREQUESTS", "slow down"),
            },
        ),
        (
            "broken registry",
            &anonymous,
            tagged(),
            Error::Upstream { request: request("payments/api/manifests/1.4.0", 500), status: 500, errors: Vec::new() },
        ),
        (
            "refused question",
            &anonymous,
            tagged(),
            Error::Upstream { request: request("payments/api/manifests/1.4.0", 400), status: 400, errors: Vec::new() },
        ),
        (
            "timeout",
            &anonymous,
            tags.clone(),
            Error::Timeout { request: request("payments/api/tags/list", 0), phase: Phase::FirstByte },
        ),
        (
            "unreachable",
            &anonymous,
            Subject::Repositories,
            Error::Unreachable { request: request("_catalog", 0), problem: "connection refused".to_owned() },
        ),
        (
            "too large",
            &anonymous,
            by_digest(),
            Error::TooLarge {
                request: request("payments/api/manifests/sha256:aaaa", 200),
                limit: 4_194_304,
                announced: Some(1_000_000_000),
            },
        ),
        (
            "other bytes",
            &anonymous,
            by_digest(),
            Error::DigestMismatch {
                request: request("payments/api/manifests/sha256:aaaa", 200),
                asked: digest("a"),
                received: digest("d"),
                reported: Some(digest("a")),
            },
        ),
        (
            "other size",
            &anonymous,
            config.clone(),
            Error::SizeMismatch { request: request("payments/api/blobs/sha256:cccc", 200), expected: 10, received: 1 },
        ),
        (
            "nonsense",
            &anonymous,
            tags.clone(),
            Error::InvalidResponse {
                request: Box::new(FailedRequest {
                    excerpt: Some("Please sign in".to_owned()),
                    ..*request("payments/api/tags/list", 200)
                }),
                problem: "the list has no member `tags`".to_owned(),
            },
        ),
        (
            "redirect elsewhere",
            &anonymous,
            config,
            Error::RedirectRefused {
                request: request("payments/api/blobs/sha256:cccc", 307),
                to: "http://10.0.0.1/".to_owned(),
                reason: RedirectReason::Downgrade,
            },
        ),
        (
            "sign-in elsewhere",
            &signed_in,
            tags.clone(),
            Error::RealmRefused {
                request: request("payments/api/tags/list", 401),
                realm: "https://auth.example".to_owned(),
                setting: "trusted_realms",
                reason: RealmReason::OtherOrigin,
            },
        ),
        (
            "not offered",
            &anonymous,
            Subject::Repositories,
            Error::NotOffered { request: request("_catalog", 405), status: 405, errors: Vec::new() },
        ),
        (
            "not read yet",
            &anonymous,
            tags.clone(),
            Error::Deadline { registry: "main".to_owned(), waiting_for: "GET /v2/payments/api/tags/list".to_owned() },
        ),
        ("never asked", &anonymous, by_digest(), Error::NotFetchable("the digest cannot be checked".to_owned())),
        ("stopped", &anonymous, tags, Error::Stopped),
    ];
    let mut pages = String::new();
    for (name, registry, subject, error) in &cases {
        let failure = of_registry(error, subject, registry);
        let text = page(&failure);
        assert!(!text.contains("hunter2") && !text.contains("/var/lib/registry"), "{text}");
        assert!((400..=599).contains(&failure.status), "{text}");
        let _ = writeln!(pages, "=== {name}\n{text}");
    }
    insta::assert_snapshot!("of_registry", pages);
}

#[test]
fn documents_that_cannot_be_read_lead_to_their_raw_view() {
    let registry = registry(None);
    let reference: Reference = "payments/api:1.4.0".parse().unwrap();
    let media_type = MediaType::new("application/vnd.oci.image.manifest.v1+json");
    let mut pages = String::new();
    for error in [
        DocumentError::NotJson("expected value at line 1 column 1".to_owned()),
        DocumentError::Ambiguous("manifests, layers".to_owned()),
        DocumentError::Duplicate("/config".to_owned()),
        DocumentError::SchemaVersion("7".to_owned()),
        DocumentError::TooManyValues,
    ] {
        let failure = document(&error, &reference, &digest("a"), &media_type, &registry);
        assert!(
            failure.advice.iter().any(|advice| advice.link.as_ref().is_some_and(|(_, path)| path.ends_with("/-/raw")))
        );
        let _ = writeln!(pages, "{}", page(&failure));
    }
    insta::assert_snapshot!("documents", pages);
}
