//! One block of an archive read as a header (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format").
//!
//! Where writers and readers disagree, a field is read as Go's `archive/tar` reads it, because every container runtime
//! unpacks layers with it: another reading would show another file than the container has.

use super::Damage;
use super::sparse::{Map, Reading};

/// Bytes in a block. Headers take one, contents are padded to whole ones.
pub(in crate::layers) const BLOCK: usize = 512;

/// What a header's magic says about its other fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Without owner names, device numbers and prefix.
    V7,
    Ustar,
    /// Its prefix is shorter: times follow it.
    Star,
    /// Has other fields where the prefix would be.
    Gnu,
}

/// A header whose checksum is right.
pub(super) struct Header<'a> {
    bytes: &'a [u8; BLOCK],
    pub(super) dialect: Dialect,
}

impl<'a> Header<'a> {
    /// # Errors
    ///
    /// [`Damage::Checksum`] where the sum of its bytes is another, by unsigned and by signed addition: then this is no header.
    pub(super) fn read(bytes: &'a [u8; BLOCK]) -> Result<Header<'a>, Damage> {
        let stated = octal(&bytes[148..156]).ok_or(Damage::Checksum)?;
        let (mut unsigned, mut signed) = (0_i64, 0_i64);
        for (at, byte) in bytes.iter().enumerate() {
            let byte = if (148..156).contains(&at) { b' ' } else { *byte };
            unsigned += i64::from(byte);
            signed += i64::from(byte.cast_signed());
        }
        if stated != unsigned && stated != signed {
            return Err(Damage::Checksum);
        }
        let dialect = match (&bytes[257..263], &bytes[263..265], &bytes[508..512]) {
            (b"ustar\0", _, b"tar\0") => Dialect::Star,
            (b"ustar\0", ..) => Dialect::Ustar,
            (b"ustar ", b" \0", _) => Dialect::Gnu,
            _ => Dialect::V7,
        };
        Ok(Header { bytes, dialect })
    }

    pub(super) fn type_flag(&self) -> u8 {
        self.bytes[156]
    }

    /// The name with its prefix, as it is written.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = text(&self.bytes[..100]);
        let prefix = match self.dialect {
            Dialect::Ustar => text(&self.bytes[345..500]),
            Dialect::Star => text(&self.bytes[345..476]),
            Dialect::V7 | Dialect::Gnu => &[],
        };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    pub(super) fn link_name(&self) -> &'a [u8] {
        text(&self.bytes[157..257])
    }

    pub(super) fn size(&self) -> Result<i64, Damage> {
        self.number(124..136, "size")
    }

    pub(super) fn mode(&self) -> Result<i64, Damage> {
        self.number(100..108, "mode")
    }

    pub(super) fn user(&self) -> Result<i64, Damage> {
        self.number(108..116, "uid")
    }

    pub(super) fn group(&self) -> Result<i64, Damage> {
        self.number(116..124, "gid")
    }

    pub(super) fn modified(&self) -> Result<i64, Damage> {
        self.number(136..148, "mtime")
    }

    /// Major and minor number. Zero where the dialect has none.
    pub(super) fn device(&self) -> Result<(i64, i64), Damage> {
        if self.dialect == Dialect::V7 {
            return Ok((0, 0));
        }
        Ok((self.number(329..337, "devmajor")?, self.number(337..345, "devminor")?))
    }

    /// The size of an old GNU sparse file with its holes, and what its header has of the map. Star's headers have something else there.
    pub(super) fn sparse(&self) -> Result<(i64, Reading), Damage> {
        if self.dialect != Dialect::Gnu {
            return Err(Damage::SparseMap);
        }
        let size = self.number(483..495, "realsize")?;
        let mut map = Map::default();
        map.add_fields(&self.bytes[386..482])?;
        Ok((size, if self.bytes[482] == 0 { Reading::Whole(map) } else { Reading::Fields(map) }))
    }

    fn number(&self, range: std::ops::Range<usize>, field: &'static str) -> Result<i64, Damage> {
        number(&self.bytes[range]).ok_or(Damage::Number(field.into()))
    }
}

/// Up to the first NUL.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or(field)
}

/// Octal, or GNU's base 256: two's complement, marked by the highest bit (GNU tar manual, "Extensions").
pub(super) fn number(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    let is_negative = first & 0x40 != 0;
    let mut value = if is_negative { -1_i64 } else { 0 };
    for (at, byte) in field.iter().enumerate() {
        let byte = match (at, is_negative) {
            (0, false) => byte & 0x7f,
            _ => *byte,
        };
        // Multiplied, so that a value of more than 64 bits is not cut.
        value = value.checked_mul(256)?.checked_add(i64::from(byte))?;
    }
    Some(value)
}

/// Spaces and NULs around it are padding; nothing between them is zero.
fn octal(field: &[u8]) -> Option<i64> {
    let is_padding = |byte: &u8| matches!(byte, 0 | b' ');
    let begin = field.iter().position(|byte| !is_padding(byte));
    let Some(begin) = begin else { return Some(0) };
    let end = field.iter().rposition(|byte| !is_padding(byte)).map_or(field.len(), |last| last + 1);
    let digits = text(&field[begin..end]);
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_i64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(i64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"    644 "), Some(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(number(b"0000649\0"), None);
        assert_eq!(number(b"6 4\0\0\0\0\0"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\x01\x00"), Some(256));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
        assert_eq!(number(&[0xff; 12]), Some(-1));
        assert_eq!(number(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(number(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"), Some(i64::MAX));
    }
}
