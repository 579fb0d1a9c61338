//! Layers made here, read, and opened again.

mod limits;

use std::io::Write as _;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::anatomy::files::{FileKind, FileList, FileRef};
use crate::layers::{LayerIndex, NotALayer, decode, tar};

/// How a layer is packed.
#[derive(Debug, Clone, Copy)]
enum Packing {
    Tar,
    /// With a member for so many bytes of the archive each.
    Gzip(usize),
    /// With a frame for so many bytes of the archive each.
    Zstd(usize),
}

fn pack(archive: &[u8], packing: Packing) -> Vec<u8> {
    match packing {
        Packing::Tar => archive.to_vec(),
        Packing::Gzip(length) => archive
            .chunks(length)
            .flat_map(|piece| {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                encoder.write_all(piece).unwrap();
                encoder.finish().unwrap()
            })
            .collect(),
        Packing::Zstd(length) => {
            archive.chunks(length).flat_map(|piece| zstd::bulk::compress(piece, 3).unwrap()).collect()
        }
    }
}

/// An archive of regular files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_000);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn digest(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::Sha256(Box::default());
    hasher.update(bytes);
    hasher.finish()
}

fn try_pass(stored: &[u8], piece: usize, limits: &LayerLimits) -> Result<Packed, PassError<std::convert::Infallible>> {
    let digest = digest(stored);
    let progress = Progress::default();
    let order = Order {
        digest: &digest,
        size: Some(stored.len() as u64),
        limits,
        large_windows: Arc::new(Semaphore::new(1)),
        progress: &progress,
    };
    read(stored.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))), &order)
}

fn try_read(
    stored: &[u8],
    piece: usize,
    limits: &LayerLimits,
) -> Result<LayerIndex, PassError<std::convert::Infallible>> {
    Ok(decode(&try_pass(stored, piece, limits)?.encode()?).unwrap())
}

fn read_whole(stored: &[u8], piece: usize) -> LayerIndex {
    try_read(stored, piece, &LayerLimits::default()).unwrap()
}

/// Opens a file with nothing but the stored bytes that its location asks for.
fn contents(index: &LayerIndex, file: FileRef<'_>, stored: &[u8]) -> Vec<u8> {
    let location = index.locate(file).unwrap();
    let range = location.stored();
    let mut contents = location.contents(Arc::new(Semaphore::new(1))).unwrap();
    let mut bytes = Vec::new();
    let needed = &stored[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
    for piece in needed.chunks(10_000) {
        contents.feed(piece, &mut |given| bytes.extend_from_slice(given)).unwrap();
    }
    assert_eq!(contents.left(), 0, "{location:?} {range:?} of {}", stored.len());
    bytes
}

fn is_whole(index: &LayerIndex) -> bool {
    let archive = tar::Ending::Marker { trailing_bytes: 0, is_zero: true };
    index.summary.ending == Ending::Archive { archive, trailing_bytes: 0 }
}

#[test]
fn a_layer_is_the_same_however_it_is_packed() {
    let large = vec![7; 100_000];
    let files = [("etc/passwd", &b"root:x:0:0"[..]), ("empty", b""), ("usr/bin/tool", &large)];
    let archive = archive(&files);
    for packing in
        [Packing::Tar, Packing::Gzip(usize::MAX), Packing::Gzip(700), Packing::Zstd(usize::MAX), Packing::Zstd(999)]
    {
        let stored = pack(&archive, packing);
        for piece in [1, 511, 65_536, usize::MAX] {
            let index = read_whole(&stored, piece);
            assert!(is_whole(&index), "{packing:?}: {:?}", index.summary);
            assert_eq!(index.summary.diff_id, Some(digest(&archive)), "{packing:?}");
            assert_eq!(index.summary.archive_size, archive.len() as u64);
            let listed: Vec<_> = index.files.iter().map(|file| (file.path(), file.size())).collect();
            assert_eq!(listed, [(&b"etc/passwd"[..], 10), (b"empty", 0), (b"usr/bin/tool", 100_000)], "{packing:?}");
            for (file, (_, content)) in index.files.iter().zip(files) {
                assert_eq!(file.digest().copied(), Some(Sha256::digest(content).into()), "{packing:?}");
                assert_eq!(contents(&index, file, &stored), content, "{packing:?}");
            }
        }
    }
}

/// Bytes that pack as those of programs do: words of a few letters, and stretches that repeat.
fn text(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut bytes = Vec::with_capacity(length + 16);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [first, second, ..] = state.to_le_bytes();
        if first < 120 && bytes.len() > 64 {
            let distance = 1 + usize::try_from(state >> 40).unwrap() % bytes.len().min(32_000);
            let begin = bytes.len() - distance;
            let end = bytes.len().min(begin + 4 + usize::from(second % 60));
            bytes.extend_from_within(begin..end);
        } else {
            bytes.extend_from_slice(&state.to_le_bytes()[..6]);
        }
    }
    bytes.truncate(length);
    bytes
}

