//! A large image's tree, as a page of it needs it: one directory in order, and names found in all of it.

use std::time::Instant;

use strata::anatomy::files::{FileEntry, FileKind, FileList, FilePath, NodeId, Overlay};

use crate::table::Table;

const LAYERS: usize = 10;
const FILES: usize = 50_000;
/// Of the files that one layer has, so many are in one directory.
const TOGETHER: usize = 1_000;

/// Half a million files in ten layers, one directory of ten thousand among them.
pub(crate) fn measure(table: &mut Table) {
    let layers: Vec<FileList> = (0..LAYERS).map(layer).collect();
    let layers: Vec<&FileList> = layers.iter().collect();
    let overlay = Overlay::of(&layers);
    let total = LAYERS * FILES;

    let directory = overlay.find(b"usr/share/together").unwrap();
    let begin = Instant::now();
    let mut by_name: Vec<_> = overlay.children(directory).collect();
    by_name.sort_unstable_by(|left, right| overlay.name(*left).cmp(overlay.name(*right)));
    let size = |node| {
        let file = overlay.file(node)?;
        Some(layers.get(usize::from(file.layer))?.get(file.number as usize)?.size())
    };
    let mut by_size: Vec<_> = overlay.children(directory).collect();
    by_size.sort_by_cached_key(|node| std::cmp::Reverse(size(*node)));
    let took = begin.elapsed().as_secs_f64() * 1e3 / 2.0;
    assert_eq!((by_name.len(), by_size.len()), (LAYERS * TOGETHER, LAYERS * TOGETHER));
    table.row(
        &format!("a directory of {} of an image's {total} files in order, without its page", by_name.len()),
        "≤ 20 ms",
        &format!("{took:.1} ms"),
        took <= 20.0,
    );

    let begin = Instant::now();
    let found = find(&overlay, b"-4999");
    let took = begin.elapsed().as_secs_f64() * 1e3;
    assert!(found.len() > LAYERS, "{}", found.len());
    table.row(
        &format!("a part of a path found in {total} files ({} times), without its page", found.len()),
        "≤ 100 ms",
        &format!("{took:.1} ms"),
        took <= 100.0,
    );
}

/// Every path that has these bytes. What is below one that has them has them, too.
fn find(overlay: &Overlay, part: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    // Names that are left, with how long the path of their directory is, and whether it has the bytes.
    let mut left: Vec<_> = overlay.children(NodeId::ROOT).map(|node| (node, 0, false)).collect();
    let mut path = Vec::new();
    while let Some((node, parent, has_it)) = left.pop() {
        path.truncate(parent);
        if parent > 0 {
            path.push(b'/');
        }
        path.extend_from_slice(overlay.name(node));
        let new = &path[parent.saturating_sub(part.len() - 1)..];
        let has_it = has_it || new.windows(part.len()).any(|window| window == part);
        if has_it {
            found.push(path.clone());
        }
        left.extend(overlay.children(node).map(|child| (child, path.len(), has_it)));
    }
    found
}

fn layer(number: usize) -> FileList {
    let mut files = FileList::default();
    for entry in 0..FILES {
        let path = if entry < TOGETHER {
            format!("usr/share/together/layer-{number}-file-{entry}")
        } else {
            format!("opt/service-{number}/share/package-{}/file-{entry}", entry / 50)
        };
        files.push(FileEntry {
            size: (entry * 7_919 % 10_007) as u64,
            ..FileEntry::new(FilePath::from_bytes(path.as_bytes()), FileKind::Regular)
        });
    }
    files
}
