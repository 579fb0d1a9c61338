//! What is missing in what is shown: layers that cannot be looked into, and what comes after the place where the reading
//! of others has ended (threats T-18, T-19).

use super::scope::Scope;
use super::stack::{Inside, Stack};
use crate::anatomy::size::{count, counted};
use crate::anatomy::text::capitalized;

/// Most layers that a sentence names.
const NAMED: usize = 10;

/// Why what is shown may not be all that there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    /// Numbers from 1 of layers of which nothing is known: they cannot be read, or are no layers.
    missing: Vec<usize>,
    /// Numbers of those that were not read to their end.
    partial: Vec<usize>,
    /// How many layers are not looked into, because there are too many.
    left_out: usize,
    /// Whether there are more names than are kept of one image.
    is_cut: bool,
}

impl Gaps {
    /// What is missing of the files that are shown. Layers that are still to be read are none of it.
    pub(super) fn of(stack: &Stack, scope: &Scope) -> Self {
        Self::among(stack, scope, scope.position.unwrap_or_default())
    }

    /// The same with what is missing below a layer that is shown by itself: the layers there tell what it has changed.
    pub(super) fn with_below(stack: &Stack, scope: &Scope) -> Self {
        Self::among(stack, scope, 0)
    }

    fn among(stack: &Stack, scope: &Scope, first: usize) -> Self {
        let mut gaps = Self { is_cut: scope.merged.overlay.is_cut(), ..Self::default() };
        for (position, layer) in stack.layers.iter().enumerate().take(scope.wanted).skip(first) {
            match &layer.inside {
                Inside::Failed(_) | Inside::Never(_) => gaps.missing.push(position + 1),
                Inside::Known(index) if index.summary.not_a_layer().is_some() => gaps.missing.push(position + 1),
                Inside::Known(index) if !index.summary.is_whole() => gaps.partial.push(position + 1),
                Inside::Known(_) | Inside::Reading(_) | Inside::Unread(_) => {}
            }
        }
        if scope.position.is_none() && scope.wanted == stack.layers.len() {
            gaps.left_out = stack.left_out;
        }
        gaps
    }

    /// Whether nothing is missing.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What is missing, as sentences.
    pub(super) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if !self.missing.is_empty() {
            let layers = capitalized(&named(&self.missing));
            let what = if self.missing.len() == 1 { "it has and changes" } else { "they have and change" };
            sentences.push(format!(
                "{layers} cannot be looked into, so that what {what} is missing here. The list of layers says why."
            ));
        }
        if !self.partial.is_empty() {
            let layers = capitalized(&named(&self.partial));
            let (were, what) =
                if self.partial.len() == 1 { ("was", "it has and changes") } else { ("were", "they have and change") };
            sentences.push(format!(
                "{layers} {were} read only in part, so that the rest of what {what} is missing here. The list of layers says why."
            ));
        }
        if self.left_out > 0 {
            let layers = counted(self.left_out as u64, "more layer");
            sentences.push(format!("The image has {layers}, which are not looked into."));
        }
        if self.is_cut {
            sentences.push(
                "The layers make more names than are kept of one image, or longer ways to them. The last ones are left out."
                    .to_owned(),
            );
        }
        sentences
    }

    /// Where a file can be that was not found, as sentences; nothing where it is nowhere.
    pub(super) fn elsewhere(&self) -> Option<String> {
        let places = [
            (!self.missing.is_empty()).then(|| named(&self.missing)),
            (!self.partial.is_empty()).then(|| format!("the rest of {}", named(&self.partial))),
            (self.left_out > 0).then(|| format!("the {} above them", counted(self.left_out as u64, "layer"))),
            self.is_cut.then(|| {
                "one of the names that are left out, because there are too many or the ways to them are too long"
                    .to_owned()
            }),
        ];
        let places: Vec<String> = places.into_iter().flatten().collect();
        (!places.is_empty()).then(|| {
            let places = places.join(", or in ");
            format!("It is not in what could be read. It may be in {places}.")
        })
    }
}

/// "layer 2", "layers 2, 3", or the first ones and how many more.
fn named(numbers: &[usize]) -> String {
    let first = numbers.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let layers = if numbers.len() == 1 { "layer" } else { "layers" };
    match numbers.len().saturating_sub(NAMED) {
        0 => format!("{layers} {first}"),
        more => format!("{layers} {first} and {} more", count(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_and_where_a_file_may_be() {
        let gaps = Gaps { missing: vec![2], partial: vec![1, 3], ..Gaps::default() };
        assert_eq!(
            gaps.sentences(),
            [
                "Layer 2 cannot be looked into, so that what it has and changes is missing here. The list of layers says why.",
                "Layers 1, 3 were read only in part, so that the rest of what they have and change is missing here. The list of layers says why.",
            ]
        );
        assert_eq!(
            gaps.elsewhere().as_deref(),
            Some("It is not in what could be read. It may be in layer 2, or in the rest of layers 1, 3.")
        );
        for gaps in [
            Gaps { left_out: 4, ..Gaps::default() },
            Gaps { is_cut: true, ..Gaps::default() },
            Gaps { missing: (1..=12).collect(), ..Gaps::default() },
        ] {
            assert!(!gaps.is_none() && gaps.sentences().len() == 1 && gaps.elsewhere().is_some(), "{gaps:?}");
        }
        assert!(named(&(1..=12).collect::<Vec<_>>()).ends_with(", 10 and 2 more"));
        let none = Gaps::default();
        assert!(none.is_none() && none.sentences().is_empty() && none.elsewhere().is_none());
    }
}
