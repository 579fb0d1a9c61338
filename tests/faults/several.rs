//! Several registries at once: what one of them does is felt by no other.

use std::time::Duration;

use super::fault::put_image;
use super::site::SITE;
use super::support::Reply;

/// More pages than a registry is asked at the same time, so that its queue has people in it as well.
const WAITING: usize = 20;
/// Requests to one registry at the same time, unless the settings say otherwise.
const PLACES: usize = 8;

#[test]
fn pages_of_a_sound_registry_are_answered_while_another_hangs_and_a_third_is_dead() {
    let hanging = SITE.registry("hanging");
    let good = SITE.registry("good");
    hanging.script(|_| Some(Reply::ok("{}").after(Duration::from_hours(1))));
    put_image(good, "several/app", "1");
    SITE.runtime.block_on(async {
        let waiting: Vec<_> = (0..WAITING)
            .map(|number| {
                let target = format!("/hanging/several/r{number}:1");
                tokio::spawn(async move { SITE.get_patiently(&target).await.status })
            })
            .collect();
        while hanging.received().len() < PLACES {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(SITE.get_patiently("/dead/several/app:1").await.status, 502);
        for target in [
            "/good/",
            "/good/several/app",
            "/good/several/app:1",
            "/good/several/app:1/-/raw",
            "/-/registry?registry=good",
            "/-/api/tags/good/several/app",
            "/-/api/repositories?registry=good",
            "/-/api/registries",
            "/-/compare?from=good/several/app:1&to=good/several/app:1",
            "/",
        ] {
            let answer = SITE.get_patiently(target).await;
            assert_eq!(answer.status, 200, "{target}");
        }
        // All that time the others waited, and no more was asked of their registry than it is asked at once.
        assert!(waiting.iter().all(|page| !page.is_finished()));
        assert_eq!((hanging.received().len(), hanging.most_active()), (PLACES, PLACES));
        for page in waiting {
            page.abort();
        }
    });
}

/// Everything but the answers of the registry itself stands there, and what went wrong.
#[test]
fn a_dead_registry_has_a_whole_page_about_itself() {
    SITE.runtime.block_on(async {
        let page = SITE.get("/-/registry?registry=dead").await;
        assert_eq!(page.status, 502);
        page.says(&[
            "The registry cannot be reached",
            "What the system says",
            "called dead in its settings",
            "Main limits",
            "Longest manifest or index",
            "Manifests, configs and other blobs, by digest",
            "Not known yet",
        ]);
        let page = SITE.get("/-/registry?registry=good").await;
        assert_eq!(page.status, 200);
        page.says(&[
            "called good in its settings",
            "What its answers have shown",
            "GET http://",
            "/v2/_oci/ext/discover",
        ]);
    });
}

/// Nothing is asked for the list of registries, and what pages have learned stands in it.
#[test]
fn the_list_of_registries_says_what_is_known() {
    SITE.runtime.block_on(async {
        put_image(SITE.registry("good"), "several/known", "1");
        SITE.get("/good/several/known").await;
        let before = SITE.registry("locked").received().len();
        let answer = SITE.get("/-/api/registries").await.json();
        let registry = |name: &str| {
            let registries = answer["registries"].as_array().unwrap();
            registries.iter().find(|registry| registry["name"] == name).unwrap().clone()
        };
        let capability = |name: &str, capability: &str| {
            let registry = registry(name);
            let all = registry["capabilities"].as_array().unwrap();
            all.iter().find(|known| known["name"] == capability).unwrap().clone()
        };
        let tags = capability("good", "tag_lists");
        assert_eq!(tags["known"], true);
        assert_eq!(tags["evidence"]["statuses"][0], 200);
        assert!(tags["evidence"]["url"].as_str().unwrap().contains("/tags/list"), "{tags}");
        assert_eq!(capability("dead", "catalog")["known"], false);
        assert_eq!(SITE.registry("locked").received().len(), before);
    });
}
