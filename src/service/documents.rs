//! Documents that have been parsed, kept by digest: what stands under one never changes.
//!
//! The bytes come from the registry client, which has hashed them and asked for them on behalf of this page's registry and
//! account; a parsed document is only found by whoever holds its bytes.

mod weight;

use std::fmt;
use std::sync::Arc;

use moka::future::Cache;

use super::{Service, blocking};
use crate::oci::document::DocumentError;
use crate::oci::{Digest, ImageConfig, Manifest};
use crate::registry::{CacheState, Document, Meter, Reader};

/// What the texts of a parsed document take in memory, for each byte of JSON: with the room that is kept for each.
const FACTOR: usize = 2;
/// What an entry takes beside that, in bytes.
const OVERHEAD: usize = 1024;

/// Parsed documents of all registries.
pub(crate) struct Documents {
    manifests: Cache<(Digest, String), (Arc<ParsedManifest>, usize)>,
    configs: Cache<Digest, (Arc<ParsedConfig>, usize)>,
    meter: Meter,
}

/// A manifest, or why it cannot be read as one thing.
pub(crate) type ParsedManifest = Result<Manifest, DocumentError>;
/// A config, or why it cannot be read.
pub(crate) type ParsedConfig = Result<ImageConfig, DocumentError>;

impl Documents {
    /// Keeps parsed documents of about so many bytes.
    pub(crate) fn new(bytes: u64, meter: Meter) -> Self {
        Self {
            meter,
            manifests: Cache::builder()
                .max_capacity(bytes / 2)
                .weigher(|_, (parsed, length): &(Arc<ParsedManifest>, usize)| {
                    weight(*length, parsed.as_ref().as_ref().map_or(0, weight::of_manifest))
                })
                .build(),
            configs: Cache::builder()
                .max_capacity(bytes / 2)
                .weigher(|_, (parsed, length): &(Arc<ParsedConfig>, usize)| {
                    weight(*length, parsed.as_ref().as_ref().map_or(0, weight::of_config))
                })
                .build(),
        }
    }

    /// What a manifest says. What the registry calls the bytes is a part of how they are read.
    async fn manifest(&self, reader: Reader, document: &Document) -> Arc<ParsedManifest> {
        let key = (document.digest.clone(), document.media_type.normal().to_owned());
        let known = self.manifests.get(&key).await;
        self.meter.cache_read("parsed", known.is_some());
        if let Some((parsed, _)) = known {
            return parsed;
        }
        let (bytes, media_type) = (document.bytes.clone(), document.media_type.clone());
        let parsed = blocking::work(reader, bytes.len(), move || Manifest::parse(&bytes, Some(&media_type))).await;
        let parsed = Arc::new(parsed.unwrap_or_else(stopped));
        self.manifests.insert(key, (Arc::clone(&parsed), document.bytes.len())).await;
        parsed
    }

    /// What a config says.
    async fn config(&self, reader: Reader, document: &Document) -> Arc<ParsedConfig> {
        let known = self.configs.get(&document.digest).await;
        self.meter.cache_read("parsed", known.is_some());
        if let Some((parsed, _)) = known {
            return parsed;
        }
        let bytes = document.bytes.clone();
        let parsed = blocking::work(reader, bytes.len(), move || ImageConfig::parse(&bytes)).await;
        let parsed = Arc::new(parsed.unwrap_or_else(stopped));
        self.configs.insert(document.digest.clone(), (Arc::clone(&parsed), document.bytes.len())).await;
        parsed
    }

    /// How full the caches are.
    pub(crate) fn state(&self) -> CacheState {
        CacheState::of(&self.manifests) + CacheState::of(&self.configs)
    }
}

/// What an entry takes: its texts, which are no longer than the JSON, and its lists, which `{},` makes much longer.
fn weight(length: usize, lists: usize) -> u32 {
    u32::try_from(length * FACTOR + lists + OVERHEAD).unwrap_or(u32::MAX)
}

fn stopped<T>() -> Result<T, DocumentError> {
    Err(DocumentError::NotJson("reading it was stopped".to_owned()))
}

impl Service {
    /// What a manifest says. Where reading it takes long, this service's reader takes turns with others.
    pub(crate) async fn parsed_manifest(&self, document: &Document) -> Arc<ParsedManifest> {
        self.documents().manifest(self.asker().reader, document).await
    }

    /// What a config says, in the same way.
    pub(crate) async fn parsed_config(&self, document: &Document) -> Arc<ParsedConfig> {
        self.documents().config(self.asker().reader, document).await
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Documents({} kept)", self.state().entries)
    }
}
