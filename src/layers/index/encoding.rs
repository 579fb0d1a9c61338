//! An index as bytes: a head, everything packed, and a check sum by which damage is noticed.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Block, LayerIndex, Summary};
use crate::anatomy::files::FileList;
use crate::layers::checkpoint::Checkpoint;

/// What an index begins with: its name and the version of its form. Another version is made anew.
const HEAD: &[u8; 8] = b"strata\0\x02";
/// Bytes of the check sum at the end.
const CHECK: usize = 32;

/// Most entries, and most bytes of their text, that room is made for before they are read.
const MOST_AT_ONCE: (u64, u64) = (1 << 20, 128 << 20);

/// Why an index cannot be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// These bytes are no index of this version, or some of them have changed since they were written.
    #[error("the index is damaged, or of another version")]
    Damaged,
    /// It could not be put into bytes.
    #[error("the index cannot be written")]
    Encoding,
}

/// The same as [`Packed`], read.
#[derive(Deserialize)]
struct Content<'a> {
    summary: Summary,
    #[serde(borrow)]
    blocks: Vec<Block<&'a [u8]>>,
    checkpoints: Vec<Checkpoint>,
}

/// What a pass has found, still packed.
#[derive(Debug, Clone, Serialize)]
pub(in crate::layers) struct Packed {
    pub(in crate::layers) summary: Summary,
    pub(in crate::layers) blocks: Vec<Block>,
    pub(in crate::layers) checkpoints: Vec<Checkpoint>,
}

impl Packed {
    /// As bytes.
    pub(in crate::layers) fn encode(self) -> Result<Vec<u8>, IndexError> {
        let bytes = postcard::to_extend(&self, HEAD.to_vec()).map_err(|_| IndexError::Encoding)?;
        Ok(with_check(bytes))
    }
}

fn with_check(mut bytes: Vec<u8>) -> Vec<u8> {
    let check = Sha256::digest(&bytes);
    bytes.extend_from_slice(&check);
    bytes
}

/// Any content with a head and a check sum that are right.
#[cfg(any(test, fuzzing))]
pub(in crate::layers) fn checked(content: &[u8]) -> Vec<u8> {
    with_check([HEAD, content].concat())
}

/// Reads an index.
///
/// # Errors
///
/// [`IndexError::Damaged`].
pub fn decode(bytes: &[u8]) -> Result<LayerIndex, IndexError> {
    let (content, check) = bytes.split_last_chunk::<CHECK>().ok_or(IndexError::Damaged)?;
    if Sha256::digest(content).as_slice() != check {
        return Err(IndexError::Damaged);
    }
    let content = content.strip_prefix(HEAD).ok_or(IndexError::Damaged)?;
    let Content { summary, blocks, checkpoints } = postcard::from_bytes(content).map_err(|_| IndexError::Damaged)?;
    let (entries, text) = (blocks.iter().map(|block| u64::from(block.entries)), blocks.iter().map(|block| block.text));
    let room = |needed: u64, most: u64| usize::try_from(needed.min(most)).unwrap_or_default();
    let mut files = FileList::default();
    files.reserve(
        room(entries.fold(0, u64::saturating_add), MOST_AT_ONCE.0),
        room(text.fold(0, u64::saturating_add), MOST_AT_ONCE.1),
    );
    for block in blocks {
        block.unpack(&mut files)?;
    }
    Ok(LayerIndex { summary, files, checkpoints })
}
