//! The checkpoints of a pass that are kept: fewer of them where their windows take too much.

use crate::layers::checkpoint::Checkpoint;
use crate::layers::chunk::Passed;

/// Bytes of windows that any layer may have. More than one window.
const FREE: u64 = 1 << 20;
/// Further ones, for a thousand stored bytes. Layers as they are built have about half of that.
const OF_THOUSAND: u64 = 6;
/// Most of all.
const MOST: u64 = 32 << 20;

/// Checkpoints in their order, with windows of so many bytes at most as the layer's size allows.
///
/// Windows of up to 32 KiB can be needed every few megabytes of an archive that packs extremely well (threat T-18), and of a layer
/// of fifty gigabytes even small ones are many. Where they have become too many, every other one goes, and from then on
/// one is kept where two were: a file costs up to twice as many stored bytes.
pub(super) struct Checkpoints {
    kept: Vec<Checkpoint>,
    window_bytes: u64,
    /// Places with a window that were passed.
    passed: u64,
    /// One is kept of so many of them.
    stride: u64,
}

impl Default for Checkpoints {
    fn default() -> Checkpoints {
        Checkpoints { kept: Vec::new(), window_bytes: 0, passed: 0, stride: 1 }
    }
}

impl Checkpoints {
    pub(super) fn add(&mut self, passed: Passed) {
        let draft = match passed {
            Passed::Whole(checkpoint) => return self.kept.push(checkpoint),
            Passed::Draft(draft) => draft,
        };
        self.passed += 1;
        if !self.passed.is_multiple_of(self.stride) {
            return;
        }
        let checkpoint = draft.finish();
        let budget = budget(checkpoint.stored_at);
        self.window_bytes += window_bytes(&checkpoint);
        self.kept.push(checkpoint);
        while self.window_bytes > budget {
            self.thin_out();
        }
    }

    pub(super) fn into_kept(self) -> Vec<Checkpoint> {
        self.kept
    }

    fn thin_out(&mut self) {
        let mut is_second = true;
        self.kept.retain(|checkpoint| {
            is_second ^= checkpoint.within.is_some();
            checkpoint.within.is_none() || is_second
        });
        self.stride *= 2;
        self.window_bytes = self.kept.iter().map(window_bytes).sum();
    }
}

fn window_bytes(checkpoint: &Checkpoint) -> u64 {
    checkpoint.within.as_ref().map_or(0, |within| within.window.packed_size() as u64)
}

/// Most bytes of windows in a layer's first stored bytes.
fn budget(stored: u64) -> u64 {
    MOST.min(FREE + stored / 1_000 * OF_THOUSAND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::checkpoint::Within;
    use crate::layers::gzip::Window;

    fn checkpoint(number: u64, has_window: bool) -> Checkpoint {
        let within = has_window.then(|| Within { bits: 0, value: 0, window: Window::of(&[]) });
        Checkpoint { archive_at: number, stored_at: number, within }
    }

    #[test]
    fn every_other_window_goes() {
        // Those without a window cost nothing, and stay.
        let kept = [true, true, false, true, true, false, true].into_iter().zip(1..);
        let kept = kept.map(|(has_window, number)| checkpoint(number, has_window)).collect();
        let mut checkpoints = Checkpoints { kept, ..Checkpoints::default() };
        checkpoints.thin_out();
        let kept: Vec<_> = checkpoints.kept.iter().map(|checkpoint| checkpoint.stored_at).collect();
        assert_eq!((kept, checkpoints.stride), (vec![2, 3, 5, 6], 2));
    }

    #[test]
    fn the_budget_grows_with_the_layer_up_to_a_bound() {
        assert_eq!(budget(0), 1 << 20);
        assert_eq!(budget(1_000_000_000), (1 << 20) + 6_000_000);
        assert_eq!(budget(50_000_000_000), 32 << 20);
    }
}
