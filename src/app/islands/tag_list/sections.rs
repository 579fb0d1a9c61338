//! All rows of the page, in the parts that version order has.

use std::sync::Arc;
use std::time::Duration;

use leptos::either::Either;
use leptos::prelude::*;

use super::row::{Place, Row};
use super::rows::{PageRow, TagRows};
use super::selection::Selection;
use crate::anatomy::size::count;
use crate::app::components::StripScale;
use crate::app::components::list_state::DetailsLink;
use crate::app::islands::fill::Filler;
use crate::oci::{RepositoryName, Tag};
use crate::view::tags::{DETAILS_LENGTH, TagSection};
use crate::view::{ImageSummary, link};

/// The address that fills a hundred rows from a tag on, on the server.
type FillAddress = Arc<dyn Fn(&Tag) -> String + Send + Sync>;

/// The list, as the form that leads to a comparison. Sorted by date or size it has no parts, except that companions stay
/// folded.
#[component]
pub(super) fn Sections(
    prefix: String,
    repository: RepositoryName,
    /// The repository as the comparison's query has it.
    reference: String,
    /// Whether it is sorted by what was read, not by version.
    sorted: bool,
    rows: TagRows,
    fill_address: FillAddress,
    selection: Selection,
    filler: Filler<Tag, ImageSummary>,
) -> impl IntoView {
    let place = StoredValue::new(Place { prefix, repository });
    let scale = rows.scale();
    let part = |sections: &[TagSection]| -> Vec<(usize, PageRow)> {
        rows.iter().cloned().enumerate().filter(|(_, row)| sections.contains(&row.section)).collect()
    };
    let draw = |rows: Vec<(usize, PageRow)>| view! { <Rows rows=rows place=place scale=scale fill_address=Arc::clone(&fill_address) /> };
    let companions = part(&[TagSection::Companions]);
    let heading = |words: &'static str, rows: &[(usize, PageRow)]| {
        view! { <h2 class="group">{words} <span>{length(rows)}</span></h2> }
    };
    let main = if sorted {
        let rows = part(&[TagSection::Versions, TagSection::Words]);
        Either::Left((!rows.is_empty()).then(|| draw(rows)))
    } else {
        let (versions, words) = (part(&[TagSection::Versions]), part(&[TagSection::Words]));
        let both = !versions.is_empty() && !words.is_empty();
        let versions = (!versions.is_empty()).then(|| (both.then(|| heading("Versions", &versions)), draw(versions)));
        let words = (!words.is_empty()).then(|| (both.then(|| heading("Other tags", &words)), draw(words)));
        Either::Right((versions, words))
    };
    let companions = (!companions.is_empty()).then(|| {
        let length = length(&companions);
        view! {
            <details class="companions" on:toggle=move |_| filler.look()>
                <summary class="group">
                    "Signatures and other companions of digests" <span>{length}</span>
                </summary>
                {draw(companions)}
            </details>
        }
    });
    selection.show();
    // What has the focus next is known only after the event.
    let left = move || set_timeout(move || filler.settle(), Duration::ZERO);
    view! {
        <form
            class="card list"
            action=link::site(link::COMPARE)
            aria-label="Tags"
            on:change=move |event| selection.changed(&event)
            on:pointerleave=move |_| left()
            on:focusout=move |_| left()
        >
            {main}
            {companions}
            <input type="hidden" name="in" value=reference />
            <p class="without-script comparerow">
                <button class="btn primary">"Compare two selected tags"</button>
            </p>
        </form>
    }
}

fn length(rows: &[(usize, PageRow)]) -> String {
    count(u64::try_from(rows.len()).unwrap_or_default())
}

/// Rows, and after each hundred of the page a link for readers without script that fills them.
#[component]
fn Rows(
    rows: Vec<(usize, PageRow)>,
    place: StoredValue<Place>,
    scale: Memo<StripScale>,
    fill_address: FillAddress,
) -> impl IntoView {
    let blocks = rows.chunk_by(|(before, _), (after, _)| before / DETAILS_LENGTH == after / DETAILS_LENGTH);
    let blocks = blocks
        .map(|block| {
            let is_open = |row: &PageRow| row.state.with_untracked(|state| state.details.is_open());
            let first = block.first().map(|(_, row)| &row.tag);
            let first = first.filter(|_| block.iter().any(|(_, row)| is_open(row)));
            let link = first.map(|first| {
                let rows = if block.len() == 1 { "this tag".to_owned() } else { format!("these {} tags", block.len()) };
                view! { <DetailsLink href=fill_address(first) rows=rows /> }
            });
            let rows =
                block.iter().map(|(_, row)| view! { <Row row=row.clone() place=place scale=scale /> }).collect_view();
            view! {
                {rows}
                {link}
            }
        })
        .collect_view();
    view! { <ul>{blocks}</ul> }
}
