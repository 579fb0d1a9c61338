//! A directory as a tar archive, made while it is sent (POSIX.1-2017, pax, "ustar Interchange Format").
//!
//! Files come in the order in which the layers have them, so that each stretch of a layer is fetched once; each is held against its
//! digest, and where one is another, the archive is broken off. Every name in it is below the directory's own, but for the list of
//! those files that cannot be sent as they are: it stands at the end, and they are left out.

mod contents;
mod header;
mod plan;

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{self, Sender};

use crate::anatomy::files::FileRef;
use crate::layers::{FileStream, LayerReader, OpenError};
use crate::oci::{Descriptor, RepositoryName};
use crate::registry::{Client, Request};
use contents::Contents;
pub(super) use plan::Plan;

/// Bytes in one piece of the archive.
const PIECE: usize = 64 << 10;
/// Pieces that wait to be taken.
const PIECES: usize = 8;
/// An archive ends with two blocks of zeros, and contents are filled up to whole blocks.
const ZEROS: [u8; 1_024] = [0; 1_024];

/// Where the layers of an archive come from.
pub(super) struct Origin {
    pub(super) layers: LayerReader,
    pub(super) client: Client,
    pub(super) request: Request,
    pub(super) repository: RepositoryName,
    /// The image's layers, from the bottom.
    pub(super) descriptors: Vec<Descriptor>,
}

/// Sends what is planned.
pub(super) fn stream(plan: Plan, origin: Origin) -> FileStream {
    let (sender, taken) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        let mut out = Out { sender, held: BytesMut::new() };
        match write(&plan, &origin, &mut out).await {
            // Whoever took it is gone.
            Ok(()) | Err(Trouble::Gone) => {}
            Err(Trouble::Open(error)) => {
                tracing::debug!(repository = %origin.repository, %error, "a directory's archive is broken off");
                let _ = out.sender.send(Err(error)).await;
            }
        }
    });
    stream::unfold(taken, |mut taken| async { taken.recv().await.map(|piece| (piece, taken)) }).boxed()
}

/// Why an archive is not sent to its end.
enum Trouble {
    Open(OpenError),
    Gone,
}

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

async fn write(plan: &Plan, origin: &Origin, out: &mut Out) -> Result<(), Trouble> {
    for node in &plan.directories {
        out.put(&plan.header(*node)).await?;
    }
    for node in &plan.empty {
        out.put(&plan.header(*node)).await?;
    }
    for run in &plan.runs {
        let Some((index, position)) = plan.layer(run) else { return Err(OpenError::Unread.into()) };
        let files = plan.files(run);
        let ends = files.first().zip(files.last()).and_then(|(first, last)| Some((first.entry?, last.entry?)));
        let location = ends.and_then(|(first, last)| index.locate_run(first, last)).ok_or(OpenError::NoContents)?;
        let Some(descriptor) = origin.descriptors.get(position) else { return Err(OpenError::Unread.into()) };
        let Origin { layers, client, request, repository, .. } = origin;
        let begin = location.archive_begin();
        let bytes = layers.open_unchecked(client, request, repository, descriptor, location).await?;
        let mut contents = Contents::new(bytes, begin);
        for planned in files {
            let entry = planned.entry.ok_or(OpenError::NoContents)?;
            out.put(&plan.header(planned.node)).await?;
            copy(entry, &mut contents, out).await?;
        }
    }
    for node in &plan.links {
        out.put(&plan.header(*node)).await?;
    }
    if let Some((header, text)) = plan.report() {
        out.put(&header).await?;
        out.put(text.as_bytes()).await?;
        out.put(header::filling(text.len() as u64)).await?;
    }
    out.put(&ZEROS).await?;
    out.flush().await
}

async fn copy(entry: FileRef<'_>, contents: &mut Contents, out: &mut Out) -> Result<(), Trouble> {
    contents.pass(entry.data_at()).await?;
    let mut hash = Sha256::new();
    let mut left = entry.size();
    while left > 0 {
        let piece = contents.next(left).await?;
        hash.update(&piece);
        left -= piece.len() as u64;
        out.put(&piece).await?;
    }
    let actual: [u8; 32] = hash.finalize().into();
    if entry.digest() != Some(&actual) {
        return Err(OpenError::Mismatch.into());
    }
    out.put(header::filling(entry.size())).await
}

/// The archive on its way, in pieces of a useful size.
struct Out {
    sender: Sender<Result<Bytes, OpenError>>,
    held: BytesMut,
}

impl Out {
    async fn put(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Trouble> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = self.held.split().freeze();
        self.sender.send(Ok(piece)).await.map_err(|_| Trouble::Gone)
    }
}
