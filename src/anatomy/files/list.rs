//! The entries of a layer, kept together in little memory.

use super::{FileEntry, FileKind, FileMarks, FilePath, Timestamp};

/// A layer's entries in the archive's order. An entry takes about 100 bytes besides its names and its digest.
#[derive(Debug, Clone, Default)]
pub struct FileList {
    records: Vec<Record>,
    /// Paths and link targets, one after another.
    text: Vec<u8>,
    digests: Vec<[u8; 32]>,
    /// What few entries have, by the entry's number, ascending.
    extras: Vec<(usize, Extra)>,
}

#[derive(Debug, Clone)]
struct Record {
    /// Where its path begins in the text. Its link target follows.
    path: usize,
    path_length: u16,
    link_length: u32,
    kind: FileKind,
    mode: u16,
    marks: FileMarks,
    /// Which of the digests is its own, counted from one; 0 for none.
    digest: u32,
    user: i64,
    group: i64,
    modified: Timestamp,
    size: u64,
    data_at: u64,
    stored_end: u64,
}

#[derive(Debug, Clone, Default)]
struct Extra {
    device: Option<(i64, i64)>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    stored_size: u64,
}

/// One entry of a list.
#[derive(Debug, Clone, Copy)]
pub struct FileRef<'a> {
    list: &'a FileList,
    record: &'a Record,
    number: usize,
}

impl FileList {
    /// Makes room for so many more entries, whose paths and link targets have so many bytes.
    pub fn reserve(&mut self, entries: usize, text: usize) {
        self.records.reserve_exact(entries);
        self.digests.reserve_exact(entries);
        self.text.reserve_exact(text);
    }

    /// Bytes of all paths and link targets.
    pub fn text_length(&self) -> usize {
        self.text.len()
    }

    /// Adds an entry at the end. Paths beyond [`LONGEST_PATH`](super::LONGEST_PATH) are cut.
    pub fn push(&mut self, entry: FileEntry) {
        let path = entry.path.as_bytes();
        let path = &path[..path.len().min(super::LONGEST_PATH)];
        let begin = self.text.len();
        self.text.extend_from_slice(path);
        self.text.extend_from_slice(&entry.link_target);
        let digest = entry.digest.map_or(0, |digest| {
            self.digests.push(digest);
            u32::try_from(self.digests.len()).unwrap_or_default()
        });
        if entry.device.is_some() || !entry.attributes.is_empty() || entry.stored_size != entry.size {
            let extra = Extra { device: entry.device, attributes: entry.attributes, stored_size: entry.stored_size };
            self.extras.push((self.records.len(), extra));
        }
        self.records.push(Record {
            path: begin,
            path_length: u16::try_from(path.len()).unwrap_or_default(),
            link_length: u32::try_from(entry.link_target.len()).unwrap_or_default(),
            kind: entry.kind,
            mode: entry.mode,
            marks: entry.marks,
            digest,
            user: entry.user,
            group: entry.group,
            modified: entry.modified,
            size: entry.size,
            data_at: entry.data_at,
            stored_end: entry.stored_end,
        });
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The entry with this number, counted from zero in the archive's order.
    pub fn get(&self, number: usize) -> Option<FileRef<'_>> {
        self.records.get(number).map(|record| FileRef { list: self, record, number })
    }

    /// All entries in the archive's order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = FileRef<'_>> + ExactSizeIterator {
        self.records.iter().enumerate().map(|(number, record)| FileRef { list: self, record, number })
    }

    /// Bytes of memory that it takes, about.
    pub fn weight(&self) -> usize {
        let extras = self.extras.iter().map(|(_, extra)| {
            let attributes = extra.attributes.iter().map(|(name, value)| name.len() + value.len() + 48);
            size_of::<(usize, Extra)>() + attributes.sum::<usize>()
        });
        self.records.len() * size_of::<Record>() + self.text.len() + self.digests.len() * 32 + extras.sum::<usize>()
    }
}

impl<'a> FileRef<'a> {
    /// Its number in the list.
    pub fn number(self) -> usize {
        self.number
    }

    /// A cleaned path's bytes.
    pub fn path(self) -> &'a [u8] {
        &self.list.text[self.record.path..][..usize::from(self.record.path_length)]
    }

    /// See [`FileEntry::link_target`].
    pub fn link_target(self) -> &'a [u8] {
        let begin = self.record.path + usize::from(self.record.path_length);
        &self.list.text[begin..][..self.record.link_length as usize]
    }

    /// See [`FileEntry::kind`].
    pub fn kind(self) -> FileKind {
        self.record.kind
    }

    /// See [`FileEntry::mode`].
    pub fn mode(self) -> u16 {
        self.record.mode
    }

    /// See [`FileEntry::user`].
    pub fn user(self) -> i64 {
        self.record.user
    }

    /// See [`FileEntry::group`].
    pub fn group(self) -> i64 {
        self.record.group
    }

    /// See [`FileEntry::modified`].
    pub fn modified(self) -> Timestamp {
        self.record.modified
    }

    /// See [`FileEntry::size`].
    pub fn size(self) -> u64 {
        self.record.size
    }

    /// See [`FileEntry::stored_size`].
    pub fn stored_size(self) -> u64 {
        self.extra().map_or(self.record.size, |extra| extra.stored_size)
    }

    /// See [`FileEntry::device`].
    pub fn device(self) -> Option<(i64, i64)> {
        self.extra().and_then(|extra| extra.device)
    }

    /// See [`FileEntry::attributes`].
    pub fn attributes(self) -> &'a [(Vec<u8>, Vec<u8>)] {
        self.extra().map_or(&[], |extra| &extra.attributes)
    }

    /// See [`FileEntry::digest`].
    pub fn digest(self) -> Option<&'a [u8; 32]> {
        self.list.digests.get((self.record.digest as usize).checked_sub(1)?)
    }

    /// Whether it can be sent as it is: a file that was there to its end, a symbolic link, a device or a pipe.
    pub fn is_packable(self) -> bool {
        match self.kind() {
            FileKind::Regular => self.digest().is_some(),
            FileKind::Symlink | FileKind::CharacterDevice | FileKind::BlockDevice | FileKind::Fifo => true,
            FileKind::HardLink | FileKind::Directory | FileKind::Sparse | FileKind::Other(_) => false,
        }
    }

    /// See [`FileEntry::data_at`].
    pub fn data_at(self) -> u64 {
        self.record.data_at
    }

    /// See [`FileEntry::stored_end`].
    pub fn stored_end(self) -> u64 {
        self.record.stored_end
    }

    /// See [`FileEntry::marks`].
    pub fn marks(self) -> FileMarks {
        self.record.marks
    }

    /// A copy by itself.
    pub fn to_entry(self) -> FileEntry {
        FileEntry {
            path: FilePath::from_bytes(self.path()),
            kind: self.kind(),
            link_target: self.link_target().to_vec(),
            mode: self.mode(),
            user: self.user(),
            group: self.group(),
            modified: self.modified(),
            size: self.size(),
            stored_size: self.stored_size(),
            device: self.device(),
            attributes: self.attributes().to_vec(),
            digest: self.digest().copied(),
            data_at: self.data_at(),
            stored_end: self.stored_end(),
            marks: self.marks(),
        }
    }

    fn extra(self) -> Option<&'a Extra> {
        let extras = &self.list.extras;
        let found = extras.binary_search_by_key(&self.number, |(number, _)| *number).ok()?;
        extras.get(found).map(|(_, extra)| extra)
    }
}
