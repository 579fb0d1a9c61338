use super::*;
use crate::oci::Manifest;

const OF_NOTHING: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const OF_A: &str = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

fn manifest(sizes: &[u64]) -> ImageManifest {
    let layers: Vec<_> = sizes
        .iter()
        .map(|size| {
            serde_json::json!({
                "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                "digest": OF_A,
                "size": size,
            })
        })
        .collect();
    let document = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": OF_NOTHING, "size": 2 },
        "layers": layers,
    });
    match Manifest::parse(document.to_string().as_bytes(), None) {
        Ok(Manifest::Image(manifest)) => *manifest,
        other => panic!("a manifest is expected, not {other:?}"),
    }
}

fn config(diff_ids: &[&str], history: Option<&[(&str, bool)]>) -> ImageConfig {
    let history = history.map(|steps| {
        steps
            .iter()
            .map(|(created_by, empty_layer)| History {
                created_by: Some((*created_by).to_owned()),
                comment: Some("buildkit.dockerfile.v0".to_owned()),
                created: Some("2026-11-21T09:14:00Z".to_owned()),
                empty_layer: *empty_layer,
                author: None,
            })
            .collect()
    });
    ImageConfig {
        diff_ids: diff_ids.iter().map(|digest| digest.parse().ok()).collect(),
        history,
        ..ImageConfig::default()
    }
}

#[test]
fn each_step_that_made_a_layer_has_it() {
    let steps = Steps::of(
        &manifest(&[300, 100]),
        &config(
            &[OF_NOTHING, OF_A],
            Some(&[("ADD rootfs.tar / # buildkit", false), ("ENV A=b", true), ("COPY a / # buildkit", false)]),
        ),
    );
    let Steps::Joined(steps) = steps else { panic!("the counts match") };
    assert_eq!(steps.len(), 3);
    assert_eq!(steps[1].layer, None);
    assert_eq!(steps[1].comment, None);
    let layer = steps[2].layer.as_ref().expect("a layer");
    assert_eq!((layer.position, layer.size), (1, Some(100)));
    assert!((layer.share - 0.25).abs() < 1e-9);
    assert_eq!(
        layer.chain_id.as_ref().map(Digest::as_str),
        Some("sha256:54310b28337ccdbb5477f2808753d5b0e7c87d84187cee28a330a3e71f6c16fc")
    );
}

#[test]
fn counts_that_differ_leave_both_lists_unjoined() {
    let steps =
        Steps::of(&manifest(&[1, 2]), &config(&[OF_NOTHING, OF_A], Some(&[("a", false), ("b", false), ("c", false)])));
    let Steps::Unjoined { history, layers, notice } = &steps else { panic!("the counts differ") };
    assert_eq!((history.len(), layers.len()), (3, 2));
    assert_eq!(*notice, StepsNotice { history: Some(3), layers: 2, diff_ids: 2, is_cut: false });
    assert!(layers[1].chain_id.is_some());
    insta::assert_snapshot!(notice, @"The history does not match the layers: 3 steps of the history made a layer, the manifest has 2 layers");
}

#[test]
fn diff_ids_that_do_not_match_are_not_given_to_layers() {
    let steps = Steps::of(&manifest(&[1, 2]), &config(&[OF_A], Some(&[("a", false), ("b", false)])));
    let Steps::Unjoined { layers, notice, .. } = &steps else { panic!("the counts differ") };
    assert!(layers.iter().all(|layer| layer.diff_id.is_none() && layer.chain_id.is_none()));
    insta::assert_snapshot!(notice, @"The config does not match the layers: it has 1 diff_id, the manifest has 2 layers");
}

#[test]
fn no_history_has_its_own_notice() {
    for history in [None, Some(&[] as &[_])] {
        let steps = Steps::of(&manifest(&[1]), &config(&[OF_A], history));
        let Steps::Unjoined { history, layers, notice } = &steps else { panic!("there is no history") };
        assert!(history.is_empty());
        assert_eq!(layers.len(), 1);
        insta::allow_duplicates! {
            insta::assert_snapshot!(notice, @"The config has no history, so nothing says how the 1 layer came about");
        }
    }
}

#[test]
fn an_image_from_nothing_has_nothing_to_join() {
    assert_eq!(Steps::of(&manifest(&[]), &config(&[], None)), Steps::Joined(vec![]));
    assert!(matches!(Steps::of(&manifest(&[]), &config(&[], Some(&[("ENV A=b", true)]))), Steps::Joined(_)));
}

#[test]
fn sizes_near_the_limit_do_not_overflow() {
    let largest = u64::MAX / 2;
    let layers = layers(&manifest(&[largest, largest, largest]), &ImageConfig::default());
    assert!(layers.iter().all(|layer| layer.share > 0.3 && layer.share <= 1.0));
    assert!(super::layers(&manifest(&[0]), &ImageConfig::default())[0].share.abs() < f64::EPSILON);
}

#[test]
fn the_wire_form_is_read_back() {
    for config in [config(&[OF_A], Some(&[("COPY a / # buildkit", false)])), config(&[], None)] {
        let steps = Steps::of(&manifest(&[7]), &config);
        let json = serde_json::to_string(&steps).expect("JSON");
        assert_eq!(serde_json::from_str::<Steps>(&json).expect("read back"), steps);
    }
}

/// Counts of lists that are not read to their end match or differ by chance.
#[test]
fn lists_that_are_cut_are_neither_joined_nor_said_to_differ() {
    let all = (manifest(&[300, 100]), config(&[OF_NOTHING, OF_A], Some(&[("COPY a /", false), ("COPY b /", false)])));
    assert!(matches!(Steps::of(&all.0, &all.1), Steps::Joined(_)));
    let cut = [
        (all.0.clone(), ImageConfig { history_left_out: 5, ..all.1.clone() }),
        (ImageManifest { layers_left_out: 5, ..all.0.clone() }, all.1.clone()),
        (ImageManifest { layers_left_out: 5, ..all.0 }, ImageConfig { diff_ids_left_out: 5, ..all.1 }),
    ];
    for ((manifest, config), diff_ids) in cut.into_iter().zip([true, false, true]) {
        let Steps::Unjoined { layers, notice, .. } = Steps::of(&manifest, &config) else { panic!("nothing to join") };
        assert!(notice.is_cut && !notice.to_string().contains("match"), "{notice}");
        assert_eq!(layers.iter().all(|layer| layer.diff_id.is_some()), diff_ids);
    }
}
