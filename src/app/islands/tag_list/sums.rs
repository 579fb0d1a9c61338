//! What the tags that have been read take together: bytes stored once, against bytes if nothing were shared.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;

use crate::anatomy::size::{counted, decimal, exact, percent};
use crate::oci::Digest;
use crate::view::ImageSummary;
use crate::view::listing::Details;

/// Sums over tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// Tags that have been read.
    pub(super) read: u64,
    /// Different digests among them.
    pub(super) images: u64,
    /// Whether tags of the page have not been read.
    pub(super) open: bool,
    /// Bytes of the layers, each layer once.
    pub(super) stored: u64,
    /// Bytes of the layers, as often as images have them.
    pub(super) unshared: u64,
    seen: HashSet<Digest>,
    layers: HashMap<Digest, u64>,
}

impl Sums {
    /// Adds a tag. Tags of one digest are one image.
    pub(super) fn add(&mut self, details: &Details<ImageSummary>) {
        self.open |= details.is_open();
        let Some(image) = details.known() else { return };
        self.read += 1;
        if !self.seen.insert(image.digest.clone()) {
            return;
        }
        self.images += 1;
        for layer in &image.layers {
            self.unshared = self.unshared.saturating_add(layer.size);
            let Some(digest) = &layer.digest else {
                // What has no digest cannot be known to be shared.
                self.stored = self.stored.saturating_add(layer.size);
                continue;
            };
            if self.layers.insert(digest.clone(), layer.size).is_none() {
                self.stored = self.stored.saturating_add(layer.size);
            }
        }
    }
}

/// The bar beside the heading: how much of the bytes is stored once.
#[component]
pub(super) fn Sharing(sums: Memo<Sums>) -> impl IntoView {
    let text = move |pick: fn(&Sums) -> String| sums.with(pick);
    // An image of one platform speaks for its whole index, which is said.
    let help = move || {
        sums.with(|sums| {
            format!(
                "Layers of {}, one platform of each: {} stored once, {} if every image had its own, {} of it shared",
                counted(sums.images, "image"),
                exact(sums.stored),
                exact(sums.unshared),
                percent(sums.unshared.saturating_sub(sums.stored), sums.unshared),
            )
        })
    };
    let share = move || {
        sums.with(|sums| {
            let share = u128::from(sums.stored) * 1000 / u128::from(sums.unshared.max(1));
            u64::try_from(share).unwrap_or(1000)
        })
    };
    view! {
        <div class="sharing" class:waiting=move || sums.with(|sums| sums.unshared == 0) title=help>
            <div class="ends">
                <span class="num">{move || text(|sums| decimal(sums.stored))} " stored"</span>
                <span class="num">{move || text(|sums| decimal(sums.unshared))} " if nothing were shared"</span>
            </div>
            <svg class="meter thick" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="accent" width=share height="10" />
            </svg>
        </div>
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::view::summary::Band;

    /// An image of this digest, with layers of these digests and sizes.
    pub(in super::super) fn image(letter: char, layers: &[(char, u64)]) -> ImageSummary {
        let digest =
            |letter: char| -> Digest { format!("sha256:{}", String::from(letter).repeat(64)).parse().unwrap() };
        ImageSummary {
            digest: digest(letter),
            media_type: "application/vnd.oci.image.manifest.v1+json".parse().unwrap(),
            kind: "Image".to_owned(),
            platform_count: None,
            platform: None,
            size: Some(layers.iter().map(|(_, size)| size).sum()),
            layers: layers.iter().map(|(letter, size)| Band { digest: Some(digest(*letter)), size: *size }).collect(),
            created: None,
            problem: None,
        }
    }

    #[test]
    fn shared_layers_are_stored_once_and_aliases_are_one_image() {
        let mut sums = Sums::default();
        sums.add(&Details::Known(image('a', &[('0', 100), ('1', 10)])));
        sums.add(&Details::Known(image('a', &[('0', 100), ('1', 10)])));
        sums.add(&Details::Known(image('b', &[('0', 100), ('2', 5)])));
        sums.add(&Details::Unreadable("gone".to_owned()));
        assert_eq!((sums.read, sums.images, sums.stored, sums.unshared), (3, 2, 115, 215));
        assert!(!sums.open);
        sums.add(&Details::Waiting);
        assert!(sums.open);
    }
}
