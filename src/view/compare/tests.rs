use super::*;
use crate::anatomy::compare::compare;
use crate::oci::{ImageConfig, ImageManifest, Manifest};

/// An image whose layers have these contents, each made by a step of that number.
fn image(layers: &[usize]) -> Steps {
    let history: Vec<_> = layers.iter().map(|layer| format!(r#"{{"created_by":"RUN {layer}"}}"#)).collect();
    let diff_ids: Vec<_> = layers.iter().map(|layer| format!(r#""sha256:{layer:064x}""#)).collect();
    let descriptors: Vec<_> = layers
        .iter()
        .map(|layer| format!(r#"{{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{layer:064x}","size":10}}"#))
        .collect();
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":[{}]}},"history":[{}]}}"#,
        diff_ids.join(","),
        history.join(",")
    );
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{:064x}","size":2}},"layers":[{}]}}"#,
        0,
        descriptors.join(",")
    );
    Steps::of(&manifest_of(&manifest), &ImageConfig::parse(config.as_bytes()).unwrap())
}

fn manifest_of(text: &str) -> ImageManifest {
    match Manifest::parse(text.as_bytes(), None).unwrap() {
        Manifest::Image(manifest) => *manifest,
        other => panic!("an image manifest is expected, not {other:?}"),
    }
}

#[test]
fn rows_have_both_layers_and_the_steps_that_made_them() {
    let (from, to) = (image(&[1, 2, 4]), image(&[1, 3, 4]));
    let rows = LayerRows::of(&compare(&from, &to), &from, &to, 0);
    assert_eq!((rows.row_count, rows.break_row), (3, Some(1)));
    let words = |layer: &Option<PairedLayer>| layer.as_ref().map(|layer| layer.arguments.clone()).unwrap_or_default();
    let shown: Vec<_> = rows.rows.iter().map(|row| (row.kind, words(&row.from), words(&row.to))).collect();
    let expected = |kind, from: &str, to: &str| (kind, from.to_owned(), to.to_owned());
    assert_eq!(
        shown,
        [expected(RowKind::Same, "1", "1"), expected(RowKind::Changed, "2", "3"), expected(RowKind::Same, "4", "4")]
    );
}

#[test]
fn many_layers_are_shown_in_parts() {
    let layers: Vec<_> = (0..250).collect();
    let image = image(&layers);
    let rows = |first| LayerRows::of(&compare(&image, &image), &image, &image, first);
    assert_eq!(rows(0).rows.len(), ROWS_LENGTH);
    assert_eq!((rows(200).first, rows(200).rows.len()), (200, 50));
    assert_eq!(rows(250).first, 0);
    let bands = core_sample(&image.layers());
    assert_eq!(bands.len(), BANDS_LENGTH + 1);
    assert_eq!(bands.iter().map(|band| band.size).sum::<u64>(), 2500);
}
