//! Where a page stands: registry, namespaces, repository, tag, each a link but the last.

use leptos::either::Either;
use leptos::prelude::*;

use crate::oci::{Reference, RepositoryName};
use crate::view::address::{Address, AddressError};
use crate::view::{RegistryFacts, Site, link};

/// One step of the way; the page itself has no link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    text: String,
    href: Option<String>,
}

impl Crumb {
    fn link(text: &str, href: String) -> Self {
        Self { text: text.to_owned(), href: Some(href) }
    }

    fn here(text: &str) -> Self {
        Self { text: text.to_owned(), href: None }
    }
}

/// The way to an address, as far as it and the settings tell. `registry` is the one that `?registry=` names.
pub(super) fn way(site: &Site, address: &Result<Address, AddressError>, registry: &str) -> Vec<Crumb> {
    let host = |registry: Option<&RegistryFacts>| {
        registry.map(|registry| Crumb::link(&registry.host, link::repositories(&registry.prefix)))
    };
    let mut crumbs = Vec::new();
    if site.has_several() {
        crumbs.push(Crumb::link("Registries", "/".to_owned()));
    }
    let here = match address {
        Ok(Address::Home) if site.has_several() => None,
        Ok(Address::Home) | Err(_) => {
            crumbs.extend(host(site.registry("")));
            None
        }
        Ok(Address::Registry(name)) => {
            crumbs.extend(host(site.registry(name)));
            None
        }
        Ok(Address::Tags(reference)) => {
            push_repository(&mut crumbs, site, reference);
            None
        }
        Ok(Address::Image(reference, _)) => {
            push_repository(&mut crumbs, site, reference);
            match (&reference.tag, &reference.digest) {
                (_, Some(digest)) => Some(format!("{}:{}…", digest.algorithm_name(), digest.short())),
                (Some(tag), None) => Some(tag.to_string()),
                (None, None) => None,
            }
        }
        Ok(Address::Compare) => Some("Compare".to_owned()),
        Ok(Address::Search) => {
            crumbs.extend(host(site.registry(registry)));
            Some("Search".to_owned())
        }
        Ok(Address::RegistryFacts) => {
            crumbs.extend(host(site.registry(registry)));
            Some("About this registry".to_owned())
        }
        Ok(Address::ApiGuide) => Some("JSON API".to_owned()),
    };
    match here {
        Some(here) => crumbs.push(Crumb::here(&here)),
        // The last step is the page itself.
        None => {
            if let Some(last) = crumbs.last_mut() {
                last.href = None;
            }
        }
    }
    crumbs
}

fn push_repository(crumbs: &mut Vec<Crumb>, site: &Site, reference: &Reference) {
    let (registry, repository) = site.split(reference);
    let prefix = registry.map(|registry| registry.prefix.as_str()).unwrap_or_default();
    crumbs.extend(registry.map(|registry| Crumb::link(&registry.host, link::repositories(prefix))));
    for (namespace, name) in namespaces(&repository) {
        crumbs.push(Crumb::link(name, link::namespace(prefix, namespace)));
    }
    crumbs.push(Crumb::link(repository.base_name(), link::tags(prefix, &repository)));
}

/// Every namespace around a repository, outermost first: the whole of it, and its own name.
fn namespaces(repository: &RepositoryName) -> impl Iterator<Item = (&str, &str)> {
    let text = repository.as_str();
    text.match_indices('/').map(move |(end, _)| {
        let namespace = text.get(..end).unwrap_or_default();
        (namespace, namespace.rsplit('/').next().unwrap_or_default())
    })
}

/// The way to this page.
#[component]
pub fn Breadcrumbs(
    /// Its steps.
    crumbs: Vec<Crumb>,
) -> impl IntoView {
    let steps = crumbs
        .into_iter()
        .enumerate()
        .map(|(position, crumb)| {
            let slash = (position > 0).then(|| view! { <span class="slash" aria-hidden="true">"/"</span> });
            let step = match crumb.href {
                Some(href) => Either::Left(view! { <a href=href>{crumb.text}</a> }),
                None => Either::Right(view! { <span aria-current="page">{crumb.text}</span> }),
            };
            view! { {slash} {step} }
        })
        .collect_view();
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            {steps}
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(names: &[&str]) -> Site {
        let registry = |(position, name): (usize, &&str)| RegistryFacts {
            name: (*name).to_owned(),
            prefix: if position == 0 { String::new() } else { format!("{name}/") },
            host: format!("{name}.example"),
            ..RegistryFacts::default()
        };
        Site { registries: names.iter().enumerate().map(registry).collect(), public_url: None }
    }

    fn words(site: &Site, path: &str) -> String {
        let crumbs = way(site, &Address::parse(path), "");
        let words: Vec<_> = crumbs
            .into_iter()
            .map(|crumb| crumb.href.map_or(crumb.text.clone(), |href| format!("{}({href})", crumb.text)))
            .collect();
        words.join(" ")
    }

    #[test]
    fn steps_lead_from_the_registry_to_the_page() {
        let site = site(&["hub"]);
        assert_eq!(words(&site, "/"), "hub.example");
        assert_eq!(words(&site, "/a/b/c"), "hub.example(/) a(/?filter=a/) b(/?filter=a/b/) c");
        assert_eq!(words(&site, "/a/c:1/-/config"), "hub.example(/) a(/?filter=a/) c(/a/c) 1");
        assert_eq!(words(&site, "/-/api"), "JSON API");
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(words(&site, &format!("/c@{digest}")), "hub.example(/) c(/c) sha256:aaaaaaaaaaaa…");
    }

    #[test]
    fn several_registries_have_a_list_before_them() {
        let site = site(&["hub", "inner"]);
        assert_eq!(words(&site, "/"), "Registries");
        assert_eq!(words(&site, "/inner/"), "Registries(/) inner.example");
        assert_eq!(words(&site, "/inner/a/b"), "Registries(/) inner.example(/inner/) a(/inner/?filter=a/) b");
    }
}
