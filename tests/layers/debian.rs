//! Images of Debian packages, built by `buildah` in steps that change, delete, replace and link what is there.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use strata::anatomy::files::{Difference, FileEntry};
use strata::layers::LayerIndex;

use super::compared::{Umoci, assert_equal, shown, unequal};
use super::indexed::indexed;
use super::layout::{self, Image, Packing};
use super::seen::in_folder;
use super::storage::Storage;
use super::support::packages::pack;
use super::support::process::{free_port, go_program, program, run, start_listening};

/// Small, and of many kinds of files. Only one of them is not the same for all architectures.
const PACKAGES: &str = "base-files,busybox-static,netbase,tzdata";

/// What a second step does, in the image's root.
const CHANGES: &str = "
rm -rf usr/share/doc && mkdir usr/share/doc && echo kept > usr/share/doc/README
rm etc/services usr/share/zoneinfo/Europe/Paris
rm -rf usr/share/zoneinfo/America
mv usr/share/zoneinfo/Asia usr/share/zoneinfo/asia
chmod -R g-r usr/share/zoneinfo/Africa
chown -h 1000:1001 etc/protocols usr/share/zoneinfo/UTC
chmod 4755 bin/busybox && ln bin/busybox bin/sh && ln bin/busybox bin/ls
rm -rf home && ln -s usr/share home
rm -rf var/run && mkdir -m 1777 var/run && mkfifo var/run/pipe
rm -f dev/null && mknod dev/null c 1 5
printf 'Latin-1' > \"$(printf 'usr/share/caf\\351')\"
";

/// Attributes that the shell has no command for.
const ATTRIBUTES: &str = "
import os
os.setxattr('bin/busybox', 'security.capability', bytes.fromhex('0100000200240000000000000000000000000000'))
os.setxattr('etc', 'user.remark', b'of\\0a\\ndirectory')
";

/// What a third step does: over both before it.
const MORE_CHANGES: &str = "
rm -f bin/ls && echo new > bin/ls
rm home && mkdir home && echo new > home/new
rm -rf usr/share/doc && mkdir usr/share/doc && ln ../zoneinfo usr/share/doc/link 2>/dev/null || true
touch -d 2001-02-03T04:05:06Z etc/protocols
mv usr/share/zoneinfo/asia usr/share/zoneinfo/Asia
";

/// Builds an image with three layers, and writes it to a layout three times: as `gzip`, `zstd` and `chunked`. False where its
/// packages or a program are missing, which is said aloud.
fn build(storage: &Storage, architecture: &str, layout: &Path) -> bool {
    let (Some(mmdebstrap), Some(python)) = (program("mmdebstrap"), program("python3")) else { return false };
    let shell = Path::new("/bin/sh");
    let packages = layout.with_extension("tar");
    if !pack(&mmdebstrap, architecture, PACKAGES, &packages) {
        return false;
    }
    let built = format!("localhost/{architecture}");
    let begin = |image: &str| storage.buildah(["from", "--quiet", "--name", architecture, image]);
    let end = || {
        storage.buildah(["commit", "--quiet", "--rm", "--format", "oci", architecture, &built]);
    };
    begin("scratch");
    storage.buildah(["add", "--quiet", architecture, packages.to_str().unwrap(), "/"]);
    storage.buildah(["config", "--os", "linux", "--arch", architecture, "--created-by", "mmdebstrap", architecture]);
    end();
    fs::remove_file(&packages).unwrap();
    for changes in [CHANGES, MORE_CHANGES] {
        begin(&built);
        let root = storage.buildah(["mount", architecture]);
        run(shell, &["-euc", &format!("cd {root}\n{changes}")]);
        if changes == CHANGES {
            run(&python, &["-c", &format!("import os\nos.chdir({root:?}){ATTRIBUTES}")]);
        }
        end();
    }
    for (format, tag) in [("gzip", "gzip"), ("zstd", "zstd"), ("zstd:chunked", "chunked")] {
        let target = format!("oci:{}:{tag}", layout.display());
        storage.buildah(["push", "--quiet", "--format", "oci", "--compression-format", format, &built, &target]);
    }
    true
}

/// All that is said of a layer's entries, but where they end in the layer as it is stored.
fn entries(indexes: &[Arc<LayerIndex>]) -> Vec<Vec<FileEntry>> {
    let entries = |index: &Arc<LayerIndex>| {
        index.files.iter().map(|file| FileEntry { stored_end: 0, ..file.to_entry() }).collect::<Vec<_>>()
    };
    indexes.iter().map(entries).collect()
}

