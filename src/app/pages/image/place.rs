//! Where an image's page stands, and the links from it to what is beside it.

use crate::oci::{Digest, Reference, Tag};
use crate::view::address::ImageView;
use crate::view::artifact::ArtifactQuery;
use crate::view::image::{ImageQuery, PlatformCard};
use crate::view::link::{self, PlatformLink};

/// The page's own address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// What paths of the registry begin with.
    prefix: String,
    /// The reference, without the registry's name.
    reference: Reference,
    view: ImageView,
    choice: PlatformLink,
    dockerfile: bool,
    artifact_type: String,
    rows: u32,
    open: Option<Digest>,
    artifact: ArtifactQuery,
}

impl Place {
    /// The place that a query asks for. `reference` is without the registry's name.
    pub(super) fn new(prefix: &str, reference: &Reference, query: &ImageQuery) -> Self {
        Self {
            prefix: prefix.to_owned(),
            reference: reference.clone(),
            view: query.view,
            choice: PlatformLink { platform: query.platform.parse().ok(), manifest: query.manifest.parse().ok() },
            dockerfile: query.dockerfile,
            artifact_type: query.artifact_type.clone(),
            rows: query.rows,
            open: query.open.parse().ok(),
            artifact: query.artifact.clone(),
        }
    }

    /// The view that is shown.
    pub(super) fn current_view(&self) -> ImageView {
        self.view
    }

    /// Whether the history is shown as a Dockerfile.
    pub(super) fn is_dockerfile(&self) -> bool {
        self.dockerfile
    }

    /// Another view of the same image.
    pub(super) fn view(&self, view: ImageView) -> String {
        link::image(&self.prefix, &self.reference, view, &self.choice)
    }

    /// The same view of another image of the index.
    pub(super) fn platform(&self, card: &PlatformCard) -> String {
        // Where the platform says too little, the digest chooses.
        let manifest = (card.shares_platform || card.platform.is_none()).then(|| card.digest.clone()).flatten();
        let choice = PlatformLink { platform: card.platform.clone(), manifest };
        link::image(&self.prefix, &self.reference, self.view, &choice)
    }

    /// The same history as steps or as a Dockerfile.
    pub(super) fn history(&self, dockerfile: bool) -> String {
        let pairs: &[_] = if dockerfile { &[("as", "dockerfile")] } else { &[] };
        self.with(pairs)
    }

    /// The same history from another step on.
    pub(super) fn steps(&self, first: u32) -> String {
        if first == 0 { self.with(&[]) } else { self.with(&[("steps", &first.to_string())]) }
    }

    /// The same page with every platform's size read by the server.
    pub(super) fn with_sizes(&self) -> String {
        let mut pairs = vec![("details", "1")];
        if self.dockerfile {
            pairs.push(("as", "dockerfile"));
        }
        self.with(&pairs)
    }

    /// The same artifact with one more of its blobs read.
    pub(super) fn read(&self, blob: &Digest) -> String {
        self.here(vec![("read", blob.to_string())])
    }

