//! Sizes of an index's images, asked for after its page.

use super::cards::Entries;
use super::found::{Configs, find};
use crate::anatomy::platform_choice::Asked;
use crate::oci::Reference;
use crate::service::Service;
use crate::view::image::PlatformSizes;
use crate::view::{Failure, Page};

impl Service {
    /// The sizes of the images on an index's page, in their order there.
    pub async fn platform_sizes(&self, reference: &Reference) -> Result<Page<PlatformSizes>, Failure> {
        let (visit, reference) = self.locate(reference, false).await?;
        let found = find(self, &visit, &reference, &Asked::default(), Configs::None).await?;
        let mut entries = Entries::of(&found);
        entries.read_sizes(self, &visit, &reference.repository).await;
        let sizes = entries.cards.into_iter().map(|card| match (card.size, card.problem) {
            (_, Some(problem)) => Err(problem),
            (Some(size), None) => Ok(size),
            (None, None) => Err("It has not been read".to_owned()),
        });
        Ok(visit.page(PlatformSizes { sizes: sizes.collect() }))
    }
}
