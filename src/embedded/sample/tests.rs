use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::sync::LazyLock;

use bytes::Bytes;
use sha2::{Digest as _, Sha512};

use super::build::digest_of;
use crate::embedded::{Layout, Repository};
use crate::oci::digest::DigestAlgorithm;
use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest, ImageConfig, ImageIndex, ImageManifest, Manifest};

static SAMPLE: LazyLock<Layout> = LazyLock::new(super::registry);

/// Manifests that are missing on purpose.
const SPARSE: &str = "lab/indexes";

fn repository(name: &str) -> &'static Repository {
    SAMPLE.repository(&name.parse().expect("a name")).expect("a repository")
}

fn document(repository: &Repository, digest: &Digest) -> (Manifest, Bytes) {
    let bytes = repository.document(digest).expect("memory").expect("a manifest");
    let manifest = Manifest::parse(&bytes, repository.manifest_type(digest)).expect("a readable manifest");
    (manifest, bytes)
}

fn tagged(name: &str, tag: &str) -> (&'static Repository, Manifest) {
    let repository = repository(name);
    let digest = repository.resolve(&tag.parse().expect("a tag")).expect(tag);
    (repository, document(repository, digest).0)
}

fn index(name: &str, tag: &str) -> (&'static Repository, ImageIndex) {
    match tagged(name, tag) {
        (repository, Manifest::Index(index)) => (repository, *index),
        (_, other) => panic!("{name}:{tag} is no index: {other:?}"),
    }
}

/// The image of a tag; of an index, the first one.
fn image(name: &str, tag: &str) -> (&'static Repository, ImageManifest) {
    match tagged(name, tag) {
        (repository, Manifest::Image(image)) => (repository, *image),
        (repository, Manifest::Index(index)) => {
            let digest = index.manifests[0].digest.as_ref().expect("a digest");
            match document(repository, digest).0 {
                Manifest::Image(image) => (repository, *image),
                other => panic!("{name}:{tag} begins with no image: {other:?}"),
            }
        }
        (_, other) => panic!("{name}:{tag} is no image: {other:?}"),
    }
}

fn blob(repository: &Repository, descriptor: &Descriptor) -> Bytes {
    let digest = descriptor.digest.as_ref().expect("a digest");
    let bytes = repository.blobs().document(digest).expect("memory").unwrap_or_else(|| panic!("{digest} is missing"));
    match digest.algorithm() {
        DigestAlgorithm::Sha512 => assert_eq!(&Digest::from_sha512(&Sha512::digest(&bytes)), digest),
        _ => assert_eq!(&digest_of(&bytes), digest),
    }
    assert_eq!(Some(bytes.len() as u64), descriptor.size, "{digest}");
    bytes
}

fn config(repository: &Repository, image: &ImageManifest) -> ImageConfig {
    ImageConfig::parse(&blob(repository, image.config.as_ref().expect("a config"))).expect("a readable config")
}

fn diff_ids(name: &str, tag: &str) -> Vec<Digest> {
    let (repository, image) = image(name, tag);
    config(repository, &image).diff_ids.into_iter().map(|diff_id| diff_id.expect("a digest")).collect()
}

fn unpacked(layer: &Descriptor, bytes: &Bytes) -> Vec<u8> {
    let mut content = Vec::new();
    let media_type = layer.media_type.as_str();
    if media_type.ends_with("gzip") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut content).expect("gzip");
    } else if media_type.ends_with("zstd") {
        content = zstd::decode_all(&bytes[..]).expect("zstd");
    } else {
        content = bytes.to_vec();
    }
    content
}

/// Path, mode and content of every entry of a layer.
fn files(repository: &Repository, layer: &Descriptor) -> BTreeMap<String, (u32, Vec<u8>)> {
    let tar = unpacked(layer, &blob(repository, layer));
    let mut archive = tar::Archive::new(&tar[..]);
    let mut files = BTreeMap::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("content");
        files.insert(path, (entry.header().mode().expect("a mode"), content));
    }
    files
}

