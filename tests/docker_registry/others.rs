//! Registries of other makers, where there is Go; and another maker's client before Strata's own registry.

use std::collections::BTreeSet;

use strata::embedded::{self, Layout};
use strata::oci::{Manifest, Tag};
use strata::registry::capabilities::{CatalogAnswer, ExtensionsAnswer, RangeAnswer, TagListAnswer};
use strata::registry::{Credentials, Error, ManifestReference, Request, Secret};

use super::server::{Access, Maker, Server};
use super::support::digest_of;
use super::support::process::{go_program, run};
use super::{PASSWORD, USER, client, layout, name, read_all, tag};

#[tokio::test]
async fn distribution_3_is_read() {
    let Some(server) = Server::start_by(Maker::Distribution, Access::Open) else { return };
    server.fill();
    let reader = client(&server, |_| {});
    read_all(&reader, &server).await;

    // It sends pages, set to two tags each, only where they are asked for: here because all at once is too much.
    server.push("app/web:2.0", &layout::image("amd64", "second"), &[]);
    server.push("app/web:3.0", &layout::image("amd64", "third"), &[]);
    let reader = client(&server, |settings| settings.limits.list_page_bytes = 50);
    let request = Request::new();
    let listing = reader.tags(&request, &name("app/web")).await.unwrap();
    let tags: Vec<_> = listing.names.iter().map(Tag::as_str).collect();
    assert_eq!(tags, ["1.0", "2.0", "3.0", "docker", "multi"]);
    assert_eq!((listing.pages, listing.complete), (3, true));
    reader.catalog(&Request::new()).await.unwrap();
    let document = reader.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap();
    let Ok(Manifest::Image(image)) = Manifest::parse(&document.bytes, Some(&document.media_type)) else {
        panic!("an image");
    };
    reader.config(&Request::new(), &name("app/web"), &image.config.unwrap()).await.unwrap();

    let known = reader.survey(&Request::new()).await;
    assert_eq!(known.catalog.unwrap().value, CatalogAnswer::Listed { paged: false });
    assert_eq!(known.tag_lists.unwrap().value, TagListAnswer::Paged { names: 2 });
    assert_eq!(known.ranges.unwrap().value, RangeAnswer::Part);
    assert_eq!(known.extensions.unwrap().value, ExtensionsAnswer::NotOffered(404));
    assert_eq!(known.api_version.unwrap().value, "registry/2.0");

    match reader.manifest(&Request::new(), &name("app/web"), &tag("none")).await.unwrap_err() {
        Error::NotFound { errors, .. } => assert_eq!(errors[0].code, "MANIFEST_UNKNOWN"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn distribution_3_is_read_with_a_password() {
    let Some(server) = Server::start_by(Maker::Distribution, Access::Password(USER, PASSWORD)) else { return };
    server.fill();
    let reader = client(&server, |settings| settings.credentials = Some(Credentials::new(USER, Secret::new(PASSWORD))));
    read_all(&reader, &server).await;
}

#[tokio::test]
async fn cranes_registry_is_read() {
    let Some(server) = Server::start_by(Maker::Crane, Access::Open) else { return };
    server.fill();
    let reader = client(&server, |_| {});
    read_all(&reader, &server).await;
    let document = reader.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap();
    let by_digest = ManifestReference::Digest(document.digest.clone());
    assert_eq!(reader.manifest(&Request::new(), &name("app/web"), &by_digest).await.unwrap().bytes, document.bytes);

    let known = reader.survey(&Request::new()).await;
    assert_eq!(known.tag_lists.unwrap().value, TagListAnswer::Whole { names: 3 });
    assert_eq!(known.ranges.unwrap().value, RangeAnswer::Part);
}

#[tokio::test(flavor = "multi_thread")]
async fn crane_reads_stratas_own_registry() {
    let Some(crane) = go_program("crane") else { return };
    let address = embedded::serve(Layout::sample(), 0, std::future::pending()).await.unwrap();
    let layout = Layout::sample();
    let ask = |arguments: &[&str]| String::from_utf8(run(&crane, arguments)).unwrap();
    let lines = |text: String| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();

    let repositories = layout.repositories().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(lines(ask(&["catalog", &address.to_string()])), repositories);
    for repository in ["base/linux", "payments/api"] {
        let tags = layout.repository(&name(repository)).unwrap().tags();
        let tags = tags.map(|(tag, _)| tag.to_string()).collect::<BTreeSet<_>>();
        assert_eq!(lines(ask(&["ls", &format!("{address}/{repository}")])), tags);
    }
    let reference = format!("{address}/base/linux:latest");
    let manifest = run(&crane, &["manifest", &reference]);
    let digest = ask(&["digest", &reference]);
    assert_eq!(digest.trim(), digest_of(manifest.strip_suffix(b"\n").unwrap_or(&manifest)));
    // Every layer is read and hashed.
    run(&crane, &["validate", "--remote", &reference]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tar");
    run(&crane, &["pull", &reference, &file.display().to_string()]);
    assert!(std::fs::metadata(file).unwrap().len() > 0);
}
