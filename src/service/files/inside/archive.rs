//! The names in an archive that is a file of an image. Nothing of it is kept, and nothing is written anywhere.

use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;
use zip::ZipArchive;
use zip::read::HasZipMetadata as _;

use super::clipped;
use crate::anatomy::files::{FileRef, readable};
use crate::anatomy::text::capitalized;
use crate::layers::{LayerLimits, read_in_memory};
use crate::service::files::cards::remarks;
use crate::view::files::{ArchiveEntry, EntryKind, Inside};

/// Most names that are shown.
const SHOWN: usize = 1_000;
/// An archive within an image is looked at as far as this.
const LIMITS: LayerLimits = LayerLimits {
    archive_bytes: 256 << 20,
    entries: 100_000,
    name_bytes: 16 << 20,
    ratio: 1_000,
    time: Duration::from_secs(5),
};

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service::files) enum Packing {
    Zip,
    /// A tar archive, packed or not, as a layer is one.
    Tar,
}

impl Packing {
    /// What the first bytes and the name say. Many a packed file is no archive, so that only its name tells.
    pub(super) fn of(name: &[u8], bytes: &[u8]) -> Option<Packing> {
        let name = name.to_ascii_lowercase();
        let is_packed = bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"\x28\xb5\x2f\xfd");
        let is_named =
            [".tar.gz", ".tgz", ".tar.zst", ".crate", ".apk"].iter().any(|ending| name.ends_with(ending.as_bytes()));
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            Some(Packing::Zip)
        } else if bytes.get(257..262) == Some(b"ustar") || (is_packed && is_named) {
            Some(Packing::Tar)
        } else {
            None
        }
    }
}

/// Lists an archive. What cannot be read is said.
pub(super) fn list(packing: Packing, bytes: &Bytes) -> Inside {
    match packing {
        Packing::Zip => zip(bytes),
        Packing::Tar => tar(bytes),
    }
}

fn tar(bytes: &Bytes) -> Inside {
    let of = |file: FileRef<'_>| ArchiveEntry {
        name: clipped(&readable(file.path())),
        kind: file.kind().into(),
        size: file.size(),
    };
    match read_in_memory(bytes, &LIMITS) {
        Ok(index) => Inside::Archive {
            count: index.files.len() as u64,
            entries: index.files.iter().take(SHOWN).map(of).collect(),
            remarks: remarks(&index.summary, None),
        },
        Err(error) => unreadable(&error),
    }
}

fn unreadable(error: &dyn std::error::Error) -> Inside {
    let problem = clipped(&capitalized(&error.to_string()));
    Inside::Archive { count: 0, entries: Vec::new(), remarks: vec![format!("It cannot be listed. {problem}.")] }
}

fn zip(bytes: &Bytes) -> Inside {
    let archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return unreadable(&error),
    };
    let entries = (0..archive.len().min(SHOWN)).filter_map(|number| {
        let entry = archive.by_index_data(number).ok()?;
        let name = entry.name_raw();
        let kind = if name.ends_with(b"/") { EntryKind::Directory } else { EntryKind::File };
        Some(ArchiveEntry { name: clipped(&readable(name)), kind, size: entry.get_metadata().uncompressed_size })
    });
    Inside::Archive { count: archive.len() as u64, entries: entries.collect(), remarks: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &[u8], bytes: Vec<u8>) -> (Vec<(String, u64)>, Vec<String>) {
        let bytes = Bytes::from(bytes);
        let packing = Packing::of(name, &bytes).unwrap();
        let Inside::Archive { entries, remarks, .. } = list(packing, &bytes) else { panic!("no archive") };
        (entries.into_iter().map(|entry| (entry.name, entry.size)).collect(), remarks)
    }

    fn tar_of(names: &[&str]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for name in names {
            let mut header = tar::Header::new_ustar();
            header.set_size(3);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, &b"abc"[..]).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn tar_archives_are_listed_packed_or_not() {
        let plain = tar_of(&["a/b", "c"]);
        let expected = vec![("a/b".to_owned(), 3), ("c".to_owned(), 3)];
        assert_eq!(listed(b"x", plain.clone()), (expected.clone(), Vec::new()));
        let packed = zstd::bulk::compress(&plain, 1).unwrap();
        assert_eq!(listed(b"x.TAR.ZST", packed.clone()), (expected, Vec::new()));
        // A packed file that is no archive by its name is bytes.
        assert_eq!(Packing::of(b"x.zst", &packed), None);
    }

    #[test]
    fn what_is_no_archive_after_all_is_said() {
        let (entries, remarks) = listed(b"x.tar.gz", b"\x1f\x8bnothing".to_vec());
        assert!(entries.is_empty() && !remarks.is_empty(), "{remarks:?}");
        let (entries, remarks) = listed(b"x.zip", b"PK\x03\x04nothing".to_vec());
        assert!(entries.is_empty() && remarks[0].starts_with("It cannot be listed."), "{remarks:?}");
        let mut cut = tar_of(&["a", "b"]);
        cut.truncate(1_024 + 512);
        assert_eq!(listed(b"x", cut).0, [("a".to_owned(), 3), ("b".to_owned(), 3)]);
    }
}
