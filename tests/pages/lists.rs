//! Repositories and tags.

use std::sync::atomic::Ordering;
use std::time::Duration;

use strata::oci::Tag;
use strata::service::{Service, ServiceSettings};
use strata::view::failure::FailureCode;
use strata::view::listing::{Details, Walk};
use strata::view::repositories::{Home, RepositoriesQuery, RepositoryList};
use strata::view::tags::{TagSection, TagSort, TagsQuery};
use strata::view::{Failure, Page};

use super::support::{Sample, reference, repository, tag, tags_query};

async fn repositories(service: &Service, query: RepositoriesQuery) -> Result<RepositoryList, Failure> {
    match service.home(&query).await?.content {
        Home::Repositories(list) => Ok(list),
        Home::Registries(registries) => panic!("{registries:?}"),
    }
}

#[tokio::test]
async fn the_first_page_of_tags_costs_one_request_and_none_again() {
    let sample = Sample::start().await;
    let service = sample.service();
    let page = service.tags(&tags_query("payments/api")).await.unwrap();
    assert_eq!(sample.log.take(), ["GET /v2/payments/api/tags/list"]);
    assert_eq!(page.trace.registry_requests(), 1);
    let list = page.content;
    assert_eq!(list.walk, Walk::Complete);
    assert_eq!(list.total, list.tags.len() as u64);
    assert_eq!(list.read, 0);
    assert!(list.tags.iter().all(|row| row.details == Details::Unasked));
    assert_eq!(list.tags[0].section, TagSection::Versions);
    let again = service.tags(&tags_query("payments/api")).await.unwrap();
    assert!(sample.log.take().is_empty());
    assert_eq!((again.trace.registry_requests(), again.trace.from_cache()), (0, 1));
}