/// The same image with layers that are not packed.
fn plain(image: &Image, folder: &Path) -> Image {
    let unpacked = image.layers.iter().map(|(_, stored)| {
        let mut archive = Vec::new();
        MultiGzDecoder::new(&stored[..]).read_to_end(&mut archive).unwrap();
        archive
    });
    layout::write(folder, Packing::Plain, &[("plain", &unpacked.collect::<Vec<_>>())]);
    layout::read(folder, "plain")
}

/// Adds two layers of `umoci`'s own making to an image, under the tag `umoci`.
fn extend(layout: &Path) -> bool {
    let Some(umoci) = program("umoci") else { return false };
    let folder = layout.with_extension("new");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("UTC"), "new").unwrap();
    let insert = |tag: &str, arguments: &[&str]| {
        let image = format!("{}:{tag}", layout.display());
        run(&umoci, &[&["insert", "--image", &image, "--tag", "umoci"], arguments].concat());
    };
    insert("gzip", &["--opaque", folder.to_str().unwrap(), "/usr/share/zoneinfo"]);
    insert("umoci", &["--whiteout", "/etc/protocols"]);
    true
}

/// Adds the same image with layers of eStargz to a layout, under the tag `estargz`. False where a program is missing.
fn with_tables(layout: &Path) -> bool {
    let (Some(skopeo), Some(crane), Some(optimize)) =
        (program("skopeo"), go_program("crane"), go_program("crane-optimize"))
    else {
        return false;
    };
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let _registry = start_listening(&crane, &["registry", "serve", "--address", &address], port);
    let copy = |from: &str, to: &str| {
        run(&skopeo, &["copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false", from, to]);
    };
    let (local, remote) =
        (|tag: &str| format!("oci:{}:{tag}", layout.display()), |tag: &str| format!("{address}/image:{tag}"));
    copy(&local("gzip"), &format!("docker://{}", remote("gzip")));
    run(&optimize, &["optimize", &remote("gzip"), &remote("estargz")]);
    copy(&format!("docker://{}", remote("estargz")), &local("estargz"));
    true
}

/// Builds an image, and looks at it as others do, in every form that it can be stored in.
async fn check(architecture: &str) {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join(architecture);
    // The storage that has built the image has its files as they were made: another one must unpack them.
    let Some(builder) = Storage::overlay() else { return };
    if !build(&builder, architecture, &layout) {
        return;
    }
    drop(builder);
    let gzip = layout::read(&layout, "gzip");
    let indexes = indexed(&gzip).await;
    assert_eq!(indexes.len(), 3);
    let mut tags = vec!["gzip", "chunked"];
    tags.extend(extend(&layout).then_some("umoci"));
    for tag in tags {
        let shown = shown(&layout, tag).await;
        assert!(shown.tree.len() > 500, "{}", shown.tree.len());
        let storage = Storage::overlay().unwrap();
        let unequal = unequal(&shown.tree, &in_folder(&storage.mount(&layout, tag).unwrap()));
        // `umoci` writes no entry of the directory that it deletes something in, and the mount forgets its attribute then.
        let implied = (tag == "umoci").then(|| ("etc".to_owned(), Difference::ImpliedDirectory));
        assert_eq!(shown.notices, implied.iter().cloned().collect::<Vec<_>>());
        let expected: Vec<_> = implied.into_iter().map(|(path, _)| path).collect();
        assert!(unequal.keys().eq(&expected), "{architecture} {tag} by buildah, shown and seen: {unequal:#?}");
        // It takes no layers that are packed by zstd.
        if let Some(umoci) = Umoci::find(folder.path()).filter(|_| tag != "chunked") {
            let unpacked = umoci.unpack(&layout, tag).unwrap();
            assert_equal(&umoci.able(shown.tree), &umoci.able(unpacked), &format!("{architecture} {tag} by umoci"));
        }
    }
    let twins =
        [layout::read(&layout, "zstd"), layout::read(&layout, "chunked"), plain(&gzip, &folder.path().join("plain"))];
    for twin in twins {
        assert_eq!(twin.diff_ids, gzip.diff_ids);
        assert!(
            entries(&indexed(&twin).await) == entries(&indexes),
            "{architecture} {:?}",
            twin.layers[0].0.media_type
        );
    }
    if with_tables(&layout) {
        let mut twin = shown(&layout, "estargz").await.tree;
        let own = ["stargz.index.json", ".no.prefetch.landmark"];
        assert!(own.iter().all(|name| twin.remove(name.as_bytes()).is_some()));
        assert_equal(&twin, &shown(&layout, "gzip").await.tree, "eStargz");
    }
}

#[tokio::test]
async fn packages_for_amd64_are_what_runtimes_make_of_them() {
    check("amd64").await;
}

#[tokio::test]
async fn packages_for_arm64_are_what_runtimes_make_of_them() {
    check("arm64").await;
}
