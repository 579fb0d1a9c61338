//! Layers as they come: whole, in parts, broken off, too slow; and read once for however many readers.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use strata::layers::{IndexStore, LayerLimits, LayerReader, PassError, ReadError, ReaderSettings, Stage};
use strata::oci::{Descriptor, Digest};
use strata::registry::{Client, EntryKind, Error, Limits, Phase, RegistrySettings, Request};
use tokio::sync::mpsc;

mod opened;
mod tables;

use super::support::{Fixture, Received, Reply};
use super::{client, client_with, descriptor, limits, repository, settings};

/// A registry with one layer, its descriptor, and the path that it is asked for under.
async fn with_layer(bytes: &[u8]) -> (Fixture, Descriptor, String) {
    let fixture = Fixture::start().await;
    let digest = fixture.content(|content| content.blob("app/web", bytes));
    let path = format!("/v2/app/web/blobs/{digest}");
    (fixture, descriptor(&digest, Some(bytes.len() as u64)), path)
}

/// A gzip layer of some files.
fn layer(files: usize) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for number in 0..files {
        let content: Vec<u8> = (0..5_000_usize).map(|at| (at * (number + 7) % 251).to_le_bytes()[0]).collect();
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("usr/share/{number}"), content.as_slice()).unwrap();
    }
    let mut encoder = builder.into_inner().unwrap();
    encoder.flush().unwrap();
    encoder.finish().unwrap()
}

/// What comes of a layer, and how it has ended.
async fn streamed(
    client: &Client,
    request: &Request,
    layer: &Descriptor,
    begin: u64,
    end: Option<u64>,
) -> (Vec<u8>, Result<(), Error>) {
    let (sender, mut pieces) = mpsc::channel::<Bytes>(4);
    let repository = repository();
    let (ended, bytes) = tokio::join!(client.layer(request, &repository, layer, begin, end, sender), async {
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.recv().await {
            bytes.extend_from_slice(&piece);
        }
        bytes
    });
    (bytes, ended)
}

/// The bytes from the one that a request asks for on.
fn rest_of(received: &Received, bytes: &[u8]) -> Option<(usize, Reply)> {
    let begin: usize = received.header("range")?.strip_prefix("bytes=")?.split_once('-')?.0.parse().ok()?;
    let range = format!("bytes {begin}-{}/{}", bytes.len() - 1, bytes.len());
    Some((begin, Reply::status(206).header("content-range", &range).body(bytes[begin..].to_vec())))
}

#[tokio::test]
async fn a_layer_is_handed_on_in_one_request() {
    let bytes = layer(40);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let request = Request::new();
    let (streamed, ended) = streamed(&client(&fixture), &request, &layer, 0, None).await;
    assert!(ended.is_ok() && streamed == bytes);
    assert_eq!(fixture.received_for(&path).len(), 1);
    let entries = request.trace.entries();
    assert_eq!((entries.len(), entries[0].kind, entries[0].bytes), (1, EntryKind::Layer, bytes.len() as u64));
}

#[tokio::test]
async fn a_part_is_asked_for_and_taken_also_where_everything_comes() {
    let bytes = layer(40);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let client = client(&fixture);
    // This registry knows no parts.
    fixture.on(&path, Reply::ok(bytes.clone()));
    let (part, ended) = streamed(&client, &Request::new(), &layer, 100, Some(300)).await;
    assert!(ended.is_ok() && part == bytes[100..300]);
    assert_eq!(fixture.received_for(&path)[0].header("range"), Some("bytes=100-299"));
    let whole = bytes.clone();
    fixture.script(move |received| rest_of(received, &whole).map(|(_, reply)| reply));
    let (part, ended) = streamed(&client, &Request::new(), &layer, 100, Some(300)).await;
    assert!(ended.is_ok() && part == bytes[100..300]);
}

