//! Moments: in UTC as they are written here, relative once `script::clock` has met them, exact on hover.

use leptos::prelude::*;

use crate::anatomy::time::{Created, Timestamp};

/// A moment.
#[component]
pub fn Moment(
    /// The moment.
    at: Timestamp,
    /// Whether the time of day is written too, for moments of today.
    #[prop(optional)]
    time: bool,
) -> impl IntoView {
    view! {
        <time datetime=at.rfc3339() title=at.utc() data-at=at.seconds()>
            {if time { at.utc() } else { at.date() }}
        </time>
    }
}

/// When something was built, as far as the document's word can be taken.
#[component]
pub fn Date(
    /// The `created` member as it stands.
    #[prop(into)]
    created: Option<String>,
) -> impl IntoView {
    match Created::of(created.as_deref()) {
        Created::Known(at) => view! { <Moment at=at /> }.into_any(),
        Created::Reproducible(at) => {
            let exact = at.utc();
            view! {
                <time datetime=at.rfc3339() title=format!("{exact}: the day that reproducible builds write")>
                    "no date"
                </time>
            }
            .into_any()
        }
        Created::NotSet => {
            view! { <span title="The config does not say when it was built">"no date"</span> }.into_any()
        }
        Created::Invalid(text) => {
            view! { <span title=format!("The config says: {text:?}")>"invalid date"</span> }.into_any()
        }
    }
}
