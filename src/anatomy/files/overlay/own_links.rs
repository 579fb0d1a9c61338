//! A layer's own symbolic links, as far as it has been read: whiteouts stand in the directories that they lead to.

use std::collections::HashMap;

/// Most symbolic links that are followed one after another.
pub(super) const LINKS: usize = 64;

/// Targets of links by where they are.
#[derive(Debug, Default)]
pub(super) struct OwnLinks(HashMap<Vec<u8>, Vec<u8>>);

impl OwnLinks {
    /// A link comes, at a cleaned path.
    pub(super) fn add(&mut self, path: &[u8], target: &[u8]) {
        if let Some(path) = self.resolve_parent(path) {
            self.0.insert(path, target.to_vec());
        }
    }

    /// Something else comes.
    pub(super) fn replace(&mut self, path: &[u8]) {
        if !self.0.is_empty() {
            self.0.remove(path);
        }
    }

    /// A directory's path with every link followed. None where they lead in a circle.
    pub(super) fn resolve(&self, directory: &[u8]) -> Option<Vec<u8>> {
        if self.0.is_empty() {
            return Some(directory.to_vec());
        }
        let mut left = Vec::new();
        go_on(&mut left, directory);
        let (mut path, mut links): (Vec<u8>, usize) = (Vec::new(), 0);
        while let Some(name) = left.pop() {
            let parent = path.len();
            if name == b".." {
                path.truncate(path.iter().rposition(|byte| *byte == b'/').unwrap_or(0));
                continue;
            }
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            if let Some(target) = self.0.get(&path) {
                links += 1;
                if links > LINKS {
                    return None;
                }
                path.truncate(if target.starts_with(b"/") { 0 } else { parent });
                go_on(&mut left, target);
            }
        }
        Some(path)
    }

    fn resolve_parent(&self, path: &[u8]) -> Option<Vec<u8>> {
        let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else { return Some(path.to_vec()) };
        let mut resolved = self.resolve(&path[..slash])?;
        if !resolved.is_empty() {
            resolved.push(b'/');
        }
        resolved.extend_from_slice(&path[slash + 1..]);
        Some(resolved)
    }
}

/// Puts a path's names before those that are left, the next one last.
fn go_on<'a>(left: &mut Vec<&'a [u8]>, path: &'a [u8]) {
    let names = path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"."));
    left.extend(names.rev());
}
