//! Manifests of every kind, and what a page says of them. The first byte chooses the type that the registry states.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::anatomy::kind::Kind;
use strata::anatomy::layers::LayerFormat;
use strata::anatomy::steps;
use strata::oci::{ImageConfig, Manifest, MediaType};

const TYPES: [&str; 4] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/json",
];

fuzz_target!(|bytes: &[u8]| {
    // Documents begin with a brace: without a choice before them the registry states nothing.
    let (stated, document) = match bytes.split_first() {
        Some((choice, rest)) if usize::from(*choice) < TYPES.len() => {
            (Some(MediaType::new(TYPES[usize::from(*choice)])), rest)
        }
        _ => (None, bytes),
    };
    let Ok(manifest) = Manifest::parse(document, stated.as_ref()) else { return };
    assert!(!Kind::of(&manifest).label.is_empty());
    if let Manifest::Image(image) = manifest {
        let _ = (image.whole_size(), image.layers_size(), image.is_container_image());
        assert_eq!(steps::layers(&image, &ImageConfig::default()).len(), image.layers.len());
        for layer in &image.layers {
            assert!(!LayerFormat::of(layer).to_string().is_empty());
        }
    }
});
