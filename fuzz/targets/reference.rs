//! The grammar of references, and what people paste into the search box.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::anatomy::reference_text::{Pasted, parse};
use strata::oci::Reference;

fuzz_target!(|text: &str| {
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.to_string(), text, "a reference is written as it was read");
    }
    match parse(text) {
        Pasted::Reference { reference, .. } => {
            assert_eq!(reference.to_string().parse(), Ok(reference), "a reference is read back");
        }
        Pasted::Path { path, .. } => {
            assert!(path.starts_with('/') && !path[1..].starts_with(['/', '\\']), "a path stays on this site: {path}");
            assert!(!path.contains(char::is_control), "a path is one line: {path:?}");
        }
        Pasted::Digest(digest) => assert_eq!(digest.to_string().parse(), Ok(digest)),
        Pasted::Words(words) => assert!(words.chars().count() <= 256),
    }
});
