//! A registry of images that the sample does not have: very many layers, and a config that cannot be read.

#[path = "../support/mod.rs"]
pub(crate) mod fixtures;

use fixtures::Fixture;
use fixtures::content::Content;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The registry.
///
/// - `many/layers:1` and `:2`: 250 layers, of which the 121st differs
/// - `many/layers:3` and `:4`: 2,100 layers, none of them shared
/// - `broken/config:1`: two layers, and a config that is not JSON
pub(crate) async fn registry() -> Fixture {
    let fixture = Fixture::start().await;
    let alike: Vec<_> = (0..250).collect();
    let mut other = alike.clone();
    other[120] = 1_000;
    fixture.content(|content| {
        image(content, "many/layers", "1", &alike, None);
        image(content, "many/layers", "2", &other, None);
        image(content, "many/layers", "3", &(10_000..12_100).collect::<Vec<_>>(), None);
        image(content, "many/layers", "4", &(20_000..22_100).collect::<Vec<_>>(), None);
        image(content, "broken/config", "1", &[1, 2], Some("no JSON"));
    });
    fixture
}

/// An image whose layers have these numbers for content; each step is a `RUN` of its number.
fn image(content: &mut Content, repository: &str, tag: &str, layers: &[u32], config: Option<&str>) {
    let digest = |number: &u32| format!("sha256:{number:064x}");
    let history: Vec<_> =
        layers.iter().map(|layer| serde_json::json!({ "created_by": format!("RUN make {layer}") })).collect();
    let whole = serde_json::json!({
        "architecture": "amd64", "os": "linux", "history": history,
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(digest).collect::<Vec<_>>() },
    });
    let config = config.map_or_else(|| whole.to_string(), str::to_owned);
    let config_digest = content.blob(repository, config.as_bytes());
    let layers: Vec<_> = layers
        .iter()
        .map(|layer| serde_json::json!({ "mediaType": LAYER, "digest": digest(&(layer + 1)), "size": 1_000 }))
        .collect();
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": layers,
        "config": { "mediaType": CONFIG, "digest": config_digest, "size": config.len() },
    });
    let manifest = content.manifest(repository, MANIFEST, manifest.to_string().as_bytes());
    content.tag(repository, tag, &manifest);
}
