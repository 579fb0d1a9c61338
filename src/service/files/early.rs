//! What is shown of layers that are still being read: what they list themselves, or their first entries.

use std::sync::Arc;

use super::merged::{Merged, Source};
use super::stack::{Inside, Stack};
use crate::layers::Reading;
use crate::oci::Descriptor;
use crate::registry::Reader;
use crate::service::Service;

/// Layers that follow each other, of which something is known. Their tree is never kept: it is another one a moment later.
pub(super) struct Early {
    /// Place of the lowest one in its image.
    first: usize,
    sources: Vec<Source>,
}

impl Early {
    /// A layer by itself that is being read. Nothing where nothing of it is known yet.
    pub(super) async fn of_layer(service: &Service, stack: &Stack, position: usize) -> Option<Self> {
        let layer = stack.layers.get(position)?;
        let Inside::Reading(reading) = &layer.inside else { return None };
        let source = source(service, &layer.descriptor, reading).await?;
        Some(Self { first: position, sources: vec![source] })
    }

    /// The longest run of an image's first layers that were read or have a table of their own, with the first entries of the layer
    /// above it. Nothing where no layer in it is still being read.
    pub(super) async fn of_image(service: &Service, stack: &Stack, layers: usize) -> Option<Self> {
        let most = service.settings().layers.image_entries;
        let (mut sources, mut entries) = (Vec::new(), 0_u64);
        for layer in stack.layers.iter().take(layers) {
            let source = match &layer.inside {
                Inside::Known(index) => Source::Index(Arc::clone(index)),
                Inside::Failed(_) | Inside::Never(_) => Source::Missing(Arc::default()),
                Inside::Unread(_) => break,
                Inside::Reading(reading) => match source(service, &layer.descriptor, reading).await {
                    Some(source) => source,
                    None => break,
                },
            };
            entries = entries.saturating_add(source.list().len() as u64);
            // Without a limit tables would have more entries in memory than layers may (threat T-18).
            if entries > most {
                break;
            }
            let is_first_entries = matches!(source, Source::Early(_));
            sources.push(source);
            if is_first_entries {
                break;
            }
        }
        let is_early = |source: &Source| matches!(source, Source::Table(_) | Source::Early(_));
        sources.iter().any(is_early).then_some(Self { first: 0, sources })
    }

    /// Places of the layers that are shown by their own tables.
    pub(super) fn by_table(&self) -> Vec<usize> {
        let numbered = self.sources.iter().enumerate();
        let by_table = numbered.filter(|(_, source)| matches!(source, Source::Table(_)));
        by_table.map(|(position, _)| self.first + position).collect()
    }

    /// The tree that they make, or that of one as it is stored. Nothing where the thread that makes it was stopped.
    pub(super) async fn merged(self, is_windows: bool, is_layer: bool, reader: Reader) -> Option<Arc<Merged>> {
        Merged::made(self.first, self.sources, is_windows, is_layer, reader).await
    }
}

/// What is known of a layer that is being read: its own table, or else its first entries.
async fn source(service: &Service, descriptor: &Descriptor, reading: &Reading) -> Option<Source> {
    match service.layers().known_table(descriptor).await {
        Some(table) => Some(Source::Table(table)),
        None => reading.first_rows().map(Source::Early),
    }
}
