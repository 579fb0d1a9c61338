//! What stands at a reference.

use std::sync::atomic::Ordering;
use std::time::Duration;

use strata::anatomy::kind::Family;
use strata::anatomy::steps::Steps;
use strata::oci::Reference;
use strata::service::Service;
use strata::view::address::ImageView;
use strata::view::failure::FailureCode;
use strata::view::image::{Check, ImageContent, ImagePage, ImageQuery, PlatformSizes};
use strata::view::listing::Details;
use strata::view::{Failure, Page};

use super::support::{Sample, reference, repository, tags_query};

fn query(text: &str) -> ImageQuery {
    ImageQuery::new(reference(text))
}

async fn page(service: &Service, query: &ImageQuery) -> Page<ImagePage> {
    service.image(query).await.unwrap_or_else(|failure: Failure| panic!("{}: {failure:#?}", query.reference))
}

#[tokio::test]
async fn an_index_page_costs_three_requests_and_nothing_again() {
    let sample = Sample::start().await;
    let service = sample.service();
    let first = page(&service, &query("payments/api:latest")).await;
    assert_eq!(sample.log.take().len(), 3);
    assert_eq!(first.trace.registry_requests(), 3);
    let again = page(&service, &query("payments/api:latest")).await;
    assert!(sample.log.take().is_empty());
    assert_eq!(again.trace.from_cache(), 3);
    assert_eq!(first.content, again.content);
    let image = first.content;
    assert_eq!(image.kind.family, Family::Index);
    let identity = &image.identity;
    for digest in [&identity.index, &identity.manifest, &identity.image_id] {
        assert_eq!(digest.as_ref().unwrap().check, Check::Verified);
    }
    assert!(image.platforms.len() > 1);
    assert_eq!(image.platforms.iter().filter(|card| card.chosen).count(), 1);
    assert_eq!(image.platform.as_ref().unwrap().to_string(), "linux/amd64");
    assert!(image.size.unwrap() > 0 && image.created.is_some());
    let ImageContent::Layers(layers) = &image.content else { panic!("{:?}", image.content) };
    assert!(matches!(layers.steps, Steps::Joined(_)));
    assert_eq!(Some(layers.layer_count), image.layer_count);
    let digest = &identity.index.as_ref().unwrap().digest;
    assert_eq!(image.permalink, format!("/payments/api@{digest}?platform=linux/amd64"));
    assert!(image.pull_by_tag[0].command.starts_with("docker pull "));
    assert!(image.pull_by_digest[0].command.ends_with(digest.as_str()));
    // By digest, too, everything is known by now.
    page(&service, &query(&format!("payments/api@{digest}"))).await;
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn an_older_tag_costs_one_conditional_request() {
    let sample = Sample::start().await;
    let mut settings =
        strata::registry::RegistrySettings::new("x", format!("http://{}", sample.address).parse().unwrap());
    settings.limits.tag_ttl = std::time::Duration::ZERO;
    let cache = std::sync::Arc::new(strata::registry::DocumentCache::new(1 << 20));
    let client = strata::registry::Client::new(settings, cache).unwrap();
    let service = Service::new(vec![client], strata::service::ServiceSettings::default());
    page(&service, &query("payments/api:latest")).await;
    sample.log.take();
    page(&service, &query("payments/api:latest")).await;
    let asked = sample.log.take();
    assert_eq!(asked, ["HEAD /v2/payments/api/manifests/latest"]);
}

#[tokio::test]
async fn every_tag_of_the_sample_opens_in_every_view() {
    let sample = Sample::start().await;
    let service = sample.service();
    let mut opened = 0;
    for name in Sample::repositories() {
        let list = service.tags(&tags_query(&name)).await.unwrap().content;
        for row in list.tags {
            for view in ImageView::ALL {
                let reference: Reference = format!("{name}:{}", row.tag).parse().unwrap();
                let image = page(&service, &ImageQuery { view, ..ImageQuery::new(reference) }).await.content;
                match (&image.content, view) {
                    (ImageContent::Raw(documents), ImageView::Raw) => {
                        assert!(!documents.is_empty());
                        assert!(documents.iter().all(|document| !document.text.is_empty() && document.cut == 0));
                    }
                    (ImageContent::Layers(_), ImageView::Layers)
                    | (ImageContent::Config(_), ImageView::Config)
                    | (ImageContent::Files(_), ImageView::Files)
                    | (
                        ImageContent::Artifact(_) | ImageContent::NoImage,
                        ImageView::Layers | ImageView::Config | ImageView::Files,
                    ) => {}
                    (ImageContent::Referrers(referrers), ImageView::Referrers) => {
                        assert!(referrers.subjects.iter().all(|subject| subject.way.is_some()), "{name}:{}", row.tag);
                    }
                    (ImageContent::Unreadable(failure), _) => assert_eq!(failure.status, 404, "{failure:?}"),
                    (content, view) => panic!("{name}:{} as {view}: {content:?}", row.tag),
                }
                opened += 1;
            }
        }
    }
    assert!(opened > 100, "{opened}");
}

#[tokio::test]
async fn a_platform_in_the_address_is_shown() {
    let sample = Sample::start().await;
    let service = sample.service();
    let asked = ImageQuery { platform: "linux/arm64".to_owned(), ..query("payments/api:latest") };
    let image = page(&service, &asked).await.content;
    assert_eq!(image.platform.as_ref().unwrap().architecture, "arm64");
    let chosen = image.platforms.iter().find(|card| card.chosen).unwrap();
    assert_eq!(chosen.digest, image.identity.manifest.as_ref().map(|manifest| manifest.digest.clone()));
    assert!(image.permalink.contains("?platform=linux/arm64"), "{}", image.permalink);
    // A page that a link with both leads to is the same.
    let manifest = chosen.digest.as_ref().unwrap().to_string();
    let exact = page(&service, &ImageQuery { manifest, ..asked }).await.content;
    assert_eq!(exact.identity, image.identity);
    let missing = ImageQuery { platform: "linux/s390x".to_owned(), ..query("payments/api:latest") };
    let failure = service.image(&missing).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::ManifestNotFound));
    assert!(failure.advice.iter().any(|advice| advice.link.as_ref().is_some_and(|(words, _)| words == "linux/amd64")));
    for platform in ["linux", "a/b/c/d"] {
        let wrong = ImageQuery { platform: platform.to_owned(), ..query("payments/api:latest") };
        assert_eq!(service.image(&wrong).await.unwrap_err().status, 400);
    }
}

