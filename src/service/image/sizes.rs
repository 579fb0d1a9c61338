//! Sizes of an index's images, asked for after its page.

use super::cards::Entries;
use super::found::{Configs, find};
use crate::anatomy::platform_choice::Asked;
use crate::oci::{Digest, Reference, RepositoryName};
use crate::service::Service;
use crate::view::image::PlatformSizes;
use crate::view::{Failure, Page};

impl Service {
    /// The sizes of the images on an index's page, as far as they are there by the deadline. By the index's digest, so that
    /// they are those of that page, wherever its tag leads by now.
    pub async fn platform_sizes(
        &self,
        repository: &RepositoryName,
        index: &Digest,
    ) -> Result<Page<PlatformSizes>, Failure> {
        let reference = Reference::digest(repository.clone(), index.clone());
        let (visit, reference) = self.locate(&reference, false).await?;
        let found = find(self, &visit, &reference, &Asked::default(), Configs::None).await?;
        let mut entries = Entries::of(&found);
        entries.read_sizes(self, &visit, &reference.repository).await;
        let sizes = entries.cards.into_iter().filter_map(|card| Some((card.digest.clone()?, card.details())));
        Ok(visit.page(PlatformSizes { sizes: sizes.collect() }))
    }
}
