//! Layers with a table of contents of their own: it is shown at once, it is not believed, and what it says otherwise is listed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use strata::anatomy::files::{Change, FilePath};
use strata::layers::{IndexStore, LayerReader};
use strata::registry::{Asker, Client, DocumentCache, Reader, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::address::ImageView;
use strata::view::files::{EntryKind, FilesQuery, FilesView, LayerState, OwnTable, TABLE_LENGTH, TableDifference};
use strata::view::image::{ImageContent, ImageQuery};

use super::registry::own_tables::{Entry, FORMS, Form, Made, body, digest, made, row, with_rows};
use super::registry::{Fixture, Reply};
use super::support::reference;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A registry that has `app/web:1`, an image of such layers, and gives parts of them.
async fn registry(layers: &[(Value, Vec<u8>)]) -> Fixture {
    let fixture = Fixture::start().await;
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|(_, stored)| digest(stored)).collect::<Vec<_>>() },
    });
    let config = config.to_string();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(config.as_bytes()), "size": config.len(),
        },
        "layers": layers.iter().map(|(descriptor, _)| descriptor).collect::<Vec<_>>(),
    });
    let blobs: BTreeMap<String, Vec<u8>> = fixture.content(|content| {
        content.blob("app/web", config.as_bytes());
        let manifest = content.manifest("app/web", MANIFEST, manifest.to_string().as_bytes());
        content.tag("app/web", "1", &manifest);
        layers.iter().map(|(_, stored)| (blob(&content.blob("app/web", stored)), stored.clone())).collect()
    });
    fixture.script(move |received| received.part_of(blobs.get(&received.path)?));
    fixture
}

async fn registry_of(layers: &[&Made]) -> Fixture {
    let layers: Vec<_> = layers.iter().map(|made| (made.descriptor(), made.stored.clone())).collect();
    registry(&layers).await
}

fn blob(digest: &str) -> String {
    format!("/v2/app/web/blobs/{digest}")
}

/// Lets nothing come of a layer but these bytes, except where parts are asked for.
fn hold(fixture: &Fixture, digest: &str, begin: &[u8]) {
    let (path, begin) = (blob(digest), begin.to_vec());
    fixture.script(move |received| {
        (received.path == path && received.header("range").is_none()).then(|| Reply::ok(begin.clone()).stalled())
    });
}

fn client(fixture: &Fixture) -> Client {
    let mut settings = RegistrySettings::new("test", fixture.url());
    settings.limits.retries = 0;
    Client::new(settings, Arc::new(DocumentCache::new(1 << 20))).unwrap()
}

fn service(fixture: &Fixture) -> Service {
    Service::new(vec![client(fixture)], ServiceSettings::default())
}

/// A service as it is after a restart: of layers it has what this folder keeps.
async fn restarted(fixture: &Fixture, folder: &Path, settings: ServiceSettings) -> Service {
    let store = IndexStore::in_folder(folder, 1 << 20).await.unwrap();
    let layers = LayerReader::new(settings.layers.reader(), store);
    Service::with_layers(vec![client(fixture)], settings, layers)
}

fn query(files: FilesQuery) -> ImageQuery {
    ImageQuery { view: ImageView::Files, files, ..ImageQuery::new(reference("app/web:1")) }
}

fn alone(digest: &str) -> FilesQuery {
    FilesQuery { layer: Some(digest.parse().unwrap()), ..FilesQuery::default() }
}

async fn files(service: &Service, asked: &FilesQuery) -> FilesView {
    match service.image(&query(asked.clone())).await.unwrap().content.content {
        ImageContent::Files(files) => *files,
        other => panic!("{other:?}"),
    }
}

async fn start(service: &Service, asked: &FilesQuery) {
    service.start_reading(&query(asked.clone()), false).await.unwrap();
}

