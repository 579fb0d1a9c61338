//! Files with holes as GNU tar writes them.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use strata::anatomy::files::{FileKind, FileRef};
use strata::layers::LayerIndex;
use strata::layers::tar::{Ending, Entry, Visitor, Walker};
use tokio::sync::Semaphore;

use super::indexed::indexed;
use super::layout::{self, Packing};
use super::support::process::run;

/// Every way that GNU tar knows to write holes down.
const WAYS: [&[&str]; 4] = [
    &["--format=gnu"],
    &["--format=pax", "--sparse-version=0.0"],
    &["--format=pax", "--sparse-version=0.1"],
    &["--format=pax", "--sparse-version=1.0"],
];

/// Name, size, and where there is data: so many bytes of it.
type Made = (&'static str, u64, Vec<(u64, usize)>);

fn made() -> Vec<Made> {
    vec![
        ("begins-with-data", 100_000, vec![(0, 700)]),
        ("ends-with-data", 100_100, vec![(99_000, 1_100)]),
        ("hole", 500_000, Vec::new()),
        ("long-map", 3_000_000, (0..90).map(|number| (number * 33_280, 1_000)).collect()),
        ("plain", 3_000, vec![(0, 3_000)]),
    ]
}

fn write(folder: &Path) {
    for (name, size, stretches) in made() {
        let file = fs::File::create(folder.join(name)).unwrap();
        file.set_len(size).unwrap();
        for (place, length) in stretches {
            let data: Vec<u8> = (1..=250_u8).cycle().take(length).collect();
            file.write_all_at(&data, place).unwrap();
        }
        // GNU tar believes a file system that has not yet given a file its blocks.
        file.sync_all().unwrap();
    }
}

/// What GNU tar makes of them. It looks for zeros itself, so that it does not matter how long a block of the file system is.
fn archive(folder: &Path, way: &[&str]) -> Vec<u8> {
    let place = folder.to_str().unwrap();
    let names = made().into_iter().map(|(name, ..)| name);
    let options = ["--create", "--file=-", "--sparse", "--hole-detection=raw", "--directory", place];
    let arguments: Vec<&str> = way.iter().copied().chain(options).chain(names).collect();
    run(Path::new("tar"), &arguments)
}

/// What is stored of a file with holes: its blocks that are more than zeros.
fn stored(content: &[u8]) -> Vec<u8> {
    content.chunks(512).filter(|block| block.iter().any(|byte| *byte != 0)).flatten().copied().collect()
}

#[derive(Default)]
struct Listed(Vec<(Entry, Vec<u8>)>);

impl Visitor for Listed {
    fn entry(&mut self, entry: Entry) {
        self.0.push((entry, Vec::new()));
    }

    fn data(&mut self, bytes: &[u8]) {
        self.0.last_mut().unwrap().1.extend_from_slice(bytes);
    }

    fn end_of_entry(&mut self) {}
}

#[test]
fn what_stands_between_holes_is_what_gnu_tar_has_put_there() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    for way in WAYS {
        let (mut listed, mut walker) = (Listed::default(), Walker::new());
        walker.feed(&archive(folder.path(), way), &mut listed);
        assert!(matches!(walker.finish(), Ending::Marker { is_zero: true, .. }), "{way:?}");
        assert_eq!(listed.0.len(), made().len(), "{way:?}");
        for ((entry, data), (name, size, _)) in listed.0.iter().zip(made()) {
            let kind = if name == "plain" { FileKind::Regular } else { FileKind::Sparse };
            let content = fs::read(folder.path().join(name)).unwrap();
            assert_eq!(entry.path, name.as_bytes(), "{way:?}");
            assert_eq!((entry.kind, entry.size, entry.has_two_names), (kind, size, false), "{way:?}: {name}");
            let expected = if kind == FileKind::Sparse { stored(&content) } else { content };
            assert!(*data == expected, "{way:?}: {name} has {} bytes and not {}", data.len(), expected.len());
            assert_eq!(entry.stored_size, expected.len() as u64, "{way:?}: {name}");
        }
    }
}

/// Opens a file with the stored bytes that its location asks for.
fn opened(index: &LayerIndex, file: FileRef<'_>, layer: &[u8]) -> Option<Vec<u8>> {
    let location = index.locate(file)?;
    let range = location.stored();
    let needed = &layer[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
    let (mut bytes, mut contents) = (Vec::new(), location.contents(Arc::new(Semaphore::new(1))).unwrap());
    contents.feed(needed, &mut |given| bytes.extend_from_slice(given)).unwrap();
    Some(bytes)
}

#[tokio::test]
async fn files_with_holes_are_not_opened_and_those_behind_them_are() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let archives: Vec<_> = WAYS.iter().map(|way| archive(folder.path(), way)).collect();
    for packing in [Packing::Plain, Packing::Gzip, Packing::GzipMembers, Packing::Zstd] {
        let place = tempfile::tempdir().unwrap();
        layout::write(place.path(), packing, &[("holes", &archives)]);
        let image = layout::read(place.path(), "holes");
        for (index, (_, layer)) in indexed(&image).await.iter().zip(&image.layers) {
            assert_eq!(index.files.len(), made().len());
            for (file, (name, size, _)) in index.files.iter().zip(made()) {
                assert_eq!((file.path(), file.size()), (name.as_bytes(), size));
                let found = opened(index, file, layer);
                if name == "plain" {
                    let content = fs::read(folder.path().join(name)).unwrap();
                    assert_eq!(file.digest().copied(), Some(Sha256::digest(&content).into()), "{packing:?}");
                    assert!(found.as_ref() == Some(&content), "{packing:?}");
                } else {
                    assert_eq!((found, file.digest()), (None, None), "{packing:?}: {name}");
                }
            }
        }
    }
}
