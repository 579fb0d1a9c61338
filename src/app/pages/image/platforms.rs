//! The images of an index, as cards, and what else is in it.

use leptos::either::Either;
use leptos::prelude::*;

use super::place::Place;
use crate::anatomy::kind::Kind;
use crate::anatomy::size;
use crate::app::components::{DigestLabel, ForeignText, Size};
use crate::app::islands::{Cards, PlatformCards, ShownCard, Sizes};
use crate::oci::{Descriptor, Digest};
use crate::view::address::ImageView;
use crate::view::image::{ImagePage, ImageQuery, PlatformCard};

/// The cards. Sizes that the page does not have are asked for once the script runs; without it a link reads them.
#[component]
pub(super) fn Platforms(page: ImagePage, query: ImageQuery, place: Place) -> impl IntoView {
    let attestations = Attestations::of(&page.platforms);
    let cards: Vec<_> = page.platforms.iter().map(|card| ShownCard::new(card, place.platform(card))).collect();
    let complete = cards.iter().all(ShownCard::is_known);
    // Cards are those of an index.
    let index = page.identity.index.map(|index| index.digest).filter(|_| !complete);
    let cards = match index {
        None => Either::Left(view! { <Cards cards=cards sizes=RwSignal::new(Sizes::default()) /> }),
        Some(index) => {
            let repository = query.reference.repository;
            Either::Right(view! { <PlatformCards cards=cards repository=repository index=index /> })
        }
    };
    let more = (page.more_platforms > 0).then(|| {
        view! {
            <a class="platform more" href=place.view(ImageView::Raw) data-noscroll="">
                <b>{format!("{} more", size::count(u64::from(page.more_platforms)))}</b>
                <span>"in the raw view"</span>
            </a>
        }
    });
    let read = (!complete).then(|| {
        view! {
            <a class="link without-script inline-block mb-4" href=place.with_sizes() rel="nofollow">
                "Read the sizes of all platforms"
            </a>
        }
    });
    view! {
        <nav class="platforms" aria-label="Platform">
            {cards} {more} {attestations.map(|attestations| attestations.view(&place))}
        </nav>
        {read}
    }
}

/// What BuildKit attached to the images, folded.
struct Attestations {
    rows: Vec<(String, Vec<Digest>)>,
    count: u32,
}

impl Attestations {
    fn of(cards: &[PlatformCard]) -> Option<Self> {
        let rows: Vec<_> = cards
            .iter()
            .filter(|card| !card.attestations.is_empty())
            .map(|card| (card.name(), card.attestations.clone()))
            .collect();
        let count = rows.iter().map(|(_, digests)| digests.len()).sum::<usize>();
        (count > 0).then(|| Self { rows, count: u32::try_from(count).unwrap_or(u32::MAX) })
    }

    /// A card that opens a list: over the page, so that the row of cards stays as it is.
    fn view(self, place: &Place) -> AnyView {
        let count = size::count(self.count.into());
        let rows = self
            .rows
            .into_iter()
            .map(|(platform, digests)| {
                let links = digests
                    .into_iter()
                    .map(|digest| {
                        let href = place.attestation(&digest);
                        view! { <DigestLabel digest=digest href=href /> }
                    })
                    .collect_view();
                view! {
                    <div class="kv">
                        <dt>
                            <ForeignText text=platform />
                        </dt>
                        <dd class="flex flex-wrap gap-x-4">{links}</dd>
                    </div>
                }
            })
            .collect_view();
        view! {
            <button type="button" class="platform more" popovertarget="attestations">
                <b>"Attestations"</b>
                <span>{count} ", not verified"</span>
            </button>
            <div id="attestations" class="panel over" popover="auto" role="dialog" aria-label="Attestations">
                <div class="cardhead">
                    <h2>"Attestations"</h2>
                    <span class="text-muted text-sm">"Provenance or a bill of materials, present, not verified"</span>
                </div>
                <dl>{rows}</dl>
                <p class="label px-4 py-2">
                    <a class="link" href=place.view(ImageView::Referrers)>
                        "All that speaks about this image"
                    </a>
                </p>
            </div>
        }
        .into_any()
    }
}

/// `1 entry of the index that is no image`
fn others_in_words(count: u32) -> String {
    match count {
        1 => "1 entry of the index that is no image".to_owned(),
        _ => format!("{} entries of the index that are no images", size::count(u64::from(count))),
    }
}

/// Entries of an index that are no images: nested indexes, artifacts.
#[component]
pub(super) fn OtherEntries(entries: Vec<Descriptor>, more: u32, place: Place) -> impl IntoView {
    (!entries.is_empty()).then(|| {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX).saturating_add(more);
        let rows = entries
            .into_iter()
            .map(|entry| {
                let kind = Kind::of_descriptor(&entry).label;
                let platform = entry.platform.as_ref().filter(|platform| !platform.is_unknown()).map(ToString::to_string);
                let opens = entry.media_type.is_index() || entry.media_type.is_manifest();
                let digest = entry.digest.map(|digest| {
                    if opens {
                        let href = place.manifest(&digest);
                        Either::Left(view! { <DigestLabel digest=digest href=href /> })
                    } else {
                        Either::Right(view! { <DigestLabel digest=digest /> })
                    }
                });
                view! {
                    <tr>
                        <td>
                            <ForeignText text=kind />
                            {platform.map(|platform| view! { <span class="text-muted">" for " <ForeignText text=platform /></span> })}
                        </td>
                        <td>{digest}</td>
                        <td class="figure">{entry.size.map(|bytes| view! { <Size bytes=bytes /> })}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <details class="card fold">
                <summary>
                    <h2>"Other entries"</h2>
                    <span class="text-muted text-sm">{others_in_words(count)}</span>
                </summary>
                <div class="scroll" tabindex="0" role="region" aria-label="Other entries">
                    <table class="table">
                        <thead>
                            <tr>
                                <th>"What it is"</th>
                                <th>"Digest"</th>
                                <th class="figure">"Manifest's size"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {(more > 0)
                    .then(|| {
                        view! {
                            <p class="label px-4 py-2">
                                {size::count(u64::from(more))} " more are in the "
                                <a class="link" href=place.view(ImageView::Raw)>
                                    "raw view"
                                </a> "."
                            </p>
                        }
                    })}
            </details>
        }
    })
}
