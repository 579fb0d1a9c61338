//! The tags of a repository.

use std::cmp::Reverse;
use std::time::Duration;

use super::failure::{self, Subject};
use super::memory::{Outcome, Remembered, RepositoryRows};
use super::visit::Visit;
use super::walk::walk;
use super::window::{Previous, Window};
use super::{Service, rows, trace};
use crate::anatomy::time::Created;
use crate::anatomy::version::{self, TagKind, VersionKey};
use crate::oci::{Reference, RepositoryName, Tag};
use crate::view::tags::{DETAILS_LENGTH, PAGE_LENGTH, TagDetails, TagList, TagRow, TagSection, TagSort, TagsQuery};
use crate::view::{Failure, ImageSummary, Page};

impl Service {
    /// The tags of a repository.
    pub async fn tags(&self, query: &TagsQuery) -> Result<Page<TagList>, Failure> {
        let (visit, located) = self.locate(&query.repository, query.refresh).await?;
        let registry = visit.registry;
        let repository = located.repository;
        let subject = Subject::Tags(repository.clone());
        let listing = registry.client().tags(&visit.request, &repository).await;
        let listing = listing.map_err(|error| visit.fail(&error, &subject))?;
        let names = self.orders().tags(registry, &repository, &listing).await;
        let known = self.rows().memory().of(registry, &repository).await;
        let mut matching = filtered(&names, &query.filter);
        let ttl = self.rows().ttl();
        let (read, sorted) = known.as_ref().map_or((0, 0), |known| sort_read(&mut matching, query.sort, known, ttl));
        let start = start(&matching, query.sort, sorted, &query.after);
        let window = Window::new(start, PAGE_LENGTH, matching.len());
        let mut tags = self.tag_rows(&matching[window.range.clone()], query, known.as_deref());
        self.fill_from(&visit, &repository, &mut tags, &query.details).await;
        let outdated = known.as_ref().map(|known| outdated(&tags, known, ttl)).unwrap_or_default();
        let list = TagList {
            filter: query.filter.clone(),
            sort: query.sort,
            total: names.len() as u64,
            matching: matching.len() as u64,
            read: read as u64,
            walk: walk(&listing, &subject, registry),
            invalid: listing.invalid as u64,
            read_at: Some(trace::seconds(listing.read_at)),
            tags,
            outdated,
            before: window.range.start as u64,
            previous: window.previous.map(|previous| match previous {
                Previous::Beginning => String::new(),
                Previous::After(position) => matching[position].to_string(),
            }),
            next: window.next.map(|position| matching[position].clone()),
            repository,
        };
        Ok(visit.page(list))
    }

    /// What the rows of these tags show.
    pub async fn tag_details(&self, repository: &Reference, tags: &[Tag]) -> Result<Page<TagDetails>, Failure> {
        if tags.len() > DETAILS_LENGTH {
            return Err(failure::invalid(
                "Too many rows at once",
                format!("At most {DETAILS_LENGTH} tags are read at a time."),
            ));
        }
        let (visit, located) = self.locate(repository, false).await?;
        let details = rows::fill_tags(self, &visit, &located.repository, tags).await;
        Ok(visit.page(TagDetails { rows: tags.iter().cloned().zip(details).collect() }))
    }

    /// The rows with what is known of them without asking: where newest or size sorts them, all that they are sorted by, else
    /// what was read so lately that it is not asked for again.
    fn tag_rows(&self, tags: &[&Tag], query: &TagsQuery, known: Option<&RepositoryRows>) -> Vec<TagRow> {
        let known = known.filter(|_| !query.refresh).map(RepositoryRows::lock);
        let ttl = self.rows().ttl();
        let row = |tag: &&Tag| {
            let remembered = known.as_ref().and_then(|known| known.get(tag));
            let remembered = remembered.filter(|row| match query.sort {
                TagSort::Version => row.read_at.elapsed() < ttl,
                TagSort::Newest | TagSort::Size => is_read(row, ttl),
            });
            TagRow {
                tag: Tag::clone(tag),
                section: section(tag),
                details: remembered.map(|row| rows::details(&row.value)).unwrap_or_default(),
            }
        };
        tags.iter().map(row).collect()
    }

