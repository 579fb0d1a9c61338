//! Layers that pass a limit.

use super::*;

#[test]
fn limits_end_the_list_and_not_the_layer() {
    let names: Vec<String> = (0..50).map(|number| format!("file-{number}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let stored = pack(&archive(&files), Packing::Gzip(usize::MAX));
    let entries = LayerLimits { entries: 10, ..LayerLimits::default() };
    let index = try_read(&stored, 100, &entries).unwrap();
    assert_eq!(index.summary.ending, Ending::Limit(Reached::Entries(10)));
    assert_eq!(index.files.len(), 10);
    assert_eq!(index.summary.diff_id, None);
    let names = LayerLimits { name_bytes: 20, ..LayerLimits::default() };
    assert_eq!(try_read(&stored, 100, &names).unwrap().summary.ending, Ending::Limit(Reached::NameBytes(20)));
    let bytes = LayerLimits { archive_bytes: 5_000, ..LayerLimits::default() };
    assert_eq!(try_read(&stored, 100, &bytes).unwrap().summary.ending, Ending::Limit(Reached::ArchiveBytes(5_000)));
    let fewer = LayerLimits { archive_bytes: 100, ..LayerLimits::default() };
    assert!(matches!(try_read(&stored, 100, &fewer), Err(PassError::TooLarge { limit: 100 })));
    let time = LayerLimits { time: std::time::Duration::ZERO, ..LayerLimits::default() };
    assert_eq!(try_read(&stored, 100, &time).unwrap().summary.ending, Ending::Limit(Reached::Seconds(0)));
}

/// A layer whose window is so large that one at a time is unpacked.
fn large_window() -> Vec<u8> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(24)).unwrap();
    encoder.write_all(&archive(&[("a", &text(20_000, 9))])).unwrap();
    encoder.finish().unwrap()
}

/// Otherwise one that nobody wants any more keeps its threads, and a turn of layers, for as long as others are read.
#[test]
fn what_waits_for_a_large_window_can_be_cancelled() {
    let stored = large_window();
    let (digest, progress, limits) = (digest(&stored), Arc::new(Progress::default()), LayerLimits::default());
    let large_windows = Arc::new(Semaphore::new(1));
    let _held = Arc::clone(&large_windows).try_acquire_owned().unwrap();
    let canceller = thread::spawn({
        let progress = Arc::clone(&progress);
        move || {
            thread::sleep(std::time::Duration::from_millis(100));
            progress.cancel();
        }
    });
    let order = Order { digest: &digest, size: None, limits: &limits, large_windows, progress: &progress };
    let whole = read([Ok::<_, std::convert::Infallible>(Bytes::from(stored))], &order);
    canceller.join().unwrap();
    assert!(matches!(whole, Err(PassError::Cancelled)), "{:?}", whole.map(|packed| packed.summary));
}

/// Frames with small windows follow one with a large one, and others can have their turn then.
#[test]
fn a_large_window_is_given_back_with_its_frame() {
    let archive = archive(&[("a", &text(300_000, 9)), ("b", &text(40_000, 8))]);
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(24)).unwrap();
    encoder.write_all(&archive[..200_000]).unwrap();
    let large = encoder.finish().unwrap();
    let small = pack(&archive[200_000..], Packing::Zstd(usize::MAX));
    let turns = Arc::new(Semaphore::new(1));
    let mut unpacker = Unpacker::new(Format::Zstd, Arc::clone(&turns)).unwrap();
    let mut given = Vec::new();
    for (stored, is_held_within) in [(&large, true), (&small, false), (&large, true)] {
        for piece in stored.chunks(1_000) {
            let (mut rest, mut has_more) = (piece, false);
            while has_more || !rest.is_empty() {
                let mut chunk = Chunk::new(0);
                let step = unpacker.step(rest, &mut chunk).unwrap();
                (rest, has_more) = (&rest[step.taken..], step.has_more);
                given.extend_from_slice(chunk.bytes());
            }
            let is_within = !std::ptr::eq(piece.as_ptr_range().end, stored.as_ptr_range().end);
            assert_eq!(turns.available_permits() == 0, is_held_within && is_within);
        }
    }
    assert!(given == [&archive[..], &archive[..200_000]].concat());
}

