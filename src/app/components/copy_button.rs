//! A button that copies a text.

use std::time::Duration;

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::app::browser;

/// How long the button says that it has copied.
const THANKS: Duration = Duration::from_secs(2);

/// Copies a text, over plain http too. Without script it is not shown.
#[component]
pub fn CopyButton(
    /// What is copied. An absolute path of this site becomes a whole address where `address` is set.
    #[prop(into)]
    text: String,
    /// What the button says; with `icon_only` its name for readers who do not see the icon.
    #[prop(into)]
    label: Oco<'static, str>,
    /// Whether only the icon is drawn.
    #[prop(optional)]
    icon_only: bool,
    /// Whether it is the page's main button.
    #[prop(optional)]
    primary: bool,
    /// Whether `text` is a path of this site, copied as a whole address.
    #[prop(optional)]
    address: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = if address {
            window().location().origin().map_or_else(|_| text.clone(), |origin| format!("{origin}{text}"))
        } else {
            text.clone()
        };
        browser::copy(text);
        copied.set(true);
        set_timeout(
            move || {
                // The button may be gone by then.
                let _ = copied.try_set(false);
            },
            THANKS,
        );
    };
    let glyph = if address { Glyph::Link } else { Glyph::Copy };
    let class = match (icon_only, primary) {
        (true, _) => "iconbtn needs-script",
        (false, true) => "btn primary needs-script",
        (false, false) => "btn needs-script",
    };
    let name = icon_only.then(|| label.clone());
    let words = move || {
        let said = if copied.get() { Oco::Borrowed("Copied") } else { label.clone() };
        (!icon_only).then_some(said)
    };
    view! {
        <button type="button" class=class class:done=copied title=name.clone() aria-label=name on:click=copy>
            <Icon glyph=glyph />
            {words}
            <span class="sr-only" role="status">
                {move || (icon_only && copied.get()).then_some("Copied")}
            </span>
        </button>
    }
}
