//! What a registry holds: repositories, their tags, their manifests, and who refers to whom.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::blobs::Blobs;
use crate::oci::media_type::OCI_INDEX;
use crate::oci::{Descriptor, Digest, Manifest, MediaType, RepositoryName, Tag};

/// Most manifests and indexes that are read of one repository.
const MAX_DOCUMENTS: usize = 100_000;

/// The content of one registry.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    repositories: BTreeMap<RepositoryName, Repository>,
}

/// One repository: tags, manifests and blobs.
#[derive(Debug, Clone)]
pub struct Repository {
    tags: BTreeMap<Tag, Digest>,
    /// Every manifest that can be reached from an entry, and its type.
    manifests: HashMap<Digest, MediaType>,
    /// By subject: descriptors of the manifests that point at it, in the order of their digests.
    referrers: HashMap<Digest, BTreeMap<Digest, Value>>,
    blobs: Blobs,
}

/// A manifest by which a repository is entered: one entry of a layout's `index.json`.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its digest.
    pub(super) digest: Digest,
    /// Its type, as the entry states it.
    pub(super) media_type: MediaType,
    /// Its tags.
    pub(super) tags: Vec<Tag>,
}

impl Layout {
    /// The sample registry: the same bytes every time.
    #[must_use]
    pub fn sample() -> Self {
        super::sample::registry()
    }

    /// Names of the repositories, in byte order.
    pub fn repositories(&self) -> impl Iterator<Item = &RepositoryName> {
        self.repositories.keys()
    }

    /// The repository of this name.
    pub fn repository(&self, name: &RepositoryName) -> Option<&Repository> {
        self.repositories.get(name)
    }

    pub(super) fn insert(&mut self, name: RepositoryName, repository: Repository) {
        self.repositories.insert(name, repository);
    }
}

impl Repository {
    /// Reads everything that can be reached from `entries`. A manifest that is missing or cannot be read is left out: a
    /// layout may be sparse. Reads the disk.
    pub(super) fn read(blobs: Blobs, entries: Vec<Entry>) -> Self {
        let mut repository =
            Self { tags: BTreeMap::new(), manifests: HashMap::new(), referrers: HashMap::new(), blobs };
        let mut queue = VecDeque::new();
        for entry in entries {
            for tag in entry.tags {
                repository.tags.insert(tag, entry.digest.clone());
            }
            queue.push_back((entry.digest, entry.media_type));
        }
        while let Some((digest, media_type)) = queue.pop_front() {
            if repository.manifests.contains_key(&digest) {
                continue;
            }
            if repository.manifests.len() == MAX_DOCUMENTS {
                tracing::warn!("a layout has more than {MAX_DOCUMENTS} manifests; the others are not served");
                break;
            }
            match repository.blobs.document(&digest) {
                Ok(Some(bytes)) => repository.add(digest, media_type, &bytes, &mut queue),
                Ok(None) => {}
                Err(error) => tracing::warn!(%digest, %error, "a manifest of a layout is left out"),
            }
        }
        // A tag whose manifest is missing would only lead to an error.
        let manifests = &repository.manifests;
        repository.tags.retain(|_, digest| manifests.contains_key(digest));
        repository
    }

    fn add(&mut self, digest: Digest, stated: MediaType, bytes: &Bytes, queue: &mut VecDeque<(Digest, MediaType)>) {
        // Bytes that cannot be read as a manifest are served all the same: they are what the layout holds.
        let manifest = Manifest::parse(bytes, None).ok();
        let media_type = manifest.as_ref().and_then(own_type).unwrap_or(stated);
        match &manifest {
            Some(Manifest::Image(image)) => {
                let kind = image.artifact_type.as_ref().or(image.config.as_ref().map(|config| &config.media_type));
                self.add_referrer(&digest, &media_type, bytes, image.subject.as_ref(), kind, &image.annotations);
            }
            Some(Manifest::Index(index)) => {
                let kind = index.artifact_type.as_ref();
                self.add_referrer(&digest, &media_type, bytes, index.subject.as_ref(), kind, &index.annotations);
                let children = index.manifests.iter().filter(|child| {
                    let kind = &child.media_type;
                    kind.is_manifest() || kind.is_index() || kind.is_schema1() || kind.is_generic()
                });
                queue.extend(children.filter_map(|child| Some((child.digest.clone()?, child.media_type.clone()))));
            }
            _ => {}
        }
        self.manifests.insert(digest, media_type);
    }