/// Waits for what a page shows after a moment.
async fn until(service: &Service, asked: &FilesQuery, is_there: impl Fn(&FilesView) -> bool) -> FilesView {
    let mut view = files(service, asked).await;
    for _ in 0..400 {
        if is_there(&view) {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        view = files(service, asked).await;
    }
    panic!("{view:#?}");
}

async fn read(service: &Service, asked: &FilesQuery) -> FilesView {
    start(service, asked).await;
    let is_known = |view: &FilesView| !view.is_provisional && !view.is_empty;
    until(service, asked, is_known).await
}

/// The same, where the layer's own table may come last.
async fn compared(service: &Service, asked: &FilesQuery) -> FilesView {
    start(service, asked).await;
    until(service, asked, |view| matches!(view.own_table, Some(OwnTable::Compared { .. }))).await
}

fn names(view: &FilesView) -> Vec<&str> {
    view.rows.iter().map(|row| row.name.as_str()).collect()
}

fn says(view: &FilesView, words: &str) -> bool {
    view.remarks.iter().any(|remark| remark.contains(words))
}

const HONEST: [Entry<'static>; 4] = [
    ("dir", "usr/", b""),
    ("reg", "usr/tool", b"#!/bin/sh"),
    ("symlink", "link", b"usr/tool"),
    ("reg", "note", b"one"),
];

const FROM_TABLE: &str = "is from the layer's own table, until the layer itself has been read";

/// A layer whose table says something else of each of its files.
fn lying(form: Form) -> Made {
    let entries = [
        ("reg", "a", &b"contents"[..]),
        ("reg", "hidden", b"x"),
        ("symlink", "link", b"a"),
        ("reg", "b", b"y"),
        ("dir", "etc/", b""),
        ("reg", "etc/.wh.gone", b""),
    ];
    let (stored, mut rows) = body(form, &entries, 1_000);
    rows[0]["digest"] = json!(digest(b"others"));
    rows[0]["mode"] = json!(0o644);
    rows[2]["linkName"] = json!("elsewhere");
    rows[3]["type"] = json!("dir");
    rows[4]["uid"] = json!(0);
    rows[5]["modtime"] = json!("2001-01-01T00:00:00Z");
    rows.remove(1);
    rows.push(row("reg", "made-up", b""));
    with_rows(form, stored, &rows)
}

/// What is said of [`lying`].
fn lies() -> OwnTable {
    let difference = |path: &str, kind, words: &[&str]| TableDifference {
        path: FilePath::from_bytes(path.as_bytes()),
        kind,
        words: words.iter().map(|words| (*words).to_owned()).collect(),
    };
    let names = vec![
        difference("a", Some(EntryKind::File), &["contents", "mode"]),
        difference("b", Some(EntryKind::File), &["kind"]),
        difference("etc", Some(EntryKind::Directory), &["owner"]),
        // It deletes another one, and has no page.
        difference("etc/.wh.gone", None, &["time"]),
        difference("hidden", Some(EntryKind::File), &["only in the archive"]),
        difference("link", Some(EntryKind::Symlink), &["link target"]),
        difference("made-up", None, &["only in the table"]),
    ];
    OwnTable::Compared { names, differences: 8 }
}

#[tokio::test]
async fn a_layer_s_tree_is_there_while_nothing_of_the_layer_has_come() {
    for form in FORMS {
        let layer = made(form, &HONEST, 1_000);
        let fixture = registry_of(&[&layer]).await;
        hold(&fixture, &layer.digest(), b"");
        let (service, asked) = (service(&fixture), alone(&layer.digest()));
        start(&service, &asked).await;
        let view = until(&service, &asked, |view| !view.is_empty).await;
        assert_eq!(names(&view), ["usr", "link", "note"], "{form:?}");
        assert!(view.is_provisional && says(&view, FROM_TABLE), "{:?}", view.remarks);
        // There is nothing yet to hold it against, nor a file to open.
        assert_eq!(view.own_table, None);
        let inside = FilesQuery { path: FilePath::from_bytes(b"usr/tool"), ..asked };
        let opened = files(&service, &inside).await.opened.unwrap();
        assert_eq!((opened.row.size, opened.download), (9, None));
    }
}

#[tokio::test]
async fn the_archive_wins_and_what_its_table_says_otherwise_is_listed() {
    for form in FORMS {
        let layer = lying(form);
        let fixture = registry_of(&[&layer]).await;
        let (service, asked) = (service(&fixture), alone(&layer.digest()));
        let view = compared(&service, &asked).await;
        assert!(!names(&view).contains(&"made-up") && names(&view).contains(&"hidden"), "{:?}", names(&view));
        assert_eq!(view.own_table, Some(lies()), "{form:?}");
        assert!(says(&view, "The layer's own table differs from its archive."), "{:?}", view.remarks);
        // What eStargz has put into the archive for itself is told from the files.
        let own = view.rows.iter().find(|row| row.name == "stargz.index.json");
        assert_eq!(own.is_some(), form == Form::Estargz);
        assert!(own.is_none_or(|row| row.marks.iter().any(|mark| mark == "eStargz's own")), "{own:?}");
        // The image as a whole is no place for it.
        let whole = read(&service, &FilesQuery::default()).await;
        assert_eq!(whole.own_table, None);
        assert!(!says(&whole, "table"), "{:?}", whole.remarks);
    }
}

#[tokio::test]
async fn a_table_that_says_nothing_else_is_said_to_agree() {
    for form in FORMS {
        let layer = made(form, &HONEST, 1_000);
        let fixture = registry_of(&[&layer]).await;
        let (service, asked) = (service(&fixture), alone(&layer.digest()));
        let view = compared(&service, &asked).await;
        assert_eq!(view.own_table, Some(OwnTable::Compared { names: Vec::new(), differences: 0 }), "{form:?}");
        assert!(view.remarks.is_empty(), "{:?}", view.remarks);
    }
}

#[tokio::test]
async fn of_many_differences_the_first_are_listed_and_all_counted() {
    let (stored, mut rows) = body(Form::ZstdChunked, &HONEST, 1_000);
    rows.extend((0..500).map(|number| row("fifo", &format!("{number:03}"), b"")));
    let layer = with_rows(Form::ZstdChunked, stored, &rows);
    let fixture = registry_of(&[&layer]).await;
    let view = compared(&service(&fixture), &alone(&layer.digest())).await;
    let Some(OwnTable::Compared { names, differences: 500 }) = view.own_table else { panic!("{:?}", view.own_table) };
    assert_eq!(names.len(), TABLE_LENGTH);
}

/// A restart keeps indexes and no tables.
#[tokio::test]
async fn a_table_that_is_not_known_any_more_is_read_when_that_is_asked_for() {
    for form in FORMS {
        let (layer, folder) = (lying(form), tempfile::tempdir().unwrap());
        let fixture = registry_of(&[&layer]).await;
        let (path, asked) = (blob(&layer.digest()), alone(&layer.digest()));
        compared(&restarted(&fixture, folder.path(), ServiceSettings::default()).await, &asked).await;
        let before = fixture.received_for(&path).len();

        let service = restarted(&fixture, folder.path(), ServiceSettings::default()).await;
        let view = files(&service, &asked).await;
        assert_eq!(view.own_table, Some(OwnTable::Unread { is_much: false }), "{form:?}");
        assert!(matches!(view.layers[0].state, LayerState::Known { .. }) && !says(&view, "table"), "{view:?}");
        // Who has the image read wants its layers, and those are known.
        start(&service, &FilesQuery::default()).await;
        assert_eq!(fixture.received_for(&path).len(), before);
        start(&service, &asked).await;
        assert_eq!(files(&service, &asked).await.own_table, Some(lies()), "{form:?}");
        let since = fixture.received_for(&path).split_off(before);
        assert!(!since.is_empty() && since.iter().all(|received| received.header("range").is_some()), "{since:?}");
    }
}

/// Tables are bytes of layers like others (threat T-24).
#[tokio::test]
async fn a_table_is_taken_out_of_what_its_reader_may_have() {
    let (layer, folder) = (lying(Form::ZstdChunked), tempfile::tempdir().unwrap());
    let fixture = registry_of(&[&layer]).await;
    let asked = alone(&layer.digest());
    compared(&restarted(&fixture, folder.path(), ServiceSettings::default()).await, &asked).await;
    let mut settings = ServiceSettings::default();
    (settings.layers.client_bytes_per_hour, settings.layers.ask_bytes) = (10, 10);
    let service = restarted(&fixture, folder.path(), settings).await;
    let service = service.for_request(Asker { request_id: None, reader: Reader::at([192, 0, 2, 1].into()) });
    // Nor is it pressed by itself where the operator wants less to be asked for.
    assert_eq!(files(&service, &asked).await.own_table, Some(OwnTable::Unread { is_much: true }));
    let before = fixture.received().len();
    let failure = service.start_reading(&query(asked.clone()), false).await.unwrap_err();
    assert_eq!((failure.status, fixture.received().len()), (429, before));
}

/// A page that asked again and again would never be read.
#[tokio::test]
async fn a_table_that_cannot_be_had_is_said_to_be_so() {
    let (layer, folder) = (lying(Form::Estargz), tempfile::tempdir().unwrap());
    let fixture = registry_of(&[&layer]).await;
    let (path, asked) = (blob(&layer.digest()), alone(&layer.digest()));
    compared(&restarted(&fixture, folder.path(), ServiceSettings::default()).await, &asked).await;
    fixture.on(&path, Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry"));
    let service = restarted(&fixture, folder.path(), ServiceSettings::default()).await;
    start(&service, &asked).await;
    let view = files(&service, &asked).await;
    assert!(matches!(view.own_table, Some(OwnTable::NotCompared { .. })), "{:?}", view.own_table);
    assert!(names(&view).contains(&"hidden"), "{:?}", names(&view));
    let before = fixture.received_for(&path).len();
    start(&service, &asked).await;
    assert_eq!(fixture.received_for(&path).len(), before);
}

/// An uncompressed layer without a table.
fn plain(entries: &[(&str, &[u8])]) -> (Value, Vec<u8>) {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, *content).unwrap();
    }
    let stored = archive.into_inner().unwrap();
    let descriptor = json!({
        "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(&stored), "size": stored.len(),
    });
    (descriptor, stored)
}

