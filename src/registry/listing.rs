//! What is known of a list.

use std::sync::Arc;
use std::time::SystemTime;

use super::error::Error;

/// A list as far as it has been read.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// The names in the registry's order, each once.
    pub names: Arc<[T]>,
    /// Whether these are all. Not so while the walk goes on, after it was stopped, and after a limit was reached.
    pub complete: bool,
    /// Whether the list is being read right now, so that a later look may see more.
    pub reading: bool,
    /// The limit that ended the walk.
    pub truncated: Option<Truncation>,
    /// Pages read.
    pub pages: u32,
    /// What ended the walk before the list did.
    pub stopped: Option<Error>,
    /// How many entries were left out because they are no names (not text, or against the grammar).
    pub invalid: usize,
    /// When the walk began.
    pub read_at: SystemTime,
    /// Whether the operator has written the names down, instead of the registry listing them.
    pub from_hand: bool,
}

/// The limit that ended a walk (threat T-9).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Truncation {
    /// So many names were read.
    Names(usize),
    /// So many pages were read.
    Pages(u32),
    /// One page had more names than are read of one.
    PageNames(usize),
    /// So many bytes were read.
    Bytes(u64),
    /// The time for a walk was over.
    Time,
    /// The registry led back to a page that had been read.
    Loop,
    /// So many pages in a row brought no new name.
    Barren(u32),
    /// The next page would have been on another origin: shown, never asked (threat T-8).
    LinkElsewhere(String),
    /// The address of the next page had so many bytes that it was not followed.
    LinkTooLong(usize),
}
