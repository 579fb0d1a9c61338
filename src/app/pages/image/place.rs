//! Where an image's page stands, and the links from it to what is beside it.

use crate::anatomy::files::FilePath;
use crate::oci::{Digest, Reference, Tag};
use crate::view::address::ImageView;
use crate::view::artifact::ArtifactQuery;
use crate::view::base_path;
use crate::view::files::{CHANGES, FileOrder, FilesQuery};
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

    /// What is asked of the files view.
    pub(super) fn asked_files(&self) -> &FilesQuery {
        &self.files
    }

    /// A file or directory of what is shown: the whole image or the same layer.
    pub(super) fn file(&self, path: &FilePath, is_directory: bool) -> String {
        self.file_with(path, is_directory, &[])
    }

    /// The same with more members in its query.
    pub(super) fn file_with(&self, path: &FilePath, is_directory: bool, more: &[(&str, &str)]) -> String {
        let link = match &self.files.layer {
            Some(layer) => link::layer(&self.prefix, &self.reference, &self.choice, layer, path, is_directory),
            None => link::files(&self.prefix, &self.reference, &self.choice, path, is_directory),
        };
        let kept = self.kept();
        let kept: Vec<_> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with_members(link, &[&kept, more].concat())
    }

    /// All files of the whole image.
    pub(super) fn whole(&self) -> String {
        link::files(&self.prefix, &self.reference, &self.choice, &FilePath::root(), true)
    }

    /// A file or directory of this page in the whole image; nothing for what no image shows, which a layer for Windows has beside its
    /// directory of files.
    pub(super) fn in_image(&self, path: &FilePath, is_directory: bool) -> Option<String> {
        let path = if self.files.layer.is_some() { &self.shown(path)? } else { path };
        Some(link::files(&self.prefix, &self.reference, &self.choice, path, is_directory))
    }

    /// What one layer has changed in a file of this page since an earlier one; nothing for what no image shows.
    pub(super) fn compared(&self, path: &FilePath, layer: u32, since: u32) -> Option<String> {
        let link = self.in_image(path, false)?;
        Some(with_members(link, &[("as_of", &layer.to_string()), ("against", &since.to_string())]))
    }

    /// The image as it was after so many layers.
    pub(super) fn as_of(&self, layers: u32) -> String {
        with_members(self.whole(), &[("as_of", &layers.to_string())])
    }

    /// All of one layer.
    pub(super) fn layer(&self, layer: &Digest) -> String {
        self.stored(layer, &FilePath::root(), true)
    }

    /// A file or directory of this page in one layer.
    pub(super) fn in_layer(&self, layer: &Digest, path: &FilePath, is_directory: bool) -> String {
        if self.files.layer.is_some() {
            return self.stored(layer, path, is_directory);
        }
        let stored = [self.root.as_bytes(), path.as_bytes()].join(&b'/');
        self.stored(layer, &FilePath::from_bytes(&stored), is_directory)
    }

    /// A file or directory of one layer, by the path that it has there.
    pub(super) fn stored(&self, layer: &Digest, path: &FilePath, is_directory: bool) -> String {
        link::layer(&self.prefix, &self.reference, &self.choice, layer, path, is_directory)
    }

    /// The path under which the image shows what has this one in a layer.
    fn shown(&self, stored: &FilePath) -> Option<FilePath> {
        let root = self.root.as_bytes();
        let (begin, rest) = stored.as_bytes().split_at_checked(root.len())?;
        let is_below = root.is_empty() || matches!(rest.first(), None | Some(b'/'));
        // Where there is such a root, names are compared without case.
        (is_below && begin.eq_ignore_ascii_case(root)).then(|| FilePath::from_bytes(rest))
    }

    /// Members of a files view's query that its links keep.
    fn kept(&self) -> Vec<(&'static str, String)> {
        let mut kept = Vec::new();
        if self.files.as_of > 0 {
            kept.push(("as_of", self.files.as_of.to_string()));
        }
        if self.files.order != FileOrder::default() {
            kept.push(("order", self.files.order.as_str().to_owned()));
        }
        kept
    }

    /// Where a form of the files view leads, and what it keeps of the query.
    pub(super) fn files_form(&self, path: &FilePath, is_directory: bool) -> (String, Vec<(&'static str, String)>) {
        let none = PlatformLink::none();
        let link = match &self.files.layer {
            Some(layer) => link::layer(&self.prefix, &self.reference, &none, layer, path, is_directory),
            None => link::files(&self.prefix, &self.reference, &none, path, is_directory),
        };
        let mut kept = self.choice.pairs();
        kept.extend(self.kept());
        kept.extend(self.change());
        (link, kept)
    }

    /// Where the image's bytes went.
    pub(super) fn usage(&self) -> String {
        with_members(self.whole(), &[("usage", "1")])
    }

    /// The same count of where the bytes went, its list of dead files from another one on.
    pub(super) fn dead_from(&self, first: u32) -> String {
        let first = (first > 0).then(|| first.to_string());
        let mut pairs = vec![("usage", "1")];
        pairs.extend(self.files.base.map(|base| ("base", base.as_str())));
        pairs.extend(self.files.dive.then_some(("dive", "1")));
        pairs.extend(first.as_deref().map(|first| ("dead_from", first)));
        format!("{}#never-seen", self.file_with(&FilePath::root(), true, &pairs))
    }

    /// The rows of a directory, or what is found below it, as another query asks for them.
    pub(super) fn listed(&self, path: &FilePath, is_directory: bool, files: FilesQuery) -> String {
        let place = Self { files, ..self.clone() };
        let mut more = Vec::new();
        if !place.files.find.is_empty() {
            more.push(("find", place.files.find.clone()));
        }
        more.extend(place.change());
        if place.files.from > 0 {
            more.push(("from", place.files.from.to_string()));
        }
        let more: Vec<_> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
        place.file_with(path, is_directory, &more)
    }

    /// The member of a files view's query that says what has happened to the names that are looked for.
    fn change(&self) -> Option<(&'static str, String)> {
        let known = CHANGES.into_iter().find(|(_, change)| Some(*change) == self.files.change);
        known.map(|(name, _)| ("change", name.to_owned()))
    }

    /// Where it is told how far the layers of this page have come.
    pub(super) fn reading_events(&self) -> String {
        let page = self.reading();
        let base = base_path::in_force();
        format!("{base}/-/fn/reading{}", page.strip_prefix(base).unwrap_or(&page))
    }

    /// This page, to have its layers read.
    pub(super) fn reading(&self) -> String {
        self.file(&self.files.path, self.files.path.is_root())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::files::Change;
    use crate::oci::Platform;
    use crate::view::files::BaseChoice;

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

    /// An order is one of what was found, and what is looked for stays when another order is chosen.
    #[test]
    fn what_is_looked_for_and_its_order_stay_together() {
        let files = FilesQuery {
            find: ".so".to_owned(),
            change: Some(Change::Added),
            order: FileOrder::Size,
            from: 500,
            ..FilesQuery::default()
        };
        let place = place(ImageQuery { files: files.clone(), ..query() });
        let root = "/hub/library/nginx:1.25/-/files/?platform=linux/arm64/v8";
        let listed = |files| place.listed(&FilePath::root(), true, files);
        let time = FilesQuery { order: FileOrder::Time, from: 0, ..files.clone() };
        assert_eq!(listed(time), format!("{root}&order=time&find=.so&change=added"));
        let all = FilesQuery { change: None, ..files.clone() };
        assert_eq!(listed(all), format!("{root}&order=size&find=.so&from=500"));
        let (_, kept) = place.files_form(&FilePath::root(), true);
        assert!(kept.contains(&("change", "added".to_owned())) && kept.contains(&("order", "size".to_owned())));
        // A file or directory that is opened is no search.
        assert_eq!(place.file(&FilePath::root(), true), format!("{root}&order=size"));
    }

    #[test]
    fn two_versions_of_a_file_are_compared_in_the_image_as_of_the_later_one() {
        let path = FilePath::from_bytes(b"etc/passwd");
        let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let files = FilesQuery { layer: Some(digest), path: path.clone(), ..FilesQuery::default() };
        let link = place(ImageQuery { files, ..query() }).compared(&path, 4, 1);
        let expected = "/hub/library/nginx:1.25/-/files/etc/passwd?platform=linux/arm64/v8&as_of=4&against=1";
        assert_eq!(link.as_deref(), Some(expected));
    }

    /// An image for Windows begins at a directory of its layers, and its names are compared without case.
    #[test]
    fn paths_of_the_image_and_of_its_layers_lead_to_each_other() {
        let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let path = |text: &str| FilePath::from_bytes(text.as_bytes());
        let at = |layer: Option<&Digest>, root: &str| {
            let files = FilesQuery { layer: layer.cloned(), ..FilesQuery::default() };
            place(ImageQuery { files, ..ImageQuery::new("library/nginx:1.25".parse().unwrap()) })
                .beginning_at(path(root))
        };
        let (image, layer) = ("/hub/library/nginx:1.25/-/files", format!("/hub/library/nginx:1.25/-/layer/{digest}"));
        let windows = at(None, "Files");
        assert_eq!(windows.in_layer(&digest, &path("Windows/a"), false), format!("{layer}/Files/Windows/a"));
        assert_eq!(windows.in_layer(&digest, &path(""), true), format!("{layer}/Files/"));
        assert_eq!(windows.stored(&digest, &path("Hives/x"), false), format!("{layer}/Hives/x"));
        assert_eq!(windows.layer(&digest), format!("{layer}/"));
        assert_eq!(windows.in_image(&path("Files/a"), false), Some(format!("{image}/Files/a")));
        let windows = at(Some(&digest), "Files");
        assert_eq!(windows.in_layer(&digest, &path("Files/a"), false), format!("{layer}/Files/a"));
        for (stored, shown) in [
            ("Files/Windows/a", Some("/Windows/a")),
            ("FILES/a", Some("/a")),
            ("Files", Some("")),
            ("Filesystem/a", None),
            ("Hives/x", None),
            ("", None),
        ] {
            let expected = shown.map(|shown| format!("{image}{shown}"));
            assert_eq!(windows.in_image(&path(stored), false), expected, "{stored}");
            assert_eq!(windows.compared(&path(stored), 2, 1).is_some(), shown.is_some(), "{stored}");
        }
        let linux = at(Some(&digest), "");
        assert_eq!(linux.in_image(&path("Files/a"), false), Some(format!("{image}/Files/a")));
        assert_eq!(at(None, "").in_layer(&digest, &path("etc"), true), format!("{layer}/etc/"));
    }

    #[test]
    fn pages_of_dead_files_keep_what_is_counted() {
        let files = FilesQuery { dive: true, base: Some(BaseChoice::Named), dead_from: 100, ..FilesQuery::default() };
        let place = place(ImageQuery { files, view: ImageView::Files, ..query() });
        let page = "/hub/library/nginx:1.25/-/files/?platform=linux/arm64/v8&usage=1&base=named&dive=1";
        assert_eq!(place.dead_from(200), format!("{page}&dead_from=200#never-seen"));
        assert_eq!(place.dead_from(0), format!("{page}#never-seen"));
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
