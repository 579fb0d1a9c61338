//! Two images side by side.

use strata::service::{Service, ServiceSettings};
use strata::view::Page;
use strata::view::address::ImageView;
use strata::view::compare::{CompareContent, ComparePage, CompareQuery, CompareView, LineChange};
use strata::view::failure::FailureCode;
use strata::view::files::FilesQuery;
use strata::view::image::{ImageContent, ImageQuery};

use super::support::{Sample, reference, tags_query};

fn query(from: &str, to: &str) -> CompareQuery {
    CompareQuery { from: from.to_owned(), to: to.to_owned(), ..CompareQuery::default() }
}

async fn compare(service: &Service, query: &CompareQuery) -> Page<ComparePage> {
    service.compare(query).await.unwrap_or_else(|failure| panic!("{query:?}: {failure:#?}"))
}

/// Two versions of the sample's application.
async fn versions(service: &Service) -> (String, String) {
    let tags = service.tags(&tags_query("payments/api")).await.unwrap().content.tags;
    let plain =
        |tag: &str| tag.matches('.').count() == 2 && tag.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut versions =
        tags.iter().map(|row| row.tag.as_str()).filter(|tag| plain(tag)).map(|tag| format!("payments/api:{tag}"));
    let to = versions.next().unwrap();
    (versions.next().unwrap(), to)
}

#[tokio::test]
async fn two_versions_cost_six_requests_and_nothing_again() {
    let sample = Sample::start().await;
    let service = sample.service();
    let (from, to) = versions(&service).await;
    sample.log.take();
    let page = compare(&service, &query(&from, &to)).await;
    let asked = sample.log.take();
    assert!((4..=6).contains(&asked.len()), "{asked:?}");
    assert_eq!(page.trace.registry_requests(), asked.len());
    let comparison = page.content;
    assert!(comparison.transfer.shared_layers > 0 && comparison.transfer.to.pull_bytes > 0);
    assert!(comparison.layer_differences > 0 && comparison.config_differences.unwrap().total > 0);
    assert!(comparison.problems.is_empty(), "{:?}", comparison.problems);
    assert!(!comparison.common_platforms.is_empty());
    let CompareContent::Layers(rows) = &comparison.content else { panic!("{:?}", comparison.content) };
    assert_eq!(rows.rows.len(), rows.row_count as usize);
    let (left, right) = (comparison.from.identity.index.unwrap(), comparison.to.identity.index.unwrap());
    let expected =
        format!("/-/compare?from=payments/api@{}&to=payments/api@{}&platform=linux/amd64", left.digest, right.digest);
    assert_eq!(comparison.pinned, expected);
    // The pinned link leads to the same comparison, without a request.
    let pinned = CompareQuery {
        platform: "linux/amd64".to_owned(),
        ..query(&format!("payments/api@{}", left.digest), &format!("payments/api@{}", right.digest))
    };
    assert_eq!(compare(&service, &pinned).await.content.content, comparison.content);
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn configs_and_histories_are_compared() {
    let sample = Sample::start().await;
    let service = sample.service();
    let (from, to) = versions(&service).await;
    let page = compare(&service, &CompareQuery { view: CompareView::Config, ..query(&from, &to) }).await.content;
    let CompareContent::Config(changes) = &page.content else { panic!("{:?}", page.content) };
    assert_eq!(changes.differences.len() as u64 + changes.more, page.config_differences.unwrap().total);
    assert!(changes.history.iter().any(|line| line.change == LineChange::Added), "{:?}", changes.history);
    assert!(page.pinned.ends_with("&view=config"));
    let same = compare(&service, &CompareQuery { view: CompareView::Config, ..query(&to, &to) }).await.content;
    let CompareContent::Config(none) = &same.content else { panic!("{:?}", same.content) };
    assert!(none.differences.is_empty() && none.history.is_empty());
    assert_eq!((same.layer_differences, same.transfer.to.pull_bytes), (0, 0));
}

#[tokio::test]
async fn a_platform_of_each_side_can_be_chosen() {
    let sample = Sample::start().await;
    let service = sample.service();
    let both =
        CompareQuery { platform: "linux/arm64".to_owned(), ..query("payments/api:latest", "payments/api:latest") };
    let page = compare(&service, &both).await.content;
    assert_eq!(page.from.platform.unwrap().architecture, "arm64");
    let each = CompareQuery { to_platform: "linux/amd64".to_owned(), ..both };
    let page = compare(&service, &each).await.content;
    assert_eq!(page.to.platform.unwrap().architecture, "amd64");
    assert!(page.pinned.contains("&from_platform=linux/arm64") && page.pinned.ends_with("&to_platform=linux/amd64"));
    let missing =
        CompareQuery { platform: "linux/s390x".to_owned(), ..query("payments/api:latest", "payments/api:latest") };
    let failure = service.compare(&missing).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::ManifestNotFound));
}

