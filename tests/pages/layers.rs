//! Layers of which something is odd, and registries that are: what that costs, what is left out, and what can be tried again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use serde_json::json;
use strata::anatomy::files::FilePath;
use strata::layers::{LayerLimits, read_in_memory};
use strata::registry::{Asker, Client, DocumentCache, Reader, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::address::ImageView;
use strata::view::files::{FileContent, FilesQuery, FilesView, LayerState, OpenedFile};
use strata::view::image::{ImageContent, ImageQuery};
use tar::{EntryType, Header};

use super::registry::{Fixture, Reply, digest_of};
use super::support::reference;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// An image of one layer, at a registry that knows no parts of it.
struct Image {
    fixture: Fixture,
    /// Where the registry has the layer.
    path: String,
    reference: String,
}

impl Image {
    async fn of(layer: &[u8]) -> Image {
        let config = json!({
            "os": "linux", "architecture": "amd64",
            "rootfs": { "type": "layers", "diff_ids": [digest_of(layer)] },
        });
        let config = config.to_string();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": digest_of(config.as_bytes()),
                "size": config.len(),
            },
            "layers": [{
                "mediaType": "application/vnd.oci.image.layer.v1.tar",
                "digest": digest_of(layer),
                "size": layer.len(),
            }],
        });
        let fixture = Fixture::start().await;
        let digest = fixture.content(|content| {
            content.blob("app/odd", config.as_bytes());
            content.blob("app/odd", layer);
            content.manifest("app/odd", MANIFEST, manifest.to_string().as_bytes())
        });
        let path = format!("/v2/app/odd/blobs/{}", digest_of(layer));
        Image { fixture, path, reference: format!("app/odd@{digest}") }
    }

    fn service(&self, settings: ServiceSettings) -> Service {
        let registry = RegistrySettings::new("test", self.fixture.url());
        let client = Client::new(registry, Arc::new(DocumentCache::new(64_000_000))).unwrap();
        Service::new(vec![client], settings)
    }

    fn at(&self, path: &str) -> ImageQuery {
        let files = FilesQuery { path: FilePath::from_bytes(path.as_bytes()), ..FilesQuery::default() };
        ImageQuery { view: ImageView::Files, files, ..ImageQuery::new(reference(&self.reference)) }
    }

    async fn view(&self, service: &Service, path: &str) -> FilesView {
        match service.image(&self.at(path)).await.unwrap().content.content {
            ImageContent::Files(files) => *files,
            other => panic!("{other:?}"),
        }
    }

    async fn open(&self, service: &Service, path: &str) -> OpenedFile {
        *self.view(service, path).await.opened.unwrap()
    }

    /// Has the layer read, and waits for its end.
    async fn read(&self, service: &Service, again: bool) {
        let asked = self.at("");
        service.start_reading(&asked, again).await.unwrap();
        let mut progress = service.reading_progress(&asked).await.unwrap();
        while progress.now().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How often the registry was asked for the layer.
    fn requests(&self) -> usize {
        self.fixture.received_for(&self.path).len()
    }
}

/// Entries of an archive: paths, kinds, and contents or where they lead.
fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind, content) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        if *kind == EntryType::Link {
            header.set_size(0);
            builder.append_link(&mut header, path, std::str::from_utf8(content).unwrap()).unwrap();
        } else {
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, path, *content).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// Before, the small file at the end cost the registry the whole layer, and the reader next to nothing (threat T-24).
#[tokio::test]
async fn what_a_registry_sends_unasked_is_taken_out_of_the_hour_too() {
    let large = vec![7; 300_000];
    let layer = archive(&[("large", EntryType::Regular, &large), ("small", EntryType::Regular, b"small\n")]);
    let image = Image::of(&layer).await;
    let mut settings = ServiceSettings::default();
    settings.layers.client_bytes_per_hour = layer.len() as u64 + 100_000;
    let reader = Reader::at([192, 0, 2, 1].into());
    let service = image.service(settings).for_request(Asker { request_id: None, reader });
    image.read(&service, false).await;
    let first = image.open(&service, "small").await.content;
    assert!(matches!(first, FileContent::Text { .. }), "{first:?}");
    assert_eq!(image.requests(), 2);
    // That was the hour's last.
    let second = image.open(&service, "small").await.content;
    assert!(matches!(second, FileContent::Unreadable(_)), "{second:?}");
    let failure = service.file_bytes(&image.at("small"), |_| true).await.map(|_| ()).unwrap_err();
    assert_eq!((failure.status, image.requests()), (429, 2));
}

