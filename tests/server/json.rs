//! The JSON API on the sample registry.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::support::{SITES, get, request, send};

/// The document, with what differs from run to run replaced.
fn stable(target: &str) -> Value {
    let answer = get(target);
    assert_eq!(answer.status.as_u16(), 200, "{target}: {}", answer.text());
    let port = SITES.registry.port().to_string();
    let text = answer.text().replace(&port, "PORT");
    let mut document: Value = serde_json::from_str(&text).unwrap();
    if let Some(read_at) = document.get_mut("read_at") {
        assert!(read_at.as_str().is_some_and(|date| date.ends_with('Z') && date.len() == 20), "{read_at}");
        *read_at = json!("DATE");
    }
    document
}

#[test]
fn registries_are_listed() {
    let mut document = stable("/-/api/registries");
    // What is known depends on what other tests have asked for.
    let known = document["registries"][0]["capabilities"].take();
    let names: Vec<_> = known.as_array().unwrap().iter().map(|known| known["name"].as_str().unwrap()).collect();
    let expected = ["api_version", "authentication", "catalog", "tag_lists", "referrers", "ranges", "extensions"];
    assert_eq!(names[..7], expected);
    document["registries"][0].as_object_mut().unwrap().remove("capabilities");
    assert_json_snapshot!(document);
    let two = send(&SITES.two, request("GET", "/-/api/registries")).json();
    let names: Vec<_> = two["registries"].as_array().unwrap().iter().map(|registry| registry["name"].clone()).collect();
    assert_eq!(names, ["first", "second"]);
}

#[test]
fn repositories_are_listed() {
    assert_json_snapshot!(stable("/-/api/repositories?filter=base/"));
}

#[test]
fn repositories_are_read_page_by_page() {
    let all = stable("/-/api/repositories");
    let all: Vec<&str> = names(&all, "repositories", "name");
    let mut paged: Vec<String> = Vec::new();
    let mut after = String::new();
    for _ in 0..50 {
        let page = stable(&format!("/-/api/repositories?limit=3&after={after}"));
        let rows = names(&page, "repositories", "name");
        assert!(rows.len() <= 3);
        paged.extend(rows.into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_owned();
    }
    assert_eq!(paged, all);
}

#[test]
fn tags_are_listed_in_version_order() {
    assert_json_snapshot!(stable("/-/api/tags/base/linux?filter=12"));
}

#[test]
fn tags_are_read_page_by_page() {
    let all = stable("/-/api/tags/base/linux");
    let all: Vec<&str> = names(&all, "tags", "tag");
    let first = stable("/-/api/tags/base/linux?limit=2");
    let after = first["next"].as_str().unwrap();
    let second = stable(&format!("/-/api/tags/base/linux?limit=1000&after={after}"));
    let mut paged = names(&first, "tags", "tag");
    paged.extend(names(&second, "tags", "tag"));
    assert_eq!(paged, all);
}

fn names<'a>(document: &'a Value, list: &str, name: &str) -> Vec<&'a str> {
    document[list].as_array().unwrap().iter().map(|row| row[name].as_str().unwrap()).collect()
}

#[test]
fn numbers_in_the_query_are_brought_into_range() {
    for (limit, rows) in [("999999999999999999999", 19), ("0", 1), ("-3", 1), ("2&limit=5", 2)] {
        let page = get(&format!("/-/api/repositories?limit={limit}")).json();
        assert_eq!(page["repositories"].as_array().unwrap().len(), rows, "{limit}");
    }
    for limit in ["1.5", "ten", "1e9"] {
        let (status, code, message) = get(&format!("/-/api/repositories?limit={limit}")).error();
        assert_eq!((status, code.as_str()), (400, "invalid_request"), "{limit}");
        assert_eq!(message, "`limit` is a whole number from 1 to 100.");
    }
}

#[test]
fn registry_is_chosen_by_name() {
    let page = |target: &str| send(&SITES.two, request("GET", target));
    assert_eq!(page("/-/api/repositories").json()["registry"]["name"], "first");
    assert_eq!(page("/-/api/repositories?registry=second").json()["registry"]["name"], "second");
    assert_eq!(page("/-/api/tags/second/base/linux").json()["registry"]["name"], "second");
    assert_eq!(page("/-/api/tags/base/linux").json()["registry"]["name"], "first");
    let (status, code, _) = page("/-/api/repositories?registry=169.254.169.254").error();
    assert_eq!((status, code.as_str()), (404, "unknown_registry"));
}

