//! A digest: its colour, its first twelve digits, the rest on hover.

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::colour::Colour;
use crate::oci::{Digest, DigestAlgorithm};

/// The classes that give an element a digest's colour, after those that say what is coloured (`band` or `band-fill`).
pub fn coloured(what: &str, digest: &Digest) -> String {
    let Colour { hue, step } = Colour::of(digest);
    format!("{what} h{hue} s{step}")
}

/// A digest with its colour. Pointing at it marks the same digest all over the page.
#[component]
pub fn DigestLabel(
    /// The digest.
    digest: Digest,
    /// Where it leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// Whether all of it is written out.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let words = match (whole, digest.algorithm()) {
        (true, _) => digest.to_string(),
        (false, DigestAlgorithm::Sha256) => digest.short().to_owned(),
        (false, _) => format!("{}:{}", digest.algorithm_name(), digest.short()),
    };
    let class = if whole { "digest whole" } else { "digest" };
    let swatch = coloured("swatch band", &digest);
    let full = digest.to_string();
    let content = view! {
        <span class=swatch></span>
        <span>{words}</span>
    };
    match href {
        Some(href) => Either::Left(view! {
            <a class=class href=href title=full.clone() data-digest=full>
                {content}
            </a>
        }),
        None => Either::Right(view! {
            <span class=class title=full.clone() data-digest=full>
                {content}
            </span>
        }),
    }
}
