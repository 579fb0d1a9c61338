//! Names and lists: tags that share and move, names made of the API's own words, lists without an end in sight.

use serde_json::json;

use super::shelf::{MANIFEST, SHELF, config, get, manifest, put, shows, with};
use super::support::Reply;

#[test]
fn f25_tags_that_share_move_and_go() {
    let document = manifest("f/25", 1, &config(1));
    let first = put("f/25", "1.0", MANIFEST, &document)["digest"].as_str().unwrap().to_owned();
    put("f/25", "latest", MANIFEST, &document);
    get("/f/25?details=0").says(&["1.0", "latest"]);
    shows("f/25:latest", &[&first[7..19]]);
    let second = put("f/25", "latest", MANIFEST, &with(document, &json!({ "annotations": { "a": "b" } })));
    let second = second["digest"].as_str().unwrap();
    shows("f/25:latest", &[&second[7..19]]);
    // The tag with its older digest says where it leads by now.
    let older = get(&format!("/f/25:latest@{first}"));
    assert_eq!(older.status, 200);
    older.says(&[&first[7..19], &second[7..19]]);
    // A manifest stays when its tags go.
    SHELF.fixture.content(|content| {
        content.untag("f/25", "1.0");
        content.untag("f/25", "latest");
    });
    assert_eq!(get(&format!("/f/25@{first}")).status, 200);
    assert_eq!(get("/f/25:1.0").status, 404);
}

/// Threat T-12. Fails when a name is read from its first part on, as a route.
#[test]
fn f26_every_name_that_there_can_be_opens() {
    let longest = format!("{}/{}", "a".repeat(127), "b".repeat(127));
    for name in [
        "a",
        "a/b",
        "a__b",
        "a--b",
        "a.b_c-d/e1",
        "library/ubuntu",
        "foo/manifests/bar",
        "tags/list",
        "a/b/tags/list",
        "0",
        "x/0",
        "v2/blobs/manifests",
        "blobs/uploads",
        "a/referrers/b",
        "catalog",
        "api",
        "favicon",
        longest.as_str(),
    ] {
        put(name, "1", MANIFEST, &manifest(name, 1, &config(1)));
        for target in
            [format!("/{name}"), format!("/{name}:1"), format!("/{name}:1/-/config"), format!("/{name}:1/-/raw")]
        {
            let answer = get(&target);
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        }
        for api in ["image", "raw"] {
            assert_eq!(get(&format!("/-/api/{api}/{name}:1")).status, 200, "{api} {name}");
        }
        assert_eq!(get(&format!("/-/api/tags/{name}")).status, 200, "{name}");
    }
    for name in [
        "A", "a//b", "a/", "a/.", "a/..", "_catalog", "a___b", "a..b", "a._b", "-a", "a-", "%C3%A9", "a%2fb", "a%20b",
        "a%5Cb", "a%00", "a%0a",
    ] {
        let before = SHELF.fixture.received().len();
        let answer = get(&format!("/{name}"));
        // One part with a slash behind it is the place of a registry.
        assert_eq!(answer.status, if name == "a/" { 404 } else { 400 }, "{name}: {}", answer.text());
        let asked = SHELF.fixture.lines().split_off(before);
        assert!(!asked.iter().any(|line| line.contains("..") || line.contains("%2")), "{name}: {asked:?}");
    }
    let tag = format!("x{}", "y".repeat(127));
    for tag in ["_x", "1", "V1.0-rc_1", tag.as_str()] {
        put("f/tags", tag, MANIFEST, &manifest("f/tags", 1, &config(1)));
        assert_eq!(get(&format!("/f/tags:{tag}")).status, 200, "{tag}");
    }
    for tag in ["", ".x", "-x", "%C3%A9", "a/b", "a:b", "a+b", "a%0a", &format!("{tag}z")] {
        assert_eq!(get(&format!("/f/tags:{tag}")).status, 400, "{tag}");
    }
}

#[test]
fn f27_long_lists() {
    let tags: Vec<_> = (0..10_000).map(|number| format!("1.{}.{}", number / 100, number % 100)).collect();
    SHELF.fixture.on("/v2/f/27/tags/list", Reply::json(json!({ "name": "f/27", "tags": tags }).to_string()));
    let page = get("/f/27");
    assert_eq!(page.status, 200);
    page.says(&["10,000", "1.99.99"]);
    let found = get("/f/27?filter=1.50.5");
    found.says(&["1.50.5", "1.50.59"]);
    assert!(!found.text().contains("1.51.1"));
    let last = get("/-/api/tags/f/27?limit=1&after=1.0.1").json();
    assert_eq!(last["tags"][0]["tag"], "1.0.0", "{last}");
}
