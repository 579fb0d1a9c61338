//! What is no container image.

use serde_json::{Value, json};

use super::shelf::{DOCKER_MANIFEST, MANIFEST, blob, get, put, shows};
use super::support::digest_of;

fn part(media_type: &str, title: Option<&str>) -> Value {
    let annotations = title.map(|title| json!({ "org.opencontainers.image.title": title }));
    json!({ "mediaType": media_type, "digest": digest_of(media_type.as_bytes()), "size": 2_000, "annotations": annotations })
}

/// Puts an artifact whose kind is its config's type, or, where there is none, its own.
fn artifact(tag: &str, kind: &str, config: Option<&str>, parts: &[Value]) -> String {
    let (artifact_type, config) = match config {
        Some(text) => (Value::Null, blob("f/kinds", kind, text)),
        None => (json!(kind), blob("f/kinds", "application/vnd.oci.empty.v1+json", "{}")),
    };
    let document = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": artifact_type, "config": config, "layers": parts });
    put("f/kinds", tag, MANIFEST, &document);
    format!("f/kinds:{tag}")
}

#[test]
fn f13_a_helm_chart() {
    let chart =
        r#"{"name":"gateway","version":"2.2.0","appVersion":"2.2.0","description":"A gateway","apiVersion":"v2"}"#;
    let content = part("application/vnd.cncf.helm.chart.content.v1.tar+gzip", None);
    let reference = artifact("chart", "application/vnd.cncf.helm.config.v1+json", Some(chart), &[content]);
    shows(&reference, &["Helm chart", "helm"]);
}

#[test]
fn f14_files_with_titles_that_are_paths_or_markup() {
    let parts = [part("text/plain", Some("../../x")), part("text/html", Some("<b>bold</b>.html"))];
    let reference = artifact("files", "application/vnd.acme.files.v1", None, &parts);
    shows(&reference, &["../../x", "<b>bold</b>.html", "application/vnd.acme.files.v1"]);
}

#[test]
fn f28_kinds_that_are_known_are_named() {
    for (tag, kind, config, parts, said) in [
        (
            "modelpack",
            "application/vnd.cncf.model.manifest.v1+json",
            None,
            vec![part("application/vnd.cncf.model.weight.v1.raw", Some("model.safetensors"))],
            "model",
        ),
        (
            "wasm",
            "application/vnd.wasm.config.v0+json",
            Some("{}"),
            vec![part("application/wasm", None)],
            "Wasm component",
        ),
        (
            "flux",
            "application/vnd.cncf.flux.config.v1+json",
            Some("{}"),
            vec![part("application/vnd.cncf.flux.content.v1.tar+gzip", None)],
            "Flux",
        ),
        (
            "compose",
            "application/vnd.docker.compose.project",
            None,
            vec![part("application/vnd.docker.compose.file+yaml", None)],
            "Compose",
        ),
        (
            "unknown",
            "application/vnd.nobody.knows.v7",
            None,
            vec![part("application/x-nobody", None)],
            "application/vnd.nobody.knows.v7",
        ),
    ] {
        let reference = artifact(tag, kind, config, &parts);
        let page = get(&format!("/{reference}"));
        assert_eq!(page.status, 200, "{tag}: {}", page.text());
        let text = page.text().to_lowercase();
        assert!(text.contains(&said.to_lowercase()), "{tag} is not called {said}: {text}");
        shows(&reference, &[]);
    }
}

#[test]
fn f28_a_model_that_calls_its_config_an_images() {
    let document = json!({
        "schemaVersion": 2, "mediaType": DOCKER_MANIFEST,
        "config": blob("f/ollama", "application/vnd.docker.container.image.v1+json", r#"{"model_format":"gguf","rootfs":{"type":"layers","diff_ids":[]}}"#),
        "layers": [part("application/vnd.ollama.image.model", None), part("application/vnd.ollama.image.license", None)],
    });
    put("f/ollama", "1", DOCKER_MANIFEST, &document);
    let page = get("/f/ollama:1");
    assert_eq!(page.status, 200, "{}", page.text());
    page.says(&["application/vnd.ollama.image.model"]);
}

#[test]
fn f35_a_subject_is_shown_whatever_it_is() {
    let subject = json!({ "mediaType": MANIFEST, "digest": digest_of(b"another image"), "size": 500 });
    let document = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/spdx+json", "subject": subject,
        "config": blob("f/35", "application/vnd.oci.empty.v1+json", "{}"), "layers": [part("application/spdx+json", None)],
    });
    put("f/35", "1", MANIFEST, &document);
    shows("f/35:1", &["It is about", &digest_of(b"another image")[7..19]]);
}
