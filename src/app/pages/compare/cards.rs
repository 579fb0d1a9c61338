//! The comparison in four figures.

use leptos::either::Either;
use leptos::prelude::*;

use super::names::Names;
use crate::anatomy::compare::Transfer;
use crate::anatomy::size::{count, decimal, difference, exact, exact_difference, percent, plural};
use crate::view::compare::{ComparePage, DifferenceCounts};

/// To pull, shared, size, config.
#[component]
pub(super) fn Cards(page: ComparePage, names: Names) -> impl IntoView {
    let transfer = page.transfer;
    let (from_size, to_size) = (page.from.size, page.to.size);
    let share = format!(
        "{}, {} of {}",
        decimal(transfer.shared_bytes),
        percent(transfer.shared_bytes, transfer.to.bytes),
        names.to,
    );
    let seen = page.from.counted.zip(page.to.counted).map(|(from, to)| {
        let share = |(total, dead): (u64, u64)| percent(total.saturating_sub(dead), total);
        let words = format!("{} → {} of the files' bytes can be seen", share(from), share(to));
        view! { <p class="text-xs text-muted">{words}</p> }
    });
    let config = match page.config_differences {
        Some(counts) => Either::Left(view! {
            <p class="big num">{count(counts.total)} " " <small>{plural(counts.total, "difference")}</small></p>
            <p class="text-xs text-muted">{kinds(&counts)}</p>
        }),
        None => Either::Right(view! {
            <p class="big">"–"</p>
            <p class="text-xs text-muted">"could not be compared"</p>
        }),
    };
    view! {
        <div class="figures4">
            <div class="card p-4">
                <p class="label wrap-anywhere">"To pull, having " {names.from}</p>
                <p class="big num" title=exact(transfer.to.pull_bytes)>
                    <Figure text=decimal(transfer.to.pull_bytes) />
                </p>
                <p class="text-xs text-muted">{already_there(&transfer)}</p>
            </div>
            <div class="card p-4">
                <p class="label">"Shared layers"</p>
                <p class="big num">
                    {count(u64::from(transfer.shared_layers))} " "
                    <small>"of " {count(u64::from(transfer.to.layers))}</small>
                </p>
                <p class="text-xs text-muted wrap-anywhere" title=exact(transfer.shared_bytes)>
                    {share}
                </p>
            </div>
            <div class="card p-4">
                <p class="label">"Size, compressed"</p>
                <p class="big num" title=exact_difference(from_size, to_size)>
                    <Figure text=difference(from_size, to_size) />
                </p>
                <p class="text-xs text-muted">
                    <span title=exact(from_size)>{decimal(from_size)}</span>
                    " → "
                    <span title=exact(to_size)>{decimal(to_size)}</span>
                </p>
                {seen}
            </div>
            <div class="card p-4">
                <p class="label">"Config"</p>
                {config}
            </div>
        </div>
    }
}

/// A figure with its unit smaller.
#[component]
fn Figure(text: String) -> impl IntoView {
    let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let (number, unit) = (number.to_owned(), unit.to_owned());
    view! { {number} " " <small>{unit}</small> }
}

/// `of 70.5 MB; 5 layers are already there`
fn already_there(transfer: &Transfer) -> String {
    let there = match transfer.shared_layers {
        0 if transfer.to.layers == 0 => "there are no layers".to_owned(),
        0 => "no layer is there already".to_owned(),
        all if all == transfer.to.layers => "all layers are already there".to_owned(),
        1 => "1 layer is already there".to_owned(),
        some => format!("{} layers are already there", count(u64::from(some))),
    };
    format!("of {}; {there}", decimal(transfer.to.bytes))
}

/// `2 added, 1 removed, 3 changed`: those that there are.
fn kinds(counts: &DifferenceCounts) -> String {
    let kinds = [(counts.added, "added"), (counts.removed, "removed"), (counts.changed, "changed")];
    let words: Vec<_> = kinds
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", count(number)))
        .collect();
    if words.is_empty() { "history and layers aside".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::compare::TransferSide;

    #[test]
    fn layers_that_are_there_are_counted_in_words() {
        let words = |shared_layers, layers| {
            already_there(&Transfer {
                shared_layers,
                shared_bytes: 0,
                from: TransferSide::default(),
                to: TransferSide { layers, bytes: 70_500_000, ..TransferSide::default() },
            })
        };
        assert_eq!(words(5, 7), "of 70.5 MB; 5 layers are already there");
        assert_eq!(words(1, 7), "of 70.5 MB; 1 layer is already there");
        assert_eq!(words(7, 7), "of 70.5 MB; all layers are already there");
        assert_eq!(words(0, 7), "of 70.5 MB; no layer is there already");
        assert_eq!(words(0, 0), "of 70.5 MB; there are no layers");
    }

    #[test]
    fn kinds_of_differences_are_named_where_there_are_some() {
        let counts = DifferenceCounts { total: 3, added: 2, removed: 0, changed: 1 };
        assert_eq!(kinds(&counts), "2 added, 1 changed");
        assert_eq!(kinds(&DifferenceCounts::default()), "history and layers aside");
    }
}
