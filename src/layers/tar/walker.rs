//! Walks over the headers of an archive that comes in pieces of any size.

use std::mem;

use super::block::{BLOCK, Header, text};
use super::pax::Pax;
use super::sparse::Reading;
use super::{Damage, Entry};
use crate::anatomy::files::{FileKind, Timestamp};

/// Most bytes of one extended header or long name, as Go's reader has it.
const METADATA_BYTES: u64 = 1 << 20;

/// Is told what an archive holds, in its order.
pub trait Visitor {
    /// An entry begins.
    fn entry(&mut self, entry: Entry);
    /// A piece of the contents of the entry that has begun last.
    fn data(&mut self, bytes: &[u8]);
    /// All contents of the entry that has begun last were given. Not called where the archive ends within them.
    fn end_of_entry(&mut self);
}

/// How an archive has ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Ending {
    /// By two blocks of zeros. Whatever follows them belongs to no entry: zeros mostly, or a table of contents of eStargz.
    Marker {
        /// Bytes after the marker.
        trailing_bytes: u64,
        /// Whether all of them are zero.
        is_zero: bool,
    },
    /// Between two entries, without the blocks of zeros that should end it.
    NoMarker,
    /// Within a header or an entry's contents.
    Truncated,
    /// Nothing is listed from this place on.
    Damaged {
        /// Where, in bytes from the archive's begin.
        at: u64,
        /// Why.
        damage: Damage,
    },
}

/// Reads an archive in pieces. Memory: one block, and at most 5 MiB of metadata of the entry that is being read.
#[derive(Debug)]
pub struct Walker {
    state: State,
    /// A block that is not whole yet.
    block: Box<[u8; BLOCK]>,
    filled: usize,
    /// Bytes that were read.
    at: u64,
    metadata: Metadata,
}

#[derive(Debug)]
enum State {
    Header,
    /// A block of zeros has come: another one ends the archive.
    ZeroBlock,
    /// The contents of a header that speaks of the next one.
    Metadata {
        kind: MetadataKind,
        content: Vec<u8>,
        left: usize,
        padding: usize,
    },
    /// Blocks with more of the map of a file with holes.
    SparseMap(Box<Entry>, Reading),
    Data {
        left: u64,
        padding: usize,
    },
    Padding(usize),
    After {
        trailing_bytes: u64,
        is_zero: bool,
    },
    Damaged {
        at: u64,
        damage: Damage,
    },
}

#[derive(Debug, Clone, Copy)]
enum MetadataKind {
    Extended,
    /// For all entries that follow. No runtime applies it; like theirs, this reader drops it.
    Global,
    LongName,
    LongLink,
}

/// What headers have said of the entry whose own header is still to come.
#[derive(Debug, Default)]
struct Metadata {
    pax: Option<Pax>,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    /// Where the first of them began.
    begin: Option<u64>,
}

impl Default for Walker {
    fn default() -> Walker {
        Walker::new()
    }
}

impl Walker {
    /// At an archive's begin.
    pub fn new() -> Walker {
        Walker { state: State::Header, block: Box::new([0; BLOCK]), filled: 0, at: 0, metadata: Metadata::default() }
    }

    /// Bytes that were given so far.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// Takes the next piece of the archive. Everything is taken, after its end and after damage, too.
    pub fn feed(&mut self, mut bytes: &[u8], visitor: &mut impl Visitor) {
        while !bytes.is_empty() {
            let taken = self.step(bytes, visitor);
            self.at += taken as u64;
            bytes = &bytes[taken..];
            self.settle(visitor);
        }
    }

    /// Nothing more comes.
    pub fn finish(self) -> Ending {
        match self.state {
            State::Header if self.filled == 0 && self.metadata.begin.is_none() => Ending::NoMarker,
            // Go's reader takes one block of zeros at the very end for the marker.
            State::ZeroBlock if self.filled == 0 => Ending::NoMarker,
            State::After { trailing_bytes, is_zero } => Ending::Marker { trailing_bytes, is_zero },
            State::Damaged { at, damage } => Ending::Damaged { at, damage },
            _ => Ending::Truncated,
        }
    }

