//! The last bytes of an eStargz layer: where its table of contents begins (stargz-snapshotter, docs/estargz.md, "Footer").
//!
//! They are an empty gzip member whose extra field (RFC 1952, section 2.3.1.1) holds the place in hexadecimal digits.

use std::ops::Range;

use super::{STORED_BYTES, TableError};

/// Bytes of the footer.
pub(super) const FOOTER: u64 = 51;
/// From the begin of the member up to the place: magic, deflate, a flag for the extra field.
const MEMBER: [u8; 4] = [0x1f, 0x8b, 8, 4];
/// The extra field's length, its name, and the length of what it holds.
const EXTRA: [u8; 6] = [26, 0, b'S', b'G', 22, 0];
/// What a layer ends with whose table is kept elsewhere: in place of the digits.
const ELSEWHERE: &[u8] = b"STARGZEXTERNALTOC";

/// The stored bytes of the table, from a layer's size and its last [`FOOTER`] bytes.
pub(super) fn table_of(footer: &[u8], layer_size: u64) -> Result<Range<u64>, TableError> {
    if footer.windows(ELSEWHERE.len()).any(|window| window == ELSEWHERE) {
        return Err(TableError::Elsewhere);
    }
    let begin = begin_of(footer).ok_or(TableError::NoPlace)?;
    let end = layer_size.checked_sub(FOOTER).filter(|end| begin < *end).ok_or(TableError::NoPlace)?;
    if end - begin > STORED_BYTES {
        return Err(TableError::TooLarge { limit: STORED_BYTES });
    }
    Ok(begin..end)
}

fn begin_of(footer: &[u8]) -> Option<u64> {
    // Time, flags and operating system say nothing.
    let rest = footer.strip_prefix(&MEMBER)?.get(6..)?;
    let (digits, rest) = rest.strip_prefix(&EXTRA)?.split_at_checked(16)?;
    let is_ours = rest.starts_with(b"STARGZ") && digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_ours)?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footer(digits: &str) -> Vec<u8> {
        let field = format!("{digits}STARGZ");
        let member: [&[u8]; 5] = [&MEMBER, &[0, 0, 0, 0, 0, 255], &EXTRA, field.as_bytes(), &[1, 0, 0, 255, 255]];
        [member.concat(), vec![0; 8]].concat()
    }

    #[test]
    fn the_place_is_between_the_layers_begin_and_the_footer() {
        let of = |digits: &str, size| table_of(&footer(digits), size);
        assert_eq!(footer("00000000000003e8").len() as u64, FOOTER);
        assert_eq!(of("00000000000003e8", 2_000).unwrap(), 1_000..1_949);
        for (digits, size) in [
            ("00000000000003e8", 1_051),
            ("00000000000003e8", 40),
            ("ffffffffffffffff", 2_000),
            ("+0000000000003e8", 2_000),
        ] {
            assert!(matches!(of(digits, size), Err(TableError::NoPlace)), "{digits} of {size}");
        }
        assert!(matches!(of("0000000000000001", 1 << 40), Err(TableError::TooLarge { .. })));
    }

    #[test]
    fn what_is_no_footer() {
        for bytes in [&b""[..], &[0x1f, 0x8b], &[0; 51], &footer("00000000000003e8")[1..]] {
            assert!(matches!(table_of(bytes, 2_000), Err(TableError::NoPlace)));
        }
        let elsewhere = [&[0; 20][..], ELSEWHERE, &[0; 14]].concat();
        assert!(matches!(table_of(&elsewhere, 2_000), Err(TableError::Elsewhere)));
    }
}
