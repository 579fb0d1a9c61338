//! The search box, and what a registry is.

use std::sync::Arc;

use strata::registry::{Client, DocumentCache, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::search::{SearchOutcome, SearchQuery};

use super::support::{Sample, reference, tags_query};

fn query(q: &str, repository: &str) -> SearchQuery {
    SearchQuery { q: q.to_owned(), repository: repository.to_owned(), registry: String::new() }
}

async fn path(service: &Service, q: &str, repository: &str) -> String {
    match service.search(&query(q, repository)).await.unwrap().content {
        SearchOutcome::Page { path } => path,
        other => panic!("{q}: {other:?}"),
    }
}

async fn nothing(service: &Service, q: &str) -> String {
    match service.search(&query(q, "")).await.unwrap().content {
        SearchOutcome::Nothing { reason } => reason,
        other => panic!("{q}: {other:?}"),
    }
}

#[tokio::test]
async fn pasted_texts_lead_to_pages() {
    let sample = Sample::start().await;
    let service = sample.service();
    let digest = format!("sha256:{}", "a".repeat(64));
    let host = sample.address;
    for (text, expected) in [
        ("payments/api:1.4.0".to_owned(), "/payments/api:1.4.0".to_owned()),
        ("docker pull payments/api:1.4.0".to_owned(), "/payments/api:1.4.0".to_owned()),
        (format!("docker pull {host}/payments/api"), "/payments/api".to_owned()),
        (format!("{host}/payments/api@{digest}"), format!("/payments/api@{digest}")),
        (
            "/payments/api:1.4.0/-/raw?platform=linux/arm64".to_owned(),
            "/payments/api:1.4.0/-/raw?platform=linux/arm64".to_owned(),
        ),
        ("http://127.0.0.1:3000/payments/api".to_owned(), "/payments/api".to_owned()),
        ("https://strata.example/payments/api:1".to_owned(), "/payments/api:1".to_owned()),
        ("two words".to_owned(), "/?filter=two%20words".to_owned()),
        // Addresses of the registry's own API, as the request bar and logs have them.
        (format!("http://{host}/v2/payments/api/manifests/1.4.0"), "/payments/api:1.4.0".to_owned()),
        (format!("curl -H 'Accept: x' 'http://{host}/v2/payments/api/tags/list?n=1'"), "/payments/api".to_owned()),
    ] {
        assert_eq!(path(&service, &text, "").await, expected, "{text}");
    }
    assert_eq!(path(&service, &digest, "payments/api").await, format!("/payments/api@{digest}"));
    assert!(sample.log.take().is_empty());
    assert!(nothing(&service, "quay.io/team/app:1").await.contains("quay.io is not a registry"));
    assert!(nothing(&service, "").await.contains("Nothing"));
    assert!(nothing(&service, "https://example.com/team/app").await.contains("example.com"));
    assert!(nothing(&service, "/A").await.starts_with("A repository name"));
}

#[tokio::test]
async fn the_name_of_a_repository_leads_to_its_tags_and_other_words_to_the_list() {
    let sample = Sample::start().await;
    let service = sample.service();
    assert_eq!(path(&service, "payments/api", "").await, "/payments/api");
    assert_eq!(sample.log.take(), ["GET /v2/payments/api/tags/list"]);
    // What was read is kept for the page.
    service.tags(&tags_query("payments/api")).await.unwrap();
    assert!(sample.log.take().is_empty());
    // One request, whose answer is no.
    assert_eq!(path(&service, "payments", "").await, "/?filter=payments");
    assert_eq!(path(&service, "payments/ap", "").await, "/?filter=payments/ap");
    assert_eq!(sample.log.take(), ["GET /v2/payments/tags/list", "GET /v2/payments/ap/tags/list"]);
    // What no repository can be called is not asked for.
    assert_eq!(path(&service, "Payments", "").await, "/?filter=Payments");
    assert!(sample.log.take().is_empty());
    // The only registry's own name may stand before it.
    assert_eq!(path(&service, "sample/payments/api", "").await, "/payments/api");
    assert_eq!(path(&service, "sample/none", "").await, "/?filter=sample/none");
}

#[tokio::test]
async fn a_registry_that_does_not_say_leads_to_the_list() {
    let dead = RegistrySettings::new("dead", "http://127.0.0.1:1".parse().unwrap());
    let client = Client::new(dead, Arc::new(DocumentCache::new(1_000_000))).unwrap();
    let service = Service::new(vec![client], ServiceSettings::default());
    assert_eq!(path(&service, "payments/api", "").await, "/?filter=payments/api");
}

#[tokio::test]
async fn links_of_this_site_are_known_by_its_public_url() {
    let sample = Sample::start().await;
    let public_url = "https://strata.example".parse().ok();
    let settings = ServiceSettings { public_url, ..ServiceSettings::default() };
    let service = Service::new(vec![sample.client("sample")], settings);
    assert_eq!(path(&service, "https://strata.example/payments/api", "").await, "/payments/api");
    assert!(nothing(&service, "https://other.example/payments/api:1").await.contains("other.example"));
}

#[tokio::test]
async fn a_digest_alone_is_found_where_it_was_seen() {
    let sample = Sample::start().await;
    let service = sample.service();
    let page = service.image(&strata::view::image::ImageQuery::new(reference("payments/api:latest"))).await.unwrap();
    let manifest = page.content.identity.manifest.unwrap().digest;
    let outcome = service.search(&query(manifest.as_str(), "")).await.unwrap().content;
    let repositories = vec!["payments/api".parse().unwrap()];
    assert_eq!(outcome, SearchOutcome::Digest { digest: manifest, repositories });
    let unknown = service.search(&query(&"b".repeat(64), "")).await.unwrap().content;
    assert!(matches!(unknown, SearchOutcome::Digest { repositories, .. } if repositories.is_empty()));
}

#[tokio::test]
async fn with_several_registries_hosts_and_names_choose() {
    let (first, second) = (Sample::start().await, Sample::start().await);
    let service = Service::new(vec![first.client("one"), second.client("two")], ServiceSettings::default());
    assert_eq!(path(&service, &format!("{}/team/app:1", second.address), "").await, "/two/team/app:1");
    assert_eq!(path(&service, "two/team/app:1", "").await, "/two/team/app:1");
    assert_eq!(path(&service, "team/app:1", "two/other").await, "/two/team/app:1");
    assert_eq!(path(&service, "words", "two/other").await, "/two/?filter=words");
    assert_eq!(path(&service, "two", "").await, "/two/");
    assert_eq!(path(&service, &format!("http://{}/", second.address), "").await, "/two/");
    first.log.take();
    assert_eq!(path(&service, "payments/api", "two/other").await, "/two/payments/api");
    assert!(first.log.take().is_empty());
    assert_eq!(path(&service, "one/payments/api", "two/other").await, "/one/payments/api");
    assert_eq!(path(&service, "payments/api", "").await, "/one/payments/api");
    assert_eq!(path(&service, "one/none", "two/other").await, "/two/?filter=one/none");
}

#[tokio::test]
async fn a_registry_is_described() {
    let sample = Sample::start().await;
    let service = sample.service();
    let report = service.registry("", false).await.unwrap().content;
    assert_eq!(report.url, format!("http://{}/", sample.address));
    let answer = |id: &str| report.capabilities.iter().find(|known| known.id == id).unwrap().clone();
    assert_eq!(answer("api_version").answer, "registry/2.0");
    let catalog = answer("catalog");
    assert!(catalog.known && catalog.answer.starts_with("Lists its "), "{catalog:?}");
    assert_eq!(catalog.evidence.unwrap().statuses, [200]);
    assert!(report.problem.is_none());
    assert!(report.limits.len() > 10 && report.caches.len() > 3);
    assert_eq!(service.registry("no", false).await.unwrap_err().status, 404);
}
