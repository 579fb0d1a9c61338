//! Some thousand entries, column by column: alike values beside each other pack well.

use serde::{Deserialize, Serialize};

use super::encoding::IndexError;
use crate::anatomy::files::{FileEntry, FileKind, FileList, FileMarks, FilePath, Timestamp};

/// Most entries of a block.
pub(in crate::layers) const BLOCK_ENTRIES: usize = 16_384;
/// Largest block that is unpacked, in bytes: so many entries with paths, link targets and attributes of usual length.
const MAX_BLOCK: usize = 256 << 20;
/// How hard blocks are packed. Beyond it, they hardly shrink.
const LEVEL: i32 = 6;

/// Entries, packed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::layers) struct Block<Bytes = Vec<u8>> {
    /// How many entries it has, and bytes of paths and link targets: room is made once for all of an index, and no more than that.
    pub(super) entries: u32,
    pub(super) text: u64,
    pub(super) packed: Bytes,
}

/// The columns of a block. Numbers that grow or repeat are kept as the difference to the entry before.
#[derive(Default, Serialize, Deserialize)]
struct Columns {
    kinds: Vec<FileKind>,
    /// How many bytes of the path before are this one's begin, too.
    shared: Vec<u32>,
    /// How many other bytes follow.
    lengths: Vec<u32>,
    text: Vec<u8>,
    links: Vec<(u32, Vec<u8>)>,
    modes: Vec<u16>,
    users: Vec<i64>,
    groups: Vec<i64>,
    seconds: Vec<i64>,
    nanoseconds: Vec<u32>,
    sizes: Vec<u64>,
    /// Blocks of 512 bytes between the end of one entry's contents and the begin of the next one's.
    gaps: Vec<i64>,
    stored_ends: Vec<i64>,
    /// 32 bytes each, of the entries that have one.
    digests: Vec<u8>,
    has_digest: Vec<bool>,
    marks: Vec<(u32, FileMarks)>,
    extras: Vec<Extra>,
}

#[derive(Serialize, Deserialize)]
struct Extra {
    number: u32,
    device: Option<(i64, i64)>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    stored_size: u64,
}

impl Block {
    /// Packs entries of a list.
    pub(in crate::layers) fn pack(files: &FileList) -> Result<Block, IndexError> {
        let mut columns = Columns::default();
        let mut before = Before::default();
        for file in files.iter() {
            columns.push(&file.to_entry(), file.number(), &mut before);
        }
        let bytes = postcard::to_allocvec(&columns).map_err(|_| IndexError::Encoding)?;
        let packed = zstd::bulk::compress(&bytes, LEVEL).map_err(|_| IndexError::Encoding)?;
        let entries = u32::try_from(files.len()).map_err(|_| IndexError::Encoding)?;
        Ok(Block { entries, text: files.text_length() as u64, packed })
    }
}

impl<Bytes: AsRef<[u8]>> Block<Bytes> {
    /// Adds its entries to a list.
    pub(in crate::layers) fn unpack(&self, files: &mut FileList) -> Result<(), IndexError> {
        let packed = self.packed.as_ref();
        let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= MAX_BLOCK);
        let bytes = zstd::bulk::decompress(packed, size.ok_or(IndexError::Damaged)?);
        let columns: Columns =
            postcard::from_bytes(&bytes.map_err(|_| IndexError::Damaged)?).map_err(|_| IndexError::Damaged)?;
        columns.read(files).ok_or(IndexError::Damaged)
    }
}

/// What the entry before has, as far as differences to it are kept.
#[derive(Default)]
struct Before {
    path: Vec<u8>,
    seconds: i64,
    /// Where its contents end in the archive, with padding.
    end: u64,
    stored_end: u64,
}

impl Before {
    fn follow(&mut self, entry: &FileEntry) {
        self.path.clear();
        self.path.extend_from_slice(entry.path.as_bytes());
        self.seconds = entry.modified.seconds;
        self.end = entry.data_at.saturating_add(entry.stored_size).checked_next_multiple_of(TAR_BLOCK).unwrap_or(0);
        self.stored_end = entry.stored_end;
    }
}

