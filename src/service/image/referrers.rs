//! What speaks about an image: asked for of the index and of the manifest that is shown, since a signature may speak of either.
//!
//! - `lookup`: what is asked, and what came of it; `opened`: the one that is opened in place
//! - `rows`: all that was found as rows, each digest once

mod lookup;
mod opened;
mod rows;

pub(super) use lookup::{Looked, look_up};

use std::collections::HashMap;

use super::found::Found;
use crate::service::visit::Visit;
use crate::view::image::ImageQuery;
use crate::view::image::referrers::{
    GroupCount, NO_TYPE, OpenedReferrer, REFERRERS_LENGTH, Referrer, ReferrersView, TYPES_LENGTH, TypeCount,
};

/// The view of what was found.
pub(super) fn view(visit: &Visit<'_>, found: &Found, query: &ImageQuery, looked: Looked) -> ReferrersView {
    let rows = rows::all(found, &looked);
    let total = number(rows.len());
    let (types, types_left_out) = types(&rows);
    let is_wanted = |row: &Referrer| query.artifact_type.is_empty() || row.type_name() == query.artifact_type;
    let rows: Vec<Referrer> = rows.into_iter().filter(is_wanted).collect();
    let opened = looked.opened.map(|opened| opened.view(visit, found));
    let first = first(&rows, query.rows, opened.as_ref());
    ReferrersView {
        subjects: looked.subjects.iter().map(|subject| subject.view(visit)).collect(),
        artifact_type: query.artifact_type.clone(),
        types,
        types_left_out,
        total,
        matching: number(rows.len()),
        groups: groups(&rows),
        first: number(first),
        referrers: rows.into_iter().skip(first).take(REFERRERS_LENGTH).collect(),
        opened,
    }
}

/// Where the page begins: where the address says, or else where the one stands that is opened.
fn first(rows: &[Referrer], asked: u32, opened: Option<&OpenedReferrer>) -> usize {
    let asked = usize::try_from(asked).unwrap_or(usize::MAX).min(rows.len());
    let position = |opened: &OpenedReferrer| rows.iter().position(|row| row.digest.as_ref() == Some(&opened.digest));
    match opened.and_then(position) {
        Some(position) if !(asked..asked + REFERRERS_LENGTH).contains(&position) => {
            position / REFERRERS_LENGTH * REFERRERS_LENGTH
        }
        _ => asked,
    }
}

/// The artifact types of all rows, the most frequent ones first, and how many are left out.
fn types(rows: &[Referrer]) -> (Vec<TypeCount>, u32) {
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let mut types: Vec<TypeCount> = Vec::new();
    for row in rows {
        let name = row.type_name();
        let position = *positions.entry(name).or_insert_with(|| {
            let label = if name == NO_TYPE { "No type stated".to_owned() } else { row.kind.label.clone() };
            types.push(TypeCount { artifact_type: name.to_owned(), label, count: 0 });
            types.len() - 1
        });
        types[position].count += 1;
    }
    types.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    let left_out = types.len().saturating_sub(TYPES_LENGTH);
    types.truncate(TYPES_LENGTH);
    (types, number(left_out))
}

/// The groups that there are; rows of one stand together.
fn groups(rows: &[Referrer]) -> Vec<GroupCount> {
    let groups = rows.chunk_by(|one, next| one.group == next.group);
    groups.filter_map(|rows| Some(GroupCount { group: rows.first()?.group, count: number(rows.len()) })).collect()
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
