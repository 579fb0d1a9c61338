//! What is known of each tag of the page, and which of them share a row because they have one digest.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use leptos::prelude::*;

use super::Known;
use super::sums::Sums;
use crate::app::components::StripScale;
use crate::oci::{Digest, Tag};
use crate::view::ImageSummary;
use crate::view::listing::Details;
use crate::view::tags::{TagRow, TagSection};

/// One tag's row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RowState {
    /// What is known of the tag.
    pub(super) details: Details<ImageSummary>,
    /// Other tags of the same digest, which have no row of their own.
    pub(super) aliases: Vec<Tag>,
    /// Whether the tag is such an alias itself.
    pub(super) merged: bool,
}

/// A tag on the page: its signal changes as it is read.
#[derive(Debug, Clone)]
pub(super) struct PageRow {
    pub(super) tag: Tag,
    pub(super) section: TagSection,
    /// Whether what came with the page is old: it is shown, and asked for again.
    outdated: bool,
    pub(super) state: RwSignal<RowState>,
}

/// The tags of the page, in its order. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct TagRows {
    rows: Arc<[PageRow]>,
    positions: Arc<HashMap<Tag, usize>>,
    /// Counts the rows that were read, so that sums are drawn anew.
    news: RwSignal<u32>,
    /// How many of them have been sorted in.
    sorted: StoredValue<u32>,
}

impl TagRows {
    /// The rows of a list, with what was known of their tags before. What is known of `outdated` ones is old.
    pub(super) fn new(list: Vec<TagRow>, outdated: &[Tag], known: Known) -> Self {
        let outdated: HashSet<&Tag> = outdated.iter().collect();
        let rows: Vec<PageRow> = list
            .into_iter()
            .map(|row| {
                let known = || known.with_value(|known| known.get(&row.tag).cloned());
                let details = if row.details.is_open() { known().unwrap_or(row.details) } else { row.details };
                let state = RowState { details, ..RowState::default() };
                let outdated = outdated.contains(&row.tag);
                PageRow { tag: row.tag, section: row.section, outdated, state: RwSignal::new(state) }
            })
            .collect();
        let positions = rows.iter().enumerate().map(|(position, row)| (row.tag.clone(), position)).collect();
        let rows = Self {
            rows: rows.into(),
            positions: Arc::new(positions),
            news: RwSignal::new(0),
            sorted: StoredValue::new(0),
        };
        rows.group();
        rows
    }

    /// Every row.
    pub(super) fn iter(&self) -> impl Iterator<Item = &PageRow> {
        self.rows.iter()
    }

    /// Every tag, with whether it is to be read.
    pub(super) fn open(&self) -> Vec<(Tag, bool)> {
        let is_open = |row: &PageRow| row.outdated || row.state.with_untracked(|state| state.details.is_open());
        self.rows.iter().map(|row| (row.tag.clone(), is_open(row))).collect()
    }

    /// Shows what was read of a tag.
    pub(super) fn put(&self, tag: &Tag, details: Details<ImageSummary>) {
        let Some(row) = self.positions.get(tag).and_then(|position| self.rows.get(*position)) else { return };
        // A row that is still waiting is nothing new: a list sorted by what was read stays as it is, and what is shown of an
        // older look goes on being shown.
        let is_news = !details.is_open();
        let is_known = row.state.try_with_untracked(|state| !state.details.is_open()).unwrap_or_default();
        if is_known && !is_news {
            return;
        }
        // The page may be gone by now.
        let _ = row.state.try_update(|state| state.details = details);
        if is_news {
            let _ = self.news.try_update(|news| *news += 1);
        }
    }

    /// Lets tags of one digest share the row of the first of them. Only rows that change are drawn anew.
    pub(super) fn group(&self) {
        let digests: Vec<Option<Digest>> = self.rows.iter().map(digest_to_share).collect();
        let leaders = leaders(&digests);
        let mut aliases: HashMap<usize, Vec<Tag>> = HashMap::new();
        for (position, leader) in leaders.iter().enumerate() {
            if position != *leader
                && let Some(row) = self.rows.get(position)
            {
                aliases.entry(*leader).or_default().push(row.tag.clone());
            }
        }
        for (position, (row, leader)) in self.rows.iter().zip(&leaders).enumerate() {
            let merged = position != *leader;
            let aliases = aliases.remove(&position).unwrap_or_default();
            let same = row.state.try_with_untracked(|state| state.merged == merged && state.aliases == aliases);
            if same == Some(false) {
                row.state.update(|state| {
                    state.merged = merged;
                    state.aliases = aliases;
                });
            }
        }
    }

    /// Whether anything was read since this was last asked.
    pub(super) fn take_news(&self) -> bool {
        let news = self.news.try_get_untracked().unwrap_or_default();
        let sorted = self.sorted.try_get_value().unwrap_or(news);
        let _ = self.sorted.try_set_value(news);
        news != sorted
    }

