//! The button that goes through the themes: the system's, light, dark.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::app::browser;

/// The name under which the browser keeps the choice; the shell's first script reads it too.
const KEPT_AS: &str = "theme";
/// The attribute of the document's root that the style goes by.
const ATTRIBUTE: &str = "data-theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn parse(text: Option<&str>) -> Self {
        match text {
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

/// Changes the theme and keeps the choice in this browser. All three icons are on the page and the style shows the right
/// one, so that none flashes up before the script runs.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(Theme::System);
    Effect::new(move |_| theme.set(Theme::parse(browser::kept(KEPT_AS).as_deref())));
    let change = move |_| {
        let next = theme.get_untracked().next();
        browser::keep(KEPT_AS, next.as_kept());
        browser::set_root_attribute(ATTRIBUTE, next.as_kept());
        theme.set(next);
    };
    let words = move || theme.get().words();
    view! {
        <button type="button" class="iconbtn theme needs-script" title=words aria-label=words on:click=change>
            <Icon glyph=Glyph::Contrast />
            <Icon glyph=Glyph::Sun />
            <Icon glyph=Glyph::Moon />
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn themes_come_round_and_survive_being_kept() {
        let mut theme = Theme::System;
        for _ in 0..3 {
            assert_eq!(Theme::parse(theme.as_kept()), theme);
            theme = theme.next();
        }
        assert_eq!(theme, Theme::System);
    }
}