#[test]
fn sample_has_the_same_bytes_every_time() {
    let again = super::registry();
    let mut list = String::new();
    for name in SAMPLE.repositories() {
        let (first, second) = (repository(name.as_str()), again.repository(name).expect("the same repositories"));
        assert!(first.tags().eq(second.tags()), "{name}");
        let digests = |repository: &Repository| repository.manifests().map(|(digest, _)| digest.clone()).collect();
        let (mine, other): (BTreeSet<_>, BTreeSet<_>) = (digests(first), digests(second));
        assert_eq!(mine, other, "{name}");
        for (tag, digest) in first.tags() {
            let _ = writeln!(list, "{name}:{tag} {}", digest.short());
        }
    }
    insta::assert_snapshot!(list);
}

#[test]
fn sample_is_of_the_size_of_a_small_registry() {
    assert!((12..=20).contains(&SAMPLE.repositories().count()));
    let tags: usize = SAMPLE.repositories().map(|name| repository(name.as_str()).tags().count()).sum();
    assert!((60..=150).contains(&tags), "{tags}");
    let namespaces: BTreeSet<_> =
        SAMPLE.repositories().filter_map(|name| name.as_str().split_once('/')).map(|(first, _)| first).collect();
    assert_eq!(namespaces.into_iter().collect::<Vec<_>>(), ["base", "lab", "payments", "platform"]);
}

#[test]
fn every_digest_size_and_diff_id_is_right() {
    for name in SAMPLE.repositories() {
        let repository = repository(name.as_str());
        for (digest, _) in repository.manifests() {
            let (manifest, bytes) = document(repository, digest);
            assert_eq!(&digest_of(&bytes), digest);
            let Manifest::Image(image) = manifest else { continue };
            let kept = image.layers.iter().filter(|layer| layer.urls.is_empty());
            let contents: Vec<_> = kept.map(|layer| unpacked(layer, &blob(repository, layer))).collect();
            let config_type = &image.config.as_ref().expect("a config").media_type;
            blob(repository, image.config.as_ref().expect("a config"));
            if config_type.is_image_config() && name.as_str() != "lab/images" {
                let diff_ids: Vec<_> = contents.iter().map(|content| Some(digest_of(content))).collect();
                assert_eq!(config(repository, &image).diff_ids, diff_ids, "{name}@{digest}");
            }
        }
    }
}

#[test]
fn documents_have_no_notices_but_where_they_are_meant_to() {
    let mut noted = BTreeSet::new();
    for name in SAMPLE.repositories() {
        let repository = repository(name.as_str());
        for (digest, _) in repository.manifests() {
            match document(repository, digest).0 {
                Manifest::Image(image) => {
                    assert_eq!(image.notices, [], "{name}@{digest}");
                    let is_image = image.config.as_ref().is_some_and(|config| config.media_type.is_image_config());
                    if is_image && !config(repository, &image).notices.is_empty() {
                        noted.insert(digest.clone());
                    }
                }
                Manifest::Index(index) => assert_eq!(index.notices, [], "{name}@{digest}"),
                Manifest::Schema1 { .. } if name.as_str() == "lab/ancient" => {}
                other => panic!("{name}@{digest} is neither image nor index: {other:?}"),
            }
        }
    }
    let malformed = repository("lab/images").resolve(&"malformed-settings".parse().expect("a tag")).expect("a digest");
    assert_eq!(noted, BTreeSet::from([malformed.clone()]));
}

#[test]
fn only_the_sparse_index_misses_manifests() {
    for name in SAMPLE.repositories() {
        let repository = repository(name.as_str());
        for (digest, _) in repository.manifests() {
            let Manifest::Index(index) = document(repository, digest).0 else { continue };
            let missing = index
                .manifests
                .iter()
                .filter(|child| repository.manifest_type(child.digest.as_ref().expect("a digest")).is_none())
                .count();
            let is_sparse = name.as_str() == SPARSE
                && repository.resolve(&"sparse".parse().expect("a tag")).is_some_and(|sparse| sparse == digest);
            assert_eq!(missing, if is_sparse { 2 } else { 0 }, "{name}@{digest}");
        }
    }
}

#[test]
fn newest_version_has_ten_layers_and_its_history_fits() {
    let (repository, image) = image("payments/api", "1.10.1");
    assert_eq!(image.layers.len(), 10);
    let config = config(repository, &image);
    let history = config.history.expect("a history");
    assert_eq!(history.iter().filter(|step| !step.empty_layer).count(), 10);
    let times: Vec<_> = history.iter().map(|step| step.created.clone().expect("a time")).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(config.created.as_ref(), times.last());
}

