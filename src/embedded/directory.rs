//! OCI image layouts in a folder (image-spec, image-layout.md).
//!
//! A folder with an `index.json` is one repository, named as the folder. A folder without one is searched for such folders,
//! and each is a repository named by its path: `DIR/payments/api/index.json` makes `payments/api`.

use std::fs;
use std::io;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::blobs::{BlobDirectory, Blobs, MAX_DOCUMENT};
use super::layout::{Entry, Layout, Repository};
use crate::oci::media_type::OCI_INDEX;
use crate::oci::repository_name::MAX_LENGTH;
use crate::oci::{Descriptor, Manifest, MediaType, RepositoryName, Tag};

/// The file that lists a layout's manifests.
const INDEX: &str = "index.json";
/// The file that tells the layout's version.
const MARKER: &str = "oci-layout";
/// The annotation that holds a tag.
const REFERENCE_NAME: &str = "org.opencontainers.image.ref.name";
/// How many folders below the given one are searched.
const MAX_DEPTH: usize = 8;
/// Most folders that are searched.
const MAX_FOLDERS: usize = 10_000;
/// Most entries of one `index.json` that are read.
const MAX_ENTRIES: usize = 100_000;

/// Why a folder cannot be served.
#[derive(Debug, Error)]
pub enum LayoutError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is larger than this limit in bytes.
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge {
        /// Which one.
        path: PathBuf,
        /// In bytes.
        limit: u64,
    },
    /// `index.json` is not an image index.
    #[error("{} is not an image index: {reason}", path.display())]
    NotAnIndex {
        /// Which one.
        path: PathBuf,
        /// What is the matter.
        reason: String,
    },
    /// The layout is of a version that is not known.
    #[error("{} states the layout version `{version}`; only 1.0.0 is known", path.display())]
    Version {
        /// The `oci-layout` file.
        path: PathBuf,
        /// What it states.
        version: String,
    },
    /// There is no layout in the folder.
    #[error("{} is no OCI image layout and has none below it (no {INDEX} in {MAX_DEPTH} levels)", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
}

impl Layout {
    /// The image layouts in `directory`. Manifests are read now, blobs when they are asked for.
    ///
    /// # Errors
    ///
    /// Where there is no layout, or the only one cannot be read. Of several, those that cannot be read are left out with
    /// a line in the log.
    pub fn open(directory: &Path) -> Result<Self, LayoutError> {
        let root = directory.canonicalize().map_err(|source| read_error(directory, source))?;
        let mut layout = Self::default();
        if root.join(INDEX).is_file() {
            let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let repository = read_repository(&root)?;
            if let Some(name) = repository_name(&[name], &layout) {
                layout.insert(name, repository);
            }
            return Ok(layout);
        }
        for (components, folder) in find(&root)? {
            match read_repository(&folder) {
                Ok(repository) => {
                    if let Some(name) = repository_name(&components, &layout) {
                        layout.insert(name, repository);
                    }
                }
                Err(error) => tracing::warn!(%error, "an image layout is left out"),
            }
        }
        if layout.repositories().next().is_none() {
            return Err(LayoutError::Nothing { path: root });
        }
        Ok(layout)
    }
}

fn read_error(path: &Path, source: io::Error) -> LayoutError {
    LayoutError::Read { path: path.to_owned(), source }
}

/// Folders below `root` with an `index.json`, in the order of their names. Symbolic links and hidden folders are not
/// entered, nor is what lies inside a layout.
fn find(root: &Path) -> Result<Vec<(Vec<String>, PathBuf)>, LayoutError> {
    let mut found = Vec::new();
    let mut pending = vec![(Vec::<String>::new(), root.to_owned())];
    let mut searched = 0;
    while let Some((components, folder)) = pending.pop() {
        searched += 1;
        if searched > MAX_FOLDERS {
            tracing::warn!(folder = %root.display(), "only {MAX_FOLDERS} folders are searched for image layouts");
            break;
        }
        if !components.is_empty() && folder.join(INDEX).is_file() {
            found.push((components, folder));
            continue;
        }
        if components.len() == MAX_DEPTH {
            continue;
        }
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(source) if components.is_empty() => return Err(read_error(&folder, source)),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "a folder is not searched for image layouts");
                continue;
            }
        };
        for entry in listed.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !name.starts_with('.') {
                let components = components.iter().cloned().chain([name]).collect();
                pending.push((components, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file's bytes, at most [`MAX_DOCUMENT`].
fn read_file(path: &Path) -> Result<Vec<u8>, LayoutError> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes))
        .map_err(|source| read_error(path, source))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(LayoutError::TooLarge { path: path.to_owned(), limit: MAX_DOCUMENT });
    }
    Ok(bytes)
}

