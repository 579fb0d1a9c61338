//! Where the build cache ended, as far as manifests and configs tell.
//!
//! A layer is reused as long as everything below it is the same, so the cache ends at the first layer whose chain ID
//! differs. Why is read from the steps: their texts, build arguments, and the settings before them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::align::{Alignment, RowKind, instructions, is_same};
use crate::anatomy::dockerfile::{Instruction, assignments};
use crate::anatomy::steps::{LayerFacts, Step, Steps};

/// Most names that a cause lists.
const MAX_NAMES: usize = 20;

/// What became of the build cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheReport {
    /// All layers are the same.
    SameLayers,
    /// The second image has all layers of the first, and more on top.
    Extended {
        /// How many more.
        added: u32,
    },
    /// The first image has all layers of the second, and more on top.
    Shortened {
        /// How many more.
        removed: u32,
    },
    /// Somewhere they part.
    Broken(CacheBreak),
}

/// The first layer that could not be reused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheBreak {
    /// How many layers below are the same, and so this layer's position in both images.
    pub reused_layers: u32,
    /// The position in the first image's history of the step that made the layer, where that is known.
    pub from_step: Option<u32>,
    /// The position in the second image's history.
    pub to_step: Option<u32>,
    /// Why, as far as can be told.
    pub cause: CacheCause,
    /// Layers of the second image above this one.
    pub later_layers: u32,
    /// How many of them came out with the same content all the same.
    pub later_identical: u32,
}

/// Why a step could not be reused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheCause {
    /// The base image is another, or another version of it.
    BaseImage,
    /// The instruction's text is another.
    Instruction,
    /// The instruction is the same, build arguments are not.
    BuildArguments {
        /// Names of those that were added, removed or changed.
        names: Vec<String>,
    },
    /// The instruction is the same, the environment set before it is not.
    Environment {
        /// Names of the variables that were added, removed or changed.
        names: Vec<String>,
    },
    /// The instruction is the same, another setting before it is not.
    Setting {
        /// The setting's keyword, as `WORKDIR`.
        keyword: String,
    },
    /// A copy with the same text: what was copied is not the same.
    CopiedContent,
    /// The same command in the same surroundings came out with other content: its inputs are outside the image, or
    /// hang on the time.
    Result,
    /// The second image has a step here that the first has not.
    StepAdded,
    /// The first image has a step here that the second has not.
    StepRemoved,
    /// Nothing says which steps made the layers.
    Unknown,
}

pub(super) fn explain(from: &Steps, to: &Steps, alignment: &Alignment) -> CacheReport {
    let (from_layers, to_layers) = (from.layers(), to.layers());
    let reused = from_layers.iter().zip(&to_layers).take_while(|(from, to)| is_reused(from, to)).count();
    match (from_layers.len() - reused, to_layers.len() - reused) {
        (0, 0) => return CacheReport::SameLayers,
        (0, added) => return CacheReport::Extended { added: number(added) },
        (removed, 0) => return CacheReport::Shortened { removed: number(removed) },
        _ => {}
    }
    let above = |position: Option<u32>| position.is_some_and(|position| position > number(reused));
    let later_identical =
        alignment.rows.iter().filter(|row| row.kind == RowKind::Same && above(row.from) && above(row.to)).count();
    let (from_side, to_side) = (Side::of(from, reused), Side::of(to, reused));
    CacheReport::Broken(CacheBreak {
        reused_layers: number(reused),
        from_step: from_side.as_ref().map(|side| side.breaker.position),
        to_step: to_side.as_ref().map(|side| side.breaker.position),
        cause: match (from_side, to_side) {
            (Some(from_side), Some(to_side)) => cause(from, &from_side, to, &to_side),
            _ => CacheCause::Unknown,
        },
        later_layers: number(to_layers.len() - reused - 1),
        later_identical: number(later_identical),
    })
}

/// Whether the stack up to a layer is the same, given that all below is.
fn is_reused(from: &LayerFacts, to: &LayerFacts) -> bool {
    match (&from.chain_id, &to.chain_id) {
        // The same bytes as stored are the same content, even where a config says otherwise.
        (Some(from_chain), Some(to_chain)) => from_chain == to_chain || is_same(from, to),
        _ => is_same(from, to),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// One image at the break.
struct Side<'a> {
    /// The step that made the first layer that differs.
    breaker: &'a Step,
    /// The steps before it.
    before: &'a [Step],
    /// Where the base image's steps seem to end.
    base_end: usize,
}

impl<'a> Side<'a> {
    /// `None` where history and layers are not joined.
    fn of(steps: &'a Steps, layer: usize) -> Option<Self> {
        let Steps::Joined(steps) = steps else {
            return None;
        };
        let at = steps.iter().enumerate().filter(|(_, step)| step.layer.is_some()).nth(layer)?.0;
        Some(Self { breaker: &steps[at], before: &steps[..at], base_end: base_end(steps) })
    }

    /// Settings before the step that can change what it does, newest last.
    ///
    /// BuildKit knows which settings a step uses, so that labels do not matter, and for copies nothing but the working
    /// directory does. The classic builder starts every step from a container with all of them.
    fn settings(&self) -> Vec<&'a Instruction> {
        let instruction = &self.breaker.instruction;
        let matters = |keyword: &str| {
            if !instruction.from_buildkit {
                true
            } else if instruction.is("RUN") {
                matches!(keyword, "ENV" | "ARG" | "USER" | "WORKDIR" | "SHELL")
            } else {
                keyword == "WORKDIR"
            }
        };
        let empty = self.before.iter().filter(|step| step.layer.is_none()).map(|step| &step.instruction);
        empty.filter(|instruction| instruction.keyword.as_deref().is_some_and(matters)).collect()
    }
}

