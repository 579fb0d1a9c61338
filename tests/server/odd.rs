//! A registry of images that the sample does not have: very many layers, a config that cannot be read, and a file with holes.

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
/// - `with/holes:1`: a layer with `data/holes`, of which six bytes of 4 EiB are stored
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
        holes(content, "with/holes", "1");
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

/// An image with a file with holes (GNU tar manual, "Storing Sparse Files": PAX format, version 0.1).
fn holes(content: &mut Content, repository: &str, tag: &str) {
    let mut builder = tar::Builder::new(Vec::new());
    let records: [(&str, &[u8]); 4] = [
        ("GNU.sparse.size", b"4611686018427387904"),
        ("GNU.sparse.numblocks", b"2"),
        ("GNU.sparse.map", b"0,3,5000,3"),
        ("GNU.sparse.name", b"data/holes"),
    ];
    builder.append_pax_extensions(records).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o644);
    header.set_size(6);
    builder.append_data(&mut header, "data/GNUSparseFile.0/holes", &b"abcdef"[..]).unwrap();
    let archive = builder.into_inner().unwrap();
    let mut keep = |media_type: &str, bytes: &[u8]| {
        let digest = content.blob(repository, bytes);
        serde_json::json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    };
    let layer = keep("application/vnd.oci.image.layer.v1.tar", &archive);
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": [layer["digest"]] },
    });
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": [layer],
        "config": keep(CONFIG, config.to_string().as_bytes()),
    });
    let manifest = content.manifest(repository, MANIFEST, manifest.to_string().as_bytes());
    content.tag(repository, tag, &manifest);
}
