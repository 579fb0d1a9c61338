//! Pages of lists: every form of `Link`, and walks that would never end (threats T-8, T-9).

use std::time::Duration;

use strata::registry::{Limits, Request, Truncation};

use super::support::{Fixture, Received, Reply};
use super::{client, client_with, limits, repository, settings};

const TAGS: &str = "/v2/app/web/tags/list";

/// One tag a page, the number from the query; a link as long as there is one.
fn paged(fixture: &Fixture, link: impl Fn(&Received, usize) -> Option<String> + Send + Sync + 'static) {
    fixture.script(move |received| {
        if received.path != TAGS {
            return None;
        }
        let last = received.query.split('&').find_map(|part| part.strip_prefix("last="));
        let number: usize = last.and_then(|last| last.trim_start_matches('t').parse().ok()).unwrap_or(0);
        let reply = Reply::json(format!("{{\"tags\":[\"t{number}\"]}}"));
        Some(match link(received, number + 1) {
            Some(link) => reply.header("link", &link),
            None => reply,
        })
    });
}

async fn walk(fixture: &Fixture, limits: Limits) -> (usize, bool, Option<Truncation>) {
    let mut settings = settings(fixture.url());
    settings.limits = limits;
    let listing = client_with(settings).tags(&Request::new(), &repository()).await.unwrap();
    (listing.names.len(), listing.complete, listing.truncated)
}

#[tokio::test]
async fn every_form_of_link_is_followed() {
    for form in [
        "<{path}?last=t{n}&n=3>; rel=\"next\"",
        "<{origin}{path}?last=t{n}&next_page=OPAQUE>; rel=\"next\"",
        "<?last=t{n}>; rel=next",
        "<{path}?n=1&last=t{n}>;rel=\"prev next\"",
        "</artifactory/other{path}?last={n}>; rel=\"next\"",
        "</first>; rel=\"first\", <{path}?last=t{n}>; title=\"a, b\"; rel=\"next\"",
    ] {
        let fixture = Fixture::start().await;
        let origin = fixture.origin();
        paged(&fixture, move |_, next| {
            let link = form.replace("{origin}", &origin).replace("{path}", TAGS).replace("{n}", &next.to_string());
            (next < 4).then_some(link)
        });
        assert_eq!(walk(&fixture, limits()).await, (4, true, None), "{form}");
        assert!(fixture.received().iter().all(|received| received.path == TAGS), "{form}");
    }
}

#[tokio::test]
async fn queries_are_repeated_as_they_came() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == TAGS).then(|| match received.query.as_str() {
            "" => Reply::json(r#"{"tags":["a"]}"#).header("link", "<?last=a/b%2Fc%3D%3D&x=+>; rel=\"next\""),
            _ => Reply::json(r#"{"tags":["b"]}"#),
        })
    });
    assert_eq!(walk(&fixture, limits()).await, (2, true, None));
    assert_eq!(fixture.received()[1].query, "last=a/b%2Fc%3D%3D&x=+");
}

#[tokio::test]
async fn a_link_to_itself_ends_the_walk() {
    let fixture = Fixture::start().await;
    paged(&fixture, |_, _| Some("<?last=t1>; rel=\"next\"".to_owned()));
    assert_eq!(walk(&fixture, limits()).await, (2, false, Some(Truncation::Loop)));
    assert_eq!(fixture.received().len(), 2);
    let fixture = Fixture::start().await;
    paged(&fixture, |_, _| Some("<?>; rel=\"next\"".to_owned()));
    assert_eq!(walk(&fixture, limits()).await.2, Some(Truncation::Loop));
    assert_eq!(fixture.received().len(), 1);
}

#[tokio::test]
async fn a_link_to_and_fro_ends_the_walk() {
    let fixture = Fixture::start().await;
    paged(&fixture, |_, next| Some(format!("<?last=t{}>; rel=\"next\"", if next == 2 { 2 } else { 1 })));
    assert_eq!(walk(&fixture, limits()).await, (3, false, Some(Truncation::Loop)));
    assert_eq!(fixture.received().len(), 3);
}

#[tokio::test]
async fn pages_without_new_names_end_the_walk() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        let link = format!("<?last={}>; rel=\"next\"", received.earlier);
        (received.path == TAGS).then(|| Reply::json(r#"{"tags":["a"]}"#).header("link", &link))
    });
    assert_eq!(walk(&fixture, limits()).await, (1, false, Some(Truncation::Barren(4))));
    assert_eq!(fixture.received().len(), 5);
}

