//! The files of images: nothing is read unasked, each layer once, and what is shown is what the layers make together.

use std::time::Duration;

use strata::anatomy::files::{Change, FilePath};
use strata::layers::{IndexStore, LayerReader, ReaderSettings};
use strata::oci::Digest;
use strata::service::{Service, ServiceSettings};
use strata::view::address::ImageView;
use strata::view::failure::FailureCode;
use strata::view::files::{
    BaseChoice, ContentForm, EntryKind, FileContent, FileOrder, FileRow, FilesQuery, FilesView, Inside, JsonValue,
    LayerState, SizeShare,
};
use strata::view::image::{ImageContent, ImageQuery};

use super::support::{Sample, reference};

const IMAGE: &str = "payments/api:1.10.1";

fn query(files: FilesQuery) -> ImageQuery {
    ImageQuery { view: ImageView::Files, files, ..ImageQuery::new(reference(IMAGE)) }
}

fn at(path: &str) -> FilesQuery {
    FilesQuery { path: FilePath::from_bytes(path.as_bytes()), ..FilesQuery::default() }
}

async fn files(service: &Service, asked: FilesQuery) -> FilesView {
    match service.image(&query(asked)).await.unwrap().content.content {
        ImageContent::Files(files) => *files,
        other => panic!("{other:?}"),
    }
}

/// Reads all layers, as a page's button does.
async fn read_all(service: &Service) {
    read_image(service, &query(FilesQuery::default())).await;
}

fn row<'a>(view: &'a FilesView, path: &str) -> &'a FileRow {
    view.rows
        .iter()
        .find(|row| row.path.as_bytes() == path.as_bytes())
        .unwrap_or_else(|| panic!("{path}: {:?}", view.rows))
}

#[tokio::test]
async fn no_layer_is_read_until_somebody_asks_and_then_each_once() {
    let sample = Sample::start().await;
    let service = sample.service();
    let before = files(&service, FilesQuery::default()).await;
    assert!(before.is_empty && before.rows.is_empty() && before.unread_bytes > 0);
    assert!(before.layers.iter().all(|layer| layer.state == LayerState::Unread));
    // Index, manifest, config.
    assert_eq!(sample.log.take().len(), 3);

    read_all(&service).await;
    assert_eq!(sample.log.take().len(), before.layers.len());
    let after = files(&service, FilesQuery::default()).await;
    assert!(!after.is_empty && !after.is_provisional && after.unread_bytes == 0);
    assert!(after.layers.iter().all(|layer| matches!(layer.state, LayerState::Known { .. })), "{:?}", after.layers);
    assert_eq!(row(&after, "etc").kind, EntryKind::Directory);
    read_all(&service).await;
    assert!(sample.log.take().is_empty());
}

#[tokio::test]
async fn a_file_costs_one_request_for_a_part_of_its_layer() {
    let sample = Sample::start().await;
    let service = sample.service();
    read_all(&service).await;
    sample.log.take();
    let view = files(&service, at("etc/passwd")).await;
    let requests = sample.log.take();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let opened = view.opened.unwrap();
    let FileContent::Text { lines, cut, .. } = &opened.content else { panic!("{:?}", opened.content) };
    let first: String = lines[0].0.iter().map(|span| span.text.as_str()).collect();
    assert_eq!((first.as_str(), *cut), ("root:x:0:0:root:/root:/bin/bash", 0));
    // A later layer has added its user.
    assert_eq!(opened.row.change, Some(Change::Changed));
    assert_eq!(
        opened.versions.iter().map(|version| version.change).collect::<Vec<_>>(),
        [Change::Added, Change::Changed]
    );
    assert!(row(&view_of(&service, "etc/passwd").await, "etc").is_open);

    let against = FilesQuery { against: 1, ..at("etc/passwd") };
    let difference = files(&service, against).await.opened.unwrap().difference.unwrap();
    let added: Vec<_> = difference.iter().filter(|line| line.sign == '+').map(|line| line.text.as_str()).collect();
    assert_eq!(added, ["app:x:1000:1000::/home/app:/usr/sbin/nologin"]);
}

async fn view_of(service: &Service, path: &str) -> FilesView {
    files(service, at(path)).await
}

