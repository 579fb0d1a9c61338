//! What Strata shows of an image against what runtimes make of it, entry by entry.

use std::collections::BTreeMap;
use std::path::Path;

use strata::anatomy::files::{Difference, FileList, Overlay};

use super::cases;
use super::indexed::indexed;
use super::layout::{self, Packing};
use super::made::archive;
use super::seen::{Seen, Tree, in_folder, laid_over};
use super::storage::Storage;
use super::support::process::program;

/// What Strata shows, and where it says that runtimes differ.
struct Shown {
    tree: Tree,
    notices: Vec<(String, Difference)>,
}

async fn shown(layout: &Path, tag: &str) -> Shown {
    let indexes = indexed(&layout::read(layout, tag)).await;
    let layers: Vec<&FileList> = indexes.iter().map(|index| &index.files).collect();
    let overlay = Overlay::of(&layers);
    let path = |node| String::from_utf8(overlay.path(node)).unwrap();
    let notices = overlay.differences().iter().map(|(node, difference)| (path(*node), *difference)).collect();
    Shown { tree: laid_over(&layers, &overlay), notices }
}

/// Paths under which two trees do not have the same, with what each has.
fn unequal(shown: &Tree, seen: &Tree) -> BTreeMap<String, (Option<Seen>, Option<Seen>)> {
    let paths = shown.keys().chain(seen.keys());
    let unequal = paths.filter(|path| shown.get(*path) != seen.get(*path));
    unequal.map(|path| (path.escape_ascii().to_string(), (shown.get(path).cloned(), seen.get(path).cloned()))).collect()
}

/// What `umoci` unpacks, each layer over the one before.
fn unpacked(umoci: &Path, layout: &Path, tag: &str, bundle: &Path) -> Result<Tree, String> {
    let image = format!("{}:{tag}", layout.display());
    let output = std::process::Command::new(umoci).args(["unpack", "--image", &image]).arg(bundle).output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(in_folder(&bundle.join("rootfs")))
}

#[tokio::test]
async fn trial() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join("layout");
    let umoci = program("umoci").unwrap();
    let agreed = cases::agreed().map(|entries| archive(&entries));
    let disputed = cases::disputed().map(|entries| archive(&entries));
    let refused: Vec<_> =
        cases::refused().into_iter().map(|(name, _, layers)| (name, layers.map(|entries| archive(&entries)))).collect();
    let mut images: Vec<(&str, &[Vec<u8>])> = vec![("agreed", &agreed), ("disputed", &disputed)];
    images.extend(refused.iter().map(|(name, layers)| (*name, &layers[..])));
    layout::write(&layout, Packing::Gzip, &images);
    for (tag, _) in images {
        eprintln!("======== {tag}");
        let shown = shown(&layout, tag).await;
        eprintln!("{} entries, notices {:?}", shown.tree.len(), shown.notices);
        for storage in [Storage::overlay().unwrap()] {
            match storage.mount(&layout, tag) {
                Ok(mounted) => eprintln!("mounted: {:#?}", unequal(&shown.tree, &in_folder(&mounted))),
                Err(error) => eprintln!("refused: {error}"),
            }
        }
        match unpacked(&umoci, &layout, tag, &folder.path().join(tag)) {
            Ok(tree) => eprintln!("umoci: {:#?}", unequal(&shown.tree, &tree)),
            Err(error) => eprintln!("refused: {error}"),
        }
    }
}
