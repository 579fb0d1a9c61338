//! A size in bytes, rounded, exact on hover.

use leptos::prelude::*;

use crate::anatomy::size;

/// A size for reading, such as `29.1 MB`, with the exact number of bytes on hover.
#[component]
pub fn Size(
    /// The size in bytes.
    bytes: u64,
) -> impl IntoView {
    view! {
        <span class="num" title=size::exact(bytes)>
            {size::decimal(bytes)}
        </span>
    }
}