#[tokio::test]
async fn names_are_found_by_part_pattern_and_digest() {
    let sample = Sample::start().await;
    let service = sample.service();
    read_all(&service).await;
    let find = |text: &str| FilesQuery { find: text.to_owned(), ..FilesQuery::default() };
    let names = |view: FilesView| view.rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert!(names(files(&service, find("passwd")).await).contains(&"/etc/passwd".to_owned()));
    assert!(names(files(&service, find("etc/*.conf")).await).contains(&"/etc/nsswitch.conf".to_owned()));
    assert!(names(files(&service, find(".conf")).await).contains(&"/etc/nsswitch.conf".to_owned()));
    assert!(
        names(files(&service, find(".c")).await)
            .iter()
            .all(|name| name.rsplit_once('.').is_some_and(|(_, ending)| ending == "c"))
    );
    assert!(names(files(&service, find(".so")).await).iter().any(|name| name.ends_with("/libc.so.6")));
    let sorted = files(&service, FilesQuery { order: FileOrder::Size, ..find("e") }).await;
    assert!(sorted.total > 10 && sorted.rows.is_sorted_by_key(|row| std::cmp::Reverse(row.size)), "{:?}", sorted.rows);
    let digest = files(&service, at("etc/passwd")).await.opened.unwrap().facts.sha256.unwrap();
    assert_eq!(names(files(&service, find(&digest)).await), ["/etc/passwd"]);
    let nothing = files(&service, find("no-such-name")).await;
    assert_eq!((nothing.total, nothing.rows.len()), (0, 0));
    let bad = files(&service, find("[")).await;
    assert!(bad.remarks.iter().any(|remark| remark.starts_with("This is no pattern")), "{:?}", bad.remarks);
    let added = FilesQuery { change: Some(Change::Added), ..FilesQuery::default() };
    let added = files(&service, added).await;
    assert!(added.rows.iter().all(|row| row.change == Some(Change::Added)) && added.total > 5);
}

#[tokio::test]
async fn a_layer_by_itself_shows_what_it_has_done() {
    let sample = Sample::start().await;
    let service = sample.service();
    let fourth = files(&service, FilesQuery::default()).await.layers[3].digest.clone().unwrap();
    let alone = FilesQuery { layer: Some(fourth.clone()), ..FilesQuery::default() };
    let asked = query(alone.clone());
    service.start_reading(&asked, false).await.unwrap();
    let mut progress = service.reading_progress(&asked).await.unwrap();
    while progress.now().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let view = files(&service, alone.clone()).await;
    assert_eq!(view.layer, Some(4));
    // Only that one was read: what it has changed is not known yet.
    assert!(matches!(view.layers[0].state, LayerState::Unread));
    let unchanged = FilesQuery { change: Some(Change::Unchanged), ..alone.clone() };
    let unknown = files(&service, unchanged.clone()).await;
    assert_eq!((unknown.total, unknown.knows_changes), (0, false), "{:?}", unknown.rows);
    let remark = "What this layer has changed is known when the layers below it have been read";
    assert!(unknown.remarks.iter().any(|text| text.starts_with(remark)), "{:?}", unknown.remarks);
    let passwd = FilesQuery { path: FilePath::from_bytes(b"etc/passwd"), ..alone };
    assert_eq!(files(&service, passwd.clone()).await.opened.unwrap().row.change, None);
    read_all(&service).await;
    let known = files(&service, unchanged).await;
    assert!(known.knows_changes && !known.remarks.iter().any(|text| text.starts_with(remark)), "{:?}", known.remarks);
    assert_eq!(files(&service, passwd).await.opened.unwrap().row.change, Some(Change::Changed));

    let before = FilesQuery { as_of: 3, ..at("etc/passwd") };
    assert_eq!(files(&service, before).await.opened.unwrap().row.layer, Some(1));
}

