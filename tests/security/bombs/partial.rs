//! What was read only in part is not taken for the whole: not where a file of it is open, nor by what is counted, nor by
//! caches.

use serde_json::json;

use super::layers::{ZEROS, archive};
use super::read;
use crate::site::{INDEX, LAYER, MANIFEST, SITE, get, page, put, put_config, sound_config};
use crate::support::digest_of;

/// An image of these layers, as `image`, and an index of it, as `1`. The digests of both, the index's first.
fn put_layers(repository: &str, layers: &[&[u8]]) -> (String, String) {
    for layer in layers {
        SITE.main.content(|content| content.blob(repository, layer));
    }
    let layer = |layer: &&[u8]| json!({ "mediaType": LAYER, "digest": digest_of(layer), "size": layer.len() });
    let layers: Vec<_> = layers.iter().map(layer).collect();
    let config = put_config(repository, &sound_config().to_string());
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers }).to_string();
    let image = put(repository, "image", MANIFEST, &manifest);
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [{
            "mediaType": MANIFEST, "digest": image, "size": manifest.len(),
            "platform": { "os": "linux", "architecture": "amd64" },
        }],
    });
    (put(repository, "1", INDEX, &index.to_string()), image)
}

/// Fails when a layer that was cut counts as a whole one.
#[test]
fn what_was_read_in_part_is_not_taken_for_the_whole() {
    let below = archive(&[("etc/passwd", b"root"), ("etc/other", b"other")]);
    let whole = archive(&[("etc/known", b"known")]);
    let immutable = "private, max-age=31536000, immutable";
    for (repository, layers, is_whole) in
        [("partial/cut", [&below[..], &ZEROS[..]], false), ("partial/whole", [&below[..], &whole[..]], true)]
    {
        let (index, image) = put_layers(repository, &layers);
        read(&format!("{repository}:1"));
        let said = "Layer 2 was read only in part";
        // The file is the lower layer's; what was cut can have another one.
        for view in ["", "etc/passwd", "?usage=1", "?find=passwd"] {
            let page = page(&format!("/main/{repository}:1/-/files/{view}"));
            assert_eq!(page.text().contains(said), !is_whole, "{repository}, {view}: {}", page.text());
        }
        let figures = page(&format!("/main/{repository}:1/-/files/?usage=1")).text();
        assert_eq!(figures.contains("Only what was read of the layers is counted"), !is_whole, "{figures}");
        let own = page(&format!("/main/{repository}:1/-/layer/{}/etc/known", digest_of(layers[1]))).text();
        assert_eq!(own.contains(said), !is_whole, "{own}");
        let lowest = page(&format!("/main/{repository}:1/-/layer/{}/etc/passwd", digest_of(layers[0]))).text();
        assert!(!lowest.contains(said), "{lowest}");

        let missing = get(&format!("/main/{repository}:1/-/files/etc/shadow"));
        assert_eq!(missing.status, 404);
        let elsewhere = "It may be in the rest of layer 2.";
        missing.says(&[if is_whole {
            "What is shown has been read as a whole, and this path is not in it."
        } else {
            elsewhere
        }]);
        let missing = get(&format!("/-/api/content/main/{repository}:1?path=etc/shadow"));
        assert_eq!(missing.status, 404);
        assert_eq!(missing.json().to_string().contains(elsewhere), !is_whole, "{}", missing.json());

        // Under a digest, only what nothing can change is kept for ever.
        for (layer, path, is_fixed) in [
            (String::new(), "etc/passwd", is_whole),
            (digest_of(layers[1]), "etc/known", is_whole),
            (digest_of(layers[0]), "etc/passwd", true),
        ] {
            let file =
                get(&format!("/-/api/content/main/{repository}@{index}?manifest={image}&layer={layer}&path={path}"));
            assert_eq!(file.status, 200, "{repository}, {path}");
            let policy = if is_fixed { immutable } else { "private, no-cache" };
            assert_eq!(file.header("cache-control"), policy, "{repository}, {layer}, {path}");
        }

        let files = get(&format!("/-/api/files/main/{repository}:1")).json();
        let told = (&files["is_whole"], &files["layers"][0]["is_whole"], &files["layers"][1]["is_whole"]);
        assert_eq!(told, (&json!(is_whole), &json!(true), &json!(is_whole)), "{files}");
        let usage = get(&format!("/-/api/efficiency/main/{repository}:1")).json();
        assert_eq!(usage["is_whole"], json!(is_whole), "{usage}");
        assert_eq!(usage["remarks"].to_string().contains(said), !is_whole, "{usage}");
        assert!(usage["efficiency"]["total_bytes"].as_u64() > Some(0), "{usage}");

        // What was counted now is said elsewhere only where it is of the whole image.
        let seen = "of the files' bytes can be seen";
        let own = page(&format!("/main/{repository}:image")).text();
        assert_eq!(own.contains(seen), is_whole, "{own}");
        let compared = page(&format!("/-/compare?from=main/{repository}:image&to=main/{repository}:image")).text();
        assert_eq!(compared.contains(seen), is_whole, "{compared}");
    }
}
