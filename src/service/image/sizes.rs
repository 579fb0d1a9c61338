//! Sizes of an index's images, asked for after its page.

use super::cards::Entries;
use super::found::{Configs, find};
use super::page::asked;
use crate::service::Service;
use crate::view::image::{ImageQuery, PlatformSizes};
use crate::view::{Failure, Page};

impl Service {
    /// The sizes of the images on an index's page, in their order there.
    pub async fn platform_sizes(&self, query: &ImageQuery) -> Result<Page<PlatformSizes>, Failure> {
        let asked = asked(&query.platform, &query.manifest)?;
        let (visit, reference) = self.locate(&query.reference, query.refresh).await?;
        let found = find(self, &visit, &reference, &asked, Configs::OfImages).await?;
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
