//! One hostile text in every field that a registry or an image's author fills (threats V-1, V-2, T-30).
//!
//! Each field's text begins with the field's name, so that a page shows which ones stand on it. All of them must be text:
//! fails when `ForeignText` is written with `inner_html`, when an attribute is not escaped, or when island properties are.

use serde_json::{Value, json};

use super::html::Html;
use super::site::{CONFIG, INDEX, MANIFEST, SITE, get, layer, page, put, put_config, put_image};
use super::support::{Answer, Reply, digest_of};

/// What every parser that takes it for markup would trip over. U+2028 ends a line in scripts of old.
const HARM: &str =
    "<xss7 onload=\"x()\">'\"</script></style></title></textarea></bdi>--><script>xss7()</script>\u{2028}";

/// How the text is shown: what cannot be seen is written out.
const SHOWN: &str =
    "<xss7 onload=\"x()\">'\"</script></style></title></textarea></bdi>--><script>xss7()</script>\\u{2028}";

fn harm(field: &str) -> String {
    format!("{field}{HARM}")
}

/// Fails where anything of the text has become more than text.
pub(crate) fn is_harmless(answer: &Answer) -> Html {
    let html = Html::read(&answer.body);
    for tag in &html.tags {
        assert!(!tag.name.contains("xss7"), "{}: {tag:?}", answer.target);
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on") && name != "style" && name != "srcdoc", "{}: {tag:?}", answer.target);
            let value = value.trim_start_matches(|letter: char| letter <= ' ').to_ascii_lowercase();
            assert!(!value.starts_with("javascript:"), "{}: {tag:?}", answer.target);
        }
    }
    for script in html.all("script") {
        assert!(script.attribute("nonce").is_some(), "{}: {script:?}", answer.target);
    }
    for raw in &html.raw {
        assert!(
            !raw.contains("xss7()") && !raw.contains("<xss7") && !raw.contains('\u{2028}'),
            "{}: {raw}",
            answer.target
        );
    }
    html
}

fn shows(answer: &Answer, fields: &[&str]) {
    let html = is_harmless(answer);
    // A list is shown as JSON, which escapes the quotes: the text up to the first one.
    let is_missing = |field: &&&str| !html.text.contains(&format!("{field}{}", &SHOWN[..12]));
    let missing: Vec<_> = fields.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "{} does not show {missing:?}: {}", answer.target, html.text);
}

fn config() -> Value {
    let pair = |name: &str| json!({ harm(&format!("{name}-key")): harm(&format!("{name}-value")) });
    json!({
        "os": harm("os"), "architecture": harm("architecture"), "variant": harm("variant"),
        "os.version": harm("os-version"), "os.features": [harm("os-feature")],
        "created": harm("created"), "author": harm("author"),
        "config": {
            "User": harm("user"), "ExposedPorts": { harm("port"): {} }, "Env": [format!("{}={}", harm("env-name"), harm("env-value"))],
            "Entrypoint": [harm("entrypoint")], "Cmd": [harm("command")], "Volumes": { harm("volume"): {} },
            "WorkingDir": harm("folder"), "Labels": pair("label"), "StopSignal": harm("signal"),
            "Healthcheck": { "Test": ["CMD", harm("health")] }, "Shell": [harm("shell")], "OnBuild": [harm("onbuild")],
            harm("unknown-key"): harm("unknown-value"),
        },
        "rootfs": { "type": harm("rootfs"), "diff_ids": [digest_of(b"content")] },
        "history": [
            { "created_by": harm("created-by"), "author": harm("step-author"), "comment": harm("step-comment"), "created": harm("step-created") },
            { "created_by": format!("RUN {}", harm("run")), "empty_layer": true },
            { "created_by": format!("|1 {} /bin/sh -c true", harm("ARGUMENT=build")), "empty_layer": true },
        ],
    })
}

fn annotations(name: &str) -> Value {
    json!({ harm(&format!("{name}-key")): harm(&format!("{name}-value")), "org.opencontainers.image.url": harm("https://") })
}

#[test]
fn every_text_of_an_image_is_text() {
    let digest = put_image("strings/image", "1", &config().to_string(), |manifest| {
        manifest["annotations"] = annotations("annotation");
        manifest["config"]["annotations"] = annotations("config");
        manifest["layers"][0]["annotations"] = annotations("layer");
        manifest["layers"][0]["urls"] = json!([harm("url")]);
        manifest["layers"][0]["mediaType"] = json!(harm("type"));
    });
    put_image("strings/image", "2", &config().to_string().replace("created-by", "created-otherwise"), |_| {});
    shows(&page("/strings/image:1"), &["created-by", "run", "build", "url", "type", "step-comment", "created"]);
    shows(&page("/strings/image:1?as=dockerfile"), &["created-by", "run"]);
    shows(
        &page("/strings/image:1/-/config"),
        &[
            "author",
            "user",
            "port",
            "env-name",
            "env-value",
            "entrypoint",
            "command",
            "volume",
            "folder",
            "label-key",
            "label-value",
            "signal",
            "health",
            "shell",
            "onbuild",
            "unknown-key",
            "unknown-value",
            "created",
            "os",
            "architecture",
            "variant",
            "annotation-key",
            "annotation-value",
            "os-version",
            "os-feature",
        ],
    );
    // JSON escapes the quotes, and the text is shown as JSON.
    is_harmless(&page("/strings/image:1/-/raw"));
    is_harmless(&page(&format!("/strings/image@{digest}/-/raw")));
    is_harmless(&page("/strings/image"));
    is_harmless(&page("/strings/image?details=0"));
    for view in ["", "&view=config", "&view=history"] {
        is_harmless(&page(&format!("/-/compare?from=strings/image:1&to=strings/image:2{view}")));
    }
}