/// Without the check a layer could be had by its digest alone, out of any image.
#[tokio::test]
async fn a_layer_that_the_manifest_does_not_list_is_not_shown() {
    let sample = Sample::start().await;
    let service = sample.service();
    let other = ImageQuery { view: ImageView::Files, ..ImageQuery::new(reference("base/linux:latest")) };
    service.start_reading(&other, false).await.unwrap();
    let ImageContent::Files(theirs) = service.image(&other).await.unwrap().content.content else { panic!() };
    let ours = files(&service, FilesQuery::default()).await;
    let strange = theirs.layers.iter().filter_map(|layer| layer.digest.clone());
    let strange: Vec<_> =
        strange.filter(|digest| !ours.layers.iter().any(|layer| layer.digest.as_ref() == Some(digest))).collect();
    let digest = strange.first().cloned().unwrap_or_else(|| format!("sha256:{}", "0".repeat(64)).parse().unwrap());
    let asked = query(FilesQuery { layer: Some(digest), ..FilesQuery::default() });
    let failure = service.image(&asked).await.unwrap_err();
    assert_eq!((failure.status, failure.code), (404, FailureCode::BlobNotFound));
}

#[tokio::test]
async fn what_is_not_there_is_not_found_once_everything_is_known() {
    let sample = Sample::start().await;
    let service = sample.service();
    // As long as nothing is known, nothing can be missing.
    assert!(files(&service, at("etc/nothing")).await.is_empty);
    let bytes = service.file_bytes(&query(at("etc/passwd")), |_| true).await;
    assert_eq!(bytes.map(|_| ()).unwrap_err().status, 409);
    read_all(&service).await;
    let failure = service.image(&query(at("etc/nothing"))).await.unwrap_err();
    assert_eq!(failure.status, 404);
    // Over a symbolic link, as a program would go.
    let over = files(&service, at("etc/os-release")).await.opened.unwrap();
    assert_eq!(over.row.kind, EntryKind::Symlink);
    assert_eq!(over.facts.leads_to, Some(FilePath::from_bytes(b"usr/lib/os-release")));
}

/// What an image does not show any more is still in its layers, and can be had from there.
#[tokio::test]
async fn what_is_gone_leads_to_the_layer_that_still_has_it() {
    let sample = Sample::start().await;
    let service = sample.service();
    let toolbox =
        |files| ImageQuery { files, view: ImageView::Files, ..ImageQuery::new(reference("platform/toolbox:1.1")) };
    read_image(&service, &toolbox(FilesQuery::default())).await;
    let view = async |asked| match service.image(&toolbox(asked)).await.unwrap().content.content {
        ImageContent::Files(files) => *files,
        other => panic!("{other:?}"),
    };
    let layers = view(FilesQuery::default()).await.layers;
    let (gave, took) = (layers[5].digest.clone().unwrap(), layers[6].digest.clone());
    let failure = service.image(&toolbox(at("root/.npmrc"))).await.unwrap_err();
    assert!(failure.explanation.contains("layer 7 takes it away"), "{}", failure.explanation);
    let (words, link) = failure.advice[0].link.clone().unwrap();
    assert!(words == "Layer 6" && link.contains(&format!("/-/layer/{gave}/root/.npmrc")), "{words}: {link}");
    let there = view(FilesQuery { layer: Some(gave), ..at("root/.npmrc") }).await.opened.unwrap();
    assert!(there.download.is_some());

    // Contents are found wherever they are, with the layer that gave them and the one that took them.
    let find = |text: Option<String>| FilesQuery { find: text.unwrap(), ..FilesQuery::default() };
    let found = view(find(there.facts.sha256)).await;
    let token = row(&found, "root/.npmrc");
    assert_eq!((token.layer, token.change, token.is_overwritten), (Some(6), Some(Change::Deleted), false));
    assert_eq!(token.marks, ["by layer 7"]);
    let trace = view(at("opt/toolbox/trace")).await.opened.unwrap();
    let found = view(find(trace.facts.sha256)).await;
    let versions = found.rows.iter().filter(|row| row.path.as_bytes() == b"opt/toolbox/trace");
    let versions: Vec<_> = versions.map(|row| (row.layer, row.is_overwritten, row.marks.join(" "))).collect();
    assert_eq!(versions, [(Some(3), false, String::new()), (Some(2), true, "by layer 3".to_owned())]);

    let deleted = FilesQuery { change: Some(Change::Deleted), ..FilesQuery::default() };
    for asked in [find(Some(".npmrc".to_owned())), deleted] {
        let whiteouts = view(FilesQuery { layer: took.clone(), ..asked }).await;
        assert_eq!(row(&whiteouts, "root/.wh..npmrc").kind, EntryKind::Whiteout);
    }
}

