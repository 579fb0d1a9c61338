//! One row: a layer of either image or of both, and how they are related.

use leptos::either::Either;
use leptos::prelude::*;

use super::names::Names;
use super::place::{Place, Which};
use crate::anatomy::compare::RowKind;
use crate::anatomy::secrets;
use crate::anatomy::text::visible_line;
use crate::app::components::{DigestLabel, ForeignText, Size, coloured};
use crate::view::compare::{LayerPair, PairedLayer};

/// How a row looks, and what it says.
struct Relation {
    /// A sign for the eye.
    sign: &'static str,
    /// The same in words.
    words: &'static str,
    from_class: &'static str,
    to_class: &'static str,
}

impl Relation {
    fn of(pair: &LayerPair) -> Self {
        let (sign, words) = match (pair.kind, pair.recompressed) {
            (RowKind::Same, false) => ("=", "the same layer"),
            (RowKind::Same, true) => ("=", "the same content, stored as other bytes"),
            (RowKind::Changed, _) => ("≠", "another layer"),
            (RowKind::OnlyFrom, _) => ("−", "in the first image only"),
            (RowKind::OnlyTo, _) => ("+", "in the second image only"),
        };
        let (from_class, to_class) = match pair.kind {
            RowKind::Same => ("pcell eq", "pcell eq"),
            RowKind::Changed => ("pcell old", "pcell new"),
            RowKind::OnlyFrom => ("pcell old", "pcell missing"),
            RowKind::OnlyTo => ("pcell missing", "pcell new"),
        };
        Self { sign, words, from_class, to_class }
    }
}

/// The row. What is equal on both sides is said once where the sides stand one below the other.
#[component]
pub(super) fn PairRow(pair: LayerPair, place: Place, names: Names) -> impl IntoView {
    let Relation { sign, words, from_class, to_class } = Relation::of(&pair);
    let class = match (is_said_once(&pair), has_other_command(&pair)) {
        (true, _) => "pair once",
        (false, true) => "pair differs",
        (false, false) => "pair",
    };
    let note = pair.recompressed.then(|| {
        view! { <p class="pnote">"The same content, compressed otherwise: another digest, and bytes to pull again"</p> }
    });
    view! {
        <li class=class>
            <Cell layer=pair.from which=Which::From class=from_class place=place.clone() name=names.from />
            <span class="rel">
                <span aria-hidden="true">{sign}</span>
                <span class="sr-only">{words}</span>
            </span>
            <Cell layer=pair.to which=Which::To class=to_class place=place name=names.to />
            {note}
        </li>
    }
}

/// Whether both sides show the same words.
fn is_said_once(pair: &LayerPair) -> bool {
    match (&pair.from, &pair.to) {
        (Some(from), Some(to)) => {
            (&from.digest, from.size, &from.keyword, &from.arguments)
                == (&to.digest, to.size, &to.keyword, &to.arguments)
        }
        _ => false,
    }
}

/// Whether the commands differ, so that all of both is worth reading: the difference may stand at the end.
fn has_other_command(pair: &LayerPair) -> bool {
    match (&pair.from, &pair.to) {
        (Some(from), Some(to)) => (&from.keyword, &from.arguments) != (&to.keyword, &to.arguments),
        _ => false,
    }
}

/// One side of the row.
#[component]
fn Cell(layer: Option<PairedLayer>, which: Which, class: &'static str, place: Place, name: String) -> impl IntoView {
    let Some(layer) = layer else {
        return Either::Left(view! { <div class=class>"Not in " {name}</div> });
    };
    let href = place.layer(which, &layer);
    let band = layer.digest.as_ref().map(|digest| coloured("band", digest));
    let digest = layer.digest.map(|digest| match href {
        Some(href) => Either::Left(view! { <DigestLabel digest=digest href=href /> }),
        None => Either::Right(view! { <DigestLabel digest=digest /> }),
    });
    let arguments = secrets::covered(&layer.arguments);
    let title = visible_line(&arguments).into_owned();
    let command = match (layer.keyword, arguments.is_empty()) {
        (None, true) => Either::Left(view! { <i>"No step is known for this layer"</i> }),
        (keyword, _) => Either::Right(view! {
            {keyword.map(|keyword| view! { <b>{keyword}</b> " " })}
            <ForeignText text=arguments />
        }),
    };
    Either::Right(view! {
        <div class=class>
            <span class=band></span>
            <div class="min-w-0">
                <span class="sr-only">{name} ": "</span>
                <code title=title>{command}</code>
                <span class="pfacts">
                    {digest} {layer.size.map(|bytes| view! { <Size bytes=bytes /> })}
                </span>
            </div>
        </div>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(from: Option<&str>, to: Option<&str>, kind: RowKind) -> LayerPair {
        let layer = |arguments: &str| PairedLayer {
            digest: None,
            size: Some(1),
            keyword: Some("RUN".to_owned()),
            arguments: arguments.to_owned(),
            row: u32::try_from(arguments.len()).unwrap(),
        };
        LayerPair { kind, from: from.map(layer), to: to.map(layer), recompressed: false }
    }

    #[test]
    fn equal_sides_are_said_once() {
        assert!(is_said_once(&pair(Some("a"), Some("a"), RowKind::Same)));
        assert!(!has_other_command(&pair(Some("a"), Some("a"), RowKind::Same)));
        assert!(has_other_command(&pair(Some("a"), Some("b"), RowKind::Changed)));
        assert!(!is_said_once(&pair(Some("a"), Some("b"), RowKind::Same)));
        assert!(!is_said_once(&pair(Some("a"), None, RowKind::OnlyFrom)));
    }

    #[test]
    fn every_relation_has_a_sign_and_words_of_its_own() {
        let kinds = [RowKind::Same, RowKind::Changed, RowKind::OnlyFrom, RowKind::OnlyTo];
        let relations = kinds.map(|kind| Relation::of(&pair(Some("a"), Some("a"), kind)));
        for (position, relation) in relations.iter().enumerate() {
            let rest = relations.iter().skip(position + 1);
            assert!(rest.clone().all(|other| other.sign != relation.sign && other.words != relation.words));
        }
    }
}
