//! The score of dive, the best known tool for this question, exactly as it counts: so that a person who knows it can compare.
//!
//! Its rules (dive 0.13, `dive/filetree/efficiency.go`, `dive/image/analysis.go`): in each layer by itself, only leaves are looked
//! at; a deleted file weighs nothing, a deleted directory what was in it; opaque directories are not known; the copy that is still
//! needed counts as waste, too. Its mistakes are kept, as they are in the figures that people compare with: a whiteout of what is not
//! there ends the count of its layer and takes a byte off; the lowest layer lies over itself.
//! [`DeadBytes`](super::DeadBytes) says what a person would rather know.

use std::collections::BTreeMap;

use super::{FileKind, FileList, FileRef};

/// What dive would say of an image.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DiveScore {
    /// 1 where nothing was written twice.
    pub score: f64,
    /// Bytes of all entries of all layers.
    pub size_bytes: u64,
    /// The same without the first layer.
    pub user_size_bytes: u64,
    /// Bytes of all paths that several layers have.
    pub wasted_bytes: u64,
    /// Paths that several layers have, those of most bytes first.
    pub inefficient: Vec<InefficientPath>,
}

/// A path that several layers have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InefficientPath {
    /// The path.
    pub path: Vec<u8>,
    /// In how many layers it was met.
    pub count: u64,
    /// The bytes of all of them.
    pub cumulative_bytes: u64,
}

const WHITEOUT: &[u8] = b".wh.";
/// Names that begin so are left out, and what stands below them.
const LEFT_OUT: &[u8] = b".wh..wh..";

/// A layer, or a stack of them, as dive keeps it; flat, as names can be deeper than a thread's memory allows. The first node is the
/// root.
#[derive(Debug, Clone)]
struct Tree(Vec<Node>);

/// A name. A whiteout is one like any other.
#[derive(Debug, Clone, Default)]
struct Node {
    parent: usize,
    name: Vec<u8>,
    /// Not so for a directory that has entries below it and none of its own.
    is_directory: bool,
    size: u64,
    children: BTreeMap<Vec<u8>, usize>,
}

/// What was met under a path.
struct Met {
    count: u64,
    cumulative: u64,
    /// The smallest size, or -1 where nothing was counted.
    least: i64,
}

