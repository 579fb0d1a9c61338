//! Addresses that an image's author writes into it: never asked (threats T-7, V-3, V-5).

use serde_json::json;

use super::html::Html;
use super::site::{SITE, get, page, put_image, sound_config};
use super::support::Fixture;

/// Fails when a descriptor's `urls` are fetched.
#[test]
fn no_address_in_a_document_is_asked() {
    let elsewhere = SITE.runtime.block_on(Fixture::start());
    let url = format!("{}/layer.tar.gz", elsewhere.origin());
    let mut config = sound_config();
    config["config"] = json!({ "Labels": {
        "org.opencontainers.image.url": url, "org.opencontainers.image.source": url, "io.artifacthub.package.logo-url": url,
        "org.opencontainers.image.documentation": format!("![logo]({url}) <img src={url}>"),
    } });
    put_image("foreign/image", "1", &config.to_string(), |manifest| {
        manifest["layers"][0]["urls"] = json!([url, "http://169.254.169.254/latest/meta-data/"]);
        manifest["layers"][0]["mediaType"] = json!("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
        manifest["config"]["urls"] = json!([url]);
        manifest["annotations"] = json!({ "org.opencontainers.image.url": url, "icon": url });
        manifest["subject"] =
            json!({ "mediaType": "x", "digest": manifest["layers"][0]["digest"], "size": 1, "urls": [url] });
    });
    put_image("foreign/image", "2", &sound_config().to_string(), |manifest| {
        manifest["config"]["urls"] = json!([url]);
        manifest["artifactType"] = json!("application/x");
    });
    for view in ["", "?as=dockerfile", "/-/config", "/-/raw"] {
        for tag in ["1", "2"] {
            get(&format!("/foreign/image:{tag}{view}"));
        }
    }
    page("/foreign/image:1").says(&[&url, "169.254.169.254"]);
    page("/foreign/image");
    page("/foreign/image?details=0");
    page("/-/compare?from=foreign/image:1&to=foreign/image:2");
    assert_eq!(elsewhere.connections(), 0);
}

/// Fails when a text becomes a link for another reason than being a plain web address, or a link lacks what keeps the reader's
/// browser to itself; and when a page loads anything from elsewhere.
#[test]
fn only_plain_web_addresses_are_links() {
    let texts = [
        ("https://good.example/a?b=c#d", true),
        ("http://good.example:8080", true),
        ("javascript:alert(1)", false),
        (" javascript:alert(1)", false),
        ("java\tscript:alert(1)", false),
        ("JAVASCRIPT:alert(1)", false),
        ("data:text/html,<script>x()</script>", false),
        ("vbscript:x", false),
        ("file:///etc/passwd", false),
        ("//evil.example", false),
        ("https:evil.example", false),
        ("https://good.example@evil.example", false),
        ("https://good.example\\@evil.example", false),
        ("https://user:pass@evil.example", false),
        ("https://еvil.example", false),
        ("https://evil.example/\u{202e}gpj", false),
        ("https://a b.example", false),
        ("see https://evil.example", false),
        ("https://", false),
        ("![x](https://evil.example/x.png)", false),
    ];
    let labels: serde_json::Map<_, _> =
        texts.iter().enumerate().map(|(number, (text, _))| (format!("label-{number:02}"), json!(text))).collect();
    let mut config = sound_config();
    config["config"] = json!({ "Labels": labels });
    put_image("foreign/links", "1", &config.to_string(), |_| {});
    let answer = page("/foreign/links:1/-/config");
    let html = Html::read(&answer.body);
    let outside: Vec<_> = html
        .all("a")
        .filter(|tag| {
            !tag.attribute("href").is_some_and(|href| href.starts_with(['/', '?', '#']) && !href.starts_with("//"))
        })
        .collect();
    let expected: Vec<_> = texts.iter().filter(|(_, link)| *link).map(|(text, _)| Some(*text)).collect();
    assert_eq!(outside.iter().map(|tag| tag.attribute("href")).collect::<Vec<_>>(), expected);
    for tag in outside {
        let rel = tag.attribute("rel").unwrap_or_default();
        for word in ["noopener", "noreferrer", "nofollow", "ugc"] {
            assert!(rel.split(' ').any(|known| known == word), "{tag:?}");
        }
        assert_eq!((tag.attribute("target"), tag.attribute("referrerpolicy")), (Some("_blank"), Some("no-referrer")));
    }
    for tag in &html.tags {
        let loaded = tag.attribute("src").or_else(|| (tag.name == "link").then(|| tag.attribute("href")).flatten());
        assert!(loaded.is_none_or(|loaded| loaded.starts_with('/') && !loaded.starts_with("//")), "{tag:?}");
    }
}
