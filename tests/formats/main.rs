//! Every kind of document that a registry may hold, each as a fixture of its own with what its page must show.
//!
//! | fixture | what it is | where |
//! | --- | --- | --- |
//! | F1 | an OCI image of three layers, with steps that made none | [`images`] |
//! | F2 | Docker's schema 2 | [`images`] |
//! | F3 | an OCI index of three platforms with attestations in both forms | [`indexes`] |
//! | F4 | Docker's list with two Windows builds | [`indexes`] |
//! | F5, F6, F7 | an index in an index, an empty one, one whose children are missing | [`indexes`] |
//! | F8 | schema 1, signed | [`odd`] |
//! | F9 | a manifest without `mediaType` | [`images`] |
//! | F10 | no history, a longer one than there are layers, a shorter one | [`images`] |
//! | F11 | odd times of building | [`images`] |
//! | F12 | hostile texts in every field | `tests/security/strings.rs` |
//! | F13 | a Helm chart | [`artifacts`] |
//! | F14 | files with titles that are paths or markup (the manifest) | [`artifacts`] |
//! | F15, F16 | signatures by tag and by referrer: wait for the referrers' client; the tags are in the sample | – |
//! | F17 | a foreign layer with `urls` | [`images`] |
//! | F18, F19 | no layer, and a hundred | [`images`] |
//! | F20, F21 | 100,000 steps, 5,000 entries | [`images`], [`indexes`] |
//! | F22, F23, F24 | the inside of layers: wait until layers are opened; for Windows | [`windows`] |
//! | F25 | two tags of one digest, a tag that moves, a manifest without a tag | [`pages`] |
//! | F26 | every name that there can be | [`pages`] |
//! | F27 | 10,000 tags, 50,000 repositories | [`pages`] |
//! | F28 | models, wasm, Flux, Compose, an unknown type | [`artifacts`] |
//! | F29 | two meanings, doubled members, deep JSON | [`odd`], `tests/security/shapes.rs` |
//! | F30, F31 | a layer named by SHA-512, an encrypted one | [`images`] |
//! | F32 | eStargz and zstd:chunked (their annotations) | [`images`] |
//! | F33, F34 | an entry without a platform, a config that contradicts its index | [`indexes`] |
//! | F35 | a subject that is not the asked one: waits for the referrers' client; the subject itself is shown | [`artifacts`] |
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may break")]

#[path = "../support/mod.rs"]
mod support;

mod artifacts;
mod images;
mod indexes;
mod odd;
mod pages;
mod shelf;
mod windows;