/// What contents are padded to, in bytes.
const TAR_BLOCK: u64 = 512;

impl Columns {
    fn push(&mut self, entry: &FileEntry, number: usize, before: &mut Before) {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let path = entry.path.as_bytes();
        let shared = path.iter().zip(&before.path).take_while(|(one, other)| one == other).count();
        self.kinds.push(entry.kind);
        self.shared.push(u32::try_from(shared).unwrap_or_default());
        self.lengths.push(u32::try_from(path.len() - shared).unwrap_or_default());
        self.text.extend_from_slice(&path[shared..]);
        if !entry.link_target.is_empty() {
            self.links.push((number, entry.link_target.clone()));
        }
        self.modes.push(entry.mode);
        self.users.push(entry.user);
        self.groups.push(entry.group);
        self.seconds.push(entry.modified.seconds.wrapping_sub(before.seconds));
        self.nanoseconds.push(entry.modified.nanoseconds);
        self.sizes.push(entry.size);
        self.gaps.push(entry.data_at.wrapping_sub(before.end).cast_signed() / TAR_BLOCK.cast_signed());
        self.stored_ends.push(entry.stored_end.wrapping_sub(before.stored_end).cast_signed());
        self.has_digest.push(entry.digest.is_some());
        self.digests.extend(entry.digest.iter().flatten());
        if entry.marks != FileMarks::default() {
            self.marks.push((number, entry.marks));
        }
        if entry.device.is_some() || !entry.attributes.is_empty() || entry.stored_size != entry.size {
            let (device, attributes, stored_size) = (entry.device, entry.attributes.clone(), entry.stored_size);
            self.extras.push(Extra { number, device, attributes, stored_size });
        }
        before.follow(entry);
    }

    /// None where the columns do not fit together.
    fn read(self, files: &mut FileList) -> Option<()> {
        let mut before = Before::default();
        let mut text = self.text.as_slice();
        let (mut links, mut marks) = (self.links.into_iter().peekable(), self.marks.into_iter().peekable());
        let mut extras = self.extras.into_iter().peekable();
        let mut digests = self.digests.as_chunks::<32>().0.iter();
        for (at, kind) in self.kinds.iter().enumerate() {
            let number = u32::try_from(at).ok()?;
            let rest;
            (rest, text) = text.split_at_checked(usize::try_from(*self.lengths.get(at)?).ok()?)?;
            let shared = before.path.get(..usize::try_from(*self.shared.get(at)?).ok()?)?;
            let path = [shared, rest].concat();
            let size = *self.sizes.get(at)?;
            let extra = extras.next_if(|extra| extra.number == number);
            let (device, attributes, stored_size) =
                extra.map_or((None, Vec::new(), size), |extra| (extra.device, extra.attributes, extra.stored_size));
            let gap = self.gaps.get(at)?.wrapping_mul(TAR_BLOCK.cast_signed());
            let entry = FileEntry {
                path: FilePath::from_bytes(&path),
                kind: *kind,
                link_target: links.next_if(|link| link.0 == number).map(|link| link.1).unwrap_or_default(),
                mode: *self.modes.get(at)?,
                user: *self.users.get(at)?,
                group: *self.groups.get(at)?,
                modified: Timestamp {
                    seconds: before.seconds.wrapping_add(*self.seconds.get(at)?),
                    nanoseconds: *self.nanoseconds.get(at)?,
                },
                size,
                stored_size,
                device,
                attributes,
                digest: if *self.has_digest.get(at)? { Some(*digests.next()?) } else { None },
                data_at: before.end.wrapping_add(gap.cast_unsigned()),
                stored_end: before.stored_end.wrapping_add(self.stored_ends.get(at)?.cast_unsigned()),
                marks: marks.next_if(|mark| mark.0 == number).map(|mark| mark.1).unwrap_or_default(),
            };
            before.follow(&entry);
            files.push(entry);
        }
        Some(())
    }
}
