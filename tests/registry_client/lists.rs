//! Catalogs and tag lists: what a reader sees, and when it is read again.

use std::time::Duration;

use strata::oci::RepositoryName;
use strata::registry::{Client, Error, Listing, Phase, RegistrySettings, Request, Truncation};

use super::support::{Fixture, Reply};
use super::{client, client_with, outcomes, repository, settings, signed_in};

const TAGS: &str = "/v2/app/web/tags/list";
const CATALOG: &str = "/v2/_catalog";

fn texts<T: ToString>(listing: &Listing<T>) -> Vec<String> {
    listing.names.iter().map(ToString::to_string).collect()
}

async fn eventually(client: &Client, done: impl Fn(&Listing<RepositoryName>) -> bool) -> Listing<RepositoryName> {
    for _ in 0..1000 {
        let listing = client.catalog(&Request::new()).await.unwrap();
        if done(&listing) {
            return listing;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the list never came to be as it should");
}

#[tokio::test]
async fn a_whole_list_costs_one_request_and_keeps_its_order() {
    let fixture = Fixture::start().await;
    fixture.on(TAGS, Reply::json(r#"{"name":"app/web","tags":["b","a","b","C"]}"#));
    let client = client(&fixture);
    let request = Request::new();
    let listing = client.tags(&request, &repository()).await.unwrap();
    assert_eq!(texts(&listing), ["b", "a", "C"]);
    assert!(listing.complete && !listing.reading && !listing.from_hand);
    assert_eq!((listing.pages, &listing.truncated, listing.invalid), (1, &None, 0));
    assert_eq!(fixture.lines(), ["GET /v2/app/web/tags/list"]);
    assert_eq!(outcomes(&request), ["4 names"]);
    let again = Request::new();
    client.tags(&again, &repository()).await.unwrap();
    assert_eq!(fixture.received().len(), 1);
    assert_eq!(outcomes(&again), ["3 names, kept"]);
}

#[tokio::test]
async fn an_old_tag_list_is_read_again() {
    let fixture = Fixture::start().await;
    fixture.in_turn(TAGS, vec![Reply::json(r#"{"tags":["a"]}"#), Reply::json(r#"{"tags":["a","b"]}"#)]);
    let mut settings = settings(fixture.url());
    settings.limits.tag_list_ttl = Duration::ZERO;
    let client = client_with(settings);
    assert_eq!(texts(&client.tags(&Request::new(), &repository()).await.unwrap()), ["a"]);
    assert_eq!(texts(&client.tags(&Request::new(), &repository()).await.unwrap()), ["a", "b"]);
}

#[tokio::test]
async fn a_null_list_is_empty() {
    let fixture = Fixture::start().await;
    fixture.on(TAGS, Reply::json(r#"{"name":"app/web","tags":null}"#));
    fixture.on(CATALOG, Reply::json(r#"{"repositories":null}"#));
    let client = client(&fixture);
    assert!(client.tags(&Request::new(), &repository()).await.unwrap().complete);
    assert_eq!(client.catalog(&Request::new()).await.unwrap().names.len(), 0);
}

#[tokio::test]
async fn names_against_the_grammar_are_left_out_and_counted() {
    let fixture = Fixture::start().await;
    fixture.on(CATALOG, Reply::json(r#"{"repositories":["ok","../etc","A","a//b",null,7,"_catalog"]}"#));
    let listing = client(&fixture).catalog(&Request::new()).await.unwrap();
    assert_eq!((texts(&listing).as_slice(), listing.invalid), (&["ok".to_owned()][..], 6));
}

#[tokio::test]
async fn malformed_lists_are_refused() {
    for body in ["", "<html>", "{", "[]", "{}", r#"{"tags":{}}"#, r#"{"tags":["a"],"tags":[]}"#] {
        let fixture = Fixture::start().await;
        fixture.on(TAGS, Reply::json(body));
        let error = client(&fixture).tags(&Request::new(), &repository()).await.unwrap_err();
        assert!(matches!(error, Error::InvalidResponse { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn an_unknown_repository_is_not_found() {
    let fixture = Fixture::start().await;
    let client = client(&fixture);
    for _ in 0..2 {
        match client.tags(&Request::new(), &repository()).await.unwrap_err() {
            Error::NotFound { errors, .. } => assert_eq!(errors[0].code, "NAME_UNKNOWN"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fixture.received().len(), 2, "a failure is not kept");
}

#[tokio::test]
async fn a_catalog_that_is_refused_is_not_offered() {
    for status in [400, 403, 404, 405, 501] {
        let fixture = Fixture::start().await;
        fixture.on(CATALOG, Reply::error(status, "UNSUPPORTED", "no"));
        match client(&fixture).catalog(&Request::new()).await.unwrap_err() {
            Error::NotOffered { status: found, errors, .. } => {
                assert_eq!((found, errors[0].code.as_str()), (status, "UNSUPPORTED"));
            }
            other => panic!("{other:?}"),
        }
    }
    let fixture = Fixture::start().await;
    fixture.on(CATALOG, Reply::error(400, "NAME_INVALID", "no"));
    let error = client(&fixture).catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::Upstream { status: 400, .. }), "{error:?}");
}

#[tokio::test]
async fn a_catalog_refused_in_spite_of_a_token_is_not_offered() {
    let fixture = Fixture::start().await;
    fixture.on("/token", Reply::json(r#"{"token":"t"}"#));
    let challenge = format!("Bearer realm=\"{}/token\",service=\"reg\",scope=\"registry:catalog:*\"", fixture.origin());
    fixture.on(CATALOG, Reply::challenge(&challenge));
    let error = client_with(signed_in(&fixture)).catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::NotOffered { status: 401, .. }), "{error:?}");
    // Where nobody has signed in, a sign-in is what is wanted.
    let fixture = Fixture::start().await;
    fixture.require_basic("Basic other");
    let error = client(&fixture).catalog(&Request::new()).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { rejected: false, .. }), "{error:?}");
}

#[tokio::test]
async fn repositories_by_hand_are_not_asked_for() {
    let fixture = Fixture::start().await;
    let names = vec!["a".parse().unwrap(), "b/c".parse().unwrap()];
    let client = client_with(RegistrySettings { repositories: names, ..settings(fixture.url()) });
    let listing = client.catalog(&Request::new()).await.unwrap();
    assert!(listing.from_hand && listing.complete);
    assert_eq!(texts(&listing), ["a", "b/c"]);
    assert_eq!(fixture.connections(), 0);
}

#[tokio::test]
async fn the_first_page_of_the_catalog_is_shown_while_the_others_are_read() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == CATALOG).then(|| match received.query.as_str() {
            "n=1000" => Reply::json(r#"{"repositories":["a"]}"#).header("link", "</v2/_catalog?last=a>; rel=\"next\""),
            _ => Reply::json(r#"{"repositories":["b"]}"#).after(Duration::from_millis(500)),
        })
    });
    let client = client(&fixture);
    let request = Request::new();
    let first = client.catalog(&request).await.unwrap();
    assert_eq!((texts(&first).as_slice(), first.complete, first.reading), (&["a".to_owned()][..], false, true));
    let whole = eventually(&client, |listing| listing.complete).await;
    assert_eq!(texts(&whole), ["a", "b"]);
    assert_eq!(fixture.received().len(), 2);
    // What was done on this reader's account stands in its record, also what came later.
    assert_eq!(outcomes(&request), ["1 name, and there are more", "1 name"]);
}

#[tokio::test]
async fn an_old_catalog_is_shown_while_it_is_read_again() {
    let fixture = Fixture::start().await;
    let slow = Duration::from_millis(50);
    fixture.in_turn(
        CATALOG,
        vec![Reply::json(r#"{"repositories":["a"]}"#), Reply::json(r#"{"repositories":["b"]}"#).after(slow)],
    );
    let mut settings = settings(fixture.url());
    settings.limits.catalog_ttl = Duration::ZERO;
    let client = client_with(settings);
    client.catalog(&Request::new()).await.unwrap();
    let old = client.catalog(&Request::new()).await.unwrap();
    assert_eq!((texts(&old).as_slice(), old.reading), (&["a".to_owned()][..], true));
    assert_eq!(texts(&eventually(&client, |listing| listing.names[0].as_str() == "b").await), ["b"]);
}

#[tokio::test]
async fn an_old_catalog_outlives_a_failure_and_says_why_it_is_old() {
    let fixture = Fixture::start().await;
    fixture.in_turn(CATALOG, vec![Reply::json(r#"{"repositories":["a"]}"#), Reply::error(400, "X", "y")]);
    let mut settings = settings(fixture.url());
    settings.limits.catalog_ttl = Duration::ZERO;
    let client = client_with(settings);
    client.catalog(&Request::new()).await.unwrap();
    let old = eventually(&client, |listing| listing.stopped.is_some()).await;
    assert_eq!(texts(&old), ["a"]);
}

#[tokio::test]
async fn the_deadline_shows_what_is_known_of_the_tags() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == TAGS).then(|| match received.query.as_str() {
            "" => Reply::json(r#"{"tags":["a"]}"#).header("link", "</v2/app/web/tags/list?last=a>; rel=\"next\""),
            _ => Reply::json(r#"{"tags":["b"]}"#).after(Duration::from_secs(3)),
        })
    });
    let client = client(&fixture);
    let part = client.tags(&Request::new().within(Duration::from_secs(1)), &repository()).await.unwrap();
    assert_eq!((texts(&part).as_slice(), part.complete, part.reading), (&["a".to_owned()][..], false, true));
    let whole = client.tags(&Request::new(), &repository()).await.unwrap();
    assert_eq!((texts(&whole).as_slice(), whole.complete), (&["a".to_owned(), "b".to_owned()][..], true));
    assert_eq!(fixture.received().len(), 2);
}

#[tokio::test]
async fn the_deadline_before_the_first_page_is_an_error() {
    let fixture = Fixture::start().await;
    fixture.on(TAGS, Reply::json(r#"{"tags":["a"]}"#).after(Duration::from_secs(2)));
    let client = client(&fixture);
    let error = client.tags(&Request::new().within(Duration::from_millis(100)), &repository()).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
    assert!(client.tags(&Request::new(), &repository()).await.is_ok());
    assert_eq!(fixture.received().len(), 1);
}

/// All twenty were read at the same time, and each kept its names while it waited: sixty lists of 90,000 names held 2.1 GB.
#[tokio::test]
async fn lists_that_are_made_to_wait_do_not_pile_up() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        let waiting = Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", "2");
        let first = Reply::json(r#"{"tags":["a"]}"#).header("link", "<?last=a>; rel=\"next\"");
        received.path.ends_with("/tags/list").then(|| match received.query.as_str() {
            "" => first,
            _ if received.earlier == 1 => waiting,
            _ => Reply::json(r#"{"tags":["b"]}"#),
        })
    });
    let client = client(&fixture);
    let read = |patience: Duration| {
        futures::future::join_all((0..20).map(|number| {
            let client = client.clone();
            let repository = format!("app/r{number}").parse().unwrap();
            async move { client.tags(&Request::new().within(patience), &repository).await }
        }))
    };
    let early = read(Duration::from_millis(1_200)).await;
    assert_eq!(early.iter().filter(|listing| listing.is_ok()).count(), 8);
    assert!(early.iter().flatten().all(|listing| listing.reading));
    assert!(early.iter().all(|listing| matches!(listing, Ok(_) | Err(Error::Deadline { .. }))));
    let late = read(Duration::from_secs(30)).await;
    assert!(late.into_iter().all(|listing| listing.unwrap().complete));
}

/// Fails when walks wait without a bound: a client that opened ever new pages at a registry that hangs left a task for each.
/// Fails too when a walk that was refused stays in the way of the next one.
#[tokio::test]
async fn walks_that_find_no_place_to_wait_in_are_refused() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::json(r#"{"tags":["a"]}"#).after(Duration::from_secs(1))));
    let mut settings = settings(fixture.url());
    settings.limits.queue = 4;
    let client = client_with(settings);
    let read = async |number: usize, patience: Duration| {
        let repository = format!("app/r{number}").parse().unwrap();
        client.tags(&Request::new().within(patience), &repository).await
    };
    let early = futures::future::join_all((0..16).map(|number| read(number, Duration::from_millis(300)))).await;
    let is_refused = |listing: &Result<_, Error>| {
        let refused = matches!(listing, Err(Error::Timeout { phase: Phase::Queue, .. }));
        assert!(refused || matches!(listing, Err(Error::Deadline { .. })), "{:?}", listing.as_ref().err());
        refused
    };
    let refused: Vec<_> = early.iter().map(is_refused).collect();
    assert_eq!(refused.iter().filter(|refused| **refused).count(), 4);
    let (later, others): (Vec<_>, Vec<_>) = (0..16).partition(|number| refused[*number]);
    for number in others.into_iter().chain(later) {
        assert!(read(number, Duration::from_secs(30)).await.unwrap().complete, "{number}");
    }
}

#[tokio::test]
async fn a_later_page_that_fails_leaves_what_was_read() {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == TAGS).then(|| match received.query.as_str() {
            "" => Reply::json(r#"{"tags":["a"]}"#).header("link", "</v2/app/web/tags/list?last=a>; rel=\"next\""),
            _ => Reply::error(404, "NAME_UNKNOWN", "zot says so"),
        })
    });
    let listing = client(&fixture).tags(&Request::new(), &repository()).await.unwrap();
    assert_eq!((texts(&listing).as_slice(), listing.complete), (&["a".to_owned()][..], false));
    assert!(matches!(listing.stopped, Some(Error::NotFound { .. })), "{:?}", listing.stopped);
}

#[tokio::test]
async fn a_page_may_not_be_larger_than_its_limits() {
    let fixture = Fixture::start().await;
    let names: Vec<_> = (0..100).map(|number| format!("\"t{number}\"")).collect();
    fixture.on(TAGS, Reply::json(format!("{{\"tags\":[{}]}}", names.join(","))));
    let mut few = settings(fixture.url());
    few.limits.list_page_names = 10;
    let listing = client_with(few).tags(&Request::new(), &repository()).await.unwrap();
    assert_eq!((listing.names.len(), listing.complete), (10, false));
    assert_eq!(listing.truncated, Some(Truncation::PageNames(10)));
    let mut short = settings(fixture.url());
    short.limits.list_page_bytes = 100;
    let error = client_with(short).tags(&Request::new(), &repository()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100, .. }), "{error:?}");
}

#[tokio::test]
async fn a_list_that_is_too_large_at_once_is_asked_for_in_pages() {
    let fixture = Fixture::start().await;
    let all: Vec<_> = (0..100).map(|number| format!("\"t{number}\"")).collect();
    fixture.script(move |received| {
        (received.path == TAGS).then(|| match received.query.as_str() {
            "" => Reply::json(format!("{{\"tags\":[{}]}}", all.join(","))),
            "n=1000" => Reply::json(r#"{"tags":["t0","t1"]}"#).header("link", "<?n=1000&last=t1>; rel=\"next\""),
            _ => Reply::json(r#"{"tags":["t2"]}"#),
        })
    });
    let mut short = settings(fixture.url());
    short.limits.list_page_bytes = 100;
    let listing = client_with(short).tags(&Request::new(), &repository()).await.unwrap();
    assert_eq!((texts(&listing).len(), listing.complete, listing.pages), (3, true, 2));
    assert_eq!(fixture.received().len(), 3);
}
