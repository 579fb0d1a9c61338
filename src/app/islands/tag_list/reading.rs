//! Newest and size sort what has been read: how much that is, and reading more of it.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::anatomy::size::count;
use crate::app::islands::fill::Filler;
use crate::oci::Tag;
use crate::view::ImageSummary;
use crate::view::tags::{READ_MORE_LENGTH, TagSort};

/// Says how many tags the order knows, and reads more on request, with progress and a way to stop.
#[component]
pub(super) fn Reading(
    sort: TagSort,
    /// How many of the tags that pass the filter have been read.
    read: u64,
    /// How many tags pass the filter.
    matching: u64,
    filler: Filler<Tag, ImageSummary>,
    /// Whether the list has another page.
    has_next: bool,
) -> impl IntoView {
    let order = match sort {
        TagSort::Version => return None,
        TagSort::Newest => "Newest first",
        TagSort::Size => "Largest first",
    };
    let known = if read >= matching {
        format!("{order}: all {} tags have been read.", count(matching))
    } else {
        format!("{order} among the {} of {} tags that have been read.", count(read), count(matching))
    };
    let open = filler.open_count();
    let most = open.min(READ_MORE_LENGTH);
    let control = move || match filler.progress.get() {
        Some((done, total)) => EitherOf3::A(view! {
            <progress class="progress" max=total value=done aria-label="Tags read"></progress>
            <span class="num">{done} " of " {total}</span>
            <button type="button" class="btn small" on:click=move |_| filler.stop()>"Stop"</button>
        }),
        None if most > 0 => EitherOf3::B(view! {
            <button type="button" class="btn small needs-script" on:click=move |_| filler.read_more(most)>
                {format!("Read {most} more")}
            </button>
        }),
        None => EitherOf3::C((has_next && read < matching).then_some("Go to the next page to read more.")),
    };
    Some(view! {
        <div class="notice reading" role="status">
            <span>{known}</span>
            {control}
        </div>
    })
}
