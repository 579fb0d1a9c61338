//! What stands before a registry's repositories, and which registry a reference means: pages, links and the service agree.

use strata::oci::Reference;
use strata::service::{Service, ServiceSettings};
use strata::view::site::Site;

use super::support::{Sample, reference, tags_query};

fn site(service: &Service) -> Site {
    Site { registries: service.registries().registries, origin: None }
}

/// The registry and repository that a path means, as the page's frame tells it.
fn split(site: &Site, text: &str) -> (String, String) {
    let (registry, repository) = site.split(&reference(text));
    (registry.unwrap().name.clone(), repository.to_string())
}

#[tokio::test]
async fn the_only_registry_has_no_prefix() {
    let sample = Sample::start().await;
    let service = sample.service();
    let site = site(&service);
    assert_eq!(site.registries[0].prefix, "");
    assert!(!site.registries[0].one_of_several && !site.has_several());
    let page = service.tags(&tags_query("payments/api")).await.unwrap();
    assert_eq!(page.registry, site.registries[0]);
}

#[tokio::test]
async fn each_of_several_registries_has_its_name_as_prefix() {
    let (first, second) = (Sample::start().await, Sample::start().await);
    let service = Service::new(vec![first.client("one"), second.client("two")], ServiceSettings::default());
    let site = site(&service);
    let prefixes: Vec<_> = site.registries.iter().map(|registry| registry.prefix.as_str()).collect();
    assert_eq!(prefixes, ["one/", "two/"]);

    for (registry, sample, other) in [(&site.registries[0], &first, &second), (&site.registries[1], &second, &first)] {
        let text = format!("{}payments/api", registry.prefix);
        assert_eq!(split(&site, &text), (registry.name.clone(), "payments/api".to_owned()));
        // The service asks the registry that the frame of the page names.
        let page = service.tags(&tags_query(&text)).await.unwrap();
        assert_eq!(page.registry, *registry);
        assert_eq!(sample.log.take(), ["GET /v2/payments/api/tags/list"]);
        assert!(other.log.take().is_empty());
        // Links that a page writes lead back to the same registry.
        let permalink = service
            .image(&strata::view::image::ImageQuery::new(reference(&format!("{text}:latest"))))
            .await
            .unwrap()
            .content
            .permalink;
        let path = permalink.split(['?', '@']).next().unwrap().trim_start_matches('/');
        let linked: Reference = path.parse().unwrap();
        assert_eq!(split(&site, &linked.to_string()), (registry.name.clone(), "payments/api".to_owned()));
        sample.log.take();
    }

    // Without a name it is the first one's.
    assert_eq!(split(&site, "payments/api"), ("one".to_owned(), "payments/api".to_owned()));
    let page = service.tags(&tags_query("payments/api")).await.unwrap();
    assert_eq!(page.registry.name, "one");
}
