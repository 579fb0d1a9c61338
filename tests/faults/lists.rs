//! Lists without an end.

use super::fault::{Fault, image_opens};
use super::site::{SITE, get};
use super::support::Reply;

#[test]
fn ever_new_pages_end_at_a_limit_that_is_shown() {
    let lists = SITE.registry("lists");
    lists.script(|received| {
        (received.path == "/v2/endless/pages/tags/list").then(|| {
            let page = received.earlier;
            Reply::json(format!("{{\"tags\":[\"{page}.0\"]}}"))
                .header("link", &format!("</v2/endless/pages/tags/list?last={page}>; rel=\"next\""))
        })
    });
    let page = get("/lists/endless/pages");
    assert_eq!(page.status, 200);
    page.says(&["The list ended here after 10 pages, the limit", "9.0", "0.0"]);
    let document = get("/-/api/tags/lists/endless/pages").json();
    assert_eq!(document["walk"]["state"], "truncated", "{document}");
    image_opens("good");
}

#[test]
fn names_that_are_none_are_left_out_and_counted() {
    SITE.registry("lists").on("/v2/odd/names/tags/list", Reply::json(r#"{"tags":["1.0","é","a b",null,5]}"#));
    let page = get("/lists/odd/names");
    assert_eq!(page.status, 200);
    page.says(&["1 tag", "4 entries left out", "they are no valid names"]);
    assert_eq!(get("/-/api/tags/lists/odd/names").json()["invalid"], 4);
}

#[test]
fn a_page_that_leads_to_itself_ends_the_list() {
    SITE.registry("lists").on(
        "/v2/looping/pages/tags/list",
        Reply::json("{\"tags\":[\"1.0\"]}").header("link", "</v2/looping/pages/tags/list?last=1.0>; rel=\"next\""),
    );
    let page = get("/lists/looping/pages");
    assert_eq!(page.status, 200);
    page.says(&["The registry led back to a page of the list that had been read", "1.0"]);
}

#[test]
fn a_page_without_an_end_is_not_read_to_it() {
    let request = "/v2/endless/page/tags/list";
    SITE.registry("lists").on(request, Reply::json("{\"tags\":[\"1\",\"1\",\"1\",\"1\",\"1\"").endless());
    Fault {
        registry: "lists",
        page: "endless/page",
        api: "/-/api/tags/",
        status: 502,
        code: "too_large",
        heading: "The answer is larger than Strata reads",
        request,
        says: &["Limit", "100,000", "raise the limit"],
    }
    .check();
}

#[test]
fn malformed_lists_are_refused() {
    for (repository, body, said) in [
        ("broken/json", "{\"tags\":[\"1\"", "EOF while parsing"),
        ("broken/array", "[]", "the list is not as it should be"),
        ("broken/member", "{\"names\":[]}", "the list has no member tags"),
    ] {
        let request = format!("/v2/{repository}/tags/list");
        SITE.registry("lists").on(&request, Reply::json(body));
        let says = [said];
        Fault {
            registry: "lists",
            page: repository,
            api: "/-/api/tags/",
            status: 502,
            code: "invalid_response",
            heading: "The answer makes no sense",
            request: &request,
            says: &says,
        }
        .check();
    }
}