#[test]
fn a_file_costs_the_bytes_between_its_checkpoint_and_its_end() {
    let contents_of: Vec<Vec<u8>> = (0..1_200).map(|seed| text(20_000, seed)).collect();
    let names: Vec<String> = (0..1_200).map(|number| format!("usr/share/{number}")).collect();
    let files: Vec<_> =
        names.iter().zip(&contents_of).map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let archive = archive(&files);
    for packing in [Packing::Gzip(usize::MAX), Packing::Gzip(300_000), Packing::Zstd(50_000)] {
        let stored = pack(&archive, packing);
        let index = read_whole(&stored, 70_000);
        assert!(index.checkpoints.len() > 3, "{packing:?}: {} of {}", index.checkpoints.len(), stored.len());
        assert!(index.checkpoints.is_sorted_by_key(|checkpoint| checkpoint.stored_at));
        for (file, content) in index.files.iter().zip(&contents_of) {
            let range = index.locate(file).unwrap().stored();
            assert!(range.end - range.start < 1_200_000, "{packing:?}: {range:?}");
            assert!(contents(&index, file, &stored) == *content, "{packing:?}: {range:?}");
        }
    }
}

#[test]
fn the_begin_of_a_long_file_costs_little() {
    let content = text(9_000_000, 5);
    let archive = archive(&[("before", &text(700_000, 6)), ("long", &content), ("after", b"after")]);
    for packing in [Packing::Tar, Packing::Gzip(usize::MAX), Packing::Gzip(300_000), Packing::Zstd(50_000)] {
        let stored = pack(&archive, packing);
        let index = read_whole(&stored, 65_536);
        for most in [0, 1, 99_999, 2_000_000] {
            let location = index.locate_begin(index.files.get(1).unwrap(), most).unwrap();
            let range = location.stored();
            assert!(range.end - range.start < most + 1_500_000, "{packing:?}: {most} in {range:?}");
            let needed = &stored[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
            let (mut begin, mut contents) = (Vec::new(), location.contents(Arc::new(Semaphore::new(1))).unwrap());
            contents.feed(needed, &mut |given| begin.extend_from_slice(given)).unwrap();
            assert!(begin == content[..usize::try_from(most).unwrap()], "{packing:?}: {most}");
        }
    }
}

#[test]
fn a_window_keeps_only_what_is_used() {
    let archive = archive(&[("data", &text(8_000_000, 7))]);
    let index = read_whole(&pack(&archive, Packing::Gzip(usize::MAX)), 65_536);
    let windows: Vec<usize> = index
        .checkpoints
        .iter()
        .filter_map(|checkpoint| Some(checkpoint.within.as_ref()?.window.packed_size()))
        .collect();
    assert!(windows.len() > 2);
    assert!(windows.iter().all(|size| *size < 32 << 10), "{windows:?}");
}

#[test]
fn other_bytes_than_the_layer_have_no_index() {
    let stored = pack(&archive(&[("a", b"a")]), Packing::Gzip(usize::MAX));
    let progress = Progress::default();
    let limits = LayerLimits::default();
    let order = |size| Order {
        digest: Box::leak(Box::new(digest(b"another"))),
        size,
        limits: &limits,
        large_windows: Arc::new(Semaphore::new(1)),
        progress: &progress,
    };
    let source = |stored: &[u8]| vec![Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(stored))];
    assert!(matches!(read(source(&stored), &order(None)), Err(PassError::DigestMismatch { .. })));
    assert!(matches!(read(source(&stored), &order(Some(7))), Err(PassError::SizeMismatch { expected: 7, .. })));
    assert!(matches!(read(source(&stored), &order(Some(7_000))), Err(PassError::SizeMismatch { .. })));
    progress.cancel();
    assert!(matches!(read(source(&stored), &order(None)), Err(PassError::Cancelled)));
}