/// Two layers with tables, and one without.
fn image() -> (Made, Made, (Value, Vec<u8>)) {
    let upper = [("reg", "note", &b"two lines"[..]), ("reg", "usr/.wh.tool", b""), ("reg", "opt/new", b"n")];
    let (lower, upper) = (made(Form::Estargz, &HONEST, 1_000), made(Form::ZstdChunked, &upper, 1_000));
    (lower, upper, plain(&[("first", b"f"), ("last", &vec![7; 100_000])]))
}

#[tokio::test]
async fn an_image_s_tree_is_made_of_all_tables_and_of_what_has_come_above_them() {
    let (lower, upper, plain) = image();
    let layers =
        [(lower.descriptor(), lower.stored.clone()), (upper.descriptor(), upper.stored.clone()), plain.clone()];
    let fixture = registry(&layers).await;
    for made in [&lower, &upper] {
        hold(&fixture, &made.digest(), b"");
    }
    let top = digest(&plain.1);
    hold(&fixture, &top, &plain.1[..2_048]);
    let mut settings = ServiceSettings::default();
    settings.layers.at_once = 3;
    let service = Service::new(vec![client(&fixture)], settings);
    let asked = FilesQuery::default();
    start(&service, &asked).await;
    let view = until(&service, &asked, |view| names(view).contains(&"first")).await;
    // Of the last file of that layer not everything has come.
    assert_eq!(names(&view), ["opt", "usr", "first", "link", "note"]);
    assert!(view.is_provisional && view.usage.is_none() && view.download.is_none());
    assert!(says(&view, "What is shown of layers 1, 2 is from their own tables"), "{:?}", view.remarks);
    let note = view.rows.iter().find(|row| row.name == "note").unwrap();
    assert_eq!((note.layer, note.size), (Some(2), 9));
    // The second table deletes what the first one has.
    let inside = FilesQuery { path: FilePath::from_bytes(b"usr"), ..asked };
    let inside = files(&service, &inside).await;
    let tool = inside.rows.iter().find(|row| row.name == "tool").unwrap();
    assert_eq!((tool.layer, tool.change), (Some(1), Some(Change::Deleted)), "{:?}", inside.rows);
    assert!(tool.marks.iter().any(|mark| mark == "by layer 2"), "{:?}", tool.marks);
    // As of the first layer there is nothing of the second.
    let first = files(&service, &FilesQuery { as_of: 1, ..FilesQuery::default() }).await;
    assert_eq!(names(&first), ["usr", "link", "note"]);
    assert!(says(&first, "What is shown of layer 1 is from the layer's own table"), "{:?}", first.remarks);
}

