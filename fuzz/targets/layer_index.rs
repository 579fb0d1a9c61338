//! Indexes of layers as they lie on disk.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| strata::layers::laws::index(bytes));
