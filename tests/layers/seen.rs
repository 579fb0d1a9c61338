//! Everything that stands under a root, by path: as a folder of this machine has it, and as layers laid over each other have it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hash;
use std::path::Path;

use serde::Deserialize;
use strata::anatomy::files::{FileId, FileKind, FileList, FileRef, NodeId, Overlay};

use super::support::process::{program, run};

/// By path from the root, which is not among them.
pub(super) type Tree = BTreeMap<Vec<u8>, Seen>;

/// What stands under a name.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// As `ls` has it: `d`, `-`, `l`, `c`, `b`, `p`.
    kind: char,
    mode: u32,
    owner: (i64, i64),
    /// A file's size, and its contents' SHA-256.
    contents: Option<(u64, String)>,
    /// When a file was changed last. A directory's time is that of whoever has unpacked the last entry in it.
    modified: Option<(i64, u32)>,
    link_target: Vec<u8>,
    device: Option<(i64, i64)>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    /// The first name of the same file, where it has several.
    same_as: Option<Vec<u8>>,
}

impl Seen {
    pub(super) fn is_device(&self) -> bool {
        self.device.is_some()
    }

    /// Without what only a privileged user can unpack.
    pub(super) fn unprivileged(mut self) -> Seen {
        (self.owner, self.attributes) = ((0, 0), Vec::new());
        self
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{:o} {}:{}", self.kind, self.mode, self.owner.0, self.owner.1)?;
        if let Some((size, digest)) = &self.contents {
            write!(formatter, " {size} B {digest:.8}")?;
        }
        if let Some((seconds, nanoseconds)) = self.modified {
            write!(formatter, " {seconds}.{nanoseconds:09}")?;
        }
        if let Some((major, minor)) = self.device {
            write!(formatter, " {major},{minor}")?;
        }
        if !self.link_target.is_empty() {
            write!(formatter, " -> {}", self.link_target.escape_ascii())?;
        }
        for (name, value) in &self.attributes {
            write!(formatter, " {}={}", name.escape_ascii(), value.escape_ascii())?;
        }
        self.same_as.iter().try_for_each(|path| write!(formatter, " = {}", path.escape_ascii()))
    }
}

/// Prints an entry a line, as [`Printed`] has it; paths, targets and attributes in hexadecimal digits.
const LISTING: &str = "
import hashlib, json, os, stat, sys
def sha256(path):
    hash = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(1 << 20):
            hash.update(piece)
    return hash.hexdigest()
def walk(folder, below):
    for entry in os.scandir(folder):
        try:
            path, data = below + entry.name, entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            # An overlay mount lists a whiteout that there is nothing below of, and says that it is not there.
            continue
        names = os.listxattr(entry.path, follow_symlinks=False)
        kind = stat.filemode(data.st_mode)[0]
        print(json.dumps({
            'path': path.hex(), 'kind': kind, 'mode': stat.S_IMODE(data.st_mode), 'user': data.st_uid, 'group': data.st_gid,
            'size': data.st_size, 'nanoseconds': data.st_mtime_ns, 'major': os.major(data.st_rdev), 'minor': os.minor(data.st_rdev),
            'link_target': os.readlink(entry.path).hex() if kind == 'l' else '',
            'digest': sha256(entry.path) if kind == '-' else '',
            'attributes': [(os.fsencode(name).hex(), os.getxattr(entry.path, name, follow_symlinks=False).hex()) for name in sorted(names)],
            'inode': [data.st_dev, data.st_ino],
        }))
        if kind == 'd':
            walk(entry.path, path + b'/')
walk(os.fsencode(sys.argv[1]), b'')
";

#[derive(Deserialize)]
struct Printed {
    path: String,
    kind: char,
    mode: u32,
    user: i64,
    group: i64,
    size: u64,
    nanoseconds: i64,
    major: i64,
    minor: i64,
    link_target: String,
    digest: String,
    attributes: Vec<(String, String)>,
    inode: (u64, u64),
}

