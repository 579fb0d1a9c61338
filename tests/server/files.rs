//! Layers are read when a page of this site asks for it, and for nobody else; files leave as safe downloads.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};
use strata::oci::Digest;

use crate::support::{Answer, SITES, get, request, send};

const PAGE: &str = "/payments/worker:latest/-/files/";

fn post(path: &str, headers: &[(&'static str, &'static str)]) -> Answer {
    ask("POST", path, headers)
}

fn ask(method: &str, path: &str, headers: &[(&'static str, &'static str)]) -> Answer {
    ask_at(&SITES.one, method, path, headers)
}

fn ask_at(site: &Router, method: &str, path: &str, headers: &[(&'static str, &'static str)]) -> Answer {
    let mut request = request(method, path);
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    send(site, request)
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

/// Has all layers of an image read, and waits for it. What is known of it then.
pub(crate) fn read(image: &str) -> serde_json::Value {
    let page = format!("/{image}/-/files/");
    assert_eq!(post(&page, &[("sec-fetch-site", "same-origin")]).status, StatusCode::SEE_OTHER);
    settled(&format!("/-/api/files/{image}"))
}

/// Waits until nothing of what the API says of files can change.
fn settled(files: &str) -> serde_json::Value {
    settled_at(&SITES.one, files)
}

fn settled_at(site: &Router, files: &str) -> serde_json::Value {
    for _ in 0..400 {
        let known = ask_at(site, "GET", files, &[]).json();
        if known["is_provisional"] == false && known["is_empty"] == false {
            return known;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    panic!("{files} was not read");
}

/// The version before is one press away, from the image's page and from that of a layer that is all that still has the file.
#[test]
fn each_version_of_a_file_is_compared_with_the_one_before() {
    let known = read("payments/api:1.10.1");
    let layer = known["layers"][3]["digest"].as_str().unwrap();
    let page = |rest: &str| {
        let answer = get(&format!("/payments/api:1.10.1/-/{rest}"));
        String::from_utf8(answer.body).unwrap().replace("&amp;", "&")
    };
    assert!(page("files/etc/passwd").contains("/-/files/etc/passwd?against=1\""));
    let link = "/-/files/etc/passwd?as_of=4&against=1";
    assert!(page(&format!("layer/{layer}/etc/passwd")).contains(link));
    assert!(page("files/etc/passwd?as_of=4&against=1").contains("+ app:x:1000:1000::/home/app"));
}

#[test]
fn a_file_is_a_safe_download_of_its_exact_bytes() {
    let files = "/-/api/files/platform/gateway:latest";
    read("platform/gateway:latest");
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
    // What was counted is on the image's own page from then on.
    assert!(get("/platform/gateway:latest").text().contains("bytes can be seen"));
}

/// Without the check any page of the web could have a registry send whole images, by a picture that is none (threat T-24).
#[test]
fn a_directory_is_packed_for_no_page_of_another_site() {
    read("payments/migrations:latest");
    let directory = "/-/api/content/payments/migrations:latest?path=etc";
    let refused = ask("GET", directory, &[("sec-fetch-site", "cross-site")]);
    let (status, code, message) = refused.error();
    assert_eq!((status, code.as_str()), (403, "denied"));
    assert!(message.contains("another site"), "{message}");
    for headers in [
        &[][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let answer = ask("GET", directory, headers);
        assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
        assert!(answer.body.len() > 1_024, "{headers:?}");
    }
    // A single file may be linked from anywhere.
    let file = "/-/api/content/payments/migrations:latest?path=etc/passwd";
    assert_eq!(ask("GET", file, &[("sec-fetch-site", "cross-site")]).status, StatusCode::OK);
}

/// Before, a directory's archive was said to have no byte.
#[test]
fn head_of_a_download_says_what_get_says() {
    read("payments/migrations:latest");
    for (path, has_length) in [("etc", false), ("etc/passwd", true)] {
        let target = format!("/-/api/content/payments/migrations:latest?path={path}");
        let (head, get) = (ask("HEAD", &target, &[]), ask("GET", &target, &[]));
        assert_eq!((head.status, get.status), (StatusCode::OK, StatusCode::OK), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
        let length = if has_length { get.body.len().to_string() } else { String::new() };
        assert_eq!(head.header("content-length"), length, "{path}");
        for name in ["content-type", "content-disposition", "content-security-policy", "cache-control", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
    // What the reader has already, it has here too; a page of another site gets no directory.
    let file = "/-/api/content/payments/migrations:latest?path=etc/passwd";
    assert_eq!(ask("HEAD", file, &[("if-none-match", "*")]).status, StatusCode::NOT_MODIFIED);
    let directory = "/-/api/content/payments/migrations:latest?path=etc";
    assert_eq!(ask("HEAD", directory, &[("sec-fetch-site", "cross-site")]).status, StatusCode::FORBIDDEN);
}

/// Without the instruction that has hidden them nobody knows which step to change.
#[test]
fn a_page_says_what_has_hidden_the_bytes_that_nobody_sees() {
    let image = "payments/migrations:2026.03.2";
    read(image);
    let page = String::from_utf8(get(&format!("/{image}/-/files/?usage=1")).body).unwrap();
    let (_, causes) = page.split_once("class=\"deadcauses\"").unwrap();
    let (causes, files) = causes.split_once("id=\"never-seen\"").unwrap();
    assert!(causes.contains("gone by layer 4") && causes.contains("rm /srv/migrations/deploy.key"), "{causes}");
    assert!(files.contains("srv/migrations/deploy.key"), "{files}");
    assert!(page.contains("made by "), "{page}");
    let usage = get(&format!("/-/api/efficiency/{image}?dead_from=1"));
    let usage: serde_json::Value = serde_json::from_slice(&usage.body).unwrap();
    let (listed, count) = (&usage["efficiency"]["dead"], &usage["efficiency"]["dead_files"]);
    assert_eq!(listed.as_array().map(|files| files.len() as u64 + 1), count.as_u64(), "{usage}");
}

/// What a page of files says while a layer above is unread: of the rows of a lower one, that they are not all.
#[test]
fn rows_of_lower_layers_are_said_to_be_no_more_than_that() {
    let (page, files) = ("/platform/toolbox:1.1/-/files/", "/-/api/files/platform/toolbox:1.1");
    let told = "What is shown comes from the lower layers only, and may change.";
    let known: serde_json::Value = serde_json::from_slice(&get(files).body).unwrap();
    let layer = known["layers"][0]["digest"].as_str().unwrap();
    let layer_page = format!("/platform/toolbox:1.1/-/layer/{layer}/");
    assert_eq!(post(&layer_page, &[("sec-fetch-site", "same-origin")]).status, StatusCode::SEE_OTHER);
    settled(&format!("{files}?layer={layer}"));
    let html = String::from_utf8(get(page).body).unwrap();
    assert!(html.contains(told), "{html}");
}

/// A layer of two kilobytes can claim a file of any size. Nothing fills it, and everybody is told why it is not shown.
#[test]
fn a_file_with_holes_says_why_it_is_not_shown() {
    let site = &SITES.odd;
    let page = "/with/holes:1/-/files/";
    assert_eq!(ask_at(site, "POST", page, &[("sec-fetch-site", "same-origin")]).status, StatusCode::SEE_OTHER);
    let known = settled_at(site, "/-/api/files/with/holes:1?path=data");
    let file = known["rows"].as_array().unwrap().iter().find(|row| row["path"] == "data/holes").unwrap();
    assert_eq!((&file["kind"], &file["size"]), (&"sparse".into(), &(1_u64 << 62).into()), "{file}");
    let shown = ask_at(site, "GET", &format!("{page}data/holes"), &[]);
    assert!(
        shown.text().contains("The file has holes. What is stored is not what a program reads"),
        "{}",
        shown.text()
    );
    let content = "/-/api/content/with/holes:1?path=data";
    for (address, reason) in
        [(format!("{content}/holes"), "files with holes"), (content.to_owned(), "only files with holes")]
    {
        let (status, code, message) = ask_at(site, "GET", &address, &[]).error();
        assert_eq!((status, code.as_str()), (400, "invalid_request"), "{address}");
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn robots_are_told_to_leave_files_alone() {
    let text = String::from_utf8(get("/robots.txt").body).unwrap();
    assert!(text.contains("Disallow: /*/-/files\n") && text.contains("Disallow: /*/-/layer\n"), "{text}");
}
