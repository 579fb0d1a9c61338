//! Exact bytes as a safe download (threats V-4, T-13, T-27).

use sha2::{Digest as _, Sha256};
use strata::oci::Digest;

use crate::support::{digest_of, get};

fn hash(bytes: &[u8]) -> String {
    Digest::from_sha256(&Sha256::digest(bytes)).to_string()
}

#[test]
fn bytes_are_those_of_their_digest() {
    for reference in ["base/linux:latest", "payments/api:latest", "lab/manifests/tags/list:latest"] {
        let by_tag = get(&format!("/-/api/raw/{reference}"));
        if by_tag.status.as_u16() == 404 {
            continue;
        }
        let digest = digest_of(reference);
        assert_eq!(hash(&by_tag.body), digest, "{reference}");
        let repository = reference.split_once(':').unwrap().0;
        let by_digest = get(&format!("/-/api/raw/{repository}@{digest}"));
        assert_eq!(by_digest.body, by_tag.body, "{reference}");
    }
}

#[test]
fn download_cannot_be_a_page() {
    let digest = digest_of("base/linux:latest");
    let answer = get(&format!("/-/api/raw/base/linux@{digest}"));
    let name = digest.replace(':', "-");
    for (header, value) in [
        ("content-type", "application/octet-stream".to_owned()),
        ("content-disposition", format!("attachment; filename=\"manifest-{name}.json\"")),
        ("x-content-type-options", "nosniff".to_owned()),
        (
            "content-security-policy",
            "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'".to_owned(),
        ),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("content-length", answer.body.len().to_string()),
    ] {
        assert_eq!(answer.header(header), value, "{header}");
    }
}

#[test]
fn config_is_found_through_index_and_manifest() {
    let index: serde_json::Value = serde_json::from_slice(&get("/-/api/raw/base/linux:latest").body).unwrap();
    let manifests = index["manifests"].as_array().expect("an index");
    for entry in manifests.iter().filter(|entry| entry["platform"]["os"] == "linux") {
        let platform = &entry["platform"];
        let manifest = get(&format!("/-/api/raw/base/linux@{}", entry["digest"].as_str().unwrap()));
        let manifest: serde_json::Value = serde_json::from_slice(&manifest.body).unwrap();
        let variant = platform["variant"].as_str().map(|variant| format!("/{variant}")).unwrap_or_default();
        let asked = format!("linux/{}{variant}", platform["architecture"].as_str().unwrap());
        let config = get(&format!("/-/api/raw/base/linux:latest?config=1&platform={asked}"));
        assert_eq!(config.status.as_u16(), 200, "{asked}: {}", config.text());
        assert_eq!(hash(&config.body), manifest["config"]["digest"].as_str().unwrap(), "{asked}");
        assert!(config.header("content-disposition").starts_with("attachment; filename=\"config-sha256-"));
    }
}

#[test]
fn what_is_not_there_is_said_in_json() {
    let missing = format!("/-/api/raw/base/linux@sha256:{}", "0".repeat(64));
    for (target, status, code) in [
        (missing.as_str(), 404, "manifest_not_found"),
        ("/-/api/raw/base/linux", 400, "invalid_request"),
        ("/-/api/raw/base/linux:nothing", 404, "manifest_not_found"),
        ("/-/api/raw/base/linux:latest?config=1&platform=plan9/vax", 404, "manifest_not_found"),
        ("/-/api/raw/base/linux:latest?config=1&manifest=nonsense", 400, "invalid_request"),
        ("/-/api/raw/base%2Flinux:latest", 400, "invalid_request"),
        ("/-/api/raw/../../etc", 400, "invalid_request"),
        ("/-/api/raw/", 404, "unknown_page"),
    ] {
        let (found, found_code, message) = get(target).error();
        assert_eq!((found, found_code.as_str()), (status, code), "{target}: {message}");
    }
}

#[test]
fn any_blob_that_a_manifest_lists_is_a_safe_download() {
    let manifest: serde_json::Value = serde_json::from_slice(&get("/-/api/raw/lab/artifacts:odd-titles").body).unwrap();
    let by_digest = format!("/-/api/raw/lab/artifacts@{}", digest_of("lab/artifacts:odd-titles"));
    let layers = manifest["layers"].as_array().unwrap();
    for part in layers.iter().chain([&manifest["config"]]) {
        let digest = part["digest"].as_str().unwrap();
        let answer = get(&format!("{by_digest}?blob={digest}"));
        assert_eq!((answer.status.as_u16(), hash(&answer.body)), (200, digest.to_owned()));
        assert_eq!(Some(answer.body.len() as u64), part["size"].as_u64());
        // Neither the type nor the title that its writer gave it is passed on.
        let name = format!("attachment; filename=\"blob-{}.bin\"", digest.replace(':', "-"));
        for (header, value) in [
            ("content-type", "application/octet-stream"),
            ("content-disposition", &name),
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            ("cross-origin-resource-policy", "same-origin"),
            ("etag", &format!("\"{digest}\"")),
        ] {
            assert_eq!(answer.header(header), value, "{digest}: {header}");
        }
    }
}

#[test]
fn a_blob_is_found_through_the_index_and_others_are_not() {
    let index: serde_json::Value = serde_json::from_slice(&get("/-/api/raw/base/linux:latest").body).unwrap();
    let entry = index["manifests"][1]["digest"].as_str().unwrap();
    let manifest: serde_json::Value =
        serde_json::from_slice(&get(&format!("/-/api/raw/base/linux@{entry}")).body).unwrap();
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    let found = get(&format!("/-/api/raw/base/linux:latest?blob={layer}&manifest={entry}"));
    assert_eq!((found.status.as_u16(), hash(&found.body)), (200, layer.to_owned()));
    let unknown = format!("/-/api/raw/base/linux:latest?blob=sha256:{}", "0".repeat(64));
    for (target, status, code) in [
        // The layer of another platform: that manifest does not list it.
        (format!("/-/api/raw/base/linux:latest?blob={layer}"), 404, "blob_not_found"),
        (unknown, 404, "blob_not_found"),
        (format!("/-/api/raw/base/linux:latest?blob={layer}&platform=plan9/vax"), 404, "manifest_not_found"),
        ("/-/api/raw/base/linux:latest?blob=nonsense".to_owned(), 400, "invalid_request"),
        (format!("/-/api/raw/lab/ancient:1.0?blob={layer}"), 404, "blob_not_found"),
    ] {
        let (found, found_code, message) = get(&target).error();
        assert_eq!((found, found_code.as_str()), (status, code), "{target}: {message}");
    }
}
