//! Indexes, and the entry of them that a page shows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::anatomy::kind::Kind;
use strata::anatomy::platform_choice::{Asked, choose, shared};
use strata::oci::{Manifest, MediaType};

fuzz_target!(|bytes: &[u8]| {
    for stated in [None, Some(MediaType::new("application/vnd.oci.image.index.v1+json"))] {
        let Ok(Manifest::Index(index)) = Manifest::parse(bytes, stated.as_ref()) else { continue };
        let entries = &index.manifests;
        let chosen = choose(entries, &Asked::default()).position();
        assert!(chosen.is_none_or(|position| position < entries.len()));
        assert!(shared(entries).iter().all(|position| *position < entries.len()));
        assert!(!Kind::of_index(&index).label.is_empty());
        for entry in entries {
            let _ = (entry.index_entry(), Kind::of_descriptor(entry));
            if let Some(platform) = &entry.platform {
                assert!(platform.matches(platform), "{platform}");
                assert_eq!(platform.normalized().normalized(), platform.normalized());
            }
        }
    }
});
