//! Which registry a name or reference means. Nothing that a reader types makes the server ask a host that is not configured.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Service;
use super::failure::{self, Subject};
use super::visit::Visit;
use crate::oci::{Reference, RepositoryName};
use crate::registry::{Client, Entry, EntryKind, Error};
use crate::view::registries::RegistryList;
use crate::view::{Failure, RegistryFacts};

/// A configured registry.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    position: usize,
    client: Client,
    facts: RegistryFacts,
    /// Whether it has ever asked for a token, so that a command to repeat a request names one.
    tokens: Arc<AtomicBool>,
}

impl Registry {
    pub(crate) fn new(position: usize, client: Client, one_of_several: bool) -> Self {
        let facts = facts(&client, one_of_several);
        Self { position, client, facts, tokens: Arc::default() }
    }

    /// Its place in the settings: a part of cache keys.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// The client that asks it.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// How pages name it.
    pub(crate) fn facts(&self) -> &RegistryFacts {
        &self.facts
    }

    /// What its paths and references begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.facts.prefix
    }

    /// Its name in the settings.
    pub(crate) fn name(&self) -> &str {
        &self.facts.name
    }

    /// Whether it signs its readers in with tokens, as far as is known.
    pub(crate) fn uses_tokens(&self) -> bool {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Remembers what a page's requests tell about it.
    pub(crate) fn learn(&self, requests: &[Entry]) {
        if !self.uses_tokens() && requests.iter().any(|entry| entry.kind == EntryKind::TokenExchange) {
            self.tokens.store(true, Ordering::Relaxed);
        }
    }
}

fn facts(client: &Client, one_of_several: bool) -> RegistryFacts {
    let settings = client.settings();
    let mut host = settings.url.host_str().unwrap_or_default().to_owned();
    if let Some(port) = settings.url.port() {
        host.push(':');
        host.push_str(&port.to_string());
    }
    host.push_str(settings.url.path().trim_end_matches('/'));
    RegistryFacts {
        name: settings.name.clone(),
        prefix: if one_of_several { format!("{}/", settings.name) } else { String::new() },
        pull_host: settings.pull_name.clone().unwrap_or_else(|| host.clone()),
        plain_http: settings.url.scheme() == "http" && settings.pull_name.is_none(),
        host,
        account: settings.credentials.as_ref().map(|credentials| credentials.account().to_owned()),
        one_of_several,
    }
}

impl Service {
    /// Every registry of the settings.
    pub fn registries(&self) -> RegistryList {
        RegistryList { registries: self.all().iter().map(|registry| registry.facts().clone()).collect() }
    }

    /// Whether this is the name of a registry, so that `/{name}` means `/{name}/`. Where there is only one, a repository of it
    /// that is called so comes first; where that cannot be told, too.
    pub async fn is_registry(&self, name: &RepositoryName) -> bool {
        match self.named(name.as_str()) {
            None => false,
            Some(_) if self.several() => true,
            Some(registry) => shows(&Visit::begin(self, registry, false), name).await.is_ok_and(|shows| !shows),
        }
    }

    pub(crate) fn several(&self) -> bool {
        self.all().len() > 1
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Registry> {
        self.all().iter().find(|registry| registry.name() == name)
    }

    /// The registry of this name, the first one where it is empty.
    pub(crate) fn by_name(&self, name: &str) -> Result<&Registry, Failure> {
        if name.is_empty() {
            return self.first();
        }
        self.named(name).ok_or_else(|| failure::unknown_registry(name, self.all()))
    }

    pub(crate) fn first(&self) -> Result<&Registry, Failure> {
        self.all().first().ok_or_else(failure::no_registry)
    }

    /// The registry that a reference names, and the reference within it.
    ///
    /// With several registries a first component that is one's name names it. With one registry its name is accepted too,
    /// unless the registry shows a repository of the whole name.
    pub(crate) async fn locate(&self, reference: &Reference, refresh: bool) -> Result<(Visit<'_>, Reference), Failure> {
        self.locate_by(reference, |registry| Visit::begin(self, registry, refresh)).await
    }

    /// The same for a page that speaks of another reference already: its requests are recorded together.
    pub(crate) async fn locate_beside(
        &self,
        reference: &Reference,
        visit: &Visit<'_>,
    ) -> Result<(Visit<'_>, Reference), Failure> {
        self.locate_by(reference, |registry| visit.at(registry)).await
    }

    async fn locate_by<'a>(
        &'a self,
        reference: &Reference,
        begin: impl Fn(&'a Registry) -> Visit<'a>,
    ) -> Result<(Visit<'a>, Reference), Failure> {
        let (first, rest) = reference.repository.split_first();
        let named = self.named(first).zip(rest);
        let (visit, repository) = match named {
            Some((registry, rest)) => {
                let visit = begin(registry);
                let shortened = self.several() || !shows(&visit, &reference.repository).await?;
                (visit, if shortened { rest } else { reference.repository.clone() })
            }
            None => (begin(self.first()?), reference.repository.clone()),
        };
        let repository = in_full(&visit.registry.client().settings().url, repository);
        Ok((visit, Reference { repository, ..reference.clone() }))
    }
}

/// The name under which the registry has a repository: at Docker Hub, one without a namespace stands in `library`.
fn in_full(registry: &url::Url, name: RepositoryName) -> RepositoryName {
    let hub = registry.host_str() == Some("registry-1.docker.io") && name.namespace().is_none();
    if !hub {
        return name;
    }
    format!("library/{name}").parse().unwrap_or(name)
}

/// Whether the registry's catalog or a tag list shows a repository of this name.
async fn shows(visit: &Visit<'_>, name: &RepositoryName) -> Result<bool, Failure> {
    let client = visit.registry.client();
    match client.tags(&visit.request, name).await {
        Ok(listing) if !listing.names.is_empty() => Ok(true),
        // Some registries answer with an empty list for what they do not have.
        Ok(_) => match client.catalog(&visit.request).await {
            Ok(catalog) => Ok(catalog.names.contains(name)),
            Err(_) => Ok(false),
        },
        Err(Error::NotFound { .. } | Error::Unauthorized { .. } | Error::Denied { .. }) => Ok(false),
        Err(error) => Err(visit.fail(&error, &Subject::Tags(name.clone()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_hubs_own_images_have_a_namespace() {
        for (registry, name, expected) in [
            ("https://registry-1.docker.io", "nginx", "library/nginx"),
            ("https://registry-1.docker.io", "grafana/grafana", "grafana/grafana"),
            ("https://registry.example", "nginx", "nginx"),
        ] {
            let found = in_full(&registry.parse().unwrap(), name.parse().unwrap());
            assert_eq!(found.as_str(), expected, "{registry} {name}");
        }
    }
}
