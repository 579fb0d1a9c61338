//! The images of an index as cards. Those whose size the page does not have get it once the script runs.

use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::trace_log;
use crate::api::functions;
use crate::app::components::{DigestLabel, ForeignText, Size};
use crate::oci::{Digest, Reference};
use crate::view::image::PlatformCard;

/// A card: a link to the image of a platform.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownCard {
    /// The platform in words.
    platform: String,
    /// What else tells it from others: version and features of the system.
    remarks: Vec<String>,
    /// Twins look alike but for their digests.
    digest: Option<Digest>,
    /// Where it leads.
    href: String,
    /// Whether it is the one that is shown.
    chosen: bool,
    /// Its size, or why there is none; nothing where neither is known yet.
    size: Option<Result<u64, String>>,
}

impl ShownCard {
    /// The card of an entry, leading there.
    pub fn new(card: &PlatformCard, href: String) -> Self {
        let version = card.platform.as_ref().and_then(|platform| platform.os_version.clone());
        let features = card.platform.as_ref().map(|platform| platform.os_features.join(", "));
        Self {
            platform: card.name(),
            remarks: version.into_iter().chain(features.filter(|text| !text.is_empty())).collect(),
            digest: card.digest.clone().filter(|_| card.shares_platform || card.platform.is_none()),
            href,
            chosen: card.chosen,
            size: card.size.map(Ok).or_else(|| card.problem.clone().map(Err)),
        }
    }

    /// Whether its size is known, or known to be unreadable.
    pub fn is_known(&self) -> bool {
        self.size.is_some()
    }
}

/// The size of each card as it was read later: a size, or why there is none. Empty until then.
type Sizes = RwSignal<Vec<Result<u64, String>>>;

/// Cards whose sizes are asked for.
#[island]
pub fn PlatformCards(cards: Vec<ShownCard>, reference: Reference) -> impl IntoView {
    let sizes = Sizes::new(Vec::new());
    Effect::new(move |_| {
        let reference = reference.clone();
        spawn_local(async move {
            // Where the question itself fails, the cards go on saying nothing.
            let Ok(answer) = functions::get_platform_sizes(reference).await else { return };
            trace_log::push(answer.trace);
            let _ = sizes.try_set(answer.content.sizes);
        });
    });
    view! { <Cards cards=cards sizes=sizes /> }
}

/// The cards.
#[component]
pub fn Cards(cards: Vec<ShownCard>, sizes: Sizes) -> impl IntoView {
    cards.into_iter().enumerate().map(|(position, card)| drawn(card, position, sizes)).collect_view()
}

fn drawn(card: ShownCard, position: usize, sizes: Sizes) -> impl IntoView {
    let size = card.size;
    let figure = move || match size.clone().or_else(|| sizes.with(|sizes| sizes.get(position).cloned())) {
        Some(Ok(bytes)) => EitherOf3::A(view! { <Size bytes=bytes /> }),
        Some(Err(problem)) => EitherOf3::B(view! {
            <span class="text-warn" title=problem>
                "unreadable"
            </span>
        }),
        None => EitherOf3::C(view! { <span class="pending short" role="img" aria-label="Size not read yet"></span> }),
    };
    let remarks = card.remarks.into_iter().map(|remark| view! { <ForeignText text=remark /> }).collect_view();
    view! {
        <a class="platform" href=card.href aria-current=card.chosen.then_some("true") data-noscroll="">
            <b>
                <ForeignText text=card.platform />
            </b>
            <span class="figures">
                {remarks} {card.digest.map(|digest| view! { <DigestLabel digest=digest /> })}
                <span class="psize">{figure}</span>
            </span>
        </a>
    }
}
