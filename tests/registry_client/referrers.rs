//! Referrers: the API and its pages, the fallback tag, cosign's older tags, and lists that lie.

use std::time::{Duration, Instant};

use serde_json::json;
use strata::oci::{Digest, MediaType};
use strata::registry::{Client, Error, Limits, Referrers, ReferrersWay, Request, Truncation};

use super::support::{Fixture, ReferrersApi, Reply};
use super::{INDEX, MANIFEST, client, client_with, limits, outcomes, repository, settings};

const REPOSITORY: &str = "app/web";
const SIGNATURE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SBOM: &str = "application/spdx+json";

/// A registry with an image, and its digest.
async fn with_image(api: ReferrersApi) -> (Fixture, Digest) {
    let fixture = Fixture::start().await;
    let digest = fixture.content(|content| {
        content.referrers = api;
        content.manifest(REPOSITORY, MANIFEST, br#"{"schemaVersion":2,"layers":[]}"#)
    });
    (fixture, digest.parse().unwrap())
}

/// The same with this many referrers, every second one of them a bill of materials.
async fn with_referrers(api: ReferrersApi, number: usize) -> (Fixture, Digest) {
    let (fixture, subject) = with_image(api).await;
    fixture.content(|content| {
        for number in 0..number {
            let kind = if number % 2 == 0 { SIGNATURE } else { SBOM };
            content.refer(REPOSITORY, subject.as_str(), kind, &number.to_string());
        }
    });
    (fixture, subject)
}

const WHOLE: ReferrersApi = ReferrersApi::Offered { filters: true, page: 1_000 };

fn path(subject: &Digest) -> String {
    format!("/v2/{REPOSITORY}/referrers/{subject}")
}

fn tag_path(subject: &Digest) -> String {
    format!("/v2/{REPOSITORY}/manifests/{}", subject.as_str().replace(':', "-"))
}

async fn list(client: &Client, subject: &Digest) -> Result<Referrers, Error> {
    client.referrers(&Request::new(), &repository(), subject, None).await
}

#[tokio::test]
async fn the_api_is_asked_once() {
    let (fixture, subject) = with_referrers(WHOLE, 3).await;
    let client = client(&fixture);
    assert_eq!(client.capabilities().referrers, None);
    let request = Request::new();
    let found = client.referrers(&request, &repository(), &subject, None).await.unwrap();
    assert_eq!((found.descriptors.len(), found.way, found.complete), (3, ReferrersWay::Api, true));
    assert_eq!(fixture.lines(), [format!("GET {}", path(&subject))]);
    assert_eq!(fixture.received()[0].header("accept"), Some(INDEX));
    assert_eq!(outcomes(&request), ["3 referrers"]);
    let support = client.capabilities().referrers.unwrap();
    assert_eq!((support.way, support.evidence[0].statuses.as_slice()), (ReferrersWay::Api, &[200][..]));
    // Kept for a moment, unless the reader passes by the caches.
    let again = Request::new();
    client.referrers(&again, &repository(), &subject, None).await.unwrap();
    assert_eq!(outcomes(&again), ["3 referrers, kept"]);
    assert_eq!(fixture.lines().len(), 1);
    client.referrers(&Request::new().refreshing(true), &repository(), &subject, None).await.unwrap();
    assert_eq!(fixture.lines().len(), 2);
}

#[tokio::test]
async fn an_empty_list_is_an_answer() {
    let (fixture, subject) = with_image(WHOLE).await;
    let found = list(&client(&fixture), &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.way, found.complete), (0, ReferrersWay::Api, true));
    assert_eq!(fixture.lines().len(), 1);
}