#[tokio::test]
async fn no_byte_is_not_asked_for() {
    let (fixture, layer, path) = with_layer(&layer(1)).await;
    for (begin, end) in [(0, 0), (7, 7), (7, 3)] {
        let (part, ended) = streamed(&client(&fixture), &Request::new(), &layer, begin, Some(end)).await;
        assert!(ended.is_ok() && part.is_empty());
    }
    assert!(fixture.received_for(&path).is_empty());
}

#[tokio::test]
async fn what_breaks_off_goes_on_where_it_broke() {
    let bytes = layer(400);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let (whole, first) = (bytes.clone(), Reply::ok(bytes[..1_000].to_vec()).stalled());
    let at = path.clone();
    fixture.script(move |received| {
        (received.path == at).then(|| match rest_of(received, &whole) {
            // Once more in the middle.
            Some((1_000, _)) => {
                let range = format!("bytes 1000-{}/{}", whole.len() - 1, whole.len());
                Reply::status(206).header("content-range", &range).body(whole[1_000..9_000].to_vec()).stalled()
            }
            Some((_, reply)) => reply,
            None => first.clone(),
        })
    });
    // What stops is a break, too, and one whose bytes have surely come.
    let limits = Limits { idle: Duration::from_millis(100), ..limits() };
    let client = client_with(RegistrySettings { limits, ..settings(fixture.url()) });
    let (streamed, ended) = streamed(&client, &Request::new(), &layer, 0, None).await;
    assert!(ended.is_ok(), "{ended:?}");
    assert!(streamed == bytes);
    let asked: Vec<_> = fixture
        .received_for(&path)
        .iter()
        .map(|received| received.header("range").unwrap_or("all").to_owned())
        .collect();
    assert_eq!(asked, ["all", "bytes=1000-", "bytes=9000-"]);
}

#[tokio::test]
async fn breaks_without_progress_come_to_an_end() {
    let bytes = layer(40);
    let (fixture, layer, path) = with_layer(&bytes).await;
    fixture.on(&path, Reply::ok(bytes[..10].to_vec()).broken());
    let (_, ended) = streamed(&client(&fixture), &Request::new(), &layer, 0, None).await;
    assert!(matches!(ended, Err(Error::Unreachable { .. })), "{ended:?}");
    assert!(fixture.received_for(&path).len() <= 1 + Limits::default().retries as usize);
}

#[tokio::test]
async fn who_stops_or_trickles_is_given_up() {
    let bytes = layer(40);
    let (fixture, layer, path) = with_layer(&bytes).await;
    fixture.on(&path, Reply::ok(bytes[..10].to_vec()).stalled());
    let limits = Limits { idle: Duration::from_millis(50), retries: 0, ..Limits::default() };
    let (_, ended) = streamed(
        &client_with(RegistrySettings { limits, ..settings(fixture.url()) }),
        &Request::new(),
        &layer,
        0,
        None,
    )
    .await;
    assert!(matches!(ended, Err(Error::Timeout { phase: Phase::Idle, .. })), "{ended:?}");
}

#[tokio::test]
async fn who_reads_no_more_ends_it() {
    let (fixture, layer, path) = with_layer(b"x").await;
    fixture.on(&path, Reply::ok(vec![7; 10_000]).endless());
    let (sender, mut pieces) = mpsc::channel::<Bytes>(1);
    let client = client(&fixture);
    let (request, repository, unbounded) = (Request::new(), repository(), Descriptor { size: None, ..layer });
    let reading = client.layer(&request, &repository, &unbounded, 0, None, sender);
    let (ended, ()) = tokio::join!(reading, async move {
        assert!(pieces.recv().await.is_some());
    });
    assert!(ended.is_ok(), "{ended:?}");
}

fn reader() -> LayerReader {
    LayerReader::new(ReaderSettings::default(), IndexStore::in_memory(10_000_000))
}

fn read(reader: &LayerReader, client: &Client, layer: &Descriptor) -> Arc<strata::layers::Reading> {
    reader.read(client, &Request::new(), &repository(), layer.digest.as_ref().unwrap(), layer)
}

