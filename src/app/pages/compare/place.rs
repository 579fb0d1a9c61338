//! Where a comparison's page stands, and the links from it.

use super::super::image::anchor;
use crate::oci::{Platform, Reference};
use crate::view::address::ImageView;
use crate::view::compare::{ComparePage, CompareQuery, CompareView, PairedLayer, ROWS_LENGTH, Side};
use crate::view::image::STEPS_LENGTH;
use crate::view::link::{self, PlatformLink};

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// What somebody has.
    From,
    /// What somebody wants.
    To,
}

/// The page's own address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// What is asked for, with both references as paths write them.
    asked: CompareQuery,
    /// The platforms that are compared, where a link can name them.
    platforms: [Option<String>; 2],
    /// The page of each side's manifest: its registry's prefix, and its digest within its repository.
    manifests: [Option<(String, Reference)>; 2],
}

impl Place {
    /// The place of a page that was asked for.
    pub(super) fn new(page: &ComparePage, query: CompareQuery) -> Self {
        let text = |side: &Side| format!("{}{}", side.registry.prefix, side.reference);
        let platform = |side: &Side| side.platform.as_ref().and_then(linkable);
        let manifest = |side: &Side| {
            let digest = side.identity.manifest.as_ref()?.digest.clone();
            Some((side.registry.prefix.clone(), Reference::digest(side.reference.repository.clone(), digest)))
        };
        Self {
            asked: CompareQuery { from: text(&page.from), to: text(&page.to), refresh: false, ..query },
            platforms: [platform(&page.from), platform(&page.to)],
            manifests: [manifest(&page.from), manifest(&page.to)],
        }
    }

    /// The view that is shown.
    pub(super) fn current_view(&self) -> CompareView {
        self.asked.view
    }

    /// Another view of the same comparison.
    pub(super) fn view(&self, view: CompareView) -> String {
        link::comparison(&CompareQuery { view, ..self.first_rows() })
    }

    /// The same comparison the other way round.
    pub(super) fn swapped(&self) -> String {
        let asked = self.first_rows();
        link::comparison(&CompareQuery {
            from: asked.to,
            to: asked.from,
            from_platform: asked.to_platform,
            to_platform: asked.from_platform,
            ..asked
        })
    }

    /// The page of layers that begins with this row.
    pub(super) fn rows(&self, first: u32) -> String {
        link::comparison(&CompareQuery { rows: first, ..self.asked.clone() })
    }

    /// The page of layers that has this row.
    pub(super) fn page_of(&self, row: u32) -> String {
        self.rows(start_of_page(row, ROWS_LENGTH))
    }

    /// Both sides on one platform.
    pub(super) fn both_on(&self, platform: &Platform) -> Option<String> {
        let platform = linkable(platform)?;
        let (from_platform, to_platform) = (String::new(), String::new());
        Some(link::comparison(&CompareQuery { platform, from_platform, to_platform, ..self.first_rows() }))
    }

    /// One side on a platform, the other one on the one that it has now.
    pub(super) fn one_on(&self, which: Which, platform: &Platform) -> Option<String> {
        let platform = linkable(platform)?;
        let [from, to] = self.platforms.clone().map(Option::unwrap_or_default);
        let (from_platform, to_platform) = match which {
            Which::From => (platform, to),
            Which::To => (from, platform),
        };
        let asked = CompareQuery { platform: String::new(), ..self.first_rows() };
        Some(link::comparison(&if from_platform == to_platform {
            let nothing = String::new();
            CompareQuery { platform: from_platform, from_platform: nothing.clone(), to_platform: nothing, ..asked }
        } else {
            CompareQuery { from_platform, to_platform, ..asked }
        }))
    }

    /// A layer's row on the page of its image.
    pub(super) fn layer(&self, which: Which, layer: &PairedLayer) -> Option<String> {
        let digest = layer.digest.as_ref()?;
        let [from, to] = &self.manifests;
        let (prefix, reference) = match which {
            Which::From => from.as_ref(),
            Which::To => to.as_ref(),
        }?;
        let path = link::image(prefix, reference, ImageView::Layers, &PlatformLink::none());
        let query = match start_of_page(layer.row, STEPS_LENGTH) {
            0 => String::new(),
            first => format!("?{}", link::query(&[("steps", &first.to_string())])),
        };
        Some(format!("{path}{query}#{}", anchor(digest)))
    }

