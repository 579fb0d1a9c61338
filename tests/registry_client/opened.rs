//! Files of known layers, opened at registries that behave and misbehave.

use bytes::Bytes;
use futures::StreamExt as _;
use strata::layers::{FileStream, LayerIndex, OpenError, Opened};

use super::*;

/// A layer that was read, at a registry that then knows parts.
struct Known {
    fixture: Fixture,
    client: Client,
    reader: LayerReader,
    layer: Descriptor,
    path: String,
    bytes: Vec<u8>,
    index: Arc<LayerIndex>,
}

/// Contents that hardly pack, so that files are far from each other.
fn content(number: usize, length: usize) -> Vec<u8> {
    let mut state = number as u64 + 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes()[3..]);
    }
    bytes.truncate(length);
    bytes
}

/// Files of these lengths, the last one a link to the first.
fn gzip(lengths: &[usize]) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6)));
    let header = |size: usize| {
        let mut header = tar::Header::new_gnu();
        header.set_size(size as u64);
        header.set_mode(0o644);
        header
    };
    for (number, length) in lengths.iter().enumerate() {
        let content = content(number, *length);
        builder.append_data(&mut header(content.len()), format!("{number}"), content.as_slice()).unwrap();
    }
    let mut link = header(0);
    link.set_entry_type(tar::EntryType::Link);
    builder.append_link(&mut link, "link", "0").unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

impl Known {
    async fn of(lengths: &[usize]) -> Known {
        let bytes = gzip(lengths);
        let (fixture, layer, path) = with_layer(&bytes).await;
        let (client, reader) = (client(&fixture), reader());
        let index = read(&reader, &client, &layer).ended().await.unwrap();
        let whole = bytes.clone();
        fixture.script(move |received| rest_of(received, &whole).map(|(_, reply)| reply));
        Known { fixture, client, reader, layer, path, bytes, index }
    }

    async fn open(&self, number: usize) -> Result<FileStream, OpenError> {
        let (request, repository, file) = (Request::new(), repository(), self.index.files.get(number).unwrap());
        self.reader.open(&self.client, &request, &repository, &self.layer, &self.index, file).await
    }

    async fn read(&self, number: usize, limit: u64) -> Result<Opened, OpenError> {
        let (request, repository, file) = (Request::new(), repository(), self.index.files.get(number).unwrap());
        self.reader.read_file(&self.client, &request, &repository, &self.layer, &self.index, file, limit).await
    }

    /// Requests for the layer after it was read.
    fn requests(&self) -> usize {
        self.fixture.received_for(&self.path).len() - 1
    }

    /// Another byte at some place of the stored layer, whatever part of it is asked for.
    fn spoil(&self, at: usize) {
        let mut bytes = self.bytes.clone();
        bytes[at] ^= 1;
        self.fixture.script(move |received| rest_of(received, &bytes).map(|(_, reply)| reply));
    }
}

/// What comes, and how it ends.
async fn all(mut stream: FileStream) -> (Vec<u8>, Option<OpenError>) {
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(error) => {
                assert!(stream.next().await.is_none());
                return (bytes, Some(error));
            }
        }
    }
    (bytes, None)
}

#[tokio::test]
async fn a_file_comes_whole_by_one_request() {
    let known = Known::of(&[10, 700_000, 0, 3_000_000, 100]).await;
    for (number, length) in [(1, 700_000), (0, 10), (3, 3_000_000), (4, 100)] {
        let before = known.requests();
        let (bytes, error) = all(known.open(number).await.unwrap()).await;
        assert!(error.is_none() && bytes == content(number, length), "{number}: {error:?}");
        assert_eq!(known.requests(), before + 1);
        let opened = known.read(number, length as u64).await.unwrap();
        assert!(opened.is_whole && opened.bytes == bytes);
    }
    let range = known.index.locate(known.index.files.get(4).unwrap()).unwrap().stored();
    let asked = known.fixture.received_for(&known.path).pop().unwrap();
    assert_eq!(asked.header("range"), Some(format!("bytes={}-{}", range.start, range.end - 1).as_str()));
    assert!(range.end - range.start < 1_200_000);
}