impl DiveScore {
    /// Counts as dive does.
    pub fn of(layers: &[&FileList]) -> DiveScore {
        let mut paths: BTreeMap<Vec<u8>, Met> = BTreeMap::new();
        let mut stack: Option<Tree> = None;
        for layer in layers {
            let tree = Tree::of(layer);
            let stack = stack.get_or_insert_with(|| tree.clone());
            // What comes after a mistake in the layer is not counted.
            let _ = visit(&tree, stack, &mut paths);
            stack.lay(&tree);
        }
        let (mut least, mut cumulative) = (0_i64, 0_u64);
        let mut inefficient = Vec::new();
        for (path, met) in paths {
            least = least.saturating_add(met.least);
            cumulative = cumulative.saturating_add(met.cumulative);
            if met.count >= 2 {
                inefficient.push(InefficientPath { path, count: met.count, cumulative_bytes: met.cumulative });
            }
        }
        inefficient.sort_by_key(|path| std::cmp::Reverse(path.cumulative_bytes));
        let sizes: Vec<u64> = layers.iter().map(|layer| sum(layer.iter().map(size))).collect();
        let size_bytes = sum(sizes.iter().copied());
        DiveScore {
            score: ratio(least, cumulative),
            size_bytes,
            user_size_bytes: sum(sizes.iter().skip(1).copied()),
            wasted_bytes: sum(inefficient.iter().map(|path| path.cumulative_bytes)),
            inefficient,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the score is what dive reckons, in the same way")]
fn ratio(least: i64, cumulative: u64) -> f64 {
    if cumulative == 0 { 1.0 } else { least as f64 / cumulative as f64 }
}

fn size(file: FileRef<'_>) -> u64 {
    if file.kind().has_contents() { file.size() } else { 0 }
}

/// A file with holes can claim any size.
fn sum(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

/// Counts the leaves of a layer; an error where dive makes one.
fn visit(tree: &Tree, stack: &Tree, paths: &mut BTreeMap<Vec<u8>, Met>) -> Result<(), ()> {
    for node in tree.children_first().into_iter().filter(|node| tree.0[*node].children.is_empty()) {
        let path = tree.path(node);
        let met = paths.entry(path.join(&b'/')).or_insert(Met { count: 0, cumulative: 0, least: -1 });
        let size = if tree.is_whiteout(node) {
            let deleted = stack.find(&path).ok_or(())?;
            if stack.0[deleted].is_directory { stack.size_of_all(deleted) } else { 0 }
        } else {
            tree.0[node].size
        };
        met.count += 1;
        met.cumulative = met.cumulative.saturating_add(size);
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        met.least = if met.least < 0 { size } else { met.least.min(size) };
    }
    Ok(())
}

impl Tree {
    /// A layer by itself. Of an entry that is there twice the last one counts.
    fn of(layer: &FileList) -> Tree {
        let mut tree = Tree(vec![Node::default()]);
        for file in layer.iter().filter(|file| !file.path().is_empty()) {
            let path: Vec<&[u8]> = file.path().split(|byte| *byte == b'/').collect();
            tree.add(&path, file.kind() == FileKind::Directory, size(file));
        }
        tree
    }

    fn add(&mut self, path: &[&[u8]], is_directory: bool, size: u64) {
        let mut at = 0;
        for name in path {
            at = match self.0[at].children.get(*name) {
                Some(child) => *child,
                None if name.starts_with(LEFT_OUT) => return,
                None => {
                    let child = self.0.len();
                    self.0.push(Node { parent: at, name: name.to_vec(), ..Node::default() });
                    self.0[at].children.insert(name.to_vec(), child);
                    child
                }
            };
        }
        (self.0[at].is_directory, self.0[at].size) = (is_directory, size);
    }

    /// Lays a layer over this stack.
    fn lay(&mut self, upper: &Tree) {
        for node in upper.children_first() {
            let path = upper.path(node);
            if upper.is_whiteout(node) {
                self.remove(&path);
            } else {
                self.add(&path, upper.0[node].is_directory, upper.0[node].size);
            }
        }
    }

    fn remove(&mut self, path: &[&[u8]]) {
        // The root is never removed.
        if let Some(node) = self.find(path).filter(|node| *node > 0) {
            let (parent, name) = (self.0[node].parent, std::mem::take(&mut self.0[node].name));
            self.0[parent].children.remove(&name);
        }
    }

    fn find(&self, path: &[&[u8]]) -> Option<usize> {
        let mut names = path.iter().filter(|name| !name.is_empty());
        names.try_fold(0, |at, name| self.0[at].children.get(*name).copied())
    }

    fn is_whiteout(&self, node: usize) -> bool {
        self.0[node].name.starts_with(WHITEOUT)
    }

    /// The names on the way to a node. If it is a whiteout, the last one is what it deletes: no name at all, maybe.
    fn path(&self, node: usize) -> Vec<&[u8]> {
        let own = &self.0[node].name;
        let mut path = vec![own.strip_prefix(WHITEOUT).unwrap_or(own)];
        let mut at = self.0[node].parent;
        while at > 0 {
            path.push(&self.0[at].name);
            at = self.0[at].parent;
        }
        path.reverse();
        path
    }

    /// All nodes but the root in the order of their names, what is in a directory before the directory itself.
    fn children_first(&self) -> Vec<usize> {
        let mut order = self.below(0);
        order.reverse();
        order.pop();
        order
    }

    /// A node and everything below it, the last names first.
    fn below(&self, node: usize) -> Vec<usize> {
        let (mut below, mut left) = (Vec::new(), vec![node]);
        while let Some(node) = left.pop() {
            below.push(node);
            left.extend(self.0[node].children.values());
        }
        below
    }

    fn size_of_all(&self, node: usize) -> u64 {
        sum(self.below(node).into_iter().map(|node| self.0[node].size))
    }
}