#[test]
fn what_cannot_be_unpacked_is_listed_as_far_as_it_goes() {
    let archive = archive(&[("first", b"1"), ("second", &text(300_000, 3))]);
    let gzip = pack(&archive, Packing::Gzip(usize::MAX));
    let cut = read_whole(&gzip[..gzip.len() / 2], 4_096);
    assert_eq!(cut.summary.ending, Ending::Broken(UnpackError::Gzip(crate::layers::gzip::GzipError::Truncated)));
    assert_eq!(cut.summary.diff_id, None);
    let listed: Vec<_> = cut.files.iter().map(|file| (file.path(), file.digest().is_some())).collect();
    assert_eq!(listed, [(&b"first"[..], true), (b"second", false)]);

    let mut wrong = gzip.clone();
    let at = wrong.len() - 5;
    wrong[at] ^= 1;
    let wrong = read_whole(&wrong, 4_096);
    assert_eq!(wrong.summary.ending, Ending::Broken(UnpackError::Gzip(crate::layers::gzip::GzipError::Damaged)));

    let tail = read_whole(&[&gzip[..], b"more"].concat(), 4_096);
    assert!(matches!(tail.summary.ending, Ending::Archive { trailing_bytes: 4, .. }));
    assert_eq!(tail.summary.diff_id, Some(digest(&archive)));

    let other = read_whole(b"{\"not\": \"a layer\"}", 4_096);
    assert_eq!((other.summary.format, other.summary.ending), (Format::Other, Ending::Broken(UnpackError::Unknown)));
    let empty = read_whole(b"", 4_096);
    assert_eq!(empty.summary.format, Format::Empty);
    assert_eq!(empty.summary.diff_id, Some(digest(b"")));
}

#[test]
fn what_is_no_layer_is_told_from_what_is_damaged() {
    let told = |stored: &[u8]| read_whole(stored, 4_096).summary.not_a_layer();
    assert_eq!(told(b"hsqs, another file system"), Some(NotALayer::UnknownBytes));
    for content in [&b"{}"[..], &text(5_000, 3)] {
        for packing in [Packing::Gzip(usize::MAX), Packing::Zstd(usize::MAX)] {
            assert_eq!(told(&pack(content, packing)), Some(NotALayer::OtherContent), "{packing:?}");
        }
    }
    let archive = archive(&[("a", b"a"), ("b", b"b")]);
    let mut damaged = archive.clone();
    damaged[1_024] ^= 1;
    let gzip = pack(&archive, Packing::Gzip(usize::MAX));
    for layer in [&archive[..], &damaged, &gzip, &gzip[..gzip.len() / 2], &gzip[..5], b"", &archive[..700], &[0; 1_024]]
    {
        assert_eq!(told(layer), None, "{} bytes", layer.len());
    }
}

/// That of an image without files has been the same for as long as there are images.
#[test]
fn an_archive_without_entries_is_a_layer() {
    let index = read_whole(&[0; 1_024], 4_096);
    assert!(is_whole(&index) && index.files.is_empty(), "{:?}", index.summary);
    let diff_id = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
    assert_eq!(index.summary.diff_id.map(|digest| digest.to_string()).as_deref(), Some(diff_id));
}

