//! Where a search leads: on to a page, or to a list of what may be meant.

use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::text_of;
use crate::api::{find, redirect_page};
use crate::app::components::{DigestLabel, ForeignText, Nothing};
use crate::app::frame::{PageHead, loaded};
use crate::oci::{Digest, Reference, RepositoryName};
use crate::view::address::ImageView;
use crate::view::link::{self, PlatformLink};
use crate::view::search::{SearchOutcome, SearchQuery};
use crate::view::{Page, RegistryFacts};

/// `/-/search`
#[component]
pub fn SearchPage() -> impl IntoView {
    let asked = use_query_map().with_untracked(|query| SearchQuery {
        q: text_of(query, "q"),
        repository: text_of(query, "in"),
        registry: text_of(query, "registry"),
    });
    let text = asked.q.clone();
    loaded(find(asked), move |page: Page<SearchOutcome>| match page.content {
        SearchOutcome::Page { path } => {
            redirect_page(&path);
            EitherOf3::A(view! { <PageHead title="Search" description="Opens any image reference." /> })
        }
        SearchOutcome::Digest { digest, repositories } => {
            EitherOf3::B(view! { <DigestFound registry=page.registry digest=digest repositories=repositories /> })
        }
        SearchOutcome::Nothing { reason } => EitherOf3::C(view! {
            <PageHead title="Nothing found" description="This search leads nowhere." />
            <h1 class="found">"Nothing found"</h1>
            <div class="card nothing">
                <b><ForeignText text=text /></b>
                <p><ForeignText text=reason /></p>
                <p>
                    "What the box understands: a repository, an image reference with tag or digest, a pull command, a link of this site, a digest."
                </p>
            </div>
        }),
    })
}

/// A digest, and the repositories in which it has been seen.
#[component]
fn DigestFound(registry: RegistryFacts, digest: Digest, repositories: Vec<RepositoryName>) -> impl IntoView {
    let rows = repositories
        .iter()
        .map(|repository| {
            let reference = Reference::digest(repository.clone(), digest.clone());
            let href = link::image(&registry.prefix, &reference, ImageView::default(), &PlatformLink::none());
            view! {
                <li class="row">
                    <a class="name" href=href data-row="">
                        <b>{repository.to_string()}</b>
                    </a>
                </li>
            }
        })
        .collect_view();
    let list = if repositories.is_empty() {
        view! {
            <Nothing title="Not seen in any repository yet">
                "A registry answers for a digest only within a repository. Open the repository first and search there, or paste the digest with its repository and an @ before it."
            </Nothing>
        }
        .into_any()
    } else {
        view! {
            <section class="card list" aria-label="Repositories">
                <h2 class="group">"Seen in"</h2>
                <ul>{rows}</ul>
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead title=format!("Digest {}", digest.short()) description="Where a digest has been seen." />
        <div class="pagehead">
            <div>
                <h1>"A digest"</h1>
                <p class="sub">
                    <DigestLabel digest=digest whole=true />
                </p>
            </div>
        </div>
        {list}
    }
}
