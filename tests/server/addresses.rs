//! Which address is answered, and with which status (threats T-11, T-12).

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};

use crate::support::{SITES, get, request, send};

#[test]
fn addresses_have_true_statuses() {
    for (target, status) in [
        ("/", 200),
        ("/base/linux", 200),
        ("/lab/manifests/tags/list", 200),
        ("/nothing/here", 404),
        ("/base/linux:nothing", 404),
        ("/-/nothing", 404),
        ("/base/linux:latest/-/nothing", 404),
        ("/-/assets/other/strata.js", 404),
        ("/-/registry", 200),
        ("/-/api", 200),
        ("/favicon.ico", 200),
        ("/robots.txt", 200),
    ] {
        assert_eq!(get(target).status.as_u16(), status, "{target}");
    }
}

#[test]
fn bad_paths_are_400_and_a_page() {
    for target in [
        "/a%ff",
        "/%ff%fe",
        "/a%2Fb",
        "/a%2f..%2fb",
        "/a%5Cb",
        "/a\\b",
        "/a%25b",
        "/a%00",
        "/a%0d%0aX:%20y",
        "/a%zz",
        "/a%",
        "/A",
        "/a//b",
        "//a",
        "/a/b/",
        "/a/../b",
        "/../a",
        "/a/%2e%2e/b",
        "/a/./b",
        "/a:.x",
        "/a:1/2",
        "/a@sha256:abc",
        "/a@b@c",
    ] {
        let answer = get(target);
        assert_eq!(answer.status.as_u16(), 400, "{target}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{target}");
        assert!(answer.text().contains("<h1"), "{target}");
    }
}

#[test]
fn bad_path_asks_the_registry_nothing() {
    // A dead registry would make it a 502.
    for target in ["/a%ff", "/a/../b", "/A"] {
        assert_eq!(send(&SITES.dead, request("GET", target)).status.as_u16(), 400, "{target}");
    }
    assert_eq!(send(&SITES.dead, request("GET", "/base/linux")).status.as_u16(), 502);
}

#[test]
fn other_methods_are_405_with_the_allowed_ones() {
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        for target in ["/", "/base/linux", "/favicon.ico"] {
            let answer = send(&SITES.one, request(method, target));
            assert_eq!(answer.status.as_u16(), 405, "{method} {target}");
            assert!(answer.header("allow").contains("GET"), "{method} {target}");
        }
        let answer = send(&SITES.one, request(method, "/-/api/registries"));
        let (status, code, _) = answer.error();
        assert_eq!((status, code.as_str()), (405, "method_not_allowed"), "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD", "{method}");
    }
}

#[test]
fn head_is_get_without_a_body() {
    for target in ["/", "/-/api/registries", "/nothing/here"] {
        let head = send(&SITES.one, request("HEAD", target));
        assert_eq!(head.status, get(target).status, "{target}");
        assert!(head.body.is_empty(), "{target}");
        let length = head.header("content-length");
        assert!(length.is_empty() || length == get(target).header("content-length"), "{target}: {length}");
    }
}

#[test]
fn name_of_a_registry_leads_to_its_list() {
    let answer = send(&SITES.two, request("GET", "/second?filter=base/"));
    assert_eq!(answer.status.as_u16(), 307);
    assert_eq!(answer.header("location"), "/second/?filter=base/");
    // The only registry's name is accepted too, unless a repository is called so.
    let registries = get("/-/api/registries").json();
    let name = registries["registries"][0]["name"].as_str().unwrap();
    let answer = get(&format!("/{name}"));
    assert_eq!((answer.status.as_u16(), answer.header("location")), (307, format!("/{name}/").as_str()));
    assert_eq!(get(&format!("/{name}/")).status.as_u16(), 200);
    assert_eq!(get("/none").status.as_u16(), 404);
    assert_eq!(send(&SITES.two, request("GET", "/second/")).status.as_u16(), 200);
    assert_eq!(send(&SITES.two, request("GET", "/second/base/linux")).status.as_u16(), 200);
    assert_eq!(send(&SITES.two, request("GET", "/third/")).status.as_u16(), 404);
    // With one registry its name is a repository like any other.
    assert_ne!(get("/first").status.as_u16(), 307);
}

#[test]
fn overlong_address_is_414() {
    let answer = get(&format!("/-/search?q={}", "x".repeat(20_000)));
    assert_eq!(answer.status.as_u16(), 414);
    let answer = get(&format!("/-/api/repositories?filter={}", "x".repeat(20_000)));
    assert_eq!(answer.error().0, 414);
}

fn function(body: &str) -> axum::http::Request<Body> {
    let mut asked = request("POST", "/-/fn/fill_tags");
    asked.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *asked.body_mut() = Body::from(body.to_owned());
    asked
}

#[test]
fn server_function_answers_this_site_only() {
    let body = r#"{"repository":"base/linux","tags":["latest"]}"#;
    for (site, status) in [(None, 200), (Some("same-origin"), 200), (Some("none"), 200), (Some("cross-site"), 403)] {
        let mut asked = function(body);
        if let Some(site) = site {
            asked.headers_mut().insert("sec-fetch-site", HeaderValue::from_static(site));
        }
        assert_eq!(send(&SITES.one, asked).status.as_u16(), status, "{site:?}");
    }
}

#[test]
fn server_function_never_redirects_to_a_referer() {
    let mut asked = function(r#"{"repository":"base/linux","tags":["latest"]}"#);
    asked.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    asked.headers_mut().insert(header::REFERER, HeaderValue::from_static("https://evil.example/"));
    let answer = send(&SITES.one, asked);
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("location"), "");
}

#[test]
fn body_over_the_limit_is_413() {
    let answer = send(&SITES.small, function(&"x".repeat(1025)));
    assert_eq!(answer.status.as_u16(), 413);
    assert!(answer.text().contains("1024 bytes"), "{}", answer.text());
}

#[test]
fn server_function_with_nonsense_is_an_error_and_no_failure_of_ours() {
    for body in ["", "{}", "[1", r#"{"repository":"A","tags":[]}"#] {
        let answer = send(&SITES.one, function(body));
        assert_eq!(answer.status.as_u16(), 400, "{body}: {}", answer.text());
        assert!(!answer.text().contains("panick"), "{}", answer.text());
    }
    assert_eq!(send(&SITES.one, request("GET", "/-/fn/nothing")).status.as_u16(), 404);
    assert_eq!(Method::POST, function("").method());
}

#[test]
fn redirects_are_redirects_for_every_program() {
    for (target, location) in [
        ("/-/search?q=payments/api:1.10.1", "/payments/api:1.10.1"),
        ("/-/compare?in=payments/api&select=1.10.1&select=1.10.0", "/-/compare?from=payments/api:"),
    ] {
        for accepted in ["*/*", "text/html", "application/json", ""] {
            let mut asked = request("GET", target);
            asked.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accepted));
            let answer = send(&SITES.one, asked);
            assert_eq!(answer.status, StatusCode::FOUND, "{target} {accepted}");
            assert!(answer.header("location").starts_with(location), "{target}: {}", answer.header("location"));
        }
    }
}