#[tokio::test]
async fn sizes_of_platforms_are_read_afterwards() {
    let sample = Sample::start().await;
    let service = sample.service();
    let image = page(&service, &query("payments/api:latest")).await.content;
    assert!(image.platforms.iter().filter(|card| !card.chosen).all(|card| card.size.is_none()));
    sample.log.take();
    let index = image.identity.index.unwrap().digest;
    let sizes = service.platform_sizes(&repository("payments/api"), &index).await.unwrap().content.sizes;
    assert_eq!(sample.log.take().len(), image.platforms.len() - 1);
    let digests: Vec<_> = image.platforms.iter().filter_map(|card| card.digest.clone()).collect();
    assert_eq!(sizes.iter().map(|(digest, _)| digest.clone()).collect::<Vec<_>>(), digests);
    assert!(sizes.iter().all(|(_, size)| size.known().is_some()), "{sizes:?}");
    let filled = page(&service, &ImageQuery { details: true, ..query("payments/api:latest") }).await.content;
    let on_cards: Vec<_> = filled.platforms.iter().map(|card| card.size).collect();
    assert_eq!(on_cards, sizes.iter().map(|(_, size)| size.known().copied()).collect::<Vec<_>>());
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn sizes_that_are_not_there_at_the_deadline_are_no_problem_and_are_asked_for_again() {
    let sample = Sample::start().await;
    let service = sample.impatient(Duration::from_millis(300));
    let asked = query("payments/api:latest");
    let index = loop {
        // The page itself may need more than one deadline.
        if let Ok(page) = service.image(&asked).await {
            break page.content.identity.index.unwrap().digest;
        }
    };
    sample.log.delay.store(500, Ordering::SeqCst);
    let asked = ImageQuery { details: true, ..query(&format!("payments/api@{index}")) };
    let cards = service.image(&asked).await.unwrap().content.platforms;
    assert!(cards.iter().filter(|card| !card.chosen).all(|card| card.details() == Details::Waiting), "{cards:?}");
    let open = |sizes: &PlatformSizes| sizes.sizes.iter().any(|(_, size)| *size == Details::Waiting);
    loop {
        let sizes = service.platform_sizes(&repository("payments/api"), &index).await.unwrap().content;
        if !open(&sizes) {
            assert!(sizes.sizes.iter().all(|(_, size)| size.known().is_some()), "{sizes:?}");
            break;
        }
    }
}

#[tokio::test]
async fn a_tag_with_an_older_digest_says_where_it_leads_by_now() {
    let sample = Sample::start().await;
    let service = sample.service();
    let tags = service.tags(&tags_query("payments/api")).await.unwrap().content.tags;
    let oldest = tags.iter().rev().find(|row| row.tag.as_str().starts_with("1.")).unwrap();
    let old = page(&service, &query(&format!("payments/api:{}", oldest.tag))).await.content;
    let latest = page(&service, &query("payments/api:latest")).await.content;
    let (old, latest) = (old.identity.index.unwrap().digest, latest.identity.index.unwrap().digest);
    let both = page(&service, &query(&format!("payments/api:latest@{old}"))).await.content;
    assert_eq!(both.tag_moved_to, Some(latest.clone()));
    assert_eq!(both.identity.index.unwrap().digest, old);
    let same = page(&service, &query(&format!("payments/api:latest@{latest}"))).await.content;
    assert_eq!(same.tag_moved_to, None);
    assert!(!same.tag_gone && !same.pull_by_tag.is_empty());
    // A tag that is gone is a remark, and nothing to pull by.
    let gone = page(&service, &query(&format!("payments/api:gone@{old}"))).await.content;
    assert_eq!(gone.tag_moved_to, None);
    assert!(gone.tag_gone && gone.pull_by_tag.is_empty());
}

#[tokio::test]
async fn what_is_missing_is_a_404_that_names_it() {
    let sample = Sample::start().await;
    let service = sample.service();
    let failure = service.image(&query("payments/api:no-such")).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::ManifestNotFound));
    assert_eq!(failure.heading, "There is no tag no-such in payments/api");
    let failure = service.image(&query("no/such:1")).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::RepositoryNotFound));
    let digest = format!("sha256:{}", "0".repeat(64));
    let failure = service.image(&query(&format!("payments/api@{digest}"))).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::ManifestNotFound));
    let failure = service.image(&query("payments/api@blake3:abc")).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (400, FailureCode::InvalidRequest));
}

