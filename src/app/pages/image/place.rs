//! Where an image's page stands, and the links from it to what is beside it.

mod files;
mod referrers;

#[cfg(test)]
mod tests;

use crate::anatomy::files::FilePath;
use crate::oci::{Digest, Reference, Tag};
use crate::view::address::ImageView;
use crate::view::artifact::ArtifactQuery;
use crate::view::files::FilesQuery;
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
    files: FilesQuery,
    /// What the image's paths begin at in its layers.
    root: FilePath,
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
            files: query.files.clone(),
            root: FilePath::root(),
        }
    }

    /// The same place in an image whose paths begin at this directory of its layers.
    pub(super) fn beginning_at(self, root: FilePath) -> Self {
        Self { root, ..self }
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
        with_members(self.view(self.view), pairs)
    }
}

/// A link with more members in its query.
fn with_members(mut link: String, pairs: &[(&str, &str)]) -> String {
    if !pairs.is_empty() {
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(&link::query(pairs));
    }
    link
}

/// The identity of a layer's row in its page: `sha256-…`, so that a link can point at it.
pub(in crate::app::pages) fn anchor(digest: &Digest) -> String {
    digest.as_str().replace(':', "-")
}
