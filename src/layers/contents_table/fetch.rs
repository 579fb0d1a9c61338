//! Tables fetched by parts of their layers.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use moka::future::Cache;
use tokio::sync::{Semaphore, mpsc};

use super::announced::Announced;
use super::footer::{FOOTER, table_of};
use super::parse::parse;
use super::unpacked::TableReader;
use super::{ContentsTable, ENTRIES, STORED_BYTES, TEXT_BYTES, TableError, TableForm};
use crate::layers::failures::Failures;
use crate::layers::hash::Hasher;
use crate::layers::reader::LayerReader;
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::registry::{Client, Request, Turns};

/// Bytes of memory for tables that were read, and most for one of them: a larger one could not be kept.
const MEMORY: u64 = 64_000_000;
/// Most tables that are read at the same time. Each takes up to [`STORED_BYTES`](super::STORED_BYTES) besides its entries.
const AT_ONCE: usize = 2;
/// Pieces that have come and wait.
const PIECES: usize = 16;

/// The tables that a reader of layers has read.
pub(in crate::layers) struct Tables {
    known: Cache<Key, Arc<ContentsTable>>,
    /// Tables that could not be had, so that each look at a page does not ask for them again.
    refused: Failures<Source, TableError>,
    turns: Turns,
}

/// A layer's digest, and that of its table as the manifest has it: another manifest can name another one.
type Key = (Digest, Digest);

/// What has a table is everybody's; whether it can be had is the affair of one repository of one registry.
type Source = (String, RepositoryName, Key);

/// What is known of a table that a layer announces.
#[derive(Debug, Clone)]
pub enum TableState {
    /// It was read.
    Known(Arc<ContentsTable>),
    /// It was asked for within the last minute, in vain, or is announced as none can be.
    Failed(Arc<TableError>),
    /// It can be read.
    Unread {
        /// Most bytes that this takes.
        most_bytes: u64,
    },
}

impl Default for Tables {
    fn default() -> Tables {
        let known = Cache::builder()
            .max_capacity(MEMORY)
            .weigher(|_: &Key, table: &Arc<ContentsTable>| u32::try_from(table.weight()).unwrap_or(u32::MAX))
            .build();
        Tables { known, refused: Failures::default(), turns: Turns::in_shares(AT_ONCE, usize::MAX) }
    }
}

impl LayerReader {
    /// The table of contents that a layer has of its own, if a verified manifest of the repository lists the layer and names the
    /// digest of such a table. None where it does not. Costs one or two requests for parts of the layer the first time.
    ///
    /// # Errors
    ///
    /// See [`TableError`]. The layer itself may be sound. That a table cannot be had is remembered for a minute.
    pub async fn table(
        &self,
        client: &Client,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
    ) -> Result<Option<Arc<ContentsTable>>, Arc<TableError>> {
        let Some((announced, layer)) = Announced::of(descriptor)?.zip(descriptor.digest.clone()) else {
            return Ok(None);
        };
        let (tables, large_windows) = self.tables();
        let key = (layer, announced.digest.clone());
        if let Some(table) = tables.known.get(&key).await {
            return Ok(Some(table));
        }
        let _turn = tables.turns.place(request.asker.reader).await.ok_or(TableError::Failed)?;
        if let Some(table) = tables.known.get(&key).await {
            return Ok(Some(table));
        }
        let source = source(client, repository, &key);
        if let Some(error) = tables.refused.get(&source) {
            return Err(error);
        }
        let fetched = fetched(client, request, repository, descriptor, announced, large_windows).await;
        let kept = fetched.and_then(|table| {
            if table.weight() as u64 > MEMORY { Err(TableError::TooLarge { limit: MEMORY }) } else { Ok(table) }
        });
        match kept.map_err(Arc::new) {
            Ok(table) => {
                let table = Arc::new(table);
                tables.known.insert(key, Arc::clone(&table)).await;
                Ok(Some(table))
            }
            Err(error) => {
                if error.is_of_table() {
                    tables.refused.add(source, Arc::clone(&error));
                }
                Err(error)
            }
        }
    }
}

impl LayerReader {
    /// The same, if it was read already. Asks nobody.
    pub async fn known_table(&self, descriptor: &Descriptor) -> Option<Arc<ContentsTable>> {
        let (announced, layer) = Announced::of(descriptor).ok().flatten().zip(descriptor.digest.clone())?;
        self.tables().0.known.get(&(layer, announced.digest)).await
    }

