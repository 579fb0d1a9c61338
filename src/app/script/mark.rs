//! Pointing at a digest marks the same digest all over the page.

use leptos::prelude::*;
use web_sys::Event;

use crate::app::browser;

/// The attribute that holds the digest of what an element shows.
const ATTRIBUTE: &str = "data-digest";
/// The class of what is marked.
const MARK: &str = "marked";

/// Listens to pointer and focus on the whole page: one listener, however many digests there are.
pub(super) fn start() {
    window_event_listener(leptos::ev::pointerover, |event| mark(&event));
    window_event_listener(leptos::ev::focusin, |event| mark(&event));
}

fn mark(event: &Event) {
    let digest = super::closest(event, "[data-digest]").and_then(|element| element.get_attribute(ATTRIBUTE));
    for marked in browser::find_all(".marked") {
        if marked.get_attribute(ATTRIBUTE) != digest {
            let _ = marked.class_list().remove_1(MARK);
        }
    }
    // A digest's grammar has no quotation mark and no backslash, so that it stands in a selector as it is.
    if let Some(digest) = digest {
        for same in browser::find_all(&format!("[data-digest=\"{digest}\"]")) {
            let _ = same.class_list().add_1(MARK);
        }
    }
}
