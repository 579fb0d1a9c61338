//! The choice of the theme, kept in this browser.

use leptos::prelude::*;

use crate::app::browser;

/// What finds the button.
const SWITCH: &str = "[data-theme-switch]";
/// The name under which the browser keeps the choice; the document's first script reads it too.
const KEPT_AS: &str = "strata-theme";
/// The attribute of the document's root that the style goes by.
const ATTRIBUTE: &str = "data-theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn kept() -> Self {
        match kept(KEPT_AS).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// As it is kept; the system's theme is no choice at all.
    fn as_kept(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::System => "Theme: as the system",
            Self::Light => "Theme: light",
            Self::Dark => "Theme: dark",
        }
    }
}

/// Lets the button say what is chosen, and choose the next one.
pub(super) fn start() {
    say(Theme::kept());
    window_event_listener(leptos::ev::click, |event| {
        if super::closest(&event, SWITCH).is_none() {
            return;
        }
        let next = Theme::kept().next();
        keep(KEPT_AS, next.as_kept());
        set_root_attribute(ATTRIBUTE, next.as_kept());
        say(next);
    });
}

fn say(theme: Theme) {
    if let Some(button) = browser::find(SWITCH) {
        let _ = button.set_attribute("aria-label", theme.words());
        button.set_title(theme.words());
    }
}

/// A value that this browser keeps for this site; nothing where keeping is forbidden.
fn kept(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a value, or forgets it. Where keeping is forbidden, nothing happens.
fn keep(name: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = match value {
            Some(value) => storage.set_item(name, value),
            None => storage.remove_item(name),
        };
    }
}

/// Sets or removes an attribute of the document's root.
fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}
