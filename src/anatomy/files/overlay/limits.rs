//! How much is made of layers: names and work without end can come of few bytes (threat T-18).

/// How much is made of layers, and how much work it may be.
#[derive(Debug, Clone, Copy)]
pub(in crate::anatomy::files) struct Limits {
    /// Most names of a tree, those of directories without an entry among them: few long paths can make very many of
    /// these.
    pub(in crate::anatomy::files) names: usize,
    /// Most names that are looked up on the ways to entries and whiteouts, and looked through in directories. An image of
    /// a million files needs some millions; links that lead through each other need any number.
    pub(in crate::anatomy::files) steps: usize,
}

impl Default for Limits {
    /// Some seconds of work, and about a gigabyte at the worst.
    fn default() -> Limits {
        Limits { names: 10_000_000, steps: 100_000_000 }
    }
}

impl Limits {
    /// Counts steps.
    pub(super) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }
}
