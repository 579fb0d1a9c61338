//! The two figures of an image that are counted where somebody asks where its bytes went, and kept for its page.

use super::stack::Stack;
use crate::oci::{Digest, ImageManifest};
use crate::service::Service;
use crate::view::files::{LAYERS_LENGTH, Usage};

impl Service {
    /// Bytes of an image's files and of those that nobody can see, where somebody has had them counted. Nothing is read
    /// or counted for it.
    pub(crate) async fn counted(&self, manifest: &ImageManifest, is_windows: bool) -> Option<(u64, u64)> {
        if manifest.layer_count() > LAYERS_LENGTH {
            return None;
        }
        let layers: Option<Vec<Digest>> = manifest.layers.iter().map(|layer| layer.digest.clone()).collect();
        self.layers().counted(&layers?, is_windows).await
    }

    /// Keeps what was counted of the first layers of an image, each of which was read to its end.
    pub(super) async fn keep_counted(&self, stack: &Stack, layers: usize, usage: &Usage) {
        let layers = stack.layers.iter().take(layers).map(|layer| layer.descriptor.digest.clone());
        if let Some(layers) = layers.collect::<Option<Vec<Digest>>>() {
            self.layers().keep_counted(&layers, stack.is_windows, (usage.total_bytes, usage.dead_bytes)).await;
        }
    }
}
