//! What lists say about themselves: how much of them is known, when they were read, what can be read next.

use std::time::Duration;

use leptos::prelude::*;

use super::{ForeignText, Moment, Nothing, NoticeBox, Tone};
use crate::anatomy::size::{count, counted};
use crate::anatomy::time::Timestamp;
use crate::view::ImageSummary;
use crate::view::listing::Walk;

/// How long the script leaves a list alone that is still being read.
const AGAIN: Duration = Duration::from_secs(2);

/// Says how much of a list of names is known, where that is not simply all of it. While it is still being read, the list
/// is asked for again.
#[component]
pub fn WalkNotice(
    /// The state of the walk.
    walk: Walk,
    /// What the list has: `tags`, `repositories`.
    noun: &'static str,
    /// How many names are known.
    total: u64,
    /// How many entries of the list are no valid names.
    invalid: u64,
    /// Asks for the list again.
    reload: Callback<()>,
) -> impl IntoView {
    if matches!(walk, Walk::Reading | Walk::Renewing) {
        Effect::new(move |_| {
            if let Ok(timer) = set_timeout_with_handle(move || reload.run(()), AGAIN) {
                on_cleanup(move || timer.clear());
            }
        });
    }
    let words = walk_in_words(walk, noun, total);
    let invalid = (invalid > 0).then(|| Words {
        tone: Tone::Warning,
        heading: format!("{} left out", counted(invalid, "entry")),
        text: "The registry's list has them, and they are no valid names.".to_owned(),
        again: false,
    });
    words.into_iter().chain(invalid).map(notice).collect_view()
}

/// What a notice says.
struct Words {
    tone: Tone,
    heading: String,
    text: String,
    /// Whether looking again may show more; the script does so by itself.
    again: bool,
}

/// What there is to say about a walk; nothing where its list is simply all there is.
fn walk_in_words(walk: Walk, noun: &str, total: u64) -> Option<Words> {
    let first = format!("The first {} {noun}", count(total));
    let (tone, heading, text) = match &walk {
        Walk::Complete | Walk::NotOffered => return None,
        Walk::Reading => (
            Tone::Plain,
            format!("{first}, still reading"),
            "The registry sends its list in pages. The order is final once the last one is here.".to_owned(),
        ),
        Walk::Renewing => {
            (Tone::Plain, "This is an older list".to_owned(), "The registry is being asked for a new one.".to_owned())
        }
        Walk::Outdated { reason } => (Tone::Warning, "This is an older list".to_owned(), sentence(reason)),
        Walk::Truncated { reason } | Walk::Stopped { reason } => (Tone::Warning, first, sentence(reason)),
        Walk::ByHand => (
            Tone::Plain,
            format!("Named in the settings: {} {noun}", count(total)),
            "The registry itself gives no list.".to_owned(),
        ),
    };
    Some(Words { tone, heading, text, again: matches!(walk, Walk::Reading | Walk::Renewing) })
}

fn notice(words: Words) -> AnyView {
    let again = words.again.then(|| view! { <a class="link without-script" href="">"Look again"</a> });
    view! {
        <NoticeBox tone=words.tone>
            <b>{words.heading}</b>
            <span><ForeignText text=words.text /></span>
            {again}
        </NoticeBox>
    }
    .into_any()
}

/// What is said in place of a page of a list that begins after its last name.
pub const PAST_END: &str = "The list ends before this page";

/// Stands where a list would be if it had anything.
#[component]
pub fn EmptyList(
    /// What there is none of, as a short sentence.
    title: String,
    /// Why, or what to do about it.
    text: &'static str,
    /// Where there is something: words and address.
    link: Option<(&'static str, String)>,
) -> impl IntoView {
    view! {
        <Nothing title=title>{text} {link.map(|(words, href)| view! { <a class="link" href=href>{words}</a> })}</Nothing>
    }
}

/// Ends a text with a full stop.
fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// When a list was read, and a link that asks for it anew.
#[component]
pub fn ReadAt(
    /// When, in seconds since 1970; nothing where it was not read from the registry.
    at: Option<i64>,
    /// This page without its choices.
    #[prop(into)]
    path: String,
) -> impl IntoView {
    at.map(|at| {
        view! {
            <span class="readat">
                "read " <Moment at=Timestamp::from_seconds(at) time=true /> " "
                <a class="link" href=format!("{path}?refresh=1") rel="nofollow">"Refresh"</a>
            </span>
        }
    })
}

/// Without script: fills the hundred rows that begin with this one on the server.
#[component]
pub fn DetailsLink(
    /// The address that does it.
    #[prop(into)]
    href: String,
    /// How many rows it fills, in words: `these 100 tags`.
    #[prop(into)]
    rows: String,
) -> impl IntoView {
    view! {
        <li class="without-script fillrow">
            <a class="link" rel="nofollow" href=href>
                "Read digest, size and date of " {rows}
            </a>
        </li>
    }
}

/// Says that something could not be read, and offers to try again.
#[component]
pub fn Problem(
    /// What.
    what: &'static str,
    /// Why.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// Tries again.
    retry: Callback<()>,
) -> impl IntoView {
    move || {
        problem.get().map(|problem| {
            view! {
                <NoticeBox tone=Tone::Warning>
                    <b>{what}</b>
                    <span><ForeignText text=sentence(&problem) /></span>
                    <button type="button" class="btn small" on:click=move |_| retry.run(())>"Try again"</button>
                </NoticeBox>
            }
        })
    }
}

/// What an image, index or artifact is, in a few words: `OCI index · 8 platforms`.
pub fn kind_in_words(image: &ImageSummary) -> String {
    let mut words = image.kind.clone();
    if let Some(platforms) = image.platform_count {
        words.push_str(" · ");
        words.push_str(&platforms_in_words(platforms));
    }
    words
}

/// `8 platforms`
pub fn platforms_in_words(platforms: u32) -> String {
    counted(platforms.into(), "platform")
}
