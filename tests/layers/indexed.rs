//! An image's layers as Strata reads them from a registry.

use std::sync::Arc;

use strata::layers::{IndexStore, LayerIndex, LayerReader, ReaderSettings};
use strata::oci::RepositoryName;
use strata::registry::{Client, DocumentCache, RegistrySettings, Request};

use super::layout::Image;
use super::support::Fixture;

/// Reads every layer of an image, whose `diff_ids` must be what its config says.
pub(super) async fn indexed(image: &Image) -> Vec<Arc<LayerIndex>> {
    let fixture = Fixture::start().await;
    let settings = RegistrySettings::new("test", fixture.url());
    let client = Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap();
    let reader = LayerReader::new(ReaderSettings::default(), IndexStore::in_memory(1_000_000));
    let repository: RepositoryName = "app/web".parse().unwrap();
    let mut indexes = Vec::new();
    for ((descriptor, stored), diff_id) in image.layers.iter().zip(&image.diff_ids) {
        fixture.content(|content| content.blob("app/web", stored));
        let digest = descriptor.digest.clone().unwrap();
        let index = reader.read(&client, &Request::new(), &repository, &digest, descriptor).ended().await.unwrap();
        assert_eq!(index.summary.diff_id.as_ref().map(ToString::to_string).as_ref(), Some(diff_id));
        indexes.push(index);
    }
    indexes
}
