//! Layers that bring a table of contents of their own: every file's contents are packed by themselves, so that one of
//! them can be had without the rest, and a table at the end says where each is. Both forms are made out of a finished
//! tar, as their tools do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tar::{Archive, Builder, EntryType, Header};

use super::document::{Style, write};
use super::gzip::gzip;
use super::moment::Moment;
use super::{digest_of, in_memory};
use crate::oci::Digest;

/// The zeros that end a tar, in bytes.
const END: usize = 1024;
/// The level of gzip and of zstd.
const LEVELS: (u32, i32) = (6, 3);
/// What pax calls extended attributes.
const ATTRIBUTE: &str = "SCHILY.xattr.";

/// A layer with its table.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) blob: Vec<u8>,
    /// The digest of the tar, of which an eStargz table is a part.
    pub(super) diff_id: Digest,
    /// What the manifest says of the table.
    pub(super) annotations: Vec<(&'static str, String)>,
}

/// Which form a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Estargz,
    ZstdChunked,
}

/// eStargz (stargz-snapshotter, docs/estargz.md): gzip members, and the table as the tar's last file. A landmark at the
/// begin says that no file is to be fetched before the others.
pub(super) fn estargz(tar: &[u8]) -> Listed {
    let landmark = single(".no.prefetch.landmark", &[0xf]);
    let files = [&landmark[..landmark.len() - END], &tar[..tar.len() - END]].concat();
    let (mut blob, rows) = pack(&files, Form::Estargz);
    let text = write(&table(&rows), Style::Indented(1));
    let last = single("stargz.index.json", &text);
    let begin = blob.len();
    blob.extend(Form::Estargz.packed(&last));
    blob.extend(estargz_footer(begin));
    let whole = [files, last].concat();
    let annotations = vec![
        ("containerd.io/snapshot/stargz/toc.digest", digest_of(&text).to_string()),
        ("io.containers.estargz.uncompressed-size", whole.len().to_string()),
    ];
    Listed { blob, diff_id: digest_of(&whole), annotations }
}

/// An empty gzip member with the table's place in its extra field (RFC 1952 §2.3.1.1).
fn estargz_footer(begin: usize) -> Vec<u8> {
    let mut footer = vec![0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0, b'S', b'G', 22, 0];
    footer.extend(format!("{begin:016x}STARGZ").into_bytes());
    footer.extend([1, 0, 0, 0xff, 0xff]);
    footer.extend([0; 8]);
    footer
}

/// zstd:chunked (containers/storage, pkg/chunked): zstd frames, and the table in a frame that others skip. The tar
/// stays as it is.
pub(super) fn zstd_chunked(tar: &[u8]) -> Listed {
    let (mut blob, rows) = pack(tar, Form::ZstdChunked);
    let text = write(&table(&rows), Style::Compact);
    let packed = Form::ZstdChunked.packed(&text);
    // After the head of its frame.
    let begin = blob.len() + 8;
    blob.extend(skippable(&packed));
    // The same numbers as in the annotation; none of tar-split data, which older writers did not add either.
    let numbers = [begin, packed.len(), text.len(), 1, 0, 0, 0].map(|number| (number as u64).to_le_bytes());
    blob.extend(skippable(&[&numbers.concat(), &b"GNUlInUx"[..]].concat()));
    let position = format!("{begin}:{}:{}:1", packed.len(), text.len());
    let annotations = vec![
        ("io.github.containers.zstd-chunked.manifest-checksum", digest_of(&packed).to_string()),
        ("io.github.containers.zstd-chunked.manifest-position", position),
    ];
    Listed { blob, diff_id: digest_of(tar), annotations }
}

