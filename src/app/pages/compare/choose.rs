//! Where the address does not name two images: a form that asks for them.

use leptos::prelude::*;

use crate::app::frame::PageHead;
use crate::view::compare::{CompareQuery, CompareView};
use crate::view::{Site, link};

/// The form, filled with what is known.
#[component]
pub(super) fn Choose(query: CompareQuery) -> impl IntoView {
    let site = expect_context::<StoredValue<Site>>();
    let several = site.with_value(Site::has_several).then(|| {
        let names = site.with_value(|site| {
            let names: Vec<_> = site.registries.iter().map(|registry| registry.name.clone()).collect();
            names.join(", ")
        });
        view! {
            <li>
                "A registry's name may stand before the repository: " {names} ". Without one, the first registry is meant."
            </li>
        }
    });
    let kept = [
        ("platform", query.platform),
        ("from_platform", query.from_platform),
        ("to_platform", query.to_platform),
        ("view", if query.view == CompareView::Config { "config".to_owned() } else { String::new() }),
    ];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <main id="main" class="page" tabindex="-1">
            <PageHead title="Compare two images" description="Layers and configs of two images, side by side." style="compare.css" />
            <div class="choose">
                <h1>"Compare two images"</h1>
                <p class="sub">"What a pull would fetch, which layers they share, where the build cache ended, and what differs in their configs."</p>
                <form class="card" action=link::site(link::COMPARE)>
                    <Field name="from" label="From" hint="what somebody has" value=query.from />
                    <Field name="to" label="To" hint="what somebody wants" value=query.to />
                    {kept}
                    <button class="btn primary">"Compare"</button>
                </form>
                <h2 class="advicehead">"What may be typed"</h2>
                <ul class="advice">
                    <li>"A repository with a tag: " <code>"payments/api:1.10.1"</code></li>
                    <li>"A repository with a digest: " <code>"payments/api@sha256:…"</code></li>
                    <li>"The same with the host that it is pulled from, or a whole pull command"</li>
                    {several}
                </ul>
            </div>
        </main>
    }
}

#[component]
fn Field(name: &'static str, label: &'static str, hint: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>
                {label} " " <span class="label">{hint}</span>
            </label>
            <input
                id=name
                name=name
                value=value
                required
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="1024"
            />
        </div>
    }
}