#[test]
fn versions_of_the_application_differ_as_they_are_meant_to() {
    let shared = |from: &str, to: &str| {
        let (from, to) = (diff_ids("payments/api", from), diff_ids("payments/api", to));
        let prefix = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
        let later = from[prefix..].iter().filter(|diff_id| to[prefix..].contains(diff_id)).count();
        (from.len(), to.len(), prefix, later)
    };
    // Only the source.
    assert_eq!(shared("1.6.0", "1.7.0"), (9, 9, 8, 0));
    // Base and libraries: the start script comes out identical.
    assert_eq!(shared("1.7.0", "1.8.0"), (9, 9, 0, 1));
    // The candidate and the version.
    assert_eq!(shared("1.9.0-rc.1", "1.9.0"), (10, 10, 10, 0));
    // A new base under the same list of libraries, start script, migrations and source.
    assert_eq!(shared("1.9.0", "1.9.1"), (10, 10, 0, 4));
    // The cache breaks at the list of libraries.
    assert_eq!(shared("1.10.0-rc.1", "1.10.0"), (10, 10, 5, 3));
    assert_eq!(shared("1.10.0", "1.10.1"), (10, 10, 9, 0));
    let digest = |tag: &str| repository("payments/api").resolve(&tag.parse().expect("a tag")).cloned();
    assert_ne!(digest("1.9.0-rc.1"), digest("1.9.0"));
}

#[test]
fn deleted_key_is_still_in_the_layer_below() {
    let (repository, image) = image("payments/migrations", "2026.03.2");
    let layers: Vec<_> = image.layers.iter().map(|layer| files(repository, layer)).collect();
    let (mode, key) = layers[2].get("srv/migrations/deploy.key").expect("the key");
    assert!(*mode == 0o600 && key.starts_with(b"-----BEGIN SAMPLE KEY"));
    assert!(layers[3].contains_key("srv/migrations/.wh.deploy.key"));
}

#[test]
fn chmod_layer_repeats_the_files_with_another_mode() {
    let (repository, image) = image("platform/toolbox", "1.1");
    let (before, after) = (files(repository, &image.layers[1]), files(repository, &image.layers[2]));
    let (first, second) = (&before["opt/toolbox/trace"], &after["opt/toolbox/trace"]);
    assert_eq!((first.0, second.0), (0o644, 0o755));
    assert!(first.1 == second.1);
    assert!(files(repository, &image.layers[4]).contains_key("usr/share/doc/.wh..wh..opq"));
}

#[test]
fn same_content_is_stored_under_several_digests() {
    for (gzip, other) in [("2.1.0", "2.1.0-zstd"), ("2.0.0", "2.0.0-repacked")] {
        assert_eq!(diff_ids("platform/gateway", gzip), diff_ids("platform/gateway", other));
        let (first, second) = (image("platform/gateway", gzip).1, image("platform/gateway", other).1);
        for (first, second) in first.layers.iter().zip(&second.layers) {
            assert_ne!(first.digest, second.digest);
        }
    }
    let (_, zstd) = image("platform/gateway", "2.1.0-zstd");
    assert!(zstd.layers.iter().all(|layer| layer.media_type.as_str().ends_with("+zstd")));
}

#[test]
fn attestations_point_at_their_images() {
    for (tag, has_subject) in [("1.9.1", false), ("1.10.1", true)] {
        let (repository, index) = index("payments/api", tag);
        let images: Vec<_> = index.manifests.iter().filter(|entry| entry.index_entry() == IndexEntry::Image).collect();
        assert_eq!((images.len(), index.manifests.len()), (2, 4));
        for (entry, image) in index.manifests[2..].iter().zip(images) {
            assert_eq!(entry.index_entry(), IndexEntry::Attestation { subject: image.digest.clone() });
            let Manifest::Image(attestation) = document(repository, entry.digest.as_ref().expect("a digest")).0 else {
                panic!("an attestation is a manifest");
            };
            assert_eq!(attestation.subject.is_some(), has_subject);
            let predicates: Vec<_> =
                attestation.layers.iter().filter_map(|layer| layer.annotation("in-toto.io/predicate-type")).collect();
            assert_eq!(predicates, ["https://spdx.dev/Document", "https://slsa.dev/provenance/v0.2"]);
        }
    }
}