/// A frame without meaning for who unpacks (RFC 8878 §3.1.2).
fn skippable(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    [&0x184d_2a50_u32.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
}

/// A tar of one file.
fn single(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_mode(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    let mut builder = Builder::new(Vec::new());
    in_memory(builder.append_data(&mut header, name, content));
    in_memory(builder.into_inner())
}

fn table(rows: &[Value]) -> Value {
    json!({ "version": 1, "entries": rows })
}

impl Form {
    fn packed(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Estargz => gzip(bytes, &[], LEVELS.0),
            Self::ZstdChunked => in_memory(zstd::bulk::compress(bytes, LEVELS.1)),
        }
    }
}

/// Packs each file's contents by themselves and what is between them, too. The rows of the table say where they are.
fn pack(tar: &[u8], form: Form) -> (Vec<u8>, Vec<Value>) {
    let (mut blob, mut rows, mut done) = (Vec::new(), Vec::new(), 0);
    for entry in in_memory(Archive::new(tar).entries()) {
        let mut entry = in_memory(entry);
        let mut row = row(&mut entry);
        let begin = place(entry.raw_file_position());
        let end = begin + place(entry.size());
        if begin < end {
            let (content, digest) = (&tar[begin..end], digest_of(&tar[begin..end]));
            blob.extend(form.packed(&tar[done..begin]));
            row["size"] = content.len().into();
            row["digest"] = digest.as_str().into();
            row["offset"] = blob.len().into();
            row["chunkDigest"] = digest.as_str().into();
            blob.extend(form.packed(content));
            if form == Form::ZstdChunked {
                row["endOffset"] = blob.len().into();
            }
            done = end;
        }
        rows.push(row);
    }
    blob.extend(form.packed(&tar[done..]));
    (blob, rows)
}

fn place(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// What a table says of an entry besides its contents. Names that are no UTF-8 are damaged: JSON cannot write them.
fn row(entry: &mut tar::Entry<'_, &[u8]>) -> Value {
    let attributes = attributes(entry);
    let header = entry.header();
    let kind = match header.entry_type() {
        EntryType::Directory => "dir",
        EntryType::Symlink => "symlink",
        EntryType::Link => "hardlink",
        EntryType::Char => "char",
        EntryType::Block => "block",
        EntryType::Fifo => "fifo",
        _ => "reg",
    };
    let mut row = json!({
        "type": kind,
        "name": String::from_utf8_lossy(&entry.path_bytes()),
        "modtime": Moment::EPOCH.plus(in_memory(header.mtime())).to_string(),
        "mode": in_memory(header.mode()),
        "uid": in_memory(header.uid()),
        "gid": in_memory(header.gid()),
    });
    if let Some(target) = entry.link_name_bytes() {
        row["linkName"] = String::from_utf8_lossy(&target).into();
    }
    if matches!(kind, "char" | "block") {
        row["devMajor"] = in_memory(header.device_major()).into();
        row["devMinor"] = in_memory(header.device_minor()).into();
    }
    if !attributes.is_empty() {
        row["xattrs"] = attributes.into();
    }
    row
}

fn attributes(entry: &mut tar::Entry<'_, &[u8]>) -> Map<String, Value> {
    let records = in_memory(entry.pax_extensions()).into_iter().flatten().map(in_memory);
    let named = records.filter_map(|record| {
        let name = record.key().ok()?.strip_prefix(ATTRIBUTE)?;
        Some((name.to_owned(), STANDARD.encode(record.value_bytes()).into()))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::embedded::sample::build::files::Files;

    fn tar() -> Vec<u8> {
        let files = Files::new(Moment::at(2026, 3, 3, 6, 0))
            .character_device("dev/console", 0o600, (5, 1))
            .text("etc/motd", "hello\n")
            .attribute_of_last("user.origin", "a test")
            .text("etc/empty", "")
            .program("usr/bin/tool", 3_000, "amd64", "a test")
            .mode_of_last(0o4755)
            .hard_link("usr/bin/other", "usr/bin/tool")
            .link("usr/bin/link", "tool");
        files.tar().bytes
    }

    fn annotation<'a>(listed: &'a Listed, end: &str) -> &'a str {
        &listed.annotations.iter().find(|(name, _)| name.ends_with(end)).expect("an annotation").1
    }

    /// The rows of a table, each with what is packed at its place.
    fn check(listed: &Listed, text: &[u8], unpack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<String> {
        let table: Value = serde_json::from_slice(text).expect("JSON");
        let rows = table["entries"].as_array().expect("rows");
        for row in rows.iter().filter(|row| !row["offset"].is_null()) {
            let content = unpack(&listed.blob[place(row["offset"].as_u64().expect("a place"))..]);
            assert_eq!(row["digest"], digest_of(&content).as_str(), "{row}");
            assert_eq!(row["size"], content.len(), "{row}");
        }
        let named = |name: &str| rows.iter().find(|row| row["name"] == name).expect("a row");
        assert_eq!(named("dev/console")["type"], "char");
        assert_eq!((&named("dev/console")["devMajor"], &named("dev/console")["devMinor"]), (&json!(5), &json!(1)));
        assert_eq!(named("etc/motd")["xattrs"], json!({ "user.origin": STANDARD.encode("a test") }));
        assert_eq!(named("usr/bin/tool")["mode"], 0o4755);
        assert_eq!(named("usr/bin/tool")["modtime"], "2026-03-03T06:00:00Z");
        assert_eq!(named("usr/bin/other")["linkName"], "usr/bin/tool");
        assert_eq!((&named("etc/empty")["type"], &named("etc/empty")["offset"]), (&json!("reg"), &Value::Null));
        rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
    }

    const NAMES: [&str; 10] = [
        "dev/",
        "dev/console",
        "etc/",
        "etc/motd",
        "etc/empty",
        "usr/",
        "usr/bin/",
        "usr/bin/tool",
        "usr/bin/other",
        "usr/bin/link",
    ];

    #[test]
    fn estargz_is_gzip_with_its_table_as_the_last_file() {
        let tar = tar();
        let listed = estargz(&tar);
        let mut whole = Vec::new();
        flate2::read::MultiGzDecoder::new(&listed.blob[..]).read_to_end(&mut whole).expect("gzip");
        assert_eq!(digest_of(&whole), listed.diff_id);
        assert_eq!(annotation(&listed, "uncompressed-size"), whole.len().to_string());
        assert!(whole[2 * 512..].starts_with(&tar[..tar.len() - END]));
        let member = |bytes: &[u8]| {
            let mut content = Vec::new();
            flate2::read::GzDecoder::new(bytes).read_to_end(&mut content).expect("a member");
            content
        };
        let footer = &listed.blob[listed.blob.len() - 51..];
        assert!(member(footer).is_empty());
        let digits = std::str::from_utf8(&footer[16..32]).expect("digits");
        let begin = usize::from_str_radix(digits, 16).expect("a place");
        let last = member(&listed.blob[begin..]);
        let mut archive = Archive::new(&last[..]);
        let mut entry = archive.entries().expect("a tar").next().expect("a file").expect("a file");
        assert_eq!(entry.path_bytes().as_ref(), b"stargz.index.json");
        let mut text = Vec::new();
        entry.read_to_end(&mut text).expect("its contents");
        assert_eq!(annotation(&listed, "toc.digest"), digest_of(&text).as_str());
        let names = check(&listed, &text, member);
        assert_eq!(names[0], ".no.prefetch.landmark");
        assert_eq!(names[1..], NAMES);
    }

    #[test]
    fn zstd_chunked_is_the_same_tar_with_its_table_behind() {
        let tar = tar();
        let listed = zstd_chunked(&tar);
        assert!(zstd::decode_all(&listed.blob[..]).expect("zstd") == tar);
        assert_eq!(listed.diff_id, digest_of(&tar));
        let position = annotation(&listed, "manifest-position");
        let numbers: Vec<usize> = position.split(':').map(|number| number.parse().expect("a number")).collect();
        let &[begin, length, text_length, 1] = numbers.as_slice() else { panic!("{position}") };
        let packed = &listed.blob[begin..begin + length];
        assert_eq!(annotation(&listed, "manifest-checksum"), digest_of(packed).as_str());
        assert_eq!(listed.blob[begin - 4..begin], u32::try_from(length).expect("a length").to_le_bytes());
        assert!(listed.blob.ends_with(b"GNUlInUx"));
        let text = zstd::decode_all(packed).expect("zstd");
        assert_eq!(text.len(), text_length);
        let frame = |bytes: &[u8]| {
            let mut content = Vec::new();
            let mut decoder = zstd::Decoder::new(bytes).expect("zstd").single_frame();
            decoder.read_to_end(&mut content).expect("a frame");
            content
        };
        assert_eq!(check(&listed, &text, frame), NAMES);
    }
}
