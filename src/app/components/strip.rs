//! A core sample: an image as a strip with a band per layer, as wide as the layer's size.

use leptos::prelude::*;

use super::digest_label::coloured;
use crate::anatomy::size;
use crate::view::summary::Band;

/// Width of the whole drawing in its own units. Whole numbers keep the script small.
const WIDTH: u64 = 10_000;
/// What a band is never narrower than, so that a small layer is still seen.
const NARROWEST: u64 = 60;
/// Tenths of a power of ten at which a scale may end: close enough together that little room is lost.
const STEPS: [u64; 12] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 100];

/// How many bytes the full width of a strip means, so that the strips of a list can be compared. Never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StripScale(u64);

impl StripScale {
    /// A scale on which all of these sizes find room. It grows in steps, so that one more size rarely changes it.
    #[must_use]
    pub fn for_sizes(sizes: impl IntoIterator<Item = u64>) -> Self {
        let largest = sizes.into_iter().max().unwrap_or_default();
        let mut tenth: u64 = 1;
        while tenth.saturating_mul(100) < largest {
            let Some(next) = tenth.checked_mul(10) else { return Self(u64::MAX) };
            tenth = next;
        }
        let end = STEPS.into_iter().map(|step| step.saturating_mul(tenth)).find(|end| *end >= largest);
        Self(end.unwrap_or(u64::MAX))
    }

    /// The scale on which one image fills the width.
    #[must_use]
    pub fn whole(layers: &[Band]) -> Self {
        Self(total(layers).max(1))
    }

    /// A size in units of the drawing.
    fn units(self, size: u64) -> u64 {
        let units = u128::from(size) * u128::from(WIDTH) / u128::from(self.0);
        u64::try_from(units).unwrap_or(u64::MAX)
    }
}

/// Bytes of all layers.
fn total(layers: &[Band]) -> u64 {
    layers.iter().fold(0, |total, band| total.saturating_add(band.size))
}

/// Start and width of each band, in units of the drawing.
fn extents(sizes: impl Iterator<Item = u64>, scale: StripScale) -> Vec<(u64, u64)> {
    let widths: Vec<u64> = sizes.map(|size| scale.units(size).clamp(NARROWEST, WIDTH)).collect();
    // What the narrowest bands gained is taken from all of them where it does not fit.
    let full = widths.iter().sum::<u64>().max(WIDTH);
    let mut end = 0;
    widths
        .into_iter()
        .map(|width| {
            let start = end * WIDTH / full;
            end += width;
            (start, end * WIDTH / full - start)
        })
        .collect()
}

/// A core sample. Bands have the colours of their digests; pointing at one marks its digest all over the page.
#[component]
pub fn Strip(
    /// The layers, lowest first.
    layers: Vec<Band>,
    /// What the full width means.
    #[prop(into)]
    scale: Signal<StripScale>,
    /// Whether it is drawn higher than in a list.
    #[prop(optional)]
    tall: bool,
) -> impl IntoView {
    let number = u64::try_from(layers.len()).unwrap_or(u64::MAX);
    let name = format!("{}, {}", size::counted(number, "layer"), size::decimal(total(&layers)));
    // The bands are drawn once; where the scale grows later, only the window on them does.
    let drawn = scale.get_untracked();
    let view_box = move || format!("0 0 {} 12", StripScale(drawn.0).units(scale.get().0));
    let extents = extents(layers.iter().map(|band| band.size), drawn);
    let bands = layers
        .into_iter()
        .zip(extents)
        .map(|(band, (start, width))| {
            let class =
                band.digest.as_ref().map_or_else(|| "band-fill".to_owned(), |digest| coloured("band-fill", digest));
            let short = band.digest.as_ref().map_or("no digest", |digest| digest.short());
            let title = format!("{short}, {}", size::decimal(band.size));
            view! {
                <rect class=class x=start width=width height="12" data-digest=band.digest.map(String::from)>
                    <title>{title}</title>
                </rect>
            }
        })
        .collect_view();
    view! {
        <svg
            class=if tall { "strip tall" } else { "strip" }
            viewBox=view_box
            preserveAspectRatio="none"
            role="img"
            aria-label=name
        >
            {bands}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(sizes: &[u64], scale: u64) -> Vec<u64> {
        extents(sizes.iter().copied(), StripScale(scale)).into_iter().map(|(_, width)| width).collect()
    }

    #[test]
    fn bands_are_as_wide_as_their_sizes() {
        assert_eq!(widths(&[25_000_000, 50_000_000], 100_000_000), [2_500, 5_000]);
    }

    #[test]
    fn small_layers_stay_visible() {
        assert_eq!(widths(&[0, 1, 50_000_000], 100_000_000), [60, 60, 5_000]);
    }

    #[test]
    fn strips_never_pass_the_full_width() {
        for sizes in [vec![1_u64; 1000], vec![u64::MAX, 0, 0, u64::MAX], vec![100, 0, 0]] {
            assert!(widths(&sizes, 100).iter().sum::<u64>() <= WIDTH, "{sizes:?}");
        }
    }

    #[test]
    fn scales_grow_in_steps() {
        let scale = |size| StripScale::for_sizes([size]).0;
        assert_eq!(scale(81_000_000), 100_000_000);
        assert_eq!(scale(70_500_000), 80_000_000);
        assert_eq!(scale(151_800_000), 200_000_000);
        assert_eq!(scale(0), 10);
        assert_eq!(scale(u64::MAX), u64::MAX);
        assert_eq!(StripScale::for_sizes([]).0, 10);
    }
}
