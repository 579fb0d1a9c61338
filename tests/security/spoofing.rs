//! Texts that look like others, and words that promise more than was checked (threats V-6, V-7, V-11).

use serde_json::json;

use super::html::Html;
use super::site::{INDEX, MANIFEST, get, layer, page, put, put_config, put_image, sound_config};

/// Fails when `ForeignText` shows what it is given as it is.
#[test]
fn nothing_that_hides_or_reorders_text_is_on_a_page() {
    let odd = "photo\u{202e}exe.png\u{2066}a\u{200b}b\u{feff}\u{1b}[2J\u{7}\u{ad}\u{e0041}\u{85}";
    let mut config = sound_config();
    config["author"] = json!(odd);
    config["config"] = json!({ "Labels": { odd: odd }, "Env": [format!("A={odd}")], "Cmd": [odd] });
    config["history"][0] = json!({ "created_by": format!("RUN {odd}"), "author": odd, "comment": odd });
    put_image("spoofing/image", "1", &config.to_string(), |manifest| {
        manifest["annotations"] = json!({ odd: odd });
        manifest["layers"][0]["urls"] = json!([odd]);
    });
    for view in ["", "?as=dockerfile", "/-/config", "/-/raw"] {
        let answer = page(&format!("/spoofing/image:1{view}"));
        let html = Html::read(&answer.body);
        let hides =
            |text: &str| text.contains(|letter| letter != '\n' && letter != '\t' && strata::oci::is_hidden(letter));
        assert!(!hides(&html.text), "{view}: {:?}", html.text);
        assert!(html.text.contains("\\u{202e}") || html.text.contains("\\u202e"), "{view}");
        // What is copied is the text itself; it stands in an attribute that only the copy button reads.
        for tag in &html.tags {
            for (name, value) in &tag.attributes {
                assert!(!hides(value) || name.starts_with("data-"), "{view}: {tag:?}");
            }
        }
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
