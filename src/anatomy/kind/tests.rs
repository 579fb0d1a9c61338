use super::*;

const DIGEST: &str = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

fn kind(document: &serde_json::Value) -> (Family, String) {
    let kind = Kind::of(&Manifest::parse(document.to_string().as_bytes(), None).expect("a manifest"));
    (kind.family, kind.label)
}

fn manifest(artifact_type: Option<&str>, config: &str, layers: &[&str]) -> serde_json::Value {
    let descriptor = |media_type: &str| serde_json::json!({ "mediaType": media_type, "digest": DIGEST, "size": 1 });
    serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": artifact_type,
        "config": descriptor(config),
        "layers": layers.iter().map(|layer| descriptor(layer)).collect::<Vec<_>>(),
    })
}

const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

#[test]
fn every_row_is_reached() {
    for expected in table::ROWS {
        let example = expected.pattern.replace('*', "x");
        let found = row(expected.source, &example).expect("a row");
        assert_eq!(found.pattern, expected.pattern, "an earlier row catches it");
        assert!(expected.source == Source::Annotation || expected.pattern == expected.pattern.to_ascii_lowercase());
    }
}

/// Every type of the wild that has a name of its own, and what it is shown as.
#[test]
fn types_are_shown_as_what_they_are() {
    for (media_type, family, presenter) in [
        ("application/vnd.oci.image.manifest.v1+json", Family::Image, Presenter::Page),
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", Family::Schema1, Presenter::Page),
        ("application/vnd.oci.image.layer.v1.tar+gzip", Family::Layer, Presenter::Opaque),
        ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", Family::Layer, Presenter::Opaque),
        ("application/vnd.cncf.helm.config.v1+json", Family::Chart, Presenter::Chart),
        ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", Family::Chart, Presenter::ChartArchive),
        ("application/vnd.in-toto+json", Family::Attestation, Presenter::Statement),
        ("application/vnd.dsse.envelope.v1+json", Family::Attestation, Presenter::Envelope),
        ("application/vnd.dev.sigstore.bundle.v0.3+json", Family::Signature, Presenter::Bundle),
        ("application/vnd.dev.sigstore.bundle+json;version=0.1", Family::Signature, Presenter::Bundle),
        ("application/vnd.dev.cosign.simplesigning.v1+json", Family::Signature, Presenter::SimpleSigning),
        ("application/jose+json", Family::Signature, Presenter::Notation),
        ("application/cose", Family::Signature, Presenter::Opaque),
        ("application/spdx+json", Family::Sbom, Presenter::Sbom),
        ("text/spdx+json", Family::Sbom, Presenter::Sbom),
        ("text/spdx+xml", Family::Sbom, Presenter::TextIfAsked),
        ("application/vnd.cyclonedx+json", Family::Sbom, Presenter::Sbom),
        ("application/vnd.cyclonedx+xml", Family::Sbom, Presenter::TextIfAsked),
        ("application/vnd.syft+json", Family::Sbom, Presenter::Sbom),
        ("application/wasm", Family::Wasm, Presenter::Opaque),
        ("application/vnd.wasm.content.layer.v1+wasm", Family::Wasm, Presenter::Opaque),
        ("application/vnd.ollama.image.model", Family::Model, Presenter::Opaque),
        ("application/vnd.docker.ai.gguf.v3", Family::Model, Presenter::Opaque),
        ("application/vnd.docker.compose.file+yaml", Family::Deployment, Presenter::Text),
        ("application/vnd.docker.plugin.v1+json", Family::Plugin, Presenter::Facts),
        ("application/vnd.docker.volume.v1+tar.gz", Family::Artifact, Presenter::Opaque),
        ("application/vnd.acme.thing", Family::Unknown, Presenter::Opaque),
        ("application/vnd.acme.thing.v1+json", Family::Unknown, Presenter::TextIfAsked),
        ("text/html", Family::Unknown, Presenter::TextIfAsked),
        ("", Family::Unknown, Presenter::Opaque),
    ] {
        let media_type = MediaType::new(media_type);
        let found = (Kind::of_media_type(&media_type).family, Presenter::of_media_type(&media_type));
        assert_eq!(found, (family, presenter), "{media_type}");
    }
}

#[test]
fn a_layer_without_a_telling_type_is_shown_as_its_artifact() {
    let read = |document: serde_json::Value| match Manifest::parse(document.to_string().as_bytes(), None) {
        Ok(Manifest::Image(manifest)) => Presenter::of_layer(&manifest.layers[0], &manifest),
        other => panic!("a manifest is expected, not {other:?}"),
    };
    assert_eq!(read(manifest(Some("application/spdx+json"), OCI_EMPTY, &["application/json"])), Presenter::Sbom);
    assert_eq!(
        read(manifest(Some("application/spdx+json"), OCI_EMPTY, &["text/plain", "a/b"])),
        Presenter::TextIfAsked
    );
    assert_eq!(read(manifest(Some("application/spdx+json"), OCI_EMPTY, &["application/wasm"])), Presenter::Opaque);
}

#[test]
fn unknown_types_are_named_by_themselves() {
    let kind = Kind::of_media_type(&MediaType::new("application/vnd.Example.thing"));
    assert_eq!((kind.family, kind.label.as_str()), (Family::Unknown, "application/vnd.Example.thing"));
    assert_eq!(Kind::of_media_type(&MediaType::new("")).label, "Unknown type");
}

#[test]
fn case_and_parameters_do_not_count() {
    assert_eq!(Kind::of_media_type(&MediaType::new("Application/SPDX+json; charset=utf-8")).label, "SPDX SBOM");
}

