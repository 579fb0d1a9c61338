//! The repositories of a registry, and the list of registries.

use super::failure::{self, Subject};
use super::visit::Visit;
use super::walk::walk;
use super::window::{Previous, Window};
use super::{Service, rows, trace};
use crate::oci::RepositoryName;
use crate::registry::Error;
use crate::view::listing::{Details, Walk};
use crate::view::repositories::{
    Home, PAGE_LENGTH, RepositoriesQuery, RepositoryDetails, RepositoryList, RepositoryRow,
};
use crate::view::{Failure, Page};

impl Service {
    /// The repositories of a registry, or the registries where several are configured and none is named.
    pub async fn home(&self, query: &RepositoriesQuery) -> Result<Page<Home>, Failure> {
        if self.several() && query.registry.is_empty() {
            let visit = Visit::begin(self, self.first()?, false);
            return Ok(visit.page(Home::Registries(self.registries())));
        }
        let page = self.repositories(query).await?;
        Ok(Page { registry: page.registry, content: Home::Repositories(page.content), trace: page.trace })
    }

    /// The repositories of the registry that the query names, of the first one where it names none.
    pub async fn repositories(&self, query: &RepositoriesQuery) -> Result<Page<RepositoryList>, Failure> {
        let registry = self.by_name(&query.registry)?;
        let visit = Visit::begin(self, registry, query.refresh);
        let subject = Subject::Repositories;
        let listing = match registry.client().catalog(&visit.request).await {
            Ok(listing) => listing,
            Err(Error::NotOffered { .. }) => return Ok(visit.page(not_offered(query))),
            Err(error) => return Err(visit.fail(&error, &subject)),
        };
        let names = self.orders().repositories(registry, &listing).await;
        let matching = filtered(&names, &query.filter);
        let start = matching.partition_point(|name| name.as_str() <= query.after.as_str());
        let window = Window::new(start, PAGE_LENGTH, matching.len());
        let mut repositories = self.rows_of(&visit, &matching[window.range.clone()]).await;
        self.fill_page(&visit, &mut repositories, &query.details).await;
        let list = RepositoryList {
            filter: query.filter.clone(),
            total: names.len() as u64,
            matching: matching.len() as u64,
            walk: walk(&listing, &subject, registry),
            invalid: listing.invalid as u64,
            read_at: (!listing.from_hand).then(|| trace::seconds(listing.read_at)),
            repositories,
            before: window.range.start as u64,
            previous: window.previous.map(|previous| match previous {
                Previous::Beginning => String::new(),
                Previous::After(position) => matching[position].to_string(),
            }),
            next: window.next.map(|position| matching[position].clone()),
        };
        Ok(visit.page(list))
    }

    /// What the rows of these repositories show.
    pub async fn repository_details(
        &self,
        registry: &str,
        names: &[RepositoryName],
    ) -> Result<Page<Vec<(RepositoryName, Details<RepositoryDetails>)>>, Failure> {
        if names.len() > PAGE_LENGTH {
            return Err(failure::invalid(
                "Too many rows at once",
                format!("At most {PAGE_LENGTH} repositories are read at a time."),
            ));
        }
        let visit = Visit::begin(self, self.by_name(registry)?, false);
        let details = rows::fill_repositories(self, &visit, names).await;
        Ok(visit.page(names.iter().cloned().zip(details).collect()))
    }

    /// The rows with what is known of them without asking.
    async fn rows_of(&self, visit: &Visit<'_>, names: &[&RepositoryName]) -> Vec<RepositoryRow> {
        let mut page = Vec::with_capacity(names.len());
        for name in names {
            let fresh =
                if visit.request.refresh { None } else { self.rows().fresh_repository(visit.registry, name).await };
            page.push(RepositoryRow { name: RepositoryName::clone(name), details: fresh.unwrap_or_default() });
        }
        page
    }

    /// Fills the rows from the one of this name on; none where it is empty.
    async fn fill_page(&self, visit: &Visit<'_>, page: &mut [RepositoryRow], from: &str) {
        if from.is_empty() {
            return;
        }
        let first = page.partition_point(|row| row.name.as_str() < from);
        let asked: Vec<_> = page[first..].iter().map(|row| row.name.clone()).collect();
        let details = rows::fill_repositories(self, visit, &asked).await;
        for (row, details) in page[first..].iter_mut().zip(details) {
            row.details = details;
        }
    }
}

/// The names that pass a filter: with a `/` at its end those that begin with it, else those that have it in them.
fn filtered<'a>(names: &'a [RepositoryName], filter: &str) -> Vec<&'a RepositoryName> {
    // Names are of lower case letters only.
    let filter = filter.trim().to_lowercase();
    if filter.is_empty() {
        return names.iter().collect();
    }
    if !filter.ends_with('/') {
        return names.iter().filter(|name| name.as_str().contains(&filter)).collect();
    }
    // They are sorted, so that those with one beginning stand together.
    let start = names.partition_point(|name| name.as_str() < filter.as_str());
    names[start..].iter().take_while(|name| name.as_str().starts_with(&filter)).collect()
}

fn not_offered(query: &RepositoriesQuery) -> RepositoryList {
    RepositoryList {
        filter: query.filter.clone(),
        total: 0,
        matching: 0,
        walk: Walk::NotOffered,
        invalid: 0,
        read_at: None,
        repositories: Vec::new(),
        before: 0,
        previous: None,
        next: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_narrow_the_names() {
        let names: Vec<RepositoryName> = ["a/b", "lib", "lib-x/y", "lib/one", "lib/two", "z/lib/x"]
            .iter()
            .map(|name| name.parse().unwrap())
            .collect();
        let found = |filter: &str| filtered(&names, filter).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(found("").len(), 6);
        assert_eq!(found("lib/"), ["lib/one", "lib/two"]);
        assert_eq!(found("LIB"), ["lib", "lib-x/y", "lib/one", "lib/two", "z/lib/x"]);
        assert!(found("zz/").is_empty());
    }
}
