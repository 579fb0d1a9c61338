//! History and layers of an image.

use super::found::Found;
use super::page::config_failure;
use crate::anatomy::dockerfile::dockerfile;
use crate::anatomy::steps::Steps;
use crate::oci::{ImageConfig, ImageManifest};
use crate::service::visit::Visit;
use crate::view::image::{ImageQuery, LayersView};

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
