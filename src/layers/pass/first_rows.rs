//! The first entries of a layer, shown while the rest of it is still on its way.

use std::time::{Duration, Instant};

use super::Progress;
use crate::anatomy::files::FileList;

/// Most entries that are shown of a layer that is still being read: a page shows fewer. More would be copies of a growing list.
pub const FIRST_ROWS: usize = 10_000;
/// How long entries wait to be shown.
const PAUSE: Duration = Duration::from_millis(100);

/// Copies the entries of a layer's first block for those who wait. They are at most [`FIRST_ROWS`], and their names take at most
/// as much as those of a block, so that the two copies that there are for a moment are small.
#[derive(Debug, Default)]
pub(super) struct FirstRows {
    /// How many were shown, and when. None where none were yet.
    shown: Option<(usize, Instant)>,
    is_done: bool,
}

impl FirstRows {
    /// How long the entries so far still wait. None where nothing waits.
    pub(super) fn wait(&self, files: &FileList) -> Option<Duration> {
        let (shown, since) = self.shown.map_or((0, None), |(shown, since)| (shown, Some(since)));
        let waits = !self.is_done && files.len() > shown;
        waits.then(|| since.map_or(Duration::ZERO, |since| PAUSE.saturating_sub(since.elapsed())))
    }

    /// Shows the entries so far if it is time.
    pub(super) fn show_if_due(&mut self, files: &FileList, progress: &Progress) {
        if self.wait(files).is_some_and(|wait| wait.is_zero()) {
            self.show(files, progress);
        }
    }

    /// An entry was added: where they are as many as are shown, they are shown at once.
    pub(super) fn added(&mut self, files: &FileList, progress: &Progress) {
        if !self.is_done && files.len() == FIRST_ROWS {
            self.finish(files, progress);
        }
    }

    /// Shows the entries so far for the last time: they are packed next.
    pub(super) fn finish(&mut self, files: &FileList, progress: &Progress) {
        if self.wait(files).is_some() {
            self.show(files, progress);
        }
        self.is_done = true;
    }

    fn show(&mut self, files: &FileList, progress: &Progress) {
        progress.set_first_rows(files.clone());
        self.shown = Some((files.len(), Instant::now()));
    }
}
