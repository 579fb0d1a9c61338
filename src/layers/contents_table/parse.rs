//! The entries of a table's text (stargz-snapshotter, docs/estargz.md, "TOC"; containers/storage, `FileMetadata`). Both forms have the
//! same members, and zstd:chunked some more.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use sha2::{Digest as _, Sha256};

use super::Place;
use crate::anatomy::files::{FileEntry, FileKind, FileList, FileMarks, FilePath, LONGEST_PATH, Timestamp};
use crate::anatomy::time::Timestamp as Moment;

/// What a text says.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) files: FileList,
    pub(super) places: Vec<Place>,
    /// It has more entries than are read.
    pub(super) is_cut: bool,
}

/// Reads a text up to its end. `since_entry` is set to zero after each entry, for whoever limits how long one may be. `end`: where in
/// the stored layer no contents are any more.
pub(super) fn parse(
    text: impl Read,
    since_entry: Rc<Cell<u64>>,
    end: u64,
    most: usize,
) -> Result<Parsed, serde_json::Error> {
    let mut reading = Reading { since_entry, most, ..Reading::default() };
    let mut deserializer = serde_json::Deserializer::from_reader(text);
    let read = Table(&mut reading).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match read {
        Err(error) if !reading.parsed.is_cut => Err(error),
        _ => Ok(reading.finish(end)),
    }
}

/// One entry as it is written. Members that are not known are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    link_name: Option<String>,
    #[serde(default)]
    mode: i64,
    #[serde(default)]
    size: u64,
    #[serde(default, rename = "uid")]
    user: i64,
    #[serde(default, rename = "gid")]
    group: i64,
    #[serde(default, rename = "modtime")]
    modified: Option<String>,
    #[serde(default)]
    dev_major: i64,
    #[serde(default)]
    dev_minor: i64,
    #[serde(default)]
    xattrs: Option<BTreeMap<String, String>>,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    offset: u64,
    /// Of zstd:chunked only.
    #[serde(default)]
    end_offset: u64,
    /// Of eStargz only.
    #[serde(default)]
    inner_offset: u64,
}

#[derive(Default)]
struct Reading {
    parsed: Parsed,
    since_entry: Rc<Cell<u64>>,
    most: usize,
    /// Where gzip members and zstd frames begin: each ends where the next one begins.
    begins: Vec<u64>,
    /// For each place, where the last part of the contents begins.
    last_parts: Vec<u64>,
}

impl Reading {
    fn take(&mut self, row: Row) {
        if row.offset > 0 {
            self.begins.push(row.offset);
        }
        if row.kind == "chunk" {
            // Further contents of the file before it.
            let is_of_last = self.is_of_last(&row.name);
            if let Some(last) = self.last_parts.last_mut().filter(|_| is_of_last) {
                *last = row.offset.max(*last);
            }
            return;
        }
        let (number, kind) = (self.parsed.files.len(), kind(&row.kind));
        if kind == FileKind::Regular && row.size > 0 && row.offset > 0 {
            self.last_parts.push(row.offset);
            let place = Place { number, begin: row.offset, inner: row.inner_offset, end: row.end_offset };
            self.parsed.places.push(place);
        }
        self.parsed.files.push(entry(row, kind));
    }

    fn is_of_last(&self, name: &str) -> bool {
        let number = self.parsed.places.last().map(|place| place.number);
        let file = number.and_then(|number| self.parsed.files.get(number));
        // Those that stargz-snapshotter writes have a name, too; the format does not ask for it.
        file.is_some_and(|file| name.is_empty() || FilePath::clean(name.as_bytes()).0.as_bytes() == file.path())
    }

    /// Finds where contents end. Places that make no sense are left out.
    fn finish(mut self, end: u64) -> Parsed {
        self.begins.sort_unstable();
        self.begins.dedup();
        for (place, last) in self.parsed.places.iter_mut().zip(&self.last_parts) {
            if place.end == 0 {
                let next = self.begins.partition_point(|begin| begin <= last);
                place.end = self.begins.get(next).copied().unwrap_or(end);
            }
        }
        self.parsed.places.retain(|place| place.begin < place.end && place.end <= end);
        self.parsed
    }
}

