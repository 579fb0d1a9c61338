//! Small line drawings, 16 units wide.

use leptos::prelude::*;

/// What a drawing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A magnifying glass: search, filter.
    Search,
    /// Two sheets: copy.
    Copy,
    /// Two links of a chain: a link to share.
    Link,
    /// Two arrows against each other: compare.
    Swap,
    /// A disc, half filled: the system's theme.
    Contrast,
    /// A sun: the light theme.
    Sun,
    /// A moon: the dark theme.
    Moon,
    /// A circular arrow: ask again.
    Refresh,
    /// An arrow into a tray: download.
    Download,
    /// An arrow head to the right.
    Next,
    /// An arrow head to the left.
    Previous,
    /// A cross: take away.
    Close,
    /// A folder: a directory.
    Folder,
    /// A sheet with a folded corner: a file.
    File,
}

impl Glyph {
    /// The outline, and what is filled of it.
    fn paths(self) -> (&'static str, &'static str) {
        match self {
            Self::Search => ("M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0ZM10.4 10.4l3.1 3.1", ""),
            Self::Copy => (
                "M7 5.5h5A1.5 1.5 0 0 1 13.5 7v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 5.5ZM10.5 5.5V3.6a1.1 1.1 0 0 0-1.1-1.1H3.6a1.1 1.1 0 0 0-1.1 1.1v5.8a1.1 1.1 0 0 0 1.1 1.1h1.9",
                "",
            ),
            Self::Link => (
                "M6.6 9.4a2.6 2.6 0 0 0 3.7.1l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.4 6.6a2.6 2.6 0 0 0-3.7-.1L3.5 8.7a2.6 2.6 0 0 0 3.7 3.7l.8-.8",
                "",
            ),
            Self::Swap => ("M3 5.5h10M10 2.5l3 3-3 3M13 10.5H3M6 7.5l-3 3 3 3", ""),
            Self::Contrast => ("M13.5 8a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0Z", "M8 2.5v11a5.5 5.5 0 0 0 0-11Z"),
            Self::Sun => (
                "M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
                "",
            ),
            Self::Moon => ("M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z", ""),
            Self::Refresh => ("M13 8a5 5 0 1 1-1.6-3.7M13.2 2.2v2.9h-2.9", ""),
            Self::Download => ("M8 2.5v7M5 6.8l3 3 3-3M2.5 11v1.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V11", ""),
            Self::Next => ("M6 3.5 10.5 8 6 12.5", ""),
            Self::Previous => ("M10 3.5 5.5 8l4.5 4.5", ""),
            Self::Folder => {
                ("M2 4.5a1 1 0 0 1 1-1h3.2l1.6 1.8H13a1 1 0 0 1 1 1v5.7a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1Z", "")
            }
            Self::File => ("M4 2.5h5l3 3v8H4ZM9 2.5v3h3", ""),
            Self::Close => ("m4 4 8 8M12 4l-8 8", ""),
        }
    }
}

/// A drawing beside words that say the same, or in a button that has a name.
#[component]
pub fn Icon(
    /// What it shows.
    glyph: Glyph,
) -> impl IntoView {
    let (outline, filled) = glyph.paths();
    view! {
        <svg class="ico" viewBox="0 0 16 16" aria-hidden="true">
            <path d=outline />
            {(!filled.is_empty()).then(|| view! { <path d=filled fill="currentColor" stroke="none" /> })}
        </svg>
    }
}
