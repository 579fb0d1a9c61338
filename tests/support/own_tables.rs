//! Layers with a table of contents of their own, written as their tools write them.
//!
//! The unit tests of `layers::contents_table` use them, too.
#![allow(dead_code, reason = "every test file uses another part of it")]

use std::io::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Bytes of eStargz's footer.
const FOOTER: usize = 51;

/// The form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Estargz,
    ZstdChunked,
}

/// Both.
pub(crate) const FORMS: [Form; 2] = [Form::Estargz, Form::ZstdChunked];

/// A layer with its own table, and the annotations that announce it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) form: Form,
    pub(crate) stored: Vec<u8>,
    pub(crate) annotations: Vec<(String, String)>,
}

/// One entry to be made: of type `reg` with contents, or of another one with a link target.
pub(crate) type Entry<'a> = (&'a str, &'a str, &'a [u8]);

/// `sha256:` and the hash.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let hash: Vec<_> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hash.concat())
}

pub(crate) fn pack(form: Form, bytes: &[u8]) -> Vec<u8> {
    match form {
        Form::Estargz => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Form::ZstdChunked => zstd::bulk::compress(bytes, 3).unwrap(),
    }
}

fn header(kind: &str, path: &str, content: &[u8]) -> ::tar::Header {
    let mut header = ::tar::Header::new_gnu();
    header.set_path(path).unwrap();
    header.set_mode(0o4755);
    header.set_uid(7);
    header.set_gid(8);
    header.set_mtime(1_700_000_000);
    header.set_entry_type(match kind {
        "dir" => ::tar::EntryType::Directory,
        "symlink" => ::tar::EntryType::Symlink,
        "hardlink" => ::tar::EntryType::Link,
        "char" => ::tar::EntryType::Char,
        "fifo" => ::tar::EntryType::Fifo,
        _ => ::tar::EntryType::Regular,
    });
    header.set_size(if kind == "reg" { content.len() as u64 } else { 0 });
    if kind.ends_with("link") {
        header.set_link_name(std::str::from_utf8(content).unwrap()).unwrap();
    }
    if kind == "char" {
        header.set_device_major(5).unwrap();
        header.set_device_minor(1).unwrap();
    }
    header.set_cksum();
    header
}

/// A row of a table, as both forms have it.
pub(crate) fn row(kind: &str, path: &str, content: &[u8]) -> Value {
    let mut row =
        json!({"type": kind, "name": path, "mode": 0o4755, "uid": 7, "gid": 8, "modtime": "2023-11-14T22:13:20Z"});
    match kind {
        "reg" => {
            row["size"] = json!(content.len());
            row["digest"] = json!(digest(content));
        }
        "symlink" | "hardlink" => row["linkName"] = json!(std::str::from_utf8(content).unwrap()),
        "char" => (row["devMajor"], row["devMinor"]) = (json!(5), json!(1)),
        _ => {}
    }
    row
}

/// A layer whose files are packed by themselves, in parts of so many bytes, with the rows of its table.
pub(crate) fn body(form: Form, entries: &[Entry<'_>], part: usize) -> (Vec<u8>, Vec<Value>) {
    let (mut stored, mut rows, mut pending) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, path, content) in entries {
        pending.extend_from_slice(header(kind, path, content).as_bytes());
        let mut row = row(kind, path, content);
        if *kind != "reg" || content.is_empty() {
            rows.push(row);
            continue;
        }
        stored.extend(pack(form, &std::mem::take(&mut pending)));
        let mut parts = Vec::new();
        for piece in content.chunks(part) {
            parts.push(json!({"type": "chunk", "name": path, "offset": stored.len(), "chunkSize": piece.len()}));
            stored.extend(pack(form, piece));
        }
        row["offset"] = parts[0]["offset"].clone();
        if form == Form::ZstdChunked {
            row["endOffset"] = json!(stored.len());
        }
        rows.push(row);
        rows.extend(parts.into_iter().skip(1));
        pending.resize(content.len().next_multiple_of(512) - content.len(), 0);
    }
    // In eStargz the table is the archive's last entry, and its end comes after that.
    if form == Form::ZstdChunked {
        pending.extend([0; 1_024]);
    }
    stored.extend(pack(form, &pending));
    (stored, rows)
}

fn skippable(content: &[u8]) -> Vec<u8> {
    [&0x184d_2a50_u32.to_le_bytes()[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat()
}

/// A layer with a table of this text.
pub(crate) fn with_text(form: Form, mut stored: Vec<u8>, text: &str) -> Made {
    let annotations = match form {
        Form::ZstdChunked => {
            let packed = zstd::bulk::compress(text.as_bytes(), 3).unwrap();
            let position = format!("{}:{}:{}:1", stored.len() + 8, packed.len(), text.len());
            stored.extend(skippable(&packed));
            stored.extend(skippable(&[0; 64]));
            let annotation = |name: &str, value| (format!("io.github.containers.zstd-chunked.{name}"), value);
            vec![annotation("manifest-position", position), annotation("manifest-checksum", digest(&packed))]
        }
        Form::Estargz => {
            let begin = stored.len();
            let mut archive = ::tar::Builder::new(Vec::new());
            let mut header = header("reg", "stargz.index.json", text.as_bytes());
            archive.append_data(&mut header, "stargz.index.json", text.as_bytes()).unwrap();
            stored.extend(pack(form, &archive.into_inner().unwrap()));
            let extra = format!("SG\u{16}\0{begin:016x}STARGZ");
            let empty = flate2::GzBuilder::new().extra(extra.into_bytes());
            let mut footer = empty.write(Vec::new(), flate2::Compression::none()).finish().unwrap();
            // The library writes the empty block in another way.
            if footer.len() != FOOTER {
                footer.truncate(12 + 26);
                footer.extend([1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
            }
            stored.extend(footer);
            vec![("containerd.io/snapshot/stargz/toc.digest".to_owned(), digest(text.as_bytes()))]
        }
    };
    Made { form, stored, annotations }
}

/// A layer of these entries whose table has these rows.
pub(crate) fn with_rows(form: Form, stored: Vec<u8>, rows: &[Value]) -> Made {
    with_text(form, stored, &json!({"version": 1, "entries": rows}).to_string())
}

/// A layer of these entries, whose table says what its archive says.
pub(crate) fn made(form: Form, entries: &[Entry<'_>], part: usize) -> Made {
    let (stored, rows) = body(form, entries, part);
    with_rows(form, stored, &rows)
}

impl Made {
    pub(crate) fn digest(&self) -> String {
        digest(&self.stored)
    }

    /// As a manifest lists it.
    pub(crate) fn descriptor(&self) -> Value {
        let packing = match self.form {
            Form::Estargz => "gzip",
            Form::ZstdChunked => "zstd",
        };
        json!({
            "mediaType": format!("application/vnd.oci.image.layer.v1.tar+{packing}"),
            "digest": self.digest(), "size": self.stored.len(),
            "annotations": self.annotations.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        })
    }
}
