//! Names that are looked for in a tree: by a part of them, an ending, a pattern, the contents' digest, or what has happened to them.

mod term;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use term::{Term, begins};

use super::listing::{Item, Lister, Listing};
use super::merged::Merged;
use crate::anatomy::files::{Cause, Change, FilePath, FileRef, NodeId, Resolved, Whiteout, resolve};
use crate::view::files::{FileOrder, FileRow, ROWS_LENGTH};

/// Longest text that is looked for, in bytes.
const LONGEST: usize = 500;
/// Longest time that a search may take; what was found by then is shown.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is looked for.
pub(super) struct Search {
    term: Option<Term>,
    change: Option<Change>,
}

impl Search {
    /// Reads what a person typed, see [`Term::of`]; nothing where nothing is looked for.
    ///
    /// # Errors
    ///
    /// What is wrong with a pattern, as a sentence.
    pub(super) fn of(text: &str, change: Option<Change>) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(format!("What is looked for has at most {LONGEST} bytes."));
        }
        let term = Term::of(text)?;
        Ok((term.is_some() || change.is_some()).then_some(Self { term, change }))
    }

    /// All hits below a directory, those that layers have taken away among them. In the order of names they come as they stand in
    /// the tree, and after them what a single layer deletes.
    pub(super) fn run(&self, lister: &Lister<'_>, directory: NodeId) -> Listing {
        let merged = lister.merged;
        let mut hits = Hits { lister, kept: Vec::new(), total: 0 };
        let (mut left, mut is_cut) = (vec![(directory, false)], false);
        let (started, mut seen) = (Instant::now(), 0_usize);
        while let Some((node, is_gone)) = left.pop() {
            seen += 1;
            if seen.is_multiple_of(256) && started.elapsed() > PATIENCE {
                is_cut = true;
                break;
            }
            if node != directory && self.matches(lister, node, is_gone) {
                hits.add(if is_gone { Item::Gone(node) } else { Item::Node(node) });
            }
            let mut below = self.children(merged, node, is_gone);
            below.sort_by(|one, other| merged.overlay.name(one.0).cmp(merged.overlay.name(other.0)));
            // The last one is looked at first.
            left.extend(below.into_iter().rev());
        }
        if !is_cut {
            for file in self.whiteouts(merged, directory) {
                hits.add(Item::Whiteout(file));
            }
        }
        hits.into_listing(is_cut)
    }

    fn matches(&self, lister: &Lister<'_>, node: NodeId, is_gone: bool) -> bool {
        let overlay = &lister.merged.overlay;
        let term = match &self.term {
            None => true,
            Some(Term::Digest(digits)) => {
                let file = overlay.contents(node).and_then(|file| lister.merged.entry(file));
                file.and_then(FileRef::digest).is_some_and(|digest| begins(digest, digits))
            }
            Some(term) => term.is_in(overlay.name(node), || lister.merged.path(node)),
        };
        term && self.change.is_none_or(|wanted| {
            let change =
                if is_gone { Some(Change::Deleted) } else { overlay.file(node).and_then(|file| lister.change(file)) };
            match change {
                Some(change) => change == wanted,
                // What stands in the first layer was changed by none; of a layer by itself it can be unknown.
                None => wanted == Change::Unchanged && lister.knows_changes,
            }
        })
    }

    fn children(&self, merged: &Merged, node: NodeId, is_gone: bool) -> Vec<(NodeId, bool)> {
        let overlay = &merged.overlay;
        if matches!(self.term, Some(Term::Digest(_))) {
            // Lower layers still have the contents that something else has come over, be it under the same name.
            let all = overlay.all_children(node);
            return all.map(|child| (child, overlay.gone_by(child).is_some())).collect();
        }
        if is_gone {
            // Everything in what is gone is gone with it.
            let mut told = HashSet::new();
            let all = overlay.all_children(node).filter(|child| told.insert(overlay.name(*child)));
            return all.map(|child| (child, true)).collect();
        }
        let there = overlay.children(node).map(|child| (child, false));
        there.chain(overlay.gone(node).map(|child| (child, true))).collect()
    }

    /// What a single layer deletes below a directory, in the order of its paths. A whiteout's directory need not be in the layer.
    fn whiteouts<'a>(&self, merged: &'a Merged, directory: NodeId) -> Vec<FileRef<'a>> {
        if self.change.is_some_and(|wanted| wanted != Change::Deleted) {
            return Vec::new();
        }
        let directory = merged.path(directory);
        let is_below = |path: &[u8]| {
            let rest = path.strip_prefix(directory.as_bytes());
            directory.is_root() || rest.is_some_and(|rest| rest.first() == Some(&b'/'))
        };
        let all = merged.all_whiteouts().filter(|file| is_below(file.path()) && self.names_whiteout(*file));
        let mut found: Vec<_> = all.collect();
        found.sort_by_key(|file| file.path());
        found
    }

    /// Whether a whiteout, or what it deletes, has a name that is looked for.
    fn names_whiteout(&self, file: FileRef<'_>) -> bool {
        let Some(term) = &self.term else { return true };
        let path = FilePath::from_bytes(file.path());
        let target = match Whiteout::of(path.name()) {
            Some(Whiteout::Name(target)) => path.parent().map(|directory| directory.join(target)),
            _ => None,
        };
        [Some(path), target].iter().flatten().any(|path| term.is_in(path.name(), || path.clone()))
    }
}

