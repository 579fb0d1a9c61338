//! An image as `umoci` unpacks it, name by name, against the same layers laid over each other.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use strata::anatomy::files::{FileKind, FileList, NodeId, Overlay};
use strata::layers::{IndexStore, LayerReader, ReaderSettings};
use strata::oci::{Descriptor, MediaType, RepositoryName};
use strata::registry::{Client, DocumentCache, RegistrySettings, Request};

use super::support::process::{program, run};
use super::support::{Fixture, digest_of};

/// What stands under a name, as far as both can say it: owners are those of whoever unpacks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Directory { mode: u32 },
    File { mode: u32, size: u64, digest: [u8; 32] },
    Symlink { target: Vec<u8> },
}

/// One entry: `name` ends in `/` for a directory, holds ` -> ` for a symbolic and ` = ` for a hard link; else it is a file with its
/// contents and mode.
type Made = (&'static str, &'static str, u32);

const LAYERS: &[&[Made]] = &[
    &[
        ("etc/", "", 0o755),
        ("etc/passwd", "root:x:0:0", 0o644),
        ("etc/shadow", "secret", 0o600),
        ("a/", "", 0o755),
        ("a/b/", "", 0o750),
        ("a/b/foo", "foo", 0o644),
        ("a/b/deep/", "", 0o755),
        ("a/b/deep/er", "er", 0o644),
        ("file1", "one", 0o644),
        ("hard = file1", "", 0o644),
        ("third = file1", "", 0o644),
        ("c/", "", 0o755),
        ("c/file3", "three", 0o644),
        ("link -> c/file3", "", 0o777),
        ("absolute -> /etc/passwd", "", 0o777),
        ("X/", "", 0o755),
        ("X/old", "old", 0o644),
        ("bin/", "", 0o755),
        ("bin/tool", "#!/bin/sh", 0o4755),
        ("becomes-file/", "", 0o755),
        ("becomes-file/inside", "x", 0o644),
        ("becomes-directory", "x", 0o644),
        ("implied/by/its/child", "x", 0o644),
        ("empty", "", 0o644),
    ],
    &[
        // Deleted, with what is below.
        (".wh.file1", "", 0o644),
        ("a/", "", 0o755),
        ("a/.wh..wh..opq", "", 0o644),
        ("a/new", "new", 0o644),
        (".wh.X", "", 0o644),
        ("X/", "", 0o700),
        ("X/new", "new", 0o644),
        // Replaced.
        ("etc/passwd", "root:x:0:0\napp:x:1000:1000", 0o640),
        ("third", "another", 0o644),
        ("becomes-file", "now a file", 0o644),
        ("becomes-directory/", "", 0o711),
        ("becomes-directory/inside", "y", 0o644),
        // A link of the same layer is followed.
        ("usr/", "", 0o755),
        ("usr/sbin/", "", 0o755),
        ("sbin -> usr/sbin", "", 0o777),
        ("sbin/daemon", "daemon", 0o755),
    ],
    &[
        // Of what is not there.
        (".wh.ghost", "", 0o644),
        ("c/.wh.nothing", "", 0o644),
        // Twice: the last one counts.
        ("twice", "first", 0o644),
        ("twice", "second", 0o600),
        ("etc/.wh.shadow", "", 0o644),
        // Attributes only.
        ("bin/", "", 0o555),
    ],
];

fn layer(entries: &[Made]) -> (Vec<u8>, Vec<u8>) {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content, mode) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_mode(*mode);
        header.set_mtime(1_700_000_000);
        header.set_size(0);
        if let Some((name, target)) = name.split_once(" -> ") {
            header.set_entry_type(tar::EntryType::Symlink);
            builder.append_link(&mut header, name, target).unwrap();
        } else if let Some((name, target)) = name.split_once(" = ") {
            header.set_entry_type(tar::EntryType::Link);
            builder.append_link(&mut header, name, target).unwrap();
        } else {
            let is_directory = name.ends_with('/');
            header.set_entry_type(if is_directory { tar::EntryType::Directory } else { tar::EntryType::Regular });
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
    }
    let archive = builder.into_inner().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(&archive).unwrap();
    (encoder.finish().unwrap(), archive)
}

