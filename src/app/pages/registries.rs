//! The list of registries, where several are configured.

use leptos::prelude::*;

use crate::app::frame::PageHead;
use crate::view::link;
use crate::view::registries::RegistryList;

/// Every registry of the settings.
#[component]
pub fn RegistriesView(
    /// The registries.
    list: RegistryList,
) -> impl IntoView {
    let rows = list
        .registries
        .into_iter()
        .map(|registry| {
            // The first one's references need no name, its list does: `/` lists the registries.
            let href = link::repositories(&format!("{}/", registry.name));
            let account = registry
                .account
                .map_or_else(|| "read anonymously".to_owned(), |account| format!("signed in as {account}"));
            view! {
                <li class="row registry">
                    <a class="name" href=href data-row="">
                        <b>{registry.name}</b>
                    </a>
                    <span class="meta">{registry.host}</span>
                    <span class="when">{account}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <PageHead title="Registries" description="The registries that this Strata shows." />
        <div class="pagehead">
            <div>
                <h1>"Registries"</h1>
                <p class="sub">"The first one is meant wherever none is named."</p>
            </div>
        </div>
        <section class="card list" aria-label="Registries">
            <ul>{rows}</ul>
        </section>
    }
}
