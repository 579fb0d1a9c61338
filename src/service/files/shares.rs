//! How much of what can be seen each directory holds, and each kind of file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::listing::number;
use super::merged::Merged;
use crate::anatomy::files::{FileId, NodeId, readable};
use crate::view::files::{EndingShare, SizeShare};

/// Most directories and files of one directory that have a share of their own.
const MOST: usize = 12;
/// A name has a share of its own from one part in so many of the whole.
const SMALLEST: u64 = 200;
/// What is in a directory is told from one part in so many of the whole.
const OPENED: u64 = 25;
/// Deepest directory whose contents are told.
const LEVELS: usize = 6;
/// Most kinds of files.
const ENDINGS: usize = 30;
/// Longest ending of a name that tells a kind of file.
const LONGEST_ENDING: usize = 10;

/// What is below a name, of the layers that count.
#[derive(Default)]
struct Held {
    bytes: u64,
    /// The layer that has most of it.
    layer: u16,
}

/// The shares of directories, each with what is in it, largest first. Layers below `first` do not count.
pub(super) fn shares(merged: &Merged, first: usize) -> Vec<SizeShare> {
    let all = held(merged, merged.root(), first).bytes;
    within(merged, merged.root(), first, all, LEVELS)
}

fn within(merged: &Merged, directory: NodeId, first: usize, all: u64, levels: usize) -> Vec<SizeShare> {
    let overlay = &merged.overlay;
    let children = overlay.children(directory).map(|child| (child, held(merged, child, first)));
    let mut children: Vec<_> = children.filter(|(_, held)| held.bytes > 0).collect();
    children.sort_by_key(|(node, held)| (Reverse(held.bytes), *node));
    let own = children.iter().take_while(|(_, held)| held.bytes >= all / SMALLEST).count().min(MOST);
    // One name more takes no more room than the words that it is left out.
    let own = if children.len() == own + 1 { children.len() } else { own };
    let rest = children.split_off(own);
    let share = |(node, held): (NodeId, Held)| SizeShare {
        path: Some(merged.path(node)),
        name: readable(overlay.name(node)),
        layer: layer(merged, &held),
        bytes: held.bytes,
        is_directory: overlay.is_directory(node),
        within: if levels > 1 && overlay.is_directory(node) && held.bytes >= all / OPENED {
            within(merged, node, first, all, levels - 1)
        } else {
            Vec::new()
        },
    };
    let mut shares: Vec<_> = children.into_iter().map(share).collect();
    if let Some((_, largest)) = rest.first() {
        shares.push(SizeShare {
            path: None,
            name: format!("{} more", rest.len()),
            layer: layer(merged, largest),
            bytes: rest.iter().fold(0, |sum, (_, held)| sum.saturating_add(held.bytes)),
            is_directory: false,
            within: Vec::new(),
        });
    }
    shares
}

fn layer(merged: &Merged, held: &Held) -> u32 {
    number(merged.position(FileId { layer: held.layer, number: 0 }))
}

/// What is below a name. Each name counts, also where several are of one file, as it does in a directory's sum.
fn held(merged: &Merged, node: NodeId, first: usize) -> Held {
    let overlay = &merged.overlay;
    let mut layers: BTreeMap<u16, u64> = BTreeMap::new();
    let mut left = vec![node];
    while let Some(node) = left.pop() {
        if overlay.is_directory(node) {
            left.extend(overlay.children(node));
        } else if let Some(id) = overlay.contents(node).filter(|id| usize::from(id.layer) >= first) {
            let sum = layers.entry(id.layer).or_default();
            *sum = sum.saturating_add(merged.sum(node).bytes);
        }
    }
    let bytes = layers.values().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
    let most = layers.into_iter().max_by_key(|(layer, bytes)| (*bytes, Reverse(*layer)));
    Held { bytes, layer: most.map(|(layer, _)| layer).unwrap_or_default() }
}

/// The kinds of files, as the endings of their names tell, those of most bytes first.
pub(super) fn endings(merged: &Merged, first: usize) -> Vec<EndingShare> {
    let overlay = &merged.overlay;
    let mut sums: HashMap<Option<String>, (u64, u64)> = HashMap::new();
    let mut left = vec![merged.root()];
    while let Some(node) = left.pop() {
        if overlay.is_directory(node) {
            left.extend(overlay.children(node));
            continue;
        }
        let bytes = merged.sum(node).bytes;
        if bytes > 0 && overlay.contents(node).is_some_and(|id| usize::from(id.layer) >= first) {
            let sum = sums.entry(ending(overlay.name(node))).or_default();
            *sum = (sum.0 + 1, sum.1.saturating_add(bytes));
        }
    }
    let share = |(ending, (files, bytes))| EndingShare { ending, files, bytes };
    let mut shares: Vec<_> = sums.into_iter().map(share).collect();
    shares.sort_by(|one, other| (Reverse(one.bytes), &one.ending).cmp(&(Reverse(other.bytes), &other.ending)));
    shares.truncate(ENDINGS);
    shares
}

/// What a name says of the kind of its file, in small letters. Numbers are versions and tell nothing; those of a shared library
/// stand after its ending.
fn ending(name: &[u8]) -> Option<String> {
    let name = str::from_utf8(name).ok()?.to_ascii_lowercase();
    if has_library_version(name.as_bytes()) {
        return Some("so".to_owned());
    }
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = (1..=LONGEST_ENDING).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.bytes().any(|byte| byte.is_ascii_alphabetic());
    (is_ending && !stem.is_empty()).then(|| ending.to_owned())
}

/// Whether a name is a shared library's with a version after its ending: parts that begin with a digit, as in `libssl.so.1.0.2k`.
pub(super) fn has_library_version(name: &[u8]) -> bool {
    let at = name.windows(4).rposition(|part| part.eq_ignore_ascii_case(b".so."));
    let is_part =
        |part: &[u8]| part.first().is_some_and(u8::is_ascii_digit) && part.iter().all(u8::is_ascii_alphanumeric);
    let version = at.and_then(|at| name.get(at + 4..));
    version.is_some_and(|version| version.split(|byte| *byte == b'.').all(is_part))
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn endings_are_told_from_versions_and_hidden_names() {
        let told = |name: &str| ending(name.as_bytes());
        for (name, expected) in [
            ("main.PY", Some("py")),
            ("libc.so.6", Some("so")),
            ("libc.so", Some("so")),
            ("ld.so.conf", Some("conf")),
            ("x.so.py", Some("py")),
            ("libssl.so.1.0.2k", Some("so")),
            ("libstdc++.so.6.0.30-gdb.py", Some("py")),
            ("a.tar.gz", Some("gz")),
            ("perl5.36", None),
            (".bashrc", None),
            ("README", None),
            ("a.b-c", None),
            ("a.", None),
        ] {
            assert_eq!(told(name).as_deref(), expected, "{name}");
        }
        assert_eq!(ending(b"\xff.py"), None);
    }
}
