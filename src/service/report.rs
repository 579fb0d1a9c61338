//! What a registry is and can do, as far as it can be told without reading its content.

use std::time::Duration;

use super::Service;
use super::capabilities::{capabilities, not_listed};
use super::failure::Subject;
use super::registries::Registry;
use super::visit::Visit;
use crate::anatomy::size::{count, counted, decimal};
use crate::layers::StoreState;
use crate::registry::{CacheState, Error, Limits};
use crate::view::registry::{CacheRow, Capability, LimitRow, RegistryReport};
use crate::view::{Failure, Page};

impl Service {
    /// What a registry is and can do; the first one where the name is empty. Where it does not answer, the report says so and
    /// has all that is known without it.
    pub async fn registry(&self, name: &str, refresh: bool) -> Result<Page<RegistryReport>, Failure> {
        let registry = self.by_name(name)?;
        let visit = Visit::begin(self, registry, refresh);
        let client = registry.client();
        let (probe, problem) = match client.check(&visit.request).await {
            Ok(probe) => (Some(probe), None),
            Err(error) => (None, Some(visit.fail(&error, &Subject::Registry))),
        };
        let mut catalog = None;
        if probe.is_some() {
            let (said, _) = tokio::join!(self.catalog(&visit), client.survey(&visit.request));
            catalog = Some(said);
        }
        let settings = client.settings();
        let report = RegistryReport {
            url: shown(&settings.url),
            account: registry.facts().account.clone(),
            capabilities: capabilities(&client.capabilities(), probe.as_ref(), catalog),
            limits: limits(&settings.limits, self),
            caches: self.caches(registry),
            problem,
        };
        Ok(visit.page(report))
    }

    /// What is known of a registry without asking it.
    pub fn known_capabilities(&self, name: &str) -> Vec<Capability> {
        let known = self.named(name).map(|registry| registry.client().capabilities());
        capabilities(&known.unwrap_or_default(), None, None)
    }

    /// Whether it lists its repositories, as a sentence.
    async fn catalog(&self, visit: &Visit<'_>) -> String {
        match visit.registry.client().catalog(&visit.request).await {
            Ok(listing) if listing.from_hand => {
                format!("Not asked for: the settings name {} repositories", count(listing.names.len() as u64))
            }
            Ok(listing) => {
                let names = count(listing.names.len() as u64);
                if listing.complete {
                    format!("Lists its {}", counted(listing.names.len() as u64, "repository"))
                } else if listing.reading {
                    format!("Lists its repositories; {names} have been read so far")
                } else {
                    format!("Lists its repositories; the first {names} are shown")
                }
            }
            Err(Error::NotOffered { status, .. }) => not_listed(status),
            Err(error) => super::failure::sentence(&error, &Subject::Repositories, visit.registry),
        }
    }

    fn caches(&self, registry: &Registry) -> Vec<CacheRow> {
        let client = registry.client();
        let row = |name: &str, state: CacheState| CacheRow {
            name: name.to_owned(),
            entries: state.entries,
            bytes: Some(state.bytes),
            capacity: Some(state.capacity),
        };
        let plain = |name: &str, entries| CacheRow { name: name.to_owned(), entries, bytes: None, capacity: None };
        vec![
            row("Manifests, configs and other blobs, by digest, of all registries", client.documents_kept()),
            row("Manifests and configs, parsed, of all registries", self.documents().state()),
            row("Rows of lists, by repository, of all registries", self.rows().state()),
            row("Sorted lists, of all registries", self.orders().state()),
            row("Layers' indexes, kept, of all registries", kept(&self.layers().store_state())),
            row("Layers' trees, in memory, of all registries", self.trees().state()),
            row("Lists of repositories and tags, of this registry", client.lists_kept()),
            row("Lists of referrers, of this registry", client.referrers_kept()),
            plain("Tags of this registry with the digest they stood at", client.tags_known()),
            plain("Digests with the repositories they were seen in, of all registries", self.sightings().count()),
        ]
    }
}

fn kept(store: &StoreState) -> CacheState {
    CacheState { entries: store.indexes, bytes: store.bytes, capacity: store.budget }
}

/// The URL without what may be secret in it.
fn shown(url: &url::Url) -> String {
    let mut url = url.clone();
    // Fails only where a URL can have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

fn limits(limits: &Limits, service: &Service) -> Vec<LimitRow> {
    let row = |name: &str, value: String| LimitRow { name: name.to_owned(), value };
    let size = |name: &str, bytes| row(name, decimal(bytes));
    let number = |name: &str, number: usize| row(name, count(number as u64));
    let time = |name: &str, time| row(name, duration(time));
    vec![
        size("Longest manifest or index", limits.manifest_bytes),
        size("Longest config", limits.config_bytes),
        size("Longest page of a list", limits.list_page_bytes),
        number("Most names in a list", limits.walk_names),
        row("Most pages of a list", count(u64::from(limits.walk_pages))),
        time("Longest walk through a list", limits.walk_time),
        number("Requests at the same time", limits.concurrency),
        row("Repetitions of a request that failed", limits.retries.to_string()),
        row("Redirects followed", limits.redirects.to_string()),
        time("Longest wait for a connection", limits.connect),
        time("Longest wait for an answer", limits.first_byte),
        time("Longest pause within an answer", limits.idle),
        time("Longest request", limits.total),
        time("Longest wait of a page", service.settings().page_deadline),
        time("A tag is believed to stand where it stood for", limits.tag_ttl),
        time("A list of tags is believed for", limits.tag_list_ttl),
        time("A list of repositories is believed for", limits.catalog_ttl),
    ]
}

fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds if seconds < 120 && time.subsec_millis() == 0 => format!("{seconds} s"),
        seconds if seconds < 120 => format!("{seconds}.{} s", time.subsec_millis() / 100),
        seconds => format!("{} min", seconds / 60),
    }
}
