//! The score of dive, the best known tool for this question, exactly as it counts: so that a person who knows it can compare.
//!
//! Its rules (dive 0.13, `dive/filetree/efficiency.go`, `dive/image/analysis.go`): in each layer by itself, only leaves are looked
//! at; a deleted file weighs nothing, a deleted directory what was in it; opaque directories are not known; the copy that is still
//! needed counts as waste, too. [`DeadBytes`](super::DeadBytes) says what a person would rather know.

use std::collections::BTreeMap;

use super::whiteout::Whiteout;
use super::{FileKind, FileList};

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

/// A layer, or a stack of them, as dive keeps it.
type Paths = BTreeMap<Vec<Vec<u8>>, Node>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    /// A directory with entries below it and none of its own.
    Implied,
    Directory,
    File(u64),
    Whiteout,
}

impl Node {
    fn size(self) -> u64 {
        if let Node::File(size) = self { size } else { 0 }
    }
}

#[derive(Default)]
struct Path {
    count: u64,
    cumulative: u64,
    least: Option<u64>,
}

impl DiveScore {
    /// Counts as dive does.
    pub fn of(layers: &[&FileList]) -> DiveScore {
        let mut paths: BTreeMap<Vec<Vec<u8>>, Path> = BTreeMap::new();
        let mut stack = Paths::new();
        let mut sizes = Vec::new();
        for layer in layers {
            let tree = tree(layer);
            visit(&tree, &stack, &mut paths);
            lay(&mut stack, &tree);
            sizes.push(layer.iter().map(size).sum::<u64>());
        }
        let (mut least, mut cumulative) = (0_u64, 0_u64);
        let mut inefficient = Vec::new();
        for (path, met) in paths {
            least += met.least.unwrap_or_default();
            cumulative += met.cumulative;
            if met.count >= 2 {
                let (count, cumulative_bytes) = (met.count, met.cumulative);
                inefficient.push(InefficientPath { path: path.join(&b'/'), count, cumulative_bytes });
            }
        }
        inefficient.sort_by_key(|path| std::cmp::Reverse(path.cumulative_bytes));
        let size_bytes = sizes.iter().sum();
        DiveScore {
            score: ratio(least, cumulative),
            size_bytes,
            user_size_bytes: size_bytes - sizes.first().copied().unwrap_or_default(),
            wasted_bytes: inefficient.iter().map(|path| path.cumulative_bytes).sum(),
            inefficient,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the score is what dive reckons, in the same way")]
fn ratio(least: u64, cumulative: u64) -> f64 {
    if cumulative == 0 { 1.0 } else { least as f64 / cumulative as f64 }
}

fn size(file: super::FileRef<'_>) -> u64 {
    if matches!(file.kind(), FileKind::Regular | FileKind::Sparse | FileKind::Other(_)) { file.size() } else { 0 }
}

/// A layer by itself. Of an entry that is there twice the last one counts.
fn tree(layer: &FileList) -> Paths {
    let mut tree = Paths::new();
    for file in layer.iter() {
        let path: Vec<Vec<u8>> = file.path().split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect();
        let node = match path.last().map(|name| (name.as_slice(), Whiteout::of(name))) {
            None | Some((b"", _) | (_, Some(Whiteout::Malformed | Whiteout::Opaque | Whiteout::Leftover))) => continue,
            Some((_, Some(Whiteout::Name(_)))) => Node::Whiteout,
            Some((_, None)) if file.kind() == FileKind::Directory => Node::Directory,
            Some((_, None)) => Node::File(size(file)),
        };
        for length in 1..path.len() {
            tree.entry(path[..length].to_vec()).or_insert(Node::Implied);
        }
        tree.insert(path, node);
    }
    tree
}

/// The path that a whiteout names; every other one is its own.
fn named(path: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut path = path.to_vec();
    if let Some(name) = path.last_mut()
        && let Some(Whiteout::Name(target)) = Whiteout::of(name)
    {
        *name = target.to_vec();
    }
    path
}

/// The paths below one, which follow it in their order.
fn below<'a>(tree: &'a Paths, path: &'a [Vec<u8>]) -> impl Iterator<Item = (&'a Vec<Vec<u8>>, &'a Node)> {
    tree.range(path.to_vec()..)
        .skip_while(move |(other, _)| other.as_slice() == path)
        .take_while(move |(other, _)| other.starts_with(path))
}

/// Counts the leaves of a layer. dive ends the walk at the first whiteout of what is not there.
fn visit(tree: &Paths, stack: &Paths, paths: &mut BTreeMap<Vec<Vec<u8>>, Path>) {
    for (path, node) in tree {
        if below(tree, path).next().is_some() {
            continue;
        }
        let named = named(path);
        let size = match (node, stack.get(&named)) {
            (Node::Whiteout, None) => return,
            (Node::Whiteout, Some(Node::Directory)) => below(stack, &named).map(|(_, node)| node.size()).sum(),
            _ => node.size(),
        };
        let met = paths.entry(named).or_default();
        met.count += 1;
        met.cumulative += size;
        met.least = Some(met.least.map_or(size, |least| least.min(size)));
    }
}

/// Lays a layer over a stack.
fn lay(stack: &mut Paths, tree: &Paths) {
    for (path, node) in tree {
        match node {
            Node::Whiteout => {
                let named = named(path);
                let gone: Vec<_> = below(stack, &named).map(|(path, _)| path.clone()).collect();
                for path in gone.iter().chain([&named]) {
                    stack.remove(path);
                }
            }
            Node::Implied => {
                stack.entry(path.clone()).or_insert(Node::Implied);
            }
            Node::Directory | Node::File(_) => {
                stack.insert(path.clone(), *node);
            }
        }
    }
}
