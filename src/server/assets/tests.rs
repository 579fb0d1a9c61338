use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{Assets, Encoding, IMMUTABLE, accepted};

static SITE: &[(&str, &[u8])] =
    &[("favicon.ico", b"icon"), ("pkg/strata.js", b"script"), ("pkg/strata.js.br", b"brotli")];

fn accepting(value: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
    headers
}

#[test]
fn build_names_every_byte_of_every_file() {
    static CHANGED: &[(&str, &[u8])] =
        &[("favicon.ico", b"icon"), ("pkg/strata.js", b"scripT"), ("pkg/strata.js.br", b"brotli")];
    let build = Assets::embedded(SITE).build;
    assert_eq!(build.len(), 16);
    assert_ne!(build, Assets::embedded(CHANGED).build);
}

#[test]
fn brotli_is_taken_before_gzip() {
    assert_eq!(accepted(&accepting("gzip, deflate, br, zstd")), [Encoding::Brotli, Encoding::Gzip, Encoding::Identity]);
}

#[test]
fn weight_zero_refuses_an_encoding() {
    for list in ["br;q=0, gzip;q=0.5", "br;Q=0.0, gzip", "br; q=0,GZIP;Q=1"] {
        assert_eq!(accepted(&accepting(list)), [Encoding::Gzip, Encoding::Identity], "{list}");
    }
}

#[test]
fn compressed_variant_says_its_encoding_and_the_type_of_its_file() {
    let response = Assets::embedded(SITE).respond("pkg/strata.js", &accepting("br"), IMMUTABLE);
    let headers = response.headers();
    assert_eq!(headers[header::CONTENT_ENCODING], "br");
    assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], IMMUTABLE);
    assert_eq!(headers[header::VARY], "accept-encoding");
}

#[test]
fn file_without_the_accepted_variant_is_sent_plain() {
    let response = Assets::embedded(SITE).respond("favicon.ico", &accepting("br"), IMMUTABLE);
    assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    assert_eq!(response.status(), StatusCode::OK);
}

#[test]
fn missing_file_is_404_and_not_kept() {
    let response = Assets::embedded(SITE).respond("pkg/other.js", &HeaderMap::new(), IMMUTABLE);
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}
