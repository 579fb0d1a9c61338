//! Files taken out of a stretch of a layer's archive, one after the other.

use bytes::Bytes;
use futures::StreamExt as _;

use crate::layers::{FileStream, OpenError};

/// A stretch of an archive on its way.
pub(super) struct Contents {
    bytes: FileStream,
    piece: Bytes,
    /// The place in the archive of what comes next.
    at: u64,
}

impl Contents {
    pub(super) fn new(bytes: FileStream, at: u64) -> Contents {
        Contents { bytes, piece: Bytes::new(), at }
    }

    /// Goes on to a later place of the archive.
    pub(super) async fn pass(&mut self, to: u64) -> Result<(), OpenError> {
        while self.at < to {
            self.next(to - self.at).await?;
        }
        Ok(())
    }

    /// The next bytes, at least one and at most `most` of them.
    pub(super) async fn next(&mut self, most: u64) -> Result<Bytes, OpenError> {
        while self.piece.is_empty() {
            self.piece = self.bytes.next().await.ok_or(OpenError::Missing { missing: most })??;
        }
        let length = usize::try_from(most).map_or(self.piece.len(), |most| most.min(self.piece.len()));
        let bytes = self.piece.split_to(length);
        self.at += bytes.len() as u64;
        Ok(bytes)
    }
}
