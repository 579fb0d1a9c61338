//! Two images side by side.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::RegistryFacts;
use super::image::Identity;
use super::summary::Band;
use crate::anatomy::compare::{CacheReport, Comparison, RowKind, Transfer};
use crate::anatomy::config_compare::ConfigDifference;
use crate::anatomy::dockerfile::Instruction;
use crate::anatomy::steps::{LayerFacts, Steps};
use crate::anatomy::text;
use crate::oci::{Digest, Platform, Reference};

/// Most rows of layers on one page.
pub const ROWS_LENGTH: usize = 100;
/// Most bands of a core sample; the layers above are one band together.
pub const BANDS_LENGTH: usize = 127;
/// Most platforms to choose from, and most of one side alone.
pub const PLATFORMS_LENGTH: usize = 100;
/// Most differences of the configs.
pub const DIFFERENCES_LENGTH: usize = 300;
/// Most lines of the history's comparison, gaps among them.
pub const LINES_LENGTH: usize = 1_000;
/// Most characters of a command, and of a line.
pub const COMMAND_LENGTH: usize = 300;

/// What is asked of the page; all of it is in its query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareQuery {
    /// The first reference, with the registry's name before it where there are several.
    #[serde(default)]
    pub from: String,
    /// The second reference.
    #[serde(default)]
    pub to: String,
    /// Platform for both sides; empty for the default one.
    #[serde(default)]
    pub platform: String,
    /// Platform of the first side alone.
    #[serde(default)]
    pub from_platform: String,
    /// Platform of the second side alone.
    #[serde(default)]
    pub to_platform: String,
    /// The view.
    #[serde(default)]
    pub view: CompareView,
    /// The first row of layers that is shown, from 0; [`ROWS_LENGTH`] follow.
    #[serde(default)]
    pub rows: u32,
    /// Ask the registry again, whatever is kept.
    #[serde(default)]
    pub refresh: bool,
}

/// One of the views of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareView {
    /// Layers beside each other.
    #[default]
    Layers,
    /// Config, member by member, and the history as text.
    Config,
}

/// The page of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparePage {
    /// The first side: what somebody has.
    pub from: Side,
    /// The second side: what somebody wants.
    pub to: Side,
    /// Platforms that both sides have, to choose from; at most [`PLATFORMS_LENGTH`].
    pub common_platforms: Vec<Platform>,
    /// Platforms of the first side alone; at most [`PLATFORMS_LENGTH`].
    pub only_from: Vec<Platform>,
    /// Platforms of the second side alone; at most [`PLATFORMS_LENGTH`].
    pub only_to: Vec<Platform>,
    /// Bytes that are shared, and bytes to pull.
    pub transfer: Transfer,
    /// How many rows of layers differ.
    pub layer_differences: u32,
    /// How many members of the configs differ; nothing where a config is missing or cannot be read.
    pub config_differences: Option<DifferenceCounts>,
    /// Why a history or config could not be compared, as sentences.
    pub problems: Vec<String>,
    /// Path of this comparison by digests.
    pub pinned: String,
    /// The view's own content.
    pub content: CompareContent,
}

/// How many members of two configs differ, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceCounts {
    /// All of them. It is more than the others together where there are more than are looked at one by one.
    pub total: u64,
    /// In the second config only.
    pub added: u64,
    /// In the first config only.
    pub removed: u64,
    /// In both, with other values.
    pub changed: u64,
}

/// What a view shows below the tabs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum CompareContent {
    /// Layers beside each other.
    Layers(LayerRows),
    /// What differs in the configs.
    Config(ConfigChanges),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its registry.
    pub registry: RegistryFacts,
    /// The reference as asked, without the registry's name.
    pub reference: Reference,
    /// The names of what is compared.
    pub identity: Identity,
    /// Where it runs.
    pub platform: Option<Platform>,
    /// Bytes of the layers as stored, compressed.
    pub size: u64,
    /// How many layers.
    pub layer_count: u32,
    /// The core sample, lowest layer first; see [`core_sample`].
    pub layers: Vec<Band>,
    /// When it was built, as the config says it.
    pub created: Option<String>,
    /// Path of its own page by digest.
    pub permalink: String,
    /// Bytes of the files in its layers, and those of them that nobody can see; nothing where nobody has had them counted.
    pub counted: Option<(u64, u64)>,
}

/// Layers beside each other: [`LayerRows::of`] makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRows {
    /// This page's rows, lowest layers first.
    pub rows: Vec<LayerPair>,
    /// Position of the first of them.
    pub first: u32,
    /// How many rows there are.
    pub row_count: u32,
    /// Whether there were too many layers to align, so that they are paired by position.
    pub by_position: bool,
    /// What became of the build cache.
    pub cache: CacheReport,
    /// The row before which the build cache ended.
    pub break_row: Option<u32>,
}

