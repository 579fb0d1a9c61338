//! Layers are read because somebody wants to see them, and how far that has come.

use super::stack::{Inside, Layer, Stack};
use crate::anatomy::size;
use crate::layers::Stage;
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::registry::Client;
use crate::service::Service;
use crate::service::failure;
use crate::service::image::found::{Configs, Found, find};
use crate::service::image::page::asked;
use crate::service::visit::Visit;
use crate::view::Failure;
use crate::view::files::{FilesQuery, ReadingProgress};
use crate::view::image::ImageQuery;

/// How far layers have come that are read for one page. While it is asked, they go on.
pub struct Progress {
    service: Service,
    client: Client,
    repository: RepositoryName,
    layers: Vec<Descriptor>,
}

impl Service {
    /// Has the layers read that a page would show, those that were not read yet; with `again` those too that could not be read a
    /// moment ago.
    ///
    /// # Errors
    ///
    /// Where the page itself would fail, or the reader has had as many bytes in this hour as one may.
    pub async fn start_reading(&self, query: &ImageQuery, again: bool) -> Result<(), Failure> {
        let (visit, found) = self.found_for_files(query).await?;
        let Some(stack) = Stack::of(self, &visit, &found).await else { return Ok(()) };
        for layer in wanted(&stack, &query.files) {
            let digest = match &layer.inside {
                Inside::Unread(digest) => digest,
                Inside::Failed(_) if again => match &layer.descriptor.digest {
                    Some(digest) => digest,
                    None => continue,
                },
                _ => continue,
            };
            self.start_layer(&visit, &found.reference.repository, layer, digest)?;
        }
        Ok(())
    }

    fn start_layer(
        &self,
        visit: &Visit<'_>,
        repository: &RepositoryName,
        layer: &Layer,
        digest: &Digest,
    ) -> Result<(), Failure> {
        // A layer that is read for somebody else already costs nothing.
        let client = visit.registry.client();
        if self.layers().running(client, repository, &layer.descriptor).is_none() {
            // One that does not say how long it is may be as long as a page asks about.
            self.spend(visit, layer.descriptor.size.unwrap_or(self.settings().layers.ask_bytes))?;
        }
        self.read_table(visit, repository, layer);
        self.layers().read(client, &visit.patient(), repository, digest, &layer.descriptor);
        Ok(())
    }

    /// Has the layer's own table of contents read, where it has one: that is there long before the layer is.
    fn read_table(&self, visit: &Visit<'_>, repository: &RepositoryName, layer: &Layer) {
        let (reader, client, request) = (self.layers().clone(), visit.registry.client().clone(), visit.patient());
        let (repository, descriptor) = (repository.clone(), layer.descriptor.clone());
        tokio::spawn(async move {
            if let Err(error) = reader.table(&client, &request, &repository, &descriptor).await {
                tracing::debug!(%repository, %error, "a layer's own table cannot be read");
            }
        });
    }

    /// Takes bytes of layers out of what the reader may have in an hour.
    pub(super) fn spend(&self, visit: &Visit<'_>, bytes: u64) -> Result<(), Failure> {
        let budget = self.layer_budget();
        if budget.take(visit.request.asker.reader, bytes) {
            return Ok(());
        }
        Err(visit.finish(failure::budget_spent(budget.most(), visit.registry)))
    }

    /// How far the layers of a page have come.
    ///
    /// # Errors
    ///
    /// Where the page itself would fail.
    pub async fn reading_progress(&self, query: &ImageQuery) -> Result<Progress, Failure> {
        let (visit, found) = self.found_for_files(query).await?;
        let stack = Stack::of(self, &visit, &found).await;
        let of = |layer: &Layer| layer.descriptor.clone();
        let layers = stack.map(|stack| wanted(&stack, &query.files).map(of).collect());
        Ok(Progress {
            service: self.clone(),
            client: visit.registry.client().clone(),
            repository: found.reference.repository.clone(),
            layers: layers.unwrap_or_default(),
        })
    }

    /// What stands at a reference, for its files.
    pub(super) async fn found_for_files(&self, query: &ImageQuery) -> Result<(Visit<'_>, Found), Failure> {
        let asked = asked(&query.platform, &query.manifest)?;
        let (visit, reference) = self.locate(&query.reference, false).await?;
        let found = find(self, &visit, &reference, &asked, Configs::OfImages).await?;
        Ok((visit, found))
    }
}

/// The layers that a page needs.
fn wanted<'a>(stack: &'a Stack, files: &FilesQuery) -> impl Iterator<Item = &'a Layer> {
    let one = files.layer.as_ref().map(|digest| stack.position(digest));
    let most = if files.as_of == 0 || one.is_some() { usize::MAX } else { files.as_of as usize };
    stack
        .layers
        .iter()
        .take(most)
        .enumerate()
        .filter(move |(at, _)| one.is_none_or(|one| one == Some(*at)))
        .map(|(_, layer)| layer)
}

impl Progress {
    /// Where it is now: bytes of bytes, entries; nothing where no layer is being read any more.
    pub fn now(&self) -> Option<ReadingProgress> {
        let mut sum = ReadingProgress { size: Some(0), ..ReadingProgress::default() };
        let mut is_running = false;
        for layer in &self.layers {
            let reading = self.service.layers().running(&self.client, &self.repository, layer);
            let Some(reading) = reading else { continue };
            reading.look();
            is_running |= !matches!(reading.stage(), Stage::Ended(_));
            sum.stored = sum.stored.saturating_add(reading.progress.stored());
            sum.entries = sum.entries.saturating_add(reading.progress.entries());
            sum.size = sum.size.zip(layer.size).map(|(sum, size)| sum.saturating_add(size));
        }
        is_running.then_some(sum)
    }

    /// The same in words.
    pub fn words(progress: &ReadingProgress) -> String {
        let entries = size::counted(progress.entries, "entry");
        match progress.size {
            Some(size) => format!("{} of {}, {entries}", size::decimal(progress.stored), size::decimal(size)),
            None => format!("{}, {entries}", size::decimal(progress.stored)),
        }
    }
}
