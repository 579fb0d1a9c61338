//! The page that compares two images, as HTML.

use axum::http::StatusCode;

use crate::support::{Answer, SITES, digest_of, get, request, send};

/// The page of a comparison, which is there.
fn page(query: &str) -> String {
    whole(&get(&format!("/-/compare?{query}")), query)
}

fn whole(answer: &Answer, query: &str) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
    // The framework marks where its texts end.
    answer.text().replace("<!>", "").replace("<!--<() />-->", "")
}

fn has(html: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(html.contains(wanted), "{wanted:?} is missing in {html}");
    }
}

fn has_not(html: &str, unwanted: &[&str]) {
    for unwanted in unwanted {
        assert!(!html.contains(unwanted), "{unwanted:?} stands in {html}");
    }
}

/// How often something stands in the page.
fn count(html: &str, wanted: &str) -> usize {
    html.matches(wanted).count()
}

#[test]
fn two_versions_stand_side_by_side() {
    let html = page("from=payments/api:1.10.0&to=payments/api:1.10.1");
    has(
        &html,
        &[
            "<title>Compare payments/api 1.10.0 with 1.10.1 · Strata</title>",
            "to pull, 9 of 10 layers shared.",
            "To pull, having 1.10.0",
            "9 layers are already there",
            "The build cache ends here: ",
            "href=\"/-/compare?from=payments/api:1.10.1&amp;to=payments/api:1.10.0\"",
            "href=\"/-/compare?from=payments/api:1.10.0&amp;to=payments/api:1.10.1&amp;view=config\"",
            "Copy pinned link",
        ],
    );
    // Nine rows that are equal, one that is not, each with words for who does not see the sign.
    assert_eq!(count(&html, "<li class=\"pair once\">"), 9);
    assert_eq!(count(&html, "pcell old"), 1);
    assert_eq!(count(&html, "pcell new"), 1);
    has(&html, &["another layer", "the same layer"]);
    has_not(&html, &["style=\"", "These are the same image", "Not in "]);
    // Breadcrumbs lead to the repository of both.
    has(&html, &["<a href=\"/payments/api\">api</a>"]);
}

#[test]
fn digests_lead_to_pages_and_rows_that_are_there() {
    let html = page("from=payments/api:1.10.0&to=payments/api:1.10.1");
    let index = digest_of("payments/api:1.10.1");
    has(&html, &[&format!("href=\"/payments/api@{index}?platform=linux/amd64\"")]);
    let links: Vec<_> = html
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter_map(|href| href.split_once('#'))
        .filter(|(path, _)| path.starts_with("/payments/api@"))
        .collect();
    assert_eq!(links.len(), 20);
    for (path, anchor) in [links.first().unwrap(), links.last().unwrap()] {
        let image = whole(&get(path), path);
        has(&image, &[&format!("id=\"{anchor}\"")]);
    }
}