    /// Takes some of the bytes, at least one, and says how many.
    fn step(&mut self, bytes: &[u8], visitor: &mut impl Visitor) -> usize {
        match &mut self.state {
            State::Header | State::ZeroBlock | State::SparseMap(..) => {
                let taken = bytes.len().min(BLOCK - self.filled);
                self.block[self.filled..self.filled + taken].copy_from_slice(&bytes[..taken]);
                self.filled += taken;
                taken
            }
            State::Metadata { content, left, padding, .. } => {
                if *left > 0 {
                    let taken = bytes.len().min(*left);
                    content.extend_from_slice(&bytes[..taken]);
                    *left -= taken;
                    taken
                } else {
                    let taken = bytes.len().min(*padding);
                    *padding -= taken;
                    taken
                }
            }
            State::Data { left, .. } => {
                let taken = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                visitor.data(&bytes[..taken]);
                *left -= taken as u64;
                taken
            }
            State::Padding(left) => {
                let taken = bytes.len().min(*left);
                *left -= taken;
                taken
            }
            State::After { trailing_bytes, is_zero } => {
                *trailing_bytes += bytes.len() as u64;
                *is_zero = *is_zero && bytes.iter().all(|byte| *byte == 0);
                bytes.len()
            }
            State::Damaged { .. } => bytes.len(),
        }
    }

    /// Goes on to the next state where what this one waits for has come.
    fn settle(&mut self, visitor: &mut impl Visitor) {
        let is_block = matches!(self.state, State::Header | State::ZeroBlock | State::SparseMap(..));
        if is_block && self.filled < BLOCK {
            return;
        }
        match &mut self.state {
            State::Header | State::ZeroBlock | State::SparseMap(..) => {
                self.filled = 0;
                let begin = self.at - BLOCK as u64;
                let first = match &self.state {
                    State::SparseMap(entry, _) => entry.header_at,
                    _ => self.metadata.begin.unwrap_or(begin),
                };
                if let Err(damage) = self.take_block(begin, visitor) {
                    let at = if damage == Damage::LoneZeroBlock { begin - BLOCK as u64 } else { first };
                    self.state = State::Damaged { at, damage };
                }
            }
            State::Metadata { left: 0, padding: 0, kind, content } => {
                let (kind, content) = (*kind, mem::take(content));
                self.state = State::Header;
                if let Err(damage) = self.take_metadata(kind, &content) {
                    let at = self.metadata.begin.unwrap_or(self.at);
                    self.state = State::Damaged { at, damage };
                }
            }
            State::Data { left: 0, padding } => {
                let padding = *padding;
                visitor.end_of_entry();
                self.state = if padding > 0 { State::Padding(padding) } else { State::Header };
            }
            State::Padding(0) => self.state = State::Header,
            _ => {}
        }
    }

    fn take_block(&mut self, begin: u64, visitor: &mut impl Visitor) -> Result<(), Damage> {
        let block = *self.block;
        let is_zero = block.iter().all(|byte| *byte == 0);
        let next = match mem::replace(&mut self.state, State::Header) {
            State::SparseMap(entry, map) => self.behind_header(*entry, Some(map.feed(&block)?), visitor)?,
            State::ZeroBlock if is_zero => State::After { trailing_bytes: 0, is_zero: true },
            State::ZeroBlock => return Err(Damage::LoneZeroBlock),
            _ if is_zero => State::ZeroBlock,
            _ => self.take_header(&block, begin, visitor)?,
        };
        self.state = next;
        Ok(())
    }

    fn take_header(&mut self, block: &[u8; BLOCK], begin: u64, visitor: &mut impl Visitor) -> Result<State, Damage> {
        let header = Header::read(block)?;
        let metadata = match header.type_flag() {
            b'x' => Some(MetadataKind::Extended),
            b'g' => Some(MetadataKind::Global),
            b'L' => Some(MetadataKind::LongName),
            b'K' => Some(MetadataKind::LongLink),
            _ => None,
        };
        // All numbers are read for these, too: Go's reader refuses the archive where one of them is none.
        let (entry, map) = self.entry(&header, begin, metadata.is_some())?;
        let Some(kind) = metadata else { return self.behind_header(entry, map, visitor) };
        let size = entry.stored_size;
        if size > METADATA_BYTES {
            return Err(Damage::LongMetadata { size, limit: METADATA_BYTES });
        }
        let left = usize::try_from(size).unwrap_or(usize::MAX);
        self.metadata.begin.get_or_insert(begin);
        let state = State::Metadata { kind, content: Vec::new(), left, padding: padding(size) };
        if left == 0 {
            self.take_metadata(kind, &[])?;
            return Ok(State::Header);
        }
        Ok(state)
    }

    fn take_metadata(&mut self, kind: MetadataKind, content: &[u8]) -> Result<(), Damage> {
        match kind {
            MetadataKind::Extended => self.metadata.pax = Some(Pax::read(content)?),
            MetadataKind::LongName => self.metadata.long_name = Some(text(content).to_vec()),
            MetadataKind::LongLink => self.metadata.long_link = Some(text(content).to_vec()),
            MetadataKind::Global => {
                Pax::read(content)?;
                // Go's reader hands it out as an entry: what was said of the next one before it is forgotten.
                self.metadata = Metadata::default();
            }
        }
        Ok(())
    }

