//! The top of a comparison: both references, with a link that swaps them, the platform, and the link to keep.

use leptos::prelude::*;

use super::place::Place;
use super::platforms::PlatformChoice;
use crate::app::components::{CopyButton, DigestLabel, Glyph, Icon};
use crate::app::pages::image::ReferenceWords;
use crate::view::address::ImageView;
use crate::view::compare::{ComparePage, Side};
use crate::view::link::{self, PlatformLink};

/// From, to, and what can be done with them.
#[component]
pub(super) fn Heading(page: ComparePage, place: Place) -> impl IntoView {
    let hosts = page.from.registry.name != page.to.registry.name;
    view! {
        <div class="cmphead">
            <SideHead label="From" side=page.from.clone() with_host=hosts />
            <a
                class="iconbtn"
                href=place.swapped()
                aria-label="Swap the two sides"
                title="Swap the two sides"
                data-noscroll=""
            >
                <Icon glyph=Glyph::Swap />
            </a>
            <SideHead label="To" side=page.to.clone() with_host=hosts />
            <div class="cmpactions">
                <PlatformChoice page=page.clone() place=place />
                <a class="btn without-script" href=page.pinned.clone()>
                    "Pinned link"
                </a>
                <CopyButton text=page.pinned label="Copy pinned link" primary=true address=true />
            </div>
        </div>
    }
}

/// One side: its reference, and the digest that it stood for when the page was built.
#[component]
fn SideHead(label: &'static str, side: Side, with_host: bool) -> impl IntoView {
    let host = with_host.then(|| format!(" · {}", side.registry.host));
    let platform = side.identity.index.as_ref().and(side.platform);
    let choice = PlatformLink { platform, manifest: None };
    let href = link::image(&side.registry.prefix, &side.reference, ImageView::default(), &choice);
    let digest = side.identity.index.or(side.identity.manifest);
    view! {
        <div class="ref">
            <span class="label">{label} {host}</span>
            <b>
                <a href=href>
                    <ReferenceWords reference=side.reference />
                </a>
            </b>
            {digest.map(|digest| view! { <DigestLabel digest=digest.digest href=side.permalink /> })}
        </div>
    }
}
