//! Where a path leads when symbolic links are followed, as a program in the container would follow them.

use std::collections::VecDeque;

use super::overlay::Overlay;
use super::tree::NodeId;
use super::{FileKind, FileList, FileRef};

/// Most symbolic links that are followed one after another. Linux gives up after 40 (`path_resolution(7)`).
const LINKS: usize = 64;

/// Where a path leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// To something that is there.
    To(NodeId),
    /// To nothing.
    Nowhere,
    /// Through more links than are followed: mostly in a circle.
    Circle,
}

/// Follows a path from a directory on, links in it and at its end included. Nothing leads above the root. `layers` are those that
/// were laid over each other.
pub fn resolve(overlay: &Overlay, layers: &[&FileList], from: NodeId, path: &[u8]) -> Resolved {
    let mut left: VecDeque<Vec<u8>> = components(path);
    let mut at = if path.first() == Some(&b'/') { overlay.root() } else { from };
    let mut links = 0;
    while let Some(name) = left.pop_front() {
        if !overlay.is_directory(at) {
            return Resolved::Nowhere;
        }
        if name == b".." {
            at = overlay.parent(at);
            continue;
        }
        let Some(next) = overlay.child(at, &name) else { return Resolved::Nowhere };
        let Some(target) = target(overlay, layers, next) else {
            at = next;
            continue;
        };
        links += 1;
        if links > LINKS {
            return Resolved::Circle;
        }
        if target.first() == Some(&b'/') {
            at = overlay.root();
        }
        for component in components(target).into_iter().rev() {
            left.push_front(component);
        }
        if left.len() > super::LONGEST_PATH {
            return Resolved::Nowhere;
        }
    }
    Resolved::To(at)
}

fn components(path: &[u8]) -> VecDeque<Vec<u8>> {
    path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b".")).map(<[u8]>::to_vec).collect()
}

/// Where a symbolic link leads.
fn target<'a>(overlay: &Overlay, layers: &[&'a FileList], node: NodeId) -> Option<&'a [u8]> {
    let file = overlay.file(node)?;
    let entry: FileRef<'a> = layers.get(usize::from(file.layer))?.get(file.number as usize)?;
    (entry.kind() == FileKind::Symlink).then(|| entry.link_target())
}
