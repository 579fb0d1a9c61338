//! Stored layers: unpacked, walked, indexed, and opened again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| strata::layers::laws::layer(bytes));
