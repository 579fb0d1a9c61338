//! What is to be known about a comparison as a whole.

use leptos::prelude::*;

use crate::app::components::{DigestLabel, ForeignText, NoticeBox, Tone};
use crate::view::compare::{ComparePage, Side};
use crate::view::image::CheckedDigest;

/// Whether two sides are the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sameness {
    /// One manifest: the same image.
    Manifest(CheckedDigest),
    /// One config under two manifests: the same content, stored otherwise.
    Config(CheckedDigest),
    /// Different images.
    None,
}

impl Sameness {
    fn of(from: &Side, to: &Side) -> Self {
        let same = |from: &Option<CheckedDigest>, to: &Option<CheckedDigest>| {
            let (from, to) = (from.as_ref()?, to.as_ref()?);
            (from.digest == to.digest).then(|| from.clone())
        };
        let (from, to) = (&from.identity, &to.identity);
        same(&from.manifest, &to.manifest)
            .map(Self::Manifest)
            .or_else(|| same(&from.image_id, &to.image_id).map(Self::Config))
            .unwrap_or(Self::None)
    }
}

/// The notices above the cards.
#[component]
pub(super) fn Notices(page: ComparePage) -> impl IntoView {
    let sameness = match Sameness::of(&page.from, &page.to) {
        Sameness::Manifest(CheckedDigest { digest, .. }) => Some(
            view! {
                <NoticeBox>
                    <b>"These are the same image"</b>
                    <span>"Both references lead to the manifest " <DigestLabel digest=digest /></span>
                </NoticeBox>
            }
            .into_any(),
        ),
        Sameness::Config(CheckedDigest { digest, .. }) => Some(
            view! {
                <NoticeBox>
                    <b>"These images have the same content"</b>
                    <span>
                        "Both have the image ID " <DigestLabel digest=digest />
                        ", so they run alike; only how they are stored differs"
                    </span>
                </NoticeBox>
            }
            .into_any(),
        ),
        Sameness::None => None,
    };
    let problems = page
        .problems
        .into_iter()
        .map(|problem| {
            let sentence = format!("{}.", problem.trim_end_matches('.'));
            view! {
                <NoticeBox tone=Tone::Warning>
                    <span class="wrap-anywhere">
                        <ForeignText text=sentence />
                    </span>
                </NoticeBox>
            }
        })
        .collect_view();
    view! { {sameness} {problems} }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::side;
    use super::*;
    use crate::view::image::Check;

    #[test]
    fn one_manifest_is_the_same_image_and_one_config_the_same_content() {
        let digest = |letter: &str| {
            let digest = format!("sha256:{}", letter.repeat(64)).parse().unwrap();
            Some(CheckedDigest { digest, check: Check::Verified })
        };
        let image = |manifest: &str, config: &str| {
            let mut side = side("hub", "a:1", "linux/amd64");
            (side.identity.manifest, side.identity.image_id) = (digest(manifest), digest(config));
            side
        };
        let sameness = |to: &Side| Sameness::of(&image("a", "c"), to);
        assert_eq!(sameness(&image("a", "c")), Sameness::Manifest(digest("a").unwrap()));
        assert_eq!(sameness(&image("b", "c")), Sameness::Config(digest("c").unwrap()));
        assert_eq!(sameness(&image("b", "d")), Sameness::None);
        assert_eq!(sameness(&side("hub", "a:1", "")), Sameness::None);
    }
}