    /// What the tags that have been read take together.
    pub(super) fn sums(&self) -> Memo<Sums> {
        let rows = self.clone();
        Memo::new(move |_| {
            rows.news.track();
            let mut sums = Sums::default();
            for row in rows.iter() {
                row.state.with_untracked(|state| sums.add(&state.details));
            }
            sums
        })
    }

    /// The scale on which the core samples of all tags that have been read find room.
    pub(super) fn scale(&self) -> Memo<StripScale> {
        let rows = self.clone();
        Memo::new(move |_| {
            rows.news.track();
            let size =
                |row: &PageRow| row.state.with_untracked(|state| state.details.known().and_then(|image| image.size));
            StripScale::for_sizes(rows.iter().filter_map(size))
        })
    }
}

/// The digest by which a tag may share another one's row. Companions stand by themselves.
fn digest_to_share(row: &PageRow) -> Option<Digest> {
    if row.section == TagSection::Companions {
        return None;
    }
    row.state.try_with_untracked(|state| state.details.known().map(|image| image.digest.clone())).flatten()
}

/// For each row the first one with the same digest; rows without a digest stand for themselves.
fn leaders(digests: &[Option<Digest>]) -> Vec<usize> {
    let mut first: HashMap<&Digest, usize> = HashMap::new();
    digests
        .iter()
        .enumerate()
        .map(|(position, digest)| digest.as_ref().map_or(position, |digest| *first.entry(digest).or_insert(position)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(letter: char) -> Option<Digest> {
        format!("sha256:{}", String::from(letter).repeat(64)).parse().ok()
    }

    #[test]
    fn the_first_tag_of_a_digest_leads_the_others() {
        let digests = [digest('a'), None, digest('b'), digest('a'), None, digest('b'), digest('a')];
        assert_eq!(leaders(&digests), [0, 1, 2, 0, 4, 2, 0]);
    }

    #[test]
    fn aliases_share_a_row_once_they_are_known() {
        Owner::new().with(|| {
            let tag = |name: &str| name.parse::<Tag>().unwrap();
            let row = |name: &str, section| TagRow { tag: tag(name), section, details: Details::Unasked };
            let list = vec![
                row("1.25.5", TagSection::Versions),
                row("1.25", TagSection::Versions),
                row("latest", TagSection::Words),
                row("sha256-a.sig", TagSection::Companions),
            ];
            let rows = TagRows::new(list, &[], Known::new(HashMap::new()));
            let image = super::super::sums::tests::image('a', &[]);
            for name in ["1.25.5", "latest", "sha256-a.sig"] {
                rows.put(&tag(name), Details::Known(image.clone()));
            }
            assert!(rows.iter().all(|row| !row.state.get_untracked().merged));
            rows.group();
            let shown: Vec<_> = rows
                .iter()
                .filter(|row| !row.state.get_untracked().merged)
                .map(|row| (row.tag.to_string(), row.state.get_untracked().aliases.len()))
                .collect();
            assert_eq!(shown, [("1.25.5".to_owned(), 1), ("1.25".to_owned(), 0), ("sha256-a.sig".to_owned(), 0)]);
            assert!(rows.take_news());
            assert!(!rows.take_news());
        });
    }

    #[test]
    fn what_is_shown_stays_where_it_was_not_read_in_time_again() {
        Owner::new().with(|| {
            let tag: Tag = "latest".parse().unwrap();
            let row = |details| TagRow { tag: tag.clone(), section: TagSection::Words, details };
            let state = |rows: &TagRows| rows.iter().next().unwrap().state.get_untracked().details;
            let rows = TagRows::new(vec![row(Details::Waiting)], &[], Known::new(HashMap::new()));
            assert_eq!(state(&rows), Details::Waiting);
            let image = Details::Known(super::super::sums::tests::image('a', &[]));
            rows.put(&tag, image.clone());
            rows.put(&tag, Details::Waiting);
            assert_eq!(state(&rows), image);
        });
    }

    #[test]
    fn old_rows_are_shown_and_asked_for_again() {
        Owner::new().with(|| {
            let tag: Tag = "latest".parse().unwrap();
            let image = super::super::sums::tests::image('a', &[]);
            let list = vec![TagRow { tag: tag.clone(), section: TagSection::Words, details: Details::Known(image) }];
            let known = Known::new(HashMap::new());
            let open = |outdated: &[Tag]| TagRows::new(list.clone(), outdated, known).open();
            assert_eq!(open(&[]), [(tag.clone(), false)]);
            assert_eq!(open(std::slice::from_ref(&tag)), [(tag.clone(), true)]);
            let shown = TagRows::new(list.clone(), std::slice::from_ref(&tag), known);
            assert!(shown.iter().all(|row| row.state.get_untracked().details.known().is_some()));
        });
    }
}
