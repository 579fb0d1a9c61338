//! From what a page asks for to the page: there, or failed.

use std::future::Future;

use leptos::prelude::*;
use leptos::tachys::reactive_graph::OwnedView;

use super::FailurePage;
use super::request_bar::PageRequests;
use crate::view::{Failure, Page};

/// Draws a page from its data: `draw` gets the content once it is there and gives what stands in `<main>`; the request bar
/// stands below it. A failure becomes a page of its own.
pub(in crate::app) fn loaded<T, V>(
    page: impl Future<Output = Result<Page<T>, Failure>> + Send + 'static,
    draw: impl FnOnce(Page<T>) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    Suspend::new(async move {
        let drawn = match page.await {
            Ok(page) => {
                let (registry, trace) = (Some(page.registry.clone()), page.trace.clone());
                view! {
                    <main id="main" class="page" tabindex="-1">
                        {draw(page).into_any()}
                    </main>
                    <PageRequests registry=registry trace=trace />
                }
                .into_any()
            }
            Err(failure) => view! { <FailurePage failure=failure /> }.into_any(),
        };
        // What comes later is written outside of the page's owner, where titles and descriptions find no head to stand in.
        OwnedView::new(drawn)
    })
}
