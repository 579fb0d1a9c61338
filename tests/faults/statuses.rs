//! A registry that refuses.

use super::fault::{Fault, image_opens, lines_of};
use super::site::{SITE, get};
use super::support::Reply;

const TAGS: &str = "/-/api/tags/";
const IMAGE: &str = "/-/api/image/";

#[test]
fn refusals_of_a_manifest_are_told_apart() {
    let html = Reply::status(502).body("<html><body>Bad gateway</body></html>").header("content-type", "text/html");
    for (repository, reply, status, code, heading, said) in [
        (
            "wants/401",
            Reply::challenge("Basic realm=\"x\""),
            502,
            "unauthorized",
            "The registry refuses Strata's credentials",
            "UNAUTHORIZED",
        ),
        (
            "wants/403",
            Reply::error(403, "DENIED", "not for you"),
            403,
            "denied",
            "The registry does not permit this",
            "not for you",
        ),
        (
            "wants/404",
            Reply::error(404, "MANIFEST_UNKNOWN", "gone"),
            404,
            "manifest_not_found",
            "There is no tag 1 in wants/404",
            "gone",
        ),
        (
            "wants/405",
            Reply::error(405, "UNSUPPORTED", "no"),
            502,
            "registry_error",
            "The registry refuses the question",
            "status 405",
        ),
        (
            "wants/500",
            Reply::error(500, "UNKNOWN", "a disk is full"),
            502,
            "registry_error",
            "The registry has trouble of its own",
            "a disk is full",
        ),
        ("wants/html", html, 502, "registry_error", "The registry has trouble of its own", "status 502"),
    ] {
        let request = format!("/v2/{repository}/manifests/1");
        SITE.registry("refusing").on(&request, reply);
        let page = format!("{repository}:1");
        let says = [said];
        let fault = Fault {
            registry: "refusing",
            page: &page,
            api: IMAGE,
            status,
            code,
            heading,
            request: &request,
            says: &says,
        };
        let page = fault.check();
        // What the registry keeps where is not for every reader (T-30).
        assert!(!page.text().contains("/storage/path"), "{}", page.text());
    }
}

#[test]
fn refusals_of_a_list_are_told_apart() {
    let sign_in = Reply::ok("<html><form>Sign in</form></html>").header("content-type", "text/html");
    for (repository, reply, status, code, heading) in [
        ("lists/403", Reply::error(403, "DENIED", "no"), 403, "denied", "The registry does not permit this"),
        (
            "lists/404",
            Reply::error(404, "NAME_UNKNOWN", "no"),
            404,
            "repository_not_found",
            "There is no repository lists/404",
        ),
        ("lists/500", Reply::error(500, "UNKNOWN", "no"), 502, "registry_error", "The registry has trouble of its own"),
        ("lists/html", sign_in, 502, "invalid_response", "The answer makes no sense"),
    ] {
        let request = format!("/v2/{repository}/tags/list");
        SITE.registry("refusing").on(&request, reply);
        let fault = Fault {
            registry: "refusing",
            page: repository,
            api: TAGS,
            status,
            code,
            heading,
            request: &request,
            says: &[],
        };
        fault.check();
    }
}

#[test]
fn markup_of_a_registry_is_text() {
    let request = "/v2/wants/markup/manifests/1";
    let message = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    SITE.registry("refusing").on(request, Reply::error(403, "<b>DENIED</b>", message));
    let page = get("/refusing/wants/markup:1");
    assert_eq!(page.status, 403);
    page.says(&["<b>DENIED</b>", message]);
    let html = String::from_utf8(page.body).unwrap();
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
}

#[test]
fn a_registry_that_asks_for_patience_gets_it() {
    let busy = SITE.registry("busy");
    busy.script(|_| Some(Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", "3600")));
    let request = "/v2/app/web/manifests/1.0";
    let page = Fault {
        registry: "busy",
        page: "app/web:1.0",
        api: IMAGE,
        status: 503,
        code: "rate_limited",
        heading: "The registry asks for patience",
        request,
        says: &["slow down", "3600 s", "asks again by itself"],
    }
    .check();
    // The reader's program is told when to come back.
    assert_eq!((page.header("refresh"), page.header("retry-after")), ("300", "300"));
    // Neither the JSON nor another page has asked again.
    assert_eq!(get("/busy/other:1").status, 503);
    assert_eq!(busy.received().len(), 1);
}

#[test]
fn a_dead_registry_is_named_and_no_other_one_waits_for_it() {
    Fault {
        registry: "dead",
        page: "app/web:1.0",
        api: IMAGE,
        status: 502,
        code: "unreachable",
        heading: "The registry cannot be reached",
        request: "/v2/app/web/manifests/1.0",
        says: &["no answer", "What the system says", "refused", "Check that the registry runs"],
    }
    .check();
    let page = get("/dead/");
    assert_eq!(page.status, 502);
    page.says(&["The registry cannot be reached", "/v2/_catalog"]);
    assert_eq!(lines_of(page.request_id()).iter().filter(|line| line["message"] == "no page").count(), 1);
    assert_eq!(get("/-/registry?registry=dead").status, 502);
    image_opens("good");
}

#[test]
fn a_password_is_sent_to_its_registry_and_written_nowhere() {
    let locked = SITE.registry("locked");
    locked.script(|received| {
        received.header("authorization").is_none().then(|| Reply::challenge("Basic realm=\"locked\""))
    });
    image_opens("locked");
    assert!(locked.received().iter().any(|received| received.header("authorization").is_some()));
    super::fault::no_secret_is_logged();
}
