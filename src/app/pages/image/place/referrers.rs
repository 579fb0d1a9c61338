//! Links between what refers to an image, and within what is no image itself.

use super::{Place, anchor};
use crate::oci::Digest;
use crate::view::address::ImageView;
use crate::view::link::{self, PlatformLink};

impl Place {
    /// The same artifact with one more of its blobs read.
    pub(in crate::app::pages::image) fn read(&self, blob: &Digest) -> String {
        self.here(vec![("read", blob.to_string())])
    }

    /// The same artifact with other packages of its bill of materials.
    pub(in crate::app::pages::image) fn packages(&self, filter: &str, from: u32) -> String {
        let from = if from == 0 { String::new() } else { from.to_string() };
        let pairs = [("read", self.artifact.read.clone()), ("packages", filter.to_owned()), ("from", from)];
        self.here(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Where a form of this page leads, and what it keeps of the page's query.
    pub(in crate::app::pages::image) fn form(&self) -> (String, Vec<(&'static str, String)>) {
        let path = link::image(&self.prefix, &self.reference, self.view, &PlatformLink::none());
        let mut kept = self.choice.pairs();
        kept.extend(self.opened());
        if !self.artifact.read.is_empty() {
            kept.push(("read", self.artifact.read.clone()));
        }
        (path, kept)
    }

    /// An attestation that the index lists: as its entry, so that it is known which image it is about.
    pub(in crate::app::pages::image) fn attestation(&self, digest: &Digest) -> String {
        let choice = PlatformLink { platform: None, manifest: Some(digest.clone()) };
        link::image(&self.prefix, &self.reference, ImageView::default(), &choice)
    }

    /// The referrers of one artifact type, or of all where it is empty, from a row on, with one of them opened in its place.
    pub(in crate::app::pages::image) fn referrers(
        &self,
        artifact_type: &str,
        rows: u32,
        open: Option<&Digest>,
    ) -> String {
        self.at(&Self::pairs(artifact_type, rows, open), open)
    }

    /// This page of referrers once more; past the caches if `refresh`.
    pub(in crate::app::pages::image) fn referrers_again(&self, refresh: bool) -> String {
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
}