/// Before, one odd file made its whole directory one that cannot be downloaded.
#[tokio::test]
async fn an_archive_leaves_out_what_cannot_be_sent_and_says_so() {
    let layer = archive(&[
        ("STRATA-LEFT-OUT.txt", EntryType::Regular, b"the image's own"),
        ("d/a", EntryType::Regular, b"text"),
        ("d/lost", EntryType::Link, b"nowhere"),
        ("e/lost", EntryType::Link, b"nowhere"),
    ]);
    let image = Image::of(&layer).await;
    let service = image.service(ServiceSettings::default());
    image.read(&service, false).await;

    let told = "An archive of this directory leaves out 1 file whose contents cannot be sent as they are.";
    let directory = image.open(&service, "d").await;
    assert!(directory.download.is_some() && directory.remarks.iter().any(|text| text.starts_with(told)));
    let root = image.view(&service, "").await;
    let lacks = root.download_lacks.unwrap();
    assert!(lacks.contains("leaves out 2 files"), "{lacks}");

    let packed = download(&service, &image, "").await.unwrap();
    let index = read_in_memory(&packed, &LayerLimits::default()).unwrap();
    let names: Vec<_> = index.files.iter().map(|file| String::from_utf8_lossy(file.path()).into_owned()).collect();
    let files: Vec<_> = names.iter().filter(|name| !matches!(name.as_str(), "" | "d" | "e")).collect();
    assert_eq!(files, ["STRATA-LEFT-OUT.txt", "d/a", "_STRATA-LEFT-OUT.txt"]);
    let list = index.files.iter().last().unwrap();
    let begin = usize::try_from(list.data_at()).unwrap();
    let text = std::str::from_utf8(&packed[begin..][..usize::try_from(list.size()).unwrap()]).unwrap();
    let lines: std::collections::BTreeSet<_> = text.lines().skip(2).collect();
    let why = "it is a hard link to a file that is not there";
    assert_eq!(lines.into_iter().collect::<Vec<_>>(), [format!("d/lost: {why}"), format!("e/lost: {why}")]);

    // Where nothing is left, there is no archive.
    assert!(image.open(&service, "e").await.download.is_none());
    let failure = service.file_bytes(&image.at("e"), |_| true).await.map(|_| ()).unwrap_err();
    assert_eq!(failure.status, 400);

    // What is another file than it was when the layer was read is not left out.
    let at = layer.windows(4).position(|bytes| bytes == b"text").unwrap();
    let mut other = layer.clone();
    other[at] ^= 1;
    image.fixture.on(&image.path, Reply::ok(other));
    assert!(download(&service, &image, "d").await.is_err());
}

async fn download(service: &Service, image: &Image, path: &str) -> Result<Bytes, strata::layers::OpenError> {
    let bytes = service.file_bytes(&image.at(path), |_| true).await.unwrap().content;
    let pieces: Vec<Bytes> = bytes.body.unwrap().try_collect().await?;
    Ok(pieces.concat().into())
}

#[tokio::test]
async fn what_is_said_of_bytes_costs_no_request() {
    let layer = archive(&[("d/a", EntryType::Regular, b"text")]);
    let image = Image::of(&layer).await;
    let service = image.service(ServiceSettings::default());
    image.read(&service, false).await;
    for (path, size) in [("d", None), ("d/a", Some(4))] {
        let head = service.file_bytes(&image.at(path), |_| false).await.unwrap().content;
        assert_eq!((head.size, head.digest.is_some()), (size, size.is_some()), "{path}");
        assert!(head.body.is_none());
    }
    assert_eq!(image.requests(), 1);
}

/// How far a layer is read in some time is the machine's affair: another time it can be more.
#[tokio::test]
async fn a_layer_that_took_too_long_can_be_read_again() {
    let content = [7; 5_000];
    let names: Vec<_> = (0..2_000).map(|number| format!("{number}")).collect();
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), EntryType::Regular, &content[..])).collect();
    let layer = archive(&entries);
    let image = Image::of(&layer).await;
    let mut settings = ServiceSettings::default();
    settings.layers.limits.time = Duration::ZERO;
    let service = image.service(settings);
    let known = async || {
        let view = image.view(&service, "").await;
        match view.layers[0].state.clone() {
            LayerState::Known { again, remarks, .. } => (again, remarks.join(" ")),
            other => panic!("{other:?}"),
        }
    };
    image.read(&service, false).await;
    let (again, remarks) = known().await;
    assert!(again && remarks.contains("took more than 0 seconds"), "{remarks}");
    // Only whoever asks for it has it read again.
    image.read(&service, false).await;
    assert_eq!(image.requests(), 1);
    image.read(&service, true).await;
    assert_eq!((image.requests(), known().await.0), (2, true));

    image.fixture.on(&image.path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown"));
    image.read(&service, true).await;
    let (again, remarks) = known().await;
    assert!(again && remarks.contains("It could not be read again."), "{remarks}");

    // What is known stays meanwhile.
    image.fixture.on(&image.path, Reply::ok(layer[..1_000].to_vec()).stalled());
    service.start_reading(&image.at(""), true).await.unwrap();
    let view = image.view(&service, "").await;
    let state = &view.layers[0].state;
    assert!(matches!(state, LayerState::Reading(_) | LayerState::Waiting), "{state:?}");
    assert!(!view.is_empty && !view.is_provisional);
    assert!(service.reading_progress(&image.at("")).await.unwrap().now().is_some_and(|now| now.left == 1));
}