/// Hits before they are rows. However many there are, only so many are kept as come before a page's end.
struct Hits<'a, 'b> {
    lister: &'b Lister<'a>,
    kept: Vec<Item<'a>>,
    total: usize,
}

impl<'a> Hits<'a, '_> {
    fn add(&mut self, item: Item<'a>) {
        self.total += 1;
        self.kept.push(item);
        if self.kept.len() >= self.needed().saturating_mul(2) {
            self.sort_and_cut();
        }
    }

    fn needed(&self) -> usize {
        self.lister.from.saturating_add(ROWS_LENGTH)
    }

    fn sort_and_cut(&mut self) {
        // In the order of names they stay as they have come.
        if self.lister.order != FileOrder::Name {
            self.lister.sort(&mut self.kept);
        }
        self.kept.truncate(self.needed());
    }

    fn into_listing(mut self, is_cut: bool) -> Listing {
        self.sort_and_cut();
        let shown = self.kept.get(self.lister.from..).unwrap_or_default();
        let overwritten = overwritten(self.lister.merged, shown);
        let row = |item: &Item<'_>| {
            let row = self.lister.row(*item, 0, None);
            let is_overwritten = matches!(item, Item::Gone(node) if overwritten.contains(node));
            FileRow { name: row.path.readable(), is_overwritten, ..row }
        };
        Listing { rows: shown.iter().map(row).collect(), total: self.total, is_cut }
    }
}

