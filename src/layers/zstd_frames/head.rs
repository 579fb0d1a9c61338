//! The begin of a frame: how much memory it takes to unpack (RFC 8878, section 3.1.1.1).

/// What a frame's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Unpacking refers back to so many bytes.
    Frame { window: u64 },
    /// Nothing of the archive: section 3.1.2.
    Skippable,
    /// No frame.
    Other,
}

/// Reads a frame's first bytes. None where more of them are needed, never with 14 or more.
pub(super) fn head(bytes: &[u8]) -> Option<Head> {
    let magic: [u8; 4] = *bytes.first_chunk()?;
    match u32::from_le_bytes(magic) {
        0x184d_2a50..=0x184d_2a5f => return Some(Head::Skippable),
        0xfd2f_b528 => {}
        _ => return Some(Head::Other),
    }
    let descriptor = *bytes.get(4)?;
    let is_single_segment = descriptor & 0x20 != 0;
    if !is_single_segment {
        let window = *bytes.get(5)?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(Head::Frame { window: base + (base / 8) * u64::from(window & 7) });
    }
    // The whole content is the window: its size follows the dictionary's number.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let field = bytes.get(5 + dictionary..)?.get(..size)?;
    let mut number = [0; 8];
    number[..size].copy_from_slice(field);
    let window = u64::from_le_bytes(number).saturating_add(if size == 2 { 256 } else { 0 });
    Some(Head::Frame { window })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_that_the_library_packs_with() {
        let small = zstd::bulk::compress(&[7; 300], 3).unwrap();
        assert_eq!(head(&small), Some(Head::Frame { window: 300 }));
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(24)).unwrap();
        std::io::Write::write_all(&mut encoder, &[7; 100]).unwrap();
        assert_eq!(head(&encoder.finish().unwrap()), Some(Head::Frame { window: 16 << 20 }));
    }

    #[test]
    fn what_is_no_frame() {
        assert_eq!(head(&[0x5a, 0x2a, 0x4d, 0x18]), Some(Head::Skippable));
        assert_eq!(head(b"\x1f\x8b\x08\0"), Some(Head::Other));
        assert_eq!(head(&[0x28, 0xb5, 0x2f]), None);
        assert_eq!(head(&[0x28, 0xb5, 0x2f, 0xfd, 0xe3, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        let largest = [0x28, 0xb5, 0x2f, 0xfd, 0, 0xff];
        assert!(matches!(head(&largest), Some(Head::Frame { window }) if window > 1 << 40));
    }
}
