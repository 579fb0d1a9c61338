//! Links between files: of the image as its layers make it, and of one layer as it is stored.

use super::{Place, with_members};
use crate::anatomy::files::FilePath;
use crate::oci::Digest;
use crate::view::base_path;
use crate::view::files::{CHANGES, FileOrder, FilesQuery};
use crate::view::link::{self, PlatformLink};

impl Place {
    /// What is asked of the files view.
    pub(in crate::app::pages::image) fn asked_files(&self) -> &FilesQuery {
        &self.files
    }

    /// A file or directory of what is shown: the whole image or the same layer.
    pub(in crate::app::pages::image) fn file(&self, path: &FilePath, is_directory: bool) -> String {
        self.file_with(path, is_directory, &[])
    }

    /// The same with more members in its query.
    pub(in crate::app::pages::image) fn file_with(
        &self,
        path: &FilePath,
        is_directory: bool,
        more: &[(&str, &str)],
    ) -> String {
        let link = match &self.files.layer {
            Some(layer) => link::layer(&self.prefix, &self.reference, &self.choice, layer, path, is_directory),
            None => link::files(&self.prefix, &self.reference, &self.choice, path, is_directory),
        };
        let kept = self.kept();
        let kept: Vec<_> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with_members(link, &[&kept, more].concat())
    }

    /// All files of the whole image.
    pub(in crate::app::pages::image) fn whole(&self) -> String {
        link::files(&self.prefix, &self.reference, &self.choice, &FilePath::root(), true)
    }

    /// A file or directory of this page in the whole image; nothing for what no image shows, which a layer for Windows has beside its
    /// directory of files.
    pub(in crate::app::pages::image) fn in_image(&self, path: &FilePath, is_directory: bool) -> Option<String> {
        let path = if self.files.layer.is_some() { &self.shown(path)? } else { path };
        Some(link::files(&self.prefix, &self.reference, &self.choice, path, is_directory))
    }

    /// What one layer has changed in a file of this page since an earlier one; nothing for what no image shows.
    pub(in crate::app::pages::image) fn compared(&self, path: &FilePath, layer: u32, since: u32) -> Option<String> {
        let link = self.in_image(path, false)?;
        Some(with_members(link, &[("as_of", &layer.to_string()), ("against", &since.to_string())]))
    }

    /// The image as it was after so many layers.
    pub(in crate::app::pages::image) fn as_of(&self, layers: u32) -> String {
        with_members(self.whole(), &[("as_of", &layers.to_string())])
    }

    /// All of one layer.
    pub(in crate::app::pages::image) fn layer(&self, layer: &Digest) -> String {
        self.stored(layer, &FilePath::root(), true)
    }

    /// A file or directory of this page in one layer.
    pub(in crate::app::pages::image) fn in_layer(&self, layer: &Digest, path: &FilePath, is_directory: bool) -> String {
        if self.files.layer.is_some() {
            return self.stored(layer, path, is_directory);
        }
        let stored = [self.root.as_bytes(), path.as_bytes()].join(&b'/');
        self.stored(layer, &FilePath::from_bytes(&stored), is_directory)
    }

    /// A file or directory of one layer, by the path that it has there.
    pub(in crate::app::pages::image) fn stored(&self, layer: &Digest, path: &FilePath, is_directory: bool) -> String {
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
    pub(in crate::app::pages::image) fn files_form(
        &self,
        path: &FilePath,
        is_directory: bool,
    ) -> (String, Vec<(&'static str, String)>) {
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
    pub(in crate::app::pages::image) fn usage(&self) -> String {
        with_members(self.whole(), &[("usage", "1")])
    }

    /// The same count of where the bytes went, its list of dead files from another one on.
    pub(in crate::app::pages::image) fn dead_from(&self, first: u32) -> String {
        let first = (first > 0).then(|| first.to_string());
        let mut pairs = vec![("usage", "1")];
        pairs.extend(self.files.base.map(|base| ("base", base.as_str())));
        pairs.extend(self.files.dive.then_some(("dive", "1")));
        pairs.extend(first.as_deref().map(|first| ("dead_from", first)));
        format!("{}#never-seen", self.file_with(&FilePath::root(), true, &pairs))
    }

    /// The rows of a directory, or what is found below it, as another query asks for them.
    pub(in crate::app::pages::image) fn listed(
        &self,
        path: &FilePath,
        is_directory: bool,
        files: FilesQuery,
    ) -> String {
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
    pub(in crate::app::pages::image) fn reading_events(&self) -> String {
        let page = self.reading();
        let base = base_path::in_force();
        format!("{base}/-/fn/reading{}", page.strip_prefix(base).unwrap_or(&page))
    }

    /// This page, to have its layers read.
    pub(in crate::app::pages::image) fn reading(&self) -> String {
        self.file(&self.files.path, self.files.path.is_root())
    }
}