    /// Joins a header with what headers before it have said. `is_metadata`: it has contents whatever its name.
    fn entry(
        &mut self,
        header: &Header<'_>,
        begin: u64,
        is_metadata: bool,
    ) -> Result<(Entry, Option<Reading>), Damage> {
        let (mode, device) = (header.mode()?, header.device()?);
        let (user, group, modified, size) = (header.user()?, header.group()?, header.modified()?, header.size()?);
        let before = if is_metadata { Metadata::default() } else { mem::take(&mut self.metadata) };
        let mut pax = before.pax.unwrap_or_default();
        let long_name = before.long_name.filter(|name| !name.is_empty());
        let mut has_two_names = pax.path.is_some() && long_name.is_some() && pax.path != long_name;
        let mut path = long_name.or(pax.path).unwrap_or_else(|| header.name());
        let link_target = before.long_link.filter(|name| !name.is_empty()).or(pax.link_path);
        let link_target = link_target.unwrap_or_else(|| header.link_name().to_vec());
        let mut kind = kind(header.type_flag(), &path);
        let stored = pax.size.unwrap_or(size);
        let has_contents = is_metadata || kind.has_contents();
        let stored_size = if has_contents { u64::try_from(stored).map_err(|_| Damage::NegativeSize)? } else { 0 };
        let (mut size, mut map) = (None, None);
        if kind == FileKind::Sparse {
            let (old_size, old_map) = header.sparse()?;
            (size, map) = (Some(old_size), Some(old_map));
        } else if let Some(reading) = pax.sparse.reading()? {
            if !has_contents {
                return Err(Damage::SparseMap);
            }
            (kind, size, map) = (FileKind::Sparse, pax.sparse.size()?, Some(reading));
            if !pax.sparse.name.is_empty() {
                path = mem::take(&mut pax.sparse.name);
            }
        }
        // Python goes by this name in any case.
        has_two_names |= !pax.sparse.name.is_empty() && pax.sparse.name != path;
        let size = size.map_or(Ok(stored_size), u64::try_from).map_err(|_| Damage::NegativeSize)?;
        let is_link = matches!(kind, FileKind::HardLink | FileKind::Symlink);
        let is_device = matches!(kind, FileKind::CharacterDevice | FileKind::BlockDevice);
        let entry = Entry {
            path,
            kind,
            link_target: if is_link { link_target } else { Vec::new() },
            mode: u16::try_from(mode & 0o7777).unwrap_or_default(),
            user: pax.user.unwrap_or(user),
            group: pax.group.unwrap_or(group),
            modified: pax.modified.unwrap_or(Timestamp { seconds: modified, nanoseconds: 0 }),
            size,
            stored_size,
            device: is_device.then_some(device),
            attributes: pax.attributes,
            header_at: before.begin.unwrap_or(begin),
            data_at: begin + BLOCK as u64,
            has_two_names,
        };
        Ok((entry, map))
    }

    /// What comes after an entry's header, or after a block of its map.
    fn behind_header(
        &mut self,
        mut entry: Entry,
        map: Option<Reading>,
        visitor: &mut impl Visitor,
    ) -> Result<State, Damage> {
        match map {
            None => {}
            Some(Reading::Whole(map)) if map.fits(entry.size, entry.stored_size) => {}
            Some(Reading::Whole(_)) => return Err(Damage::SparseMap),
            Some(map) => {
                // What the archive counts among the contents is none of the file's.
                if matches!(map, Reading::Text(_)) {
                    entry.stored_size = entry.stored_size.checked_sub(BLOCK as u64).ok_or(Damage::SparseMap)?;
                }
                return Ok(State::SparseMap(Box::new(entry), map));
            }
        }
        Ok(self.begin(entry, visitor))
    }

    /// Tells of an entry, whose contents come next.
    fn begin(&mut self, mut entry: Entry, visitor: &mut impl Visitor) -> State {
        entry.data_at = self.at;
        let size = entry.stored_size;
        visitor.entry(entry);
        if size == 0 {
            visitor.end_of_entry();
            return State::Header;
        }
        State::Data { left: size, padding: padding(size) }
    }
}

fn kind(flag: u8, path: &[u8]) -> FileKind {
    match flag {
        // Archives from before directories had a flag.
        0 if path.ends_with(b"/") => FileKind::Directory,
        0 | b'0' | b'7' => FileKind::Regular,
        b'1' => FileKind::HardLink,
        b'2' => FileKind::Symlink,
        b'3' => FileKind::CharacterDevice,
        b'4' => FileKind::BlockDevice,
        b'5' => FileKind::Directory,
        b'6' => FileKind::Fifo,
        b'S' => FileKind::Sparse,
        other => FileKind::Other(other),
    }
}

/// From the end of contents to the next block.
fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or_default();
    if over == 0 { 0 } else { BLOCK - over }
}
