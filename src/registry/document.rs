//! Documents as received, and the digest that proves them.

use std::collections::HashSet;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, WARNING};
use sha2::{Digest as _, Sha256, Sha512};

use super::schema1;
use super::text::visible;
use crate::oci::{Digest, DigestAlgorithm, MediaType};

/// Most bytes of warnings kept of one answer (distribution-spec, "Warnings").
const MAX_WARNINGS: usize = 4096;

/// A manifest, an index, a config or another blob: its exact bytes, which have been hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The digest of the bytes: the one asked for, or else the one that the registry states, or else SHA-256.
    pub digest: Digest,
    /// Whether the digest was known before the bytes came, so that it proves them: not so where only a tag was asked for, and the
    /// registry states no digest.
    pub is_proved: bool,
    /// What the registry calls it; for a blob, what its descriptor does.
    pub media_type: MediaType,
    /// The bytes as received.
    pub bytes: Bytes,
    /// What the registry's `Docker-Content-Digest` header states, if anything.
    pub reported: Option<Digest>,
    /// The registry's own remarks, to be shown quietly and never acted on.
    pub warnings: Vec<String>,
}

impl Document {
    /// What was found out about the digest, in words for the record of a page, and whether it was verified.
    pub(crate) fn proof(&self) -> (&'static str, Option<bool>) {
        if self.is_proved {
            ("digest verified", Some(true))
        } else {
            ("digest computed, the registry states none", None)
        }
    }
}

/// The digest of `bytes` by an algorithm; nothing for one that is not known here.
pub(crate) fn hash(bytes: &[u8], algorithm: DigestAlgorithm) -> Option<Digest> {
    match algorithm {
        DigestAlgorithm::Sha256 => Some(Digest::from_sha256(&Sha256::digest(bytes))),
        DigestAlgorithm::Sha512 => Some(Digest::from_sha512(&Sha512::digest(bytes))),
        _ => None,
    }
}

/// Compares bytes with a digest: `Err` has the digest that they really have, `None` where the algorithm is not known here.
///
/// A signed schema 1 manifest is also known by its payload, without the signatures.
pub(crate) fn verify(bytes: &[u8], digest: &Digest, media_type: &MediaType) -> Result<(), Option<Digest>> {
    let received = hash(bytes, digest.algorithm());
    if received.as_ref() == Some(digest) {
        return Ok(());
    }
    let payload = if media_type.is_schema1() { schema1::payload(bytes) } else { None };
    match payload.and_then(|payload| hash(&payload, digest.algorithm())) {
        Some(signed) if signed == *digest => Ok(()),
        _ => Err(received),
    }
}

/// What the registry states about the bytes. A header that is no digest says nothing.
pub(crate) fn reported_digest(headers: &HeaderMap) -> Option<Digest> {
    headers.get("docker-content-digest")?.to_str().ok()?.trim().parse().ok()
}

/// What the registry calls them.
pub(crate) fn content_type(headers: &HeaderMap) -> MediaType {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    MediaType::new(&visible(text, 256))
}

/// The texts of `Warning: 299 - "text"` headers, each once.
pub(crate) fn warnings(headers: &HeaderMap) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut budget = MAX_WARNINGS;
    headers
        .get_all(WARNING)
        .iter()
        .filter_map(|value| {
            let text = value.to_str().ok()?.trim().strip_prefix("299 - ")?.trim();
            let text = text.strip_prefix('"')?.strip_suffix('"')?.replace("\\\"", "\"").replace("\\\\", "\\");
            budget = budget.checked_sub(text.len())?;
            seen.insert(text.clone()).then(|| visible(&text, MAX_WARNINGS))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_vectors() {
        let sha256 = hash(b"{}", DigestAlgorithm::Sha256).unwrap();
        assert_eq!(sha256.as_str(), "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        let sha512 = hash(b"{}", DigestAlgorithm::Sha512).unwrap();
        assert!(sha512.as_str().starts_with("sha512:27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9"));
        assert_eq!(hash(b"{}", DigestAlgorithm::Other), None);
    }

    #[test]
    fn warnings_are_read_once_each_and_bounded() {
        let mut headers = HeaderMap::new();
        for text in ["299 - \"moving soon\"", "299 - \"moving soon\"", "199 - \"other\"", "299 - unquoted"] {
            headers.append(WARNING, text.parse().unwrap());
        }
        headers.append(WARNING, format!("299 - \"{}\"", "x".repeat(5000)).parse().unwrap());
        headers.append(WARNING, "299 - \"say \\\"hi\\\"\"".parse().unwrap());
        assert_eq!(warnings(&headers), ["moving soon", "say \"hi\""]);
    }
}
