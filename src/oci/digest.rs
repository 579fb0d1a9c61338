//! Content digests, `algorithm:encoded` (image-spec, descriptor.md, "Digests").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest digest accepted, in bytes. The specification sets no limit; this one is ours.
pub const MAX_LENGTH: usize = 256;

/// The name of exact bytes: `sha256:` and 64 hexadecimal digits, or another algorithm's form.
///
/// A digest of an unregistered algorithm passes the grammar and can be shown, but not verified:
/// see [`Digest::is_verifiable`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    text: Box<str>,
    /// Where the colon stands.
    separator: usize,
}

/// The hash function that a digest names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256, which nearly every document uses.
    Sha256,
    /// SHA-512, registered, optional for registries.
    Sha512,
    /// Anything else: shown, never fetched by.
    Other,
}

/// Why a text is no digest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DigestError {
    /// There is no `:` between algorithm and encoded part.
    #[error("a digest is written algorithm:encoded, for example sha256:…")]
    NoSeparator,
    /// The algorithm is not of `[a-z0-9]+` joined by `+`, `.`, `_` or `-`.
    #[error("the digest's algorithm is not valid")]
    Algorithm,
    /// The encoded part is not of `[a-zA-Z0-9=_-]+`.
    #[error("the digest's encoded part is not valid")]
    Encoded,
    /// A registered algorithm has an exact length in lower case hexadecimal digits.
    #[error("a {algorithm} digest has {expected} lower case hexadecimal digits")]
    Length {
        /// The registered algorithm.
        algorithm: &'static str,
        /// How many digits it has.
        expected: usize,
    },
    /// The whole text passes [`MAX_LENGTH`].
    #[error("a digest has at most {MAX_LENGTH} characters")]
    TooLong,
}

impl Digest {
    /// The SHA-256 digest made of a finished hash.
    #[must_use]
    pub fn from_sha256(hash: &[u8]) -> Self {
        Self::from_hash("sha256", hash)
    }

    /// The SHA-512 digest made of a finished hash.
    #[must_use]
    pub fn from_sha512(hash: &[u8]) -> Self {
        Self::from_hash("sha512", hash)
    }

    fn from_hash(algorithm: &str, hash: &[u8]) -> Self {
        use fmt::Write as _;
        let mut text = String::with_capacity(algorithm.len() + 1 + hash.len() * 2);
        text.push_str(algorithm);
        text.push(':');
        for byte in hash {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self { separator: algorithm.len(), text: text.into_boxed_str() }
    }

    /// The hash function.
    pub fn algorithm(&self) -> DigestAlgorithm {
        match self.algorithm_name() {
            "sha256" => DigestAlgorithm::Sha256,
            "sha512" => DigestAlgorithm::Sha512,
            _ => DigestAlgorithm::Other,
        }
    }

    /// The algorithm as written before the colon.
    pub fn algorithm_name(&self) -> &str {
        &self.text[..self.separator]
    }

    /// What stands after the colon.
    pub fn encoded(&self) -> &str {
        &self.text[self.separator + 1..]
    }

    /// The whole digest as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first twelve characters of the encoded part, as people write digests in speech.
    pub fn short(&self) -> &str {
        let encoded = self.encoded();
        encoded.get(..12).unwrap_or(encoded)
    }

    /// Whether bytes can be checked against it here. Only then may anything be fetched by it.
    pub fn is_verifiable(&self) -> bool {
        self.algorithm() != DigestAlgorithm::Other
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_LENGTH {
            return Err(DigestError::TooLong);
        }
        let separator = text.find(':').ok_or(DigestError::NoSeparator)?;
        let (algorithm, encoded) = (&text[..separator], &text[separator + 1..]);
        let component = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if !algorithm.split(['+', '.', '_', '-']).all(component) {
            return Err(DigestError::Algorithm);
        }
        let encoded_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'_' | b'-');
        if encoded.is_empty() || !encoded.bytes().all(encoded_byte) {
            return Err(DigestError::Encoded);
        }
        let registered = match algorithm {
            "sha256" => Some(("sha256", 64)),
            "sha512" => Some(("sha512", 128)),
            _ => None,
        };
        if let Some((algorithm, expected)) = registered {
            let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            if encoded.len() != expected || !encoded.bytes().all(lower_hex) {
                return Err(DigestError::Length { algorithm, expected });
            }
        }
        Ok(Self { text: text.into(), separator })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({})", self.text)
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.text.into_string()
    }
}
