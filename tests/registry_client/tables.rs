//! Layers' own tables of contents, fetched by parts.

use serde_json::json;
use strata::layers::{Disagreements, TableError, TableState};

use super::super::support::digest_of;
use super::super::support::own_tables::{FORMS, Form, body, with_rows};
use super::*;

const CONTENT: &[u8] = b"contents of a file";

/// Much that nobody needs between the file and the table.
fn noise() -> Vec<u8> {
    (0..600_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

/// A layer of one small file and much else, whose table says that the file has this content.
fn layer_that_says(form: Form, said: &[u8]) -> (Vec<u8>, Vec<(String, String)>) {
    let noise = noise();
    let (stored, mut rows) = body(form, &[("reg", "file", CONTENT), ("reg", "noise", &noise)], noise.len());
    rows[0]["digest"] = json!(digest_of(said));
    let made = with_rows(form, stored, &rows);
    (made.stored, made.annotations)
}

fn zstd_chunked() -> (Vec<u8>, Vec<(String, String)>) {
    layer_that_says(Form::ZstdChunked, CONTENT)
}

fn estargz() -> (Vec<u8>, Vec<(String, String)>) {
    layer_that_says(Form::Estargz, CONTENT)
}

/// The same under the annotations that stargz-snapshotter wrote once.
fn with_former_annotations(
    (stored, annotations): (Vec<u8>, Vec<(String, String)>),
) -> (Vec<u8>, Vec<(String, String)>) {
    let former = |(name, value): (String, String)| (name.replace("io.github.containers.", "io.containers."), value);
    (stored, annotations.into_iter().map(former).collect())
}

/// A registry that knows parts, with such a layer.
async fn stored(bytes: &[u8], annotations: Vec<(String, String)>) -> (Fixture, Descriptor, String) {
    let (fixture, layer, path) = with_layer(bytes).await;
    let whole = bytes.to_vec();
    fixture.script(move |received| received.part_of(&whole));
    (fixture, Descriptor { annotations, ..layer }, path)
}

#[tokio::test]
async fn a_table_costs_a_part_of_the_layer_once() {
    let forms = [(estargz(), 2), (zstd_chunked(), 1), (with_former_annotations(zstd_chunked()), 1)];
    for ((bytes, annotations), requests) in forms {
        let (fixture, layer, path) = stored(&bytes, annotations).await;
        let (client, reader, request, repository) = (client(&fixture), reader(), Request::new(), repository());
        let state = reader.table_state(&client, &repository, &layer).await;
        let Some(TableState::Unread { most_bytes }) = state else { panic!("{state:?}") };
        assert!(fixture.received_for(&path).is_empty());
        let table = reader.table(&client, &request, &repository, &layer).await.unwrap().unwrap();
        assert_eq!(fixture.received_for(&path).len(), requests);
        assert!(table.stored_bytes <= most_bytes, "{} of {most_bytes}", table.stored_bytes);
        assert!(matches!(reader.table_state(&client, &repository, &layer).await, Some(TableState::Known(_))));
        let transferred: u64 = request.trace.entries().iter().map(|entry| entry.bytes).sum();
        assert!(transferred < 2_000, "{transferred} of {}", bytes.len());
        let again = reader.table(&client, &request, &repository, &layer).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&table, &again));
        assert_eq!(fixture.received_for(&path).len(), requests);
        // And it says what the archive says.
        fixture.on(&path, Reply::ok(bytes.clone()));
        let index = read(&reader, &client, &layer).ended().await.unwrap();
        assert_eq!(table.compare(&index.files), Disagreements::default());
    }
}

#[tokio::test]
async fn a_table_that_is_not_the_named_one_is_none() {
    for form in FORMS {
        let (bytes, annotations) = layer_that_says(form, CONTENT);
        let other = annotations.into_iter().map(|(name, value)| {
            let value = if value.starts_with("sha256:") { digest_of(b"another") } else { value };
            (name, value)
        });
        let (fixture, layer, path) = stored(&bytes, other.collect()).await;
        let (client, reader) = (client(&fixture), reader());
        let error = reader.table(&client, &Request::new(), &repository(), &layer).await.unwrap_err();
        assert!(matches!(*error, TableError::Mismatch), "{error:?}");
        // It is not fetched again at once.
        let before = fixture.received_for(&path).len();
        assert!(reader.table(&client, &Request::new(), &repository(), &layer).await.is_err());
        assert_eq!(fixture.received_for(&path).len(), before);
        assert!(matches!(reader.table_state(&client, &repository(), &layer).await, Some(TableState::Failed(_))));
    }
}

/// Whoever looks again at once is told, and whoever has the same layer elsewhere has another registry to ask.
#[tokio::test]
async fn that_a_registry_gives_no_table_is_remembered_of_that_repository() {
    let (bytes, annotations) = zstd_chunked();
    let (fixture, layer, path) = stored(&bytes, annotations).await;
    fixture.on(&path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry"));
    let (client, reader) = (client(&fixture), reader());
    assert!(reader.table(&client, &Request::new(), &repository(), &layer).await.is_err());
    let before = fixture.received().len();
    let error = reader.table(&client, &Request::new(), &repository(), &layer).await.unwrap_err();
    assert!(matches!(&*error, TableError::Registry(Error::NotFound { .. })), "{error:?}");
    assert_eq!(fixture.received().len(), before);
    let elsewhere = "app/other".parse().unwrap();
    let state = reader.table_state(&client, &elsewhere, &layer).await;
    assert!(matches!(state, Some(TableState::Unread { .. })), "{state:?}");
}

/// Nobody has asked for the layer.
#[tokio::test]
async fn a_layer_is_not_read_for_its_table() {
    let (bytes, annotations) = estargz();
    let (fixture, layer, path) = stored(&bytes, annotations).await;
    fixture.on(&path, Reply::ok(bytes.clone()));
    let request = Request::new();
    let error = reader().table(&client(&fixture), &request, &repository(), &layer).await.unwrap_err();
    assert!(matches!(&*error, TableError::Registry(Error::TooLarge { .. })), "{error:?}");
    let transferred: u64 = request.trace.entries().iter().map(|entry| entry.bytes).sum();
    assert!(transferred < 2_000_000 && bytes.len() > 2_100_000, "{transferred} of {}", bytes.len());
}

#[tokio::test]
async fn a_layer_without_a_table_is_not_asked_for_one() {
    let (bytes, _) = estargz();
    let (fixture, layer, path) = stored(&bytes, Vec::new()).await;
    assert!(reader().table(&client(&fixture), &Request::new(), &repository(), &layer).await.unwrap().is_none());
    assert!(reader().table_state(&client(&fixture), &repository(), &layer).await.is_none());
    assert!(fixture.received_for(&path).is_empty());
    // One that is said to have a table and has none.
    let annotations = vec![("containerd.io/snapshot/stargz/toc.digest".to_owned(), digest_of(b"x"))];
    let (fixture, layer, _) = stored(&layer_bytes(), annotations).await;
    let error = reader().table(&client(&fixture), &Request::new(), &repository(), &layer).await.unwrap_err();
    assert!(matches!(*error, TableError::NoPlace), "{error:?}");
}

fn layer_bytes() -> Vec<u8> {
    super::layer(3)
}
