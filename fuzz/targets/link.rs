//! `Link`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &[u8]| strata::registry::laws::link(header));
