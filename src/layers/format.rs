//! How a layer's bytes are packed, told by themselves: what its media type says is a hint only, and wrong in real images.

use super::tar;

/// Bytes at a blob's begin that are enough to tell.
pub(super) const ENOUGH: usize = 512;

/// How a blob's bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Format {
    /// A tar archive in gzip members (RFC 1952).
    Gzip,
    /// A tar archive in zstd frames (RFC 8878).
    Zstd,
    /// A tar archive as it is.
    Tar,
    /// No byte at all. Runtimes take it for a layer without entries.
    Empty,
    /// Something else: encrypted, another file system, or no layer at all.
    Other,
}

impl Format {
    /// Tells from the first [`ENOUGH`] bytes, or from all where there are fewer.
    pub(super) fn of(begin: &[u8]) -> Format {
        match begin {
            [] => Format::Empty,
            [0x1f, 0x8b, ..] => Format::Gzip,
            // A frame, or one to be skipped, as zstd:chunked has them.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Format::Zstd,
            _ if tar::begins(begin) => Format::Tar,
            _ => Format::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        assert_eq!(Format::of(b""), Format::Empty);
        assert_eq!(Format::of(&[0x1f, 0x8b, 8, 0]), Format::Gzip);
        assert_eq!(Format::of(&[0x28, 0xb5, 0x2f, 0xfd, 0]), Format::Zstd);
        assert_eq!(Format::of(&[0x5a, 0x2a, 0x4d, 0x18, 0]), Format::Zstd);
        assert_eq!(Format::of(&[0; 512]), Format::Tar);
        assert_eq!(Format::of(b"hsqs, a squashfs"), Format::Other);
        assert_eq!(Format::of(&[b'{'; 512]), Format::Other);
    }
}
