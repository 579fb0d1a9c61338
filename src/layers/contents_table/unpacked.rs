//! The text of a table out of its stored bytes.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{TEXT_BYTES, TableError, TableForm};
use crate::layers::chunk::Chunk;
use crate::layers::format::Format;
use crate::layers::hash::Hasher;
use crate::layers::tar::{Entry, Visitor, Walker};
use crate::layers::unpack::Unpacker;
use crate::oci::Digest;

/// The file in an eStargz layer's last members that is the table.
pub(super) const ESTARGZ_NAME: &[u8] = b"stargz.index.json";
/// Most bytes of text for one entry: more than a path, a link and all extended attributes that Linux takes of a file, in base 64.
const ENTRY_BYTES: u64 = 1 << 20;

/// Reads a table's text. Memory: a piece of what was unpacked.
pub(super) struct TableReader<'a> {
    stored: &'a [u8],
    unpacker: Unpacker,
    chunk: Chunk,
    has_more: bool,
    /// For eStargz, whose table is a file in an archive.
    walker: Option<Walker>,
    text: Text,
    /// How much of the text was read.
    at: usize,
    hasher: Hasher,
    total: u64,
    /// Bytes since an entry was last whole; shared with whoever knows.
    pub(super) since_entry: Rc<Cell<u64>>,
}

/// Text that was unpacked and not read yet.
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    is_table: bool,
    has_ended: bool,
}

impl Visitor for Text {
    fn entry(&mut self, entry: Entry) {
        self.is_table = !self.has_ended && entry.path == ESTARGZ_NAME;
    }

    fn data(&mut self, bytes: &[u8]) {
        if self.is_table {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn end_of_entry(&mut self) {
        self.has_ended |= self.is_table;
        self.is_table = false;
    }
}

impl<'a> TableReader<'a> {
    /// `like`: the digest that the text is to have. `large` as for a pass over the layer.
    pub(super) fn new(
        form: TableForm,
        stored: &'a [u8],
        like: &Digest,
        large: Arc<Semaphore>,
    ) -> Result<TableReader<'a>, TableError> {
        let (format, walker) = match form {
            TableForm::Estargz => (Format::Gzip, Some(Walker::new())),
            TableForm::ZstdChunked => (Format::Zstd, None),
        };
        Ok(TableReader {
            stored,
            unpacker: Unpacker::new(format, large).map_err(|error| TableError::Malformed(error.to_string()))?,
            chunk: Chunk::new(0),
            has_more: false,
            walker,
            text: Text::default(),
            at: 0,
            hasher: Hasher::like(like).ok_or(TableError::Mismatch)?,
            total: 0,
            since_entry: Rc::default(),
        })
    }

    /// The text's digest, when all of it was read.
    pub(super) fn digest(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.hasher.finish())
    }

    /// Unpacks some more. False where nothing more comes.
    fn fill(&mut self) -> io::Result<bool> {
        if self.stored.is_empty() && !self.has_more {
            return Ok(false);
        }
        let step = self.unpacker.step(self.stored, &mut self.chunk).map_err(io::Error::other)?;
        self.stored = &self.stored[step.taken..];
        self.has_more = step.has_more;
        self.text.bytes.clear();
        self.at = 0;
        let fresh = self.chunk.bytes();
        self.total += fresh.len() as u64;
        if self.total > TEXT_BYTES {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        match &mut self.walker {
            Some(walker) => walker.feed(fresh, &mut self.text),
            None => self.text.bytes.extend_from_slice(fresh),
        }
        self.hasher.update(&self.text.bytes);
        self.chunk.clear();
        Ok(true)
    }
}

impl Read for TableReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.bytes.len() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let ready = &self.text.bytes[self.at..];
        let read = ready.len().min(buffer.len());
        buffer[..read].copy_from_slice(&ready[..read]);
        self.at += read;
        let since = self.since_entry.get() + read as u64;
        if since > ENTRY_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "an entry of it is too long"));
        }
        self.since_entry.set(since);
        Ok(read)
    }
}