#[tokio::test]
async fn readers_of_one_layer_share_one_request() {
    let bytes = layer(100);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let (client, reader) = (client(&fixture), reader());
    let digest = layer.digest.clone().unwrap();
    assert!(reader.known(&digest).await.is_none());
    let (one, other) = (read(&reader, &client, &layer), read(&reader, &client, &layer));
    let (one, other) = tokio::join!(one.ended(), other.ended());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(Arc::ptr_eq(&one, &other));
    assert_eq!((one.files.len(), one.summary.stored_size), (100, bytes.len() as u64));
    assert_eq!(fixture.received_for(&path).len(), 1);
    assert!(reader.running(&client, &repository(), &layer).is_none());
    assert!(reader.known(&digest).await.is_some());
}

#[tokio::test]
async fn a_file_of_a_known_layer_costs_one_request() {
    let bytes = layer(300);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let (client, reader) = (client(&fixture), reader());
    let index = read(&reader, &client, &layer).ended().await.unwrap();
    let whole = bytes.clone();
    fixture.script(move |received| rest_of(received, &whole).map(|(_, reply)| reply));
    let file = index.files.get(250).unwrap();
    let location = index.locate(file).unwrap();
    let range = location.stored();
    let (stored, ended) = streamed(&client, &Request::new(), &layer, range.start, Some(range.end)).await;
    assert!(ended.is_ok());
    let mut content = Vec::new();
    let mut contents = location.contents(Arc::new(tokio::sync::Semaphore::new(1))).unwrap();
    contents.feed(&stored, &mut |given| content.extend_from_slice(given)).unwrap();
    let expected: Vec<u8> = (0..5_000_usize).map(|at| (at * 257 % 251).to_le_bytes()[0]).collect();
    assert!(content == expected);
    assert_eq!(fixture.received_for(&path).len(), 2);
}

