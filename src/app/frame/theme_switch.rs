//! The button that goes through the themes: the system's, light, dark. `script::theme` makes it work.

use leptos::prelude::*;

use crate::app::components::{Glyph, Icon};

/// Changes the theme and keeps the choice in this browser. All three icons are on the page and the style shows the right
/// one, so that none flashes up before the script runs.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    view! {
        <button type="button" class="iconbtn theme needs-script" title="Theme" aria-label="Theme" data-theme-switch="">
            <Icon glyph=Glyph::Contrast />
            <Icon glyph=Glyph::Sun />
            <Icon glyph=Glyph::Moon />
        </button>
    }
}
