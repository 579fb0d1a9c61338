//! The repositories of a registry.
//!
//! - `groups`: rows gathered by namespace; `row`: one repository

mod groups;
mod row;

use std::collections::HashMap;
use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use super::fill::{Filler, Parts};
use super::filter_bar::FilterBar;
use super::live_list::{ListQuery, LiveList};
use crate::anatomy::size::{count, counted};
use crate::api::{ApiError, functions};
use crate::app::components::list_state::{DetailsLink, EmptyList, PAST_END, Problem, ReadAt, WalkNotice};
use crate::app::components::{Pager, StripScale};
use crate::oci::RepositoryName;
use crate::view::listing::{Details, Walk};
use crate::view::repositories::{RepositoriesQuery, RepositoryDetails, RepositoryList as RepositoryNames};
use crate::view::{Page, RegistryFacts, link};
use groups::{Group, by_namespace};
use row::Row;

/// What finds the rows of this page, in their order.
const ROWS: &str = ".row.repo";

type RowDetails = RwSignal<Details<RepositoryDetails>>;

/// What is known of repositories, kept while the list is filtered and while more of it is read.
type Known = StoredValue<HashMap<RepositoryName, Details<RepositoryDetails>>>;

impl ListQuery for RepositoriesQuery {
    type List = RepositoryNames;

    fn filtered(&self, filter: String) -> Self {
        Self { filter, after: String::new(), details: String::new(), refresh: false, ..self.clone() }
    }

    async fn ask(self) -> Result<Page<RepositoryNames>, ApiError> {
        functions::list_repositories(self).await
    }
}

/// Everything below the top bar on the page of a registry's repositories. `path` is the page's.
#[island]
pub fn RepositoryList(
    registry: RegistryFacts,
    list: RepositoryNames,
    query: RepositoriesQuery,
    path: String,
) -> impl IntoView {
    let live = LiveList::new(query, list);
    let known = Known::new(HashMap::new());
    move || {
        let (registry, list, path) = (registry.clone(), live.list.get(), path.clone());
        view! { <RepositoriesView registry=registry list=list live=live known=known path=path /> }
    }
}

/// A page of repositories.
#[component]
fn RepositoriesView(
    registry: RegistryFacts,
    list: RepositoryNames,
    live: LiveList<RepositoriesQuery, RepositoryNames>,
    known: Known,
    path: String,
) -> impl IntoView {
    let reload = Callback::new(move |()| live.reload());
    let again = Callback::new(move |()| live.reload_at_rest());
    let after = live.with_query(|query| query.after.clone());
    let apply_now = live.apply_now(path.clone(), Vec::new());
    let apply_later = live.apply_later(path.clone(), Vec::new());
    let filter = list.filter.clone();
    let address = {
        let (path, filter) = (path.clone(), filter.clone());
        move |pairs: &[(&str, &str)]| {
            let pairs = [("filter", filter.as_str())].into_iter().chain(pairs.iter().copied());
            let pairs: Vec<_> = pairs.filter(|(_, value)| !value.is_empty()).collect();
            format!("{path}?{}", link::query(&pairs))
        }
    };
    let previous = list.previous.as_ref().map(|after| address(&[("after", after)]));
    let next = list.next.as_ref().map(|after| address(&[("after", after.as_str())]));
    let first_open = list.repositories.iter().find(|row| row.details.is_open());
    let fill_link = first_open.map(|row| address(&[("after", &after), ("details", row.name.as_str())]));

    let shown = u64::try_from(list.repositories.len()).unwrap_or_default();
    let rows: Vec<_> = list
        .repositories
        .into_iter()
        .map(|row| {
            let remembered = || known.with_value(|known| known.get(&row.name).cloned());
            let details = if row.details.is_open() { remembered().unwrap_or(row.details) } else { row.details };
            (row.name, RwSignal::new(details))
        })
        .collect();
    let scale = scale(&rows);
    let groups = by_namespace(rows);
    let filler = filler(registry.name.clone(), &groups, known);
    let retry = Callback::new(move |()| filler.retry());
    let past_end = list.matching > 0;
    let body = if shown > 0 {
        Either::Left(view! {
            <section class="card list" aria-label="Repositories">
                <Groups prefix=registry.prefix.clone() groups=groups scale=scale />
                {fill_link.map(|href| view! { <ul><DetailsLink href=href rows="these repositories" /></ul> })}
            </section>
        })
    } else {
        Either::Right(
            view! { <NoRepositories past_end=past_end walk=list.walk.clone() filter=filter.clone() path=path.clone() /> },
        )
    };
    view! {
        <div class="pagehead">
            <div>
                <h1>"Repositories"</h1>
                <p class="sub dotted">
                    <span>
                        <a class="link" href=about(&registry)>{registry.host.clone()}</a>
                    </span>
                    {match registry.account.clone() {
                        Some(account) => Either::Left(view! { <span>"signed in as " <b>{account}</b></span> }),
                        None => Either::Right(view! { <span>"read anonymously"</span> }),
                    }}
                    <ReadAt at=list.read_at path=path.clone() />
                </p>
            </div>
            <dl class="stats">
                {(!filter.is_empty())
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Match the filter"</dt>
                                <dd>{count(list.matching)}</dd>
                            </div>
                        }
                    })}
                <div>
                    <dt>"Repositories"</dt>
                    <dd>{count(list.total)}</dd>
                </div>
            </dl>
        </div>
        <FilterBar label=format!("Filter {}", counted(list.total, "repository")) value=filter path=path apply_now=apply_now apply_later=apply_later />
        <WalkNotice walk=list.walk noun="repositories" total=list.total invalid=list.invalid reload=again />
        <Problem what="The list could not be read" problem=live.problem retry=reload />
        <Problem what="Some rows could not be read" problem=filler.problem retry=retry />
        {body}
        <Pager before=list.before shown=shown total=list.matching previous=previous next=next />
    }
}

