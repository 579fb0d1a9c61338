//! Which path of the host is answered, and by what.

use axum::body::Body;
use axum::http::{Request, header};

use crate::BASE;
use crate::sites::{SITES, get, send};

#[test]
fn what_lies_outside_is_not_found() {
    for target in [
        "/",
        "/base/linux",
        "/tools",
        "/tools/",
        "/tools/strata2/",
        "/-/api/registries",
        "/favicon.ico",
        "//tools/strata/",
    ] {
        let answer = get(&SITES.one, target);
        assert_eq!(answer.status.as_u16(), 404, "{target}");
        assert!(
            answer.text.starts_with(&format!("There is nothing here. Strata is served below {BASE}/.")),
            "{target}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{target}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
    }
}

/// Who watches over the process asks it directly and knows of no base path.
#[test]
fn what_a_supervisor_asks_is_answered_at_both_roots() {
    for (target, said) in [("/-/health/live", "live\n"), ("/-/health/ready", "ready\n"), ("/-/metrics", "# HELP ")] {
        for base in ["", BASE] {
            let answer = get(&SITES.one, &format!("{base}{target}"));
            assert_eq!(answer.status.as_u16(), 200, "{base}{target}");
            assert!(answer.text.starts_with(said), "{base}{target}: {}", answer.text);
        }
    }
    for target in ["/-/health/", "/-/health/other"] {
        assert_eq!(get(&SITES.one, target).status.as_u16(), 404, "{target}");
    }
}

#[test]
fn the_base_path_alone_leads_to_the_first_page() {
    for (target, location) in
        [(BASE.to_owned(), format!("{BASE}/")), (format!("{BASE}?filter=a"), format!("{BASE}/?filter=a"))]
    {
        let answer = get(&SITES.one, &target);
        assert_eq!((answer.status.as_u16(), answer.header("location")), (307, location.as_str()), "{target}");
    }
}

#[test]
fn redirects_stay_within() {
    for (site, target, location) in [
        (&SITES.one, "/-/search?q=payments/api:1.10.1", "/payments/api:1.10.1"),
        (&SITES.one, "/-/search?q=/payments/api:1.10.1", "/payments/api:1.10.1"),
        (&SITES.one, "/-/search?q=/tools/strata/payments/api:1.10.1", "/payments/api:1.10.1"),
        (&SITES.one, "/-/search?q=api", "/?filter=api"),
        (
            &SITES.one,
            "/-/compare?in=payments/api&select=1.10.1&select=1.10.0",
            "/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1",
        ),
        (&SITES.two, "/second", "/second/"),
        (&SITES.two, "/second?filter=a", "/second/?filter=a"),
    ] {
        let answer = get(site, &format!("{BASE}{target}"));
        assert!(answer.status.is_redirection(), "{target}: {}", answer.status);
        assert_eq!(answer.header("location"), format!("{BASE}{location}"), "{target}");
    }
}

#[test]
fn pasted_links_are_known_by_their_base_path() {
    for (link, known) in [
        ("https://site.example/tools/strata/second/base/linux:latest?platform=linux/arm64", true),
        ("https://site.example/tools/strata/", true),
        ("https://site.example/tools/strata", true),
        ("https://site.example/second/base/linux:latest", false),
        ("https://site.example/tools/strata2/base/linux:latest", false),
        ("https://other.example/tools/strata/second/base/linux:latest", false),
    ] {
        let answer = get(&SITES.two, &format!("{BASE}/-/search?q={}", link.replace('?', "%3F")));
        assert_eq!(answer.status.as_u16() == 302, known, "{link}");
        if known {
            let path = link.strip_prefix("https://site.example").unwrap();
            assert!(answer.header("location").starts_with(path), "{link}: {}", answer.header("location"));
        }
    }
}

#[test]
fn server_functions_and_assets_are_below_it() {
    let ask = |path: &str| {
        let body = Body::from(r#"{"repository":"base/linux","tags":["latest"]}"#);
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .unwrap();
        send(&SITES.one, request)
    };
    let answer = ask(&format!("{BASE}/-/fn/fill_tags"));
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert_eq!(ask("/-/fn/fill_tags").status.as_u16(), 404);
    assert_eq!(get(&SITES.one, &format!("{BASE}/favicon.ico")).status.as_u16(), 200);
    let robots = get(&SITES.one, &format!("{BASE}/robots.txt")).text;
    assert_eq!(
        robots,
        format!(
            "User-agent: *\nDisallow: {BASE}/-/\nDisallow: {BASE}/*/-/files\nDisallow: {BASE}/*/-/layer\nAllow: {BASE}/-/compare\n"
        )
    );
    // What the browser's half goes by.
    let page = get(&SITES.one, &format!("{BASE}/")).text;
    assert!(page.contains(&format!("<html lang=\"en\" data-base=\"{BASE}\"")), "{page}");
}

#[test]
fn links_of_the_api_are_below_it() {
    let answer = get(&SITES.one, &format!("{BASE}/-/api/image/base/linux:latest"));
    let json: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    let link = json["content"]["permalink"].as_str().or(json["permalink"].as_str()).unwrap();
    assert!(link.starts_with(&format!("{BASE}/base/linux@sha256:")), "{link}");
    assert_eq!(get(&SITES.one, link).status.as_u16(), 200);
}

#[test]
fn errors_of_the_api_are_json_and_other_methods_are_405() {
    let answer = get(&SITES.one, &format!("{BASE}/-/api/nothing"));
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (404, "application/json"));
    // What they name is below it, too.
    assert!(answer.text.contains(&format!(" {BASE}/-/api lists ")), "{}", answer.text);
    let answer = get(&SITES.one, &format!("{BASE}/-/api/image/base/linux:latest?view=files"));
    assert!(answer.text.contains(&format!(" {BASE}/-/api/referrers ")), "{}", answer.text);
    let request = Request::post(format!("{BASE}/-/api/registries")).header(header::HOST, "localhost");
    let answer = send(&SITES.one, request.body(Body::empty()).unwrap());
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (405, "application/json"));
    let request = Request::get(format!("{BASE}/-/api/registries")).header(header::HOST, "evil.example");
    let answer = send(&SITES.one, request.body(Body::empty()).unwrap());
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (421, "application/json"));
}
