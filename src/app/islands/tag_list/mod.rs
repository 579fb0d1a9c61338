//! The tags of a repository.
//!
//! - `rows`: what is known of each tag, and which of them share a row; `row`: one of them; `sections`: all of them
//! - `sums`: what the tags take together; `selection`: two tags to compare; `reading`: more of them on request

mod reading;
mod row;
mod rows;
mod sections;
mod selection;
mod sums;

use std::collections::HashMap;
use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use super::fill::{Filler, Parts};
use super::filter_bar::FilterBar;
use super::live_list::{ListQuery, LiveList};
use crate::anatomy::size::{count, counted};
use crate::api::{ApiError, functions};
use crate::app::browser;
use crate::app::components::list_state::{EmptyList, PAST_END, Problem, ReadAt, WalkNotice};
use crate::app::components::{Pager, Segment, Segments};
use crate::oci::{Reference, Tag};
use crate::view::listing::Details;
use crate::view::tags::{TagList as TagNames, TagSort, TagsQuery};
use crate::view::{ImageSummary, Page, RegistryFacts, link};
use reading::Reading;
use rows::TagRows;
use sections::Sections;
use selection::{ActionBar, Selection};
use sums::{Sharing, Sums};

/// What finds the rows of this page, in their order.
const ROWS: &str = ".row.tag";
/// What finds the list that they stand in.
const LIST: &str = ".list";

/// What is known of tags, kept while the list is filtered and sorted.
type Known = StoredValue<HashMap<Tag, Details<ImageSummary>>>;

impl ListQuery for TagsQuery {
    type List = TagNames;

    fn filtered(&self, filter: String) -> Self {
        Self { filter, after: String::new(), details: String::new(), refresh: false, ..self.clone() }
    }

    async fn ask(self) -> Result<Page<TagNames>, ApiError> {
        functions::list_tags(self).await
    }
}

/// Everything below the top bar on the page of a repository.
#[island]
pub fn TagList(registry: RegistryFacts, list: TagNames, query: TagsQuery) -> impl IntoView {
    let live = LiveList::new(query, list);
    let selection = Selection::new();
    let known = Known::new(HashMap::new());
    move || {
        let (registry, list) = (registry.clone(), live.list.get());
        view! { <TagsView registry=registry list=list live=live selection=selection known=known /> }
    }
}