/// Which of the names that are gone have gone because another entry came in their place.
fn overwritten(merged: &Merged, items: &[Item<'_>]) -> HashSet<NodeId> {
    let gone = items.iter().filter_map(|item| match item {
        Item::Gone(node) => Some(*node),
        Item::Node(_) | Item::Whiteout(_) => None,
    });
    let gone: HashSet<NodeId> = gone.collect();
    if gone.is_empty() {
        return gone;
    }
    let losses = merged.overlay.losses().iter().filter(|loss| loss.cause == Cause::Replaced);
    losses.map(|loss| loss.node).filter(|node| gone.contains(node)).collect()
}

/// In hexadecimal digits.
pub(super) fn hex(digest: &[u8; 32]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Where a path is in a tree: the node, and whether a link was followed on the way to it.
pub(super) fn find(merged: &Merged, path: &FilePath) -> Option<(NodeId, bool)> {
    if let Some(node) = merged.find(path) {
        return Some((node, false));
    }
    match resolve(&merged.overlay, &merged.lists(), merged.root(), path.as_bytes()) {
        // A link of Windows can lead out of the directory of files.
        Resolved::To(node) => Some((node, true)).filter(|_| merged.is_shown(node)),
        Resolved::Nowhere | Resolved::Circle => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::anatomy::files::{FileEntry, FileKind, FileList, Timestamp};
    use crate::service::files::merged::Source;
    use crate::view::files::CHANGES;

    fn file(path: &str, size: u64) -> FileEntry {
        let file = FileEntry::new(FilePath::from_bytes(path.as_bytes()), FileKind::Regular);
        let modified = Timestamp { seconds: i64::try_from(size).unwrap(), nanoseconds: 0 };
        FileEntry { modified, size, stored_size: size, digest: Some([1; 32]), ..file }
    }

    fn merged(first: usize, layers: &[&[FileEntry]]) -> Merged {
        let source = |entries: &&[FileEntry]| {
            let mut list = FileList::default();
            for entry in *entries {
                list.push(entry.clone());
            }
            Source::Early(Arc::new(list))
        };
        Merged::of(first, layers.iter().map(source).collect(), false)
    }

    fn lister(merged: &Merged, order: FileOrder, from: usize) -> Lister<'_> {
        Lister { merged, below: None, knows_changes: true, order, from }
    }

    fn run(text: &str, change: Option<Change>, lister: &Lister<'_>) -> Listing {
        Search::of(text, change).unwrap().unwrap().run(lister, NodeId::ROOT)
    }

    /// Every page is that of the whole order, though most hits are forgotten on the way.
    #[test]
    fn many_hits_come_in_the_order_that_was_asked_for() {
        let files: Vec<_> = (0..2_600).map(|size| file(&format!("d/{size:05}.x"), size)).collect();
        let merged = merged(0, &[&files]);
        for from in [0, 500, 2_500] {
            for order in FileOrder::ALL {
                let listing = run(".x", None, &lister(&merged, order, from));
                let sizes: Vec<_> = listing.rows.iter().map(|row| row.size).collect();
                let all = 0..2_600;
                let all: Vec<u64> = if order == FileOrder::Name { all.collect() } else { all.rev().collect() };
                let expected: Vec<_> = all.into_iter().skip(from).take(ROWS_LENGTH).collect();
                assert_eq!((sizes, listing.total), (expected, 2_600), "{order:?} from {from}");
            }
        }
        assert!(run(".x", None, &lister(&merged, FileOrder::Size, 9_000)).rows.is_empty());
    }

    #[test]
    fn contents_are_found_where_a_layer_has_overwritten_or_deleted_them() {
        let other = FileEntry { digest: Some([2; 32]), ..file("a", 1) };
        let layers: [&[FileEntry]; 4] =
            [&[file("a", 1), file("b", 1), file("d/c", 1)], &[other], &[file("a", 1)], &[file(".wh.d", 0)]];
        let merged = merged(0, &layers);
        let found = run(&format!("sha256:{}", "01".repeat(4)), None, &lister(&merged, FileOrder::Name, 0));
        let told = |row: &FileRow| {
            (row.name.clone(), row.layer, row.change == Some(Change::Deleted), row.is_overwritten, row.marks.join(" "))
        };
        let expected = |name: &str, layer: u32, is_gone: bool, is_overwritten: bool, marks: &str| {
            (name.to_owned(), Some(layer), is_gone, is_overwritten, marks.to_owned())
        };
        assert_eq!(
            found.rows.iter().map(told).collect::<Vec<_>>(),
            [
                expected("/a", 3, false, false, ""),
                expected("/a", 1, true, true, "by layer 2"),
                expected("/b", 1, false, false, ""),
                expected("/d/c", 1, true, false, "by layer 4"),
            ]
        );
    }

    #[test]
    fn what_a_layer_deletes_is_found_by_its_name() {
        let entries = [file("etc/npm", 1), file("root/.wh..npmrc", 0), file("srv/.wh..wh..opq", 0)];
        let merged = merged(3, &[&entries]).into_layer();
        let unknown = Lister { knows_changes: false, ..lister(&merged, FileOrder::Name, 0) };
        let names =
            |text: &str, change| run(text, change, &unknown).rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
        assert_eq!(names("npm", None), ["/etc/npm", "/root/.wh..npmrc"]);
        for text in [".npmrc", "root/.npmrc", "/root/.wh.", ".npm*", "root/*"] {
            assert_eq!(names(text, None), ["/root/.wh..npmrc"], "{text}");
        }
        assert_eq!(names("", Some(Change::Deleted)), ["/root/.wh..npmrc", "/srv/.wh..wh..opq"]);
        // Nothing is said of what is not known.
        for (_, change) in CHANGES.into_iter().filter(|(_, change)| *change != Change::Deleted) {
            assert!(names("", Some(change)).is_empty(), "{change:?}");
        }
    }
}