#[test]
fn errors_have_one_shape_and_true_statuses() {
    for (target, status, code) in [
        ("/-/api/nothing", 404, "unknown_page"),
        ("/-/api/", 404, "unknown_page"),
        ("/-/api/tags/nothing/here", 404, "repository_not_found"),
        ("/-/api/tags/base/linux:latest", 400, "invalid_request"),
        ("/-/api/tags/base/linux?sort=colour", 400, "invalid_request"),
        ("/-/api/tags/BASE", 400, "invalid_request"),
        ("/-/api/tags/a%2Fb", 400, "invalid_request"),
        ("/-/api/tags/%ff", 400, "invalid_request"),
        ("/-/api/tags/a/../b", 400, "invalid_request"),
    ] {
        let (found, found_code, message) = get(target).error();
        assert_eq!((found, found_code.as_str()), (status, code), "{target}: {message}");
        assert!(message.ends_with('.'), "{target}: {message}");
    }
}

#[test]
fn error_names_the_request_to_the_registry() {
    let document = get("/-/api/tags/nothing/here").json();
    let asked = &document["error"]["request"]["to_registry"];
    assert_eq!(asked["method"], "GET");
    assert_eq!(asked["url"], format!("http://{}/v2/nothing/here/tags/list", SITES.registry));
    assert_eq!(asked["statuses"], json!([404]));
}

#[test]
fn dead_registry_is_502() {
    for target in ["/-/api/repositories", "/-/api/tags/base/linux", "/-/api/raw/base/linux:latest"] {
        let answer = send(&SITES.dead, request("GET", target));
        let (status, code, _) = answer.error();
        assert_eq!((status, code.as_str()), (502, "unreachable"), "{target}");
    }
}

#[test]
fn image_is_described() {
    let mut document = stable("/-/api/image/base/linux:latest");
    // The steps are the anatomy's own business and have their own tests.
    document["content"] = document["content"]["type"].take();
    assert_json_snapshot!(document);
    for (view, kind) in [("layers", "layers"), ("config", "config"), ("raw", "raw")] {
        let document = get(&format!("/-/api/image/base/linux:latest?view={view}&platform=linux/arm64/v8")).json();
        assert_eq!(document["content"]["type"], kind);
    }
    let document = get("/-/api/image/base/linux:latest?as=dockerfile").json();
    let text = document["content"]["value"]["dockerfile"].as_str();
    assert!(text.is_some_and(|text| text.contains("FROM") || text.contains("CMD")), "{document}");
    for (target, status, code) in [
        ("/-/api/image/base/linux:latest?as=html", 400, "invalid_request"),
        ("/-/api/image/base/linux", 400, "invalid_request"),
        ("/-/api/image/base/linux:latest?view=files", 400, "invalid_request"),
        ("/-/api/image/base/linux:latest?platform=plan9/vax", 404, "manifest_not_found"),
        ("/-/api/image/base/linux:latest?platform=%00", 400, "invalid_request"),
        ("/-/api/image/base/linux:nothing", 404, "manifest_not_found"),
    ] {
        let (found, found_code, message) = get(target).error();
        assert_eq!((found, found_code.as_str()), (status, code), "{target}: {message}");
    }
}

#[test]
fn two_images_are_compared() {
    let document = stable("/-/api/compare?from=payments/api:1.9.0&to=payments/api:1.10.1");
    assert_eq!(document["content"]["type"], "layers");
    assert_eq!(document["from"]["reference"], "payments/api:1.9.0");
    assert!(document["transfer"].is_object(), "{document}");
    let image = stable("/-/api/image/payments/api:1.10.1");
    for side in ["from", "to"] {
        assert_eq!(document[side]["registry"], image["registry"], "as everywhere in the API");
    }
    let pinned = document["pinned"].as_str().unwrap();
    let (_, query) = pinned.split_once('?').unwrap();
    let again = get(&format!("/-/api/compare?{query}"));
    assert_eq!(again.status.as_u16(), 200, "{}", again.text());
    assert!(again.header("etag").starts_with("W/"), "what is pinned does not change");
    let config = stable("/-/api/compare?from=payments/api:1.9.0&to=payments/api:1.10.1&view=config");
    assert_eq!(config["content"]["type"], "config");
    for (query, status, code) in [
        ("from=payments/api:1.9.0", 400, "invalid_request"),
        ("from=A&to=payments/api:1.9.0", 400, "invalid_request"),
        ("from=payments/api:1.9.0&to=payments/api:1.10.1&view=files", 400, "invalid_request"),
        ("from=payments/api:1.9.0&to=payments/api:nothing", 404, "manifest_not_found"),
        ("from=payments/api:1.9.0&to=payments/api:1.10.1&rows=-1", 400, "invalid_request"),
    ] {
        let (found, found_code, message) = get(&format!("/-/api/compare?{query}")).error();
        assert_eq!((found, found_code.as_str()), (status, code), "{query}: {message}");
    }
}