#[tokio::test]
async fn without_the_api_the_fallback_tag_is_read() {
    let (fixture, subject) = with_referrers(ReferrersApi::Absent, 2).await;
    fixture.content(|content| content.write_fallback_tag(REPOSITORY, subject.as_str()));
    let client = client(&fixture);
    let found = list(&client, &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.way, found.complete), (2, ReferrersWay::Tag, true));
    assert_eq!(fixture.lines(), [format!("GET {}", path(&subject)), format!("GET {}", tag_path(&subject))]);
    let support = client.capabilities().referrers.unwrap();
    assert_eq!(support.way, ReferrersWay::Tag);
    let statuses: Vec<_> = support.evidence.iter().map(|asked| asked.statuses.clone()).collect();
    assert_eq!(statuses, [[404], [200]]);
    // The repository is known to have no API: another subject costs one question, and takes nothing back of what is known.
    let other: Digest = format!("sha256:{}", "1".repeat(64)).parse().unwrap();
    let none = list(&client, &other).await.unwrap();
    assert_eq!((none.descriptors.len(), none.way, none.complete), (0, ReferrersWay::None, true));
    assert_eq!(none.asked[0].statuses, [404]);
    assert_eq!(fixture.lines()[2..], [format!("GET {}", tag_path(&other))]);
    assert_eq!(client.capabilities().referrers.unwrap().way, ReferrersWay::Tag);
    // Who passes by the caches asks for the API, too.
    client.referrers(&Request::new().refreshing(true), &repository(), &other, None).await.unwrap();
    assert_eq!(fixture.received_for(&path(&other)).len(), 1);
}

#[tokio::test]
async fn neither_api_nor_tag_means_that_there_are_none() {
    let (fixture, subject) = with_image(ReferrersApi::Absent).await;
    let client = client(&fixture);
    let found = list(&client, &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.way, found.complete), (0, ReferrersWay::None, true));
    let outcomes: Vec<_> = found.asked.iter().map(|asked| asked.outcome.as_str()).collect();
    assert_eq!(outcomes, ["there is no referrers API", "there is no fallback tag"]);
    assert_eq!(client.capabilities().referrers.unwrap().way, ReferrersWay::None);
    list(&client, &subject).await.unwrap();
    assert_eq!(fixture.lines().len(), 2, "that there are none is kept, too");
}

#[tokio::test]
async fn what_registries_without_the_api_answer_leads_to_the_tag() {
    let ok = || Reply::ok("{}");
    for (reply, asks_again) in [
        (Reply::status(404).body("404 page not found"), false),
        (Reply::error(404, "NAME_UNKNOWN", "repository name not known to registry"), false),
        (Reply::status(405), false),
        (Reply::status(406), false),
        (Reply::status(501), false),
        (ok().header("content-type", "text/html"), false),
        (ok(), false),
        // Some that have the API say so for a subject that they do not know: that holds for the subject alone.
        (Reply::error(400, "MANIFEST_INVALID", "manifest invalid"), true),
    ] {
        let (fixture, subject) = with_referrers(ReferrersApi::Absent, 1).await;
        fixture.content(|content| content.write_fallback_tag(REPOSITORY, subject.as_str()));
        fixture.on(&path(&subject), reply);
        let client = client(&fixture);
        let found = list(&client, &subject).await.unwrap();
        assert_eq!((found.descriptors.len(), found.way), (1, ReferrersWay::Tag), "{:?}", found.asked);
        let other: Digest = format!("sha256:{}", "1".repeat(64)).parse().unwrap();
        list(&client, &other).await.unwrap();
        assert_eq!(fixture.received_for(&path(&other)).len() == 1, asks_again, "{:?}", found.asked);
    }
}

#[tokio::test]
async fn an_answer_of_another_type_is_no_list() {
    let (fixture, subject) = with_image(ReferrersApi::WrongType).await;
    let found = list(&client(&fixture), &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.way), (0, ReferrersWay::None));
    assert_eq!(found.asked[0].outcome, "an answer of another type: there is no referrers API");
}

#[tokio::test]
async fn the_fallback_tag_of_a_long_digest_is_cut() {
    let (fixture, _) = with_image(ReferrersApi::Absent).await;
    let subject: Digest = format!("sha512:{}", "ab".repeat(64)).parse().unwrap();
    list(&client(&fixture), &subject).await.unwrap();
    assert_eq!(fixture.lines()[1], format!("GET /v2/{REPOSITORY}/manifests/sha512-{}", "ab".repeat(32)));
}