/// Everything below a folder.
pub(super) fn in_folder(folder: &Path) -> Tree {
    let python = program("python3").unwrap();
    let printed = run(&python, &["-c", LISTING, folder.to_str().unwrap()]);
    let entries = printed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let entries = entries.map(|line| {
        let entry: Printed = serde_json::from_slice(line).unwrap();
        let is_file = entry.kind == '-';
        let nanoseconds = u32::try_from(entry.nanoseconds.rem_euclid(1_000_000_000)).unwrap();
        let seen = Seen {
            kind: entry.kind,
            // A link has none of its own.
            mode: if entry.kind == 'l' { 0o777 } else { entry.mode },
            owner: (entry.user, entry.group),
            contents: is_file.then_some((entry.size, entry.digest)),
            modified: is_file.then_some((entry.nanoseconds.div_euclid(1_000_000_000), nanoseconds)),
            link_target: bytes(&entry.link_target),
            device: matches!(entry.kind, 'c' | 'b').then_some((entry.major, entry.minor)),
            attributes: entry.attributes.iter().map(|(name, value)| (bytes(name), bytes(value))).collect(),
            same_as: None,
        };
        (bytes(&entry.path), seen, entry.inode)
    });
    together(entries.collect())
}

/// What a stack of layers becomes.
pub(super) fn laid_over(layers: &[&FileList], overlay: &Overlay) -> Tree {
    let entry = |file: FileId| layers[usize::from(file.layer)].get(file.number as usize).unwrap();
    let nodes = overlay.nodes().filter(|node| *node != NodeId::ROOT);
    let entries = nodes.map(|node| {
        // A hard link has its target's attributes, too: they are one file.
        let file = overlay.contents(node).or(overlay.file(node));
        let seen = file.map_or(Seen { kind: 'd', mode: 0o755, ..Seen::default() }, |file| shown(entry(file)));
        (overlay.path(node), seen, (file, node_of_directory(overlay, node)))
    });
    together(entries.collect())
}

/// No two directories are one.
fn node_of_directory(overlay: &Overlay, node: NodeId) -> Option<NodeId> {
    overlay.is_directory(node).then_some(node)
}

fn shown(file: FileRef<'_>) -> Seen {
    let is_file = matches!(file.kind(), FileKind::Regular | FileKind::Sparse | FileKind::Other(_));
    let mut attributes = file.attributes().to_vec();
    attributes.sort();
    Seen {
        kind: match file.kind() {
            FileKind::Directory => 'd',
            FileKind::Symlink => 'l',
            FileKind::CharacterDevice => 'c',
            FileKind::BlockDevice => 'b',
            FileKind::Fifo => 'p',
            FileKind::HardLink => '?',
            FileKind::Regular | FileKind::Sparse | FileKind::Other(_) => '-',
        },
        mode: if file.kind() == FileKind::Symlink { 0o777 } else { u32::from(file.mode()) },
        owner: (file.user(), file.group()),
        contents: is_file.then(|| (file.size(), file.digest().map(hex).unwrap_or_default())),
        modified: is_file.then(|| (file.modified().seconds, file.modified().nanoseconds)),
        link_target: file.link_target().to_vec(),
        device: file.device(),
        attributes,
        same_as: None,
    }
}

/// A tree of entries, each with what it shares with other names of the same file only.
fn together<T: Eq + Hash>(mut entries: Vec<(Vec<u8>, Seen, T)>) -> Tree {
    entries.sort_by(|left, right| left.0.cmp(&right.0));
    let mut names: HashMap<T, Vec<(Vec<u8>, Seen)>> = HashMap::new();
    for (path, seen, file) in entries {
        names.entry(file).or_default().push((path, seen));
    }
    let mut tree = Tree::new();
    for same in names.into_values() {
        let first = (same.len() > 1).then(|| same[0].0.clone());
        tree.extend(same.into_iter().map(|(path, seen)| (path, Seen { same_as: first.clone(), ..seen })));
    }
    tree
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