#[tokio::test]
async fn tables_are_shown_over_layers_that_were_read() {
    let (lower, upper, _) = image();
    let fixture = registry_of(&[&lower, &upper]).await;
    hold(&fixture, &upper.digest(), b"");
    let service = service(&fixture);
    read(&service, &alone(&lower.digest())).await;
    let asked = FilesQuery::default();
    start(&service, &asked).await;
    let view = until(&service, &asked, |view| names(view).contains(&"opt")).await;
    // What eStargz has put into the archive of the first one is there by now.
    assert_eq!(names(&view), ["opt", "usr", "link", "note", "stargz.index.json"]);
    assert!(view.is_provisional && says(&view, "What is shown of layer 2 is from"), "{:?}", view.remarks);
    // The one that was read opens its files, the other one cannot yet.
    let open = async |path: &[u8]| {
        let asked = FilesQuery { path: FilePath::from_bytes(path), ..FilesQuery::default() };
        files(&service, &asked).await.opened.unwrap().download
    };
    assert!(open(b"stargz.index.json").await.is_some());
    assert_eq!(open(b"note").await, None);
}

/// Without it tables would have more entries in memory than layers may (threat T-18).
#[tokio::test]
async fn tables_of_an_image_are_shown_up_to_its_limit_of_entries() {
    let (lower, upper, _) = image();
    let fixture = registry_of(&[&lower, &upper]).await;
    for made in [&lower, &upper] {
        hold(&fixture, &made.digest(), b"");
    }
    let mut settings = ServiceSettings::default();
    (settings.layers.image_entries, settings.layers.at_once) = (HONEST.len() as u64 + 2, 2);
    let service = Service::new(vec![client(&fixture)], settings);
    start(&service, &FilesQuery::default()).await;
    // Both tables are there.
    until(&service, &alone(&upper.digest()), |view| !view.is_empty).await;
    let view = until(&service, &FilesQuery::default(), |view| !view.is_empty).await;
    assert_eq!(names(&view), ["usr", "link", "note"]);
    assert!(says(&view, "What is shown of layer 1 is from the layer's own table"), "{:?}", view.remarks);
}