#[tokio::test]
async fn a_single_empty_page_with_a_link_is_passed() {
    let fixture = Fixture::start().await;
    fixture.in_turn(
        TAGS,
        vec![
            Reply::json(r#"{"tags":["a"]}"#).header("link", "<?last=1>; rel=\"next\""),
            Reply::json(r#"{"tags":[]}"#).header("link", "<?last=2>; rel=\"next\""),
            Reply::json(r#"{"tags":["b"]}"#),
        ],
    );
    assert_eq!(walk(&fixture, limits()).await, (2, true, None));
}

#[tokio::test]
async fn ever_new_pages_end_at_a_limit() {
    let fixture = Fixture::start().await;
    paged(&fixture, |_, next| Some(format!("<?last=t{next}>; rel=\"next\"")));
    assert_eq!(walk(&fixture, Limits { walk_names: 25, ..limits() }).await, (25, false, Some(Truncation::Names(25))));
    assert_eq!(walk(&fixture, Limits { walk_pages: 10, ..limits() }).await, (10, false, Some(Truncation::Pages(10))));
    let soon = Duration::from_secs(2);
    let (names, complete, truncated) =
        walk(&fixture, Limits { walk_time: soon, walk_names: usize::MAX, walk_pages: u32::MAX, ..limits() }).await;
    assert!(names > 0 && !complete);
    assert_eq!(truncated, Some(Truncation::Time));
}

#[tokio::test]
async fn a_list_of_exactly_the_limit_is_whole() {
    let fixture = Fixture::start().await;
    paged(&fixture, |_, next| (next < 5).then(|| format!("<?last=t{next}>; rel=\"next\"")));
    assert_eq!(walk(&fixture, Limits { walk_names: 5, ..limits() }).await, (5, true, None));
    assert_eq!(walk(&fixture, Limits { walk_names: 4, ..limits() }).await, (4, false, Some(Truncation::Names(4))));
}

#[tokio::test]
async fn a_link_elsewhere_is_not_followed() {
    let other = Fixture::start().await;
    for target in [
        format!("{}{TAGS}?last=a", other.origin()),
        format!("//{}/?last=a", other.url().authority()),
        "file:///etc/passwd?x".to_owned(),
    ] {
        let fixture = Fixture::start().await;
        fixture.on(TAGS, Reply::json(r#"{"tags":["a"]}"#).header("link", &format!("<{target}>; rel=\"next\"")));
        assert_eq!(walk(&fixture, limits()).await, (1, false, Some(Truncation::LinkElsewhere(target))));
    }
    assert_eq!(other.connections(), 0);
}

/// Fails when queries of any length are remembered: a walk of a thousand pages kept sixty megabytes of them.
#[tokio::test]
async fn a_link_of_sixty_kilobytes_is_not_followed() {
    let fixture = Fixture::start().await;
    paged(&fixture, |_, next| Some(format!("<?last=t{next}&x={}>; rel=\"next\"", "x".repeat(60_000))));
    let (names, complete, truncated) = walk(&fixture, limits()).await;
    assert!(matches!(truncated, Some(Truncation::LinkTooLong(60_000..))), "{truncated:?}");
    assert_eq!((names, complete, fixture.received().len()), (1, false, 1));
}

#[tokio::test]
async fn a_refused_page_size_is_left_to_the_registry() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == "/v2/_catalog").then(|| match received.query.as_str() {
            "" => Reply::json(r#"{"repositories":["a"]}"#),
            _ => Reply::error(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested"),
        })
    });
    let listing = client(&fixture).catalog(&Request::new()).await.unwrap();
    assert_eq!((listing.names.len(), listing.complete), (1, true));
    assert_eq!(fixture.lines(), ["GET /v2/_catalog?n=1000", "GET /v2/_catalog"]);
}

#[tokio::test]
async fn a_large_catalog_is_walked_page_by_page() {
    let fixture = Fixture::start().await;
    fixture.content(|content| {
        for number in 0..2500 {
            content.manifest(&format!("group/r{number:05}"), "text/plain", b"x");
        }
    });
    let client = client(&fixture);
    let first = client.catalog(&Request::new()).await.unwrap();
    assert!(first.names.len() >= 1000);
    for _ in 0..1000 {
        let listing = client.catalog(&Request::new()).await.unwrap();
        if listing.complete {
            assert_eq!((listing.names.len(), listing.pages), (2500, 3));
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the walk did not end");
}
