//! The tools with which the sample is made: a small image builder whose result depends on nothing but its input.
//!
//! - [`moment`], [`noise`], [`packages`]: times, bytes and package lists
//! - [`files`] make a tar of what [`entry`] writes, [`layer`] and [`gzip`] compress it, [`image`] joins layers and
//!   history as a Dockerfile's steps do
//! - [`contents_table`]: a tar packed file by file, with a list of them
//! - [`document`]: a finished manifest and all it needs; [`index`] lists several, [`artifact`] is any other thing
//! - [`schema1`]: a manifest as it was written before there were configs
//! - [`attestation`], [`signature`]: what is said about an image
//! - [`repository`]: documents under tags

pub(super) mod artifact;
pub(super) mod attestation;
mod contents_table;
pub(super) mod document;
mod entry;
pub(super) mod files;
mod gzip;
pub(super) mod image;
pub(super) mod index;
pub(super) mod layer;
pub(super) mod moment;
pub(super) mod noise;
pub(super) mod packages;
pub(super) mod repository;
pub(super) mod schema1;
pub(super) mod signature;

use std::fmt::Debug;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::oci::Digest;

/// The result of writing to memory, which does not fail.
#[expect(clippy::expect_used, reason = "writing to a Vec has no way to fail, and tests make the whole sample")]
pub(super) fn in_memory<T>(written: std::io::Result<T>) -> T {
    written.expect("writing to memory does not fail")
}

/// A name, tag or platform that stands in the sample's own text.
#[expect(clippy::expect_used, reason = "the sample's own text is fixed, and tests make the whole sample")]
pub(super) fn literal<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect(text)
}

/// The SHA-256 digest of these bytes.
pub(super) fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_sha256(&Sha256::digest(bytes))
}
