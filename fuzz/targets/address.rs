//! The raw paths of this site.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::view::Address;
use strata::view::link::{self, PlatformLink};

fuzz_target!(|path: &str| {
    match Address::parse(path) {
        Ok(Address::Tags(reference)) => {
            assert!(!reference.names_manifest());
            assert_eq!(Address::parse(&link::tags("", &reference.repository)), Ok(Address::Tags(reference)));
        }
        Ok(Address::Image(reference, view)) => {
            let written = link::image("", &reference, view, &PlatformLink::none());
            assert_eq!(Address::parse(&written), Ok(Address::Image(reference, view)), "{written}");
        }
        Ok(Address::Registry(name)) => assert!(!name.contains(['/', '%', '\\']), "{name}"),
        Ok(_) => {}
        Err(error) => assert!(matches!(error.status(), 400 | 404)),
    }
});
