//! Many layers laid over each other.

use std::time::Instant;

use strata::anatomy::files::{FileEntry, FileKind, FileList, FilePath, Overlay};

use crate::table::Table;

const LAYERS: usize = 100;
const ENTRIES: usize = 10_000;

/// A hundred layers of ten thousand entries each, no path twice.
pub(crate) fn measure(table: &mut Table) {
    let layers: Vec<FileList> = (0..LAYERS).map(layer).collect();
    let layers: Vec<&FileList> = layers.iter().collect();
    let begin = Instant::now();
    let overlay = Overlay::of(&layers);
    let took = begin.elapsed().as_secs_f64() * 1e3;
    assert_eq!(overlay.losses().len(), 0);
    let memory = overlay.weight() as f64 / 1e6;
    table.row(
        &format!("{LAYERS} layers of {ENTRIES} entries with distinct paths, laid over each other"),
        "≤ 300 ms, ≤ 150 MB",
        &format!("{took:.0} ms, {memory:.0} MB"),
        took <= 300.0 && memory <= 150.0,
    );
}

fn layer(number: usize) -> FileList {
    let mut files = FileList::default();
    for entry in 0..ENTRIES {
        let path = format!("opt/service-{number}/lib/package-{}/file-{entry}.so", entry / 50);
        files.push(FileEntry {
            size: 1_000,
            stored_size: 1_000,
            ..FileEntry::new(FilePath::from_bytes(path.as_bytes()), FileKind::Regular)
        });
    }
    files
}