#[test]
fn manifests_are_named_by_what_they_are() {
    for (document, family, label) in [
        (manifest(None, OCI_CONFIG, &[OCI_LAYER]), Family::Image, "Image"),
        (manifest(None, OCI_CONFIG, &[]), Family::Image, "Image"),
        (manifest(Some(OCI_CONFIG), OCI_CONFIG, &[OCI_LAYER]), Family::Image, "Image"),
        (manifest(None, "application/vnd.cncf.helm.config.v1+json", &[]), Family::Chart, "Helm chart"),
        (
            manifest(None, OCI_CONFIG, &["application/vnd.dev.cosign.simplesigning.v1+json"]),
            Family::Signature,
            "Cosign signature",
        ),
        (
            manifest(
                None,
                "application/vnd.docker.container.image.v1+json",
                &["application/vnd.ollama.image.model", "application/vnd.ollama.image.license"],
            ),
            Family::Model,
            "Ollama model",
        ),
        (
            manifest(
                Some("application/vnd.dev.sigstore.bundle.v0.3+json"),
                OCI_EMPTY,
                &["application/vnd.dev.sigstore.bundle.v0.3+json"],
            ),
            Family::Signature,
            "Sigstore bundle",
        ),
        (manifest(None, OCI_EMPTY, &["application/spdx+json"]), Family::Sbom, "SPDX SBOM"),
        (manifest(Some("application/x-mine"), OCI_CONFIG, &[OCI_LAYER]), Family::Unknown, "application/x-mine"),
        (manifest(None, "application/x-mine+json", &[OCI_LAYER]), Family::Unknown, "application/x-mine+json"),
        (manifest(None, OCI_EMPTY, &["text/plain"]), Family::Unknown, "Artifact"),
        (
            manifest(
                None,
                "application/vnd.unknown.config.v1+json",
                &["application/vnd.cncf.openpolicyagent.policy.layer.v1+rego"],
            ),
            Family::Policy,
            "OPA policy",
        ),
        (manifest(None, "application/vnd.unknown.config.v1+json", &["text/plain"]), Family::Artifact, "Artifact"),
        (manifest(None, "application/vnd.aquasec.trivy.config.v1+json", &[]), Family::Artifact, "Trivy database"),
        (serde_json::json!({ "schemaVersion": 1, "fsLayers": [] }), Family::Schema1, "Docker schema 1 image"),
        (serde_json::json!({ "schemaVersion": 2, "mediaType": "a/b" }), Family::Unknown, "a/b"),
    ] {
        assert_eq!(kind(&document), (family, label.to_owned()), "{document}");
    }
}

#[test]
fn an_image_s_type_on_an_empty_config_makes_no_image() {
    let mut document = manifest(None, OCI_CONFIG, &["application/x-mine+json"]);
    assert_eq!(kind(&document).0, Family::Image);
    document["config"]["digest"] = EMPTY_OBJECT.into();
    assert_eq!(kind(&document), (Family::Unknown, "application/x-mine+json".to_owned()));
    document["layers"][0]["mediaType"] = OCI_LAYER.into();
    assert_eq!(kind(&document).0, Family::Image);
    let untyped = manifest(None, "application/octet-stream", &[OCI_LAYER]);
    assert_eq!(kind(&untyped), (Family::Unknown, "Image layers with a config of no type".to_owned()));
}

#[test]
fn statements_are_named_by_their_predicate() {
    let mut document = manifest(None, OCI_CONFIG, &["application/vnd.in-toto+json"]);
    assert_eq!(kind(&document).1, "in-toto attestation");
    document["layers"][0]["annotations"] =
        serde_json::json!({ "in-toto.io/predicate-type": "https://spdx.dev/Document" });
    assert_eq!(kind(&document), (Family::Sbom, "SPDX SBOM".to_owned()));
}

#[test]
fn indexes_are_named_by_type_or_content() {
    let index = |media_type: &str, annotations: serde_json::Value| serde_json::json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": [], "annotations": annotations });
    let oci = "application/vnd.oci.image.index.v1+json";
    let docker = "application/vnd.docker.distribution.manifest.list.v2+json";
    assert_eq!(kind(&index(oci, serde_json::json!({}))).1, "OCI index");
    assert_eq!(kind(&index(docker, serde_json::json!({}))).1, "Docker manifest list");
    assert_eq!(
        kind(&index(oci, serde_json::json!({ "com.github.package.type": "homebrew_bottle" }))),
        (Family::Package, "Homebrew bottle".to_owned())
    );
    assert_eq!(kind(&serde_json::json!({ "schemaVersion": 2, "manifests": [] })).1, "Index");
}

#[test]
fn entries_of_an_index_are_named_before_they_are_read() {
    let of = |entry: serde_json::Value| {
        let document = serde_json::json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry],
        });
        match Manifest::parse(document.to_string().as_bytes(), None) {
            Ok(Manifest::Index(index)) => Kind::of_descriptor(&index.manifests[0]).label,
            other => panic!("an index is expected, not {other:?}"),
        }
    };
    let entry = |members: serde_json::Value| {
        let mut entry = serde_json::json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": DIGEST, "size": 1,
        });
        for (name, value) in members.as_object().expect("an object") {
            entry[name] = value.clone();
        }
        entry
    };
    assert_eq!(of(entry(serde_json::json!({}))), "OCI manifest");
    assert_eq!(of(entry(serde_json::json!({ "artifactType": OCI_CONFIG }))), "Image");
    assert_eq!(of(entry(serde_json::json!({ "artifactType": "application/spdx+json" }))), "SPDX SBOM");
    assert_eq!(
        of(entry(serde_json::json!({ "annotations": { "vnd.docker.reference.type": "attestation-manifest" } }))),
        "BuildKit attestation"
    );
}
