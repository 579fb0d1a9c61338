//! One entry of a layer's tar.

use tar::{Builder, EntryType, Header};

use super::moment::Moment;

/// A file, folder, link, device or pipe.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) mode: u32,
    /// Its user and its group.
    pub(super) owner: u64,
    /// Extended attributes: name and value.
    pub(super) attributes: Vec<(&'static str, Vec<u8>)>,
}

/// What it is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Folder,
    File(Vec<u8>),
    /// A file that no compression makes smaller.
    Noise(Vec<u8>),
    /// A file whose name is written in ISO 8859-1.
    Latin1(Vec<u8>),
    /// A file with holes: its size, and one stretch of it that is stored.
    Sparse {
        size: u64,
        offset: u64,
        content: Vec<u8>,
    },
    SymbolicLink(String),
    HardLink(String),
    /// A character or block device: which of them, major and minor number.
    Device(EntryType, (u32, u32)),
    Fifo,
}

impl Entry {
    /// What is stored of it.
    pub(super) fn content(&self) -> &[u8] {
        match &self.kind {
            Kind::File(content) | Kind::Noise(content) | Kind::Latin1(content) | Kind::Sparse { content, .. } => {
                content
            }
            _ => &[],
        }
    }

    /// Writes it; folders get a slash at the end.
    pub(super) fn append(&self, builder: &mut Builder<Vec<u8>>, modified: Moment) -> std::io::Result<()> {
        // Formats are not mixed: what follows a pax header is ustar.
        let mut header = if self.attributes.is_empty() { Header::new_gnu() } else { Header::new_ustar() };
        let names = self.attributes.iter().map(|(name, value)| (format!("SCHILY.xattr.{name}"), value.as_slice()));
        let records: Vec<_> = names.collect();
        builder.append_pax_extensions(records.iter().map(|(name, value)| (name.as_str(), *value)))?;
        header.set_mode(self.mode);
        header.set_uid(self.owner);
        header.set_gid(self.owner);
        header.set_mtime(modified.seconds());
        header.set_size(self.content().len() as u64);
        match &self.kind {
            Kind::Folder => {
                header.set_entry_type(EntryType::Directory);
                builder.append_data(&mut header, format!("{}/", self.path), std::io::empty())
            }
            Kind::File(content) | Kind::Noise(content) => {
                header.set_entry_type(EntryType::Regular);
                builder.append_data(&mut header, &self.path, content.as_slice())
            }
            Kind::Latin1(content) => {
                header.set_entry_type(EntryType::Regular);
                for (slot, letter) in header.as_old_mut().name.iter_mut().zip(self.path.chars()) {
                    *slot = u8::try_from(letter).unwrap_or(b'?');
                }
                header.set_cksum();
                builder.append(&header, content.as_slice())
            }
            Kind::Sparse { size, offset, content } => {
                header.set_entry_type(EntryType::GNUSparse);
                // GNU tar's oldest form: a map of stretches, ended by an empty one at the end, and the size with holes.
                if let Some(gnu) = header.as_gnu_mut() {
                    gnu.sparse[0].set_offset(*offset);
                    gnu.sparse[0].set_length(content.len() as u64);
                    gnu.sparse[1].set_offset(*size);
                    gnu.sparse[1].set_length(0);
                    gnu.set_real_size(*size);
                }
                builder.append_data(&mut header, &self.path, content.as_slice())
            }
            Kind::Device(kind, (major, minor)) => {
                header.set_entry_type(*kind);
                header.set_device_major(*major)?;
                header.set_device_minor(*minor)?;
                builder.append_data(&mut header, &self.path, std::io::empty())
            }
            Kind::Fifo => {
                header.set_entry_type(EntryType::Fifo);
                builder.append_data(&mut header, &self.path, std::io::empty())
            }
            Kind::SymbolicLink(target) => {
                header.set_entry_type(EntryType::Symlink);
                builder.append_link(&mut header, &self.path, target)
            }
            Kind::HardLink(target) => {
                header.set_entry_type(EntryType::Link);
                builder.append_link(&mut header, &self.path, target)
            }
        }
    }
}
