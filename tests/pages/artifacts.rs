//! What an artifact's page shows of its blobs, and what it asks for.

use strata::anatomy::artifact::content::Content;
use strata::anatomy::artifact::described::SaidBy;
use strata::anatomy::artifact::statement::{Predicate, SubjectMatch};
use strata::anatomy::kind::Family;
use strata::oci::Digest;
use strata::registry::{Client, DocumentCache, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::artifact::{ArtifactQuery, ArtifactView, Outcome, Read};
use strata::view::failure::FailureCode;
use strata::view::image::{ImageContent, ImageQuery};

use super::support::{Sample, reference};

fn query(text: &str) -> ImageQuery {
    ImageQuery::new(reference(text))
}

async fn artifact(service: &Service, query: &ImageQuery) -> ArtifactView {
    match service.image(query).await.unwrap().content.content {
        ImageContent::Artifact(artifact) => *artifact,
        other => panic!("{}: {other:?}", query.reference),
    }
}

/// What was read, in the manifest's order.
fn read(artifact: &ArtifactView) -> Vec<&Read> {
    artifact.readings.iter().map(|reading| was_read(&reading.outcome)).collect()
}

fn was_read(outcome: &Outcome) -> &Read {
    match outcome {
        Outcome::Read(read) => read,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_chart_costs_its_config_and_its_archive_and_nothing_again() {
    let sample = Sample::start().await;
    let service = sample.service();
    let asked = query("platform/charts/gateway:2.2.0_build.7");
    let chart = artifact(&service, &asked).await;
    assert_eq!(sample.log.take().len(), 3);
    let parts = read(&chart);
    let Content::Chart(own) = &parts[0].content else { panic!("{parts:?}") };
    assert_eq!((own.name.as_deref(), own.version.as_deref()), (Some("gateway"), Some("2.2.0+build.7")));
    assert_eq!(own.dependencies[0].name.as_deref(), Some("common"));
    let Content::File(readme) = &parts[1].content else { panic!("{parts:?}") };
    assert!(readme.text.starts_with("# gateway") && readme.name.as_deref() == Some("gateway/README.md"));
    assert!(parts.iter().all(|part| part.notices.is_empty()));
    artifact(&service, &asked).await;
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn every_artifact_of_the_sample_is_named_and_read() {
    let sample = Sample::start().await;
    let service = sample.service();
    for (tag, family, parts) in [
        ("provenance", Family::Attestation, 1),
        ("bill", Family::Sbom, 1),
        ("other-subject", Family::Attestation, 1),
        ("signature", Family::Signature, 1),
        ("model", Family::Model, 1),
        ("compose", Family::Deployment, 1),
        ("plugin", Family::Plugin, 1),
        ("volume", Family::Artifact, 0),
        ("component-0.3.0", Family::Wasm, 1),
        ("odd-titles", Family::Unknown, 0),
        ("unknown-kind", Family::Unknown, 0),
        ("approval", Family::Unknown, 0),
    ] {
        let view = artifact(&service, &query(&format!("lab/artifacts:{tag}"))).await;
        assert_eq!(view.kind.as_ref().map(|kind| kind.family), Some(family), "{tag}");
        assert_eq!(read(&view).len(), parts, "{tag}: {:?}", view.readings);
        assert!(read(&view).iter().all(|part| part.notices.is_empty()), "{tag}: {:?}", view.readings);
        // The page asks for its manifest and for what it shows.
        assert_eq!(sample.log.take().len(), 1 + parts, "{tag}");
    }
}

#[tokio::test]
async fn a_build_s_own_dockerfile_is_shown() {
    let sample = Sample::start().await;
    let view = artifact(&sample.service(), &query("lab/artifacts:provenance")).await;
    let part = read(&view)[0];
    assert_eq!((part.about, view.described.as_ref().unwrap().said_by), (Some(SubjectMatch::Same), SaidBy::Subject));
    let Predicate::Provenance(provenance) = &part.content.statement().unwrap().predicate else { panic!("{part:?}") };
    assert_eq!(provenance.builder.as_deref(), Some("https://ci.acme.example/builders/buildkit"));
    assert_eq!(provenance.material_count, 2);
    assert!(provenance.files[0].text.starts_with("# syntax=docker/dockerfile:1\nFROM "));
}

/// Never trust that a statement speaks of what it hangs on.
#[tokio::test]
async fn a_statement_about_something_else_is_marked() {
    let sample = Sample::start().await;
    let view = artifact(&sample.service(), &query("lab/artifacts:other-subject")).await;
    assert_eq!(read(&view)[0].about, Some(SubjectMatch::Different));
}

#[tokio::test]
async fn attestations_and_signatures_know_their_image_by_index_and_by_tag() {
    let sample = Sample::start().await;
    let service = sample.service();
    let index = service.image(&query("payments/api:1.9.1")).await.unwrap().content;
    let card = &index.platforms[0];
    // In BuildKit's older form only the index says what it is about.
    let manifest = card.attestations[0].to_string();
    let view = artifact(&service, &ImageQuery { manifest, ..query("payments/api:1.9.1") }).await;
    let described = view.described.as_ref().unwrap();
    assert_eq!((Some(&described.digest), described.said_by), (card.digest.as_ref(), SaidBy::Index));
    let parts = read(&view);
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|part| part.about == Some(SubjectMatch::Same)));
    let image = service.image(&query("payments/api:1.10.0")).await.unwrap().content;
    let digest = image.identity.index.unwrap().digest;
    let tag = format!("payments/api:{}.sig", digest.as_str().replace(':', "-"));
    let view = artifact(&service, &query(&tag)).await;
    assert_eq!(
        view.described.as_ref().map(|described| (&described.digest, described.said_by)),
        Some((&digest, SaidBy::Tag))
    );
    assert_eq!(read(&view)[0].about, Some(SubjectMatch::Same));
}

#[tokio::test]
async fn packages_are_filtered_on_the_server() {
    let sample = Sample::start().await;
    let service = sample.service();
    let narrowed = ArtifactQuery { packages: "TABU".to_owned(), ..ArtifactQuery::default() };
    let view = artifact(&service, &ImageQuery { artifact: narrowed, ..query("lab/artifacts:bill") }).await;
    let Content::Sbom(sbom) = &read(&view)[0].content else { panic!("{view:?}") };
    assert_eq!((sbom.package_count, sbom.shown.matching, sbom.packages[0].name.as_str()), (3, 1, "tabulate"));
}

#[tokio::test]
async fn text_of_unknown_files_is_read_only_where_it_is_asked_for() {
    let sample = Sample::start().await;
    let service = sample.service();
    let view = artifact(&service, &query("lab/artifacts:odd-titles")).await;
    assert!(view.readings.is_empty());
    let html = view.layers.iter().find(|layer| layer.media_type.as_str() == "text/html").unwrap();
    let digest = html.digest.clone().unwrap();
    assert!(view.readable.contains(&digest));
    sample.log.take();
    let read_it = ArtifactQuery { read: digest.to_string(), ..ArtifactQuery::default() };
    let view = artifact(&service, &ImageQuery { artifact: read_it, ..query("lab/artifacts:odd-titles") }).await;
    assert_eq!(sample.log.take(), [format!("GET /v2/lab/artifacts/blobs/{digest}")]);
    assert!(matches!(&read(&view)[0].content, Content::Text { text, .. } if text.contains("<script>")));
    assert!(!view.readable.contains(&digest));
}

#[tokio::test]
async fn large_blobs_wait_for_a_reader_and_larger_ones_are_only_named() {
    let sample = Sample::start().await;
    let bill = artifact(&sample.service(), &query("lab/artifacts:bill")).await.readings[0].clone();
    let mut settings = RegistrySettings::new("x", format!("http://{}", sample.address).parse().unwrap());
    settings.limits.artifact_bytes = bill.size.unwrap() - 1;
    let client = Client::new(settings, std::sync::Arc::new(DocumentCache::new(1 << 20))).unwrap();
    let service = Service::new(vec![client], ServiceSettings::default());
    sample.log.take();
    let view = artifact(&service, &query("lab/artifacts:bill")).await;
    assert_eq!(view.readings[0].outcome, Outcome::TooLarge(bill.size.unwrap() - 1));
    assert!(view.download(&bill.digest).is_none() && view.readable.is_empty());
    assert_eq!(sample.log.take().len(), 1);
    let failure = service.blob_bytes(&reference("lab/artifacts:bill"), bill.digest.as_str(), "", "").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::TooLarge);
}

#[tokio::test]
async fn a_blob_that_the_manifest_does_not_list_is_not_asked_for() {
    let sample = Sample::start().await;
    let service = sample.service();
    let name = reference("lab/artifacts:bill");
    // One that the registry has, in the same repository, under another manifest.
    let other = artifact(&service, &query("lab/artifacts:compose")).await.layers[0].digest.clone().unwrap();
    artifact(&service, &query("lab/artifacts:bill")).await;
    sample.log.take();
    for (blob, status) in [(other.as_str(), 404), ("sha256:abc", 400), ("../../_catalog", 400)] {
        let failure = service.blob_bytes(&name, blob, "", "").await.unwrap_err();
        assert_eq!(failure.status, status, "{blob}");
    }
    let read = ArtifactQuery { read: other.to_string(), ..ArtifactQuery::default() };
    let failure = service.image(&ImageQuery { artifact: read, ..query("lab/artifacts:bill") }).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::BlobNotFound));
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn foreign_layers_are_named_and_neither_read_nor_offered() {
    let sample = Sample::start().await;
    let service = sample.service();
    let document = service.raw_bytes(&reference("lab/images:foreign-layer"), false, "", "").await.unwrap().content;
    let manifest: serde_json::Value = serde_json::from_slice(&document.bytes).unwrap();
    let layers = manifest["layers"].as_array().unwrap();
    let foreign: Digest = layers.last().unwrap()["digest"].as_str().unwrap().parse().unwrap();
    let failure =
        service.blob_bytes(&reference("lab/images:foreign-layer"), foreign.as_str(), "", "").await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::BlobNotFound));
}
