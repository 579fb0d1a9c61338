//! Layers are read when a page of this site asks for it, and for nobody else; files leave as safe downloads.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};
use strata::oci::Digest;

use crate::support::{Answer, SITES, get, request, send};

const PAGE: &str = "/payments/worker:latest/-/files/";

fn post(path: &str, headers: &[(&'static str, &'static str)]) -> Answer {
    let mut request = request("POST", path);
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    send(&SITES.one, request)
}

/// Each of these was seen to start a reading with the check switched off.
#[test]
fn only_a_page_of_this_site_has_layers_read() {
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://localhost:3000")],
        &[("origin", "http://evil.example")],
        &[("origin", "http://localhost:3001")],
        &[("origin", "null")],
    ] {
        let page = "/payments/worker:latest/-/files/?platform=linux/arm64/v8";
        assert_eq!(post(page, headers).status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let answer = post(PAGE, &[("origin", "http://localhost:3000")]);
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, PAGE));
    assert_eq!(post(PAGE, &[("sec-fetch-site", "same-origin")]).status, StatusCode::SEE_OTHER);
    // Other pages take nothing.
    let other = post("/payments/worker:latest", &[("sec-fetch-site", "same-origin")]);
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn a_file_is_a_safe_download_of_its_exact_bytes() {
    let page = "/platform/gateway:latest/-/files/";
    let files = "/-/api/files/platform/gateway:latest";
    assert_eq!(post(page, &[("sec-fetch-site", "same-origin")]).status, StatusCode::SEE_OTHER);
    for _ in 0..400 {
        let known: serde_json::Value = serde_json::from_slice(&get(files).body).unwrap();
        if known["is_provisional"] == false && known["is_empty"] == false {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    let found: serde_json::Value = serde_json::from_slice(&get(&format!("{files}?order=size&find=**/*")).body).unwrap();
    let rows = found["rows"].as_array().unwrap();
    let file = rows.iter().find(|row| row["kind"] == "file" && row["size"].as_u64() > Some(0)).unwrap();
    let path = file["path"].as_str().unwrap();
    let answer = get(&format!("/-/api/content/platform/gateway:latest?path={path}"));
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    assert_eq!(answer.body.len() as u64, file["size"].as_u64().unwrap());
    let digest = Digest::from_sha256(&Sha256::digest(&answer.body)).to_string();
    assert_eq!(answer.header("x-content-digest"), digest);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\""));
    assert!(answer.header("content-security-policy").starts_with("sandbox;"));
    for (address, status) in [
        ("/-/api/content/platform/gateway:latest?path=no/such/file", 404),
        ("/-/api/content/platform/gateway:latest?path_base64=%3F", 400),
        ("/-/api/files/platform/gateway:latest?layer=x", 400),
        ("/-/api/files/platform/gateway", 400),
        ("/platform/gateway:latest/-/files/no/such/file", 404),
        ("/platform/gateway:latest/-/files/%FF", 404),
        ("/platform/gateway:latest/-/files/a%2Fb", 400),
        ("/platform/gateway:latest/-/files/..%5C", 404),
    ] {
        assert_eq!(get(address).status.as_u16(), status, "{address}");
    }
    let usage: serde_json::Value =
        serde_json::from_slice(&get("/-/api/efficiency/platform/gateway:latest").body).unwrap();
    assert!(usage["efficiency"]["total_bytes"].as_u64() > Some(0), "{usage}");
}

#[test]
fn robots_are_told_to_leave_files_alone() {
    let text = String::from_utf8(get("/robots.txt").body).unwrap();
    assert!(text.contains("Disallow: /*/-/files\n") && text.contains("Disallow: /*/-/layer\n"), "{text}");
}