/// The types that both forms have; another one would be new.
fn kind(text: &str) -> FileKind {
    match text {
        "reg" => FileKind::Regular,
        "dir" => FileKind::Directory,
        "symlink" => FileKind::Symlink,
        "hardlink" => FileKind::HardLink,
        "char" => FileKind::CharacterDevice,
        "block" => FileKind::BlockDevice,
        "fifo" => FileKind::Fifo,
        _ => FileKind::Other(0),
    }
}

fn entry(row: Row, kind: FileKind) -> FileEntry {
    let (mut path, leaves_root) = FilePath::clean(row.name.as_bytes());
    let is_path_cut = path.as_bytes().len() > LONGEST_PATH;
    if is_path_cut {
        path = FilePath::from_bytes(&path.as_bytes()[..LONGEST_PATH]);
    }
    let is_link = matches!(kind, FileKind::HardLink | FileKind::Symlink);
    let mut link_target = row.link_name.filter(|_| is_link).unwrap_or_default().into_bytes();
    let is_link_cut = link_target.len() > LONGEST_PATH;
    link_target.truncate(LONGEST_PATH);
    let is_device = matches!(kind, FileKind::CharacterDevice | FileKind::BlockDevice);
    let size = if kind == FileKind::Regular { row.size } else { 0 };
    let attributes = row.xattrs.unwrap_or_default().into_iter();
    FileEntry {
        path,
        kind,
        link_target,
        mode: u16::try_from(row.mode & 0o7777).unwrap_or_default(),
        user: row.user,
        group: row.group,
        modified: row.modified.as_deref().and_then(moment).unwrap_or_default(),
        size,
        stored_size: size,
        device: is_device.then_some((row.dev_major, row.dev_minor)),
        attributes: attributes
            .filter_map(|(name, value)| Some((name.into_bytes(), STANDARD.decode(value).ok()?)))
            .collect(),
        digest: (kind == FileKind::Regular).then(|| digest(row.digest.as_deref(), size)).flatten(),
        data_at: 0,
        stored_end: 0,
        marks: FileMarks { leaves_root, is_cut: is_path_cut || is_link_cut, ..FileMarks::default() },
    }
}

/// zstd:chunked writes none for an empty file.
fn digest(text: Option<&str>, size: u64) -> Option<[u8; 32]> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return (size == 0).then(|| Sha256::digest(b"").into());
    };
    let digits = text.strip_prefix("sha256:").filter(|digits| digits.len() == 64)?.as_bytes();
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(hash)
}

/// Reads RFC 3339, with as many digits of a second as an archive can have.
fn moment(text: &str) -> Option<Timestamp> {
    let seconds = text.parse::<Moment>().ok()?.seconds();
    let digits = text.split_once('.').map_or("", |(_, rest)| rest);
    let digits = digits.bytes().take_while(u8::is_ascii_digit).take(9).map(|digit| u32::from(digit - b'0'));
    let (number, count) = digits.fold((0, 0), |(number, count), digit| (number * 10 + digit, count + 1));
    Some(Timestamp { seconds, nanoseconds: number * 10_u32.pow(9 - count) })
}

/// The text as a whole: an object.
struct Table<'a>(&'a mut Reading);

impl<'de> DeserializeSeed<'de> for Table<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table of contents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut has_entries = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "version" => {
                    let version = map.next_value::<u64>()?;
                    if version != 1 {
                        return Err(A::Error::custom(format_args!("its version is {version}")));
                    }
                }
                // A second list would say something else.
                "entries" if has_entries => return Err(A::Error::duplicate_field("entries")),
                "entries" => {
                    map.next_value_seed(Entries(self.0))?;
                    has_entries = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_entries { Ok(()) } else { Err(A::Error::missing_field("entries")) }
    }
}

/// The list, taken entry by entry.
struct Entries<'a>(&'a mut Reading);

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(row) = rows.next_element::<Row>()? {
            count += 1;
            if count > self.0.most {
                self.0.parsed.is_cut = true;
                return Err(A::Error::custom("it has too many entries"));
            }
            self.0.take(row);
            self.0.since_entry.set(0);
        }
        Ok(())
    }
}
