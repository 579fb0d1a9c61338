//! Texts that look like others, and words that promise more than was checked (threats V-6, V-7, V-11).

use serde_json::json;

use super::html::Html;
use super::site::{INDEX, MANIFEST, get, layer, page, put, put_artifact, put_config, put_image, sound_config};

/// What hides, reorders or acts.
const ODD: &str = "photo\u{202e}exe.png\u{2066}a\u{200b}b\u{feff}\u{1b}[2J\u{7}\u{ad}\u{e0041}\u{85}";

/// Checks that nothing of it is on a page as it is, neither in its text nor in an attribute.
fn hides_nothing(target: &str) {
    let answer = page(target);
    let html = Html::read(&answer.body);
    let hides = |text: &str| text.contains(|letter| letter != '\n' && letter != '\t' && strata::oci::is_hidden(letter));
    assert!(!hides(&html.text), "{target}: {:?}", html.text);
    assert!(html.text.contains("\\u{202e}") || html.text.contains("\\u202e"), "{target}");
    // What is copied is the text itself; it stands in an attribute that only the copy button reads.
    for tag in &html.tags {
        for (name, value) in &tag.attributes {
            assert!(!hides(value) || name.starts_with("data-"), "{target}: {tag:?}");
        }
    }
}

/// Fails when `ForeignText` shows what it is given as it is.
#[test]
fn nothing_that_hides_or_reorders_text_is_on_a_page() {
    let mut config = sound_config();
    config["author"] = json!(ODD);
    config["config"] = json!({ "Labels": { ODD: ODD }, "Env": [format!("A={ODD}")], "Cmd": [ODD] });
    config["history"][0] = json!({ "created_by": format!("RUN {ODD}"), "author": ODD, "comment": ODD });
    put_image("spoofing/image", "1", &config.to_string(), |manifest| {
        manifest["annotations"] = json!({ ODD: ODD });
        manifest["layers"][0]["urls"] = json!([ODD]);
    });
    for view in ["", "?as=dockerfile", "/-/config", "/-/raw"] {
        hides_nothing(&format!("/spoofing/image:1{view}"));
    }
}

/// Fails when a text of an artifact's blobs stands in an attribute as it is: it was seen to for a package's URL.
#[test]
fn nothing_that_hides_or_reorders_text_is_on_the_page_of_an_artifact() {
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": ODD,
        "components": [{ "name": ODD, "version": ODD, "type": ODD, "purl": format!("pkg:npm/{ODD}") }],
    });
    let provenance = json!({
        "_type": ODD, "predicateType": "https://slsa.dev/provenance/v1", "subject": [{ "name": ODD, "digest": { ODD: ODD } }],
        "predicate": {
            "buildDefinition": { "buildType": ODD, "externalParameters": { ODD: ODD }, "resolvedDependencies": [{ "uri": ODD }] },
            "runDetails": { "builder": { "id": ODD }, "metadata": { "buildkit_metadata": { "source": { "infos": [
                { "filename": ODD, "data": "RlJPTSBzY3JhdGNo" },
            ] } } } },
        },
    });
    let other = json!({
        "_type": ODD, "predicateType": ODD, "subject": [{ "name": ODD }], "predicate": { ODD: ODD },
    });
    let chart = json!({
        "apiVersion": ODD, "name": ODD, "version": ODD, "type": ODD, "icon": ODD, "keywords": [ODD], "sources": [ODD],
        "maintainers": [{ "name": ODD }], "dependencies": [{ "name": ODD, "version": ODD, "alias": ODD }],
        "annotations": { ODD: ODD },
    });
    for (tag, media_type, blob) in [
        ("bill", "application/vnd.cyclonedx+json", bill),
        ("provenance", "application/vnd.in-toto+json", provenance),
        ("statement", "application/vnd.in-toto+json", other),
        ("chart", "application/vnd.cncf.helm.config.v1+json", chart),
        ("script", "application/vnd.cncf.helm.chart.provenance.v1.prov", json!("#!/bin/sh")),
    ] {
        put_artifact("spoofing/artifact", tag, media_type, &blob, |manifest| {
            manifest["layers"][0]["annotations"] = json!({ "org.opencontainers.image.title": ODD, ODD: ODD });
            manifest["annotations"] = json!({ ODD: ODD });
        });
        hides_nothing(&format!("/spoofing/artifact:{tag}"));
    }
}

/// Fails when a pull command is made of anything but parts that keep to their grammar.
#[test]
fn commands_to_copy_have_no_character_that_a_shell_reads() {
    let mut config = sound_config();
    config["os"] = json!("linux;id");
    config["architecture"] = json!("$(id)`id`");
    let image = put_image("spoofing/commands", "1", &config.to_string(), |_| {});
    let entry = |architecture: &str| {
        let platform = json!({ "os": "linux;id", "architecture": architecture });
        json!({ "mediaType": MANIFEST, "digest": image, "platform": platform })
    };
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry("$(id)"), entry("a&b|c")] });
    put("spoofing/commands", "index", INDEX, &index.to_string());
    for target in [
        "/-/api/image/spoofing/commands:1",
        "/-/api/image/spoofing/commands:index",
        "/-/api/image/spoofing/commands:index?platform=linux%3Bid/%24(id)",
        "/-/api/image/spoofing/commands:index?platform=linux%3Bid/a%26b%7Cc",
    ] {
        let answer = get(target);
        assert_eq!(answer.status, 200, "{target}");
        let document = answer.json();
        let text = format!("{}{}", document["pull_by_tag"], document["pull_by_digest"]);
        assert!(text.contains("spoofing/commands"), "{target}: {document}");
        assert!(!text.contains(['$', '`', ';', '|', '&', '~']), "{target}: {text}");
    }
}

/// Fails when anything but a digest is called verified: no signature is looked at.
#[test]
fn what_is_signed_is_not_called_verified() {
    let signature = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": put_config("spoofing/signed", "{}"),
        "layers": [{
            "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "digest": layer("x")["digest"], "size": 3,
            "annotations": { "dev.cosignproject.cosign/signature": "MEUCIQD…" },
        }],
    });
    let image = put_image("spoofing/signed", "1", &sound_config().to_string(), |_| {});
    let name = format!("{}.sig", image.replace(':', "-"));
    put("spoofing/signed", &name, MANIFEST, &signature.to_string());
    let statement = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": put_config("spoofing/signed", "{\"a\":1}"),
        "layers": [{
            "mediaType": "application/vnd.in-toto+json", "digest": layer("y")["digest"], "size": 3,
            "annotations": { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" },
        }],
    });
    let statement = put("spoofing/signed", "attestation", MANIFEST, &statement.to_string());
    let entries = json!([
        { "mediaType": MANIFEST, "digest": image, "size": 400, "platform": { "os": "linux", "architecture": "amd64" } },
        {
            "mediaType": MANIFEST, "digest": statement, "size": 400, "platform": { "os": "unknown", "architecture": "unknown" },
            "annotations": { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image },
        },
    ]);
    put(
        "spoofing/signed",
        "index",
        INDEX,
        &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }).to_string(),
    );
    for target in [
        format!("/spoofing/signed:{name}"),
        "/spoofing/signed:attestation".to_owned(),
        "/spoofing/signed:index".to_owned(),
    ] {
        let answer = page(&target);
        let html = Html::read(&answer.body);
        let text = html.text.to_lowercase();
        for claim in
            ["signature verified", "signature is valid", "valid signature", "trusted", "signed by", "authentic"]
        {
            assert!(!text.contains(claim), "{target} says `{claim}`");
        }
    }
    page("/spoofing/signed:index").says(&["present, not verified"]);
}