/// Everything below a folder, by its path from there.
fn walk(root: &Path, folder: &Path, seen: &mut BTreeMap<Vec<u8>, Seen>) {
    use std::os::unix::ffi::OsStrExt as _;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let data = fs::symlink_metadata(&path).unwrap();
        let mode = data.permissions().mode() & 0o7777;
        let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
        if data.is_dir() {
            seen.insert(name, Seen::Directory { mode });
            walk(root, &path, seen);
        } else if data.is_symlink() {
            seen.insert(name, Seen::Symlink { target: fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec() });
        } else {
            let digest = Sha256::digest(fs::read(&path).unwrap()).into();
            seen.insert(name, Seen::File { mode, size: data.size(), digest });
        }
    }
}

async fn lists(layers: &[(Vec<u8>, Vec<u8>)]) -> Vec<FileList> {
    let fixture = Fixture::start().await;
    let settings = RegistrySettings::new("test", fixture.url());
    let client = Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap();
    let reader = LayerReader::new(ReaderSettings::default(), IndexStore::in_memory(1_000_000));
    let repository: RepositoryName = "app/web".parse().unwrap();
    let mut lists = Vec::new();
    for (stored, archive) in layers {
        let digest = fixture.content(|content| content.blob("app/web", stored)).parse().unwrap();
        let descriptor = Descriptor {
            media_type: MediaType::new("application/vnd.oci.image.layer.v1.tar+gzip"),
            digest: Some(digest),
            size: Some(stored.len() as u64),
            urls: Vec::new(),
            annotations: Vec::new(),
            artifact_type: None,
            platform: None,
        };
        let digest = descriptor.digest.clone().unwrap();
        let index = reader.read(&client, &Request::new(), &repository, &digest, &descriptor).ended().await.unwrap();
        assert_eq!(index.summary.diff_id.as_ref().map(ToString::to_string), Some(digest_of(archive)));
        lists.push(index.files.clone());
    }
    lists
}

/// The same of layers laid over each other.
fn shown(lists: &[FileList]) -> BTreeMap<Vec<u8>, Seen> {
    let layers: Vec<&FileList> = lists.iter().collect();
    let overlay = Overlay::of(&layers);
    let mut seen = BTreeMap::new();
    for node in overlay.nodes().filter(|node| *node != NodeId::ROOT) {
        let entry =
            |file: strata::anatomy::files::FileId| lists[usize::from(file.layer)].get(file.number as usize).unwrap();
        let what = match overlay.file(node).map(entry) {
            None => Seen::Directory { mode: 0o755 },
            Some(file) => match file.kind() {
                FileKind::Directory => Seen::Directory { mode: u32::from(file.mode()) },
                FileKind::Symlink => Seen::Symlink { target: file.link_target().to_vec() },
                _ => {
                    let contents = entry(overlay.contents(node).unwrap());
                    let mode = u32::from(contents.mode());
                    Seen::File { mode, size: contents.size(), digest: *contents.digest().unwrap() }
                }
            },
        };
        seen.insert(overlay.path(node), what);
    }
    seen
}

#[tokio::test]
async fn an_image_is_what_umoci_unpacks() {
    let Some(umoci) = program("umoci") else { return };
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join("layout");
    let layers: Vec<_> = LAYERS.iter().map(|entries| layer(entries)).collect();
    write_layout(&layout, &layers);
    let bundle = folder.path().join("bundle");
    let image = format!("{}:latest", layout.display());
    run(&umoci, &["unpack", "--rootless", "--image", &image, bundle.to_str().unwrap()]);
    let mut unpacked = BTreeMap::new();
    let root = bundle.join("rootfs");
    walk(&root, &root, &mut unpacked);
    assert!(unpacked.len() > 25, "{unpacked:?}");
    assert_eq!(shown(&lists(&layers).await), unpacked);
}
