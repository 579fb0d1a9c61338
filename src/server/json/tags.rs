//! `/-/api/tags/{repository}?filter=&sort=&after=&limit=&details=&refresh=`

use serde::Serialize;

use super::answer::{Answer, Problem, RegistryBody, document, rfc3339};
use super::query::Query;
use super::{Asked, raw_rest};
use crate::oci::{RepositoryName, Tag};
use crate::view::Address;
use crate::view::listing::Walk;
use crate::view::tags::{PAGE_LENGTH, TagRow, TagSort, TagsQuery};

#[derive(Debug, Serialize)]
struct Body<'a> {
    registry: RegistryBody<'a>,
    repository: &'a RepositoryName,
    filter: &'a str,
    sort: TagSort,
    total: u64,
    matching: u64,
    /// How many of those have been read, so that newest and size can sort them.
    read: u64,
    walk: &'a Walk,
    /// How many entries of the registry's list were left out, because they are no valid names.
    invalid: u64,
    read_at: Option<String>,
    tags: &'a [TagRow],
    /// Those of them whose details were read so long ago that they may no longer hold.
    outdated: Vec<&'a Tag>,
    /// `after` of the next page.
    next: Option<&'a Tag>,
}

/// A page of a repository's tags.
pub(super) async fn list(Asked { api, uri, .. }: Asked) -> Answer {
    let Address::Tags(repository) = Address::parse(raw_rest(&uri, "tags"))? else {
        return Err(Problem::invalid("A repository stands here, without a tag or digest."));
    };
    let query = Query::of(&uri);
    let limit = query.limit("limit", PAGE_LENGTH)?;
    let sort = match query.text("sort").as_str() {
        "" => TagSort::default(),
        text => text.parse().map_err(|()| Problem::invalid("`sort` is `version`, `newest` or `size`."))?,
    };
    let asked = TagsQuery {
        repository,
        filter: query.text("filter"),
        sort,
        after: query.text("after"),
        details: query.text("details"),
        refresh: query.switch("refresh"),
    };
    let page = api.service.tags(&asked).await?;
    let list = &page.content;
    let rows = list.tags.get(..limit).unwrap_or(&list.tags);
    let next = if rows.len() < list.tags.len() { rows.last().map(|row| &row.tag) } else { list.next.as_ref() };
    Ok(document(&Body {
        registry: RegistryBody::from(&page.registry),
        repository: &list.repository,
        filter: &list.filter,
        sort: list.sort,
        total: list.total,
        matching: list.matching,
        read: list.read,
        walk: &list.walk,
        invalid: list.invalid,
        read_at: list.read_at.and_then(rfc3339),
        tags: rows,
        outdated: list.outdated.iter().filter(|tag| rows.iter().any(|row| row.tag == **tag)).collect(),
        next,
    }))
}
