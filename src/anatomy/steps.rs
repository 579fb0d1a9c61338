//! History joined with layers: what each step of the build did, and the layer it made.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::chain_id::chain_ids;
use super::dockerfile::Instruction;
use super::size::counted;
use super::text::clip;
use super::time::Created;
use crate::oci::{Digest, History, ImageConfig, ImageManifest, MediaType};

/// Most other places of a layer that are kept.
pub const MAX_URLS: usize = 8;

/// Most characters of each.
const URL_LENGTH: usize = 500;

/// The steps of a build and its layers, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steps {
    /// Each step that made a layer has it (image-spec, config.md, `history`).
    Joined(Vec<Step>),
    /// The counts do not match, so that nothing says which step made which layer: both stand by themselves.
    Unjoined {
        /// The steps, all without a layer.
        history: Vec<Step>,
        /// The layers.
        layers: Vec<LayerFacts>,
        /// What does not match.
        notice: StepsNotice,
    },
}

/// One step of the build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the history, from 0 for the oldest.
    pub position: u32,
    /// What it did.
    pub instruction: Instruction,
    /// When.
    pub created: Created,
    /// A remark, where it says more than that BuildKit wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether the history says that it made no layer.
    pub empty_layer: bool,
    /// The layer that it made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerFacts>,
}

/// One layer, with all that manifest and config say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerFacts {
    /// Its place in the manifest, from 0 for the lowest. The same layer may stand at several.
    pub position: u32,
    /// The digest of its bytes as stored.
    pub digest: Option<Digest>,
    /// Its size in bytes as stored, compressed mostly.
    pub size: Option<u64>,
    /// Its type.
    pub media_type: MediaType,
    /// The digest of its bytes uncompressed.
    pub diff_id: Option<Digest>,
    /// The identity of the stack up to this layer.
    pub chain_id: Option<Digest>,
    /// Its part of the sum of all layers' sizes, from 0 to 1.
    pub share: f64,
    /// Other places that are said to have the bytes, at most [`MAX_URLS`], each clipped: shown as text, never fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
}

/// Why history and layers are not joined: how many of each there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepsNotice {
    /// Steps that say that they made a layer; nothing where the config has no history at all.
    pub history: Option<u32>,
    /// Layers in the manifest.
    pub layers: u32,
    /// `diff_ids` in the config.
    pub diff_ids: u32,
    /// Whether there are more of one of them than are read, so that the counts decide nothing.
    #[serde(default)]
    pub is_cut: bool,
}

impl Steps {
    /// Joins an image's history with its layers.
    #[must_use]
    pub fn of(manifest: &ImageManifest, config: &ImageConfig) -> Self {
        let layers = layers(manifest, config);
        let steps = config.history.as_deref().unwrap_or_default();
        let made = steps.iter().filter(|step| !step.empty_layer).count();
        let notice = StepsNotice {
            // An empty list says as little as none.
            history: (!steps.is_empty()).then_some(number(made)),
            layers: number(manifest.layer_count()),
            diff_ids: number(config.diff_id_count()),
            is_cut: manifest.layers_left_out + config.diff_ids_left_out + config.history_left_out > 0,
        };
        let steps = steps.iter().enumerate().map(|(position, step)| Step::of(position, step));
        if notice.is_match() {
            let mut layers = layers.into_iter();
            let joined = steps.map(|step| {
                let layer = if step.empty_layer { None } else { layers.next() };
                Step { layer, ..step }
            });
            return Self::Joined(joined.collect());
        }
        Self::Unjoined { history: steps.collect(), layers, notice }
    }

    /// The steps, with their layers where they are joined.
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Joined(steps) => steps,
            Self::Unjoined { history, .. } => history,
        }
    }

    /// The layers, lowest first.
    pub fn layers(&self) -> Vec<&LayerFacts> {
        match self {
            Self::Joined(steps) => steps.iter().filter_map(|step| step.layer.as_ref()).collect(),
            Self::Unjoined { layers, .. } => layers.iter().collect(),
        }
    }
}

impl Step {
    fn of(position: usize, step: &History) -> Self {
        let instruction = Instruction::of(step);
        let comment = step.comment.as_deref().filter(|comment| !comment.is_empty());
        Self {
            position: number(position),
            created: Created::of(step.created.as_deref()),
            comment: comment.filter(|comment| !comment.starts_with("buildkit.dockerfile")).map(str::to_owned),
            empty_layer: step.empty_layer,
            instruction,
            layer: None,
        }
    }
}

/// The layers of a manifest with their diff_ids and chain IDs, lowest first. Where the counts differ, a layer's diff_id
/// is not known: which one it would be is a guess.
pub fn layers(manifest: &ImageManifest, config: &ImageConfig) -> Vec<LayerFacts> {
    let total = manifest.layers_size();
    let diff_ids = if has_all(config, manifest) { config.diff_ids.as_slice() } else { &[] };
    let mut chain_ids = chain_ids(diff_ids).into_iter();
    let mut diff_ids = diff_ids.iter().cloned();
    manifest
        .layers
        .iter()
        .enumerate()
        .map(|(position, layer)| LayerFacts {
            position: number(position),
            digest: layer.digest.clone(),
            size: layer.size,
            media_type: layer.media_type.clone(),
            diff_id: diff_ids.next().flatten(),
            chain_id: chain_ids.next().flatten(),
            share: share(layer.size.unwrap_or(0), total),
            urls: layer.urls.iter().take(MAX_URLS).map(|url| clip(url, URL_LENGTH).text).collect(),
        })
        .collect()
}

/// Whether each layer of the manifest has a diff_id in the config, so that those at the same place belong together.
pub fn has_all(config: &ImageConfig, manifest: &ImageManifest) -> bool {
    config.diff_id_count() == manifest.layer_count() && config.diff_ids.len() == manifest.layers.len()
}

/// A part of a whole, from 0 to 1; nothing of nothing is 0.
fn share(part: u64, whole: u64) -> f64 {
    // Parts in a million are exact in a double, sizes near 2⁶⁴ are not.
    let millionths = (u128::from(part) * 1_000_000).checked_div(u128::from(whole)).unwrap_or(0);
    f64::from(u32::try_from(millionths.min(1_000_000)).unwrap_or(0)) / 1_000_000.0
}

/// Counts of a document within the limits of bodies are far below 2³².
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl StepsNotice {
    fn is_match(self) -> bool {
        if self.is_cut {
            return false;
        }
        self.history == Some(self.layers) && self.diff_ids == self.layers
            // Neither steps nor layers: an image from nothing, which has nothing to join.
            || (self.history.unwrap_or(0) == 0 && self.layers == 0 && self.diff_ids == 0)
    }
}

impl fmt::Display for StepsNotice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_cut {
            return formatter.write_str(
                "The image has more steps or layers than are read, so nothing says which step made which layer",
            );
        }
        let layers = counted(self.layers.into(), "layer");
        match self.history {
            None if self.diff_ids == self.layers => {
                write!(formatter, "The config has no history, so nothing says how the {layers} came about")
            }
            Some(history) if history != self.layers => write!(
                formatter,
                "The history does not match the layers: {} of the history made a layer, the manifest has {layers}",
                counted(history.into(), "step")
            ),
            _ => write!(
                formatter,
                "The config does not match the layers: it has {}, the manifest has {layers}",
                counted(self.diff_ids.into(), "diff_id")
            ),
        }
    }
}

#[cfg(test)]
mod tests;