#[test]
fn the_link_to_keep_leads_to_the_same_comparison() {
    let (from, to) = (digest_of("payments/api:1.9.0"), digest_of("payments/api:1.10.1"));
    let pinned = format!("from=payments/api@{from}&to=payments/api@{to}&platform=linux/amd64");
    let by_tag = page("from=payments/api:1.9.0&to=payments/api:1.10.1");
    let by_digest = page(&pinned);
    let digests = |html: &str| -> Vec<String> {
        html.split("data-digest=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    assert_eq!(digests(&by_tag), digests(&by_digest));
    has(&by_digest, &[&format!("Compare payments/api {} with {}", &from[7..19], &to[7..19])]);
    // Where the site's own address is known, previews lead to the link that stays.
    let target = "/-/compare?from=payments/api:1.9.0&to=payments/api:1.10.1";
    let html = whole(&send(&SITES.small, request("GET", target)), target);
    let address = format!("https://strata.example/-/compare?{}", pinned.replace('&', "&amp;"));
    has(&html, &[&format!("<meta property=\"og:url\" content=\"{address}\"")]);
}

#[test]
fn a_registry_that_does_not_answer_is_502() {
    let answer = send(&SITES.dead, request("GET", "/-/compare?from=a:1&to=a:2"));
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    has(answer.text(), &["the first image of the comparison (from)"]);
}

#[test]
fn the_same_image_is_said_to_be_the_same() {
    let html = page("from=payments/api:latest&to=payments/api:1.10.1");
    has(
        &html,
        &[
            "These are the same image",
            "All layers have the same content",
            "0 <small>B</small>",
            "all layers are already there",
        ],
    );
    has_not(&html, &["pcell old", "pcell new"]);
    let config = page("from=payments/api:latest&to=payments/api:1.10.1&view=config");
    has(&config, &["Both configs say the same.", "Both histories say the same."]);
}

#[test]
fn what_is_only_stored_otherwise_is_told_from_what_differs() {
    let html = page("from=platform/gateway:2.0.0&to=platform/gateway:2.0.0-repacked");
    has(
        &html,
        &[
            "The same content, compressed otherwise",
            "the same content, stored as other bytes",
            "All layers have the same content",
        ],
    );
    has_not(&html, &["pcell old", "pcell new", "These are the same image"]);
}

#[test]
fn images_of_other_repositories_are_called_by_their_names() {
    let html = page("from=payments/worker:latest&to=payments/api:1.10.1");
    has(&html, &["<title>Compare worker:latest with api:1.10.1 · Strata</title>", "To pull, having worker:latest"]);
    let nothing = page("from=base/mini:latest&to=base/linux:latest");
    has(&nothing, &["no layer is there already", "No layer could be reused: the base image changed"]);
}

#[test]
fn layers_of_one_side_are_said_to_be_missing_on_the_other() {
    let html = page("from=base/linux:latest&to=payments/api:1.10.1");
    has(
        &html,
        &["All layers of the first image are reused", "Not in linux:latest", "in the second image only", "break quiet"],
    );
    has_not(&html, &["pcell old"]);
}

#[test]
fn two_registries_are_told_apart() {
    let target = "/-/compare?from=first/payments/api:1.10.0&to=second/payments/api:1.10.0";
    let html = whole(&send(&SITES.two, request("GET", target)), target);
    let host = SITES.registry.to_string();
    has(&html, &[&format!(" · {host}"), "These are the same image"]);
    has(&html, &["href=\"/-/compare?from=second/payments/api:1.10.0&amp;to=first/payments/api:1.10.0\""]);
    has(&html, &["href=\"/first/payments/api@sha256:", "href=\"/second/payments/api@sha256:"]);
}

#[test]
fn a_side_that_fails_is_named_and_the_other_one_kept() {
    for (query, status, words, path) in [
        (
            "from=payments/api:gone&to=payments/api:1.10.1",
            404,
            "the first image of the comparison (from)",
            "/-/compare?to=payments/api:1.10.1",
        ),
        (
            "from=payments/api:1.10.1&to=payments/api:gone",
            404,
            "the second image of the comparison (to)",
            "/-/compare?from=payments/api:1.10.1",
        ),
        (
            "from=payments/api:1.10.1&to=NO",
            400,
            "the second image of the comparison (to)",
            "/-/compare?from=payments/api:1.10.1",
        ),
        (
            "from=payments/api&to=payments/api:1.10.1",
            400,
            "the first image of the comparison (from)",
            "/-/compare?to=payments/api:1.10.1",
        ),
        (
            "from=lab/indexes:empty&to=payments/api:1.10.1",
            400,
            "the first image of the comparison (from)",
            "/-/compare?to=payments/api:1.10.1",
        ),
        (
            "from=payments/api:1.10.1&to=lab/indexes:sparse&to_platform=linux/s390x",
            404,
            "the second image of the comparison (to)",
            "/-/compare?from=payments/api:1.10.1",
        ),
        (
            "from=payments/api:1.10.1&to=payments/api:1.10.0&to_platform=linux/s390x",
            404,
            "the second image of the comparison (to)",
            "/-/compare?from=",
        ),
    ] {
        let answer = get(&format!("/-/compare?{query}"));
        assert_eq!(answer.status.as_u16(), status, "{query}");
        has(answer.text(), &[words, &format!("href=\"{path}"), "<h1"]);
    }
}

#[test]
fn without_both_references_the_page_asks_for_them() {
    for (query, from, to) in [
        ("", "", ""),
        ("?from=payments/api:1.10.1", "payments/api:1.10.1", ""),
        ("?to=%22%3E%3Cb%3E&from=%20", "", "&quot;&gt;&lt;b&gt;"),
    ] {
        let html = whole(&get(&format!("/-/compare{query}")), query);
        has(
            &html,
            &["<title>Compare two images · Strata</title>", "<form", "action=\"/-/compare\"", "<label for=\"from\">"],
        );
        let field = |name: &str| {
            let field = html.split(&format!("<input id=\"{name}\"")).nth(1).unwrap();
            field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        assert_eq!((field("from").as_str(), field("to").as_str()), (from, to), "{query}");
    }
    let html = whole(&send(&SITES.two, request("GET", "/-/compare")), "two registries");
    has(&html, &["first, second"]);
}

#[test]
fn pull_commands_are_understood() {
    let html = page("from=docker%20pull%20payments/api:1.10.0&to=payments/api:1.10.1");
    has(&html, &["<title>Compare payments/api 1.10.0 with 1.10.1 · Strata</title>"]);
}

#[test]
fn platforms_are_chosen_for_both_or_each() {
    let html = page("from=payments/api:1.10.0&to=payments/api:1.10.1&platform=linux/arm64");
    has(
        &html,
        &[
            "aria-label=\"Platform of both sides\"",
            "href=\"/-/compare?from=payments/api:1.10.0&amp;to=payments/api:1.10.1&amp;platform=linux/amd64\"",
            "&amp;from_platform=linux/amd64&amp;to_platform=linux/arm64/v8\"",
        ],
    );
    has_not(&html, &["on this side only", "<details open class=\"eachside fold\""]);
    let other = page("from=base/linux:latest&to=payments/api:1.10.1");
    has(&other, &["linux/arm/v7, on this side only", "<details open class=\"eachside fold\""]);
    let each =
        page("from=payments/api:1.10.1&to=payments/api:1.10.1&from_platform=linux/arm64&to_platform=linux/amd64");
    has(
        &each,
        &[
            "Compare payments/api 1.10.1 linux/arm64/v8 with 1.10.1 linux/amd64",
            "<details open class=\"eachside fold\"",
        ],
    );
}

#[test]
fn configs_are_compared_member_by_member() {
    let html = page("from=payments/api:1.10.0&to=payments/api:1.10.1&view=config");
    has(
        &html,
        &[
            "class=\"table changes\"",
            "DEPLOY_TOKEN",
            "looks like a secret",
            "<details class=\"secret\">",
            "ENV DEPLOY_TOKEN=</bdi><details class=\"secret",
            "not set",
            "removed",
            "changed",
            "<ol class=\"diff\">",
            " equal lines",
            "only in 1.10.1: ",
        ],
    );
    has_not(&html, &["class=\"pair"]);
}

#[test]
fn what_has_no_config_is_compared_by_its_layers() {
    let html = page("from=platform/charts/gateway:2.0.0&to=platform/charts/gateway:2.1.0");
    has(&html, &["is no container image", "could not be compared", "class=\"pair"]);
    let config = page("from=platform/charts/gateway:2.0.0&to=platform/charts/gateway:2.1.0&view=config");
    has(&config, &["The configs could not be compared"]);
    let broken = "/-/compare?from=broken/config:1&to=many/layers:1";
    let html = whole(&send(&SITES.odd, request("GET", broken)), broken);
    has(&html, &["The config of broken/config:1 cannot be read", "No step is known for this layer"]);
}

#[test]
fn very_many_layers_are_shown_in_parts() {
    let at = |rows: &str| {
        let target = format!("/-/compare?from=many/layers:1&to=many/layers:2{rows}");
        whole(&send(&SITES.odd, request("GET", &target)), &target)
    };
    let first = at("");
    assert_eq!(count(&first, "<li class=\"pair"), 100);
    has(&first, &["250 rows, lowest first; 1 differs", "See row 121", "&amp;rows=100\"", "1–100 of 250"]);
    has_not(&first, &["<li class=\"break"]);
    let second = at("&rows=100");
    has(&second, &["<li class=\"break\">The build cache ends here", "101–200 of 250", "&amp;rows=200\""]);
    // The row of a layer is on another page of its image.
    has(&at("&rows=200"), &["?steps=200#sha256-"]);
    assert_eq!(count(&at("&rows=200"), "<li class=\"pair"), 50);
    let huge = "/-/compare?from=many/layers:3&to=many/layers:4";
    has(&whole(&send(&SITES.odd, request("GET", huge)), huge), &["Paired by position"]);
}

#[test]
fn what_a_registry_sends_is_text() {
    for view in ["layers", "config"] {
        let html = page(&format!("from=lab/hostile:labels&to=base/mini:latest&view={view}"));
        has_not(&html, &["<script>alert", "<img src=x", "\u{202e}", "href=\"javascript:"]);
    }
    let long = page("from=lab/images:sixty-layers&to=lab/images:no-layers");
    has(&long, &["All layers are those of the first image, which has 61 more layers on top"]);
}