    /// Fills a hundred rows from the one of this tag on; none where it is empty or stands on another page.
    async fn fill_from(&self, visit: &Visit<'_>, repository: &RepositoryName, page: &mut [TagRow], from: &str) {
        let Some(first) = page.iter().position(|row| row.tag.as_str() == from) else {
            return;
        };
        let rows = page.iter_mut().skip(first).take(DETAILS_LENGTH);
        let asked: Vec<_> = rows.map(|row| row.tag.clone()).collect();
        let details = rows::fill_tags(self, visit, repository, &asked).await;
        for (row, details) in page.iter_mut().skip(first).zip(details) {
            row.details = details;
        }
    }
}

/// The tags that have a text in their names, whatever their case.
fn filtered<'a>(names: &'a [Tag], filter: &str) -> Vec<&'a Tag> {
    let filter = filter.trim().to_ascii_lowercase();
    if filter.is_empty() {
        return names.iter().collect();
    }
    names.iter().filter(|tag| tag.as_str().to_ascii_lowercase().contains(&filter)).collect()
}

/// Whether a tag counts as read. A failure may have passed, so that it is forgotten once it is older than `ttl`.
fn is_read(row: &Remembered<Outcome>, ttl: Duration) -> bool {
    row.value.is_ok() || row.read_at.elapsed() < ttl
}

/// The tags of the rows whose details were read longer than `ttl` ago: they may have moved.
fn outdated(rows: &[TagRow], known: &RepositoryRows, ttl: Duration) -> Vec<Tag> {
    let known = known.lock();
    let old = |row: &&TagRow| {
        row.details.known().is_some() && known.get(&row.tag).is_some_and(|known| known.read_at.elapsed() >= ttl)
    };
    rows.iter().filter(old).map(|row| row.tag.clone()).collect()
}

/// Sorts what has been read to the beginning; says how many tags have been read, and how many of them stand there. Version
/// order stays as it is.
fn sort_read(tags: &mut Vec<&Tag>, sort: TagSort, known: &RepositoryRows, ttl: Duration) -> (usize, usize) {
    let known = known.lock();
    let summary = |tag: &Tag| known.get(tag).and_then(|row| row.value.as_deref().ok());
    let is_read = |tag: &&Tag| known.get(tag).is_some_and(|row| is_read(row, ttl));
    let count = tags.iter().filter(|tag| is_read(tag)).count();
    if sort == TagSort::Version {
        return (count, 0);
    }
    // Companions stay behind all others, as the page shows them and as version order has them already.
    let companions = tags.split_off(tags.partition_point(|tag| section(tag) != TagSection::Companions));
    let (mut read, unread): (Vec<&Tag>, Vec<&Tag>) = tags.drain(..).partition(is_read);
    // What has no date or no size comes last; equals stay in version order, since the sort is stable.
    match sort {
        TagSort::Version => {}
        TagSort::Newest => read.sort_by_cached_key(|tag| Reverse(summary(tag).and_then(built))),
        TagSort::Size => read.sort_by_cached_key(|tag| Reverse(summary(tag).and_then(|summary| summary.size))),
    }
    let sorted = read.len();
    tags.extend(read);
    tags.extend(unread);
    tags.extend(companions);
    (count, sorted)
}

fn built(summary: &ImageSummary) -> Option<crate::anatomy::time::Timestamp> {
    Created::of(summary.created.as_deref()).known()
}

/// Where the page after this tag begins. In version order a tag that is gone by now still has its place.
fn start(tags: &[&Tag], sort: TagSort, sorted: usize, after: &str) -> usize {
    let Ok(after) = after.parse::<Tag>() else {
        return 0;
    };
    let key = VersionKey::of(&after);
    let in_order = |tags: &[&Tag]| tags.partition_point(|tag| VersionKey::of(tag) <= key);
    if sort == TagSort::Version {
        return in_order(tags);
    }
    match tags[..sorted].iter().position(|tag| **tag == after) {
        Some(position) => position + 1,
        None => sorted + in_order(&tags[sorted..]),
    }
}

fn section(tag: &Tag) -> TagSection {
    match version::kind(tag) {
        TagKind::Version => TagSection::Versions,
        TagKind::Word | TagKind::Date | TagKind::Hash => TagSection::Words,
        TagKind::Signature => TagSection::Companions,
    }
}