#[tokio::test]
async fn other_bytes_are_no_index_and_are_not_kept() {
    let bytes = layer(10);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let mut other = bytes.clone();
    let last = other.len() - 1;
    other[last] ^= 1;
    fixture.on(&path, Reply::ok(other));
    let reader = reader();
    let error = read(&reader, &client(&fixture), &layer).ended().await.unwrap_err();
    assert!(matches!(&*error, ReadError::Pass(PassError::DigestMismatch { .. })), "{error:?}");
    assert!(reader.known(layer.digest.as_ref().unwrap()).await.is_none());
    // What the registry says itself is the reason where bytes are missing.
    fixture.on(&path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown"));
    let error = read(&reader, &client(&fixture), &layer).ended().await.unwrap_err();
    assert!(matches!(&*error, ReadError::Registry(Error::NotFound { .. })), "{error:?}");
}

#[tokio::test]
async fn a_failure_is_told_until_the_layer_is_read_again() {
    let bytes = layer(10);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let (client, reader) = (client(&fixture), reader());
    assert!(reader.failed(&client, &repository(), &layer).is_none());
    fixture.on(&path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown"));
    read(&reader, &client, &layer).ended().await.unwrap_err();
    assert!(matches!(
        reader.failed(&client, &repository(), &layer).as_deref(),
        Some(ReadError::Registry(Error::NotFound { .. }))
    ));
    fixture.on(&path, Reply::ok(bytes.clone()).after(Duration::from_millis(50)));
    let reading = read(&reader, &client, &layer);
    assert!(reader.failed(&client, &repository(), &layer).is_none());
    reading.ended().await.unwrap();
    assert!(reader.failed(&client, &repository(), &layer).is_none());
}

/// Otherwise anybody's repository that lists a popular layer and does not have it would take it from all others for a minute.
#[tokio::test]
async fn a_failure_is_that_of_one_repository() {
    let (fixture, layer, path) = with_layer(&layer(10)).await;
    let (client, reader) = (client(&fixture), reader());
    fixture.on(&path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown"));
    read(&reader, &client, &layer).ended().await.unwrap_err();
    assert!(reader.failed(&client, &repository(), &layer).is_some());
    assert!(reader.failed(&client, &"another".parse().unwrap(), &layer).is_none());
    let other_size = Descriptor { size: Some(1), ..layer };
    assert!(reader.failed(&client, &repository(), &other_size).is_none());
}

#[tokio::test]
async fn that_there_was_no_room_is_no_failure_of_the_layer() {
    let (fixture, slow, path) = with_layer(&layer(10)).await;
    fixture.on(&path, Reply::ok(vec![0x1f]).stalled());
    let settings = ReaderSettings { at_once: 1, waiting: 0, ..ReaderSettings::default() };
    let reader = LayerReader::new(settings, IndexStore::in_memory(1_000_000));
    let client = client(&fixture);
    let first = read(&reader, &client, &slow);
    while !matches!(first.stage(), Stage::Reading) {
        tokio::task::yield_now().await;
    }
    let other = descriptor(&format!("sha256:{}", "7".repeat(64)), Some(7));
    let refused = read(&reader, &client, &other);
    assert!(refused.is_refused() && !first.is_refused(), "it is told at once");
    let error = refused.ended().await.unwrap_err();
    assert!(matches!(&*error, ReadError::Crowded), "{error:?}");
    assert!(reader.running(&client, &repository(), &other).is_none());
    assert!(reader.failed(&client, &repository(), &other).is_none());
}

#[tokio::test]
async fn the_first_rows_come_while_the_rest_does_not() {
    // Less than is unpacked at once.
    let whole = layer(30);
    let (fixture, layer, path) = with_layer(&whole).await;
    fixture.on(&path, Reply::ok(whole[..whole.len() / 2].to_vec()).stalled());
    let (client, reader) = (client(&fixture), reader());
    let reading = read(&reader, &client, &layer);
    let begin = std::time::Instant::now();
    let rows = loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!matches!(reading.stage(), Stage::Ended(_)) && begin.elapsed() < Duration::from_secs(20));
        if let Some(rows) = reading.first_rows().filter(|rows| rows.len() > 7) {
            break rows;
        }
    };
    assert_eq!(rows.get(7).map(|row| row.path().to_vec()).as_deref(), Some(&b"usr/share/7"[..]));
    let progress = &reading.progress;
    assert!(progress.stored() > 0 && progress.archive() > 0 && progress.entries() >= rows.len() as u64);
    assert_eq!(reading.size, Some(whole.len() as u64));
}

#[tokio::test]
async fn layers_wait_for_their_turn() {
    let (fixture, slow, path) = with_layer(&layer(10)).await;
    fixture.on(&path, Reply::ok(vec![0x1f]).stalled());
    let second = layer(11);
    let digest = fixture.content(|content| content.blob("app/web", &second));
    let second = descriptor(&digest, Some(second.len() as u64));
    let one_at_once = ReaderSettings { at_once: 1, waiting: 1, ..ReaderSettings::default() };
    let reader = LayerReader::new(one_at_once, IndexStore::in_memory(1_000_000));
    let limits = Limits { idle: Duration::from_millis(300), retries: 0, ..Limits::default() };
    let client = client_with(RegistrySettings { limits, ..settings(fixture.url()) });
    let first = read(&reader, &client, &slow);
    while !matches!(first.stage(), Stage::Reading) {
        tokio::task::yield_now().await;
    }
    let next = read(&reader, &client, &second);
    tokio::task::yield_now().await;
    assert!(matches!(next.stage(), Stage::Waiting));
    assert!(first.ended().await.is_err());
    assert_eq!(next.ended().await.unwrap().files.len(), 11);
}

/// How far a layer is read in some time is the machine's affair, and may be another one after a restart.
#[tokio::test]
async fn what_ends_by_the_clock_is_kept_in_memory_only() {
    let (fixture, layer, path) = with_layer(&layer(2_000)).await;
    let (client, digest) = (client(&fixture), layer.digest.clone().unwrap());
    let no_time = LayerLimits { time: Duration::ZERO, ..LayerLimits::default() };
    let few_entries = LayerLimits { entries: 3, ..LayerLimits::default() };
    for (limits, is_kept) in [(no_time, false), (few_entries, true)] {
        let folder = tempfile::tempdir().unwrap();
        let settings = ReaderSettings { limits, ..ReaderSettings::default() };
        let store = async || IndexStore::in_folder(folder.path(), 10_000_000).await.unwrap();
        let reader = LayerReader::new(settings.clone(), store().await);
        let index = read(&reader, &client, &layer).ended().await.unwrap();
        assert_eq!((index.summary.is_for_good(), index.files.len() < 2_000), (is_kept, true));
        assert!(reader.known(&digest).await.is_some());
        let restarted = LayerReader::new(settings, store().await);
        assert_eq!(restarted.known(&digest).await.is_some(), is_kept);
    }
    assert_eq!(fixture.received_for(&path).len(), 2);
}

/// Nobody is left without what was known while it is read once more.
#[tokio::test]
async fn what_has_ended_by_the_clock_is_replaced_when_it_was_read_again() {
    let bytes = layer(2_000);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let (client, digest) = (client(&fixture), layer.digest.clone().unwrap());
    let limits = LayerLimits { time: Duration::ZERO, ..LayerLimits::default() };
    let settings = ReaderSettings { limits, ..ReaderSettings::default() };
    let reader = LayerReader::new(settings, IndexStore::in_memory(10_000_000));
    let first = read(&reader, &client, &layer).ended().await.unwrap();
    fixture.on(&path, Reply::ok(bytes).after(Duration::from_millis(100)));
    let again = read(&reader, &client, &layer);
    assert!(reader.running(&client, &repository(), &layer).is_some());
    assert!(Arc::ptr_eq(&reader.known(&digest).await.unwrap(), &first));
    let second = again.ended().await.unwrap();
    assert_eq!(fixture.received_for(&path).len(), 2);
    // One that has not come so far takes nothing away.
    assert!(second.summary.archive_size >= first.summary.archive_size);
    assert!(Arc::ptr_eq(&reader.known(&digest).await.unwrap(), &second));
}

#[tokio::test]
async fn a_damaged_index_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = layer(10);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let client = client(&fixture);
    let digest = layer.digest.clone().unwrap();
    let open = async || {
        LayerReader::new(ReaderSettings::default(), IndexStore::in_folder(folder.path(), 1_000_000).await.unwrap())
    };
    read(&open().await, &client, &layer).ended().await.unwrap();
    assert!(open().await.known(&digest).await.is_some());
    let mut files: Vec<_> = walk(folder.path());
    let file = files.pop().unwrap();
    assert!(files.is_empty());
    let mut index = std::fs::read(&file).unwrap();
    index[20] ^= 1;
    std::fs::write(&file, index).unwrap();
    let again = open().await;
    assert!(again.known(&digest).await.is_none());
    read(&again, &client, &layer).ended().await.unwrap();
    assert!(open().await.known(&digest).await.is_some());
    assert_eq!(fixture.received_for(&path).len(), 2);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn limits_are_part_of_what_an_index_is_kept_under() {
    let bytes = layer(10);
    let (fixture, layer, _) = with_layer(&bytes).await;
    let limits = LayerLimits { entries: 3, ..LayerLimits::default() };
    let reader =
        LayerReader::new(ReaderSettings { limits, ..ReaderSettings::default() }, IndexStore::in_memory(1_000_000));
    let index = read(&reader, &client(&fixture), &layer).ended().await.unwrap();
    assert_eq!(index.files.len(), 3);
    let digest: Digest = layer.digest.unwrap();
    assert_eq!(reader.known(&digest).await.unwrap().files.len(), 3);
}
