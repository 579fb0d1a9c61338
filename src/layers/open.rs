//! One file of a known layer, fetched by one request and handed on once it is what the index says.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::index::LayerIndex;
use super::location::Location;
use super::reader::LayerReader;
use super::unpack::UnpackError;
use super::zstd_frames::ZstdError;
use crate::anatomy::files::{FileKind, FileRef};
use crate::oci::{Descriptor, RepositoryName};
use crate::registry::{Client, Error as RegistryError, Request};

/// Bytes in one piece of the contents. A file up to this size is handed on whole or not at all.
const PIECE: usize = 64 << 10;
/// Stored pieces that wait to be unpacked, and pieces of the contents that wait to be taken.
const PIECES: usize = 8;
/// How long whoever takes the contents may leave a piece waiting: each open file holds a thread.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long whoever opens a file waits for a place.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Most bytes for which memory is set aside before they have come.
const AT_ONCE: u64 = 1 << 20;

/// A file's contents, piece by piece. An error ends them, and then they are not the file: what was handed on before is to be thrown
/// away, so that the answer it went into must be broken off and not ended.
pub type FileStream = BoxStream<'static, Result<Bytes, OpenError>>;

/// The begin of a file, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// From the file's first byte on.
    pub bytes: Bytes,
    /// Whether that is all. Only then the bytes were checked: they have the digest that the index has. The begin of a longer file
    /// is what the registry has sent, unchecked.
    pub is_whole: bool,
}

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is no regular file, or one with holes, whose stored bytes are not its contents. Whoever asks follows links first.
    #[error("this entry has no contents of its own")]
    NoContents,
    /// The layer ended before the file did, or was read no further, so that nobody knows what it should be.
    #[error("the layer was not read up to this file's end")]
    Unread,
    /// The registry does not give the bytes.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The bytes that came cannot be unpacked: they are not those of the layer.
    #[error(transparent)]
    Unpack(UnpackError),
    /// The bytes that came end before the file does: they are not those of the layer.
    #[error("{missing} bytes of the file are missing")]
    Missing {
        /// How many bytes of the contents.
        missing: u64,
    },
    /// The bytes that came are not those of the layer.
    #[error("the contents do not have the digest that they had when the layer was read")]
    Mismatch,
    /// Too many files are open already, or one that takes as much memory to unpack.
    #[error("too many files are open at the same time; ask again in a moment")]
    Crowded,
    /// Whoever takes the contents is too slow.
    #[error("the contents were taken too slowly")]
    Slow,
    /// The thread that unpacks has failed: a mistake in Strata.
    #[error("unpacking the file has failed")]
    Failed,
}

impl From<UnpackError> for OpenError {
    fn from(error: UnpackError) -> OpenError {
        match error {
            UnpackError::Zstd(ZstdError::NoTurn) => OpenError::Crowded,
            UnpackError::Zstd(ZstdError::TurnOver) => OpenError::Slow,
            error => OpenError::Unpack(error),
        }
    }
}

impl LayerReader {
    /// Opens a file of a layer that a verified manifest of the repository lists. `index` is that layer's. Comes back with the first
    /// piece, so that most of what can go wrong is known before anything is handed on. The last piece is handed on only where all
    /// of them together have the digest that the index has. Hard links have no contents here: open what they point to.
    ///
    /// Costs one request for [`Location::stored`] (none for an empty file), and a thread and about a megabyte while it lasts. A
    /// registry that knows no parts sends the layer from its begin on, up to where the file ends.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(
        &self,
        client: &Client,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        index: &LayerIndex,
        file: FileRef<'_>,
    ) -> Result<FileStream, OpenError> {
        let (location, digest) = located(index, file, u64::MAX)?;
        let source = Source::of(client, request, repository, descriptor);
        started(source.pieces(self, location, Some(digest)).await).await
    }

    /// Opens a stretch of the archive as [`LayerReader::open`] opens a file, and checks nothing: that is left to whoever takes
    /// files out of it.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open_unchecked(
        &self,
        client: &Client,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        location: Location,
    ) -> Result<FileStream, OpenError> {
        let source = Source::of(client, request, repository, descriptor);
        started(source.pieces(self, location, None).await).await
    }

    /// Opens a file as [`LayerReader::open`] does, and gives at most its first `limit` bytes at once.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    #[expect(clippy::too_many_arguments, reason = "what is opened, from where, for whom, and how much of it")]
    pub async fn read_file(
        &self,
        client: &Client,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        index: &LayerIndex,
        file: FileRef<'_>,
        limit: u64,
    ) -> Result<Opened, OpenError> {
        let is_whole = file.size() <= limit;
        let (location, digest) = located(index, file, limit)?;
        let source = Source::of(client, request, repository, descriptor);
        let mut pieces = source.pieces(self, location, is_whole.then_some(digest)).await;
        let room = usize::try_from(file.size().min(limit).min(AT_ONCE)).unwrap_or_default();
        let mut bytes = Vec::with_capacity(room);
        while let Some(piece) = pieces.recv().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(Opened { bytes: bytes.into(), is_whole })
    }
}

