//! What Strata shows of an image against what runtimes make of it, entry by entry.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use strata::anatomy::files::{Difference, FileList, Overlay};
use strata::layers::LayerIndex;

use super::cases::{self, Disputed, Others};
use super::indexed::indexed;
use super::layout::{self, Packing};
use super::made::{Made, archive};
use super::seen::{Seen, Tree, in_folder, laid_over};
use super::storage::Storage;
use super::support::process::program;

/// What Strata shows, and where it says that runtimes differ.
pub(super) struct Shown {
    pub(super) tree: Tree,
    pub(super) notices: Vec<(String, Difference)>,
}

pub(super) async fn shown(layout: &Path, tag: &str) -> Shown {
    laid(&indexed(&layout::read(layout, tag)).await)
}

/// Layers laid over each other.
fn laid(indexes: &[Arc<LayerIndex>]) -> Shown {
    let layers: Vec<&FileList> = indexes.iter().map(|index| &index.files).collect();
    let overlay = Overlay::of(&layers);
    let path = |node| String::from_utf8(overlay.path(node)).unwrap();
    let notices = overlay.differences().iter().map(|(node, difference)| (path(*node), *difference)).collect();
    Shown { tree: laid_over(&layers, &overlay), notices }
}

/// Paths under which two trees do not have the same, with what each has.
pub(super) fn unequal(shown: &Tree, seen: &Tree) -> BTreeMap<String, (Option<Seen>, Option<Seen>)> {
    let paths = shown.keys().chain(seen.keys());
    let unequal = paths.filter(|path| shown.get(*path) != seen.get(*path));
    unequal.map(|path| (path.escape_ascii().to_string(), (shown.get(path).cloned(), seen.get(path).cloned()))).collect()
}

#[track_caller]
pub(super) fn assert_equal(shown: &Tree, seen: &Tree, what: &str) {
    let unequal = unequal(shown, seen);
    assert!(unequal.is_empty(), "{what}, shown and seen: {unequal:#?}");
}

/// `umoci`, which unpacks each layer over the one before.
pub(super) struct Umoci {
    program: PathBuf,
    /// Only then it can make owners, devices and attributes of the system.
    pub(super) is_root: bool,
}

impl Umoci {
    pub(super) fn find(folder: &Path) -> Option<Umoci> {
        Some(Umoci { program: program("umoci")?, is_root: std::fs::metadata(folder).unwrap().uid() == 0 })
    }

    /// What an image becomes, or what it complains of.
    pub(super) fn unpack(&self, layout: &Path, tag: &str) -> Result<Tree, String> {
        let bundle = layout.with_extension("bundle");
        let mut command = Command::new(&self.program);
        command.args(["unpack", "--image", &format!("{}:{tag}", layout.display())]);
        if !self.is_root {
            command.arg("--rootless");
        }
        let output = command.arg(&bundle).output().unwrap();
        let tree = output.status.success().then(|| in_folder(&bundle.join("rootfs")));
        let _ = std::fs::remove_dir_all(&bundle);
        tree.ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The part of a tree that it can make.
    pub(super) fn able(&self, tree: Tree) -> Tree {
        if self.is_root {
            return tree;
        }
        let able = tree.into_iter().filter(|(_, seen)| !seen.is_device());
        able.map(|(path, seen)| (path, seen.unprivileged())).collect()
    }
}

fn archives(layers: &[Vec<Made>; 2]) -> Vec<Vec<u8>> {
    layers.iter().map(|entries| archive(entries)).collect()
}

#[tokio::test]
async fn every_whiteout_and_link_is_what_runtimes_make_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join("layout");
    layout::write(&layout, Packing::Gzip, &[("agreed", &archives(&cases::agreed()))]);
    let shown = shown(&layout, "agreed").await;
    assert_eq!(shown.notices, []);
    assert!(shown.tree.len() > 150, "{}", shown.tree.len());
    if let Some(storage) = Storage::overlay() {
        assert_equal(&shown.tree, &in_folder(&storage.mount(&layout, "agreed").unwrap()), "buildah");
    }
    if let Some(umoci) = Umoci::find(folder.path()) {
        let seen = umoci.unpack(&layout, "agreed").unwrap();
        assert_equal(&umoci.able(shown.tree), &umoci.able(seen), "umoci");
    }
}

#[tokio::test]
async fn an_image_is_the_same_however_its_layers_are_packed() {
    let folder = tempfile::tempdir().unwrap();
    let archives = archives(&cases::agreed());
    let packed = async |packing: Packing| {
        let layout = folder.path().join(format!("{packing:?}"));
        layout::write(&layout, packing, &[("agreed", &archives)]);
        shown(&layout, "agreed").await
    };
    let gzip = packed(Packing::Gzip).await;
    for packing in [Packing::Plain, Packing::GzipMembers, Packing::Zstd] {
        let twin = packed(packing).await;
        assert_equal(&twin.tree, &gzip.tree, &format!("{packing:?} and gzip"));
        assert_eq!(twin.notices, gzip.notices, "{packing:?}");
    }
}

#[tokio::test]
async fn where_runtimes_differ_a_notice_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join("layout");
    let disputed = cases::disputed();
    let images: Vec<_> = disputed.iter().map(|case| (case.name, archives(&case.layers))).collect();
    let images: Vec<_> = images.iter().map(|(name, archives)| (*name, archives.as_slice())).collect();
    layout::write(&layout, Packing::Gzip, &images);
    // Without rights `umoci` makes other things of devices.
    let (storage, umoci) = (Storage::overlay(), Umoci::find(folder.path()).filter(|umoci| umoci.is_root));
    for Disputed { name, difference, buildah, umoci: by_umoci, .. } in &disputed {
        let shown = shown(&layout, name).await;
        let told: Vec<_> = shown.notices.iter().filter(|(_, told)| told == difference).collect();
        assert_eq!(told.len(), 1, "{name}: {:?}", shown.notices);
        let check = |seen: Result<Tree, String>, expected: &Others, by: &str| match (seen, expected) {
            (Err(_), Others::Refused) => {}
            (Ok(seen), Others::Unequal(paths)) => {
                let unequal = unequal(&shown.tree, &seen);
                let found: Vec<_> = unequal.keys().map(String::as_str).collect();
                assert_eq!(found, *paths, "{name} by {by}, shown and seen: {unequal:#?}");
            }
            (seen, _) => panic!("{name} by {by}: {seen:?} instead of {expected:?}"),
        };
        if let Some(storage) = &storage {
            let mounted = storage.mount(&layout, name);
            check(mounted.map(|folder| in_folder(&folder)), buildah, "buildah");
        }
        if let Some(umoci) = &umoci {
            check(umoci.unpack(&layout, name), by_umoci, "umoci");
        }
    }
}
