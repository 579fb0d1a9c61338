//! How much of an image each directory holds, as a map, and each kind of file, as rows.

use std::cmp::Reverse;

use leptos::prelude::*;
use streemap::Rect;

use super::super::place::Place;
use super::tree::digest_of;
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::anatomy::text::visible_line;
use crate::app::components::{Size, coloured};
use crate::view::files::{EndingShare, LayerCard, SizeShare};

/// The map as it is on a wide page, in pixels. It always has this height; what lies side by side has parts of its width.
const MAP: Rect<f64> = Rect { x: 0.0, y: 0.0, w: 560.0, h: 416.0 };
/// The room that a directory's name takes above what is in it, and its edges at the left, right and bottom, in pixels.
const HEAD: f64 = 17.0;
const EDGE: f64 = 3.0;
/// From this width and height on there is room for a name, in pixels.
const NAMED: (f64, f64) = (44.0, 15.0);
/// From this height on there is room for the size below it.
const SIZED: f64 = 32.0;

/// A map of what can be seen: a box for each directory, as large as what it holds, with those in it inside.
#[component]
pub(super) fn SizeCard(shares: Vec<SizeShare>, layers: Vec<LayerCard>, place: Place) -> impl IntoView {
    (!shares.is_empty()).then(|| {
        let boxes = boxes(&shares, MAP, &layers, &place);
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"What can be seen"</h2>
                    <span class="text-muted text-sm">"coloured by the layer that has most of it"</span>
                </div>
                <svg class="sizemap" role="group" aria-label="Directories by size">{boxes}</svg>
            </section>
        }
    })
}

/// Boxes that fill some room, and what is in them.
fn boxes(shares: &[SizeShare], room: Rect<f64>, layers: &[LayerCard], place: &Place) -> AnyView {
    let boxes = layout(shares, room).into_iter().map(|(share, bounds)| {
        let (x, width) = (part(bounds.x - room.x, room.w), part(bounds.w, room.w));
        let (y, height) = (pixels(bounds.y - room.y), pixels(bounds.h));
        let words = visible_line(&share.name).into_owned();
        let mostly = if share.is_directory { "mostly " } else { "" };
        let label = format!("{words}, {}, {mostly}layer {}", size::decimal(share.bytes), share.layer);
        let is_named = bounds.w >= NAMED.0 && bounds.h >= NAMED.1;
        let name = is_named.then(|| view! { <text x="8" y="13">{words}</text> });
        let inner = Rect {
            x: bounds.x + EDGE + 1.0,
            y: bounds.y + HEAD,
            w: bounds.w - 2.0 * EDGE - 1.0,
            h: bounds.h - HEAD - EDGE,
        };
        let is_opened = !share.within.is_empty() && inner.w > HEAD && inner.h > HEAD;
        let bytes = (is_named && !is_opened && bounds.h >= SIZED)
            .then(|| view! { <text class="bytes" x="8" y="27">{size::decimal(share.bytes)}</text> });
        let colour = digest_of(layers, share.layer).filter(|_| !is_opened).map(|digest| {
            view! { <rect class=coloured("band-fill", &digest) width="4" height="100%" /> }
        });
        let face = view! {
            <title>{label}</title>
            <rect class=if is_opened { "face opened" } else { "face" } width="100%" height="100%" />
            {colour}
            {name}
            {bytes}
        };
        let face = match &share.path {
            Some(path) => view! { <a href=place.file(path, share.is_directory)>{face}</a> }.into_any(),
            None => face.into_any(),
        };
        let inside = is_opened.then(|| {
            let (x, width) = (part(inner.x - bounds.x, bounds.w), part(inner.w, bounds.w));
            let boxes = self::boxes(&share.within, inner, layers, place);
            view! { <svg x=x y=HEAD width=width height=pixels(inner.h)>{boxes}</svg> }
        });
        view! { <svg x=x y=y width=width height=height>{face} {inside}</svg> }.into_any()
    });
    boxes.collect_view().into_any()
}

fn part(length: f64, whole: f64) -> String {
    format!("{:.2}%", length / whole * 100.0)
}

fn pixels(length: f64) -> String {
    format!("{length:.1}")
}

/// Where each box is. They are as square as they can be (Bruls, Huizing, van Wijk: Squarified Treemaps).
#[expect(clippy::cast_precision_loss, reason = "a length on a screen")]
fn layout(shares: &[SizeShare], room: Rect<f64>) -> Vec<(&SizeShare, Rect<f64>)> {
    let mut boxes: Vec<(&SizeShare, Rect<f64>)> = shares.iter().map(|share| (share, room)).collect();
    // Those that are left out stand last, however large they are together.
    boxes.sort_by_key(|(share, _)| Reverse(share.bytes));
    // One without bytes would have no shape.
    streemap::squarify(room, &mut boxes, |(share, _)| share.bytes.max(1) as f64, |(_, place), rect| *place = rect);
    boxes
}

/// What the endings of names tell of the kinds of files.
#[component]
pub(super) fn EndingCard(endings: Vec<EndingShare>, place: Place) -> impl IntoView {
    (!endings.is_empty()).then(|| {
        let rows = endings.into_iter().map(|share| {
            let name = match &share.ending {
                Some(ending) => {
                    let ending = format!(".{ending}");
                    let href = place.file_with(&FilePath::root(), true, &[("find", ending.as_str())]);
                    view! { <a class="wraps" href=href rel="nofollow">{ending}</a> }.into_any()
                }
                None => view! { <span>"no ending that tells a kind"</span> }.into_any(),
            };
            view! {
                <li>
                    <div class="min-w-0">
                        {name} " "
                        <span class="text-muted text-xs">{size::counted(share.files, "file")}</span>
                    </div>
                    <span class="figure"><Size bytes=share.bytes /></span>
                </li>
            }
        });
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"Kinds of files"</h2>
                    <span class="text-muted text-sm">"as the endings of their names tell"</span>
                </div>
                <ul class="filelist">{rows.collect_view()}</ul>
            </section>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(bytes: u64) -> SizeShare {
        SizeShare { path: None, name: String::new(), layer: 1, bytes, is_directory: false, within: Vec::new() }
    }

    /// Areas are as the sizes, wherever in the list the large ones stand.
    #[test]
    fn boxes_fill_the_room_each_by_its_size() {
        for sizes in [vec![1], vec![7, 3], vec![600, 200, 100, 50, 50, 400], vec![0, 5]] {
            let shares: Vec<_> = sizes.iter().copied().map(share).collect();
            let all: u64 = sizes.iter().map(|bytes| (*bytes).max(1)).sum();
            let boxes = layout(&shares, MAP);
            assert_eq!(boxes.len(), shares.len());
            for (share, bounds) in boxes {
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                let expected = share.bytes.max(1) as f64 / all as f64 * MAP.w * MAP.h;
                assert!((bounds.w * bounds.h - expected).abs() < 1.0, "{sizes:?}: {bounds:?}");
                assert!(bounds.x >= 0.0 && bounds.x + bounds.w < MAP.w + 0.01, "{bounds:?}");
                assert!(bounds.y >= 0.0 && bounds.y + bounds.h < MAP.h + 0.01, "{bounds:?}");
            }
        }
    }
}
