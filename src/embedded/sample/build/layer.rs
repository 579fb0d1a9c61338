//! A compressed tar: one layer.

use std::io::Read as _;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha512};

use super::contents_table::{Listed, estargz, zstd_chunked};
use super::files::{Files, Tar};
use super::gzip::gzip;
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
    /// gzip, file by file, with an eStargz table.
    Estargz,
    /// zstd, file by file, with a zstd:chunked table.
    ZstdChunked,
    /// The tar itself.
    Plain,
}

/// The level of gzip that tools use unless told otherwise.
const GZIP_LEVEL: u32 = 6;

/// A layer, ready to be listed in a manifest.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(super) compression: Compression,
    pub(super) digest: Digest,
    pub(super) blob: Bytes,
    /// The digest of the tar.
    pub(super) diff_id: Digest,
    /// Where in the tar compression is of no use.
    noise: Arc<[Range<usize>]>,
    /// Where the bytes are to be had, if the registry does not have them.
    pub(super) url: Option<&'static str>,
    /// What the manifest says of it.
    pub(super) annotations: Vec<(&'static str, String)>,
}

impl Layer {
    /// Files as a gzip layer.
    pub(crate) fn of(files: &Files) -> Self {
        Self::stored(files, Compression::Gzip)
    }

    /// Files, stored in this way.
    pub(crate) fn stored(files: &Files, compression: Compression) -> Self {
        let Tar { bytes, noise } = files.tar();
        let diff_id = digest_of(&bytes);
        Self::pack(bytes, noise.into(), diff_id, compression)
    }

    /// The same content, stored in another way: the digest changes. The diff_id stays, but for eStargz, whose table is
    /// a file more.
    pub(crate) fn repacked(&self, compression: Compression) -> Self {
        let tar = match self.compression {
            Compression::Gzip | Compression::SmallestGzip | Compression::Estargz => {
                let mut tar = Vec::with_capacity(self.blob.len() * 2);
                in_memory(MultiGzDecoder::new(&self.blob[..]).read_to_end(&mut tar));
                tar
            }
            Compression::Zstd | Compression::ZstdChunked => in_memory(zstd::decode_all(&self.blob[..])),
            Compression::Plain => self.blob.to_vec(),
        };
        Self::pack(tar, Arc::clone(&self.noise), self.diff_id.clone(), compression)
    }

    /// The same layer under its other registered name.
    pub(crate) fn named_by_sha512(mut self) -> Self {
        self.digest = Digest::from_sha512(&Sha512::digest(&self.blob));
        self
    }

    /// The same layer as one that may not be distributed: the manifest names an address, the registry lacks the bytes.
    pub(crate) fn kept_at(mut self, url: &'static str) -> Self {
        self.url = Some(url);
        self
    }

    fn pack(tar: Vec<u8>, noise: Arc<[Range<usize>]>, diff_id: Digest, compression: Compression) -> Self {
        let blob = match compression {
            Compression::Gzip => gzip(&tar, &noise, GZIP_LEVEL),
            Compression::SmallestGzip => gzip(&tar, &noise, 9),
            Compression::Zstd => in_memory(zstd::bulk::compress(&tar, 3)),
            Compression::Plain => tar,
            Compression::Estargz => return Self::listed(estargz(&tar), compression),
            Compression::ZstdChunked => return Self::listed(zstd_chunked(&tar), compression),
        };
        let (digest, annotations) = (digest_of(&blob), Vec::new());
        Self { compression, digest, blob: blob.into(), diff_id, noise, url: None, annotations }
    }

    fn listed(listed: Listed, compression: Compression) -> Self {
        let Listed { blob, diff_id, annotations } = listed;
        let (digest, noise) = (digest_of(&blob), Arc::from([]));
        Self { compression, digest, blob: blob.into(), diff_id, noise, url: None, annotations }
    }
}

/// Files as a compressed archive that is no layer, as charts are.
pub(crate) fn archive(files: &Files) -> Bytes {
    let Tar { bytes, noise } = files.tar();
    gzip(&bytes, &noise, GZIP_LEVEL).into()
}
