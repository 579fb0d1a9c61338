//! Layers are read because somebody wants to see them, and how far that has come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future;

use super::stack::{Again, Inside, Layer, Stack};
use crate::anatomy::size;
use crate::layers::{LayerIndex, Reading, Stage, TableState, Watcher};
use crate::oci::{Digest, RepositoryName};
use crate::registry::{Reader, Request};
use crate::service::Service;
use crate::service::failure;
use crate::service::image::found::{Configs, Found, find};
use crate::service::image::page::asked;
use crate::service::visit::Visit;
use crate::view::Failure;
use crate::view::files::{FilesQuery, ReadingProgress};
use crate::view::image::ImageQuery;

/// How long a page waits for the layers that it has read: small ones are known by then, and of others there are first rows.
const SOON: Duration = Duration::from_millis(150);

/// How long it waits for a layer's own table: a request or two.
const TABLE_PATIENCE: Duration = Duration::from_secs(5);

/// How far layers have come that are read for one page. While it is there, they go on.
pub struct Progress {
    parts: Vec<Part>,
    /// Since when it is asked, and how many bytes had been read then.
    since: (Instant, u64),
}

/// A layer of the page, of which there is something to count. Of one that was read only that is kept: its index is large.
enum Part {
    Read(ReadingProgress),
    Reading(Watcher),
}

/// How far the layers have come at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// All of them together. Those that were read count as a whole, so that it never goes back.
    pub read: ReadingProgress,
    /// How many are still to be read.
    pub left: usize,
    /// The same in words.
    pub words: String,
}

impl Service {
    /// Has the layers read that a page would show, those that were not read yet; with `again` those too that could not be read a
    /// moment ago, or only in part for want of time. Ends when they are known, or a moment later, so that the page that comes next has
    /// some rows to show. Where one layer is shown by itself and was read, has its own table read, so that the page can compare the
    /// two, and waits for that, too.
    ///
    /// # Errors
    ///
    /// Where the page itself would fail, or the reader has had as many bytes in this hour as one may.
    pub async fn start_reading(&self, query: &ImageQuery, again: bool) -> Result<(), Failure> {
        let (visit, found) = self.found_for_files(query).await?;
        let Some(stack) = Stack::of(self, &visit, &found).await else { return Ok(()) };
        let mut started = Vec::new();
        for layer in wanted(&stack, &query.files) {
            let digest = match (&layer.inside, &layer.again) {
                (Inside::Unread(digest), _) => Some(digest),
                (Inside::Failed(_), _) | (Inside::Known(_), Some(Again::Possible | Again::Failed(_))) if again => {
                    layer.descriptor.digest.as_ref()
                }
                (Inside::Known(index), _) if query.files.layer.is_some() && index.summary.is_whole() => {
                    self.read_missing_table(&visit, &found.reference.repository, layer).await?;
                    None
                }
                _ => None,
            };
            let Some(digest) = digest else { continue };
            started.push(self.start_layer(&visit, &found.reference.repository, layer, digest)?);
        }
        let ended = future::join_all(started.iter().map(|reading| reading.ended()));
        let _ = tokio::time::timeout(SOON, ended).await;
        Ok(())
    }

    fn start_layer(
        &self,
        visit: &Visit<'_>,
        repository: &RepositoryName,
        layer: &Layer,
        digest: &Digest,
    ) -> Result<Arc<Reading>, Failure> {
        // A layer that is read for somebody else already costs nothing.
        let client = visit.registry.client();
        // One that does not say how long it is may be as long as a page asks about.
        let bytes = layer.descriptor.size.unwrap_or(self.settings().layers.ask_bytes);
        let is_charged = self.layers().running(client, repository, &layer.descriptor).is_none();
        if is_charged {
            self.spend(visit, bytes)?;
        }
        self.read_table(visit, repository, layer);
        let reading = self.layers().read(client, &self.layer_request(visit), repository, digest, &layer.descriptor);
        if is_charged && reading.is_refused() {
            self.layer_budget().give_back(visit.request.asker.reader, bytes);
        } else if is_charged {
            self.settle(visit.request.asker.reader, bytes, Arc::clone(&reading));
        }
        Ok(reading)
    }

    /// Gives back what a reading has not cost, once it has ended without having begun or was given up.
    fn settle(&self, reader: Reader, bytes: u64, reading: Arc<Reading>) {
        let service = self.clone();
        tokio::spawn(async move {
            if let Err(error) = reading.ended_unseen().await
                && !error.is_of_layer()
            {
                service.layer_budget().give_back(reader, bytes.saturating_sub(reading.progress.stored()));
            }
        });
    }

    /// Has the layer's own table of contents read, where it has one: that is there long before the layer is.
    fn read_table(&self, visit: &Visit<'_>, repository: &RepositoryName, layer: &Layer) {
        let (reader, client, request) =
            (self.layers().clone(), visit.registry.client().clone(), self.layer_request(visit));
        let (repository, descriptor) = (repository.clone(), layer.descriptor.clone());
        tokio::spawn(async move {
            if let Err(error) = reader.table(&client, &request, &repository, &descriptor).await {
                tracing::debug!(%repository, %error, "a layer's own table cannot be read");
            }
        });
    }

    /// For bytes of layers, which may come after the page has been answered. Those that come unasked are taken out of what the reader
    /// may have in an hour, too.
    pub(super) fn layer_request(&self, visit: &Visit<'_>) -> Request {
        visit.patient().counting(self.layer_budget().counter(visit.request.asker.reader))
    }