    /// What is asked for, from the first row on.
    fn first_rows(&self) -> CompareQuery {
        CompareQuery { rows: 0, ..self.asked.clone() }
    }
}

/// The first row of the page that has this one, where pages are so long.
fn start_of_page(row: u32, length: usize) -> u32 {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    row - row % length
}

/// A platform as an address names it; nothing where it could not be read back from there.
pub(super) fn linkable(platform: &Platform) -> Option<String> {
    let text = platform.to_string();
    text.parse::<Platform>().is_ok().then_some(text)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::names::tests::side;
    use super::*;
    use crate::anatomy::compare::{Transfer, TransferSide};
    use crate::oci::Digest;
    use crate::view::compare::{CompareContent, ConfigChanges};
    use crate::view::image::{Check, CheckedDigest};

    fn digest(letter: &str) -> Digest {
        format!("sha256:{}", letter.repeat(64)).parse().unwrap()
    }

    /// A page that compares two versions of one image and found nothing.
    pub(in super::super) fn page(from_platform: &str, to_platform: &str) -> ComparePage {
        let mut from = side("hub", "a/b:1", from_platform);
        let manifest = CheckedDigest { digest: digest("a"), check: Check::Verified };
        from.identity.manifest = Some(manifest);
        ComparePage {
            from,
            to: side("hub", "a/b:2", to_platform),
            common_platforms: Vec::new(),
            only_from: Vec::new(),
            only_to: Vec::new(),
            transfer: Transfer {
                shared_layers: 0,
                shared_bytes: 0,
                from: TransferSide::default(),
                to: TransferSide::default(),
            },
            layer_differences: 0,
            config_differences: None,
            problems: Vec::new(),
            pinned: String::new(),
            content: CompareContent::Config(ConfigChanges {
                differences: Vec::new(),
                more: 0,
                history: Vec::new(),
                history_cut: false,
            }),
        }
    }

    fn place(query: CompareQuery) -> Place {
        Place::new(&page("linux/amd64", "linux/arm64"), query)
    }

    #[test]
    fn links_keep_what_is_chosen() {
        let place = place(CompareQuery {
            from_platform: "linux/amd64".to_owned(),
            to_platform: "linux/arm64".to_owned(),
            view: CompareView::Config,
            rows: 300,
            ..CompareQuery::default()
        });
        let same = "from_platform=linux/amd64&to_platform=linux/arm64";
        assert_eq!(place.view(CompareView::Layers), format!("/-/compare?from=a/b:1&to=a/b:2&{same}"));
        assert_eq!(place.rows(200), format!("/-/compare?from=a/b:1&to=a/b:2&{same}&view=config&rows=200"));
        assert_eq!(
            place.swapped(),
            "/-/compare?from=a/b:2&to=a/b:1&from_platform=linux/arm64&to_platform=linux/amd64&view=config"
        );
    }

    #[test]
    fn platforms_are_chosen_for_both_sides_or_one() {
        let place = place(CompareQuery::default());
        let platform = |text: &str| text.parse::<Platform>().unwrap();
        let path = "/-/compare?from=a/b:1&to=a/b:2";
        assert_eq!(place.both_on(&platform("linux/arm/v7")).unwrap(), format!("{path}&platform=linux/arm/v7"));
        assert_eq!(
            place.one_on(Which::To, &platform("linux/arm/v7")).unwrap(),
            format!("{path}&from_platform=linux/amd64&to_platform=linux/arm/v7")
        );
        assert_eq!(
            place.one_on(Which::From, &platform("linux/arm64")).unwrap(),
            format!("{path}&platform=linux/arm64")
        );
        assert_eq!(place.both_on(&Platform::new("a b", "c/d/e", None)), None);
    }

    #[test]
    fn layers_lead_to_their_row() {
        let place = place(CompareQuery::default());
        let layer =
            |row| PairedLayer { digest: Some(digest("b")), size: None, keyword: None, arguments: String::new(), row };
        let (manifest, anchor) = (digest("a"), format!("#sha256-{}", "b".repeat(64)));
        assert_eq!(place.layer(Which::From, &layer(3)).unwrap(), format!("/a/b@{manifest}{anchor}"));
        assert_eq!(place.layer(Which::From, &layer(450)).unwrap(), format!("/a/b@{manifest}?steps=400{anchor}"));
        assert_eq!(place.layer(Which::To, &layer(3)), None);
        assert_eq!(place.page_of(250), "/-/compare?from=a/b:1&to=a/b:2&rows=200");
    }
}
