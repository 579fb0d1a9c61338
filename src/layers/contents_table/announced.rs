//! What a layer's annotations say of its table of contents.

use std::ops::Range;

use super::{STORED_BYTES, TEXT_BYTES, TableError, TableForm};
use crate::oci::{Descriptor, Digest};

/// eStargz: the digest of the table's text.
const ESTARGZ: &str = "containerd.io/snapshot/stargz/toc.digest";
/// zstd:chunked, as containers/storage writes it, and as stargz-snapshotter did before.
const ZSTD_CHUNKED: [&str; 2] = ["io.github.containers.zstd-chunked.", "io.containers.zstd-chunked."];
/// The only type of table that zstd:chunked has so far.
const TYPE: &str = "1";

/// A table that a manifest announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) form: TableForm,
    /// For eStargz that of its text, for zstd:chunked that of its stored bytes.
    pub(super) digest: Digest,
    /// Where it is, if the annotations say so: those of eStargz do not.
    pub(super) stored: Option<Range<u64>>,
}

impl Announced {
    /// Reads a layer's annotations. None where they announce no table, or no digest of it by which it could be believed.
    pub(super) fn of(layer: &Descriptor) -> Result<Option<Announced>, TableError> {
        for prefix in ZSTD_CHUNKED {
            let annotation = |name: &str| layer.annotation(&format!("{prefix}{name}"));
            let digest = annotation("manifest-checksum").and_then(checkable);
            if let Some((position, digest)) = annotation("manifest-position").zip(digest) {
                let stored = Some(position_of(position, layer.size)?);
                return Ok(Some(Announced { form: TableForm::ZstdChunked, digest, stored }));
            }
        }
        let digest = layer.annotation(ESTARGZ).and_then(checkable);
        Ok(digest.map(|digest| Announced { form: TableForm::Estargz, digest, stored: None }))
    }
}

fn checkable(text: &str) -> Option<Digest> {
    text.parse::<Digest>().ok().filter(Digest::is_verifiable)
}

/// Reads `offset:length:length of the text:type`.
fn position_of(position: &str, layer_size: Option<u64>) -> Result<Range<u64>, TableError> {
    let fields: Vec<_> = position.split(':').collect();
    let &[begin, length, text, TYPE] = fields.as_slice() else { return Err(TableError::NoPlace) };
    let number = |text: &str| text.parse::<u64>().map_err(|_| TableError::NoPlace);
    let (begin, length, text) = (number(begin)?, number(length)?, number(text)?);
    if length > STORED_BYTES {
        return Err(TableError::TooLarge { limit: STORED_BYTES });
    }
    if text > TEXT_BYTES {
        return Err(TableError::TooLarge { limit: TEXT_BYTES });
    }
    let end = begin.checked_add(length).filter(|end| layer_size.is_none_or(|size| *end <= size));
    end.filter(|_| length > 0).map(|end| begin..end).ok_or(TableError::NoPlace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::MediaType;

    fn layer(annotations: &[(&str, &str)]) -> Descriptor {
        Descriptor {
            media_type: MediaType::new("application/vnd.oci.image.layer.v1.tar+zstd"),
            digest: None,
            size: Some(1_000),
            urls: Vec::new(),
            annotations: annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            artifact_type: None,
            platform: None,
        }
    }

    fn digest() -> String {
        format!("sha256:{}", "5".repeat(64))
    }

    #[test]
    fn both_prefixes_and_both_forms_are_known() {
        for prefix in ZSTD_CHUNKED {
            let (position, checksum) = (format!("{prefix}manifest-position"), format!("{prefix}manifest-checksum"));
            let announced = Announced::of(&layer(&[(&position, "700:200:5000:1"), (&checksum, &digest())]));
            let announced = announced.unwrap().unwrap();
            assert_eq!((announced.form, announced.stored), (TableForm::ZstdChunked, Some(700..900)));
            // Without a digest it is nobody's word.
            assert_eq!(Announced::of(&layer(&[(&position, "700:200:5000:1")])).unwrap(), None);
        }
        let announced = Announced::of(&layer(&[(ESTARGZ, &digest())])).unwrap().unwrap();
        assert_eq!((announced.form, announced.stored), (TableForm::Estargz, None));
        assert_eq!(Announced::of(&layer(&[(ESTARGZ, "md5:7")])).unwrap(), None);
        assert_eq!(Announced::of(&layer(&[])).unwrap(), None);
    }

    #[test]
    fn places_outside_the_layer_are_none() {
        let of = |text: &str| position_of(text, Some(1_000));
        assert_eq!(of("0:1000:1:1").unwrap(), 0..1_000);
        for text in
            ["", "1:2:3", "1:2:3:2", "1:2:3:1:5", "900:101:1:1", "18446744073709551615:1:1:1", "-1:2:3:1", "5:0:0:1"]
        {
            assert!(matches!(of(text), Err(TableError::NoPlace)), "{text}");
        }
        for text in ["0:99999999999:1:1", "0:10:99999999999:1"] {
            assert!(matches!(of(text), Err(TableError::TooLarge { .. })), "{text}");
        }
    }
}
