//! Layers that are made to cost whoever looks into them, and one that is sound.

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes of a tar block.
const BLOCK: usize = 512;
/// Most bytes of a block in a zstd frame (RFC 8878, section 3.1.1.2.4).
const ZSTD_BLOCK: u32 = 128 << 10;

/// More than the site unpacks of one layer, in mebibytes.
const TOO_MUCH: u64 = 450;

/// A file, and after it one of zeros that has more bytes than the site unpacks.
pub(super) static ZEROS: LazyLock<Vec<u8>> = LazyLock::new(zeros);

fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_700_000_000);
    header
}

/// The header of a file.
fn file_header(path: &str, size: u64) -> tar::Header {
    let mut header = header(size);
    header.set_path(path).unwrap();
    header.set_cksum();
    header
}

/// An archive of these files, not packed.
pub(super) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        builder.append_data(&mut header(content.len() as u64), path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zeros() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let first = archive(&[("etc/known", b"known")]);
    // Without the two blocks of zeros at the end.
    encoder.write_all(&first[..BLOCK * 2]).unwrap();
    encoder.write_all(file_header("zeros", TOO_MUCH << 20).as_bytes()).unwrap();
    let piece = vec![0; 1 << 20];
    for _ in 0..TOO_MUCH {
        encoder.write_all(&piece).unwrap();
    }
    encoder.finish().unwrap()
}

/// A zstd frame of these blocks (RFC 8878, section 3.1.1): each one's type, its size and its bytes.
fn zstd_frame(window: u8, blocks: &[(u32, u32, &[u8])]) -> Vec<u8> {
    let mut frame = [&0xfd2f_b528_u32.to_le_bytes()[..], &[0, window]].concat();
    for (at, (kind, size, bytes)) in blocks.iter().enumerate() {
        let is_last = u32::from(at + 1 == blocks.len());
        frame.extend_from_slice(&(is_last | (kind << 1) | (size << 3)).to_le_bytes()[..3]);
        frame.extend_from_slice(bytes);
    }
    frame
}

/// A gibibyte of zeros in 33 KB: blocks of one byte that is repeated, in a window of 8 MiB.
pub(super) fn zstd_zeros() -> Vec<u8> {
    let header = file_header("zeros", 1 << 30);
    let mut blocks = vec![(0, 512, &header.as_bytes()[..])];
    blocks.extend((0..(1 << 30) / ZSTD_BLOCK).map(|_| (1, ZSTD_BLOCK, &[0_u8][..])));
    zstd_frame((23 - 10) << 3, &blocks)
}

/// A file that is soon told, in a frame that asks for two gibibytes of memory.
pub(super) fn zstd_window() -> Vec<u8> {
    let archive = archive(&[("small", b"small")]);
    zstd_frame((31 - 10) << 3, &[(0, u32::try_from(archive.len()).unwrap(), &archive)])
}

/// More files than the site lists of one layer.
pub(super) fn entries(number: usize) -> Vec<u8> {
    let names: Vec<String> = (0..number).map(|number| format!("many/{number:05}")).collect();
    archive(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>())
}

/// Gzip members without a byte in them.
pub(super) fn members() -> Vec<u8> {
    gzip(b"", Compression::fast()).repeat(10_000)
}

/// An archive in another one's place. The inner one is not packed, so that it is longer than a block.
pub(super) fn nested() -> Vec<u8> {
    gzip(&gzip(&[b'x'; 2_000], Compression::none()), Compression::fast())
}

/// An archive whose only entry has a name of more than a mebibyte.
pub(super) fn long_name() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    // Only this form has room for such names.
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o644);
    builder.append_data(&mut header, "n".repeat((1 << 20) + 1), &b""[..]).unwrap();
    builder.into_inner().unwrap()
}

/// An extended header that says it has a gigabyte of records, after a file.
pub(super) fn long_pax() -> Vec<u8> {
    let mut header = header(1_000_000_000);
    header.set_entry_type(tar::EntryType::XHeader);
    header.set_path("pax").unwrap();
    header.set_cksum();
    let first = archive(&[("before", b"before")]);
    [&first[..BLOCK * 2], header.as_bytes(), &[b'x'; BLOCK * 8]].concat()
}

/// Three left-over files of 8 EiB each, nearly all of it holes: together they are larger than 64 bits can say.
pub(super) fn sparse() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let size = i64::MAX.to_string();
    let map = format!("0,512,{size},0");
    for number in 1..=3 {
        let path = format!("var/lib/apt/lists/{number}");
        let records =
            [("GNU.sparse.size", size.as_str()), ("GNU.sparse.numblocks", "2"), ("GNU.sparse.map", map.as_str())];
        builder.append_pax_extensions(records.map(|(key, value)| (key, value.as_bytes()))).unwrap();
        builder.append_data(&mut header(512), path, &[b'x'; BLOCK][..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A file that its extended header says to be one block long and its own header to be empty. Whoever believes the latter
/// takes its contents for another entry (CVE-2025-62518).
pub(super) fn two_sizes() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("size", &b"512"[..])]).unwrap();
    let mut archive = builder.into_inner().unwrap();
    archive.truncate(BLOCK * 2);
    archive.extend_from_slice(file_header("outer", 0).as_bytes());
    archive.extend_from_slice(file_header("smuggled", 0).as_bytes());
    [archive, self::archive(&[("after", b"after")])].concat()
}