#[test]
fn every_text_of_an_index_and_an_artifact_is_text() {
    let entry = |name: &str| {
        json!({
            "mediaType": MANIFEST, "digest": digest_of(name.as_bytes()), "size": 7, "artifactType": harm("entry-artifact"),
            "annotations": annotations(name),
            "platform": {
                "os": harm("entry-os"), "architecture": harm(name), "variant": harm("entry-variant"),
                "os.version": harm("entry-version"), "os.features": [harm("entry-feature")],
            },
        })
    };
    let mut odd = entry("odd-entry");
    odd["mediaType"] = json!(harm("entry-type"));
    let mut plain = entry("plain");
    plain["artifactType"] = Value::Null;
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry("one"), entry("two"), odd, plain],
        "annotations": annotations("index"), "artifactType": harm("index-artifact"),
    });
    put("strings/index", "1", INDEX, &index.to_string());
    shows(&page("/strings/index:1"), &["entry-os", "one", "entry-variant", "plain"]);
    is_harmless(&page("/strings/index:1/-/raw"));
    is_harmless(&page("/strings/index"));

    let artifact = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": harm("artifact"),
        "config": put_config("strings/artifact", "{}"),
        "layers": [{
            "mediaType": harm("blob-type"), "digest": layer("x")["digest"], "size": 3, "urls": [harm("blob-url")],
            "annotations": { "org.opencontainers.image.title": harm("title"), harm("blob-key"): harm("blob-value") },
        }],
        "subject": { "mediaType": harm("subject"), "digest": layer("y")["digest"], "size": 3 },
        "annotations": annotations("artifact"),
    });
    put(
        "strings/artifact",
        "1",
        MANIFEST,
        &artifact.to_string().replace(CONFIG, &harm("config-type").replace('"', "\\\"")),
    );
    shows(
        &page("/strings/artifact:1"),
        &["artifact", "blob-type", "blob-url", "title", "artifact-key", "artifact-value", "subject"],
    );
    is_harmless(&page("/strings/artifact"));
}

#[test]
fn every_text_of_an_answer_is_text() {
    let path = |name: &str| format!("/v2/strings/{name}/manifests/1");
    let quoted = serde_json::to_string(&harm("message")).unwrap();
    let code = serde_json::to_string(&harm("code")).unwrap();
    let error = format!(r#"{{"errors":[{{"code":{code},"message":{quoted},"detail":{quoted}}}]}}"#);
    SITE.main.on(&path("error"), Reply::status(403).body(error));
    SITE.main.on(&path("words"), Reply::status(500).body(harm("words")).header("content-type", "text/plain"));
    // Header values end at a line's end, and hold no characters past ASCII.
    let ascii = |field: &str| harm(field).replace('\u{2028}', "");
    SITE.main.on(&path("type"), Reply::ok("no manifest").header("content-type", &ascii("content-type")));
    SITE.main.on(&path("redirect"), Reply::redirect(307, &format!("http://10.0.0.1/{}", ascii("redirect"))));
    let realm = ascii("realm").replace('"', "\\\"");
    SITE.main.on(&path("realm"), Reply::challenge(&format!("Bearer realm=\"https://evil.example/{realm}\"")));
    let digest = put("strings/warning", "1", MANIFEST, r#"{"schemaVersion":2,"layers":[]}"#);
    let warning = ascii("warning").replace('\\', "\\\\").replace('"', "\\\"");
    let reply = Reply::ok(r#"{"schemaVersion":2,"layers":[]}"#).header("content-type", MANIFEST);
    SITE.main.on(
        &path("warning"),
        reply.header("docker-content-digest", &digest).header("warning", &format!("299 - \"{warning}\"")),
    );
    for (name, status, fields) in [
        ("error", 403, &["code", "message"][..]),
        ("words", 502, &["words"]),
        ("type", 502, &[]),
        ("redirect", 502, &[]),
        ("realm", 502, &[]),
        ("warning", 200, &["warning"]),
    ] {
        let answer = get(&format!("/strings/{name}:1"));
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        shows(&answer, fields);
        let json = get(&format!("/-/api/image/strings/{name}:1"));
        assert_eq!(json.header("content-type"), "application/json", "{name}");
        assert_eq!(json.header("x-content-type-options"), "nosniff", "{name}");
    }
}

#[test]
fn every_text_of_a_list_is_text() {
    let names = json!({ "name": harm("name"), "tags": ["1", harm("tag"), "javascript:x", 7] }).to_string();
    SITE.main.on("/v2/strings/list/tags/list", Reply::json(names));
    let list = page("/strings/list");
    let html = is_harmless(&list);
    // What is no name is counted and leads nowhere.
    assert!(!html.text.contains("xss7") && html.text.contains('3'), "{}", html.text);
    let link = format!("<http://evil.example/{}>; rel=\"next\"", HARM.replace(['\u{2028}', '>', '"'], ""));
    SITE.main.on("/v2/strings/link/tags/list", Reply::json(r#"{"tags":["1"]}"#).header("link", &link));
    let list = page("/strings/link");
    is_harmless(&list);
    list.says(&["evil.example"]);
}
