//! The way through rows that are more than one page shows.

use leptos::prelude::*;

use crate::app::components::Pager;

/// A line below the rows that says so, with links to the pages beside this one. Nothing where all rows are on it.
#[component]
pub(super) fn MoreRows(
    /// What there is more of, as a sentence.
    #[prop(into)]
    words: String,
    /// How many rows stand before this page.
    first: u32,
    /// How many rows a page has at most.
    length: usize,
    /// How many rows there are.
    count: u32,
    /// The page that begins with this row.
    href: impl Fn(u32) -> String + 'static,
) -> impl IntoView {
    (Beside::of(first, length, count) != Beside::default()).then(|| {
        view! {
            <div class="cardfoot">
                <span class="label">{words}</span>
                {pages(first, length, count, href)}
            </div>
        }
    })
}

/// The links alone.
pub(super) fn pages(first: u32, length: usize, count: u32, href: impl Fn(u32) -> String + 'static) -> impl IntoView {
    let beside = Beside::of(first, length, count);
    let shown = rows_of(length).min(count.saturating_sub(first));
    let (previous, next) = (beside.previous.map(&href), beside.next.map(&href));
    view! { <Pager before=first.into() shown=shown.into() total=count.into() previous=previous next=next /> }
}

/// The first rows of the pages beside one, where there are such pages.
#[derive(Debug, Default, PartialEq, Eq)]
struct Beside {
    previous: Option<u32>,
    next: Option<u32>,
}

impl Beside {
    fn of(first: u32, length: usize, count: u32) -> Self {
        let length = rows_of(length);
        Self {
            previous: (first > 0).then(|| first.saturating_sub(length)),
            next: first.checked_add(length).filter(|next| *next < count),
        }
    }
}

fn rows_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_those_beside_them() {
        for (first, count, previous, next) in [
            (0, 0, None, None),
            (0, 100, None, None),
            (0, 101, None, Some(100)),
            (100, 101, Some(0), None),
            (150, 400, Some(50), Some(250)),
            (50, 60, Some(0), None),
            // Past the end, as an address may ask, there is a way back.
            (500, 400, Some(400), None),
            (u32::MAX, 400, Some(u32::MAX - 100), None),
        ] {
            assert_eq!(Beside::of(first, 100, count), Beside { previous, next }, "{first} of {count}");
        }
    }
}
