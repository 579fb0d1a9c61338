//! History and layers of an image, the part of them that a page shows.

use serde::{Deserialize, Serialize};

use super::shortened::shortened;
use super::{DOCKERFILE_BYTES, ImageQuery, STACK_LENGTH, STEPS_LENGTH};
use crate::anatomy::steps::Steps;
use crate::anatomy::text::cut;
use crate::view::Failure;
use crate::view::summary::Band;

/// History and layers: [`LayersView::of`] makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayersView {
    /// Steps and layers, joined where the counts allow it: those of this page. Empty where the Dockerfile is shown.
    pub steps: Steps,
    /// Position of the first step (and of the first layer, where they are not joined) that is shown.
    pub first: u32,
    /// How many steps there are in all.
    pub step_count: u32,
    /// How many layers there are in all.
    pub layer_count: u32,
    /// Every layer, lowest first, up to [`STACK_LENGTH`].
    pub stack: Vec<Band>,
    /// How many layers the stack leaves out, the topmost, and the sum of their sizes.
    pub stack_rest: Option<(u32, u64)>,
    /// The history written as a Dockerfile; approximate. Only where it was asked for.
    pub dockerfile: Option<String>,
    /// How many bytes of it were cut off.
    pub dockerfile_cut: u64,
    /// Why the config, and with it the history, could not be read.
    pub config_failure: Option<Box<Failure>>,
    /// Bytes of all files and of those that no container can see, where somebody has had them counted.
    pub counted: Option<(u64, u64)>,
}

impl LayersView {
    /// The part of a history that a page shows. `dockerfile` where it was asked for.
    #[must_use]
    pub fn of(
        steps: Steps,
        query: &ImageQuery,
        dockerfile: Option<String>,
        config_failure: Option<Box<Failure>>,
    ) -> Self {
        let layers = steps.layers();
        let bands = layers.iter().map(|layer| Band { digest: layer.digest.clone(), size: layer.size.unwrap_or(0) });
        let stack: Vec<Band> = bands.take(STACK_LENGTH).collect();
        let rest = layers.get(STACK_LENGTH..).filter(|rest| !rest.is_empty());
        let stack_rest = rest.map(|rest| {
            let size = rest.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.size.unwrap_or(0)));
            (number(rest.len()), size)
        });
        let (step_count, layer_count) = (number(steps.steps().len()), number(layers.len()));
        let most = match &steps {
            Steps::Joined(_) => step_count,
            Steps::Unjoined { .. } => step_count.max(layer_count),
        };
        let first = if query.steps < most { query.steps } else { 0 };
        let length = if dockerfile.is_some() { 0 } else { STEPS_LENGTH };
        let (dockerfile, dockerfile_cut) = match dockerfile {
            Some(text) => {
                let (text, cut) = cut(text, DOCKERFILE_BYTES);
                (Some(text), cut)
            }
            None => (None, 0),
        };
        Self {
            steps: part(steps, first, length),
            first,
            step_count,
            layer_count,
            stack,
            stack_rest,
            dockerfile,
            dockerfile_cut,
            config_failure,
            counted: None,
        }
    }
}

/// The steps, and the layers beside them, from a position on.
fn part(steps: Steps, first: u32, length: usize) -> Steps {
    let first = usize::try_from(first).unwrap_or(usize::MAX);
    match steps {
        Steps::Joined(steps) => Steps::Joined(steps.into_iter().skip(first).take(length).map(shortened).collect()),
        Steps::Unjoined { history, layers, notice } => Steps::Unjoined {
            history: history.into_iter().skip(first).take(length).map(shortened).collect(),
            layers: layers.into_iter().skip(first).take(length).collect(),
            notice,
        },
    }
}

/// Counts of a document within the limits of bodies are far below 2³².
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