/// As lossless eStargz has its table of contents there.
#[test]
fn what_stands_behind_the_end_is_no_entry_and_counts_for_the_diff_id() {
    let archive = [archive(&[("a", b"a")]), archive(&[("stargz.index.json", b"{}")])].concat();
    for packing in [Packing::Tar, Packing::Gzip(usize::MAX), Packing::Gzip(700), Packing::Zstd(700)] {
        let index = read_whole(&pack(&archive, packing), 4_096);
        let ending = tar::Ending::Marker { trailing_bytes: 2_048, is_zero: false };
        assert_eq!(index.summary.ending, Ending::Archive { archive: ending, trailing_bytes: 0 }, "{packing:?}");
        assert_eq!(index.summary.diff_id, Some(digest(&archive)), "{packing:?}");
        assert_eq!(index.files.iter().map(FileRef::path).collect::<Vec<_>>(), [b"a"], "{packing:?}");
    }
}

#[test]
fn names_are_the_same_path_however_they_are_written() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let names = [&b"."[..], b"./", b"", b"./x", b"x", b"/x", b"a//b", b"a/b/", b"../caf\xe9", b"a/../../x"];
    for name in names {
        let mut header = ::tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_size(0);
        header.set_cksum();
        builder.append(&header, &[][..]).unwrap();
    }
    let index = read_whole(&pack(&builder.into_inner().unwrap(), Packing::Tar), 4_096);
    assert!(is_whole(&index));
    let paths = [&b""[..], b"", b"", b"x", b"x", b"x", b"a/b", b"a/b", b"caf\xe9", b"x"];
    assert_eq!(index.files.iter().map(FileRef::path).collect::<Vec<_>>(), paths);
    let leaving: Vec<_> = index.files.iter().map(|file| file.marks().leaves_root).collect();
    assert_eq!(leaving, names.map(|name| name.starts_with(b"../") || name.starts_with(b"a/..")));
}

/// What a pass shows to those who wait when it has ended.
fn shown(stored: &[u8], limits: &LayerLimits) -> (u64, Option<Arc<FileList>>) {
    let (digest, progress) = (digest(stored), Progress::default());
    let large_windows = Arc::new(Semaphore::new(1));
    let order = Order { digest: &digest, size: None, limits, large_windows, progress: &progress };
    let source = stored.chunks(60_000).map(|piece| Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(piece)));
    read(source, &order).unwrap();
    (progress.entries(), progress.first_rows())
}

