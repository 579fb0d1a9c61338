//! From a page's resource to the page: still waiting, there, or failed.

use leptos::prelude::*;

use super::{FailurePage, RequestBar};
use crate::api::ApiError;
use crate::view::Page;

/// Draws a page from its data: `draw` gets the content once it is there and gives what stands in `<main>`; the request bar
/// stands below it. A failure becomes a page of its own. When the resource is asked again, the old page stays until the
/// new answer is there.
pub fn loaded<T, V>(
    page: Resource<Result<Page<T>, ApiError>>,
    draw: impl Fn(Page<T>) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let content = move || {
        let draw = draw.clone();
        Suspend::new(async move {
            match page.await {
                Ok(page) => {
                    let (registry, trace) = (Some(page.registry.clone()), page.trace.clone());
                    view! {
                        <main id="main" class="page" tabindex="-1">
                            {draw(page).into_any()}
                        </main>
                        <RequestBar registry=registry trace=trace />
                    }
                    .into_any()
                }
                Err(error) => view! { <FailurePage error=error /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=Skeleton>{content}</Transition> }
}

/// Stands for a page that the script is waiting for. It shows after a moment only, so that quick answers do not flicker.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <main class="page skeleton" aria-busy="true" aria-label="Loading">
            <span class="pending"></span>
            <span class="pending wide"></span>
            <span class="pending wide"></span>
            <span class="pending wide"></span>
        </main>
    }
}
