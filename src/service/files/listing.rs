//! Directories as rows.

use std::cmp::Ordering;
use std::cmp::Reverse;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::merged::Merged;
use crate::anatomy::files::{
    CAPABILITY_ATTRIBUTE, Change, FileCapabilities, FileId, FileKind, FilePath, FileRef, NodeId, Whiteout, readable,
};
use crate::view::files::{EntryKind, FileOrder, FileRow, LEVEL_LENGTH, ROWS_LENGTH};

/// Most directories above the open one whose rows are shown, those next to it. A hostile image has thousands, each row
/// with its path.
const LEVELS: usize = 50;

/// Most rows of all of them together.
const LEVELS_LENGTH: usize = 1_000;

/// What eStargz adds to a layer for itself (stargz-snapshotter, docs/estargz.md, "TOC" and "Prefetch landmarks"). Runtimes that do not
/// know it unpack these like other files.
const ESTARGZ: [&[u8]; 3] = [b"stargz.index.json", b".prefetch.landmark", b".no.prefetch.landmark"];

/// Longest text of a file's capabilities in a row, in bytes: the longest name with all that it can be.
const SHORT: usize = 26;

/// Rows of a directory and of those above it.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) rows: Vec<FileRow>,
    /// How many rows the directory has.
    pub(super) total: usize,
    /// Whether a search was given up before its end.
    pub(super) is_cut: bool,
}

/// What is listed.
pub(super) struct Lister<'a> {
    /// The tree.
    pub(super) merged: &'a Merged,
    /// The image up to the layer that is shown by itself, where all of it is known: it tells what the layer has done.
    pub(super) below: Option<&'a Merged>,
    /// Whether it is known what was changed.
    pub(super) knows_changes: bool,
    pub(super) order: FileOrder,
    pub(super) from: usize,
}

/// A name of a directory before it is a row.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// What stands there.
    Node(NodeId),
    /// What a layer has taken away.
    Gone(NodeId),
    /// What takes something away, in a single layer.
    Whiteout(FileRef<'a>),
}

impl<'a> Lister<'a> {
    /// The rows of a directory, below those of the directories above it. `opened` is the name in it that is open.
    pub(super) fn list(&self, directory: NodeId, opened: Option<NodeId>) -> Listing {
        let mut way = vec![directory];
        while let Some(last) = way.last().filter(|node| **node != self.merged.root() && **node != NodeId::ROOT) {
            way.push(self.merged.overlay.parent(*last));
        }
        way.truncate(LEVELS + 1);
        way.reverse();
        // However deep, a page has about as many rows.
        let most = (LEVELS_LENGTH / way.len()).clamp(1, LEVEL_LENGTH);
        let mut listing = Listing::default();
        // After each level's open directory come its own rows.
        let mut rests: Vec<Vec<FileRow>> = Vec::new();
        for (depth, node) in way.iter().enumerate() {
            let next = way.get(depth + 1).copied();
            let mut items = self.items(*node);
            self.sort(&mut items);
            let depth = u32::try_from(depth).unwrap_or(u32::MAX);
            if let Some(next) = next {
                let place =
                    items.iter().position(|item| matches!(item, Item::Node(node) if *node == next)).unwrap_or(0);
                // The open one is always among them.
                let begin = if place < most { 0 } else { place };
                let shown: Vec<_> = items.into_iter().skip(begin).take(most).collect();
                let mut rows: Vec<_> = shown.iter().map(|item| self.row(*item, depth, Some(next))).collect();
                rests.push(rows.split_off((place - begin + 1).min(rows.len())));
                listing.rows.extend(rows);
            } else {
                listing.total = items.len();
                let place = opened.and_then(|opened| {
                    items.iter().position(|item| matches!(item, Item::Node(node) if *node == opened))
                });
                let begin = match place {
                    Some(place) if self.from == 0 => place / ROWS_LENGTH * ROWS_LENGTH,
                    _ => self.from,
                };
                let shown = items.iter().skip(begin).take(ROWS_LENGTH);
                listing.rows.extend(shown.map(|item| self.row(*item, depth, opened)));
            }
        }
        listing.rows.extend(rests.into_iter().rev().flatten());
        listing
    }