#[test]
fn the_first_rows_are_so_many_and_no_more() {
    let names: Vec<String> = (0..FIRST_ROWS + 7_000).map(|number| format!("file-{number}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let (entries, rows) = shown(&pack(&archive(&files), Packing::Zstd(usize::MAX)), &LayerLimits::default());
    assert_eq!(entries, names.len() as u64);
    let rows = rows.unwrap();
    assert_eq!(rows.len(), FIRST_ROWS);
    assert!(rows.iter().zip(&names).all(|(row, name)| row.path() == name.as_bytes()));
    assert!(shown(&pack(&archive(&[]), Packing::Tar), &LayerLimits::default()).1.is_none());
}

/// Names of many bytes are packed earlier, and are shown no further either.
#[test]
fn the_first_rows_take_little_memory() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let value = vec![b'x'; 60 << 10];
    for number in 0..400 {
        builder.append_pax_extensions([("SCHILY.xattr.user.large", value.as_slice())]).unwrap();
        let mut header = ::tar::Header::new_gnu();
        header.set_size(0);
        builder.append_data(&mut header, format!("{number}"), &b""[..]).unwrap();
    }
    let stored = pack(&builder.into_inner().unwrap(), Packing::Zstd(usize::MAX));
    let (entries, rows) = shown(&stored, &LayerLimits::default());
    let rows = rows.unwrap();
    assert_eq!(entries, 400);
    // All of the first block, and nothing of those after it.
    assert!(rows.len() > 100 && rows.get(0).unwrap().path() == b"0", "{}", rows.len());
    assert!(rows.len() < 200 && rows.weight() < 10 << 20, "{} of {} bytes", rows.len(), rows.weight());
}

/// A source that stops gives empty pieces: what has come before is shown although nothing more does.
#[test]
fn rows_are_shown_while_nothing_comes() {
    let stored = pack(&archive(&[("a", b"a"), ("b", b"b")]), Packing::Tar);
    let (digest, progress, limits) = (digest(&stored), Progress::default(), LayerLimits::default());
    let large_windows = Arc::new(Semaphore::new(1));
    let order = Order { digest: &digest, size: None, limits: &limits, large_windows, progress: &progress };
    let (first, second) = (&stored[..1_024], &stored[1_024..]);
    let mut script = vec![Some(first), None, Some(second)].into_iter();
    let source = std::iter::from_fn(|| {
        let next = script.next()?;
        Some(Ok::<_, std::convert::Infallible>(next.map_or_else(
            || {
                thread::sleep(HOLD * 2);
                Bytes::new()
            },
            Bytes::copy_from_slice,
        )))
    });
    let seen = std::cell::Cell::new(0);
    // After the empty piece, the first entry must be seen before another byte comes.
    let mut pieces = 0;
    let source = source.inspect(|_| {
        pieces += 1;
        if pieces == 3 {
            thread::sleep(HOLD);
            seen.set(progress.first_rows().map_or(0, |rows| rows.len()));
        }
    });
    read(source, &order).unwrap();
    assert_eq!((seen.get(), progress.entries()), (1, 2));
}

#[test]
fn frames_to_be_skipped_hold_nothing() {
    let archive = archive(&[("a", b"a")]);
    let frame = zstd::bulk::compress(&archive, 3).unwrap();
    let skipped = [&0x184d_2a50_u32.to_le_bytes()[..], &4_u32.to_le_bytes(), b"skip"].concat();
    let index = read_whole(&[&skipped[..], &frame, &skipped].concat(), 3);
    assert!(is_whole(&index), "{:?}", index.summary);
    assert_eq!(index.files.get(0).map(FileRef::kind), Some(FileKind::Regular));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A file that is opened by its recorded place is what the pass has hashed.
    #[test]
    fn every_file_is_found_again(
        lengths in proptest::collection::vec(0_usize..60_000, 1..40),
        seed in any::<u64>(),
        piece in 1_000_usize..300_000,
        packing in prop_oneof![
            Just(Packing::Tar),
            (1_000_usize..2_000_000).prop_map(Packing::Gzip),
            (1_000_usize..2_000_000).prop_map(Packing::Zstd),
        ],
    ) {
        let contents_of: Vec<_> = lengths.iter().zip(seed..=u64::MAX).map(|(length, seed)| text(*length, seed)).collect();
        let names: Vec<String> = (0..lengths.len()).map(|number| format!("a/{}/{number}", number % 7)).collect();
        let files: Vec<_> =
            names.iter().zip(&contents_of).map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let stored = pack(&archive(&files), packing);
        let index = read_whole(&stored, piece);
        prop_assert!(is_whole(&index));
        prop_assert_eq!(index.files.len(), files.len());
        for (file, (name, content)) in index.files.iter().zip(files) {
            prop_assert_eq!(file.path(), name.as_bytes());
            prop_assert_eq!(file.digest().copied(), Some(Sha256::digest(content).into()));
            prop_assert!(contents(&index, file, &stored) == content);
        }
    }

    /// Any bytes at all have an index, and never bring a pass down.
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..4_000), magic in 0_usize..4) {
        let begins: [&[u8]; 4] = [b"", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &[0x28, 0xb5, 0x2f, 0xfd], &[0; 512]];
        crate::layers::laws::layer(&[begins[magic], &bytes].concat());
    }
}