#[test]
fn signatures_are_found_by_tag_and_by_referrer() {
    let api = repository("payments/api");
    let digest = |tag: &str| api.resolve(&tag.parse().expect("a tag")).expect(tag).clone();
    let by_tag = format!("{}.sig", digest("1.10.0").as_str().replace(':', "-"));
    digest(&by_tag);
    let referrers = |subject: &Digest, kind| -> Vec<_> {
        api.referrers_after(subject, kind, None).map(|(_, descriptor)| descriptor.clone()).collect()
    };
    let signatures = referrers(&digest("1.10.1"), None);
    assert_eq!(signatures[0]["artifactType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
    let amd64 = index("payments/api", "1.10.1").1.manifests[0].digest.clone().expect("a digest");
    let bills = referrers(&amd64, Some("application/spdx+json"));
    let bill = bills[0]["digest"].as_str().expect("a bill of materials").parse().expect("a digest");
    assert_eq!(referrers(&bill, None).len(), 1);
}

#[test]
fn windows_images_differ_by_os_version() {
    let (_, index) = index("platform/agent", "5.3.0");
    let versions: Vec<_> = index
        .manifests
        .iter()
        .filter_map(|entry| entry.platform.as_ref().filter(|platform| platform.os == "windows")?.os_version.clone())
        .collect();
    assert_eq!(versions, ["10.0.20348.2762", "10.0.26100.1742"]);
}

#[test]
fn worker_is_in_docker_s_own_formats() {
    let (_, list) = index("payments/worker", "v3.14.2");
    assert!(list.media_type.is(crate::oci::media_type::DOCKER_MANIFEST_LIST));
    let (repository, image) = image("payments/worker", "v3.14.2");
    assert!(image.media_type.is(crate::oci::media_type::DOCKER_MANIFEST));
    let history = config(repository, &image).history.expect("a history");
    assert!(history.iter().any(|step| {
        step.created_by.as_deref().is_some_and(|words| words.starts_with("/bin/sh -c #(nop) COPY file:"))
    }));
}

#[test]
fn odd_images_are_as_odd_as_they_are_meant_to() {
    let counts = |tag: &str| {
        let (repository, image) = image("lab/images", tag);
        let history = config(repository, &image).history.unwrap_or_default();
        (image.layers.len(), history.iter().filter(|step| !step.empty_layer).count())
    };
    assert_eq!(counts("no-layers"), (0, 0));
    assert_eq!(counts("history-too-long"), (1, 3));
    assert_eq!(counts("history-too-short"), (2, 1));
    assert_eq!(counts("sixty-layers"), (61, 61));
    let (repository, image) = image("platform/status", "1.0.0");
    let config = config(repository, &image);
    assert!(config.history.is_none());
    assert_eq!(config.created.as_deref(), Some("1970-01-01T00:00:00Z"));
}

#[test]
fn foreign_layer_is_named_and_not_kept() {
    let (repository, image) = image("lab/images", "foreign-layer");
    let layer = image.layers.last().expect("a layer");
    assert_eq!(layer.media_type.as_str(), "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    assert_eq!(layer.urls, ["https://fonts.acme.example/acme-sans-4.tar.gz"]);
    let kept = repository.blobs().document(layer.digest.as_ref().expect("a digest")).expect("memory");
    assert!(kept.is_none());
    assert_eq!(config(repository, &image).diff_ids.len(), image.layers.len());
}

#[test]
fn layer_is_named_by_its_sha512_digest() {
    let (repository, image) = image("lab/images", "sha512-layer");
    let layer = image.layers.last().expect("a layer");
    assert_eq!(layer.digest.as_ref().expect("a digest").algorithm(), DigestAlgorithm::Sha512);
    assert!(files(repository, layer).contains_key("named.txt"));
}

/// Type and extended attributes of every entry of a layer, by its path.
fn entries(repository: &Repository, layer: &Descriptor) -> BTreeMap<Vec<u8>, (tar::EntryType, Vec<String>)> {
    let tar = unpacked(layer, &blob(repository, layer));
    let mut entries = BTreeMap::new();
    for entry in tar::Archive::new(&tar[..]).entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let records = entry.pax_extensions().expect("records").into_iter().flatten();
        let names = records.map(|record| record.expect("a record").key().expect("a name").to_owned()).collect();
        entries.insert(entry.path_bytes().into_owned(), (entry.header().entry_type(), names));
    }
    entries
}

#[test]
fn appliance_has_what_a_file_system_has_besides_plain_files() {
    use tar::EntryType;

    let (repository, image) = image("platform/appliance", "4.2.0");
    let layers: Vec<_> = image.layers.iter().map(|layer| entries(repository, layer)).collect();
    for (layer, path, kind) in [
        (0, &b"dev/console"[..], EntryType::Char),
        (0, b"dev/initctl", EntryType::Fifo),
        (0, b"dev/mmcblk0", EntryType::Block),
        (0, b"sbin/fsck.ext4", EntryType::Link),
        (0, b"usr/bin/editor", EntryType::Symlink),
        (2, b"etc/init.d/.wh.telnetd", EntryType::Regular),
        (2, b"usr/share/locale/.wh..wh..opq", EntryType::Regular),
        (3, b"usr/share/doc/appliance/Anleitung-f\xfcr-Ger\xe4te.txt", EntryType::Regular),
        (4, b"var/lib/appliance/data.img", EntryType::GNUSparse),
    ] {
        let entry = layers[layer].get(path).unwrap_or_else(|| panic!("{}", path.escape_ascii()));
        assert_eq!(entry.0, kind, "{}", path.escape_ascii());
    }
    let attributes = |layer: usize, path: &[u8]| layers[layer][path].1.clone();
    for (layer, path) in [(0, &b"bin/ping"[..]), (0, b"usr/bin/dumpcap"), (1, b"usr/sbin/httpd")] {
        assert_eq!(attributes(layer, path), ["SCHILY.xattr.security.capability"]);
    }
    let own = ["SCHILY.xattr.user.mime_type", "SCHILY.xattr.user.checksum"];
    assert_eq!(attributes(1, b"etc/appliance/device.toml"), own);
    let modes = files(repository, &image.layers[0]);
    let mode = |path: &str| modes[path].0;
    assert_eq!((mode("bin/su"), mode("usr/bin/at"), mode("tmp/")), (0o4755, 0o2755, 0o1777));
}

#[test]
fn layers_with_a_table_hold_what_their_twins_hold() {
    let (repository, plain) = image("platform/appliance", "4.1.0");
    assert_eq!(diff_ids("platform/appliance", "4.1.0"), diff_ids("platform/appliance", "4.1.0-zstd-chunked"));
    let (_, estargz) = image("platform/appliance", "4.1.0-estargz");
    let (_, chunked) = image("platform/appliance", "4.1.0-zstd-chunked");
    for ((plain, estargz), chunked) in plain.layers.iter().zip(&estargz.layers).zip(&chunked.layers) {
        let mut files = files(repository, estargz);
        for own in [".no.prefetch.landmark", "stargz.index.json"] {
            assert!(files.remove(own).is_some(), "{own}");
        }
        assert_eq!(files, self::files(repository, plain));
        assert!(plain.annotations.is_empty());
        assert!(estargz.annotation("containerd.io/snapshot/stargz/toc.digest").is_some());
        assert!(chunked.annotation("io.github.containers.zstd-chunked.manifest-checksum").is_some());
    }
}

#[test]
fn ancient_image_is_a_schema_1_manifest() {
    let (repository, manifest) = tagged("lab/ancient", "1.0");
    assert!(matches!(manifest, Manifest::Schema1 { .. }), "{manifest:?}");
    let digest = repository.resolve(&"1.0".parse().expect("a tag")).expect("a digest");
    let (_, bytes) = document(repository, digest);
    let content: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    for layer in content["fsLayers"].as_array().expect("layers") {
        let digest: Digest = layer["blobSum"].as_str().expect("a digest").parse().expect("a digest");
        let bytes = repository.blobs().document(&digest).expect("memory").expect("the layer");
        assert_eq!(digest_of(&bytes), digest);
    }
    // The newest step stands first, and names the older as its parent.
    let step = |position: usize| -> serde_json::Value {
        let text = content["history"][position]["v1Compatibility"].as_str().expect("text");
        serde_json::from_str(text).expect("JSON in text")
    };
    assert_eq!(step(0)["parent"], step(1)["id"]);
    assert!(step(1)["parent"].is_null());
}