    fn items(&self, directory: NodeId) -> Vec<Item<'a>> {
        let overlay = &self.merged.overlay;
        let there = overlay.children(directory).map(Item::Node);
        let gone = overlay.gone(directory).map(Item::Gone);
        let path = overlay.path(directory);
        there.chain(gone).chain(self.merged.whiteouts(&path).map(Item::Whiteout)).collect()
    }

    /// Puts names in the order that was asked for.
    pub(super) fn sort(&self, items: &mut [Item<'_>]) {
        match self.order {
            FileOrder::Name => items.sort_by(|one, other| {
                let key = |item: &Item<'_>| !self.is_directory(*item);
                key(one).cmp(&key(other)).then_with(|| self.by_name(*one, *other))
            }),
            FileOrder::Size => items.sort_by_key(|item| Reverse(self.size(*item))),
            FileOrder::Time => items.sort_by_key(|item| Reverse(self.file(*item).map(FileRef::modified))),
        }
    }

    fn by_name(&self, one: Item<'_>, other: Item<'_>) -> Ordering {
        self.name(one).cmp(self.name(other))
    }

    fn name<'b>(&'b self, item: Item<'b>) -> &'b [u8] {
        match item {
            Item::Node(node) | Item::Gone(node) => self.merged.overlay.name(node),
            Item::Whiteout(file) => name_of(file.path()),
        }
    }

    fn is_directory(&self, item: Item<'_>) -> bool {
        matches!(item, Item::Node(node) | Item::Gone(node) if self.merged.overlay.is_directory(node))
    }

    fn size(&self, item: Item<'_>) -> u64 {
        match item {
            Item::Node(node) => self.merged.sum(node).bytes,
            Item::Gone(_) => self.file(item).map_or(0, FileRef::size),
            Item::Whiteout(_) => 0,
        }
    }

    fn file<'b>(&'b self, item: Item<'b>) -> Option<FileRef<'b>> {
        match item {
            Item::Node(node) | Item::Gone(node) => self.merged.entry(self.merged.overlay.file(node)?),
            Item::Whiteout(file) => Some(file),
        }
    }

    /// The row of a name.
    pub(super) fn row(&self, item: Item<'_>, depth: u32, open: Option<NodeId>) -> FileRow {
        match item {
            Item::Node(node) => FileRow { is_open: open == Some(node), ..self.node(node, depth) },
            Item::Gone(node) => self.gone(node, depth),
            Item::Whiteout(file) => self.whiteout(file, depth),
        }
    }

    /// The row of a name that is there.
    pub(super) fn node(&self, node: NodeId, depth: u32) -> FileRow {
        let overlay = &self.merged.overlay;
        let id = overlay.file(node);
        let sum = self.merged.sum(node);
        let is_directory = overlay.is_directory(node);
        let change = id.and_then(|id| self.change(id));
        FileRow {
            size: sum.bytes,
            files: is_directory.then_some(sum.files),
            layer: id.map(|id| number(self.merged.position(id))),
            change,
            ..row(self.merged.path(node), depth, id.and_then(|id| self.merged.entry(id)))
        }
    }

    /// The row of a name that a layer has taken away.
    fn gone(&self, node: NodeId, depth: u32) -> FileRow {
        let overlay = &self.merged.overlay;
        let id = overlay.file(node);
        let mut row = row(self.merged.path(node), depth, id.and_then(|id| self.merged.entry(id)));
        row.layer = id.map(|id| number(self.merged.position(id)));
        row.change = Some(Change::Deleted);
        if let Some(by) = overlay.gone_by(node) {
            let by = self.merged.position(FileId { layer: by, number: 0 });
            row.marks.push(format!("by layer {}", number(by)));
        }
        row
    }

    fn whiteout(&self, file: FileRef<'_>, depth: u32) -> FileRow {
        let path = FilePath::from_bytes(file.path());
        let words = match Whiteout::of(path.name()) {
            Some(Whiteout::Name(name)) => format!("deletes {}", readable(name)),
            Some(Whiteout::Opaque) => "deletes what lower layers have in this directory".to_owned(),
            Some(Whiteout::Leftover) => "left by an old storage driver, without meaning".to_owned(),
            Some(Whiteout::Malformed) | None => "a whiteout without a name, which runtimes refuse".to_owned(),
        };
        FileRow {
            kind: EntryKind::Whiteout,
            change: Some(Change::Deleted),
            layer: Some(number(self.merged.position(FileId { layer: 0, number: 0 }))),
            marks: vec![words],
            ..row(path, depth, Some(file))
        }
    }

    /// What an entry has done. A single layer knows it from the image below it.
    pub(super) fn change(&self, id: FileId) -> Option<Change> {
        match self.below {
            Some(below) => {
                let layer = u16::try_from(self.merged.position(id)).ok()?;
                below.change(FileId { layer, number: id.number })
            }
            None => self.merged.change(id).filter(|_| self.merged.is_of_several()),
        }
    }
}

/// What an entry alone says.
fn row(path: FilePath, depth: u32, file: Option<FileRef<'_>>) -> FileRow {
    let name = if path.is_root() { "/".to_owned() } else { readable(path.name()) };
    let kind = file.map_or(EntryKind::Directory, |file| file.kind().into());
    let is_link = matches!(kind, EntryKind::Symlink | EntryKind::HardLink);
    FileRow {
        path,
        depth,
        name,
        kind,
        mode: file.map(FileRef::mode),
        owner: file.map(|file| (file.user(), file.group())),
        modified: file.map(|file| file.modified().seconds),
        size: file.map_or(0, FileRef::size),
        files: None,
        layer: None,
        change: None,
        target: file.filter(|_| is_link).map(|file| readable(file.link_target())),
        target_base64: file.filter(|_| is_link).and_then(|file| base64_of(file.link_target())),
        marks: file.map(marks).unwrap_or_default(),
        is_overwritten: false,
        is_open: false,
    }
}

