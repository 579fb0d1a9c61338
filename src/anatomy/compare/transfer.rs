//! What must be pulled having the other image, by layer digest: that is how registries and engines keep layers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::anatomy::steps::LayerFacts;
use crate::oci::Digest;

/// Layers that two images share, and those that they do not. Sizes are as stored, and each digest counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Different layers that both have.
    pub shared_layers: u32,
    /// Their bytes.
    pub shared_bytes: u64,
    /// The first image.
    pub from: TransferSide,
    /// The second image.
    pub to: TransferSide,
}

/// One of the two images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferSide {
    /// Different layers that it has.
    pub layers: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Layers to pull, having the other image.
    pub pull_layers: u32,
    /// Bytes to pull, having the other image.
    pub pull_bytes: u64,
}

pub(super) fn transfer(from: &[&LayerFacts], to: &[&LayerFacts]) -> Transfer {
    let (from, to) = (Distinct::of(from), Distinct::of(to));
    let mut shared = TransferSide::default();
    for (digest, size) in &to.sizes {
        if from.sizes.contains_key(digest) {
            shared.layers = shared.layers.saturating_add(1);
            shared.bytes = shared.bytes.saturating_add(*size);
        }
    }
    Transfer { shared_layers: shared.layers, shared_bytes: shared.bytes, from: from.having(&to), to: to.having(&from) }
}

struct Distinct<'a> {
    sizes: HashMap<&'a Digest, u64>,
    /// Layers without a digest: nothing else can be the same.
    nameless: TransferSide,
}

impl<'a> Distinct<'a> {
    fn of(layers: &[&'a LayerFacts]) -> Self {
        let mut distinct = Self { sizes: HashMap::new(), nameless: TransferSide::default() };
        for layer in layers {
            let size = layer.size.unwrap_or(0);
            let Some(digest) = &layer.digest else {
                distinct.nameless.layers = distinct.nameless.layers.saturating_add(1);
                distinct.nameless.bytes = distinct.nameless.bytes.saturating_add(size);
                continue;
            };
            // Where two descriptors of one digest disagree, the larger size is the safer promise.
            distinct.sizes.entry(digest).and_modify(|known| *known = (*known).max(size)).or_insert(size);
        }
        distinct
    }

    fn having(&self, other: &Self) -> TransferSide {
        let mut side =
            TransferSide { pull_layers: self.nameless.layers, pull_bytes: self.nameless.bytes, ..self.nameless };
        for (digest, size) in &self.sizes {
            side.layers = side.layers.saturating_add(1);
            side.bytes = side.bytes.saturating_add(*size);
            if !other.sizes.contains_key(digest) {
                side.pull_layers = side.pull_layers.saturating_add(1);
                side.pull_bytes = side.pull_bytes.saturating_add(*size);
            }
        }
        side
    }
}
