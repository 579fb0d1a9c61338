//! The bytes before a checkpoint that later data refers to.

use serde::{Deserialize, Serialize};

use super::inflate::{Inflate, Stop};

/// Most bytes that deflate refers back to (RFC 1951, section 2).
pub(super) const WINDOW: usize = 32 << 10;

/// Up to 32 KiB before a checkpoint in which the bytes that nothing refers to are zero, packed.
///
/// Later data refers directly to these bytes only within its own first 32 KiB, so that unpacking as much tells which ones are
/// used. About a tenth are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window(Vec<u8>);

/// How hard windows are packed: they are small, and are kept for ever.
const LEVEL: i32 = 12;

impl Window {
    /// Packs a window. `after` is the stored data that follows the checkpoint, enough for 32 KiB; `count` and `bits` as
    /// [`Inflate::within`] has them.
    pub(super) fn sparse(window: &[u8], count: u8, bits: u8, after: &[u8]) -> Window {
        let used = used(window.len(), count, bits, after);
        let sparse: Vec<u8> = window.iter().zip(used).map(|(byte, is_used)| if is_used { *byte } else { 0 }).collect();
        Window::of(&sparse)
    }

    /// Packs a window of which it is not known what is used.
    pub(in crate::layers) fn of(window: &[u8]) -> Window {
        Window(zstd::bulk::compress(window, LEVEL).unwrap_or_default())
    }

    /// The window again, with zeros where nothing is referred to.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        zstd::bulk::decompress(&self.0, WINDOW).ok()
    }

    /// Bytes that it takes.
    pub fn packed_size(&self) -> usize {
        self.0.len()
    }
}

/// For each byte of a window of this length, whether the data after it refers to it.
///
/// The data is unpacked after three windows of made-up bytes. What differs between the first and the second is a copy from the
/// window, and the first and the third say from where.
#[expect(clippy::cast_possible_truncation, reason = "low and high byte of a number below 32,768 are meant")]
fn used(length: usize, count: u8, bits: u8, after: &[u8]) -> Vec<bool> {
    let low: Vec<u8> = (0..length).map(|at| at as u8).collect();
    let inverse: Vec<u8> = low.iter().map(|byte| !byte).collect();
    let high: Vec<u8> = (0..length).map(|at| (at >> 8) as u8).collect();
    let [low, inverse, high] = [low, inverse, high].map(|window| beginning(&window, count, bits, after));
    let mut used = vec![false; length];
    for ((low, inverse), high) in low.iter().zip(&inverse).zip(&high) {
        if low != inverse
            && let Some(is_used) = used.get_mut(usize::from(*low) | usize::from(*high) << 8)
        {
            *is_used = true;
        }
    }
    used
}

/// The first 32 KiB that some stored data unpacks to after a window.
fn beginning(window: &[u8], count: u8, bits: u8, after: &[u8]) -> Vec<u8> {
    let mut inflate = Inflate::within(window, count, bits);
    let mut output = vec![0; WINDOW];
    let (mut taken, mut given) = (0, 0);
    while let Ok(step) = inflate.step(&after[taken..], &mut output[given..], false) {
        taken += step.taken;
        given += step.given;
        if step.stop == Stop::End || (step.taken == 0 && step.given == 0) || given == WINDOW {
            break;
        }
    }
    output.truncate(given);
    output
}
