//! The stack: every layer as high as its size, the topmost first.

use leptos::prelude::*;

use super::place::anchor;
use crate::anatomy::size;
use crate::app::components::coloured;
use crate::oci::Digest;
use crate::view::image::LayersView;

/// Width of the drawing, in its own units.
const WIDTH: u32 = 240;
/// Height shared out among the layers by their sizes.
const SHARED: u32 = 180;
/// Height that each layer has at least, so that it can be seen and pressed.
const LEAST: u32 = 5;
/// Between two layers.
const GAP: u32 = 2;
/// Height from which a size can be written into a layer.
const WRITABLE: u32 = 18;

/// One piece of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    digest: Option<Digest>,
    title: String,
    size: u64,
    top: u32,
    height: u32,
}

/// The pieces from the top down, and the height of them all.
fn pieces(view: &LayersView) -> (Vec<Piece>, u32) {
    let rest = view.stack_rest.map(|(count, size)| {
        let title = format!("{} more layers, {}", size::count(u64::from(count)), size::decimal(size));
        (None, title, size)
    });
    let bands = view.stack.iter().rev().map(|band| {
        let short = band.digest.as_ref().map_or("no digest", Digest::short);
        (band.digest.clone(), format!("{short}, {}", size::decimal(band.size)), band.size)
    });
    let all: Vec<_> = rest.into_iter().chain(bands).collect();
    let total = all.iter().fold(0_u64, |sum, (_, _, size)| sum.saturating_add(*size));
    let mut top = 0;
    let pieces = all.into_iter().map(|(digest, title, size)| {
        let height = LEAST + share(size, total);
        let piece = Piece { digest, title, size, top, height };
        top += height + GAP;
        piece
    });
    let pieces = pieces.collect();
    (pieces, top.saturating_sub(GAP))
}

/// A layer's part of the height that is shared out.
fn share(size: u64, total: u64) -> u32 {
    let height = (u128::from(size) * u128::from(SHARED)).checked_div(u128::from(total)).unwrap_or(0);
    u32::try_from(height).unwrap_or(SHARED)
}

/// The drawing. Each layer is a link to its row; `href` is what stands before the anchor.
#[component]
pub(super) fn Stack(view: LayersView, href: String) -> impl IntoView {
    let (pieces, height) = pieces(&view);
    let drawn = pieces
        .into_iter()
        .map(|piece| {
            let class = piece.digest.as_ref().map_or_else(|| "rest".to_owned(), |digest| coloured("band-fill", digest));
            let on = class.replace("band-fill", "on-band");
            let middle = piece.top + piece.height / 2;
            let words = (piece.height >= WRITABLE).then(|| {
                view! { <text class=on x=WIDTH / 2 y=middle>{size::decimal(piece.size)}</text> }
            });
            let data = piece.digest.as_ref().map(ToString::to_string);
            let drawing = view! {
                <rect class=class y=piece.top width=WIDTH height=piece.height data-digest=data>
                    <title>{piece.title.clone()}</title>
                </rect>
                {words}
            };
            match piece.digest {
                Some(digest) => view! {
                    // Alone an `a` would be taken for the HTML element.
                    <g>
                        <a href=format!("{href}#{}", anchor(&digest)) aria-label=piece.title>
                            {drawing}
                        </a>
                    </g>
                }
                .into_any(),
                None => view! {
                    <g role="img" aria-label=piece.title>
                        {drawing}
                    </g>
                }
                .into_any(),
            }
        })
        .collect_view();
    view! {
        <section class="card p-4">
            <h2>"Stack"</h2>
            <p class="label mb-3">"Topmost layer wins; height is size."</p>
            <svg class="stack" viewBox=format!("0 0 {WIDTH} {height}") role="group" aria-label="Layers, topmost first">
                {drawn}
            </svg>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::steps::Steps;
    use crate::view::summary::Band;

    fn view(sizes: &[u64], rest: Option<(u32, u64)>) -> LayersView {
        LayersView {
            steps: Steps::Joined(Vec::new()),
            first: 0,
            step_count: 0,
            layer_count: 0,
            stack: sizes.iter().map(|size| Band { digest: None, size: *size }).collect(),
            stack_rest: rest,
            dockerfile: None,
            dockerfile_cut: 0,
            config_failure: None,
            counted: None,
        }
    }

    #[test]
    fn the_topmost_layer_is_drawn_first_and_heights_follow_sizes() {
        let (pieces, height) = pieces(&view(&[90, 0, 10], None));
        assert_eq!(pieces.iter().map(|piece| piece.size).collect::<Vec<_>>(), [10, 0, 90]);
        assert_eq!(pieces.iter().map(|piece| piece.height).collect::<Vec<_>>(), [5 + 18, 5, 5 + 162]);
        assert_eq!(height, 180 + 3 * 5 + 2 * 2);
    }

    #[test]
    fn nothing_and_enormous_sizes_can_be_drawn() {
        assert_eq!(pieces(&view(&[], None)), (Vec::new(), 0));
        let (drawn, _) = pieces(&view(&[0, 0], None));
        assert!(drawn.iter().all(|piece| piece.height == LEAST));
        let (drawn, _) = pieces(&view(&[u64::MAX, u64::MAX], Some((3, u64::MAX))));
        assert!(drawn.iter().all(|piece| piece.height <= LEAST + SHARED));
        assert!(drawn.first().is_some_and(|piece| piece.title.starts_with("3 more layers")));
    }
}
