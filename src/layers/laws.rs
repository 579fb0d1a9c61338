//! What holds of layers whatever bytes a registry sends. The fuzz targets in `fuzz/` ask it; no other build has it.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::index::decode;
use super::limits::LayerLimits;
use super::pass::{self, Order, Progress};
use super::tar::{Entry, Visitor, Walker};
use crate::oci::Digest;

/// Of a stored layer.
///
/// # Panics
///
/// Where a law is broken.
pub fn layer(stored: &[u8]) {
    let digest = Digest::from_sha256(&Sha256::digest(stored));
    let limits = LayerLimits { archive_bytes: 64 << 20, entries: 10_000, ..LayerLimits::default() };
    let (progress, large_windows) = (Progress::default(), Arc::new(Semaphore::new(1)));
    let order = Order {
        digest: &digest,
        size: Some(stored.len() as u64),
        limits: &limits,
        large_windows: Arc::clone(&large_windows),
        progress: &progress,
    };
    let pieces = stored.chunks(4_099).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
    let Ok(Ok(bytes)) = pass::read(pieces, &order).map(super::index::Packed::encode) else {
        assert!(stored.len() as u64 > limits.archive_bytes, "the digest and the size are right");
        return;
    };
    let index = decode(&bytes).map_err(|error| error.to_string());
    let index = index.unwrap_or_else(|error| panic!("what was written can be read: {error}"));
    assert_eq!(index.summary.stored_size, stored.len() as u64);
    for file in index.files.iter().filter(|file| file.digest().is_some()).take(50) {
        let Some(location) = index.locate(file) else { continue };
        let range = location.stored();
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(stored.len());
        let needed = usize::try_from(range.start).ok().and_then(|begin| stored.get(begin..end)).unwrap_or_default();
        let mut hash = Sha256::new();
        let given = location.contents(Arc::clone(&large_windows)).and_then(|mut contents| {
            contents.feed(needed, &mut |bytes| hash.update(bytes))?;
            Ok(contents.left())
        });
        assert_eq!(given, Ok(0), "a file that was read can be read again");
        let hash: [u8; 32] = hash.finalize().into();
        assert_eq!(Some(&hash), file.digest(), "a file has the contents that the pass has seen");
    }
}

/// Of a layer's own table of contents, as its text.
///
/// # Panics
///
/// Where a law is broken.
pub fn contents_table(text: &[u8]) {
    super::contents_table::laws::check(text);
}

/// Of an archive.
///
/// # Panics
///
/// Where a law is broken.
pub fn archive(bytes: &[u8]) {
    let walk = |piece: usize| {
        let (mut walker, mut seen) = (Walker::new(), Seen::default());
        for piece in bytes.chunks(piece) {
            walker.feed(piece, &mut seen);
        }
        assert_eq!(walker.position(), bytes.len() as u64);
        (walker.finish(), seen)
    };
    let (ending, seen) = walk(bytes.len().max(1));
    assert_eq!((ending, &seen), (walk(509).0, &walk(509).1), "pieces do not matter");
    let data: u64 = seen.entries.iter().map(|entry| entry.stored_size).fold(0, u64::saturating_add);
    assert!(seen.bytes <= data && seen.bytes <= bytes.len() as u64, "no byte is given twice");
}

/// Of an index on disk whose check sum is right.
///
/// # Panics
///
/// Where a law is broken.
pub fn index(content: &[u8]) {
    let _ = decode(content);
    let _ = decode(&super::index::checked(content));
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    entries: Vec<Entry>,
    bytes: u64,
}

impl Visitor for Seen {
    fn entry(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn data(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
    }

    fn end_of_entry(&mut self) {}
}
