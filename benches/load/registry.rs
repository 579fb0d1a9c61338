//! A registry with a thousand tags, each an index of its own with two images.

use serde_json::json;

use crate::support::Fixture;

pub(crate) const REPOSITORY: &str = "bench/service";
pub(crate) const TAGS: usize = 1_000;

pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The tag in this place of the version order, the highest first.
pub(crate) fn tag(place: usize) -> String {
    let number = TAGS - 1 - place;
    format!("{}.{}.{}", 1 + number / 100, number / 10 % 10, number % 10)
}

/// What the page's script asks for its first rows.
pub(crate) fn first_hundred() -> String {
    let tags: Vec<String> = (0..100).map(tag).collect();
    json!({ "repository": REPOSITORY, "tags": tags }).to_string()
}

pub(crate) async fn thousand_tags() -> Fixture {
    let fixture = Fixture::start().await;
    fixture.content(|content| {
        for place in 0..TAGS {
            let mut entries = Vec::new();
            for architecture in ["amd64", "arm64"] {
                let layer = |number: usize| {
                    let digit = format!("{:064x}", if number < 3 { number } else { place * 10 + number });
                    json!({ "mediaType": LAYER, "digest": format!("sha256:{digit}"), "size": 1_000_000 * (number + 1) })
                };
                let day = 1 + place % 28;
                let config = json!({
                    "architecture": architecture, "os": "linux", "created": format!("2026-10-{day:02}T12:00:00Z"),
                    "config": { "Cmd": ["/service", format!("{place}")] },
                    "rootfs": { "type": "layers", "diff_ids": (0..6).map(|number| layer(number)["digest"].clone()).collect::<Vec<_>>() },
                    "history": (0..6).map(|number| json!({ "created_by": format!("COPY /layer{number} /") })).collect::<Vec<_>>(),
                })
                .to_string();
                let digest = content.blob(REPOSITORY, config.as_bytes());
                let manifest = json!({
                    "schemaVersion": 2, "mediaType": MANIFEST,
                    "config": { "mediaType": CONFIG, "digest": digest, "size": config.len() },
                    "layers": (0..6).map(layer).collect::<Vec<_>>(),
                })
                .to_string();
                let digest = content.manifest(REPOSITORY, MANIFEST, manifest.as_bytes());
                entries.push(json!({
                    "mediaType": MANIFEST, "digest": digest, "size": manifest.len(),
                    "platform": { "os": "linux", "architecture": architecture },
                }));
            }
            let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }).to_string();
            let digest = content.manifest(REPOSITORY, INDEX, index.as_bytes());
            content.tag(REPOSITORY, &tag(place), &digest);
        }
    });
    fixture
}
