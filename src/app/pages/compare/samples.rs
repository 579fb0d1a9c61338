//! Both core samples, one below the other on one scale.

use leptos::prelude::*;

use super::names::Names;
use crate::app::components::{Strip, StripScale};
use crate::view::compare::ComparePage;

/// The two strips; the larger image fills the width.
#[component]
pub(super) fn Samples(page: ComparePage, names: Names) -> impl IntoView {
    let larger = if page.from.size > page.to.size { &page.from.layers } else { &page.to.layers };
    let scale = StripScale::whole(larger);
    let is_empty = page.from.layers.is_empty() && page.to.layers.is_empty();
    (!is_empty).then(|| {
        view! {
            <dl class="card samples" aria-label="Layers of both images on one scale">
                <dt>{names.from}</dt>
                <dd>
                    <Strip layers=page.from.layers scale=scale tall=true />
                </dd>
                <dt>{names.to}</dt>
                <dd>
                    <Strip layers=page.to.layers scale=scale tall=true />
                </dd>
            </dl>
        }
    })
}
