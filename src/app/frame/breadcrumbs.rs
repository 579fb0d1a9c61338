//! Where a page stands: registry, namespaces, repository, tag, each a link but the last.

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::text::visible_line;
use crate::oci::{Reference, RepositoryName};
use crate::view::address::{Address, AddressError, ImageView};
use crate::view::link::PlatformLink;
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

/// The repository that both references of a comparison are of, if it is one. What is no reference as paths write it, such as
/// a pasted command, is not looked into.
pub(super) fn compared_repository(site: &Site, from: &str, to: &str) -> Option<Reference> {
    let [from, to] = [from, to].map(|text| text.trim().parse::<Reference>().ok());
    let (from, to) = (from?, to?);
    let place = |reference: &Reference| {
        let (registry, repository) = site.split(reference);
        (registry.map(|registry| registry.name.clone()), repository)
    };
    (place(&from) == place(&to)).then_some(from)
}

/// The way to an address, as far as it and the settings tell. `registry` is the one that `?registry=` names, `compared` the
/// repository that both sides of a comparison are of.
pub(super) fn way(
    site: &Site,
    address: &Result<Address, AddressError>,
    registry: &str,
    compared: Option<&Reference>,
) -> Vec<Crumb> {
    let host = |registry: Option<&RegistryFacts>| {
        registry.map(|registry| Crumb::link(registry.title(), link::repositories(&registry.prefix)))
    };
    let mut crumbs = Vec::new();
    if site.has_several() {
        crumbs.push(Crumb::link("Registries", link::site("/")));
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
            name_of(reference)
        }
        Ok(Address::Files(reference, path) | Address::Layer(reference, _, path)) => {
            push_repository(&mut crumbs, site, reference);
            let (registry, repository) = site.split(reference);
            let prefix = registry.map(|registry| registry.prefix.as_str()).unwrap_or_default();
            let own = Reference { repository, ..reference.clone() };
            let image = link::image(prefix, &own, ImageView::default(), &PlatformLink::none());
            crumbs.extend(name_of(reference).map(|name| Crumb::link(&name, image)));
            let path = path.readable();
            Some(if path == "/" { "Files".to_owned() } else { visible_line(path.trim_start_matches('/')).into_owned() })
        }
        Ok(Address::Compare) => {
            match compared {
                Some(reference) => push_repository(&mut crumbs, site, reference),
                None if !site.has_several() => crumbs.extend(host(site.registry(""))),
                None => {}
            }
            Some("Compare".to_owned())
        }
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

/// A tag, or a digest in short.
fn name_of(reference: &Reference) -> Option<String> {
    match (&reference.tag, &reference.digest) {
        (_, Some(digest)) => Some(format!("{}:{}…", digest.algorithm_name(), digest.short())),
        (Some(tag), None) => Some(tag.to_string()),
        (None, None) => None,
    }
}

fn push_repository(crumbs: &mut Vec<Crumb>, site: &Site, reference: &Reference) {
    let (registry, repository) = site.split(reference);
    let prefix = registry.map(|registry| registry.prefix.as_str()).unwrap_or_default();
    crumbs.extend(registry.map(|registry| Crumb::link(registry.title(), link::repositories(prefix))));
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
            one_of_several: names.len() > 1,
            ..RegistryFacts::default()
        };
        Site { registries: names.iter().enumerate().map(registry).collect(), origin: None }
    }

    fn words(site: &Site, path: &str) -> String {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let member = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default();
        let compared = compared_repository(site, member("from="), member("to="));
        let crumbs = way(site, &Address::parse(path), "", compared.as_ref());
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
        assert_eq!(
            words(&site, "/a/c:1/-/files/etc/passwd"),
            "hub.example(/) a(/?filter=a/) c(/a/c) 1(/a/c:1) etc/passwd"
        );
        assert_eq!(words(&site, "/c:1/-/files/"), "hub.example(/) c(/c) 1(/c:1) Files");
        assert_eq!(words(&site, "/-/api"), "JSON API");
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(words(&site, &format!("/c@{digest}")), "hub.example(/) c(/c) sha256:aaaaaaaaaaaa…");
    }

    #[test]
    fn a_comparison_stands_in_its_repository_if_it_has_one() {
        let site = site(&["hub", "inner"]);
        let way = |from: &str, to: &str| words(&site, &format!("/-/compare?from={from}&to={to}"));
        assert_eq!(
            way("inner/a/b:1", "inner/a/b:2"),
            "Registries(/) inner(/inner/) a(/inner/?filter=a/) b(/inner/a/b) Compare"
        );
        assert_eq!(way("hub/b:1", "b:2"), "Registries(/) hub(/) b(/b) Compare");
        for (from, to) in [("a/b:1", "a/c:1"), ("inner/a:1", "a:1"), ("a:1", ""), ("docker pull a", "a:1")] {
            assert_eq!(way(from, to), "Registries(/) Compare", "{from} {to}");
        }
        assert_eq!(words(&self::site(&["hub"]), "/-/compare?from=a:1&to=b:1"), "hub.example(/) Compare");
    }

    #[test]
    fn several_registries_have_a_list_before_them() {
        let site = site(&["hub", "inner"]);
        assert_eq!(words(&site, "/"), "Registries");
        assert_eq!(words(&site, "/inner/"), "Registries(/) inner");
        assert_eq!(words(&site, "/inner/a/b"), "Registries(/) inner(/inner/) a(/inner/?filter=a/) b");
    }
}
