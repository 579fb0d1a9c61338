//! What GNU tar and Python's `tarfile` list of the same archives.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use strata::anatomy::files::FileKind;
use strata::layers::tar::{Ending, Entry, Visitor, Walker};

use super::archives::archive;

/// Prints an entry a line: type, size, mode, owner, time, name and link target, the last two in hexadecimal digits.
const LISTING: &str = "
import sys, tarfile
with tarfile.open(fileobj=sys.stdin.buffer, mode='r|', errors='surrogateescape') as archive:
    for entry in archive:
        name = entry.name.encode('utf-8', 'surrogateescape').hex()
        link = entry.linkname.encode('utf-8', 'surrogateescape').hex() if entry.islnk() or entry.issym() else ''
        kind = '0' if entry.isreg() else entry.type.decode()
        print(kind, entry.size, entry.mode, entry.uid, int(entry.mtime // 1), name or '-', link or '-')
";

#[derive(Default)]
struct Listed(Vec<Entry>);

impl Visitor for Listed {
    fn entry(&mut self, entry: Entry) {
        self.0.push(entry);
    }

    fn data(&mut self, _: &[u8]) {}

    fn end_of_entry(&mut self) {}
}

fn walked(archive: &[u8]) -> Vec<Entry> {
    let mut listed = Listed::default();
    let mut walker = Walker::new();
    walker.feed(archive, &mut listed);
    assert_eq!(walker.finish(), Ending::Marker { trailing_bytes: 0, is_zero: true });
    listed.0
}

/// What a command prints when the archive is its input.
fn printed(command: &mut Command, archive: &[u8]) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).env("LC_ALL", "C").spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let archive = archive.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&archive));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    assert!(output.status.success(), "{command:?}");
    output.stdout
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    if bytes.is_empty() { "-".to_owned() } else { digits.collect() }
}

fn as_python_prints(entry: &Entry) -> String {
    let kind = match entry.kind {
        FileKind::Regular => '0',
        FileKind::HardLink => '1',
        FileKind::Symlink => '2',
        FileKind::Directory => '5',
        FileKind::Fifo => '6',
        other => panic!("{other:?} is not made here"),
    };
    let Entry { size, mode, user, path, link_target, .. } = entry;
    format!("{kind} {size} {mode} {user} {} {} {}", entry.modified.seconds, hex(path), hex(link_target))
}

/// As `--quoting-style=escape` writes a name in the C locale.
fn as_tar_prints(entry: &Entry) -> Vec<u8> {
    let mut printed = Vec::new();
    for byte in &entry.path {
        match byte {
            b'\n' => printed.extend(b"\\n"),
            b'\\' => printed.extend(b"\\\\"),
            0x80..=0xff => printed.extend(format!("\\{byte:o}").into_bytes()),
            byte => printed.push(*byte),
        }
    }
    printed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn python_lists_the_same(archive in archive()) {
        let expected = String::from_utf8(printed(Command::new("python3").args(["-c", LISTING]), &archive)).unwrap();
        let walked: Vec<_> = walked(&archive).iter().map(as_python_prints).collect();
        prop_assert_eq!(walked, expected.lines().collect::<Vec<_>>());
    }

    #[test]
    fn gnu_tar_lists_the_same(archive in archive()) {
        let mut tar = Command::new("tar");
        let expected = printed(tar.args(["--list", "--absolute-names", "--quoting-style=escape", "--file=-"]), &archive);
        let expected: Vec<_> = expected.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect();
        prop_assert_eq!(walked(&archive).iter().map(as_tar_prints).collect::<Vec<_>>(), expected);
    }
}
