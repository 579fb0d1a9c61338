//! The exact bytes of a document, to be downloaded.

use bytes::Bytes;

use super::found::{Configs, find};
use super::page::{asked, config_failure};
use crate::oci::{Digest, MediaType, Reference};
use crate::registry::Document;
use crate::service::Service;
use crate::service::failure::{self, Subject};
use crate::service::visit::Visit;
use crate::view::{Failure, Page};

/// A document's exact bytes, which have been hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBytes {
    /// The bytes as received.
    pub bytes: Bytes,
    /// Their digest.
    pub digest: Digest,
    /// What the registry calls them; for a config, what its descriptor does.
    pub media_type: MediaType,
    /// Whether the registry gives them to everybody: Strata has shown it neither credentials nor a certificate.
    pub is_public: bool,
}

impl RawBytes {
    fn of(document: Document, visit: &Visit<'_>) -> Self {
        Self {
            bytes: document.bytes,
            digest: document.digest,
            media_type: document.media_type,
            is_public: visit.registry.client().settings().is_anonymous(),
        }
    }
}

impl Service {
    /// The exact bytes of the manifest or index at a reference, or of the config of what its page shows.
    pub async fn raw_bytes(
        &self,
        reference: &Reference,
        config: bool,
        platform: &str,
        manifest: &str,
    ) -> Result<Page<RawBytes>, Failure> {
        let asked = asked(platform, manifest)?;
        let (visit, reference) = self.locate(reference, false).await?;
        let configs = if config { Configs::All } else { Configs::None };
        let found = find(self, &visit, &reference, &asked, configs).await?;
        if !config {
            return Ok(visit.page(RawBytes::of(found.top.document, &visit)));
        }
        if let Some(Ok(config)) = found.config {
            return Ok(visit.page(RawBytes::of(config.document, &visit)));
        }
        if let Some(Err(error)) = &found.config {
            let digest = found.manifest().and_then(|manifest| manifest.config.as_ref()?.digest.clone());
            if let Some(digest) = digest {
                return Err(visit.fail(error, &Subject::Config(reference.repository.clone(), digest)));
            }
            return Err(config_failure(&visit, &found));
        }
        Err(visit.finish(failure::no_config(&reference, visit.registry)))
    }

    /// The exact bytes of a blob that the manifest at a reference lists, its config or one of its layers. Of an index, the
    /// chosen entry's manifest is meant. One that it does not list is not asked for.
    pub async fn blob_bytes(
        &self,
        reference: &Reference,
        blob: &str,
        platform: &str,
        manifest: &str,
    ) -> Result<Page<RawBytes>, Failure> {
        let asked = asked(platform, manifest)?;
        let blob: Digest = blob.parse().map_err(|error| {
            failure::invalid("This is no digest", format!("The address asks for a blob as it cannot be: {error}."))
        })?;
        let (visit, reference) = self.locate(reference, false).await?;
        let found = find(self, &visit, &reference, &asked, Configs::OfEntry).await?;
        let listed = found.manifest().and_then(|manifest| {
            let mut all = manifest.config.iter().chain(&manifest.layers);
            all.find(|descriptor| descriptor.digest.as_ref() == Some(&blob))
        });
        let Some(descriptor) = listed else {
            return Err(visit.finish(failure::not_listed(&reference, &blob, visit.registry)));
        };
        // A download may take longer than a page: what ends it is the client's own limits, and the server's deadline of a request.
        let document =
            visit.registry.client().blob(&visit.patient(), &reference.repository, descriptor, u64::MAX).await;
        let subject = Subject::Blob(reference.repository.clone(), blob);
        let document = document.map_err(|error| visit.fail(&error, &subject))?;
        Ok(visit.page(RawBytes::of(document, &visit)))
    }
}