#[tokio::test]
async fn raw_documents_link_their_digests_and_can_be_downloaded() {
    let sample = Sample::start().await;
    let service = sample.service();
    let raw = ImageQuery { view: ImageView::Raw, ..query("payments/api:latest") };
    let ImageContent::Raw(documents) = page(&service, &raw).await.content.content else { panic!("raw documents") };
    let names: Vec<_> = documents.iter().map(|document| document.name.as_str()).collect();
    assert_eq!(names, ["Index", "Manifest", "Config"]);
    for document in &documents {
        assert!(document.text.contains('\n'), "{}", document.name);
        assert!(!document.links.is_empty(), "{}", document.name);
        assert!(document.links.iter().all(|(digest, _)| document.text.contains(digest.as_str())));
    }
    assert!(
        documents[1].links.iter().any(|(digest, path)| *digest == documents[2].digest && path.ends_with("/-/config"))
    );
    assert!(documents[1].links.iter().any(|(_, path)| path.contains("#sha256-")));
    let chart = ImageQuery { view: ImageView::Raw, ..query("platform/charts/gateway:2.1.0") };
    let ImageContent::Raw(chart) = page(&service, &chart).await.content.content else { panic!("raw documents") };
    assert!(
        chart[0]
            .links
            .iter()
            .any(|(digest, path)| *digest == chart[1].digest && path.ends_with("/-/raw#text-of-config"))
    );
    let index = reference(&format!("payments/api@{}", documents[0].digest));
    let bytes = service.raw_bytes(&index, false, "", "").await.unwrap().content;
    assert_eq!((bytes.bytes.len() as u64, &bytes.digest), (documents[0].size, &documents[0].digest));
    let config = service.raw_bytes(&index, true, "", "").await.unwrap().content;
    assert_eq!(config.digest, documents[2].digest);
}