/// Bytes in base 64 where they are no UTF-8.
fn base64_of(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).is_err().then(|| STANDARD.encode(bytes))
}

/// What deserves a second look.
fn marks(file: FileRef<'_>) -> Vec<String> {
    let mut marks = Vec::new();
    let runs = file.kind() != FileKind::Directory && file.kind() != FileKind::Symlink;
    if runs && file.mode() & 0o4000 != 0 {
        marks.push("setuid".to_owned());
    }
    if runs && file.mode() & 0o2000 != 0 {
        marks.push("setgid".to_owned());
    }
    if let Some((_, value)) = file.attributes().iter().find(|(name, _)| name == CAPABILITY_ATTRIBUTE) {
        marks.push(capabilities(value));
    }
    if ESTARGZ.contains(&file.path()) && file.kind() == FileKind::Regular {
        marks.push("eStargz's own".to_owned());
    }
    let odd = file.marks();
    for (is_so, words) in [
        (odd.leaves_root, "name with .."),
        (odd.has_two_names, "two names"),
        (odd.is_cut, "name cut"),
        (odd.lost_attributes, "attributes left out"),
    ] {
        if is_so {
            marks.push(words.to_owned());
        }
    }
    marks
}

/// What a file may do, where there is room for it in a row.
fn capabilities(value: &[u8]) -> String {
    let text = FileCapabilities::parse(value).map(|capabilities| capabilities.to_string());
    text.filter(|text| text.len() <= SHORT).unwrap_or_else(|| "capabilities".to_owned())
}

fn name_of(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// A layer's number for people, from 1.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::merged::Source;
    use super::*;
    use crate::anatomy::files::{FileEntry, FileList};

    fn file(path: &str) -> FileEntry {
        FileEntry {
            size: 1,
            stored_size: 1,
            ..FileEntry::new(FilePath::from_bytes(path.as_bytes()), FileKind::Regular)
        }
    }

    /// Otherwise a page has as many rows as the path has names, each with a path of its own.
    #[test]
    fn of_a_deep_directory_the_rows_of_those_next_to_it_are_shown() {
        let list = |directory: &str| {
            let mut list = FileList::default();
            list.push(file(&format!("{directory}file")));
            let merged = Merged::of(0, vec![Source::Early(Arc::new(list))], false);
            let node = merged.find(&FilePath::from_bytes(directory.as_bytes())).unwrap();
            let order = FileOrder::Name;
            let lister = Lister { merged: &merged, below: None, knows_changes: false, order, from: 0 };
            lister.list(node, None).rows
        };
        let rows = list(&"a/".repeat(2_000));
        assert_eq!(rows.len(), LEVELS + 1);
        let depths: Vec<usize> = rows.iter().map(|row| row.depth as usize).collect();
        assert_eq!(depths, (0..=LEVELS).collect::<Vec<_>>());
        assert_eq!(rows[0].path.as_bytes().len(), 2 * (2_000 - LEVELS) + 1);
        let own = rows.last().unwrap();
        assert_eq!((own.name.as_str(), own.path.as_bytes().len()), ("file", 4_004));
        // Others are shown from the root on.
        let rows = list("usr/share/");
        let shown: Vec<_> = rows.iter().map(|row| (row.depth, row.path.readable())).collect();
        assert_eq!(shown, [(0, "/usr".to_owned()), (1, "/usr/share".to_owned()), (2, "/usr/share/file".to_owned())]);
    }

    /// Two targets can read alike; a program has to tell them apart.
    #[test]
    fn a_target_that_is_no_text_is_given_byte_by_byte() {
        let row = |link_target: &[u8]| {
            let mut list = FileList::default();
            let (kind, link_target) = (FileKind::Symlink, link_target.to_vec());
            list.push(FileEntry { kind, link_target, ..file("link") });
            serde_json::to_value(super::row(FilePath::from_bytes(b"link"), 0, list.get(0))).unwrap()
        };
        let (odd, plain) = (row(b"caf\xe9"), row(b"caf\\xE9"));
        assert_eq!((&odd["target"], &odd["target_base64"]), (&plain["target"], &"Y2Fm6Q==".into()));
        assert_eq!(plain.get("target_base64"), None);
    }

    #[test]
    fn capabilities_are_named_in_a_row_where_there_is_room() {
        let value = |permitted: u8, inheritable: u8, length: usize| {
            let mut value = vec![0; length];
            (value[0], value[3], value[5], value[9]) = (1, 2, permitted, inheritable);
            value
        };
        assert_eq!(capabilities(&value(4, 0, 20)), "cap_net_bind_service=ep");
        assert_eq!(capabilities(&value(6, 4, 20)), "capabilities");
        assert_eq!(capabilities(&value(4, 0, 19)), "capabilities");
    }
}
