//! `/-/api/repositories?registry=&filter=&after=&limit=&details=&refresh=`

use serde::Serialize;

use super::Asked;
use super::answer::{Answer, Problem, RegistryBody, document, rfc3339};
use super::query::Query;
use crate::oci::RepositoryName;
use crate::view::listing::Walk;
use crate::view::repositories::{Home, PAGE_LENGTH, RepositoriesQuery, RepositoryRow};

#[derive(Debug, Serialize)]
struct Body<'a> {
    registry: RegistryBody<'a>,
    filter: &'a str,
    total: u64,
    matching: u64,
    walk: &'a Walk,
    /// How many entries of the registry's list were left out, because they are no valid names.
    invalid: u64,
    read_at: Option<String>,
    repositories: &'a [RepositoryRow],
    /// `after` of the next page.
    next: Option<&'a RepositoryName>,
}

/// A page of a registry's repositories.
pub(super) async fn list(Asked { api, uri, .. }: Asked) -> Answer {
    let query = Query::of(&uri);
    let limit = query.limit("limit", PAGE_LENGTH)?;
    let mut registry = query.text("registry");
    if registry.is_empty() {
        // Without a name the page lists the registries; the API means the first one.
        registry = api.service.registries().registries.into_iter().next().map(|first| first.name).unwrap_or_default();
    }
    let asked = RepositoriesQuery {
        registry,
        filter: query.text("filter"),
        after: query.text("after"),
        details: query.text("details"),
        refresh: query.switch("refresh"),
    };
    let page = api.service.home(&asked).await?;
    let Home::Repositories(list) = &page.content else {
        return Err(Problem::invalid("`registry` names the registry whose repositories are listed."));
    };
    let rows = list.repositories.get(..limit).unwrap_or(&list.repositories);
    let next = if rows.len() < list.repositories.len() { rows.last().map(|row| &row.name) } else { list.next.as_ref() };
    Ok(document(&Body {
        registry: RegistryBody::from(&page.registry),
        filter: &list.filter,
        total: list.total,
        matching: list.matching,
        walk: &list.walk,
        invalid: list.invalid,
        read_at: list.read_at.and_then(rfc3339),
        repositories: rows,
        next,
    }))
}
