//! Where a text that was typed or pasted into the search box leads. At most a list of tags or the catalog is asked for it, and
//! only of a registry that is configured.

use super::registries::Registry;
use super::visit::Visit;
use super::{Service, failure};
use crate::anatomy::reference_text::endpoint::Endpoint;
use crate::anatomy::reference_text::{self, Pasted};
use crate::anatomy::text::{capitalized, visible_line};
use crate::oci::{Digest, Reference, RepositoryName};
use crate::view::address::{Address, ImageView};
use crate::view::link::{self, PlatformLink};
use crate::view::search::{SearchOutcome, SearchQuery};
use crate::view::{Failure, Page, base_path};

/// Names of this machine, by which nobody reaches another site.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Service {
    /// Where a search leads.
    pub async fn search(&self, query: &SearchQuery) -> Result<Page<SearchOutcome>, Failure> {
        let within = match query.repository.trim() {
            "" => None,
            text => Some(text.parse::<Reference>().map_err(|error| {
                failure::invalid("This is no repository", format!("`in` names one as it cannot be: {error}."))
            })?),
        };
        let (visit, within) = match within {
            Some(reference) => {
                let (visit, located) = self.locate(&reference, false).await?;
                (visit, Some(located))
            }
            None => (Visit::begin(self, self.by_name(&query.registry)?, false), None),
        };
        if let Some(registry) = self.called(&query.q) {
            return Ok(visit.page(SearchOutcome::Page { path: link::repositories(registry.prefix()) }));
        }
        let outcome = match reference_text::parse(&query.q) {
            Pasted::Reference { host: None, reference } => self.without_host(visit.registry, &reference),
            Pasted::Reference { host: Some(host), reference } => self.with_host(&visit, &host, &reference).await,
            Pasted::Digest(digest) => self.digest(visit.registry, within.as_ref(), digest).await,
            Pasted::Path { host, path } => self.path(host.as_deref(), &path),
            Pasted::Words(words) => self.words(&visit, &words).await,
        };
        Ok(visit.page(outcome))
    }

    /// The registry that is called so: by its name where there are several, by its host alone.
    fn called(&self, text: &str) -> Option<&Registry> {
        let text = text.trim().trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
        let is_host = |registry: &&Registry| {
            let facts = registry.facts();
            [facts.host.as_str(), facts.pull_host.as_str()].iter().any(|host| canonical(host) == canonical(text))
        };
        self.named(text).filter(|_| self.several()).or_else(|| self.all().iter().find(is_host))
    }

    /// A reference without a host: in the registry whose page it was typed on, unless it begins with another's name.
    fn without_host(&self, registry: &Registry, reference: &Reference) -> SearchOutcome {
        let named = self.several()
            && matches!(reference.repository.split_first(), (first, Some(_)) if self.named(first).is_some());
        to(if named { "" } else { registry.prefix() }, reference)
    }

    /// A reference with a host: only matched with those that are configured, never asked.
    async fn with_host(&self, visit: &Visit<'_>, host: &str, reference: &Reference) -> SearchOutcome {
        if let Some((registry, reference)) = self.at_host(host, reference) {
            return to(registry.prefix(), &reference);
        }
        let whole = format!("{host}/{reference}");
        // A mirror may keep other registries' images under their hosts' names.
        if let Ok(mirrored) = whole.parse::<Reference>()
            && let Ok(catalog) = visit.registry.client().catalog(&visit.request).await
            && catalog.names.contains(&mirrored.repository)
        {
            return to(visit.registry.prefix(), &mirrored);
        }
        let known: Vec<_> = self.all().iter().map(|registry| registry.facts().pull_host.as_str()).collect();
        SearchOutcome::Nothing {
            reason: format!("{host} is not a registry that Strata is set up to read; it reads {}", known.join(", ")),
        }
    }

    /// The registry that people reach under a host, and the reference within it.
    fn at_host(&self, host: &str, reference: &Reference) -> Option<(&Registry, Reference)> {
        let whole = format!("{host}/{reference}");
        let matching = self.all().iter().flat_map(|registry| {
            let facts = registry.facts();
            [facts.pull_host.as_str(), facts.host.as_str()].map(|known| (registry, canonical(known)))
        });
        let found = matching.filter_map(|(registry, known)| {
            let rest = whole.strip_prefix(&known)?.strip_prefix('/')?;
            Some((known.len(), registry, rest.parse::<Reference>().ok()?))
        });
        // A registry under a path of the same host is meant rather than the host itself.
        found.max_by_key(|(length, _, _)| *length).map(|(_, registry, reference)| (registry, reference))
    }

    /// A reference with a host as paths write it; nothing where no registry is reached under that host.
    pub(crate) fn reference_at(&self, host: &str, reference: &Reference) -> Option<Reference> {
        let (registry, reference) = self.at_host(host, reference)?;
        format!("{}{reference}", registry.prefix()).parse().ok()
    }

    async fn digest(&self, registry: &Registry, within: Option<&Reference>, digest: Digest) -> SearchOutcome {
        if let Some(within) = within {
            return to(registry.prefix(), &Reference::digest(within.repository.clone(), digest));
        }
        let repositories = self.sightings().of(registry, &digest).await;
        SearchOutcome::Digest { digest, repositories }
    }

    /// A link of this site, or an address of a configured registry's own API.
    fn path(&self, host: Option<&str>, path: &str) -> SearchOutcome {
        if let (Some(host), Some(endpoint)) = (host, Endpoint::parse(path))
            && let Some((registry, reference)) =
                self.at_host(&format!("{}{}", canonical(host), endpoint.prefix), &endpoint.reference)
        {
            return to(registry.prefix(), &reference);
        }
        let (whole, query) = path.find('?').map_or((path, ""), |mark| path.split_at(mark));
        let inner = match (base_path::within(whole), host) {
            (Some(inner), _) => inner,
            // What was typed by hand may leave out what stands before all paths.
            (None, None) => whole,
            (None, Some(host)) => return another_site(host),
        };
        let address = match Address::parse(inner) {
            Ok(address) => address,
            Err(error) => return SearchOutcome::Nothing { reason: capitalized(&error.to_string()) },
        };
        let path = format!("{}{query}", link::site(inner));
        let Some(host) = host else { return SearchOutcome::Page { path } };
        let own = self.own_url();
        let loopback = LOOPBACK.contains(&host.rsplit_once(':').map_or(host, |(name, _)| name));
        let ours = match own {
            Some(own) => loopback || is_host(own, host),
            // Where nobody says it, Strata does not know its own name: what can only be an address of its is taken as one.
            None => loopback || !matches!(address, Address::Tags(_)),
        };
        if ours {
            return SearchOutcome::Page { path };
        }
        another_site(host)
    }

    /// The tags of the repository that is called so, else the repositories whose names have these words.
    async fn words(&self, visit: &Visit<'_>, words: &str) -> SearchOutcome {
        if words.is_empty() {
            return SearchOutcome::Nothing { reason: "Nothing was typed".to_owned() };
        }
        if let Ok(repository) = words.parse::<RepositoryName>()
            && let Some(outcome) = self.repository(visit, &repository).await
        {
            return outcome;
        }
        let words = visible_line(words);
        let path = link::repositories(visit.registry.prefix());
        SearchOutcome::Page { path: format!("{path}?{}", link::query(&[("filter", &words)])) }
    }

    /// The tags of a repository, if there is one of exactly this name. A first component that is a registry's name may
    /// name the registry, as it does in paths.
    async fn repository(&self, visit: &Visit<'_>, name: &RepositoryName) -> Option<SearchOutcome> {
        let (first, rest) = name.split_first();
        let named = self.named(first).zip(rest);
        if let Some((registry, rest)) = &named
            && self.several()
        {
            return has(&visit.at(registry), rest).await.then(|| tags(registry, rest));
        }
        if has(visit, name).await {
            return Some(tags(visit.registry, name));
        }
        let (registry, rest) = named?;
        has(&visit.at(registry), &rest).await.then(|| tags(registry, &rest))
    }
}

