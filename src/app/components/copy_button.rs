//! A button that copies a text. `script::copy` makes it work, for all buttons of the page together.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// Copies a text, over plain http too. Without script it is not shown.
#[component]
pub fn CopyButton(
    /// What is copied. An absolute path of this site becomes a whole address where `address` is set.
    #[prop(into, optional)]
    text: String,
    /// Where what is copied stands on the page already, as the identity of its element: long texts are sent once.
    #[prop(into, optional)]
    from: Option<String>,
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
    let glyph = if address { Glyph::Link } else { Glyph::Copy };
    let class = match (icon_only, primary) {
        (true, _) => "iconbtn needs-script",
        (false, true) => "btn primary needs-script",
        (false, false) => "btn needs-script",
    };
    let name = icon_only.then(|| label.clone());
    let words = (!icon_only).then(|| view! { <span class="words">{label}</span> });
    view! {
        <button type="button" class=class title=name.clone() aria-label=name data-copy=text data-copy-from=from data-address=address>
            <Icon glyph=glyph />
            {words}
            // Stands in place of the words for a moment.
            {(!icon_only).then(|| view! { <span class="done-words">"Copied"</span> })}
        </button>
    }
}
