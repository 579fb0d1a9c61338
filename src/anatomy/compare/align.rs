//! Layers of two images put beside each other.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::anatomy::dockerfile::Instruction;
use crate::anatomy::steps::{LayerFacts, Steps};

/// Most pairs that one alignment weighs, after common ends are taken off: 2,000 layers against 2,000. Past it layers are
/// paired by position, and the result says so.
pub const MAX_PAIRS: usize = 2_000 * 2_000;

/// The layers of two images, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alignment {
    /// The rows, lowest layer first. Each layer of either image stands in exactly one.
    pub rows: Vec<Row>,
    /// Whether there were too many layers to align, so that they are paired by position.
    pub by_position: bool,
}

/// One row: a layer of either image or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// How the two are related.
    pub kind: RowKind,
    /// The position of the first image's layer.
    pub from: Option<u32>,
    /// The position of the second image's layer.
    pub to: Option<u32>,
    /// Whether the same content is stored as different bytes: compressed otherwise.
    pub recompressed: bool,
}

/// How the layers of a row are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// The same content: one diff_id, or one layer digest where diff_ids are missing.
    Same,
    /// Other content at the same place of the build.
    Changed,
    /// In the first image only.
    OnlyFrom,
    /// In the second image only.
    OnlyTo,
}

/// Aligns by the longest common sequence of contents, and what is left between by the steps that made the layers.
pub(super) fn align(from: &Steps, to: &Steps) -> Alignment {
    let (from, to) = (Side::of(from), Side::of(to));
    let mut pairing = Pairing { from: &from, to: &to, rows: Vec::new(), by_position: false };
    pairing.fill(0..from.layers.len(), 0..to.layers.len(), Level::Content);
    Alignment { rows: pairing.rows, by_position: pairing.by_position }
}

/// Whether two layers have the same content. Equal stored bytes have it too, whatever the configs say.
pub(super) fn is_same(from: &LayerFacts, to: &LayerFacts) -> bool {
    let equal = |left: &Option<_>, right: &Option<_>| left.is_some() && left == right;
    equal(&from.diff_id, &to.diff_id) || equal(&from.digest, &to.digest)
}

/// The instruction that made each layer; nothing where history and layers are not joined.
pub(super) fn instructions(steps: &Steps) -> Vec<Option<&Instruction>> {
    match steps {
        Steps::Joined(steps) => {
            steps.iter().filter(|step| step.layer.is_some()).map(|step| Some(&step.instruction)).collect()
        }
        Steps::Unjoined { layers, .. } => vec![None; layers.len()],
    }
}

struct Side<'a> {
    layers: Vec<&'a LayerFacts>,
    instructions: Vec<Option<&'a Instruction>>,
}

impl<'a> Side<'a> {
    fn of(steps: &'a Steps) -> Self {
        Self { layers: steps.layers(), instructions: instructions(steps) }
    }

    fn instruction(&self, position: usize) -> Option<&'a Instruction> {
        self.instructions.get(position).copied().flatten()
    }
}

/// What an element is known by: up to two names, and two elements are the same if a name of the same place is.
type Names = [Option<String>; 2];

/// By what two layers are paired, the surest first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The same content.
    Content,
    /// The same instruction, word for word.
    Instruction,
    /// The same keyword, and for copies the same destination.
    Place,
    /// Between two pairs, if as many are left on both sides.
    Position,
}

struct Pairing<'a> {
    from: &'a Side<'a>,
    to: &'a Side<'a>,
    rows: Vec<Row>,
    by_position: bool,
}