/// Whether a registry shows a repository of exactly this name: its list of tags, which the page of the repository would
/// read next and finds kept then. Where that cannot be told it is as if there were none, and the list says why.
async fn has(visit: &Visit<'_>, name: &RepositoryName) -> bool {
    let client = visit.registry.client();
    match client.tags(&visit.request, name).await {
        Ok(listing) if !listing.names.is_empty() => true,
        // Some registries answer with an empty list for what they do not have.
        Ok(_) => client.catalog(&visit.request).await.is_ok_and(|catalog| catalog.names.contains(name)),
        Err(_) => false,
    }
}

/// The page of a repository's tags.
fn tags(registry: &Registry, name: &RepositoryName) -> SearchOutcome {
    SearchOutcome::Page { path: link::tags(registry.prefix(), name) }
}

/// The page of a reference: an image's, or a repository's tags.
fn to(prefix: &str, reference: &Reference) -> SearchOutcome {
    let path = if reference.names_manifest() {
        link::image(prefix, reference, ImageView::default(), &PlatformLink::none())
    } else {
        link::tags(prefix, &reference.repository)
    };
    SearchOutcome::Page { path }
}

/// A registry's host as pasted references have it: Docker Hub's own address is never written.
fn canonical(host: &str) -> String {
    match host.to_ascii_lowercase().as_str() {
        "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => "docker.io".to_owned(),
        other => other.to_owned(),
    }
}

fn another_site(host: &str) -> SearchOutcome {
    SearchOutcome::Nothing { reason: format!("The link leads to another site, {host}") }
}

/// Whether a link's host, with its port, is that of a URL.
fn is_host(url: &url::Url, host: &str) -> bool {
    format!("{}://{host}/", url.scheme()).parse::<url::Url>().is_ok_and(|other| other.origin() == url.origin())
}