#[tokio::test]
async fn rows_cost_three_requests_each_at_most_eight_at_a_time_and_none_again() {
    let sample = Sample::start().await;
    sample.log.delay.store(5, Ordering::SeqCst);
    let service = sample.service();
    let list = service.tags(&tags_query("payments/api")).await.unwrap().content;
    sample.log.take();
    let tags: Vec<_> = list.tags.iter().map(|row| row.tag.clone()).take(100).collect();
    let rows = service.tag_details(&reference("payments/api"), &tags).await.unwrap();
    let asked = sample.log.take().len();
    assert!(asked <= 3 * tags.len(), "{asked} requests for {} tags", tags.len());
    assert_eq!(rows.trace.registry_requests(), asked);
    assert!(sample.log.most_at_once.load(Ordering::SeqCst) <= 8);
    for (tag, details) in &rows.content.rows {
        let summary = details.known().unwrap_or_else(|| panic!("{tag} is {details:?}"));
        if !tag.as_str().starts_with("sha256-") {
            assert!(summary.size.is_some() && summary.created.is_some() && !summary.layers.is_empty(), "{summary:?}");
        }
    }
    service.tag_details(&reference("payments/api"), &tags).await.unwrap();
    assert!(sample.log.take().is_empty());
    // What has just been read is known at once.
    let list = service.tags(&tags_query("payments/api")).await.unwrap().content;
    assert!(list.tags.iter().take(100).all(|row| row.details.known().is_some()));
    assert_eq!(list.read, tags.len() as u64);
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn size_and_newest_sort_what_has_been_read() {
    let sample = Sample::start().await;
    let service = sample.service();
    let query = |sort| TagsQuery { sort, ..tags_query("payments/api") };
    let unread = service.tags(&query(TagSort::Size)).await.unwrap().content;
    assert_eq!(unread.read, 0);
    // Companions are not sorted in.
    let others = unread.tags.iter().rev().filter(|row| row.section != TagSection::Companions);
    let some: Vec<_> = others.map(|row| row.tag.clone()).take(5).collect();
    service.tag_details(&reference("payments/api"), &some).await.unwrap();
    let list = service.tags(&query(TagSort::Size)).await.unwrap().content;
    assert_eq!(list.read, 5);
    assert_eq!(list.total, unread.total);
    let sizes: Vec<_> = list.tags.iter().map(|row| row.details.known().and_then(|summary| summary.size)).collect();
    assert!(sizes[..5].is_sorted_by(|left, right| left >= right), "{sizes:?}");
    assert!(list.tags[5..].iter().all(|row| row.details == Details::Unasked));
    // A page after the last one that was read goes on with the others, in version order.
    let after = list.tags[4].tag.to_string();
    let rest = service.tags(&TagsQuery { after, ..query(TagSort::Size) }).await.unwrap().content;
    assert_eq!((rest.before, rest.tags.len()), (5, list.tags.len() - 5));
    let newest = service.tags(&query(TagSort::Newest)).await.unwrap().content;
    let dates: Vec<_> = newest.tags[..5].iter().map(|row| row.details.known().unwrap().created.clone()).collect();
    assert!(dates.is_sorted_by(|left, right| left >= right), "{dates:?}");
}

#[tokio::test]
async fn companions_stay_behind_all_others_in_every_order() {
    let sample = Sample::start().await;
    let service = sample.service();
    let names = service.tags(&tags_query("payments/api")).await.unwrap().content.tags;
    let tags: Vec<_> = names.iter().map(|row| row.tag.clone()).collect();
    let companions: Vec<_> =
        names.iter().filter(|row| row.section == TagSection::Companions).map(|row| row.tag.clone()).collect();
    assert!(!companions.is_empty());
    // All but one of the others, so that a companion that is read stands against one that is not.
    service.tag_details(&reference("payments/api"), &tags[1..]).await.unwrap();
    for sort in [TagSort::Version, TagSort::Newest, TagSort::Size] {
        let list = service.tags(&TagsQuery { sort, ..tags_query("payments/api") }).await.unwrap().content;
        let end = &list.tags[list.tags.len() - companions.len()..];
        assert_eq!(end.iter().map(|row| row.tag.clone()).collect::<Vec<_>>(), companions, "{sort}");
        assert_eq!(list.tags.len(), tags.len());
    }
}

#[tokio::test]
async fn sorted_lists_say_which_rows_are_old_and_forget_old_failures() {
    let sample = Sample::start().await;
    let query = TagsQuery { sort: TagSort::Newest, ..tags_query("payments/api") };
    for (service, old) in [(sample.service(), false), (sample.forgetful(), true)] {
        let names = service.tags(&query).await.unwrap().content.tags;
        let tags: Vec<_> = names.iter().take(4).map(|row| row.tag.clone()).collect();
        service.tag_details(&reference("payments/api"), &tags[..2]).await.unwrap();
        sample.log.broken.store(true, Ordering::SeqCst);
        let failed = service.tag_details(&reference("payments/api"), &tags[2..]).await.unwrap().content.rows;
        assert!(failed.iter().all(|(_, details)| matches!(details, Details::Unreadable(_))), "{failed:?}");
        sample.log.broken.store(false, Ordering::SeqCst);

        let list = service.tags(&query).await.unwrap().content;
        let state = |tag: &Tag| list.tags.iter().find(|row| row.tag == *tag).map(|row| &row.details).unwrap();
        assert!(tags[..2].iter().all(|tag| state(tag).known().is_some()), "{list:?}");
        assert_eq!(tags[2..].iter().all(|tag| *state(tag) == Details::Unasked), old, "{list:?}");
        let mut outdated = list.outdated.clone();
        outdated.sort_unstable();
        let mut known = if old { tags[..2].to_vec() } else { Vec::new() };
        known.sort_unstable();
        assert_eq!((outdated, list.read), (known, if old { 2 } else { 4 }));
    }
}

#[tokio::test]
async fn without_script_a_link_fills_rows() {
    let sample = Sample::start().await;
    let service = sample.service();
    let list = service.tags(&tags_query("payments/api")).await.unwrap().content;
    let details = list.tags[2].tag.to_string();
    let filled = service.tags(&TagsQuery { details, ..tags_query("payments/api") }).await.unwrap().content;
    assert_eq!(filled.tags[1].details, Details::Unasked);
    assert!(filled.tags[2..].iter().all(|row| row.details.known().is_some()));
}

#[tokio::test]
async fn what_is_not_read_at_the_deadline_says_so_and_is_read_on() {
    let sample = Sample::start().await;
    let service = sample.impatient(Duration::from_millis(300));
    let list = service.tags(&tags_query("payments/api")).await.unwrap().content;
    let tags: Vec<_> = list.tags.iter().map(|row| row.tag.clone()).take(3).collect();
    sample.log.delay.store(200, Ordering::SeqCst);
    let rows = service.tag_details(&reference("payments/api"), &tags).await.unwrap().content.rows;
    assert!(rows.iter().all(|(_, details)| *details == Details::Waiting), "{rows:?}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    sample.log.take();
    let rows = service.tag_details(&reference("payments/api"), &tags).await.unwrap().content.rows;
    assert!(rows.iter().all(|(_, details)| details.known().is_some()), "{rows:?}");
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn a_list_that_is_not_read_at_the_deadline_is_a_504_that_asks_again() {
    let sample = Sample::start().await;
    let service = sample.impatient(Duration::from_millis(100));
    sample.log.delay.store(400, Ordering::SeqCst);
    let failure = service.tags(&tags_query("payments/api")).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (504, FailureCode::StillReading));
    assert!(failure.refresh_after.is_some());
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert!(service.tags(&tags_query("payments/api")).await.is_ok());
}

#[tokio::test]
async fn a_missing_repository_is_a_404_with_its_request() {
    let sample = Sample::start().await;
    let failure = sample.service().tags(&tags_query("no/such")).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::RepositoryNotFound));
    let request = failure.request.unwrap();
    assert_eq!(request.statuses, [404]);
    assert!(request.url.ends_with("/v2/no/such/tags/list"), "{}", request.url);
    assert!(request.curl.starts_with("curl -sS "), "{}", request.curl);
    assert_eq!(failure.trace.registry_requests(), 1);
    assert_eq!(failure.request_id.len(), 16);
}

