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

/// A turn may be long in coming: waiting for it is no work, and takes nothing from the layer's time.
#[test]
fn the_wait_for_a_large_window_does_not_count() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(24)).unwrap();
    encoder.write_all(&archive(&[("a", &text(20_000, 9))])).unwrap();
    let stored = encoder.finish().unwrap();
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
