//! History and layers of an image, and what an artifact consists of.

use super::config::named;
use super::found::Found;
use super::page::config_failure;
use crate::anatomy::dockerfile::dockerfile;
use crate::anatomy::steps::Steps;
use crate::oci::{Descriptor, ImageConfig, ImageManifest, Manifest};
use crate::service::visit::Visit;
use crate::view::image::{ArtifactView, ImageQuery, LayersView, TABLE_LENGTH};

/// The history joined with the layers. Without a config the layers stand alone.
pub(super) fn view(visit: &Visit<'_>, found: &Found, manifest: &ImageManifest, query: &ImageQuery) -> LayersView {
    let none = ImageConfig::default();
    let (config, failure) = match found.image_config() {
        Some(config) => (config, None),
        None => (&none, Some(Box::new(config_failure(visit, found)))),
    };
    let text = query.dockerfile.then(|| {
        let mut text = dockerfile(config.history.as_deref().unwrap_or_default());
        if config.history_left_out > 0 {
            text.push_str("# More steps follow, which are not read.\n");
        }
        text
    });
    LayersView::of(Steps::of(manifest, config), query, text, failure)
}

/// What an artifact consists of; nothing of an index, whose entries stand on its page anyhow.
pub(super) fn artifact(manifest: &Manifest) -> Option<ArtifactView> {
    let empty = |refusal: &str| ArtifactView {
        config: None,
        layers: Vec::new(),
        subject: None,
        annotations: Vec::new(),
        rows_left_out: 0,
        refusal: Some(refusal.to_owned()),
    };
    Some(match manifest {
        Manifest::Image(manifest) => {
            let (layers, more_layers) = first(&manifest.layers);
            let (annotations, more_annotations) = named(&manifest.annotations);
            ArtifactView {
                config: manifest.config.clone(),
                layers,
                subject: manifest.subject.clone(),
                annotations,
                rows_left_out: u32::try_from(manifest.layers_left_out)
                    .unwrap_or(u32::MAX)
                    .saturating_add(more_layers)
                    .saturating_add(more_annotations),
                refusal: None,
            }
        }
        Manifest::Schema1 { .. } => empty(
            "Docker's schema 1 has been deprecated since 2017, and programs no longer pull it. It is named, not interpreted.",
        ),
        Manifest::Other { .. } => empty("The document has nothing that says what it is, so it is not interpreted."),
        Manifest::Index(_) => return None,
    })
}

fn first(descriptors: &[Descriptor]) -> (Vec<Descriptor>, u32) {
    let shown: Vec<_> = descriptors.iter().take(TABLE_LENGTH).cloned().collect();
    let left_out = descriptors.len() - shown.len();
    (shown, u32::try_from(left_out).unwrap_or(u32::MAX))
}
