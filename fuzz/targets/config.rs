//! Configs, and what a page makes of them: steps, a Dockerfile, covered secrets, a comparison.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::anatomy::dockerfile::dockerfile;
use strata::anatomy::steps::Steps;
use strata::anatomy::{chain_id, config_compare, secrets, time};
use strata::oci::{ImageConfig, ImageManifest, Manifest};

/// An image of two layers, to join histories with.
fn image() -> ImageManifest {
    let layer = r#"{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":18446744073709551615}"#;
    let document = format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"application/vnd.oci.image.config.v1+json"}},"layers":[{layer},{layer}]}}"#
    );
    match Manifest::parse(document.as_bytes(), None) {
        Ok(Manifest::Image(image)) => *image,
        other => panic!("{other:?}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(config) = ImageConfig::parse(bytes) else { return };
    let history = config.history.as_deref().unwrap_or_default();
    assert!(dockerfile(history).starts_with("# Approximate"));
    for pair in &config.run.env {
        assert!(secrets::ranges(pair).iter().all(|range| pair.get(range.clone()).is_some()), "{pair:?}");
    }
    assert_eq!(chain_id::chain_ids(&config.diff_ids).len(), config.diff_ids.len());
    let steps = Steps::of(&image(), &config);
    assert_eq!(steps.layers().len(), 2);
    let _ = time::Created::of(config.created.as_deref());
    assert_eq!(config_compare::compare(&config, &config), config_compare::ConfigComparison::default());
});