/// A turn may be long in coming: waiting for it is no work, and takes nothing from the layer's time.
#[test]
fn the_wait_for_a_large_window_does_not_count() {
    let stored = large_window();
    let (digest, progress) = (digest(&stored), Progress::default());
    let wait = std::time::Duration::from_millis(400);
    let (limits, large_windows) = (LayerLimits { time: wait, ..LayerLimits::default() }, Arc::new(Semaphore::new(1)));
    let held = Arc::clone(&large_windows).try_acquire_owned().unwrap();
    let holder = thread::spawn(move || {
        thread::sleep(wait * 2);
        drop(held);
    });
    let order = Order { digest: &digest, size: None, limits: &limits, large_windows, progress: &progress };
    let source = stored.chunks(1_000).map(|piece| Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(piece)));
    let index = decode(&read(source, &order).unwrap().encode().unwrap()).unwrap();
    holder.join().unwrap();
    assert!(is_whole(&index), "{:?}", index.summary);
}

/// Without a limit on the bytes of a block, what was packed could be too large to be unpacked again.
#[test]
fn large_attributes_are_packed_in_parts() {
    let value = vec![b'x'; 60 << 10];
    let mut builder = ::tar::Builder::new(Vec::new());
    for number in 0..400 {
        builder.append_pax_extensions([("SCHILY.xattr.user.large", value.as_slice())]).unwrap();
        let mut header = ::tar::Header::new_gnu();
        header.set_size(0);
        builder.append_data(&mut header, format!("{number}"), &b""[..]).unwrap();
    }
    let packed =
        try_pass(&pack(&builder.into_inner().unwrap(), Packing::Zstd(usize::MAX)), 65_536, &LayerLimits::default());
    let packed = packed.unwrap();
    assert!(packed.blocks.len() > 2, "{}", packed.blocks.len());
    let index = decode(&packed.encode().unwrap()).unwrap();
    assert_eq!(index.files.len(), 400);
    assert!(index.files.iter().all(|file| file.attributes()[0].1 == value));
}

#[test]
fn what_packs_too_well_is_a_bomb() {
    let zeros = vec![0; 80 << 20];
    let archive = archive(&[("zeros", &zeros)]);
    let limits = LayerLimits { ratio: 100, ..LayerLimits::default() };
    for packing in [Packing::Gzip(usize::MAX), Packing::Zstd(usize::MAX)] {
        let index = try_read(&pack(&archive, packing), 65_536, &limits).unwrap();
        assert_eq!(index.summary.ending, Ending::Limit(Reached::Ratio(100)), "{packing:?}");
        assert!(index.summary.archive_size < 70 << 20, "{packing:?}");
    }
}

/// All of each window is used and packs to nothing less, and one is needed every 4 MiB of what is stored in some kilobytes.
#[test]
fn windows_take_a_bounded_part_of_the_layer() {
    let block: Vec<u8> = (0..1_000_u32).flat_map(|number| Sha256::digest(number.to_le_bytes())).collect();
    let content = block.repeat(263);
    let names: Vec<String> = (0..24).map(|number| format!("{number}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), content.as_slice())).collect();
    let archive = archive(&files);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    for piece in archive.chunks(1 << 18) {
        encoder.write_all(piece).unwrap();
        // A block ends here.
        encoder.flush().unwrap();
    }
    let stored = encoder.finish().unwrap();
    let index = read_whole(&stored, 65_536);
    let windows = index.checkpoints.iter().filter_map(|checkpoint| checkpoint.within.as_ref());
    let windows: Vec<_> = windows.map(|within| within.window.packed_size()).collect();
    let (sum, most) = (windows.iter().sum::<usize>(), (1 << 20) + stored.len() / 100);
    assert!(sum <= most && windows.len() > 8, "{sum} in {} for {} stored", windows.len(), stored.len());
    for file in index.files.iter() {
        assert!(contents(&index, file, &stored) == content);
    }
}

#[test]
fn a_window_beyond_all_limits_is_refused() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(28)).unwrap();
    encoder.write_all(&archive(&[("a", b"a")])).unwrap();
    let index = read_whole(&encoder.finish().unwrap(), 4_096);
    let window = 1 << 28;
    let error = crate::layers::zstd_frames::ZstdError::LargeWindow { window, limit: 1 << 27 };
    assert_eq!(index.summary.ending, Ending::Broken(UnpackError::Zstd(error)));
}
