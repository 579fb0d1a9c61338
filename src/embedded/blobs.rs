//! Where the bytes of a repository are: in memory, or in the `blobs` folder of an OCI image layout.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind, Read, SeekFrom};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::oci::Digest;

/// Largest manifest or index that is read, in bytes: what most registries accept (4 MiB).
pub(super) const MAX_DOCUMENT: u64 = 4 << 20;

/// How much of a file is read at a time, in bytes.
const CHUNK: usize = 64 << 10;

/// The bytes of one repository, found by digest.
#[derive(Debug, Clone)]
pub(super) enum Blobs {
    /// All of them in memory.
    Memory(Arc<HashMap<Digest, Bytes>>),
    /// Files of an image layout, opened on request.
    Directory(BlobDirectory),
}

/// The `blobs` folder of an image layout (image-spec, image-layout.md).
#[derive(Debug, Clone)]
pub(super) struct BlobDirectory {
    /// The layout's own folder, without symbolic links in its path.
    root: Arc<Path>,
}

/// A blob that was found.
#[derive(Debug)]
pub(super) struct Blob {
    /// Its size in bytes.
    pub(super) size: u64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Memory(Bytes),
    File(fs::File),
}

impl Blobs {
    /// The blob of this digest, if there is one. Reads the disk: see [`Blobs::find_async`].
    pub(super) fn find(&self, digest: &Digest) -> io::Result<Option<Blob>> {
        match self {
            Self::Memory(blobs) => Ok(blobs
                .get(digest)
                .map(|bytes| Blob { size: bytes.len() as u64, source: Source::Memory(bytes.clone()) })),
            Self::Directory(directory) => directory.open(digest),
        }
    }

    /// The same, without holding up an async worker.
    pub(super) async fn find_async(&self, digest: &Digest) -> io::Result<Option<Blob>> {
        match self {
            Self::Memory(_) => self.find(digest),
            Self::Directory(directory) => {
                let (directory, digest) = (directory.clone(), digest.clone());
                tokio::task::spawn_blocking(move || directory.open(&digest)).await.map_err(io::Error::other)?
            }
        }
    }

    /// The bytes of a document that is not larger than [`MAX_DOCUMENT`]. Reads the disk.
    pub(super) fn document(&self, digest: &Digest) -> io::Result<Option<Bytes>> {
        match self.find(digest)? {
            Some(blob) if blob.size <= MAX_DOCUMENT => blob.read().map(Some),
            Some(_) => Err(too_large()),
            None => Ok(None),
        }
    }

    /// The same, without holding up an async worker.
    pub(super) async fn document_async(&self, digest: &Digest) -> io::Result<Option<Bytes>> {
        match self {
            Self::Memory(_) => self.document(digest),
            Self::Directory(_) => {
                let (blobs, digest) = (self.clone(), digest.clone());
                tokio::task::spawn_blocking(move || blobs.document(&digest)).await.map_err(io::Error::other)?
            }
        }
    }
}

fn too_large() -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, format!("a manifest has at most {MAX_DOCUMENT} bytes"))
}

impl BlobDirectory {
    /// The blobs of the layout in `layout`.
    pub(super) fn new(layout: &Path) -> io::Result<Self> {
        Ok(Self { root: layout.canonicalize()?.into() })
    }

    /// Opens a blob. The path is built from a digest's valid parts only, and what it leads to must be a plain file below
    /// the layout: a symbolic link to somewhere else is not followed.
    fn open(&self, digest: &Digest) -> io::Result<Option<Blob>> {
        // Only registered algorithms have a grammar strict enough to become part of a path.
        if !digest.is_verifiable() {
            return Ok(None);
        }
        let path = self.root.join("blobs").join(digest.algorithm_name()).join(digest.encoded());
        let path: PathBuf = match path.canonicalize() {
            Ok(path) => path,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if !path.starts_with(&self.root) || !path.is_file() {
            tracing::warn!(%digest, path = %path.display(), "blob is not a file of its layout");
            return Ok(None);
        }
        let file = fs::File::open(path)?;
        Ok(Some(Blob { size: file.metadata()?.len(), source: Source::File(file) }))
    }
}

impl Blob {
    /// All bytes, at most [`MAX_DOCUMENT`]. Reads the disk.
    fn read(self) -> io::Result<Bytes> {
        match self.source {
            Source::Memory(bytes) => Ok(bytes),
            Source::File(file) => {
                let mut bytes = Vec::new();
                file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes)?;
                // The file may have grown since its size was asked.
                if bytes.len() as u64 > MAX_DOCUMENT { Err(too_large()) } else { Ok(bytes.into()) }
            }
        }
    }

    /// The bytes of `range`, which lies within the blob, as a response body; all of them where it is `None`.
    pub(super) async fn body(self, range: Option<&RangeInclusive<u64>>) -> io::Result<Body> {
        let (start, length) = match range {
            Some(range) => (*range.start(), range.end() - range.start() + 1),
            None => (0, self.size),
        };
        match self.source {
            Source::Memory(bytes) => {
                let place = |offset: u64| usize::try_from(offset).map_or(bytes.len(), |offset| offset.min(bytes.len()));
                Ok(Body::from(bytes.slice(place(start)..place(start.saturating_add(length)))))
            }
            Source::File(file) => {
                let mut file = tokio::fs::File::from_std(file);
                file.seek(SeekFrom::Start(start)).await?;
                let chunks = futures::stream::try_unfold(file.take(length), |mut file| async move {
                    let mut chunk = Vec::with_capacity(CHUNK);
                    (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await?;
                    Ok::<_, io::Error>((!chunk.is_empty()).then_some((Bytes::from(chunk), file)))
                });
                Ok(Body::from_stream(chunks))
            }
        }
    }
}
