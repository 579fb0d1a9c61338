//! Texts of the tables of contents that layers bring with them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| strata::layers::laws::contents_table(text));