/// A directory is what its files are: every one of them is in its archive as the merged tree has it.
#[tokio::test]
async fn a_directory_comes_as_an_archive_of_everything_in_it() {
    let sample = Sample::start().await;
    let service = sample.service();
    read_all(&service).await;
    for (directory, prefix) in [("", ""), ("usr", "usr/"), ("srv/app", "app/")] {
        let bytes = service.file_bytes(&query(at(directory)), |_| true).await.unwrap().content;
        assert_eq!((bytes.digest, bytes.size), (None, None));
        let packed = body(bytes.body.unwrap()).await;
        let index = strata::layers::read_in_memory(&packed, &strata::layers::LayerLimits::default()).unwrap();
        let whole = strata::layers::Ending::Archive {
            archive: strata::layers::tar::Ending::Marker { trailing_bytes: 0, is_zero: true },
            trailing_bytes: 0,
        };
        assert_eq!(index.summary.ending, whole);
        let (mut files, mut links) = (0, 0);
        for file in index.files.iter() {
            let path = file.path();
            let Some(rest) = path.strip_prefix(prefix.as_bytes()).filter(|rest| !rest.is_empty()) else { continue };
            let name = [directory.as_bytes(), rest].join(if directory.is_empty() { &b""[..] } else { b"/" });
            let shown = FilesQuery { path: FilePath::from_bytes(&name), ..FilesQuery::default() };
            let opened = files_of(&service, shown).await;
            let row = &opened.row;
            assert_eq!(row.mode, Some(file.mode()), "{row:?}");
            assert_eq!(row.owner, Some((file.user(), file.group())));
            assert_eq!(row.modified, Some(file.modified().seconds));
            if let Some(digest) = file.digest() {
                files += 1;
                let digest = Digest::from_sha256(digest).to_string();
                assert_eq!(opened.facts.sha256, digest.strip_prefix("sha256:").map(str::to_owned), "{row:?}");
            } else if row.target.is_some() {
                links += 1;
                assert_eq!(row.target, Some(String::from_utf8_lossy(file.link_target()).into_owned()));
            }
        }
        assert!(files > 5 && (links > 0 || directory == "srv/app"), "{directory}: {files} files, {links} links");
    }
}

async fn files_of(service: &Service, asked: FilesQuery) -> strata::view::files::OpenedFile {
    *files(service, asked).await.opened.unwrap()
}

async fn body(stream: strata::layers::FileStream) -> bytes::Bytes {
    use futures::TryStreamExt as _;
    stream.try_collect::<Vec<_>>().await.unwrap().concat().into()
}