    /// The same artifact with other packages of its bill of materials.
    pub(super) fn packages(&self, filter: &str, from: u32) -> String {
        let from = if from == 0 { String::new() } else { from.to_string() };
        let pairs = [("read", self.artifact.read.clone()), ("packages", filter.to_owned()), ("from", from)];
        self.here(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Where a form of this page leads, and what it keeps of the page's query.
    pub(super) fn form(&self) -> (String, Vec<(&'static str, String)>) {
        let path = link::image(&self.prefix, &self.reference, self.view, &PlatformLink::none());
        let mut kept = self.choice.pairs();
        kept.extend(self.opened());
        if !self.artifact.read.is_empty() {
            kept.push(("read", self.artifact.read.clone()));
        }
        (path, kept)
    }

    /// An attestation that the index lists: as its entry, so that it is known which image it is about.
    pub(super) fn attestation(&self, digest: &Digest) -> String {
        let choice = PlatformLink { platform: None, manifest: Some(digest.clone()) };
        link::image(&self.prefix, &self.reference, ImageView::default(), &choice)
    }

    /// A manifest of the same repository.
    pub(super) fn manifest(&self, digest: &Digest) -> String {
        let reference = Reference::digest(self.reference.repository.clone(), digest.clone());
        link::image(&self.prefix, &reference, ImageView::default(), &PlatformLink::none())
    }

    /// A view of a manifest of the same repository.
    pub(super) fn manifest_view(&self, digest: &Digest, view: ImageView) -> String {
        let reference = Reference::digest(self.reference.repository.clone(), digest.clone());
        link::image(&self.prefix, &reference, view, &PlatformLink::none())
    }

    /// What stands under another tag of the repository.
    pub(super) fn tag(&self, tag: &Tag) -> String {
        let reference = Reference::tag(self.reference.repository.clone(), tag.clone());
        link::image(&self.prefix, &reference, ImageView::default(), &PlatformLink::none())
    }

    /// The referrers of one artifact type, or of all where it is empty, from a row on, with one of them opened in its place.
    pub(super) fn referrers(&self, artifact_type: &str, rows: u32, open: Option<&Digest>) -> String {
        self.at(&Self::pairs(artifact_type, rows, open), open)
    }

    /// This page of referrers once more; past the caches if `refresh`.
    pub(super) fn referrers_again(&self, refresh: bool) -> String {
        let refresh = refresh.then(|| ("refresh", "1".to_owned()));
        self.here(refresh.into_iter().collect())
    }

    /// What is opened on a page of referrers, which links within it keep.
    fn opened(&self) -> Vec<(&'static str, String)> {
        if self.view != ImageView::Referrers {
            return Vec::new();
        }
        Self::pairs(&self.artifact_type, self.rows, self.open.as_ref())
    }

    /// This page as it is, with more members in its query.
    fn here(&self, more: Vec<(&'static str, String)>) -> String {
        let mut pairs = self.opened();
        pairs.extend(more);
        let open = self.open.as_ref().filter(|_| self.view == ImageView::Referrers);
        self.at(&pairs, open)
    }

    /// This view with these members in its query, at the row that is opened.
    fn at(&self, pairs: &[(&'static str, String)], open: Option<&Digest>) -> String {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut path = self.with(&pairs);
        if let Some(open) = open {
            path.push('#');
            path.push_str(&anchor(open));
        }
        path
    }

    fn pairs(artifact_type: &str, rows: u32, open: Option<&Digest>) -> Vec<(&'static str, String)> {
        let artifact_type = (!artifact_type.is_empty()).then(|| ("artifact_type", artifact_type.to_owned()));
        let rows = (rows > 0).then(|| ("rows", rows.to_string()));
        let open = open.map(|digest| ("open", digest.to_string()));
        artifact_type.into_iter().chain(rows).chain(open).collect()
    }

    /// What stands under the tag alone, whatever digest was asked for with it.
    pub(super) fn tag_alone(&self) -> Option<String> {
        let reference = Reference::tag(self.reference.repository.clone(), self.reference.tag.clone()?);
        Some(link::image(&self.prefix, &reference, ImageView::default(), &PlatformLink::none()))
    }

    /// The repositories of a namespace.
    pub(super) fn namespace(&self, namespace: &str) -> String {
        link::namespace(&self.prefix, namespace)
    }

    /// The tags of the repository.
    pub(super) fn tags(&self) -> String {
        link::tags(&self.prefix, &self.reference.repository)
    }

    /// A comparison of a digest of this repository with another one.
    pub(super) fn compare(&self, from: &Digest, to: &Digest) -> String {
        let side = |digest: &Digest| format!("{}{}@{digest}", self.prefix, self.reference.repository);
        link::compare(&side(from), &side(to))
    }

    /// This view with more members in its query.
    fn with(&self, pairs: &[(&str, &str)]) -> String {
        let mut path = self.view(self.view);
        if !pairs.is_empty() {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&link::query(pairs));
        }
        path
    }
}

/// The identity of a layer's row in its page: `sha256-…`, so that a link can point at it.
pub(in crate::app::pages) fn anchor(digest: &Digest) -> String {
    digest.as_str().replace(':', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Platform;

    fn place(query: ImageQuery) -> Place {
        Place::new("hub/", &"library/nginx:1.25".parse().unwrap(), &query)
    }

    fn query() -> ImageQuery {
        ImageQuery {
            platform: "linux/arm64/v8".to_owned(),
            ..ImageQuery::new("hub/library/nginx:1.25".parse().unwrap())
        }
    }

    #[test]
    fn views_keep_the_platform() {
        let place = place(query());
        assert_eq!(place.view(ImageView::Raw), "/hub/library/nginx:1.25/-/raw?platform=linux/arm64/v8");
        assert_eq!(place.history(true), "/hub/library/nginx:1.25?platform=linux/arm64/v8&as=dockerfile");
        assert_eq!(place.steps(0), "/hub/library/nginx:1.25?platform=linux/arm64/v8");
    }

    #[test]
    fn a_platform_that_stands_twice_is_chosen_by_its_digest_too() {
        let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let card = PlatformCard {
            platform: Some(Platform::new("windows", "amd64", None)),
            digest: Some(digest.clone()),
            size: None,
            problem: None,
            waiting: false,
            chosen: false,
            shares_platform: true,
            attestations: Vec::new(),
        };
        let place = place(ImageQuery { view: ImageView::Config, ..query() });
        assert_eq!(
            place.platform(&card),
            format!("/hub/library/nginx:1.25/-/config?platform=windows/amd64&manifest={digest}")
        );
        let alone = PlatformCard { shares_platform: false, ..card };
        assert_eq!(place.platform(&alone), "/hub/library/nginx:1.25/-/config?platform=windows/amd64");
    }
}
