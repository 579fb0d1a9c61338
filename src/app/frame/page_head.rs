//! What a page says about itself in its head: title, description, link preview.

use leptos::prelude::*;
use leptos_meta::{Link, Meta, Stylesheet, Title};
use leptos_router::hooks::use_location;

use super::Assets;
use crate::view::{Site, link};

/// Title and description of a page, for the browser and for link previews (Open Graph).
#[component]
pub fn PageHead(
    /// The title, without the site's name.
    #[prop(into)]
    title: String,
    /// The page in a sentence or two.
    #[prop(into)]
    description: String,
    /// The link to the page's lasting address, where it is not the present one.
    #[prop(optional, into)]
    permalink: Option<String>,
    /// A style sheet that only pages like this one need; empty for none.
    #[prop(optional)]
    style: &'static str,
) -> impl IntoView {
    let site = expect_context::<StoredValue<Site>>();
    let link = permalink.unwrap_or_else(|| link::site(&use_location().pathname.get_untracked()));
    let address = site.with_value(|site| site.absolute(&link));
    let style = use_context::<Assets>().filter(|_| !style.is_empty()).map(|assets| assets.path(style));
    view! {
        {style.map(|href| view! { <Stylesheet href=href /> })}
        <Title text=title.clone() />
        <Meta name="description" content=description.clone() />
        <Meta property="og:site_name" content="Strata" />
        <Meta property="og:type" content="website" />
        <Meta property="og:title" content=title />
        <Meta property="og:description" content=description />
        {address
            .map(|address| {
                view! {
                    <Meta property="og:url" content=address.clone() />
                    <Link rel="canonical" href=address />
                }
            })}
    }
}
