use super::*;
use crate::oci::{ImageConfig, ImageManifest, Manifest};

fn steps(count: usize, layers: usize) -> Steps {
    let history: Vec<_> =
        (0..count).map(|step| format!(r#"{{"created_by":"RUN {step}","empty_layer":{}}}"#, step >= layers)).collect();
    let diff_ids: Vec<_> = (0..layers).map(|layer| format!(r#""sha256:{layer:064x}""#)).collect();
    let descriptors: Vec<_> = (0..layers)
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

fn query(steps: u32) -> ImageQuery {
    ImageQuery { steps, ..ImageQuery::new("a:1".parse().unwrap()) }
}

fn shown(view: &LayersView) -> Vec<u32> {
    view.steps.steps().iter().map(|step| step.position).collect()
}

#[test]
fn long_histories_are_shown_in_parts() {
    let view = LayersView::of(steps(100_000, 300), &query(0), None, None);
    assert_eq!((view.step_count, view.layer_count, view.first), (100_000, 300, 0));
    assert_eq!(shown(&view).len(), STEPS_LENGTH);
    assert_eq!(view.stack.len(), STACK_LENGTH);
    assert_eq!(view.stack_rest, Some((173, 1730)));
    let view = LayersView::of(steps(310, 300), &query(300), None, None);
    assert_eq!(shown(&view), (300..310).collect::<Vec<_>>());
}

#[test]
fn a_position_past_the_end_is_the_beginning() {
    let view = LayersView::of(steps(3, 2), &query(3), None, None);
    assert_eq!((view.first, shown(&view)), (0, vec![0, 1, 2]));
    assert_eq!(view.stack_rest, None);
}

#[test]
fn a_dockerfile_is_cut_between_characters_and_stands_instead_of_the_steps() {
    let text = format!("a{}", "ü".repeat(DOCKERFILE_BYTES));
    let view = LayersView::of(steps(3, 2), &query(0), Some(text), None);
    assert_eq!(view.dockerfile.as_deref().map(str::len), Some(DOCKERFILE_BYTES - 1));
    assert_eq!(view.dockerfile_cut, 200_002);
    assert!(view.steps.steps().is_empty());
    assert_eq!(view.stack.len(), 2);
}
