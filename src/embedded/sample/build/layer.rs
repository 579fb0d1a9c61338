//! A compressed tar: one layer.

use std::io::Write as _;

use bytes::Bytes;
use flate2::write::GzEncoder;

use super::files::Files;
use super::{digest_of, in_memory};
use crate::oci::Digest;

/// How a layer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// gzip, as nearly every layer is.
    Gzip,
    /// gzip as small as it gets: the same content as with [`Compression::Gzip`], but other bytes.
    SmallestGzip,
    /// zstd.
    Zstd,
    /// The tar itself.
    Plain,
}

/// The level of gzip. Most of the sample is noise, which no level makes smaller; a low one is quick.
const GZIP_LEVEL: u32 = 1;

/// A layer, ready to be listed in a manifest.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(super) compression: Compression,
    pub(super) digest: Digest,
    pub(super) blob: Bytes,
    /// The digest of the tar.
    pub(super) diff_id: Digest,
}

impl Layer {
    /// Files as a gzip layer.
    pub(crate) fn of(files: &Files) -> Self {
        Self::stored(files, Compression::Gzip)
    }

    /// Files, stored in this way.
    pub(crate) fn stored(files: &Files, compression: Compression) -> Self {
        let tar = files.tar();
        let diff_id = digest_of(&tar);
        let blob = match compression {
            Compression::Gzip => gzip(&tar, flate2::Compression::new(GZIP_LEVEL)),
            Compression::SmallestGzip => gzip(&tar, flate2::Compression::best()),
            Compression::Zstd => in_memory(zstd::bulk::compress(&tar, 3)),
            Compression::Plain => tar,
        };
        Self { compression, digest: digest_of(&blob), blob: blob.into(), diff_id }
    }
}

/// Compresses without a name or time in the header, so that the same bytes come out every time.
pub(super) fn gzip(bytes: &[u8], level: flate2::Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() + 64), level);
    in_memory(encoder.write_all(bytes));
    in_memory(encoder.finish())
}