#[tokio::test]
async fn an_older_list_of_repositories_says_that_it_is_read_anew() {
    let sample = Sample::start().await;
    let service = sample.renewing();
    let first = repositories(&service, RepositoriesQuery::default()).await.unwrap();
    assert_eq!(first.walk, Walk::Complete);
    let older = repositories(&service, RepositoriesQuery::default()).await.unwrap();
    assert_eq!((older.walk, older.total), (Walk::Renewing, first.total));
}

#[tokio::test]
async fn repositories_are_listed_filtered_and_filled() {
    let sample = Sample::start().await;
    let service = sample.service();
    let list = repositories(&service, RepositoriesQuery::default()).await.unwrap();
    assert_eq!(sample.log.take().len(), 1);
    assert_eq!(list.walk, Walk::Complete);
    assert_eq!(list.matching, list.total);
    let query = |filter: &str| RepositoriesQuery { filter: filter.to_owned(), ..RepositoriesQuery::default() };
    let payments = repositories(&service, query("payments/")).await.unwrap();
    assert!(payments.matching < payments.total);
    assert!(payments.repositories.iter().all(|row| row.name.as_str().starts_with("payments/")));
    assert!(sample.log.take().is_empty());
    let names = [repository("payments/api"), repository("no/such")];
    let rows = service.repository_details("", &names).await.unwrap().content;
    let details = rows[0].1.known().unwrap();
    assert!(details.tags_complete && details.tag_count > 10);
    assert!(details.image.known().unwrap().size.is_some());
    assert!(matches!(&rows[1].1, Details::Unreadable(problem) if problem.contains("no/such")), "{rows:?}");
    sample.log.take();
    let again = repositories(&service, query("payments/")).await.unwrap();
    let row = again.repositories.iter().find(|row| row.name == names[0]).unwrap();
    assert!(row.details.known().is_some());
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn names_of_several_registries_are_first_components() {
    let (first, second) = (Sample::start().await, Sample::start().await);
    let service = Service::new(vec![first.client("one"), second.client("two")], ServiceSettings::default());
    let home: Page<Home> = service.home(&RepositoriesQuery::default()).await.unwrap();
    let Home::Registries(list) = home.content else { panic!("a list of registries") };
    let prefixes: Vec<_> = list.registries.iter().map(|registry| registry.prefix.as_str()).collect();
    assert_eq!(prefixes, ["one/", "two/"]);
    for (query, asked, other) in [("two/payments/api", &second, &first), ("payments/api", &first, &second)] {
        let page = service.tags(&tags_query(query)).await.unwrap();
        assert_eq!(page.content.repository.as_str(), "payments/api");
        assert_eq!(page.registry.prefix, if query.starts_with("two") { "two/" } else { "one/" });
        assert_eq!((asked.log.take().len(), other.log.take().len()), (1, 0));
    }
    let unknown = RepositoriesQuery { registry: "three".to_owned(), ..RepositoriesQuery::default() };
    let failure = service.home(&unknown).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::UnknownRegistry));
    assert!(service.is_registry(&repository("two")).await && !service.is_registry(&repository("three")).await);
}

#[tokio::test]
async fn the_only_registry_answers_to_its_name_too() {
    let sample = Sample::start().await;
    let service = sample.service();
    let page = service.tags(&tags_query("sample/payments/api")).await.unwrap();
    assert_eq!(page.content.repository.as_str(), "payments/api");
    assert_eq!(page.registry.prefix, "");
    // A repository of the whole name comes first.
    let service = Service::new(vec![sample.client("payments")], ServiceSettings::default());
    let page = service.tags(&tags_query("payments/api")).await.unwrap();
    assert_eq!(page.content.repository.as_str(), "payments/api");
}

#[tokio::test]
async fn refresh_passes_by_the_caches() {
    let sample = Sample::start().await;
    let service = sample.service();
    let query = tags_query("payments/api");
    let first = service.tags(&query).await.unwrap().content.tags[0].tag.to_string();
    let filled = TagsQuery { details: first, ..query.clone() };
    service.tags(&filled).await.unwrap();
    sample.log.take();
    let page = service.tags(&TagsQuery { refresh: true, ..query }).await.unwrap();
    assert_eq!(sample.log.take().len(), 1);
    assert!(page.content.tags.iter().all(|row| row.details == Details::Unasked));
    service.tags(&TagsQuery { refresh: true, ..filled }).await.unwrap();
    assert!(sample.log.take().len() > 10);
}

#[tokio::test]
async fn too_many_rows_at_once_are_refused() {
    let sample = Sample::start().await;
    let tags: Vec<_> = (0..101).map(|number| tag(&format!("v{number}"))).collect();
    let failure = sample.service().tag_details(&reference("payments/api"), &tags).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (400, FailureCode::InvalidRequest));
    assert!(sample.log.take().is_empty());
}