#[tokio::test]
async fn a_fallback_tag_that_is_no_index_lists_nothing() {
    let (fixture, subject) = with_image(ReferrersApi::Absent).await;
    fixture.content(|content| content.tag(REPOSITORY, &subject.as_str().replace(':', "-"), subject.as_str()));
    let found = list(&client(&fixture), &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.way), (0, ReferrersWay::None));
    assert!(found.asked[1].outcome.starts_with("the fallback tag is no list of referrers"), "{:?}", found.asked);
}

#[tokio::test]
async fn pages_are_followed_by_their_links() {
    let (fixture, subject) = with_referrers(ReferrersApi::Offered { filters: true, page: 2 }, 5).await;
    let client = client(&fixture);
    let found = list(&client, &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.pages, found.complete), (5, 3, true));
    let path = path(&subject);
    assert_eq!(fixture.lines(), [format!("GET {path}"), format!("GET {path}?start=2"), format!("GET {path}?start=4")]);
    // The filter is a part of every page's address, and a list of its own.
    let kind = MediaType::new(SIGNATURE);
    let found = client.referrers(&Request::new(), &repository(), &subject, Some(&kind)).await.unwrap();
    assert_eq!((found.descriptors.len(), found.pages, found.filtered_by_registry), (3, 2, true));
    let filter = "artifactType=application%2Fvnd.dev.sigstore.bundle.v0.3%2Bjson";
    assert_eq!(fixture.lines()[3..], [format!("GET {path}?{filter}"), format!("GET {path}?start=2&{filter}")]);
}

/// Without our own filter a registry that ignores `artifactType` would have every referrer pass for the wanted ones.
#[tokio::test]
async fn a_filter_that_the_registry_does_not_apply_is_applied_here() {
    for filters in [true, false] {
        let (fixture, subject) = with_referrers(ReferrersApi::Offered { filters, page: 2 }, 5).await;
        let kind = MediaType::new(SBOM);
        let found = client(&fixture).referrers(&Request::new(), &repository(), &subject, Some(&kind)).await.unwrap();
        assert_eq!((found.descriptors.len(), found.filtered_by_registry), (2, filters));
        assert!(found.descriptors.iter().all(|descriptor| descriptor.artifact_type.as_ref() == Some(&kind)));
    }
}

/// One descriptor a page, numbered, with this link to the next one.
fn endless(fixture: &Fixture, subject: &Digest, link: impl Fn(usize) -> String + Send + Sync + 'static) {
    let path = path(subject);
    fixture.script(move |received| {
        let number: usize = received.query.strip_prefix("p=").and_then(|number| number.parse().ok()).unwrap_or(0);
        let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [
            { "mediaType": MANIFEST, "digest": format!("sha256:{number:064x}"), "size": 2 },
        ] });
        (received.path == path)
            .then(|| Reply::ok(list.to_string()).header("content-type", INDEX).header("link", &link(number + 1)))
    });
}

async fn walk(fixture: &Fixture, subject: &Digest, limits: Limits) -> (usize, bool, Option<Truncation>) {
    let mut settings = settings(fixture.url());
    settings.limits = limits;
    let found = list(&client_with(settings), subject).await.unwrap();
    (found.descriptors.len(), found.complete, found.truncated)
}