    /// Has the own table of a layer read, where it has one that is not known (any more), and waits for it for a few seconds. Where that
    /// is in vain, the page says why.
    async fn read_missing_table(
        &self,
        visit: &Visit<'_>,
        repository: &RepositoryName,
        layer: &Layer,
    ) -> Result<(), Failure> {
        let (client, descriptor) = (visit.registry.client(), &layer.descriptor);
        let state = self.layers().table_state(client, repository, descriptor).await;
        let Some(TableState::Unread { most_bytes }) = state else { return Ok(()) };
        self.spend(visit, most_bytes)?;
        let (service, client, request) = (self.clone(), client.clone(), self.layer_request(visit));
        let (repository, descriptor) = (repository.clone(), descriptor.clone());
        // It goes on when the page has been answered: a slow one is there for the next press.
        let read = tokio::spawn(async move {
            match service.layers().table(&client, &request, &repository, &descriptor).await {
                Ok(table) => {
                    let unused = table.map_or(0, |table| most_bytes.saturating_sub(table.stored_bytes));
                    service.layer_budget().give_back(request.asker.reader, unused);
                }
                Err(error) => tracing::debug!(%repository, %error, "a layer's own table cannot be read"),
            }
        });
        let _ = tokio::time::timeout(TABLE_PATIENCE, read).await;
        Ok(())
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
        let part = |layer: &Layer| match (layer.reading(), &layer.inside) {
            (Some(reading), _) => Some(Part::Reading(Arc::clone(reading).watch())),
            (None, Inside::Known(index)) => Some(Part::Read(whole(index))),
            (None, _) => None,
        };
        let parts = stack.map(|stack| wanted(&stack, &query.files).filter_map(part).collect());
        Ok(Progress::of(parts.unwrap_or_default()))
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
    fn of(parts: Vec<Part>) -> Self {
        let stored = sum(&parts).0.stored;
        Self { parts, since: (Instant::now(), stored) }
    }

    /// Where it is now; nothing where no layer is being read any more.
    pub fn now(&mut self) -> Option<Snapshot> {
        self.parts.iter_mut().for_each(Part::settle);
        let (read, left) = sum(&self.parts);
        let (since, before) = self.since;
        let rate = rate(read.stored.saturating_sub(before), since.elapsed());
        (left > 0).then(|| Snapshot { words: words(&read, rate), read, left })
    }
}

impl Part {
    /// One that has ended counts as a whole; one that could not be read does not count, since nothing of it is shown.
    fn settle(&mut self) {
        if let Part::Reading(reading) = self
            && let Stage::Ended(result) = reading.stage()
        {
            *self = Part::Read(result.map_or(NOTHING, |index| whole(&index)));
        }
    }
}

const NOTHING: ReadingProgress = ReadingProgress { stored: 0, size: Some(0), entries: 0 };

/// All parts together, and how many of them are still being read.
fn sum(parts: &[Part]) -> (ReadingProgress, usize) {
    let (mut sum, mut left) = (NOTHING, 0);
    for part in parts {
        let part = match part {
            Part::Read(read) => *read,
            Part::Reading(reading) => {
                left += 1;
                let progress = &reading.progress;
                ReadingProgress { stored: progress.stored(), size: reading.size, entries: progress.entries() }
            }
        };
        sum.stored = sum.stored.saturating_add(part.stored);
        sum.entries = sum.entries.saturating_add(part.entries);
        sum.size = sum.size.zip(part.size).map(|(sum, size)| sum.saturating_add(size));
    }
    (sum, left)
}

fn whole(index: &LayerIndex) -> ReadingProgress {
    let stored = index.summary.stored_size;
    ReadingProgress { stored, size: Some(stored), entries: index.files.len() as u64 }
}

/// Bytes in a second; nothing before any have come.
fn rate(bytes: u64, time: Duration) -> Option<u64> {
    let rate = (u128::from(bytes) * 1_000).checked_div(time.as_millis())?;
    u64::try_from(rate).ok().filter(|rate| *rate > 0)
}

fn words(progress: &ReadingProgress, rate: Option<u64>) -> String {
    let entries = size::counted(progress.entries, "entry");
    let rate = rate.map(|rate| format!(", {}/s", size::decimal(rate))).unwrap_or_default();
    match progress.size {
        Some(size) => format!("{} of {}, {entries}{rate}", size::decimal(progress.stored), size::decimal(size)),
        None => format!("{}, {entries}{rate}", size::decimal(progress.stored)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_the_rate_once_there_is_one() {
        let progress = ReadingProgress { stored: 24_600_000, size: Some(100_000_000), entries: 1_234 };
        assert_eq!(words(&progress, None), "24.6 MB of 100 MB, 1,234 entries");
        let rate = rate(24_600_000, Duration::from_secs(2));
        assert_eq!(words(&progress, rate), "24.6 MB of 100 MB, 1,234 entries, 12.3 MB/s");
        let unknown = ReadingProgress { size: None, ..progress };
        assert_eq!(words(&unknown, rate), "24.6 MB, 1,234 entries, 12.3 MB/s");
    }

    #[test]
    fn there_is_no_rate_of_nothing() {
        assert_eq!(rate(0, Duration::from_secs(1)), None);
        assert_eq!(rate(7, Duration::ZERO), None);
        assert_eq!(rate(u64::MAX, Duration::from_millis(1)), None);
    }
}
