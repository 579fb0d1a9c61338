//! What Strata shows of a registry, as pages and as JSON, held against what skopeo and sha256 say of it.

use axum::Router;
use serde_json::Value;
use strata::anatomy::dockerfile::Instruction;

use super::server::Server;
use super::support::{Answer, digest_of};

/// Checks everything that is shown of what stands at a tag; how many images that were is given back.
pub(super) async fn check(router: &Router, server: &Server, repository: &str, tag: &str) -> usize {
    let raw = server.inspect(&["--raw"], repository, tag);
    let document: Value = serde_json::from_slice(&raw).unwrap();
    let digest = digest_of(&raw);
    let reference = format!("{repository}:{tag}");
    let bytes = Answer::get(router, &format!("/-/api/raw/{reference}")).await;
    assert!(bytes.status == 200 && bytes.body == raw, "{reference}");

    let Some(entries) = document["manifests"].as_array() else {
        let shown = image(router, &reference, "").await;
        assert!(shown.document["identity"]["index"].is_null(), "{reference}");
        return usize::from(shown.is(server, repository, &digest, &raw));
    };
    let index = image(router, &reference, "&details=1").await.document;
    assert_eq!(index["identity"]["index"]["digest"], digest, "{reference}");
    let images: Vec<&Value> = entries.iter().filter(|entry| entry["platform"]["os"] != "unknown").collect();
    let cards = index["platforms"].as_array().unwrap();
    assert_eq!(cards.len(), images.len(), "{reference}");
    for (card, entry) in cards.iter().zip(&images) {
        assert_eq!(card["digest"], entry["digest"], "{reference}");
        for member in ["os", "architecture", "variant", "os.version"] {
            assert_eq!(card["platform"][member], entry["platform"][member], "{reference}: {member}");
        }
        let child = entry["digest"].as_str().unwrap();
        let raw = server.inspect_at(&["--raw"], &format!("{repository}@{child}"));
        assert_eq!((digest_of(&raw).as_str(), entry["size"].as_u64()), (child, Some(raw.len() as u64)));
        assert_eq!(card["size"], sum_of_layers(&raw), "{reference}@{child}");
        let platform = ["os", "architecture", "variant"].map(|member| entry["platform"][member].as_str());
        let platform: Vec<_> = platform.into_iter().flatten().collect();
        let shown = image(router, &reference, &format!("&platform={}&manifest={child}", platform.join("/"))).await;
        assert_eq!(shown.document["identity"]["index"]["digest"], digest);
        assert!(shown.is(server, repository, child, &raw), "{reference}@{child} is no image");
    }
    images.len()
}

/// What stands at a reference, as JSON and as a page.
struct Shown {
    document: Value,
    page: String,
}

async fn image(router: &Router, reference: &str, query: &str) -> Shown {
    let api = Answer::get(router, &format!("/-/api/image/{reference}?view=layers{query}")).await;
    let page = Answer::get(router, &format!("/{reference}?{}", query.trim_start_matches('&'))).await;
    assert_eq!((api.status, page.status), (200, 200), "{reference}");
    Shown { document: api.json(), page: String::from_utf8(page.body).unwrap() }
}

impl Shown {
    /// Fails unless everything that is shown of the image follows from the registry's own bytes. False for what is no
    /// container image, of which nothing but the digest is checked.
    fn is(&self, server: &Server, repository: &str, digest: &str, raw: &[u8]) -> bool {
        let manifest: Value = serde_json::from_slice(raw).unwrap();
        let shown = &self.document;
        let place = format!("{repository}@{digest}");
        assert_eq!(shown["identity"]["manifest"]["digest"], digest, "{place}");
        assert_eq!(shown["identity"]["manifest"]["check"], "verified", "{place}");
        assert!(self.page.contains(digest), "{place}");
        if shown["content"]["type"] != "layers" {
            return false;
        }

        let config = server.inspect_at(&["--config", "--raw"], &place);
        assert_eq!(shown["identity"]["image_id"]["digest"], digest_of(&config), "{place}");
        assert_eq!(manifest["config"]["digest"], digest_of(&config), "{place}");
        assert!(self.page.contains(&digest_of(&config)), "{place}");
        let config: Value = serde_json::from_slice(&config).unwrap();
        assert_eq!(shown["created"], config["created"], "{place}");
        assert_eq!(shown["size"], sum_of_layers(raw), "{place}");
        self.has_layers(&manifest, &config, &place);
        self.has_history(&config, &place);
        true
    }

    fn has_layers(&self, manifest: &Value, config: &Value, place: &str) {
        let layers = manifest["layers"].as_array().unwrap();
        let diff_ids = config["rootfs"]["diff_ids"].as_array().map_or(&[][..], Vec::as_slice);
        let shown: Vec<&Value> = self.layers().collect();
        assert_eq!(shown.len(), layers.len(), "{place}");
        assert_eq!(self.document["layer_count"].as_u64(), Some(layers.len() as u64), "{place}");
        for (position, (shown, layer)) in shown.iter().zip(layers).enumerate() {
            assert_eq!(shown["digest"], layer["digest"], "{place}");
            assert_eq!(shown["size"], layer["size"], "{place}");
            assert_eq!(shown["media_type"], layer["mediaType"], "{place}");
            if diff_ids.len() == layers.len() {
                assert_eq!(shown["diff_id"], diff_ids[position], "{place}");
                assert!(self.page.contains(diff_ids[position].as_str().unwrap()), "{place}");
            }
            assert!(self.page.contains(layer["digest"].as_str().unwrap()), "{place}");
            let size = strata::anatomy::size::exact(layer["size"].as_u64().unwrap());
            assert!(self.page.contains(&size), "{place}: {size}");
        }
    }

    fn has_history(&self, config: &Value, place: &str) {
        let history = config["history"].as_array().map_or(&[][..], Vec::as_slice);
        let steps = self.steps();
        assert_eq!(steps.len(), history.len(), "{place}");
        for (shown, step) in steps.iter().zip(history) {
            let told = step["created_by"].as_str().unwrap_or_default();
            let instruction: Instruction = serde_json::from_value(shown["instruction"].clone()).unwrap();
            // What is shown of a step stands in its text as it is.
            assert!(told.contains(&instruction.arguments), "{place}: {told}");
            assert!(
                told.contains(instruction.keyword.as_deref().unwrap_or_default()) || told.contains("-c"),
                "{place}"
            );
            assert_eq!(shown["empty_layer"].as_bool(), Some(step["empty_layer"] == true), "{place}: {told}");
        }
    }

    /// The steps, where they are joined with the layers and where not.
    fn steps(&self) -> &[Value] {
        let steps = &self.document["content"]["value"]["steps"];
        let list = steps["joined"].as_array().or(steps["unjoined"]["history"].as_array());
        list.map_or(&[], Vec::as_slice)
    }

    fn layers(&self) -> impl Iterator<Item = &Value> {
        let alone = self.document["content"]["value"]["steps"]["unjoined"]["layers"].as_array();
        let joined = self.steps().iter().map(|step| &step["layer"]).filter(|layer| !layer.is_null());
        alone.into_iter().flatten().chain(joined)
    }
}

/// The sum of a manifest's layers, as JSON.
fn sum_of_layers(raw: &[u8]) -> Value {
    let manifest: Value = serde_json::from_slice(raw).unwrap();
    let layers = manifest["layers"].as_array().unwrap();
    layers.iter().map(|layer| layer["size"].as_u64().unwrap()).sum::<u64>().into()
}
