//! A registry that takes its time, or never answers.

use std::time::Duration;

use axum::http::{HeaderMap, Method};

use super::fault::{Fault, put_image};
use super::site::{SITE, get};
use super::support::Reply;

#[test]
fn each_wait_of_a_page_has_its_limit() {
    let slow = SITE.registry("slow");
    let hour = Duration::from_hours(1);
    for (repository, reply, phase) in [
        ("slow/head", Reply::ok("{}").after(hour), "gave up: no answer"),
        ("slow/stalled", Reply::ok("{").stalled(), "gave up: the answer stopped in the middle"),
        (
            "slow/body",
            Reply::ok("x".repeat(10_000)).slowly(Duration::from_millis(50)),
            "gave up: the answer did not end",
        ),
    ] {
        let request = format!("/v2/{repository}/manifests/1");
        slow.on(&request, reply);
        let page = format!("{repository}:1");
        let says = [phase, "Check that the registry runs"];
        Fault {
            registry: "slow",
            page: &page,
            api: "/-/api/image/",
            status: 504,
            code: "timeout",
            heading: "The registry did not answer in time",
            request: &request,
            says: &says,
        }
        .check();
    }
}

#[test]
fn a_page_that_had_to_wait_has_its_description_all_the_same() {
    let documents = SITE.registry("documents");
    let manifest = r#"{"schemaVersion":2,"artifactType":"application/x-note","layers":[]}"#;
    let reply = Reply::ok(manifest).header("content-type", "application/vnd.oci.image.manifest.v1+json");
    for number in 0..12 {
        let path = format!("/v2/waited/for{number}/manifests/1");
        documents.on(&path, reply.clone().after(Duration::from_millis(20)));
        let page = get(&format!("/documents/waited/for{number}:1"));
        assert_eq!(page.status, 200);
        let html = std::str::from_utf8(&page.body).unwrap();
        for meta in ["<meta name=\"description\" content=\"", "<meta property=\"og:title\" content=\""] {
            assert!(html.contains(meta), "{number}: {meta} is missing");
        }
    }
}

#[test]
fn nobody_waits_for_a_registry_that_holds_its_answers_back() {
    let held = SITE.registry("held");
    held.script(|received| {
        received.path.starts_with("/v2/held/").then(|| Reply::ok("{}").after(Duration::from_hours(1)))
    });
    put_image(SITE.registry("good"), "app/other", "1.0");
    SITE.runtime.block_on(async {
        // More pages than requests to one registry at the same time, so that others wait for their turn.
        let waiting: Vec<_> = (0..20)
            .map(|number| tokio::spawn(async move { SITE.get_patiently(&format!("/held/held/app:{number}")).await }))
            .collect();
        while held.most_active() < 8 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Those pages wait for ten minutes: whatever answers now did not wait for them.
        for target in ["/good/app/other:1.0", "/good/app/other", "/-/api/image/good/app/other:1.0", "/-/api"] {
            assert_eq!(SITE.get_patiently(target).await.status, 200, "{target}");
        }
        assert!(waiting.iter().all(|page| !page.is_finished()));
        assert_eq!(held.most_active(), 8);
        for page in waiting {
            page.abort();
        }
    });
}

#[test]
fn a_page_that_passes_by_the_caches_ends_although_the_registry_is_slower_than_it_waits() {
    let good = SITE.registry("good");
    put_image(good, "slow/app", "1.0");
    let delayed = "/v2/slow/app/manifests/1.0";
    let document = good.content(|content| content.answer(&Method::GET, delayed, "", &HeaderMap::new()));
    good.on(delayed, document.after(Duration::from_millis(400)));
    SITE.runtime.block_on(async {
        let page = SITE.get_hurriedly("/good/slow/app:1.0?refresh=1&platform=linux/amd64").await;
        assert_eq!((page.status, page.header("refresh")), (504, "2; url=/good/slow/app:1.0?platform=linux/amd64"));
        // As a browser does it, but without the wait.
        let again = page.header("refresh").split_once("url=").unwrap().1.to_owned();
        while SITE.get_hurriedly(&again).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}