/// A page of tags.
#[component]
fn TagsView(
    registry: RegistryFacts,
    list: TagNames,
    live: LiveList<TagsQuery, TagNames>,
    selection: Selection,
    known: Known,
) -> impl IntoView {
    let reload = Callback::new(move |()| live.reload());
    let again = Callback::new(move |()| live.reload_at_rest());
    let after = live.with_query(|query| query.after.clone());
    let prefix = registry.prefix.clone();
    let path = link::tags(&prefix, &list.repository);
    let reference = format!("{prefix}{}", list.repository);
    let (filter, sort) = (list.filter.clone(), list.sort);
    let address = {
        let (path, filter) = (path.clone(), filter.clone());
        move |sort: TagSort, pairs: &[(&str, &str)]| {
            let sort = if sort == TagSort::default() { String::new() } else { sort.to_string() };
            let pairs = [("filter", filter.as_str()), ("sort", &sort)].into_iter().chain(pairs.iter().copied());
            let pairs: Vec<_> = pairs.filter(|(_, value)| !value.is_empty()).collect();
            if pairs.is_empty() { path.clone() } else { format!("{path}?{}", link::query(&pairs)) }
        }
    };
    let previous = list.previous.as_ref().map(|after| address(sort, &[("after", after)]));
    let next = list.next.as_ref().map(|after| address(sort, &[("after", after.as_str())]));
    let fill_address = {
        let address = address.clone();
        Arc::new(move |first: &Tag| address(sort, &[("after", &after), ("details", first.as_str())]))
    };
    let orders = [("Version", TagSort::Version), ("Newest", TagSort::Newest), ("Size", TagSort::Size)];
    let orders = orders.map(|(label, order)| Segment { label, href: address(order, &[]), current: order == sort });
    let keep = if sort == TagSort::default() { Vec::new() } else { vec![("sort", sort.to_string())] };
    let apply_now = live.apply_now(path.clone(), keep.clone());
    let apply_later = live.apply_later(path.clone(), keep.clone());

    let shown = u64::try_from(list.tags.len()).unwrap_or_default();
    let rows = TagRows::new(list.tags, &list.outdated, known);
    let settle = settling(rows.clone(), sort, reload);
    let filler = filler(live.with_query(|query| query.repository.clone()), &rows, known, settle);
    let retry = Callback::new(move |()| filler.retry());
    let sums = rows.sums();

    let number = counted(list.total, "tag");
    let namespace = list.repository.namespace().map(|namespace| {
        let href = link::namespace(&prefix, namespace);
        view! { <a class="ns" href=href>{format!("{namespace}/")}</a> }
    });
    let body = if shown > 0 {
        Either::Left(view! {
            <Sections
                prefix=prefix.clone()
                repository=list.repository.clone()
                reference=reference
                sorted=sort != TagSort::Version
                rows=rows
                fill_address=fill_address
                selection=selection
                filler=filler
            />
            <p class="label note">"Each strip is one image: a band per layer, as wide as its size. Same colour, same layer."</p>
        })
    } else {
        let (title, text, link) = match filter.as_str() {
            _ if list.matching > 0 => (PAST_END.to_owned(), "", Some(("To its beginning", address(sort, &[])))),
            "" => ("No tags".to_owned(), "The repository is there, and nothing in it has a tag.", None),
            filter => (format!("No tag matches “{filter}”"), "", Some(("Show all", path.clone()))),
        };
        Either::Right(view! { <EmptyList title=title text=text link=link /> })
    };
    view! {
        <div class="pagehead">
            <div>
                <h1>{namespace} {list.repository.base_name().to_owned()}</h1>
                <p class="sub dotted">
                    <span>{number.clone()}</span>
                    <ReadAt at=list.read_at path=path.clone() />
                    <Images sums=sums />
                </p>
            </div>
            <Sharing sums=sums />
        </div>
        <FilterBar label=format!("Filter {number}") value=filter path=path keep=keep apply_now=apply_now apply_later=apply_later>
            <Segments label="Order" segments=orders.into() />
        </FilterBar>
        <WalkNotice walk=list.walk noun="tags" total=list.total invalid=list.invalid reload=again />
        <Reading sort=sort read=list.read matching=list.matching filler=filler has_next=next.is_some() />
        <Problem what="The list could not be read" problem=live.problem retry=reload />
        <Problem what="Some rows could not be read" problem=filler.problem retry=retry />
        {body}
        <Pager before=list.before shown=shown total=list.matching previous=previous next=next />
        <ActionBar prefix=prefix repository=list.repository selection=selection />
    }
}

/// How many different images the tags that have been read point at.
#[component]
fn Images(sums: Memo<Sums>) -> impl IntoView {
    // It has its room from the start, so that nothing below moves when a line is full.
    let class = move || if sums.get().read == 0 { "images waiting" } else { "images" };
    view! {
        <span class=class>
            {move || {
                let sums = sums.get();
                let of = if sums.open { format!(" in {} tags read", count(sums.read)) } else { String::new() };
                format!("{}{of}", counted(sums.images, "distinct image"))
            }}
        </span>
    }
}

/// Called after rows were read: lets tags of one digest share a row, and sorts anew what was read, but never under a
/// pointer or a focus. `true` says that more are on their way.
type Settle = Arc<dyn Fn(bool) + Send + Sync>;

fn settling(rows: TagRows, sort: TagSort, reload: Callback<()>) -> Settle {
    Arc::new(move |reading| {
        if browser::is_in_use(LIST) {
            return;
        }
        rows.group();
        if sort != TagSort::Version && !reading && rows.take_news() {
            reload.run(());
        }
    })
}

/// Fills the rows once the page stands in the browser.
fn filler(repository: Reference, rows: &TagRows, known: Known, settle: Settle) -> Filler<Tag, ImageSummary> {
    let ask = move |tags: Vec<Tag>| {
        let repository = repository.clone();
        async move {
            let page = functions::fill_tags(repository, tags).await?;
            Ok(Page { registry: page.registry, content: page.content.rows, trace: page.trace })
        }
    };
    let put = {
        let rows = rows.clone();
        move |tag: Tag, details: Details<ImageSummary>| {
            if !details.is_open() {
                let _ = known.try_update_value(|known| known.insert(tag.clone(), details.clone()));
            }
            rows.put(&tag, details);
        }
    };
    let parts = Parts { ask: Arc::new(move |tags| Box::pin(ask(tags))), put: Arc::new(put), settle };
    Filler::new(rows.open(), ROWS, parts)
}
