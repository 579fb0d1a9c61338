//! Layers that a page of files wants to have read: the script presses the page's button, and follows how far that has come.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, HtmlFormElement, MessageEvent};

use crate::app::browser;

/// The form that has layers read, where nobody need be asked.
const FORM: &str = "form[data-read]";
/// The notice of layers that are being read; its attribute is where that is told.
const NOTICE: &str = "[data-reading]";

/// Presses the button, or listens. A page that has come from itself has pressed it already, in vain: it leaves that to its reader.
pub(super) fn start() {
    let came_from_itself = window().location().href().is_ok_and(|here| document().referrer() == here);
    if let Some(form) = browser::find(FORM).filter(|_| !came_from_itself)
        && let Some(form) = form.dyn_ref::<HtmlFormElement>()
    {
        let _ = form.submit();
    }
    let Some(notice) = browser::find(NOTICE) else { return };
    let Some(events) = notice.get_attribute("data-reading").and_then(|url| EventSource::new(&url).ok()) else { return };
    let has_rows = notice.has_attribute("data-has-rows");
    let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data().as_string().unwrap_or_default();
        // Bytes, bytes in all, entries, and the same in words.
        let mut parts = data.splitn(4, ' ');
        let mut next = || parts.next().unwrap_or_default();
        let (stored, size, entries, words) = (next(), next(), next(), next());
        if !has_rows && entries != "0" {
            reload();
        }
        if let Some(bar) = browser::find("[data-reading] progress") {
            let _ = bar.set_attribute("max", size);
            let _ = bar.set_attribute("value", stored);
        }
        if let Some(text) = browser::find("[data-reading] .words") {
            text.set_text_content(Some(words));
        }
    });
    let done = Closure::<dyn Fn()>::new(reload);
    let _ = events.add_event_listener_with_callback("progress", told.as_ref().unchecked_ref());
    let _ = events.add_event_listener_with_callback("done", done.as_ref().unchecked_ref());
    // They listen as long as the page stands.
    told.forget();
    done.forget();
}

fn reload() {
    let _ = window().location().reload();
}