/// JSON, certificates, archives and pictures are shown for what they hold.
#[tokio::test]
async fn files_of_known_formats_are_looked_into() {
    let sample = Sample::start().await;
    let service = sample.service();
    let toolbox =
        |files| ImageQuery { files, view: ImageView::Files, ..ImageQuery::new(reference("platform/toolbox:1.1")) };
    read_image(&service, &toolbox(FilesQuery::default())).await;
    let open = async |path: &str, form| {
        let asked = FilesQuery { form, ..at(path) };
        match service.image(&toolbox(asked)).await.unwrap().content.content {
            ImageContent::Files(files) => *files.opened.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let certificate = open("etc/ssl/certs/acme-root.pem", None).await;
    let FileContent::Inside(Inside::Certificates { certificates, left_out: 0 }) = &certificate.content else {
        panic!("{:?}", certificate.content)
    };
    let own = &certificates[0];
    assert_eq!(own.subject, "O=Acme Example, CN=Acme Example Root");
    assert_eq!((own.key.as_str(), own.is_authority, own.is_self_issued), ("elliptic curve, 256 bits", true, true));
    assert_eq!(own.names, ["ca.acme.example", "192.0.2.1"]);
    assert!(matches!(
        open("etc/ssl/certs/acme-root.pem", Some(ContentForm::Text)).await.content,
        FileContent::Text { .. }
    ));

    let archive = open("usr/share/toolbox/inspect.jar", None).await.content;
    let FileContent::Inside(Inside::Archive { entries, count: 3, .. }) = &archive else { panic!("{archive:?}") };
    assert_eq!((entries[1].name.as_str(), entries[1].size), ("example/acme/Inspect.class", 208));

    let picture = open("usr/share/toolbox/logo.png", None).await;
    assert_eq!(picture.content, FileContent::Inside(Inside::Picture));
    assert_eq!(picture.forms, [ContentForm::Inside, ContentForm::Bytes]);

    let json = open("usr/share/toolbox/settings.json", None).await;
    let FileContent::Inside(Inside::Json(JsonValue::Members { members, .. })) = &json.content else {
        panic!("{:?}", json.content)
    };
    assert_eq!(members[0].value, JsonValue::Text("\"toolbox\"".to_owned()));
    assert_eq!(json.forms, ContentForm::ALL);
}

async fn read_image(service: &Service, asked: &ImageQuery) {
    service.start_reading(asked, false).await.unwrap();
    let mut progress = service.reading_progress(asked).await.unwrap();
    while progress.now().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Without the check the file of a lower layer is handed out as the image's, and kept for ever.
#[tokio::test]
async fn a_file_is_the_image_s_only_when_no_layer_above_can_change_it() {
    let sample = Sample::start().await;
    let service = sample.service();
    let first = files(&service, FilesQuery::default()).await.layers[0].digest.clone().unwrap();
    let asked = query(FilesQuery { layer: Some(first), ..FilesQuery::default() });
    read_image(&service, &asked).await;
    let early = files(&service, at("etc/passwd")).await;
    assert!(early.is_provisional && early.opened.is_some());
    let bytes = service.file_bytes(&query(at("etc/passwd")), |_| true).await;
    assert_eq!(bytes.map(|_| ()).unwrap_err().status, 409);
    read_all(&service).await;
    assert!(service.file_bytes(&query(at("etc/passwd")), |_| true).await.unwrap().content.is_final);
}

#[tokio::test]
async fn where_the_bytes_went_is_counted_when_it_is_asked_for() {
    let sample = Sample::start().await;
    let service = sample.service();
    let asked = FilesQuery { usage: true, dive: true, ..FilesQuery::default() };
    assert!(files(&service, asked.clone()).await.usage.is_none());
    read_all(&service).await;
    assert!(files(&service, FilesQuery::default()).await.usage.is_none());
    let usage = files(&service, asked).await.usage.unwrap();
    assert!(usage.dead_bytes > 0 && usage.dead_bytes < usage.total_bytes, "{usage:?}");
    assert!(
        usage.dead.iter().any(|file| file.path.as_bytes() == b"etc/passwd" && file.by == Some(4)),
        "{:?}",
        usage.dead
    );
    let sum: u64 = usage.causes.iter().map(|cause| cause.bytes).sum();
    assert_eq!(sum, usage.dead_bytes);
    let stored: u64 = usage.causes.iter().map(|cause| cause.stored_bytes).sum();
    assert!(stored > 0 && stored == usage.dead_stored_bytes, "{usage:?}");
    for layer in &usage.layers {
        assert_eq!(layer.causes.iter().map(|told| told.cause.bytes).sum::<u64>(), layer.dead_bytes, "{layer:?}");
        assert_eq!(layer.causes.iter().map(|told| told.cause.stored_bytes).sum::<u64>(), layer.dead_stored_bytes);
        assert!(
            layer.causes.iter().all(|told| told.by >= layer.number) && layer.dead_stored_bytes <= layer.stored_bytes
        );
    }
    assert!(usage.dive.is_some_and(|(score, _)| score > 0.0 && score <= 100.0));
    // Each leads to its names.
    for duplicate in usage.duplicates.iter().take(3) {
        let find = FilesQuery { find: duplicate.digest.to_string(), ..FilesQuery::default() };
        let found = files(&service, find).await;
        assert!(found.total >= duplicate.files && duplicate.files > 1, "{duplicate:?}: {:?}", found.rows);
        assert_eq!(duplicate.wasted_bytes, (duplicate.files - 1) * duplicate.bytes);
    }
    assert!(usage.largest.windows(2).all(|pair| pair[0].bytes >= pair[1].bytes));
    // Nothing is lost on the way down, and both ways of counting see the same.
    let seen = sum_of(&usage.shares);
    assert_eq!(usage.endings.iter().map(|share| share.bytes).sum::<u64>(), seen);
    assert!(usage.endings.iter().any(|share| share.ending.as_deref() == Some("so") && share.files > 1));
    let usr = usage.shares.iter().find(|share| share.name == "usr").unwrap();
    assert_eq!(usr.path.as_ref().map(FilePath::as_bytes), Some(&b"usr"[..]));
    assert!(usr.is_directory && usr.bytes < seen && !usr.within.is_empty());
}

/// The page is asked for to learn which step has left what behind, and which one should have taken it away.
#[tokio::test]
async fn a_key_that_a_later_layer_deletes_is_found_with_the_layer_that_deletes_it() {
    let sample = Sample::start().await;
    let service = sample.service();
    let migrations = |files| ImageQuery {
        files,
        view: ImageView::Files,
        ..ImageQuery::new(reference("payments/migrations:2026.03.2"))
    };
    read_image(&service, &migrations(FilesQuery::default())).await;
    let asked = migrations(FilesQuery { usage: true, ..FilesQuery::default() });
    let ImageContent::Files(files) = service.image(&asked).await.unwrap().content.content else { panic!() };
    let usage = files.usage.as_ref().unwrap();
    let key = usage.secrets.iter().find(|file| file.path.as_bytes() == b"srv/migrations/deploy.key").unwrap();
    assert_eq!((key.layer, key.by), (3, Some(4)), "{key:?}");
    assert!(key.stored_bytes > Some(0), "{key:?}");
    assert_eq!(usage.secrets_left_out, 0);
    let causes = &usage.layers[2].causes;
    assert_eq!(causes.len(), 1, "{causes:?}");
    assert_eq!((causes[0].by, causes[0].cause.files, causes[0].cause.bytes), (4, 1, key.bytes));
    assert_eq!(causes[0].cause.words, "deleted by a later layer");
    assert!(files.layers[3].instruction.as_ref().is_some_and(|text| text.contains("rm /srv/migrations/deploy.key")));
}

/// What was counted once is said on the image's own page, which has nothing counted itself; after a restart, too.
#[tokio::test]
async fn the_page_of_an_image_has_its_efficiency_once_that_was_counted() {
    let sample = Sample::start().await;
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let store = IndexStore::in_folder(folder.path(), 1_000_000_000).await.unwrap();
        let layers = LayerReader::new(ReaderSettings::default(), store);
        Service::with_layers(vec![sample.client("sample")], ServiceSettings::default(), layers)
    };
    let counted = async |service: &Service| {
        let page = service.image(&ImageQuery::new(reference(IMAGE))).await.unwrap();
        match page.content.content {
            ImageContent::Layers(layers) => layers.counted,
            other => panic!("{other:?}"),
        }
    };
    let service = start().await;
    read_all(&service).await;
    files(&service, FilesQuery::default()).await;
    assert_eq!(counted(&service).await, None);
    let asked = FilesQuery { usage: true, ..FilesQuery::default() };
    let usage = files(&service, asked.clone()).await.usage.unwrap();
    let told = Some((usage.total_bytes, usage.dead_bytes));
    assert_eq!(counted(&service).await, told);
    // Without its base, and as it was before its last layer, it is another count.
    files(&service, FilesQuery { base: Some(BaseChoice::History), ..asked.clone() }).await;
    files(&service, FilesQuery { as_of: 1, ..asked }).await;
    assert_eq!(counted(&service).await, told);
    assert_eq!(counted(&start().await).await, told);
}

/// The bytes of all shares, where those within add up to what they are in.
fn sum_of(shares: &[SizeShare]) -> u64 {
    for share in shares.iter().filter(|share| !share.within.is_empty()) {
        assert_eq!(sum_of(&share.within), share.bytes, "{share:?}");
    }
    shares.iter().map(|share| share.bytes).sum()
}

/// Whoever builds on an image cannot change its layers: they can be left out, by the name that the image gives, or by its history.
#[tokio::test]
async fn a_base_image_is_left_out_where_that_is_asked_for() {
    let sample = Sample::start().await;
    let service = sample.service();
    let toolbox = |base| ImageQuery {
        files: FilesQuery { usage: true, base, ..FilesQuery::default() },
        view: ImageView::Files,
        ..ImageQuery::new(reference("platform/toolbox:1.1"))
    };
    read_image(&service, &toolbox(None)).await;
    let usage = async |base| match service.image(&toolbox(base)).await.unwrap().content.content {
        ImageContent::Files(files) => (*files.usage.unwrap(), files.remarks),
        other => panic!("{other:?}"),
    };
    let (all, _) = usage(None).await;
    assert!(all.left_out.is_none() && all.layers[0].bytes > 0);
    // The history has a command after five layers, and goes on.
    for (choice, layers) in [(BaseChoice::History, 5), (BaseChoice::Named, 1)] {
        let (without, remarks) = usage(Some(choice)).await;
        assert_eq!(without.left_out.as_ref().and_then(|base| base.layers), Some(layers), "{choice:?}: {remarks:?}");
        let base = &all.layers[..layers as usize];
        assert_eq!(without.total_bytes, all.total_bytes - base.iter().map(|layer| layer.bytes).sum::<u64>());
        assert_eq!(without.dead_bytes, all.dead_bytes - base.iter().map(|layer| layer.dead_bytes).sum::<u64>());
        assert!(without.largest.iter().chain(&without.dead).all(|file| file.layer > layers));
        assert!(sum_of(&without.shares) < sum_of(&all.shares));
        assert!(without.shares.iter().all(|share| share.layer > layers), "{:?}", without.shares);
    }
    // The token that a later layer deletes is still there to be downloaded.
    let token = all.secrets.iter().find(|file| file.path.as_bytes() == b"root/.npmrc");
    assert_eq!(token.and_then(|file| file.by), Some(7), "{:?}", all.secrets);
}

/// A bar that goes back, or a number that falls, looks as if something were lost.
#[tokio::test]
async fn layers_that_were_read_count_until_all_are() {
    let sample = Sample::start().await;
    let service = sample.service();
    let layers = files(&service, FilesQuery::default()).await.layers;
    let first = layers[0].digest.clone().unwrap();
    read_image(&service, &query(FilesQuery { layer: Some(first), ..FilesQuery::default() })).await;
    // One layer is read at a time, so that all of them take much longer than the page waits.
    sample.log.delay.store(200, std::sync::atomic::Ordering::SeqCst);
    let asked = query(FilesQuery::default());
    service.start_reading(&asked, false).await.unwrap();
    let mut progress = service.reading_progress(&asked).await.unwrap();
    let begin = progress.now().unwrap();
    assert!((1..layers.len()).contains(&begin.left), "{begin:?}");
    assert!(begin.read.stored >= layers[0].size.unwrap() && begin.read.entries > 0, "{begin:?}");
    let mut last = begin.read;
    while let Some(now) = progress.now() {
        assert_eq!(now.read.size, Some(layers.iter().filter_map(|layer| layer.size).sum()));
        assert!(now.read.stored >= last.stored && now.read.entries >= last.entries && now.left < layers.len());
        last = now.read;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What had no room has cost nothing.
#[tokio::test]
async fn a_layer_that_is_refused_at_once_is_not_charged() {
    let sample = Sample::start().await;
    let mut settings = ServiceSettings::default();
    let layers = files(&sample.service(), FilesQuery::default()).await.layers;
    settings.layers.client_bytes_per_hour = layers.iter().filter_map(|layer| layer.size).sum();
    (settings.layers.at_once, settings.layers.waiting) = (1, 0);
    let service = Service::new(vec![sample.client("sample")], settings);
    let reader = strata::registry::Reader::at([192, 0, 2, 1].into());
    let service = service.for_request(strata::registry::Asker { request_id: None, reader });
    // Of those that are unread, each time the first one has room.
    for _ in &layers {
        read_all(&service).await;
    }
    let view = files(&service, FilesQuery::default()).await;
    assert!(view.layers.iter().all(|layer| matches!(layer.state, LayerState::Known { .. })), "{:?}", view.layers);
}

/// Without a limit one reader could have a registry send its layers all day (threat T-24).
#[tokio::test]
async fn a_reader_has_no_more_bytes_in_an_hour_than_the_settings_say() {
    let sample = Sample::start().await;
    let mut settings = ServiceSettings::default();
    settings.layers.client_bytes_per_hour = 1_000;
    let service = Service::new(vec![sample.client("sample")], settings);
    let reader = strata::registry::Reader::at([192, 0, 2, 1].into());
    let service = service.for_request(strata::registry::Asker { request_id: None, reader });
    let failure = service.start_reading(&query(FilesQuery::default()), false).await.unwrap_err();
    assert_eq!(failure.status, 429);
    assert!(sample.log.take().iter().all(|request| !request.contains("e3e52af0a010")));
}