/// One row: a layer of either image or of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerPair {
    /// How the two are related.
    pub kind: RowKind,
    /// The first image's layer.
    pub from: Option<PairedLayer>,
    /// The second image's layer.
    pub to: Option<PairedLayer>,
    /// Whether the same content is stored as different bytes: compressed otherwise.
    pub recompressed: bool,
}

/// A layer, and the step that made it where that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedLayer {
    /// The digest of its bytes as stored.
    pub digest: Option<Digest>,
    /// Its size in bytes as stored.
    pub size: Option<u64>,
    /// The step's keyword.
    pub keyword: Option<String>,
    /// What follows the keyword, cut at [`COMMAND_LENGTH`].
    pub arguments: String,
    /// The row that it has on its image's own page, from 0: that of its step, or its own where steps are not known.
    pub row: u32,
}

/// What differs in the configs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigChanges {
    /// The differences; at most [`DIFFERENCES_LENGTH`].
    pub differences: Vec<ConfigDifference>,
    /// How many more there are.
    pub more: u64,
    /// The histories as text: lines that differ, and some around them; at most [`LINES_LENGTH`].
    pub history: Vec<DiffLine>,
    /// Whether lines were left out at the end.
    pub history_cut: bool,
}

/// A line of a text comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Which side has it.
    pub change: LineChange,
    /// The text, at most [`COMMAND_LENGTH`] characters of it. For a gap how many lines, as a number.
    pub text: String,
    /// Where the text has what looks like a secret, in bytes; what tells may stand before it in the whole line.
    pub secrets: Vec<Range<usize>>,
}

/// Which side has a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// Both.
    Same,
    /// The first alone.
    Removed,
    /// The second alone.
    Added,
    /// Lines left out because both have them.
    Gap,
}

impl LayerRows {
    /// The rows that a page shows, from one on.
    #[must_use]
    pub fn of(comparison: &Comparison, from: &Steps, to: &Steps, first: u32) -> Self {
        let (from, to) = (made(from), made(to));
        let layer =
            |made: &[Made<'_>], position: Option<u32>| made.get(usize::try_from(position?).ok()?).map(PairedLayer::of);
        let rows = &comparison.alignment.rows;
        let row_count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let first = if first < row_count { first } else { 0 };
        let break_row = match &comparison.cache {
            CacheReport::Broken(cache_break) => {
                let at = Some(cache_break.reused_layers);
                rows.iter().position(|row| row.from == at || row.to == at).and_then(|row| u32::try_from(row).ok())
            }
            _ => None,
        };
        let shown = rows.iter().skip(usize::try_from(first).unwrap_or(usize::MAX)).take(ROWS_LENGTH);
        let rows = shown.map(|row| LayerPair {
            kind: row.kind,
            from: layer(&from, row.from),
            to: layer(&to, row.to),
            recompressed: row.recompressed,
        });
        Self {
            rows: rows.collect(),
            first,
            row_count,
            by_position: comparison.alignment.by_position,
            cache: comparison.cache.clone(),
            break_row,
        }
    }
}

impl PairedLayer {
    fn of(made: &Made<'_>) -> Self {
        let Made { layer, instruction, row } = *made;
        let arguments = instruction.map_or("", |instruction| instruction.arguments.as_str());
        let clipped = text::clip(arguments, COMMAND_LENGTH);
        Self {
            digest: layer.digest.clone(),
            size: layer.size,
            keyword: instruction.and_then(|instruction| instruction.keyword.clone()),
            arguments: if clipped.left_out == 0 { clipped.text } else { format!("{}…", clipped.text) },
            row,
        }
    }
}

/// A layer with the step that made it, where that is known.
#[derive(Clone, Copy)]
struct Made<'a> {
    layer: &'a LayerFacts,
    instruction: Option<&'a Instruction>,
    /// The row on the image's own page.
    row: u32,
}

/// The layers, lowest first.
fn made(steps: &Steps) -> Vec<Made<'_>> {
    match steps {
        Steps::Joined(steps) => (0..)
            .zip(steps)
            .filter_map(|(row, step)| {
                Some(Made { layer: step.layer.as_ref()?, instruction: Some(&step.instruction), row })
            })
            .collect(),
        Steps::Unjoined { layers, .. } => {
            (0..).zip(layers).map(|(row, layer)| Made { layer, instruction: None, row }).collect()
        }
    }
}

/// The core sample of an image of any number of layers: past [`BANDS_LENGTH`] the topmost ones are one band without a
/// digest.
#[must_use]
pub fn core_sample(layers: &[&LayerFacts]) -> Vec<Band> {
    let size = |layer: &&LayerFacts| layer.size.unwrap_or(0);
    let (single, rest) = layers.split_at(layers.len().min(BANDS_LENGTH));
    let mut bands: Vec<Band> =
        single.iter().map(|layer| Band { digest: layer.digest.clone(), size: size(layer) }).collect();
    if !rest.is_empty() {
        bands.push(Band { digest: None, size: rest.iter().map(size).fold(0, u64::saturating_add) });
    }
    bands
}

#[cfg(test)]
mod tests;
