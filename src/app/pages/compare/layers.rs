//! The layers of both images, row by row.

use leptos::prelude::*;

use super::names::Names;
use super::pair::PairRow;
use super::place::Place;
use super::verdict::Verdict;
use crate::anatomy::size::{count, counted};
use crate::app::components::{Nothing, NoticeBox, Tone};
use crate::app::pages::more_rows::MoreRows;
use crate::view::compare::{LayerRows, ROWS_LENGTH};

/// The view of layers; `differing` is how many rows differ in all.
#[component]
pub(super) fn Layers(
    layers: LayerRows,
    differing: u32,
    /// Whether both have a config, and with it steps that a cache could have kept.
    has_configs: bool,
    place: Place,
    names: Names,
) -> impl IntoView {
    if layers.row_count == 0 {
        return view! { <Nothing title="No layers">"Neither image has layers: both are empty."</Nothing> }.into_any();
    }
    let verdict = Verdict::of(&layers);
    // That layers are the same can be told without configs; that a cache broke cannot.
    let has_verdict = has_configs || !verdict.is_break;
    let elsewhere = (has_verdict && !verdict.is_here(&layers)).then(|| {
        let href = place.page_of(verdict.row);
        view! {
            <p class="cardfoot top">
                <span class="text-sm">{verdict.words.clone()} "."</span>
                <a class="link text-sm" href=href>
                    {format!("See row {}", count(u64::from(verdict.row) + 1))}
                </a>
            </p>
        }
    });
    let by_position = layers.by_position.then(|| {
        view! {
            <NoticeBox tone=Tone::Warning>
                <b>"Paired by position"</b>
                <span>
                    "There are too many layers to find those that belong together, so each stands beside the one of the same number."
                </span>
            </NoticeBox>
        }
    });
    let more = {
        let (words, place) = ("There are more rows than one page shows.", place.clone());
        let (first, count) = (layers.first, layers.row_count);
        view! { <MoreRows words=words first=first length=ROWS_LENGTH count=count href=move |row| place.rows(row) /> }
    };
    let rows = (layers.first..)
        .zip(layers.rows)
        .map(|(row, pair)| {
            let banner = (has_verdict && row == verdict.row).then(|| banner(&verdict));
            view! {
                {banner}
                <PairRow pair=pair place=place.clone() names=names.clone() />
            }
            .into_any()
        })
        .collect_view();
    view! {
        {by_position}
        <section class="card" aria-label="Layers">
            <div class="cardhead">
                <h2>"Layers"</h2>
                <span class="text-muted text-sm">{summary(layers.row_count, differing)}</span>
            </div>
            {elsewhere}
            <ol>{rows}</ol>
            {more}
        </section>
    }
    .into_any()
}

/// The line between the rows.
fn banner(verdict: &Verdict) -> impl IntoView + use<> {
    let class = if verdict.is_break { "break" } else { "break quiet" };
    view! { <li class=class>{verdict.words.clone()}</li> }
}

/// `10 rows, lowest first; 4 differ`
fn summary(rows: u32, differing: u32) -> String {
    let differ = match differing {
        0 => "none differs".to_owned(),
        1 => "1 differs".to_owned(),
        some => format!("{} differ", count(u64::from(some))),
    };
    format!("{}, lowest first; {differ}", counted(rows.into(), "row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_in_words() {
        assert_eq!(summary(10, 4), "10 rows, lowest first; 4 differ");
        assert_eq!(summary(1, 1), "1 row, lowest first; 1 differs");
        assert_eq!(summary(1_000, 0), "1,000 rows, lowest first; none differs");
    }
}
