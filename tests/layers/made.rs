//! Layers made here, entry by entry.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// When everything made here was changed last, and the part of a second that an extended header adds.
const MODIFIED: (u64, &str) = (1_700_000_000, "1700000000.25");

/// One entry of a layer.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) path: Vec<u8>,
    pub(super) link: Vec<u8>,
    flag: u8,
    content: Vec<u8>,
    mode: u32,
    owner: (u64, u64),
    device: (u32, u32),
    attributes: Vec<(&'static str, &'static [u8])>,
}

fn made(path: &str, flag: u8, mode: u32) -> Made {
    Made {
        path: path.as_bytes().to_vec(),
        link: Vec::new(),
        flag,
        content: Vec::new(),
        mode,
        owner: (0, 0),
        device: (0, 0),
        attributes: Vec::new(),
    }
}

/// A file, or a whiteout where its name says so.
pub(super) fn file(path: &str, content: &str) -> Made {
    Made { content: content.as_bytes().to_vec(), ..made(path, b'0', 0o644) }
}

pub(super) fn directory(path: &str) -> Made {
    made(path, b'5', 0o755)
}

pub(super) fn symlink(path: &str, target: &str) -> Made {
    Made { link: target.as_bytes().to_vec(), ..made(path, b'2', 0o777) }
}

/// Another name. The target is a path from the root of the layer.
pub(super) fn hard_link(path: &str, target: &str) -> Made {
    Made { link: target.as_bytes().to_vec(), ..made(path, b'1', 0o644) }
}

pub(super) fn character_device(path: &str, major: u32, minor: u32) -> Made {
    Made { device: (major, minor), ..made(path, b'3', 0o600) }
}

pub(super) fn block_device(path: &str, major: u32, minor: u32) -> Made {
    Made { device: (major, minor), ..made(path, b'4', 0o660) }
}

pub(super) fn fifo(path: &str) -> Made {
    made(path, b'6', 0o640)
}

impl Made {
    pub(super) fn mode(self, mode: u32) -> Made {
        Made { mode, ..self }
    }

    pub(super) fn owner(self, user: u64, group: u64) -> Made {
        Made { owner: (user, group), ..self }
    }

    /// A type flag that nobody would expect of it.
    pub(super) fn flag(self, flag: u8) -> Made {
        Made { flag, ..self }
    }

    pub(super) fn path(self, path: &[u8]) -> Made {
        Made { path: path.to_vec(), ..self }
    }

    pub(super) fn attribute(mut self, name: &'static str, value: &'static [u8]) -> Made {
        self.attributes.push((name, value));
        self
    }

    /// The same one, in a directory.
    pub(super) fn within(mut self, directory: &str) -> Made {
        let below = |path: &[u8]| [directory.as_bytes(), b"/", path].concat();
        self.path = below(&self.path);
        if self.flag == b'1' {
            self.link = below(&self.link);
        }
        self
    }
}

/// An archive of them.
pub(super) fn archive(entries: &[Made]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for made in entries {
        let names: Vec<_> =
            made.attributes.iter().map(|(name, value)| (format!("SCHILY.xattr.{name}"), *value)).collect();
        let records = names.iter().map(|(name, value)| (name.as_str(), *value));
        builder.append_pax_extensions(records.chain([("mtime", MODIFIED.1.as_bytes())])).unwrap();
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::new(made.flag));
        header.set_mode(made.mode);
        header.set_uid(made.owner.0);
        header.set_gid(made.owner.1);
        header.set_mtime(MODIFIED.0);
        header.set_size(made.content.len() as u64);
        if matches!(made.flag, b'3' | b'4') {
            header.set_device_major(made.device.0).unwrap();
            header.set_device_minor(made.device.1).unwrap();
        }
        let path = Path::new(OsStr::from_bytes(&made.path));
        if made.link.is_empty() {
            builder.append_data(&mut header, path, &*made.content).unwrap();
        } else {
            // The target byte by byte, as it is: nothing cleaned.
            header.set_path(path).unwrap();
            header.set_link_name_literal(&made.link).unwrap();
            header.set_cksum();
            builder.append(&header, &[][..]).unwrap();
        }
    }
    builder.into_inner().unwrap()
}
