//! What was being read when something went wrong.

use crate::oci::{Digest, Reference, RepositoryName};
use crate::view::address::ImageView;
use crate::view::link::{self, PlatformLink};

/// What was being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The catalog.
    Repositories,
    /// A repository's tags.
    Tags(RepositoryName),
    /// What stands at a tag or digest.
    Manifest(Reference),
    /// A manifest that an index names.
    Child(RepositoryName, Digest),
    /// A config that a manifest names.
    Config(RepositoryName, Digest),
    /// A blob that a manifest lists.
    Blob(RepositoryName, Digest),
    /// The list of what has this manifest as its subject.
    Referrers(RepositoryName, Digest),
    /// A manifest that such a list names.
    Referrer(RepositoryName, Digest),
    /// The registry itself.
    Registry,
}

impl Subject {
    /// The repository, where there is one.
    pub(super) fn repository(&self) -> Option<&RepositoryName> {
        match self {
            Self::Repositories | Self::Registry => None,
            Self::Tags(repository)
            | Self::Child(repository, _)
            | Self::Config(repository, _)
            | Self::Blob(repository, _)
            | Self::Referrers(repository, _)
            | Self::Referrer(repository, _) => Some(repository),
            Self::Manifest(reference) => Some(&reference.repository),
        }
    }

    /// In words, within a sentence.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Repositories => "the list of repositories".to_owned(),
            Self::Tags(repository) => format!("the tags of {repository}"),
            Self::Manifest(Reference { tag: Some(tag), digest: None, repository }) => {
                format!("the tag {tag} of {repository}")
            }
            Self::Manifest(reference) => match &reference.digest {
                Some(digest) => format!("the manifest {}… of {}", digest.short(), reference.repository),
                None => reference.to_string(),
            },
            Self::Child(repository, digest) | Self::Referrer(repository, digest) => {
                format!("the manifest {}… of {repository}", digest.short())
            }
            Self::Referrers(repository, digest) => {
                format!("the referrers of {}… in {repository}", digest.short())
            }
            Self::Config(repository, digest) => format!("the config {}… of {repository}", digest.short()),
            Self::Blob(repository, digest) => format!("the blob {}… of {repository}", digest.short()),
            Self::Registry => "the registry".to_owned(),
        }
    }

    /// Path of the page about it.
    pub(super) fn path(&self, prefix: &str) -> Option<String> {
        let image = |reference: &Reference| link::image(prefix, reference, ImageView::default(), &PlatformLink::none());
        match self {
            Self::Repositories => Some(link::repositories(prefix)),
            Self::Tags(repository) => Some(link::tags(prefix, repository)),
            Self::Manifest(reference) => Some(image(reference)),
            Self::Child(repository, digest) | Self::Referrer(repository, digest) => {
                Some(image(&Reference::digest(repository.clone(), digest.clone())))
            }
            Self::Referrers(repository, digest) => {
                let reference = Reference::digest(repository.clone(), digest.clone());
                Some(link::image(prefix, &reference, ImageView::Referrers, &PlatformLink::none()))
            }
            Self::Config(..) | Self::Blob(..) | Self::Registry => None,
        }
    }
}
