//! What speaks about an image: the page and the JSON API.

use serde_json::json;

use crate::support::{SITES, digest_of, get, request, send};

#[test]
fn referrers_are_answered_as_json() {
    let answer = get("/-/api/referrers/payments/api:1.10.1");
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, ""), "others may add to it at any time");
    let document = answer.json();
    assert_eq!(document["reference"], "payments/api:1.10.1");
    assert_eq!(document["identity"]["index"]["digest"], digest_of("payments/api:1.10.1"));
    let first = &document["referrers"][0];
    assert_eq!(first["group"], "signatures");
    assert_eq!(first["artifact_type"], "application/vnd.dev.sigstore.bundle.v0.3+json");
    assert_eq!(first["subject"]["role"], "index");
    assert_eq!(first["found_by"], json!(["api"]));
    assert_eq!(document["subjects"][0]["way"], "api");
    assert_eq!(document["subjects"][0]["asked"][0]["method"], "GET");
    let bills = get("/-/api/referrers/payments/api:1.10.1?artifact_type=application/spdx%2Bjson").json();
    assert_eq!((&bills["total"], &bills["matching"]), (&json!(4), &json!(1)));
    let bill = bills["referrers"][0]["digest"].as_str().unwrap();
    let opened = get(&format!("/-/api/referrers/payments/api:1.10.1?open={bill}")).json();
    assert_eq!(opened["opened"]["content"]["type"], "read");
    assert_eq!(opened["opened"]["content"]["value"]["subject"], json!({ "state": "same" }));
    let about = get(&format!("/-/api/referrers/payments/api@{bill}")).json();
    assert_eq!(about["total"], 1, "a signature of the bill of materials");
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    for (target, status, code) in [
        ("/-/api/referrers/payments/api", 400, "invalid_request"),
        ("/-/api/referrers/payments/api:1.10.1?open=sha256:x", 400, "invalid_request"),
        ("/-/api/referrers/payments/api:1.10.1?rows=-1", 400, "invalid_request"),
        ("/-/api/referrers/payments/api:1.10.1?platform=plan9/vax", 404, "manifest_not_found"),
        ("/-/api/referrers/payments/api:gone", 404, "manifest_not_found"),
        ("/-/api/image/payments/api:1.10.1?view=referrers", 400, "invalid_request"),
    ] {
        let (found, found_code, message) = get(target).error();
        assert_eq!((found, found_code.as_str()), (status, code), "{target}: {message}");
    }
    let (status, code, _) = send(&SITES.dead, request("GET", "/-/api/referrers/payments/api:1")).error();
    assert_eq!((status, code.as_str()), (502, "unreachable"));
}

/// A registry speaks of what is there, never of what is true (threat V-11).
#[test]
fn the_page_says_that_nothing_is_verified_and_leads_on() {
    let answer = get("/payments/api:1.10.1/-/referrers");
    assert_eq!(answer.status.as_u16(), 200);
    let html = answer.text();
    for words in
        ["nothing here has been checked with a key", "not verified", "Sigstore bundle", "SPDX SBOM", "linux/amd64"]
    {
        assert!(html.contains(words), "{words}");
    }
    let bill = get("/-/api/referrers/payments/api:1.10.1?artifact_type=application/spdx%2Bjson").json();
    let bill = bill["referrers"][0]["digest"].as_str().unwrap().to_owned();
    let opened = get(&format!("/payments/api:1.10.1/-/referrers?open={bill}"));
    assert!(opened.text().contains("present, not verified"));
    assert!(opened.text().contains(&format!("href=\"/payments/api@{bill}/-/referrers\"")));
    // Without any of them the page says how it was looked for.
    let none = get("/base/linux:latest/-/referrers");
    assert!(none.text().contains("Nothing speaks about this image"));
    // An artifact has the view, too.
    assert!(get("/lab/artifacts:approval/-/referrers").text().contains("Nothing speaks about this artifact"));
    let report = get("/lab/artifacts:report/-/referrers");
    for words in ["Notation signature", "CycloneDX SBOM", "the manifest shown"] {
        assert!(report.text().contains(words), "{words}");
    }
    // The tab of another view counts what the index has itself.
    assert!(get("/payments/api:1.10.1").text().contains("2+"));
}