#[tokio::test]
async fn an_empty_file_costs_nothing() {
    let known = Known::of(&[5, 0]).await;
    let (bytes, error) = all(known.open(1).await.unwrap()).await;
    assert!(bytes.is_empty() && error.is_none());
    assert_eq!(known.read(1, 0).await.unwrap(), Opened { bytes: Bytes::new(), is_whole: true });
    assert_eq!(known.read(0, 0).await.unwrap(), Opened { bytes: Bytes::new(), is_whole: false });
    assert_eq!(known.requests(), 0);
}

#[tokio::test]
async fn the_begin_of_a_long_file_costs_a_part_of_it() {
    let known = Known::of(&[100, 6_000_000]).await;
    let opened = known.read(1, 1_000).await.unwrap();
    assert!(!opened.is_whole && opened.bytes == content(1, 6_000_000)[..1_000]);
    let asked = known.fixture.received_for(&known.path).pop().unwrap();
    let end: u64 = asked.header("range").unwrap().split_once('-').unwrap().1.parse().unwrap();
    assert!(end < 1_200_000, "{end}");
}

#[tokio::test]
async fn a_link_has_no_contents() {
    let known = Known::of(&[5]).await;
    assert!(matches!(known.open(1).await.err(), Some(OpenError::NoContents)));
    assert!(matches!(known.read(1, 10).await, Err(OpenError::NoContents)));
}

#[tokio::test]
async fn a_registry_that_knows_no_parts_is_listened_to_for_as_long_as_needed() {
    let known = Known::of(&[500_000, 700_000, 5]).await;
    known.fixture.on(&known.path, Reply::ok(known.bytes.clone()));
    let (bytes, error) = all(known.open(1).await.unwrap()).await;
    assert!(error.is_none() && bytes == content(1, 700_000));
    // What comes before is counted, for whoever has it paid for.
    let (request, repository, file) = (Request::new(), repository(), known.index.files.get(2).unwrap());
    let opened = known.reader.open(&known.client, &request, &repository, &known.layer, &known.index, file).await;
    assert!(all(opened.unwrap()).await.1.is_none());
    let begin = known.index.locate(file).unwrap().stored().start;
    let unasked = request.unasked.load(std::sync::atomic::Ordering::Relaxed);
    assert!(begin > 0 && unasked == begin, "{unasked} of {begin}");
    // One that sends another part than was asked for.
    let bytes = known.bytes.clone();
    known
        .fixture
        .on(&known.path, Reply::status(206).header("content-range", "bytes 900000-900099/2000000").body(bytes));
    assert!(matches!(known.open(0).await.err(), Some(OpenError::Registry(Error::InvalidResponse { .. }))));
}

#[tokio::test]
async fn other_bytes_never_end_as_the_file_does() {
    let known = Known::of(&[700_000]).await;
    // Bytes that pack badly are stored as they are: most changes are seen by the digest alone.
    known.spoil(known.bytes.len() / 2);
    let (bytes, error) = all(known.open(0).await.unwrap()).await;
    assert!(matches!(error, Some(OpenError::Mismatch | OpenError::Unpack(_) | OpenError::Missing { .. })), "{error:?}");
    assert!(!bytes.is_empty() && bytes.len() < 700_000, "{}", bytes.len());
    assert!(known.read(0, 1_000_000).await.is_err());
    // A short file is one piece, so that nothing at all is handed on.
    let known = Known::of(&[65_536, 500_000]).await;
    known.spoil(30_000);
    let error = known.open(0).await.err();
    assert!(matches!(error, Some(OpenError::Mismatch)), "{error:?}");
    assert!(matches!(known.read(0, 65_536).await, Err(OpenError::Mismatch)));
    // Who wants the begin only cannot have it checked, and is told so.
    assert!(!known.read(0, 65_535).await.unwrap().is_whole);
}

