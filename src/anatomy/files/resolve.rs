//! Where a path leads when symbolic links are followed, as a program in the container would follow them.

use super::overlay::Overlay;
use super::tree::NodeId;
use super::way::{DeadEnd, Way};
use super::{FileKind, FileList, FileRef};

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
    let mut way = Way::new(overlay.root(), path);
    if !path.starts_with(b"/") {
        let (begin, nodes) = overlay.way(overlay.root(), from);
        way = way.beginning_at(begin);
        for node in nodes {
            way.go_to(overlay.name(node), node);
        }
    }
    while let Some(name) = way.next() {
        let Some(next) = overlay.child(way.at(), name) else { return Resolved::Nowhere };
        match target(overlay, layers, next).map(|target| way.follow(target)) {
            Some(Ok(())) => {}
            Some(Err(DeadEnd::Circle)) => return Resolved::Circle,
            Some(Err(DeadEnd::TooLong)) => return Resolved::Nowhere,
            // What is no directory ends the way, also before what leads upwards.
            None if !overlay.is_directory(next) && !way.is_at_end() => return Resolved::Nowhere,
            None => way.go_to(name, next),
        }
    }
    Resolved::To(way.at())
}

/// Where a symbolic link leads.
fn target<'a>(overlay: &Overlay, layers: &[&'a FileList], node: NodeId) -> Option<&'a [u8]> {
    let file = overlay.file(node)?;
    let entry: FileRef<'a> = layers.get(usize::from(file.layer))?.get(file.number as usize)?;
    (entry.kind() == FileKind::Symlink).then(|| entry.link_target())
}
