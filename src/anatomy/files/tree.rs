//! A tree of names, in little memory: what a stack of layers becomes.

use std::hash::BuildHasher as _;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::names::Names;

/// Which entry of which layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// The layer's number, counted from zero at the bottom.
    pub layer: u16,
    /// The entry's number in the layer's archive, counted from zero.
    pub number: u32,
}

/// A name in a tree. [`NodeId::ROOT`] is the image's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The root.
    pub const ROOT: NodeId = NodeId(0);

    /// Its place among all names, gone ones included. Whatever is in a directory stands after it.
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// What stands under a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) parent: NodeId,
    first_child: Option<NonRoot>,
    next_sibling: Option<NonRoot>,
    name_begin: u32,
    name_length: u16,
    pub(super) is_directory: bool,
    /// In this layer it was deleted or replaced by something under the same name.
    pub(super) gone_by: Option<u16>,
    /// The entry that it is. None for a directory that has entries below it and none of its own.
    pub(super) file: Option<FileId>,
}

/// A node that is not the root: an option of it takes no more room.
type NonRoot = std::num::NonZeroU32;

/// Bytes of a name, about: what Debian's packages have on the average.
const NAME: usize = 14;

/// The same of a tree that is full before it has as many names as it may have.
const LONG_NAME: usize = 64;

/// Names in directories. Names that are gone stay in it, so that they can be told.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    names: Vec<u8>,
    /// Nodes that are not gone, by directory and name.
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Which names are the same.
    compared: Names,
}

impl Tree {
    /// With a root that has no entry, and room for so many names.
    pub(super) fn new(names: usize, compared: Names) -> Tree {
        let mut tree = Tree {
            nodes: Vec::with_capacity(names),
            names: Vec::with_capacity(names.saturating_mul(NAME)),
            index: HashTable::with_capacity(names),
            hasher: DefaultHashBuilder::default(),
            compared,
        };
        tree.nodes.push(Node {
            parent: NodeId::ROOT,
            first_child: None,
            next_sibling: None,
            name_begin: 0,
            name_length: 0,
            is_directory: true,
            gone_by: None,
            file: None,
        });
        tree
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.at()]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.at()]
    }

    /// How many names there are, gone ones included.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has so many names, or ones so long, that no more are to be added.
    pub(super) fn is_full(&self, most_names: usize) -> bool {
        self.nodes.len() >= most_names || self.names.len() >= most_names.saturating_mul(LONG_NAME)
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    pub(super) fn name(&self, id: NodeId) -> &[u8] {
        let node = self.node(id);
        &self.names[node.name_begin as usize..][..usize::from(node.name_length)]
    }

    /// What stands under a name in a directory and is not gone.
    pub(super) fn child(&self, parent: NodeId, name: &[u8]) -> Option<NodeId> {
        let name = self.compared.key(name);
        let hash = self.hasher.hash_one((parent, &*name));
        let is_it =
            |id: &u32| self.nodes[*id as usize].parent == parent && self.compared.key(self.name(NodeId(*id))) == name;
        self.index.find(hash, is_it).copied().map(NodeId)
    }

    /// A name in a directory, new where it does not have it.
    pub(super) fn add(&mut self, parent: NodeId, name: &[u8], is_directory: bool) -> NodeId {
        self.find_or_add(parent, name, is_directory).unwrap_or_else(|id| id)
    }

    /// A new name in a directory.
    ///
    /// # Errors
    ///
    /// What stands under that name already and is not gone.
    pub(super) fn find_or_add(&mut self, parent: NodeId, name: &[u8], is_directory: bool) -> Result<NodeId, NodeId> {
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let Tree { nodes, names, index, hasher, compared } = self;
        let key = compared.key(name);
        let own_name = |node: &Node| &names[node.name_begin as usize..][..usize::from(node.name_length)];
        let is_it = |other: &u32| {
            let other = &nodes[*other as usize];
            other.parent == parent && compared.key(own_name(other)) == key
        };
        let hash = |other: &u32| {
            let other = &nodes[*other as usize];
            hasher.hash_one((other.parent, &*compared.key(own_name(other))))
        };
        // Looked up once: most names of a layer are new, and a large tree is not in the processor's cache.
        match index.entry(hasher.hash_one((parent, &*key)), is_it, hash) {
            Entry::Occupied(entry) => return Err(NodeId(*entry.get())),
            Entry::Vacant(entry) => entry.insert(id),
        };
        let next_sibling = nodes[parent.at()].first_child;
        nodes.push(Node {
            parent,
            first_child: None,
            next_sibling,
            name_begin: u32::try_from(names.len()).unwrap_or(u32::MAX),
            name_length: u16::try_from(name.len()).unwrap_or(u16::MAX),
            is_directory,
            gone_by: None,
            file: None,
        });
        nodes[parent.at()].first_child = NonRoot::new(id);
        names.extend_from_slice(name);
        Ok(NodeId(id))
    }

    /// Takes a name out of its directory, with everything below it, and tells of each of them, the deepest last.
    pub(super) fn remove(&mut self, id: NodeId, layer: u16, mut tell: impl FnMut(NodeId, &Node)) {
        let mut left = vec![id];
        while let Some(id) = left.pop() {
            left.extend(self.children(id));
            let hash = self.hasher.hash_one((self.node(id).parent, &*self.compared.key(self.name(id))));
            if let Ok(entry) = self.index.find_entry(hash, |other| *other == id.0) {
                entry.remove();
            }
            let node = self.node_mut(id);
            node.gone_by = Some(layer);
            tell(id, node);
        }
    }

    /// The names in a directory that are not gone, in no order.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.all_children(id).filter(|id| self.node(*id).gone_by.is_none())
    }

    /// The names in a directory, those that are gone included, in no order.
    pub(super) fn all_children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let of = |next: Option<NonRoot>| next.map(|id| NodeId(id.get()));
        std::iter::successors(of(self.node(id).first_child), move |id| of(self.node(*id).next_sibling))
    }

    /// Bytes of memory that it takes, about.
    pub(super) fn weight(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.names.capacity() + self.index.capacity() * 5
    }
}