    /// Notes that a manifest points at another one (distribution-spec, "Listing Referrers").
    fn add_referrer(
        &mut self,
        digest: &Digest,
        media_type: &MediaType,
        bytes: &Bytes,
        subject: Option<&Descriptor>,
        artifact_type: Option<&MediaType>,
        annotations: &[(String, String)],
    ) {
        let Some(subject) = subject.and_then(|subject| subject.digest.clone()) else {
            return;
        };
        let mut descriptor = Map::new();
        descriptor.insert("mediaType".to_owned(), media_type.as_str().into());
        descriptor.insert("digest".to_owned(), digest.as_str().into());
        descriptor.insert("size".to_owned(), bytes.len().into());
        if let Some(artifact_type) = artifact_type {
            descriptor.insert("artifactType".to_owned(), artifact_type.as_str().into());
        }
        if !annotations.is_empty() {
            let annotations: Map<_, _> =
                annotations.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
            descriptor.insert("annotations".to_owned(), annotations.into());
        }
        self.referrers.entry(subject).or_default().insert(digest.clone(), Value::Object(descriptor));
    }

    /// Tags and the digests that they stand for, in byte order of the tags.
    pub fn tags(&self) -> impl Iterator<Item = (&Tag, &Digest)> {
        self.tags.iter()
    }

    /// Tags after `last`, in byte order; all of them where it is `None`.
    pub(super) fn tags_after<'a>(&'a self, last: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        self.tags.keys().map(Tag::as_str).filter(move |tag| last.is_none_or(|last| *tag > last))
    }

    /// The digest that a tag stands for.
    pub fn resolve(&self, tag: &Tag) -> Option<&Digest> {
        self.tags.get(tag)
    }

    /// The type of a manifest, if the repository has it.
    pub fn manifest_type(&self, digest: &Digest) -> Option<&MediaType> {
        self.manifests.get(digest)
    }

    /// Every manifest and its type, in no order.
    pub fn manifests(&self) -> impl Iterator<Item = (&Digest, &MediaType)> {
        self.manifests.iter()
    }

    /// The bytes of a manifest. Reads the disk.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read or is too large for a manifest.
    pub fn document(&self, digest: &Digest) -> io::Result<Option<Bytes>> {
        self.blobs.document(digest)
    }

    /// Descriptors of the manifests that point at `subject`, of one artifact type or of all, in the order of their digests; those
    /// after `last`.
    pub(super) fn referrers_after<'a>(
        &'a self,
        subject: &Digest,
        artifact_type: Option<&'a str>,
        last: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Digest, &'a Value)> {
        let all = self.referrers.get(subject).into_iter().flatten();
        all.filter(move |(digest, _)| last.is_none_or(|last| digest.as_str() > last))
            .filter(move |(_, descriptor)| artifact_type.is_none_or(|kind| descriptor["artifactType"] == kind))
    }

    pub(super) fn blobs(&self) -> &Blobs {
        &self.blobs
    }
}

/// What a document says of itself.
fn own_type(manifest: &Manifest) -> Option<MediaType> {
    let media_type = match manifest {
        Manifest::Image(image) => &image.media_type,
        Manifest::Index(index) => &index.media_type,
        Manifest::Schema1 { media_type } | Manifest::Other { media_type, .. } => media_type,
    };
    (!media_type.is_empty()).then(|| media_type.clone())
}

/// The answer of the referrers API: an index of these descriptors.
pub(super) fn index_of(manifests: Vec<Value>) -> Value {
    json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests })
}