/// Each of these walks would go on for ever, or leave the registry (threats T-8, T-9).
#[tokio::test]
async fn walks_end_at_loops_other_origins_and_limits() {
    let next = |number: usize| format!("<?p={number}>; rel=\"next\"");
    for (limits, expected) in [
        (Limits { referrers: 7, ..limits() }, (7, false, Some(Truncation::Names(7)))),
        (Limits { walk_pages: 4, ..limits() }, (4, false, Some(Truncation::Pages(4)))),
        (Limits { referrers_bytes: 1_000, ..limits() }, (5, false, Some(Truncation::Bytes(1_000)))),
    ] {
        let (fixture, subject) = with_image(WHOLE).await;
        endless(&fixture, &subject, next);
        assert_eq!(walk(&fixture, &subject, limits).await, expected);
        assert_eq!(fixture.received().len(), expected.0);
    }
    let (fixture, subject) = with_image(WHOLE).await;
    endless(&fixture, &subject, |_| "<?p=1>; rel=\"next\"".to_owned());
    assert_eq!(walk(&fixture, &subject, limits()).await, (2, false, Some(Truncation::Loop)));
    let (fixture, subject) = with_image(WHOLE).await;
    let elsewhere = Fixture::start().await;
    let target = format!("<{}{}?p=1>; rel=\"next\"", elsewhere.origin(), path(&subject));
    endless(&fixture, &subject, move |_| target.clone());
    let (number, complete, truncated) = walk(&fixture, &subject, limits()).await;
    assert!(number == 1 && !complete && matches!(truncated, Some(Truncation::LinkElsewhere(_))), "{truncated:?}");
    assert!(elsewhere.received().is_empty());
    let (fixture, subject) = with_image(WHOLE).await;
    endless(&fixture, &subject, |number| format!("<?p={number}{}>; rel=\"next\"", "0".repeat(5_000)));
    let (number, complete, truncated) = walk(&fixture, &subject, limits()).await;
    assert!(number == 1 && !complete && matches!(truncated, Some(Truncation::LinkTooLong(5_000..))), "{truncated:?}");
}

#[tokio::test]
async fn pages_without_news_end_the_walk() {
    let (fixture, subject) = with_image(WHOLE).await;
    let own = path(&subject);
    fixture.script(move |received| {
        let list = json!({ "schemaVersion": 2, "manifests": [
            { "mediaType": MANIFEST, "digest": format!("sha256:{}", "1".repeat(64)), "size": 2 },
        ] });
        let link = format!("<?p={}>; rel=\"next\"", received.earlier);
        (received.path == own).then(|| Reply::ok(list.to_string()).header("content-type", INDEX).header("link", &link))
    });
    assert_eq!(walk(&fixture, &subject, limits()).await, (1, false, Some(Truncation::Barren(4))));
    assert_eq!(fixture.received().len(), 5);
}

#[tokio::test]
async fn a_later_page_that_fails_leaves_what_was_read_and_is_not_kept() {
    let (fixture, subject) = with_referrers(ReferrersApi::Offered { filters: true, page: 2 }, 5).await;
    let own = path(&subject);
    fixture.script(move |received| (received.path == own && received.query == "start=2").then(|| Reply::status(403)));
    let client = client(&fixture);
    for _ in 0..2 {
        let found = list(&client, &subject).await.unwrap();
        assert_eq!((found.descriptors.len(), found.complete), (2, false));
        assert!(matches!(found.stopped, Some(Error::Denied { .. })), "{:?}", found.stopped);
    }
    assert_eq!(fixture.received().len(), 4);
}

#[tokio::test]
async fn lists_that_lie_are_read_for_what_they_are() {
    let (fixture, subject) = with_image(WHOLE).await;
    let absent = format!("sha256:{}", "2".repeat(64));
    fixture.content(|content| {
        let kept = json!({
            "mediaType": MANIFEST, "digest": absent, "size": 99, "artifactType": "application/vnd.oci.empty.v1+json",
            "urls": ["https://evil.example/"], "annotations": { "long": "x".repeat(100_000) },
        });
        content.claim(REPOSITORY, subject.as_str(), kept.clone());
        content.claim(REPOSITORY, subject.as_str(), kept);
        for broken in [json!({}), json!({ "digest": "sha256:../x" }), json!({ "digest": 7 })] {
            content.claim(REPOSITORY, subject.as_str(), broken);
        }
    });
    let found = list(&client(&fixture), &subject).await.unwrap();
    assert_eq!((found.descriptors.len(), found.invalid), (1, 3));
    let descriptor = &found.descriptors[0];
    assert_eq!(descriptor.digest.as_ref().map(Digest::as_str), Some(absent.as_str()));
    assert_eq!((descriptor.artifact_type.as_ref(), descriptor.urls.len()), (None, 0));
    assert!(descriptor.annotation("long").unwrap().len() < 2_000);
}