/// The page about a registry.
fn about(registry: &RegistryFacts) -> String {
    link::registry(if registry.prefix.is_empty() { "" } else { &registry.name })
}

/// The scale on which the core samples of all rows that are known find room.
fn scale(rows: &[(RepositoryName, RowDetails)]) -> Memo<StripScale> {
    let rows: Vec<RowDetails> = rows.iter().map(|(_, details)| *details).collect();
    Memo::new(move |_| {
        StripScale::for_sizes(rows.iter().filter_map(|details| {
            details.with(|details| details.known().and_then(|known| known.image.known()).and_then(|image| image.size))
        }))
    })
}

/// Fills the rows once the page stands in the browser.
fn filler(registry: String, groups: &[Group], known: Known) -> Filler<RepositoryName, RepositoryDetails> {
    let rows = || groups.iter().flat_map(|group| &group.rows);
    let names = rows().map(|(name, details)| (name.clone(), details.with_untracked(Details::is_open))).collect();
    let signals: HashMap<RepositoryName, RowDetails> = rows().cloned().collect();
    Filler::new(
        names,
        ROWS,
        Parts {
            ask: Arc::new(move |names| Box::pin(functions::fill_repositories(registry.clone(), names))),
            put: Arc::new(move |name: RepositoryName, details: Details<RepositoryDetails>| {
                if !details.is_open() {
                    let _ = known.try_update_value(|known| known.insert(name.clone(), details.clone()));
                }
                // What is shown of an older look stays where a newer one was not in time.
                if let Some(row) = signals.get(&name)
                    && row.try_with_untracked(|shown| shown.is_open() || !details.is_open()) == Some(true)
                {
                    let _ = row.try_set(details);
                }
            }),
            settle: Arc::new(|_| {}),
        },
    )
}

/// The rows below the names of their namespaces.
#[component]
fn Groups(prefix: String, groups: Vec<Group>, scale: Memo<StripScale>) -> impl IntoView {
    let headings = groups.len() > 1 || groups.iter().any(|group| group.namespace.is_some());
    groups
        .into_iter()
        .map(|group| {
            let length = count(u64::try_from(group.rows.len()).unwrap_or_default());
            let heading = headings.then(|| {
                let name = match &group.namespace {
                    Some(namespace) => {
                        let href = link::namespace(&prefix, namespace);
                        Either::Left(view! { <a href=href>{namespace.clone()}</a> })
                    }
                    None => Either::Right("Without a namespace"),
                };
                view! { <h2 class="group">{name} <span>{length}</span></h2> }
            });
            let rows = group
                .rows
                .into_iter()
                .map(|(name, details)| view! { <Row prefix=prefix.clone() name=name details=details scale=scale /> })
                .collect_view();
            view! {
                {heading}
                <ul>{rows}</ul>
            }
        })
        .collect_view()
}

/// Why there is nothing to list.
#[component]
fn NoRepositories(past_end: bool, walk: Walk, filter: String, path: String) -> impl IntoView {
    let (title, text, link) = match (walk, filter.as_str()) {
        (_, filter) if past_end => {
            let first = if filter.is_empty() { path } else { format!("{path}?{}", link::query(&[("filter", filter)])) };
            (PAST_END.to_owned(), "", Some(("To its beginning", first)))
        }
        (Walk::NotOffered, _) => (
            "This registry gives no list of its repositories".to_owned(),
            "Type the name of a repository into the search box. Whoever runs Strata can name repositories in the settings.",
            None,
        ),
        (_, "") => ("No repositories".to_owned(), "The registry has none, or shows none to this account.", None),
        (_, filter) => (format!("No repository matches “{filter}”"), "", Some(("Show all", path))),
    };
    view! { <EmptyList title=title text=text link=link /> }
}
