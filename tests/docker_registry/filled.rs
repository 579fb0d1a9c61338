//! Strata in front of a real registry that holds the sample and images of Debian packages.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::Router;
use strata::embedded::{self, Layout};
use strata::server::settings::Arguments;

use super::server::{Access, Server};
use super::support::Answer;
use super::{PASSWORD, USER, debian, shown, support};

/// Tags of the sample that cannot be copied there, and why.
const LEFT_OUT: [(&str, &str); 5] = [
    ("lab/indexes:nested", "skopeo knows no index in an index"),
    ("lab/indexes:sparse", "its children are not there"),
    ("lab/images:foreign-layer", "the registry takes no addresses of layers"),
    ("lab/images:sha512-layer", "the registry names blobs by SHA-256 alone"),
    ("lab/ancient:1.0", "skopeo and the registry know schema 1 no longer"),
];

async fn site(server: &Server) -> Router {
    let config = Some(server.settings().display().to_string());
    support::site::site(&Arguments { config, ..Arguments::default() }).await
}

/// The sample on a port of its own, and its tags, each document once.
async fn sample() -> (SocketAddr, Vec<(String, String)>) {
    let layout = Layout::sample();
    let mut documents = BTreeSet::new();
    let mut tags = Vec::new();
    for name in layout.repositories() {
        let repository = layout.repository(name).unwrap();
        for (tag, digest) in repository.tags() {
            let left_out = LEFT_OUT.iter().any(|(known, _)| *known == format!("{name}:{tag}"));
            if !left_out && documents.insert((name.clone(), digest.clone())) {
                tags.push((name.to_string(), tag.to_string()));
            }
        }
    }
    (embedded::serve(layout, 0, std::future::pending()).await.unwrap(), tags)
}

/// Fills a registry with some of the sample and checks all that is shown of it; how many images that were is given back.
async fn fill_and_check(server: &Server, wanted: impl Fn(&str) -> bool) -> usize {
    let (address, tags) = sample().await;
    let tags: Vec<_> = tags.into_iter().filter(|(repository, _)| wanted(repository)).collect();
    for (repository, tag) in &tags {
        server.push_from(&format!("docker://{address}/{repository}:{tag}"), &format!("{repository}:{tag}"));
    }
    let site = site(server).await;
    let mut images = 0;
    for (repository, tag) in &tags {
        images += shown::check(&site, server, repository, tag).await;
    }
    for repository in tags.iter().map(|(repository, _)| repository).collect::<BTreeSet<_>>() {
        lists_tags(&site, server, repository).await;
    }
    images
}

/// Fails unless the page of a repository has every tag that skopeo lists.
async fn lists_tags(site: &Router, server: &Server, repository: &str) {
    let listed = server.tags(repository);
    let page = Answer::get(site, &format!("/{repository}")).await;
    assert_eq!(page.status, 200, "{repository}");
    let document = Answer::get(site, &format!("/-/api/tags/{repository}")).await.json();
    let shown: BTreeSet<_> =
        document["tags"].as_array().unwrap().iter().map(|row| row["tag"].as_str().unwrap()).collect();
    assert_eq!(shown, listed.iter().map(String::as_str).collect(), "{repository}");
    page.says(&listed.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_sample_is_shown_as_it_stands_in_an_open_registry() {
    let Some(server) = Server::start(Access::Open) else { return };
    let images = fill_and_check(&server, |_| true).await;
    assert!(images > 60, "{images}");
}

#[tokio::test(flavor = "multi_thread")]
async fn images_are_shown_as_they_stand_behind_a_password() {
    let Some(server) = Server::start(Access::Password(USER, PASSWORD)) else { return };
    let images = fill_and_check(&server, |repository| repository.starts_with("base/")).await;
    assert!(images > 10, "{images}");
}

#[tokio::test(flavor = "multi_thread")]
async fn images_are_shown_as_they_stand_behind_a_private_authority() {
    let Some(server) = Server::start(Access::Tls) else { return };
    let images = fill_and_check(&server, |repository| repository.starts_with("platform/")).await;
    assert!(images > 10, "{images}");
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_debian_packages_are_shown_as_they_stand() {
    let Some(server) = Server::start(Access::Open) else { return };
    let folder = tempfile::tempdir().unwrap();
    if !debian::write_layout(folder.path()) {
        return;
    }
    let source = format!("oci:{}:{}", folder.path().join("layout").display(), debian::INDEX);
    server.push_from(&source, "debian/busybox:1");
    let site = site(&server).await;
    assert_eq!(shown::check(&site, &server, "debian/busybox", "1").await, 2);
    let page = Answer::get(&site, "/debian/busybox:1?platform=linux/arm64").await;
    page.says(&["linux/arm64", "mmdebstrap --variant=extract", "COPY motd /etc/motd", "3 layers"]);
}
