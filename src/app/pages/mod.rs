//! One page a file, or a folder where it is large. Which one it is, is read from the raw path.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::components::AddressFailure;
use crate::view::address::{Address, AddressError};

/// What stands at `/`.
#[component]
pub fn Home() -> impl IntoView {
    view! { <AddressFailure error=AddressError::Unknown /> }
}

/// What stands at every other path. The router's own parameters are decoded before they can be read, which would make
/// `%2F` a `/`: the raw path decides.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let path = use_location().pathname;
    let address = Memo::new(move |_| Address::parse(&path.get()));
    move || match address.get() {
        // The router is about to draw that page by its own route.
        Ok(Address::Home) => ().into_any(),
        Ok(_) => view! { <AddressFailure error=AddressError::Unknown /> }.into_any(),
        Err(error) => view! { <AddressFailure error=error /> }.into_any(),
    }
}