#[tokio::test]
async fn what_is_no_list_under_the_list_s_type_is_an_error() {
    for body in ["no JSON", "[]", r#"{"schemaVersion":2,"layers":[]}"#, r#"{"manifests":[],"layers":[]}"#] {
        let (fixture, subject) = with_image(WHOLE).await;
        fixture.on(&path(&subject), Reply::ok(body).header("content-type", INDEX));
        let error = list(&client(&fixture), &subject).await.unwrap_err();
        assert!(matches!(error, Error::InvalidResponse { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn refusals_and_trouble_are_errors_and_not_kept() {
    for (reply, code) in [
        (Reply::error(403, "DENIED", "no"), "denied"),
        (Reply::error(401, "UNAUTHORIZED", "no"), "unauthorized"),
        (Reply::status(418), "upstream"),
    ] {
        let (fixture, subject) = with_image(WHOLE).await;
        fixture.on(&path(&subject), reply);
        let client = client(&fixture);
        for _ in 0..2 {
            assert_eq!(list(&client, &subject).await.unwrap_err().code(), code);
        }
        assert_eq!((fixture.received().len(), client.capabilities().referrers), (2, None));
    }
}

#[tokio::test]
async fn readers_at_the_same_time_cost_one_question_and_wait_no_longer_than_they_like() {
    let (fixture, subject) = with_image(WHOLE).await;
    let list_of_none = r#"{"schemaVersion":2,"manifests":[]}"#;
    let slow = Reply::ok(list_of_none).header("content-type", INDEX).after(Duration::from_millis(200));
    fixture.on(&path(&subject), slow);
    let client = client(&fixture);
    let soon = Request { deadline: Some(Instant::now() + Duration::from_millis(20)), ..Request::new() };
    let error = client.referrers(&soon, &repository(), &subject, None).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
    let readers = (0..5).map(|_| list(&client, &subject));
    for found in futures::future::join_all(readers).await {
        assert!(found.unwrap().complete);
    }
    assert_eq!(fixture.received().len(), 1, "the work went on after the first reader's deadline");
}

#[tokio::test]
async fn cosign_s_tags_cost_three_questions_without_a_body() {
    let (fixture, subject) = with_image(WHOLE).await;
    let prefix = subject.as_str().replace(':', "-");
    let signature = fixture.content(|content| {
        let digest = content.manifest(REPOSITORY, MANIFEST, br#"{"schemaVersion":2,"layers":[],"config":{}}"#);
        content.tag(REPOSITORY, &format!("{prefix}.sig"), &digest);
        digest
    });
    let client = client(&fixture);
    let companions = client.companions(&Request::new(), &repository(), &subject).await.unwrap();
    let found: Vec<_> = companions.found.iter().map(|found| (found.tag.to_string(), found.digest.clone())).collect();
    assert_eq!(found, [(format!("{prefix}.sig"), signature.parse().ok())]);
    let mut lines = fixture.lines();
    lines.sort();
    let expected = ["att", "sbom", "sig"].map(|ending| format!("HEAD /v2/{REPOSITORY}/manifests/{prefix}.{ending}"));
    assert_eq!(lines, expected);
    assert_eq!(companions.asked.len(), 3);
    client.companions(&Request::new(), &repository(), &subject).await.unwrap();
    assert_eq!(fixture.lines().len(), 3);
    // A tag of 139 characters is none.
    let long: Digest = format!("sha512:{}", "ab".repeat(64)).parse().unwrap();
    let none = client.companions(&Request::new(), &repository(), &long).await.unwrap();
    assert_eq!((none.found.len(), fixture.lines().len()), (0, 3));
}

#[tokio::test]
async fn one_of_cosign_s_tags_that_fails_leaves_the_others() {
    let (fixture, subject) = with_image(WHOLE).await;
    let prefix = subject.as_str().replace(':', "-");
    fixture.on(&format!("/v2/{REPOSITORY}/manifests/{prefix}.att"), Reply::status(403));
    let companions = client(&fixture).companions(&Request::new(), &repository(), &subject).await.unwrap();
    assert_eq!((companions.found.len(), companions.asked.len()), (0, 2));
    assert!(matches!(companions.stopped, Some(Error::Denied { .. })), "{:?}", companions.stopped);
}