/// Where a file's first bytes are, and what digest all of them have. Only regular files have one.
fn located(index: &LayerIndex, file: FileRef<'_>, most: u64) -> Result<(Location, [u8; 32]), OpenError> {
    let location = index.locate_begin(file, most).filter(|_| file.kind() == FileKind::Regular);
    Ok((location.ok_or(OpenError::NoContents)?, *file.digest().ok_or(OpenError::Unread)?))
}

/// Waits for the first piece.
async fn started(mut pieces: Receiver<Result<Bytes, OpenError>>) -> Result<FileStream, OpenError> {
    let first = pieces.recv().await.transpose()?;
    let rest = stream::unfold(pieces, |mut pieces| async { pieces.recv().await.map(|piece| (piece, pieces)) });
    Ok(stream::iter(first.map(Ok)).chain(rest).boxed())
}

/// A layer where it is.
struct Source {
    client: Client,
    request: Request,
    repository: RepositoryName,
    descriptor: Descriptor,
}

impl Source {
    fn of(client: &Client, request: &Request, repository: &RepositoryName, descriptor: &Descriptor) -> Source {
        Source {
            client: client.clone(),
            request: request.patient(),
            repository: repository.clone(),
            descriptor: descriptor.clone(),
        }
    }

    /// Fetches and unpacks until everything was taken or nobody takes any more.
    async fn pieces(
        self,
        reader: &LayerReader,
        location: Location,
        digest: Option<[u8; 32]>,
    ) -> Receiver<Result<Bytes, OpenError>> {
        let (given, taken) = mpsc::channel(PIECES);
        let (places, large_windows) = reader.opening();
        // Readers take turns; whoever holds a place may take long.
        let place = tokio::time::timeout(LONGEST_WAIT, places.place(self.request.asker.reader)).await.ok().flatten();
        let Some(place) = place else {
            // The channel is empty.
            let _ = given.try_send(Err(OpenError::Crowded));
            return taken;
        };
        tokio::spawn(async move {
            let (sender, stored) = mpsc::channel(PIECES);
            let range = location.stored();
            let unpacking = Unpacking { given: given.clone(), held: BytesMut::new(), hash: Sha256::new() };
            let unpacked = tokio::task::spawn_blocking(move || {
                let _place = place;
                unpacking.run(&location, stored, digest, large_windows)
            });
            let Source { client, request, repository, descriptor } = self;
            let fetched = tokio::select! {
                fetched = client.layer(&request, &repository, &descriptor, range.start, Some(range.end), sender) => fetched,
                () = given.closed() => Ok(()),
            };
            let error = match unpacked.await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error,
                Err(_) => OpenError::Failed,
            };
            // Why bytes are missing says more than that they are.
            let error = fetched.map_or_else(OpenError::Registry, |()| error);
            // Who does not take it is gone.
            let _ = tokio::time::timeout(PATIENCE, given.send(Err(error))).await;
        });
        taken
    }
}

/// A file on its way out of stored bytes.
struct Unpacking {
    given: Sender<Result<Bytes, OpenError>>,
    /// Bytes that wait: for more of them, and the last ones until it is known that everything is right.
    held: BytesMut,
    hash: Sha256,
}

impl Unpacking {
    /// Within a runtime, in a thread that may block.
    fn run(
        mut self,
        location: &Location,
        mut stored: Receiver<Bytes>,
        digest: Option<[u8; 32]>,
        large_windows: Arc<Semaphore>,
    ) -> Result<(), OpenError> {
        let mut contents = location.contents(large_windows)?;
        let mut gone = Ok(());
        while contents.left() > 0
            && gone.is_ok()
            && !self.given.is_closed()
            && let Some(piece) = stored.blocking_recv()
        {
            contents.feed(&piece, &mut |bytes| {
                self.hash.update(bytes);
                self.held.extend_from_slice(bytes);
                while gone.is_ok() && self.held.len() > PIECE {
                    let piece = self.held.split_to(PIECE).freeze();
                    gone = self.give(piece);
                }
            })?;
        }
        gone?;
        if contents.left() > 0 {
            return Err(OpenError::Missing { missing: contents.left() });
        }
        let actual: [u8; 32] = self.hash.clone().finalize().into();
        if digest.is_some_and(|digest| digest != actual) {
            return Err(OpenError::Mismatch);
        }
        let last = self.held.split().freeze();
        if last.is_empty() { Ok(()) } else { self.give(last) }
    }

    fn give(&self, piece: Bytes) -> Result<(), OpenError> {
        let sent = async { tokio::time::timeout(PATIENCE, self.given.send(Ok(piece))).await };
        // Where nobody takes it any more, nobody reads the error either.
        Handle::current().block_on(sent).map_err(|_| OpenError::Slow)?.map_err(|_| OpenError::Slow)
    }
}