fn read_repository(folder: &Path) -> Result<Repository, LayoutError> {
    check_version(folder)?;
    let path = folder.join(INDEX);
    let bytes = read_file(&path)?;
    let not_an_index = |reason: String| LayoutError::NotAnIndex { path: path.clone(), reason };
    let index = match Manifest::parse(&bytes, Some(&MediaType::new(OCI_INDEX))) {
        Ok(Manifest::Index(index)) => index,
        Ok(_) => return Err(not_an_index("it has no list of manifests".to_owned())),
        Err(error) => return Err(not_an_index(error.to_string())),
    };
    if index.manifests.len() > MAX_ENTRIES {
        tracing::warn!(path = %path.display(), "only the first {MAX_ENTRIES} entries are served");
    }
    let blobs = BlobDirectory::new(folder).map_err(|source| read_error(folder, source))?;
    let entries = entries(&index.manifests[..index.manifests.len().min(MAX_ENTRIES)]);
    Ok(Repository::read(Blobs::Directory(blobs), entries))
}

/// A layout without the file that tells its version is taken as version 1: some tools forget it.
fn check_version(folder: &Path) -> Result<(), LayoutError> {
    let path = folder.join(MARKER);
    if !path.exists() {
        tracing::warn!(folder = %folder.display(), "an image layout has no file `{MARKER}`");
        return Ok(());
    }
    let marker: serde_json::Value = serde_json::from_slice(&read_file(&path)?).unwrap_or_default();
    match marker["imageLayoutVersion"].as_str() {
        Some("1.0.0") => Ok(()),
        version => Err(LayoutError::Version { path, version: version.unwrap_or("none").chars().take(40).collect() }),
    }
}

/// What `index.json` lists. A single image without a name, as `skopeo copy … oci:DIR` writes it, gets the tag that every
/// tool takes for no tag: `latest`.
fn entries(manifests: &[Descriptor]) -> Vec<Entry> {
    let mut entries: Vec<_> = manifests
        .iter()
        .filter_map(|descriptor| {
            let tag = descriptor.annotation(REFERENCE_NAME).and_then(tag_of);
            Some(Entry {
                digest: descriptor.digest.clone()?,
                media_type: descriptor.media_type.clone(),
                tags: tag.into_iter().collect(),
            })
        })
        .collect();
    if let [only] = &mut entries[..]
        && only.tags.is_empty()
    {
        only.tags.extend("latest".parse::<Tag>());
    }
    entries
}

/// The tag in a reference name: the name itself, or what follows the last colon of a whole reference, which containerd
/// writes there (`registry.example/app:1.0`).
fn tag_of(name: &str) -> Option<Tag> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let tag = last.rsplit(':').next().unwrap_or(last);
    // A whole reference without a tag is no tag.
    if name.contains('/') && !last.contains(':') { None } else { tag.parse().ok() }
}

/// Makes a repository name of a path's components; a number makes it differ from those that `layout` has.
fn repository_name(components: &[String], layout: &Layout) -> Option<RepositoryName> {
    let components: Vec<_> = components.iter().map(|component| sanitized(component)).collect();
    // Room for a number, in case that many folders have the same name.
    let name: String = components.join("/").chars().take(MAX_LENGTH - 12).collect();
    let name = name.trim_end_matches(['.', '_', '-', '/']);
    let numbered = (2..MAX_FOLDERS + 2).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .filter_map(|name| name.parse().ok())
        .find(|name| layout.repository(name).is_none())
}

/// A folder's name as a component of a repository name: lower case, with `-` for what is not allowed there.
fn sanitized(component: &str) -> String {
    let mut name = String::with_capacity(component.len());
    let mut separator = "";
    for character in component.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_lowercase() || character.is_ascii_digit() {
            if !name.is_empty() {
                name.push_str(separator);
            }
            name.push(character);
            separator = "";
        } else {
            // Separators in a row become one; of a single one, the kind is kept.
            separator = match (separator, character) {
                ("", '.') => ".",
                ("", '_') => "_",
                ("_", '_') => "__",
                _ => "-",
            };
        }
    }
    if name.is_empty() { "layout".to_owned() } else { name }
}

#[cfg(test)]
mod tests;