impl Pairing<'_> {
    /// Adds the rows of a stretch: pairs of this level, and between them those of the next.
    fn fill(&mut self, from: Range<usize>, to: Range<usize>, level: Level) {
        if from.is_empty() || to.is_empty() {
            from.for_each(|position| self.push(Some(position), None));
            to.for_each(|position| self.push(None, Some(position)));
            return;
        }
        let next = match level {
            Level::Content => Level::Instruction,
            Level::Instruction => Level::Place,
            Level::Place => Level::Position,
            Level::Position => return self.fill_by_position(from, to),
        };
        let (left, right) = (self.keys(level, true, from.clone()), self.keys(level, false, to.clone()));
        let Some(pairs) = common(&left, &right) else {
            self.by_position = true;
            return self.pair_by_position(from, to);
        };
        let (mut from_start, mut to_start) = (from.start, to.start);
        for (left, right) in pairs {
            let (from_pair, to_pair) = (from.start + left, to.start + right);
            self.fill(from_start..from_pair, to_start..to_pair, next);
            self.push(Some(from_pair), Some(to_pair));
            (from_start, to_start) = (from_pair + 1, to_pair + 1);
        }
        self.fill(from_start..from.end, to_start..to.end, next);
    }

    fn fill_by_position(&mut self, from: Range<usize>, to: Range<usize>) {
        if from.len() == to.len() {
            return self.pair_by_position(from, to);
        }
        from.for_each(|position| self.push(Some(position), None));
        to.for_each(|position| self.push(None, Some(position)));
    }

    fn pair_by_position(&mut self, from: Range<usize>, to: Range<usize>) {
        for offset in 0..from.len().max(to.len()) {
            let within = |range: &Range<usize>| (offset < range.len()).then_some(range.start + offset);
            self.push(within(&from), within(&to));
        }
    }

    fn push(&mut self, from: Option<usize>, to: Option<usize>) {
        let layers = from.and_then(|from| self.from.layers.get(from)).zip(to.and_then(|to| self.to.layers.get(to)));
        let same = layers.is_some_and(|(from, to)| is_same(from, to));
        let kind = match (from, to) {
            (Some(_), Some(_)) if same => RowKind::Same,
            (Some(_), Some(_)) => RowKind::Changed,
            (Some(_), None) => RowKind::OnlyFrom,
            (None, _) => RowKind::OnlyTo,
        };
        let position = |position: Option<usize>| position.and_then(|position| u32::try_from(position).ok());
        let recompressed = same && layers.is_some_and(|(from, to)| from.digest != to.digest);
        self.rows.push(Row { kind, from: position(from), to: position(to), recompressed });
    }

    /// What layers of one side are known by at a level; nothing pairs with nothing.
    fn keys(&self, level: Level, is_from: bool, range: Range<usize>) -> Vec<Names> {
        let side = if is_from { self.from } else { self.to };
        let key = |position: usize| {
            let instruction = || side.instruction(position).filter(|instruction| !instruction.is_empty());
            match level {
                Level::Content => {
                    let layer = side.layers.get(position);
                    [
                        layer.and_then(|layer| layer.diff_id.as_ref()).map(ToString::to_string),
                        layer.and_then(|layer| layer.digest.as_ref()).map(ToString::to_string),
                    ]
                }
                Level::Instruction => [instruction().map(ToString::to_string), None],
                Level::Place => [instruction().and_then(place), None],
                Level::Position => [None, None],
            }
        };
        range.map(key).collect()
    }
}

/// The keyword, and for copies where to.
fn place(instruction: &Instruction) -> Option<String> {
    let keyword = instruction.keyword.as_deref()?;
    let destination = match keyword {
        "COPY" | "ADD" => instruction.arguments.split_whitespace().next_back().unwrap_or_default(),
        _ => "",
    };
    Some(format!("{keyword} {destination}"))
}

/// The longest common sequence of two lists, as pairs of positions; `None` where that is too much work.
fn common<'a>(left: &'a [Names], right: &'a [Names]) -> Option<Vec<(usize, usize)>> {
    // Numbers in place of texts, because comparing is what takes the time. 0 is no name.
    let mut numbers: HashMap<(usize, &'a str), u32> = HashMap::new();
    let mut number = |names: &'a Names| {
        let mut result = [0; 2];
        for (place, name) in names.iter().enumerate() {
            if let Some(name) = name {
                let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
                result[place] = *numbers.entry((place, name)).or_insert(next);
            }
        }
        result
    };
    let left: Vec<[u32; 2]> = left.iter().map(&mut number).collect();
    let right: Vec<[u32; 2]> = right.iter().map(&mut number).collect();
    let equal =
        |left: [u32; 2], right: [u32; 2]| left.iter().zip(right).any(|(left, right)| *left != 0 && *left == right);

    let prefix = left.iter().zip(&right).take_while(|(left, right)| equal(**left, **right)).count();
    let (left_rest, right_rest) = (&left[prefix..], &right[prefix..]);
    let suffix =
        left_rest.iter().rev().zip(right_rest.iter().rev()).take_while(|(left, right)| equal(**left, **right)).count();
    let (left_rest, right_rest) = (&left_rest[..left_rest.len() - suffix], &right_rest[..right_rest.len() - suffix]);
    let inner = longest(left_rest, right_rest, equal)?;

    let mut pairs: Vec<(usize, usize)> = (0..prefix).map(|position| (position, position)).collect();
    pairs.extend(inner.into_iter().map(|(from, to)| (from + prefix, to + prefix)));
    pairs.extend((0..suffix).map(|offset| (left.len() - suffix + offset, right.len() - suffix + offset)));
    Some(pairs)
}

/// The longest common sequence by the usual table, the earliest pairs preferred.
fn longest(
    left: &[[u32; 2]],
    right: &[[u32; 2]],
    equal: impl Fn([u32; 2], [u32; 2]) -> bool,
) -> Option<Vec<(usize, usize)>> {
    if left.len().saturating_mul(right.len()) > MAX_PAIRS {
        return None;
    }
    // lengths[row][column] is the length for what follows there. The shorter list has at most 2,000 elements, so that
    // 16 bits hold it.
    let width = right.len() + 1;
    let mut lengths = vec![0_u16; (left.len() + 1) * width];
    for row in (0..left.len()).rev() {
        for column in (0..right.len()).rev() {
            lengths[row * width + column] = if equal(left[row], right[column]) {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut row, mut column) = (0, 0);
    while row < left.len() && column < right.len() {
        if equal(left[row], right[column]) {
            pairs.push((row, column));
            (row, column) = (row + 1, column + 1);
        } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    Some(pairs)
}
