//! An archive's headers.

use tar::{EntryType, Header};

use crate::anatomy::files::FileRef;

/// Longest name and link target of a plain header (POSIX.1-2017, pax, "ustar Header Block").
const LONGEST: usize = 100;
/// Size of a block.
const BLOCK: u64 = 512;
/// What a directory without an entry of its own has, and a file.
const USUAL_MODES: (u32, u32) = (0o755, 0o644);

/// The header of an entry, with an extended one before it where it needs one. `entry` says what it is like, `size` how many bytes of
/// contents follow.
pub(super) fn header(
    path: &[u8],
    kind: EntryType,
    entry: Option<FileRef<'_>>,
    size: u64,
    link_target: &[u8],
) -> Vec<u8> {
    let mut records = Vec::new();
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size);
    let usual = if kind == EntryType::Directory { USUAL_MODES.0 } else { USUAL_MODES.1 };
    header.set_mode(entry.map_or(usual, |entry| entry.mode().into()));
    let mut number = |name: &str, value: i64, set: &mut dyn FnMut(u64)| match u64::try_from(value) {
        Ok(value) => set(value),
        Err(_) => record(&mut records, name, value.to_string().as_bytes()),
    };
    number("uid", entry.map_or(0, FileRef::user), &mut |value| header.set_uid(value));
    number("gid", entry.map_or(0, FileRef::group), &mut |value| header.set_gid(value));
    number("mtime", entry.map_or(0, |entry| entry.modified().seconds), &mut |value| header.set_mtime(value));
    if let Some((major, minor)) = entry.and_then(FileRef::device) {
        // A number that is no device's is left at zero, as every reader takes it.
        let _ = header.set_device_major(u32::try_from(major).unwrap_or_default());
        let _ = header.set_device_minor(u32::try_from(minor).unwrap_or_default());
    }
    if let Some(ustar) = header.as_ustar_mut() {
        for (field, name, value) in [(&mut ustar.name, "path", path), (&mut ustar.linkname, "linkpath", link_target)] {
            let length = value.len().min(LONGEST);
            field[..length].copy_from_slice(&value[..length]);
            if value.len() > LONGEST {
                record(&mut records, name, value);
            }
        }
    }
    for (name, value) in entry.map(FileRef::attributes).unwrap_or_default() {
        // A name that is no text cannot stand in a record.
        if let Ok(name) = std::str::from_utf8(name) {
            record(&mut records, &format!("SCHILY.xattr.{name}"), value);
        }
    }
    header.set_cksum();
    let mut bytes = extended(&records);
    bytes.extend_from_slice(header.as_bytes());
    bytes
}

/// What contents of so many bytes are filled up with.
pub(super) fn filling(size: u64) -> &'static [u8] {
    let rest = size % BLOCK;
    let missing = if rest == 0 { 0 } else { BLOCK - rest };
    &super::ZEROS[..usize::try_from(missing).unwrap_or_default()]
}

fn extended(records: &[u8]) -> Vec<u8> {
    if records.is_empty() {
        return Vec::new();
    }
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::XHeader);
    header.set_size(records.len() as u64);
    header.set_mode(0o644);
    if let Some(ustar) = header.as_ustar_mut() {
        ustar.name[..3].copy_from_slice(b"pax");
    }
    header.set_cksum();
    [header.as_bytes(), records, filling(records.len() as u64)].concat()
}

/// One record of an extended header (POSIX.1-2017, pax, "pax Extended Header"): its length counts itself.
fn record(records: &mut Vec<u8>, name: &str, value: &[u8]) {
    let rest = name.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(format!("{length} {name}=").as_bytes());
    records.extend_from_slice(value);
    records.push(b'\n');
}
