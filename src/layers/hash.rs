//! Digests of bytes that come in pieces.

use sha2::{Digest as _, Sha256, Sha512};

use crate::oci::{Digest, DigestAlgorithm};

/// A digest that is being made.
pub(super) enum Hasher {
    Sha256(Box<Sha256>),
    Sha512(Box<Sha512>),
}

impl Hasher {
    /// With the same algorithm as a digest. None for an algorithm that cannot be checked.
    pub(super) fn like(digest: &Digest) -> Option<Hasher> {
        match digest.algorithm() {
            DigestAlgorithm::Sha256 => Some(Hasher::Sha256(Box::default())),
            DigestAlgorithm::Sha512 => Some(Hasher::Sha512(Box::default())),
            _ => None,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hash) => hash.update(bytes),
            Hasher::Sha512(hash) => hash.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Digest {
        match self {
            Hasher::Sha256(hash) => Digest::from_sha256(&hash.finalize()),
            Hasher::Sha512(hash) => Digest::from_sha512(&hash.finalize()),
        }
    }
}
