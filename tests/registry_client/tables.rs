//! Layers' own tables of contents, fetched by parts, and files opened by their word.

use futures::StreamExt as _;
use serde_json::json;
use strata::layers::{Disagreements, OpenError, TableError};

use super::super::support::digest_of;
use super::*;

const CONTENT: &[u8] = b"contents of a file";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn header(size: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_path("file").unwrap();
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn text(offset: usize, content: &[u8]) -> String {
    let digest = digest_of(content);
    let row = json!({"type": "reg", "name": "file", "mode": 0o644, "size": content.len(), "offset": offset, "digest": digest});
    json!({"version": 1, "entries": [row]}).to_string()
}

/// Much that nobody needs between the file and the table.
fn rest() -> Vec<u8> {
    let mut bytes = vec![0; 512 - CONTENT.len()];
    bytes.extend([0; 1_024]);
    bytes.extend((0..600_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()));
    bytes
}

fn skippable(content: &[u8]) -> Vec<u8> {
    [&0x184d_2a50_u32.to_le_bytes()[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat()
}

fn zstd_chunked(prefix: &str, said: &[u8]) -> (Vec<u8>, Vec<(String, String)>) {
    let pack = |bytes: &[u8]| zstd::bulk::compress(bytes, 3).unwrap();
    let mut layer = pack(header(CONTENT.len()).as_bytes());
    let offset = layer.len();
    layer.extend(pack(CONTENT));
    layer.extend(pack(&rest()));
    let text = text(offset, said);
    let table = pack(text.as_bytes());
    let position = format!("{}:{}:{}:1", layer.len() + 8, table.len(), text.len());
    layer.extend(skippable(&table));
    layer.extend(skippable(&[0; 64]));
    let annotation = |name: &str, value: String| (format!("{prefix}.zstd-chunked.{name}"), value);
    (layer, vec![annotation("manifest-position", position), annotation("manifest-checksum", digest_of(&table))])
}

fn estargz() -> (Vec<u8>, Vec<(String, String)>) {
    let mut layer = gzip(header(CONTENT.len()).as_bytes());
    let offset = layer.len();
    layer.extend(gzip(CONTENT));
    layer.extend(gzip(&rest()));
    let (text, begin) = (text(offset, CONTENT), layer.len());
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = header(text.len());
    archive.append_data(&mut header, "stargz.index.json", text.as_bytes()).unwrap();
    layer.extend(gzip(&archive.into_inner().unwrap()));
    layer.extend([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0, b'S', b'G', 22, 0]);
    layer.extend(format!("{begin:016x}STARGZ").into_bytes());
    layer.extend([1, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
    (layer, vec![("containerd.io/snapshot/stargz/toc.digest".to_owned(), digest_of(text.as_bytes()))])
}

/// A registry that knows parts, with such a layer.
async fn stored(bytes: &[u8], annotations: Vec<(String, String)>) -> (Fixture, Descriptor, String) {
    let (fixture, layer, path) = with_layer(bytes).await;
    let whole = bytes.to_vec();
    fixture.script(move |received| {
        let (begin, end) = received.header("range")?.strip_prefix("bytes=")?.split_once('-')?;
        let (begin, end): (usize, usize) = (begin.parse().ok()?, end.parse().ok()?);
        let range = format!("bytes {begin}-{end}/{}", whole.len());
        Some(Reply::status(206).header("content-range", &range).body(whole[begin..=end].to_vec()))
    });
    (fixture, Descriptor { annotations, ..layer }, path)
}

#[tokio::test]
async fn a_table_costs_a_part_of_the_layer_once() {
    let forms = [
        (estargz(), 2),
        (zstd_chunked("io.containers", CONTENT), 1),
        (zstd_chunked("io.github.containers", CONTENT), 1),
    ];
    for ((bytes, annotations), requests) in forms {
        let (fixture, layer, path) = stored(&bytes, annotations).await;
        let (client, reader, request, repository) = (client(&fixture), reader(), Request::new(), repository());
        let table = reader.table(&client, &request, &repository, &layer).await.unwrap().unwrap();
        assert_eq!(fixture.received_for(&path).len(), requests);
        let transferred: u64 = request.trace.entries().iter().map(|entry| entry.bytes).sum();
        assert!(transferred < 2_000, "{transferred} of {}", bytes.len());
        let again = reader.table(&client, &request, &repository, &layer).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&table, &again));
        assert_eq!(fixture.received_for(&path).len(), requests);
        let file = table.files.get(0).unwrap();
        let opened = reader.open_listed(&client, &request, &repository, &layer, &table, file).await.unwrap();
        let pieces: Vec<_> = opened.map(Result::unwrap).collect().await;
        assert_eq!(pieces.concat(), CONTENT);
        // And it says what the archive says.
        fixture.on(&path, Reply::ok(bytes.clone()));
        let index = read(&reader, &client, &layer).ended().await.unwrap();
        assert_eq!(table.compare(&index.files), Disagreements::default());
    }
}

#[tokio::test]
async fn what_a_table_says_wrongly_is_found_out_when_it_is_opened() {
    let (bytes, annotations) = zstd_chunked("io.github.containers", b"another content...");
    let (fixture, layer, _) = stored(&bytes, annotations).await;
    let (client, reader, request, repository) = (client(&fixture), reader(), Request::new(), repository());
    let table = reader.table(&client, &request, &repository, &layer).await.unwrap().unwrap();
    let file = table.files.get(0).unwrap();
    let error = reader.open_listed(&client, &request, &repository, &layer, &table, file).await.err();
    assert!(matches!(error, Some(OpenError::Mismatch)), "{error:?}");
}

#[tokio::test]
async fn a_table_that_is_not_the_named_one_is_none() {
    for (bytes, annotations) in [estargz(), zstd_chunked("io.containers", CONTENT)] {
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
    }
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
