//! The images of an index as cards. Those whose size the page does not have get it once the script runs.

use std::time::Duration;

use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::trace_log;
use crate::api::functions;
use crate::app::components::{DigestLabel, ForeignText, Size};
use crate::oci::{Digest, RepositoryName};
use crate::view::image::PlatformCard;
use crate::view::listing::Details;

/// How often sizes are asked for that were not there at the deadline.
const MOST_TRIES: u8 = 5;
/// How long sizes that were not there at the deadline are left alone.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A card: a link to the image of a platform.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownCard {
    /// The platform in words.
    platform: String,
    /// What else tells it from others: version and features of the system.
    remarks: Vec<String>,
    /// By which its size is found.
    digest: Option<Digest>,
    /// Twins look alike but for their digests.
    shows_digest: bool,
    /// Where it leads.
    href: String,
    /// Whether it is the one that is shown.
    chosen: bool,
    /// What the page knows of its size.
    size: Details<u64>,
}

impl ShownCard {
    /// The card of an entry, leading there.
    pub fn new(card: &PlatformCard, href: String) -> Self {
        let version = card.platform.as_ref().and_then(|platform| platform.os_version.clone());
        let features = card.platform.as_ref().map(|platform| platform.os_features.join(", "));
        Self {
            platform: card.name(),
            remarks: version.into_iter().chain(features.filter(|text| !text.is_empty())).collect(),
            digest: card.digest.clone(),
            shows_digest: card.shares_platform || card.platform.is_none(),
            href,
            chosen: card.chosen,
            size: card.details(),
        }
    }

    /// Whether its size is known, or known to be unreadable.
    pub fn is_known(&self) -> bool {
        !self.size.is_open()
    }
}

/// What was read after the page.
#[derive(Debug, Clone, Default)]
pub struct Sizes {
    /// By the digests of the cards.
    read: Vec<(Digest, Details<u64>)>,
    /// Why no more is asked for, as a sentence: the sizes that are missing stay so.
    given_up: Option<String>,
}

impl Sizes {
    /// What is known by now of a card's size, beyond what the page knew.
    fn of(&self, digest: Option<&Digest>) -> Option<Details<u64>> {
        self.read.iter().find(|(known, _)| Some(known) == digest).map(|(_, size)| size.clone())
    }
}

/// Cards whose sizes are asked for.
#[island]
pub fn PlatformCards(cards: Vec<ShownCard>, repository: RepositoryName, index: Digest) -> impl IntoView {
    let sizes = RwSignal::new(Sizes::default());
    Effect::new(move |_| ask(repository.clone(), index.clone(), sizes, 1));
    view! { <Cards cards=cards sizes=sizes /> }
}

/// Asks for the sizes, and again for what was not there at the deadline.
fn ask(repository: RepositoryName, index: Digest, sizes: RwSignal<Sizes>, tries: u8) {
    spawn_local(async move {
        let (read, problem) = match functions::get_platform_sizes(repository.clone(), index.clone()).await {
            Ok(answer) => {
                trace_log::push(answer.trace);
                (Some(answer.content.sizes), "Not read in time".to_owned())
            }
            Err(error) => (None, error.to_string()),
        };
        let open = read.as_ref().is_none_or(|read| read.iter().any(|(_, size)| size.is_open()));
        let shown = sizes.try_update(|sizes| {
            sizes.read = read.unwrap_or_else(|| std::mem::take(&mut sizes.read));
            sizes.given_up = (open && tries >= MOST_TRIES).then_some(problem);
        });
        // The page may be gone by now.
        if shown.is_some() && open && tries < MOST_TRIES {
            set_timeout(move || ask(repository, index, sizes, tries + 1), PATIENCE);
        }
    });
}

/// The cards.
#[component]
pub fn Cards(cards: Vec<ShownCard>, sizes: RwSignal<Sizes>) -> impl IntoView {
    cards.into_iter().map(|card| drawn(card, sizes)).collect_view()
}

fn drawn(card: ShownCard, sizes: RwSignal<Sizes>) -> impl IntoView {
    let (size, digest) = (card.size, card.digest.clone());
    let figure = move || {
        let size = if size.is_open() { sizes.with(|sizes| sizes.of(digest.as_ref())) } else { Some(size.clone()) };
        match size.unwrap_or_default() {
            Details::Known(bytes) => EitherOf3::A(view! { <Size bytes=bytes /> }),
            Details::Unreadable(problem) => EitherOf3::B(missing("not available", problem)),
            Details::Waiting | Details::Unasked => match sizes.with(|sizes| sizes.given_up.clone()) {
                Some(problem) => EitherOf3::B(missing("not read", problem)),
                None => EitherOf3::C(
                    view! { <span class="pending short" role="img" aria-label="Size not read yet"></span> },
                ),
            },
        }
    };
    let remarks = card.remarks.into_iter().map(|remark| view! { <ForeignText text=remark /> }).collect_view();
    let digest = card.digest.filter(|_| card.shows_digest).map(|digest| view! { <DigestLabel digest=digest /> });
    view! {
        <a class="platform" href=card.href aria-current=card.chosen.then_some("true") data-noscroll="">
            <b>
                <ForeignText text=card.platform />
            </b>
            <span class="figures">
                {remarks} {digest}
                <span class="psize">{figure}</span>
            </span>
        </a>
    }
}

/// A word where a size should be, and why.
fn missing(word: &'static str, problem: String) -> impl IntoView {
    view! {
        <span class="text-warn" title=problem>
            {word}
        </span>
    }
}