#[tokio::test]
async fn what_the_registry_says_is_the_reason() {
    let known = Known::of(&[700_000]).await;
    known.fixture.on(&known.path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown"));
    assert!(matches!(known.open(0).await.err(), Some(OpenError::Registry(Error::NotFound { .. }))));
    assert!(matches!(known.read(0, 10).await, Err(OpenError::Registry(Error::NotFound { .. }))));
    // A layer that has become shorter.
    let whole = known.bytes.clone();
    known.fixture.script(move |received| {
        let (begin, _) = rest_of(received, &whole)?;
        let range = format!("bytes {begin}-299999/{}", whole.len());
        let rest = whole.get(begin..300_000).filter(|rest| !rest.is_empty());
        Some(
            rest.map_or(Reply::status(416), |rest| {
                Reply::status(206).header("content-range", &range).body(rest.to_vec())
            }),
        )
    });
    let (bytes, error) = all(known.open(0).await.unwrap()).await;
    assert!(matches!(error, Some(OpenError::Registry(_))), "{error:?}");
    assert!(bytes.len() < 700_000);
}

/// Otherwise whoever takes one such file slowly keeps all others from theirs, and layers from being read.
#[tokio::test]
async fn a_file_with_a_large_window_is_to_be_taken_in_time() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(24)).unwrap();
    let mut archive = tar::Builder::new(encoder);
    let (content, mut header) = (content(0, 50_000).repeat(100), tar::Header::new_gnu());
    header.set_size(content.len() as u64);
    archive.append_data(&mut header, "file", content.as_slice()).unwrap();
    let bytes = archive.into_inner().unwrap().finish().unwrap();
    let (fixture, layer, path) = with_layer(&bytes).await;
    let (client, reader) = (client(&fixture), reader());
    let index = read(&reader, &client, &layer).ended().await.unwrap();
    let known = Known { fixture, client, reader, layer, path, bytes, index };
    let mut slow = known.open(0).await.unwrap();
    tokio::time::pause();
    let mut taken = 0;
    let error = loop {
        tokio::time::advance(Duration::from_secs(20)).await;
        match slow.next().await.unwrap() {
            Ok(piece) => taken += piece.len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, OpenError::Slow), "{error:?}");
    assert!(taken > 0 && taken < content.len(), "{taken}");
    tokio::time::resume();
    assert!(known.read(0, 10_000_000).await.unwrap().bytes == content);
}

#[tokio::test]
async fn who_goes_away_ends_it_and_makes_room() {
    let bytes = gzip(&[3_000_000]);
    let (fixture, layer, path) = with_layer(&bytes).await;
    let client = client(&fixture);
    let settings = ReaderSettings { open_files: 1, ..ReaderSettings::default() };
    let reader = LayerReader::new(settings, IndexStore::in_memory(10_000_000));
    let index = read(&reader, &client, &layer).ended().await.unwrap();
    let known = Known { fixture, client, reader, layer, path, bytes, index };
    let half = known.bytes[..1_500_000].to_vec();
    known.fixture.on(&known.path, Reply::ok(half).stalled());
    let mut stalled = known.open(0).await.unwrap();
    // Everything that comes is taken, so that both sides wait for the registry alone.
    while let Ok(piece) = tokio::time::timeout(Duration::from_millis(300), stalled.next()).await {
        assert!(piece.unwrap().is_ok());
    }
    // Without an end to the waiting, a page waits as long as somebody else's download takes.
    tokio::time::pause();
    let (crowded, ()) = tokio::join!(known.open(0), tokio::time::advance(Duration::from_secs(11)));
    let crowded = crowded.map(|_| ()).unwrap_err();
    assert!(matches!(crowded, OpenError::Crowded), "{crowded:?}");
    tokio::time::resume();
    drop(stalled);
    known.fixture.on(&known.path, Reply::ok(known.bytes.clone()));
    let opened = tokio::time::timeout(Duration::from_secs(5), known.read(0, 3_000_000)).await.unwrap();
    assert!(opened.unwrap().is_whole);
}