/// The position after the last step that seems to belong to the base image.
///
/// A base image mostly ends with its own `CMD` or `ENTRYPOINT`, and steps that make layers follow it. Images from
/// nothing have none before their last layer.
fn base_end(steps: &[Step]) -> usize {
    let last_layer = steps.iter().rposition(|step| step.layer.is_some()).unwrap_or(0);
    let start = |step: &Step| step.instruction.is("CMD") || step.instruction.is("ENTRYPOINT");
    steps[..last_layer].iter().rposition(start).map_or(0, |position| position + 1)
}

fn cause(from_steps: &Steps, from: &Side<'_>, to_steps: &Steps, to: &Side<'_>) -> CacheCause {
    let in_base = |side: &Side<'_>| side.before.len() < side.base_end;
    if (in_base(from) && in_base(to)) || is_other_root(from, to) {
        return CacheCause::BaseImage;
    }
    let (left, right) = (&from.breaker.instruction, &to.breaker.instruction);
    if left.arguments != right.arguments || left.keyword != right.keyword || left.shell != right.shell {
        if copied_file(left).is_some() && copied_file(left) == copied_file(right) {
            return CacheCause::CopiedContent;
        }
        return inserted(from_steps, left, to_steps, right).unwrap_or(CacheCause::Instruction);
    }
    if left.build_arguments != right.build_arguments {
        return CacheCause::BuildArguments { names: changed_names(&left.build_arguments, &right.build_arguments) };
    }
    if let Some(cause) = changed_setting(&from.settings(), &to.settings()) {
        return cause;
    }
    match left.keyword.as_deref() {
        Some("COPY" | "ADD") => CacheCause::CopiedContent,
        None if left.is_empty() => CacheCause::Unknown,
        _ => CacheCause::Result,
    }
}

/// Whether the lowest layers already differ and look like an operating system: an `ADD`, or something that no Dockerfile
/// wrote. A `COPY` there is an image from nothing.
fn is_other_root(from: &Side<'_>, to: &Side<'_>) -> bool {
    let lowest = |side: &Side<'_>| side.breaker.layer.as_ref().is_some_and(|layer| layer.position == 0);
    let root = |side: &Side<'_>| {
        let instruction = &side.breaker.instruction;
        instruction.is("ADD") || (instruction.keyword.is_none() && !instruction.is_empty())
    };
    lowest(from) && lowest(to) && root(from) && root(to)
}

/// The classic builder's copies have a hash of what they copied in their text: what is left without it.
fn copied_file(instruction: &Instruction) -> Option<(&str, &str, &str)> {
    let keyword = instruction.keyword.as_deref().filter(|keyword| matches!(*keyword, "COPY" | "ADD"))?;
    let (source, destination) = instruction.arguments.split_once(" in ")?;
    let (kind, hash) = source.split_once(':')?;
    hash.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some((keyword, kind, destination.trim()))
}

/// Whether one image has a step that the other has not, with the other's step standing later in it.
fn inserted(from: &Steps, left: &Instruction, to: &Steps, right: &Instruction) -> Option<CacheCause> {
    let has = |steps: &Steps, wanted: &Instruction| {
        instructions(steps)
            .into_iter()
            .flatten()
            .any(|instruction| instruction.keyword == wanted.keyword && instruction.arguments == wanted.arguments)
    };
    match (has(from, right), has(to, left)) {
        (false, true) => Some(CacheCause::StepAdded),
        (true, false) => Some(CacheCause::StepRemoved),
        _ => None,
    }
}

/// The first setting that differs.
fn changed_setting(from: &[&Instruction], to: &[&Instruction]) -> Option<CacheCause> {
    let same =
        |left: &Instruction, right: &Instruction| left.keyword == right.keyword && left.arguments == right.arguments;
    let at = from.iter().zip(to).take_while(|(left, right)| same(left, right)).count();
    let (left, right) = (from.get(at), to.get(at));
    let keyword = right.or(left)?.keyword.clone()?;
    let environment = ["ENV", "ARG"].contains(&keyword.as_str());
    if environment {
        let pairs = |settings: &[&Instruction]| -> Vec<String> {
            let set = settings.iter().filter(|setting| setting.is("ENV") || setting.is("ARG"));
            set.flat_map(|setting| assignments(&setting.arguments)).map(str::to_owned).collect()
        };
        let names = changed_names(&pairs(from), &pairs(to));
        if !names.is_empty() {
            return Some(CacheCause::Environment { names });
        }
    }
    Some(CacheCause::Setting { keyword })
}

/// Names of the `NAME=value` pairs that are not in both lists, those of the second list first. What is no name of a
/// variable is left out.
fn changed_names(from: &[String], to: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (pairs, others) in [(to, from), (from, to)] {
        let others: HashSet<&String> = others.iter().collect();
        for pair in pairs.iter().filter(|pair| !others.contains(pair)) {
            let name = pair.split('=').next().unwrap_or_default();
            let valid = (1..=100).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if valid && names.len() < MAX_NAMES && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}