#[tokio::test]
async fn images_of_two_registries_are_compared() {
    let (first, second) = (Sample::start().await, Sample::start().await);
    let service = Service::new(vec![first.client("one"), second.client("two")], ServiceSettings::default());
    let page = compare(&service, &query("one/payments/api:latest", "two/payments/api:latest")).await;
    assert_eq!((page.content.from.registry.name.as_str(), page.content.to.registry.name.as_str()), ("one", "two"));
    assert_eq!(page.content.layer_differences, 0);
    assert!(
        page.content.pinned.contains("from=one/payments/api@") && page.content.pinned.contains("to=two/payments/api@")
    );
    assert_eq!((first.log.take().len(), second.log.take().len()), (3, 3));
    let curls: Vec<_> = page.trace.requests.iter().filter_map(|request| request.curl.as_ref()).collect();
    assert_eq!(curls.len(), 6);
    // With the host that people pull from, as it is pasted.
    let pasted = format!("{}/payments/api:latest", second.address);
    let page = compare(&service, &query("payments/api:latest", &pasted)).await;
    assert_eq!(page.content.to.registry.name, "two");
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused() {
    let sample = Sample::start().await;
    let service = sample.service();
    for (from, to, status) in [
        ("", "payments/api:latest", 400),
        ("payments/api:latest", "", 400),
        ("payments/api", "payments/api:latest", 400),
        ("payments/api:latest", "PAYMENTS", 400),
        ("payments/api:latest", "payments/api:gone", 404),
    ] {
        let failure = service.compare(&query(from, to)).await.unwrap_err();
        assert_eq!(failure.status, status, "{from} {to}: {failure:?}");
    }
}

#[tokio::test]
async fn every_pair_of_neighbours_in_the_sample_can_be_compared_or_is_refused() {
    let sample = Sample::start().await;
    let service = sample.service();
    for name in Sample::repositories() {
        let tags = service.tags(&tags_query(&name)).await.unwrap().content.tags;
        for pair in tags.windows(2) {
            let (from, to) = (format!("{name}:{}", pair[0].tag), format!("{name}:{}", pair[1].tag));
            for view in [CompareView::Layers, CompareView::Config] {
                let asked = CompareQuery { view, ..query(&from, &to) };
                match service.compare(&asked).await {
                    Ok(page) => {
                        let image = service.image(&ImageQuery::new(reference(&from))).await.unwrap().content;
                        assert_eq!(page.content.from.identity.index, image.identity.index);
                    }
                    Err(failure) => assert!([400, 404].contains(&failure.status), "{from} {to}: {failure:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_failure_names_its_side_and_keeps_the_other() {
    let sample = Sample::start().await;
    let service = sample.service();
    let there = "payments/api:latest";
    for (from, to, side, kept) in [
        ("payments/api:gone", there, "the first image of the comparison (from)", "/-/compare?to=payments/api:latest"),
        (there, "payments/api:gone", "the second image of the comparison (to)", "/-/compare?from=payments/api:latest"),
        (there, "lab/indexes:empty", "the second image of the comparison (to)", "/-/compare?from=payments/api:latest"),
    ] {
        let failure = service.compare(&query(from, to)).await.unwrap_err();
        assert!(failure.explanation.contains(side), "{}", failure.explanation);
        assert!(failure.advice.iter().any(|advice| advice.link.as_ref().is_some_and(|(_, path)| path == kept)));
    }
}

#[tokio::test]
async fn differences_are_counted_by_kind_and_not_where_a_config_is_missing() {
    let sample = Sample::start().await;
    let service = sample.service();
    let page = compare(&service, &query("payments/api:1.10.0", "payments/api:1.10.1")).await.content;
    let counts = page.config_differences.unwrap();
    assert!(counts.removed >= 1 && counts.changed >= 1, "{counts:?}");
    assert_eq!(counts.total, counts.added + counts.removed + counts.changed);
    let charts = query("platform/charts/gateway:2.0.0", "platform/charts/gateway:2.1.0");
    let page = compare(&service, &CompareQuery { view: CompareView::Config, ..charts }).await.content;
    assert_eq!((page.config_differences, page.problems.len()), (None, 2));
    let CompareContent::Config(changes) = &page.content else { panic!("{:?}", page.content) };
    assert!(changes.differences.is_empty() && changes.history.is_empty());
}

#[tokio::test]
async fn platforms_of_one_side_only_are_told() {
    let sample = Sample::start().await;
    let service = sample.service();
    let page = compare(&service, &query("base/linux:latest", "payments/api:latest")).await.content;
    let words =
        |platforms: &[strata::oci::Platform]| -> Vec<String> { platforms.iter().map(ToString::to_string).collect() };
    assert_eq!(words(&page.common_platforms), ["linux/amd64", "linux/arm64/v8"]);
    assert_eq!((words(&page.only_from), words(&page.only_to)), (vec!["linux/arm/v7".to_owned()], Vec::new()));
}

#[tokio::test]
async fn a_side_leads_to_its_own_page() {
    let sample = Sample::start().await;
    let service = sample.service();
    let page = compare(&service, &query("payments/api:1.10.0", "payments/migrations:latest")).await.content;
    let image = service.image(&ImageQuery::new(reference("payments/api:1.10.0"))).await.unwrap().content;
    assert_eq!(page.from.permalink, image.permalink);
    assert_eq!(page.to.permalink, format!("/payments/migrations@{}", page.to.identity.manifest.unwrap().digest));
}

/// Each side has what was counted of it, and nothing is counted for a comparison.
#[tokio::test]
async fn what_was_counted_of_a_side_stands_beside_it() {
    let sample = Sample::start().await;
    let service = sample.service();
    let (from, to) = ("payments/api:1.10.0", "payments/api:1.10.1");
    let counted = async || {
        let page = compare(&service, &query(from, to)).await.content;
        (page.from.counted, page.to.counted)
    };
    assert_eq!(counted().await, (None, None));
    let mut expected = Vec::new();
    for name in [from, to] {
        let asked = ImageQuery {
            view: ImageView::Files,
            files: FilesQuery { usage: true, ..FilesQuery::default() },
            ..ImageQuery::new(reference(name))
        };
        service.start_reading(&asked, false).await.unwrap();
        let mut progress = service.reading_progress(&asked).await.unwrap();
        while progress.now().is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let ImageContent::Files(files) = service.image(&asked).await.unwrap().content.content else {
            panic!("{name} has no files")
        };
        let usage = files.usage.unwrap();
        expected.push(Some((usage.total_bytes, usage.dead_bytes)));
        if name == from {
            assert_eq!(counted().await, (expected[0], None));
        }
    }
    assert_eq!(counted().await, (expected[0], expected[1]));
}
