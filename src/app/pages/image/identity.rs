//! The names of an image, each by its own name, with a word on what it means and how far it was checked.

use leptos::prelude::*;

use super::place::Place;
use crate::app::components::{Chip, DigestLabel, Tone};
use crate::oci::Tag;
use crate::view::address::ImageView;
use crate::view::image::{Check, CheckedDigest, Identity};

const TAG: &str = "A name that people chose. It can be moved to another image at any time, so it does not say for ever which image is meant.";
const INDEX: &str = "The hash of the list that has one image for each platform. It names all of them at once; pulling by it lets the client choose.";
const MANIFEST: &str = "The hash of the list of this one image's layers and of its config. Pulling by it gives exactly this image, on every machine.";
const IMAGE_ID: &str = "The hash of the config, with the layers' uncompressed contents in it. Docker calls it image ID. It stays the same where only the compression changes, and cannot be pulled by.";
const CHECKS: &str = "Verified: the bytes were read and hashed here. Reported: only a header or another document says so. Mismatch: the bytes have another hash.";

/// Tag, index digest, manifest digest, image ID: those that there are.
#[component]
pub(super) fn IdentityStrip(identity: Identity, place: Place) -> impl IntoView {
    let index = identity.index.map(|index| {
        let href = place.manifest(&index.digest);
        view! { <DigestCell name="Index digest" help=INDEX digest=index href=href /> }
    });
    let manifest = identity.manifest.map(|manifest| {
        let href = place.manifest(&manifest.digest);
        view! { <DigestCell name="Manifest digest" help=MANIFEST digest=manifest href=href /> }
    });
    let image_id = identity.image_id.map(|id| {
        let href = place.view(ImageView::Config);
        view! { <DigestCell name="Image ID (config digest)" help=IMAGE_ID digest=id href=href /> }
    });
    view! {
        <dl class="ids">
            {identity.tag.map(|tag| view! { <TagCell tag=tag /> })} {index} {manifest} {image_id}
        </dl>
    }
}

#[component]
fn TagCell(tag: Tag) -> impl IntoView {
    view! {
        <div>
            <Term name="Tag" help=TAG checked=false />
            <dd>
                <span class="min-w-0 wrap-anywhere">{tag.to_string()}</span>
                <span class="text-muted">"can move"</span>
            </dd>
        </div>
    }
}

#[component]
fn DigestCell(name: &'static str, help: &'static str, digest: CheckedDigest, href: String) -> impl IntoView {
    view! {
        <div>
            <Term name=name help=help checked=true />
            <dd>
                <DigestLabel digest=digest.digest href=href />
                <CheckChip check=digest.check />
            </dd>
        </div>
    }
}

/// A name that explains itself when it is pressed.
#[component]
fn Term(name: &'static str, help: &'static str, checked: bool) -> impl IntoView {
    view! {
        <dt>
            <details class="term">
                <summary>
                    {name} <span class="mark" aria-hidden="true">
                        "?"
                    </span>
                </summary>
                <p>{help}</p>
                {checked.then(|| view! { <p>{CHECKS}</p> })}
            </details>
        </dt>
    }
}

/// How far a digest was checked, in a word.
#[component]
pub(super) fn CheckChip(check: Check) -> impl IntoView {
    let (tone, word) = match check {
        Check::Verified => (Tone::Good, "verified"),
        Check::Reported => (Tone::Warning, "reported"),
        Check::Mismatch => (Tone::Bad, "mismatch"),
    };
    view! { <Chip tone=tone text=word /> }
}
