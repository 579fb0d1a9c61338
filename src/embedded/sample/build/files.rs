//! A layer's files, written as a tar.

use std::collections::BTreeSet;
use std::ops::Range;

use tar::{Builder, EntryType};

use super::entry::{Entry, Kind};
use super::in_memory;
use super::moment::Moment;
use super::noise::noise;

/// Files in the order in which they are written. Folders that are missing above a file are added before it.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    modified: Moment,
    owner: u64,
    entries: Vec<Entry>,
    folders: BTreeSet<String>,
}

impl Files {
    /// No files yet; all that come get this time of change.
    pub(crate) fn new(modified: Moment) -> Self {
        Self { modified, owner: 0, entries: Vec::new(), folders: BTreeSet::new() }
    }

    /// Makes what follows belong to this user and group.
    pub(crate) fn owned_by(mut self, owner: u64) -> Self {
        self.owner = owner;
        self
    }

    /// A folder with mode 0755.
    pub(crate) fn folder(self, path: &str) -> Self {
        self.folder_with_mode(path, 0o755)
    }

    /// A folder with another mode, as `/tmp` has.
    pub(crate) fn folder_with_mode(mut self, path: &str, mode: u32) -> Self {
        self.add_parents(path);
        if self.folders.insert(path.to_owned()) {
            self.push(path, Kind::Folder, mode);
        }
        self
    }

    /// Any file.
    pub(crate) fn file(self, path: &str, mode: u32, content: impl Into<Vec<u8>>) -> Self {
        self.with(path, Kind::File(content.into()), mode)
    }

    /// A text with mode 0644.
    pub(crate) fn text(self, path: &str, content: impl Into<String>) -> Self {
        self.file(path, 0o644, content.into())
    }

    /// A text with mode 0755.
    pub(crate) fn script(self, path: &str, content: impl Into<String>) -> Self {
        self.file(path, 0o755, content.into())
    }

    /// Something that looks like a program or library of so many bytes: a header of its kind, then noise of its own.
    pub(crate) fn program(self, path: &str, size: usize, architecture: &str, seed: &str) -> Self {
        let mut content = match architecture {
            "windows" => b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(),
            _ => elf_header(architecture),
        };
        content.extend(noise(&format!("{path} {architecture} {seed}"), size.saturating_sub(content.len())));
        self.with(path, Kind::Noise(content), 0o755)
    }

    /// A text whose name is written in ISO 8859-1, as machines from before UTF-8 did, so that its bytes are no UTF-8.
    /// Its path has at most 100 letters.
    pub(crate) fn latin1_text(self, path: &str, content: &str) -> Self {
        self.with(path, Kind::Latin1(content.into()), 0o644)
    }

    /// A file of this size that is all holes but for one stretch, whose length is a multiple of 512 bytes.
    pub(crate) fn sparse(self, path: &str, size: u64, offset: u64, content: Vec<u8>) -> Self {
        self.with(path, Kind::Sparse { size, offset, content }, 0o644)
    }

    /// A character device with these major and minor numbers.
    pub(crate) fn character_device(self, path: &str, mode: u32, numbers: (u32, u32)) -> Self {
        self.with(path, Kind::Device(EntryType::Char, numbers), mode)
    }

    /// A block device with these major and minor numbers.
    pub(crate) fn block_device(self, path: &str, mode: u32, numbers: (u32, u32)) -> Self {
        self.with(path, Kind::Device(EntryType::Block, numbers), mode)
    }

    /// A named pipe.
    pub(crate) fn fifo(self, path: &str, mode: u32) -> Self {
        self.with(path, Kind::Fifo, mode)
    }

    /// Gives the file that was added last an extended attribute.
    pub(crate) fn attribute_of_last(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.attributes.push((name, value.into()));
        }
        self
    }

    /// Gives the file that was added last another mode.
    pub(crate) fn mode_of_last(mut self, mode: u32) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.mode = mode;
        }
        self
    }

    /// A symbolic link; its target is written as it is.
    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        self.with(path, Kind::SymbolicLink(target.to_owned()), 0o777)
    }

    /// Another name of a file; the target is a path from the root.
    pub(crate) fn hard_link(self, path: &str, target: &str) -> Self {
        self.with(path, Kind::HardLink(target.to_owned()), 0o755)
    }

    /// Deletes a file or folder of a lower layer (image-spec, layer.md, "Whiteouts").
    pub(crate) fn deleted(self, path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let separator = if folder.is_empty() { "" } else { "/" };
        self.file(&format!("{folder}{separator}.wh.{name}"), 0o644, Vec::new())
    }

    /// Deletes everything that lower layers have in a folder (image-spec, layer.md, "Opaque Whiteout").
    pub(crate) fn emptied(self, folder: &str) -> Self {
        self.file(&format!("{folder}/.wh..wh..opq"), 0o644, Vec::new())
    }

    fn with(mut self, path: &str, kind: Kind, mode: u32) -> Self {
        self.add_parents(path);
        self.push(path, kind, mode);
        self
    }

    fn add_parents(&mut self, path: &str) {
        for (position, _) in path.match_indices('/') {
            let parent = &path[..position];
            if !self.folders.contains(parent) {
                self.folders.insert(parent.to_owned());
                let owner = std::mem::take(&mut self.owner);
                self.push(parent, Kind::Folder, 0o755);
                self.owner = owner;
            }
        }
    }

    fn push(&mut self, path: &str, kind: Kind, mode: u32) {
        self.entries.push(Entry { path: path.to_owned(), kind, mode, owner: self.owner, attributes: Vec::new() });
    }

    /// The tar, in the format that container tools write (ustar, with GNU's extension for long names, and a pax header
    /// before what has extended attributes).
    pub(super) fn tar(&self) -> Tar {
        let size = self.entries.iter().map(|entry| 512 + entry.content().len().next_multiple_of(512)).sum::<usize>();
        let mut builder = Builder::new(Vec::with_capacity(size + 1024));
        let mut noise = Vec::new();
        for entry in &self.entries {
            in_memory(entry.append(&mut builder, self.modified));
            if let Kind::Noise(content) = &entry.kind {
                // The content is the last thing written, filled up to a whole block.
                let start = builder.get_ref().len() - content.len().next_multiple_of(512);
                noise.push(start..start + content.len());
            }
        }
        Tar { bytes: in_memory(builder.into_inner()), noise }
    }
}

/// A tar, and where in it compression is of no use.
#[derive(Debug, Clone)]
pub(super) struct Tar {
    pub(super) bytes: Vec<u8>,
    pub(super) noise: Vec<Range<usize>>,
}

/// The first 20 bytes of an ELF file of this architecture: 64 or 32 bits, shared object, machine.
fn elf_header(architecture: &str) -> Vec<u8> {
    let (class, machine) = match architecture {
        "arm64" => (2, 0xb7),
        "arm" => (1, 0x28),
        _ => (2, 0x3e),
    };
    let mut header = vec![0x7f, b'E', b'L', b'F', class, 1, 1, 0];
    header.extend([0; 8]);
    header.extend([3, 0, machine, 0]);
    header
}