    /// What is known of the table that a layer of a repository announces. None where it announces none. Asks nobody.
    pub async fn table_state(
        &self,
        client: &Client,
        repository: &RepositoryName,
        descriptor: &Descriptor,
    ) -> Option<TableState> {
        let announced = match Announced::of(descriptor) {
            Ok(announced) => announced?,
            Err(error) => return Some(TableState::Failed(Arc::new(error))),
        };
        let key = (descriptor.digest.clone()?, announced.digest.clone());
        let (tables, _) = self.tables();
        if let Some(table) = tables.known.get(&key).await {
            return Some(TableState::Known(table));
        }
        if let Some(error) = tables.refused.get(&source(client, repository, &key)) {
            return Some(TableState::Failed(error));
        }
        let most = STORED_BYTES.saturating_add(FOOTER).min(descriptor.size.unwrap_or(u64::MAX));
        let most_bytes = announced.stored.map_or(most, |stored| stored.end.saturating_sub(stored.start));
        Some(TableState::Unread { most_bytes })
    }
}

fn source(client: &Client, repository: &RepositoryName, key: &Key) -> Source {
    (client.settings().name.clone(), repository.clone(), key.clone())
}

async fn fetched(
    client: &Client,
    request: &Request,
    repository: &RepositoryName,
    descriptor: &Descriptor,
    announced: Announced,
    large_windows: Arc<Semaphore>,
) -> Result<ContentsTable, TableError> {
    let size = descriptor.size.ok_or(TableError::NoPlace)?;
    let fetch = |range| part(client, request, repository, descriptor, range);
    let stored = if let Some(stored) = announced.stored.clone() {
        stored
    } else {
        let begin = size.checked_sub(FOOTER).ok_or(TableError::NoPlace)?;
        table_of(&fetch(begin..size).await?, size)?
    };
    let end = stored.start;
    let bytes = fetch(stored).await?;
    let read = move || read(&announced, &bytes, end, large_windows);
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(TableError::Failed))
}

/// Some stored bytes, all of them.
async fn part(
    client: &Client,
    request: &Request,
    repository: &RepositoryName,
    descriptor: &Descriptor,
    range: Range<u64>,
) -> Result<Vec<u8>, TableError> {
    let (sender, mut pieces) = mpsc::channel::<Bytes>(PIECES);
    let fetched = client.layer_part(request, repository, descriptor, range, sender);
    let collected = async {
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.recv().await {
            bytes.extend_from_slice(&piece);
        }
        bytes
    };
    let (fetched, bytes) = tokio::join!(fetched, collected);
    fetched?;
    Ok(bytes)
}

/// Reads a table from its stored bytes. `end`: where in the layer it begins, and no contents are any more.
pub(super) fn read(
    announced: &Announced,
    stored: &[u8],
    end: u64,
    large_windows: Arc<Semaphore>,
) -> Result<ContentsTable, TableError> {
    let (form, digest) = (announced.form, &announced.digest);
    if form == TableForm::ZstdChunked && digest_of(stored, digest) != Some(digest.clone()) {
        return Err(TableError::Mismatch);
    }
    let mut text = TableReader::new(form, stored, digest, large_windows)?;
    let since_entry = text.since_entry.clone();
    let parsed = parse(&mut text, since_entry, end, ENTRIES);
    if parsed.as_ref().is_ok_and(|parsed| parsed.is_cut) {
        return Err(TableError::TooMany { limit: ENTRIES });
    }
    let parsed = parsed.map_err(|error| match error.io_error_kind() {
        Some(io::ErrorKind::FileTooLarge) => TableError::TooLarge { limit: TEXT_BYTES },
        _ => TableError::Malformed(error.to_string()),
    })?;
    if form == TableForm::Estargz {
        let actual = text.digest().map_err(|error| TableError::Malformed(error.to_string()))?;
        if actual != *digest {
            return Err(TableError::Mismatch);
        }
    }
    Ok(ContentsTable { form, files: parsed.files, places: parsed.places, stored_bytes: stored.len() as u64 })
}

fn digest_of(bytes: &[u8], like: &Digest) -> Option<Digest> {
    let mut hasher = Hasher::like(like)?;
    hasher.update(bytes);
    Some(hasher.finish())
}
