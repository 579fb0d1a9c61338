//! Indexes written and read again.

use proptest::prelude::*;

use super::*;
use crate::anatomy::files::{FileEntry, FileKind, FileMarks, FilePath, Timestamp};
use crate::layers::checkpoint::Within;

fn any_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

fn any_entry() -> impl Strategy<Value = FileEntry> {
    let kinds = prop_oneof![
        Just(FileKind::Regular),
        Just(FileKind::Directory),
        Just(FileKind::Symlink),
        Just(FileKind::Sparse),
        any::<u8>().prop_map(FileKind::Other),
    ];
    let numbers = (any::<u16>(), any::<i64>(), any::<i64>(), any::<i64>(), 0_u32..1_000_000_000);
    let sizes = (any::<u64>(), any::<u64>(), 0_u64..1 << 40, any::<u64>());
    let rest = (
        proptest::option::of((any::<i64>(), any::<i64>())),
        proptest::collection::vec((any_bytes(20), any_bytes(40)), 0..3),
        proptest::option::of(any::<[u8; 32]>()),
        any::<[bool; 4]>(),
    );
    (any_bytes(60), any_bytes(30), kinds, numbers, sizes, rest).prop_map(
        |(path, link_target, kind, numbers, sizes, rest)| {
            let (mode, user, group, seconds, nanoseconds) = numbers;
            let (size, stored_size, block, stored_end) = sizes;
            let (device, attributes, digest, [leaves_root, has_two_names, is_cut, lost_attributes]) = rest;
            FileEntry {
                path: FilePath::from_bytes(&path),
                kind,
                link_target,
                mode,
                user,
                group,
                modified: Timestamp { seconds, nanoseconds },
                size,
                stored_size,
                device,
                attributes,
                digest,
                data_at: block * 512,
                stored_end,
                marks: FileMarks { leaves_root, has_two_names, is_cut, lost_attributes },
            }
        },
    )
}

fn packed(entries: &[FileEntry]) -> Packed {
    let mut files = FileList::default();
    for entry in entries {
        files.push(entry.clone());
    }
    let window = crate::layers::gzip::Window::of(&[7; 32]);
    let within = Some(Within { bits: 3, value: 5, window });
    Packed {
        summary: Summary {
            format: Format::Gzip,
            stored_size: 7,
            archive_size: 9,
            diff_id: None,
            ending: Ending::Limit(Reached::Entries(3)),
        },
        blocks: vec![Block::pack(&files).unwrap()],
        checkpoints: vec![Checkpoint { archive_at: 1, stored_at: 2, within }],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(entries in proptest::collection::vec(any_entry(), 0..20)) {
        let packed = packed(&entries);
        let (summary, checkpoints) = (packed.summary.clone(), packed.checkpoints.clone());
        let index = decode(&packed.encode().unwrap()).unwrap();
        prop_assert_eq!(index.summary, summary);
        prop_assert_eq!(index.checkpoints, checkpoints);
        let read: Vec<_> = index.files.iter().map(crate::anatomy::files::FileRef::to_entry).collect();
        prop_assert_eq!(read, entries);
    }

    #[test]
    fn damage_is_noticed(entries in proptest::collection::vec(any_entry(), 0..4), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = packed(&entries).encode().unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert!(matches!(decode(&bytes), Err(IndexError::Damaged)));
        prop_assert!(matches!(decode(&bytes[..place]), Err(IndexError::Damaged)));
    }

    /// Columns that do not fit together, as no check sum tells of them.
    #[test]
    fn any_block_is_read_or_refused(bytes in any_bytes(400)) {
        let block = Block { entries: 1, text: 1, packed: zstd::bulk::compress(&bytes, 1).unwrap() };
        let mut files = FileList::default();
        let _ = block.unpack(&mut files);
        crate::layers::laws::index(&bytes);
    }
}

#[test]
fn an_entry_takes_little_room() {
    let mut files = FileList::default();
    for number in 0..10_000_u32 {
        files.push(FileEntry {
            path: FilePath::from_bytes(format!("usr/share/doc/package-{}/file-{number}", number / 40).as_bytes()),
            kind: FileKind::Regular,
            link_target: Vec::new(),
            mode: 0o644,
            user: 0,
            group: 0,
            modified: Timestamp { seconds: 1_700_000_000 + i64::from(number % 77), nanoseconds: 0 },
            size: u64::from(number * 37 % 9_001),
            stored_size: u64::from(number * 37 % 9_001),
            device: None,
            attributes: Vec::new(),
            digest: None,
            data_at: u64::from(number) * 10_240 + 512,
            stored_end: u64::from(number) * 3_000,
            marks: FileMarks::default(),
        });
    }
    let packed = Packed { blocks: vec![Block::pack(&files).unwrap()], ..packed(&[]) };
    let bytes = packed.encode().unwrap().len();
    assert!(bytes < 20 * 10_000, "{bytes}");
    assert!(files.weight() < 180 * 10_000, "{}", files.weight());
}

/// What is taken for a whole layer is counted, compared and kept for ever.
#[test]
fn only_what_was_read_to_its_end_is_whole() {
    let is_whole = |ending: Ending| {
        Summary { format: Format::Gzip, stored_size: 9, archive_size: 2_048, diff_id: None, ending }.is_whole()
    };
    let archive = |archive: tar::Ending| is_whole(Ending::Archive { archive, trailing_bytes: 0 });
    assert!(archive(tar::Ending::NoMarker));
    assert!(archive(tar::Ending::Marker { trailing_bytes: 7, is_zero: false }));
    assert!(!archive(tar::Ending::Truncated));
    assert!(!archive(tar::Ending::Damaged { at: 512, damage: tar::Damage::Checksum }));
    assert!(!is_whole(Ending::Limit(Reached::Entries(3))));
    assert!(!is_whole(Ending::Broken(UnpackError::Unknown)));
}
