//! What speaks about an image, and how many requests it costs to find out.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use strata::anatomy::referrers::ReferrerGroup;
use strata::oci::Digest;
use strata::registry::{Client, DocumentCache, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::address::ImageView;
use strata::view::artifact::Outcome;
use strata::view::image::referrers::{FoundBy, OpenedContent, Referrer, SubjectCheck, SubjectRole, Way};
use strata::view::image::{ImageContent, ImageQuery, ReferrersView};

use super::registry::{Fixture, ReferrersApi};
use super::support::{Sample, reference};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const SIGNATURE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SBOM: &str = "application/spdx+json";

fn query(text: &str) -> ImageQuery {
    ImageQuery { view: ImageView::Referrers, ..ImageQuery::new(reference(text)) }
}

async fn view(service: &Service, query: &ImageQuery) -> ReferrersView {
    let page = service.image(query).await.unwrap_or_else(|failure| panic!("{}: {failure:#?}", query.reference));
    match page.content.content {
        ImageContent::Referrers(referrers) => *referrers,
        other => panic!("{}: {other:?}", query.reference),
    }
}

fn rows(view: &ReferrersView) -> Vec<(ReferrerGroup, &str, SubjectRole, &[FoundBy])> {
    let row = |row: &'_ Referrer| -> (ReferrerGroup, SubjectRole) { (row.group, row.subject.role) };
    view.referrers
        .iter()
        .map(|referrer| {
            let (group, role) = row(referrer);
            (group, referrer.kind.label.as_str(), role, referrer.found_by.as_slice())
        })
        .collect()
}

/// Finding out costs up to five questions a digest: nobody who does not ask pays for them.
#[tokio::test]
async fn no_other_view_asks_for_referrers() {
    let sample = Sample::start().await;
    let service = sample.service();
    for view in [ImageView::Layers, ImageView::Config, ImageView::Raw] {
        service.image(&ImageQuery { view, ..query("payments/api:1.10.1") }).await.unwrap();
    }
    let asked = sample.log.take();
    assert!(asked.iter().all(|line| !line.contains("/referrers/") && !line.contains("sha256-")), "{asked:?}");
}

#[tokio::test]
async fn signatures_attestations_and_bills_of_materials_are_found_and_tied_to_what_they_speak_of() {
    use FoundBy::{Api, CosignTag, Index};
    let sample = Sample::start().await;
    let service = sample.service();
    let found = view(&service, &query("payments/api:1.10.1")).await;
    assert_eq!(
        rows(&found),
        [
            (ReferrerGroup::Signatures, "Sigstore bundle", SubjectRole::Index, &[Api][..]),
            // Both an entry of the index and a referrer of the image: one row.
            (ReferrerGroup::Attestations, "BuildKit attestation", SubjectRole::Manifest, &[Index, Api][..]),
            (ReferrerGroup::Attestations, "BuildKit attestation", SubjectRole::OtherImage, &[Index][..]),
            (ReferrerGroup::Sboms, "SPDX SBOM", SubjectRole::Manifest, &[Api][..]),
        ]
    );
    let platforms: Vec<_> =
        found.referrers.iter().map(|row| row.subject.platform.as_ref().map(ToString::to_string)).collect();
    assert_eq!(
        platforms,
        [None, Some("linux/amd64".to_owned()), Some("linux/arm64/v8".to_owned()), Some("linux/amd64".to_owned())]
    );
    assert_eq!(found.referrers[0].created.as_deref().map(|created| &created[..10]), Some("2026-11-17"));
    // Three for the page, and for each of the two digests one list and three tags.
    assert_eq!(sample.log.take().len(), 3 + 2 * 4);
    assert!(found.subjects.iter().all(|subject| subject.way == Some(Way::Api) && subject.asked.len() == 4));
    view(&service, &query("payments/api:1.10.1")).await;
    assert!(sample.log.take().is_empty());
    // Another platform of the same index: only its own digest is asked about.
    let arm = ImageQuery { platform: "linux/arm64".to_owned(), ..query("payments/api:1.10.1") };
    let arm = view(&service, &arm).await;
    assert_eq!(rows(&arm)[1].2, SubjectRole::Manifest);
    assert_eq!(sample.log.take().iter().filter(|line| line.contains("/referrers/")).count(), 1);
    // A signature that cosign's older versions left under a tag.
    let older = view(&service, &query("payments/api:1.10.0")).await;
    assert_eq!(rows(&older)[0], (ReferrerGroup::Signatures, "Cosign signature", SubjectRole::Index, &[CosignTag][..]));
    assert!(older.referrers[0].tag.as_ref().unwrap().as_str().contains(".sig"));
}

#[tokio::test]
async fn one_is_opened_in_place_and_its_own_word_decides_what_it_is_about() {
    let sample = Sample::start().await;
    let service = sample.service();
    let found = view(&service, &query("payments/api:1.10.1")).await;
    let bill = found.referrers[3].digest.clone().unwrap();
    sample.log.take();
    let opening = ImageQuery { open: bill.to_string(), ..query("payments/api:1.10.1") };
    let OpenedContent::Read(read) = view(&service, &opening).await.opened.unwrap().content else {
        panic!("it is not read");
    };
    assert_eq!((read.kind.label.as_str(), &read.subject), ("SPDX SBOM", &SubjectCheck::Same));
    // Its manifest, and the one short blob in it.
    let artifact = read.artifact.unwrap();
    let blob = artifact.layers[0].digest.as_ref().unwrap();
    assert!(matches!(artifact.readings[0].outcome, Outcome::Read(_)), "{:?}", artifact.readings);
    assert_eq!(
        sample.log.take(),
        [format!("GET /v2/payments/api/manifests/{bill}"), format!("GET /v2/payments/api/blobs/{blob}")]
    );
    // What speaks about the bill of materials is on its own page: depth is by click.
    let about = view(&service, &query(&format!("payments/api@{bill}"))).await;
    assert_eq!(rows(&about)[0].1, "Sigstore bundle");
    assert_eq!((about.total, about.subjects.len(), about.referrers[0].subject.role), (1, 1, SubjectRole::Manifest));
    // An attestation of the older form names no subject: the index's annotation ties it.
    let old = view(&service, &query("payments/api:1.9.0-rc.1")).await;
    let attestation = old.referrers[0].digest.clone().unwrap();
    let opening = ImageQuery { open: attestation.to_string(), ..query("payments/api:1.9.0-rc.1") };
    let opened = view(&service, &opening).await.opened.unwrap();
    assert!(matches!(opened.content, OpenedContent::Read(read) if read.subject == SubjectCheck::Missing));
    // An address does not make Strata read whatever it names.
    sample.log.take();
    let other = ImageQuery { open: attestation.to_string(), ..query("payments/api:1.10.1") };
    assert_eq!(view(&service, &other).await.opened.unwrap().content, OpenedContent::NotListed);
    assert!(sample.log.take().is_empty());
    let failure = service.image(&ImageQuery { open: "sha256:x".to_owned(), ..query("payments/api:1.10.1") }).await;
    assert_eq!(failure.unwrap_err().status, 400);
}

/// A registry with `app/web:1`, one manifest, and the digest of it.
async fn fixture(api: ReferrersApi) -> (Fixture, Digest) {
    let fixture = Fixture::start().await;
    let digest = fixture.content(|content| {
        content.referrers = api;
        let digest = content.manifest("app/web", MANIFEST, br#"{"schemaVersion":2,"layers":[]}"#);
        content.tag("app/web", "1", &digest);
        digest
    });
    (fixture, digest.parse().unwrap())
}

const WHOLE: ReferrersApi = ReferrersApi::Offered { filters: true, page: 1_000 };

fn service(fixture: &Fixture, change: impl FnOnce(&mut RegistrySettings), patience: Duration) -> Service {
    let mut settings = RegistrySettings::new("test", fixture.url());
    settings.limits.retries = 0;
    change(&mut settings);
    let client = Client::new(settings, Arc::new(DocumentCache::new(1 << 20))).unwrap();
    let settings = ServiceSettings { page_deadline: patience, ..ServiceSettings::default() };
    Service::new(vec![client], settings)
}

const PATIENT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn lists_that_lie_are_found_out() {
    let (fixture, subject) = fixture(WHOLE).await;
    let absent = format!("sha256:{}", "2".repeat(64));
    let elsewhere = format!("sha256:{}", "3".repeat(64));
    let other = fixture.content(|content| {
        let other = content.refer("app/web", &elsewhere, SBOM, "of something else");
        let claim = |digest: &str, size: u64| {
            json!({ "mediaType": MANIFEST, "digest": digest, "size": size, "artifactType": SIGNATURE })
        };
        content.claim("app/web", subject.as_str(), claim(&absent, 2));
        content.claim("app/web", subject.as_str(), claim(&other, 0));
        other
    });
    // The size in a list is held to, so that the claim above is no way to have other bytes shown.
    let service = service(&fixture, |_| {}, PATIENT);
    let open = |digest: &str| ImageQuery { open: digest.to_owned(), ..query("app/web:1") };
    for (digest, status) in [(&absent, 404), (&other, 502)] {
        match view(&service, &open(digest)).await.opened.unwrap().content {
            OpenedContent::Unreadable(failure) => assert_eq!(failure.status, status, "{failure:?}"),
            content => panic!("{digest}: {content:?}"),
        }
    }
}

#[tokio::test]
async fn a_referrer_that_points_elsewhere_is_marked() {
    let (fixture, subject) = fixture(WHOLE).await;
    let elsewhere = format!("sha256:{}", "3".repeat(64));
    let other = fixture.content(|content| {
        let other = content.refer("app/web", &elsewhere, SBOM, "of something else");
        content.claim("app/web", subject.as_str(), json!({ "mediaType": MANIFEST, "digest": other }));
        other
    });
    let opening = ImageQuery { open: other, ..query("app/web:1") };
    let opened = view(&service(&fixture, |_| {}, PATIENT), &opening).await.opened.unwrap();
    let OpenedContent::Read(read) = opened.content else { panic!("{:?}", opened.content) };
    assert_eq!(read.subject, SubjectCheck::Other(elsewhere.parse().unwrap()));
}

#[tokio::test]
async fn a_registry_without_the_api_is_said_to_have_none() {
    let (fixture, subject) = fixture(ReferrersApi::Absent).await;
    let service = service(&fixture, |_| {}, PATIENT);
    let none = view(&service, &query("app/web:1")).await;
    assert_eq!((none.total, none.subjects[0].way, none.subjects[0].complete), (0, Some(Way::None), true));
    let outcomes: Vec<_> = none.subjects[0].asked.iter().map(|asked| asked.outcome.as_str()).collect();
    assert_eq!(
        outcomes,
        ["there is no referrers API", "there is no fallback tag", "not there", "not there", "not there"]
    );
    // The page, the API, the fallback tag, cosign's three tags.
    assert_eq!(fixture.received().len(), 1 + 2 + 3);
    fixture.content(|content| {
        content.refer("app/web", subject.as_str(), SIGNATURE, "");
        content.write_fallback_tag("app/web", subject.as_str());
    });
    let some = view(&service, &ImageQuery { refresh: true, ..query("app/web:1") }).await;
    assert_eq!((some.total, some.subjects[0].way), (1, Some(Way::Tag)));
    assert_eq!(some.referrers[0].found_by, [FoundBy::Tag]);
}

#[tokio::test]
async fn long_lists_have_pages_and_types_to_choose() {
    let (fixture, subject) = fixture(ReferrersApi::Offered { filters: true, page: 50 }).await;
    fixture.content(|content| {
        for number in 0..230 {
            let kind = if number % 10 == 0 { SBOM } else { SIGNATURE };
            content.refer("app/web", subject.as_str(), kind, &number.to_string());
        }
        content.claim(
            "app/web",
            subject.as_str(),
            json!({ "mediaType": MANIFEST, "digest": format!("sha256:{}", "4".repeat(64)) }),
        );
    });
    let service = service(&fixture, |_| {}, PATIENT);
    let first = view(&service, &query("app/web:1")).await;
    assert_eq!((first.total, first.matching, first.first, first.referrers.len()), (231, 231, 0, 100));
    let types: Vec<_> = first.types.iter().map(|kind| (kind.artifact_type.as_str(), kind.count)).collect();
    assert_eq!(types, [(SIGNATURE, 207), (SBOM, 23), ("none", 1)]);
    let groups: Vec<_> = first.groups.iter().map(|group| (group.group, group.count)).collect();
    assert_eq!(groups, [(ReferrerGroup::Signatures, 207), (ReferrerGroup::Sboms, 23), (ReferrerGroup::Others, 1)]);
    let last = view(&service, &ImageQuery { rows: 200, ..query("app/web:1") }).await;
    assert_eq!((last.first, last.referrers.len()), (200, 31));
    let past = view(&service, &ImageQuery { rows: u32::MAX, ..query("app/web:1") }).await;
    assert_eq!((past.first, past.referrers.len()), (231, 0));
    let bills = view(&service, &ImageQuery { artifact_type: SBOM.to_owned(), ..query("app/web:1") }).await;
    assert_eq!((bills.total, bills.matching, bills.referrers.len(), bills.types.len()), (231, 23, 23, 3));
    let untyped = view(&service, &ImageQuery { artifact_type: "none".to_owned(), ..query("app/web:1") }).await;
    assert_eq!(untyped.matching, 1);
    // What is opened is on the page, wherever it stands.
    let open = last.referrers[0].digest.as_ref().unwrap().to_string();
    let opened = view(&service, &ImageQuery { open: open.clone(), ..query("app/web:1") }).await;
    assert_eq!(opened.first, 200);
    assert!(opened.referrers.iter().any(|row| row.digest.as_ref().is_some_and(|digest| digest.as_str() == open)));
    // Five pages once, whatever was chosen.
    assert_eq!(fixture.received_for(&format!("/v2/app/web/referrers/{subject}")).len(), 5);
}

#[tokio::test]
async fn of_a_list_that_is_longer_than_is_read_the_registry_finds_the_type() {
    let (fixture, subject) = fixture(WHOLE).await;
    fixture.content(|content| {
        for number in 0..40 {
            let kind = if number < 3 { SBOM } else { SIGNATURE };
            content.refer("app/web", subject.as_str(), kind, &number.to_string());
        }
    });
    let service = service(&fixture, |settings| settings.limits.referrers = 5, PATIENT);
    let all = view(&service, &query("app/web:1")).await;
    assert_eq!((all.total, all.subjects[0].complete), (5, false));
    assert!(all.subjects[0].problems[0].contains("after 5 names"), "{:?}", all.subjects[0].problems);
    let bills = view(&service, &ImageQuery { artifact_type: SBOM.to_owned(), ..query("app/web:1") }).await;
    assert_eq!((bills.matching, bills.subjects[0].complete), (3, true));
}

#[tokio::test]
async fn what_fails_is_said_beside_what_is_known() {
    let (fixture, subject) = fixture(WHOLE).await;
    let path = format!("/v2/app/web/referrers/{subject}");
    fixture.on(&path, super::registry::Reply::error(403, "DENIED", "not for you"));
    fixture.script(|received| received.path.contains(".att").then(|| super::registry::Reply::status(500)));
    let failed = view(&service(&fixture, |_| {}, PATIENT), &query("app/web:1")).await;
    let subject = &failed.subjects[0];
    assert_eq!((subject.way, subject.problems.len(), subject.waiting), (None, 2, false), "{subject:?}");
    assert!(subject.problems[0].starts_with("The list of referrers could not be read: the registry does not permit"));
    assert!(subject.problems[1].starts_with("Not all of cosign's older tags"), "{subject:?}");
    assert_eq!(subject.asked[0].statuses, [403]);
}

#[tokio::test]
async fn a_registry_that_is_slow_is_waited_for_no_longer_than_the_page_s_time() {
    let sample = Sample::start().await;
    let service = sample.impatient(Duration::from_millis(300));
    while service.image(&ImageQuery { view: ImageView::Layers, ..query("payments/api:1.10.1") }).await.is_err() {}
    sample.log.delay.store(500, Ordering::SeqCst);
    let waiting = view(&service, &query("payments/api:1.10.1")).await;
    assert!(waiting.subjects[0].waiting && waiting.subjects[0].way.is_none(), "{:?}", waiting.subjects);
    // What the index has itself is shown meanwhile, and what was asked for is found later.
    assert_eq!(waiting.total, 2);
    sample.log.delay.store(0, Ordering::SeqCst);
    loop {
        let later = view(&service, &query("payments/api:1.10.1")).await;
        if later.subjects.iter().all(|subject| subject.way.is_some()) {
            assert_eq!(later.total, 4);
            break;
        }
    }
}
