//! Layers of few entries laid over each other: image-spec's rules, and each case in which runtimes differ.

use proptest::prelude::*;

use super::*;

mod bytes;
mod changes;
mod limits;

/// An entry in a few words: `a/` a directory, `a -> b` a symbolic link, `a = b` a hard link, `a 7` a file of so many bytes, `a` a
/// file of one byte, `a c0:0` a character device.
fn entry(text: &str) -> FileEntry {
    let mut made = FileEntry { size: 1, stored_size: 1, ..FileEntry::new(FilePath::root(), FileKind::Regular) };
    let mut path = text;
    if let Some((name, target)) = text.split_once(" -> ") {
        (path, made.kind, made.link_target) = (name, FileKind::Symlink, target.into());
    } else if let Some((name, target)) = text.split_once(" = ") {
        (path, made.kind, made.link_target) = (name, FileKind::HardLink, target.into());
    } else if let Some(name) = text.strip_suffix(" c0:0") {
        (path, made.kind, made.device) = (name, FileKind::CharacterDevice, Some((0, 0)));
    } else if let Some((name, size)) = text.split_once(' ') {
        (path, made.size) = (name, size.parse().unwrap());
    } else if text.ends_with('/') {
        (made.kind, made.mode) = (FileKind::Directory, 0o755);
    }
    let is_whiteout = path.rsplit('/').next().is_some_and(|name| name.starts_with(".wh."));
    if made.kind != FileKind::Regular || is_whiteout {
        made.size = 0;
    }
    made.stored_size = made.size;
    made.path = FilePath::from_bytes(path.as_bytes());
    made
}

fn layer(entries: &[&str]) -> FileList {
    let mut files = FileList::default();
    for text in entries {
        files.push(entry(text));
    }
    files
}

fn overlay(layers: &[FileList]) -> Overlay {
    Overlay::of(&layers.iter().collect::<Vec<_>>())
}

/// All paths, directories with a slash; each with the layer that gave it, where it has an entry of its own.
fn paths(overlay: &Overlay) -> Vec<String> {
    let mut paths: Vec<String> = overlay
        .nodes()
        .filter(|node| *node != NodeId::ROOT)
        .map(|node| {
            let slash = if overlay.is_directory(node) { "/" } else { "" };
            let layer = overlay.file(node).map_or(String::new(), |file| format!(" {}", file.layer));
            format!("{}{slash}{layer}", String::from_utf8(overlay.path(node)).unwrap())
        })
        .collect();
    paths.sort();
    paths
}

fn shows(layers: &[&[&str]], expected: &[&str]) -> Overlay {
    let lists: Vec<_> = layers.iter().map(|entries| layer(entries)).collect();
    let overlay = overlay(&lists);
    assert_eq!(paths(&overlay), expected, "{layers:?}");
    overlay
}

fn differences(overlay: &Overlay) -> Vec<(String, Difference)> {
    let path = |node| String::from_utf8(overlay.path(node)).unwrap();
    overlay.differences().iter().map(|(node, difference)| (path(*node), *difference)).collect()
}

#[test]
fn whiteouts_hide_lower_names_and_what_is_below_them() {
    // W1
    shows(
        &[&["file1", "a/", "a/file2", "b/", "b/x", "c/", "c/file3"], &[".wh.file1", "a/.wh.file2", ".wh.b", "file4"]],
        &["a/ 0", "c/ 0", "c/file3 0", "file4 1"],
    );
    // W6
    shows(&[&["a", "b", "c/", "c/x", "d"], &[".wh.a -> d", ".wh.b = d", ".wh.c/"]], &["d 0"]);
    // W8
    shows(&[&["a"], &[".wh.ghost", "dir/.wh.ghost", "big 4096"]], &["a 0", "big 1"]);
    let nowhere =
        shows(&[&["a"], &["dir/sub/.wh.ghost", "dir/sub/.wh.other", "b/.wh.x", "b/y"]], &["a 0", "b/", "b/y 1"]);
    assert_eq!(differences(&nowhere), [(String::new(), Difference::WhiteoutInNothing)]);
    // W11
    shows(&[&[".wh..wh..opq", ".wh.x", "a"]], &["a 0"]);
    // W10
    shows(&[&["a"], &[".wh..wh.aufs", ".wh..wh.plnk/", ".wh..wh.orph/"]], &["a 0"]);
    // What stands in them has no name either, and deletes nothing.
    let leftovers: &[&str] =
        &[".wh..wh.plnk/1.2 7", ".wh..wh.orph/.wh.a", ".wh..wh.orph/l -> ..", ".wh..wh.orph/l/.wh.a"];
    let made = shows(&[&["a"], leftovers], &["a 0"]);
    assert_eq!(differences(&made), []);
}

/// Runtimes (`containers/storage`, `pkg/archive/diff.go`) keep what aufs has left behind until its hard links are made.
#[test]
fn hard_links_lead_to_files_that_a_storage_driver_has_left_behind() {
    let lists = [layer(&[
        ".wh..wh.plnk/",
        ".wh..wh.plnk/1.2 7",
        ".wh..wh.plnk/3.4 9",
        "x = .wh..wh.plnk/1.2",
        "y = /.wh..wh.plnk/1.2",
    ])];
    let made = overlay(&lists);
    assert_eq!((paths(&made), differences(&made)), (vec!["x 0".to_owned(), "y 0".to_owned()], vec![]));
    for name in [b"x", b"y"] {
        assert_eq!(made.contents(made.find(name).unwrap()), Some(FileId { layer: 0, number: 1 }));
    }
    let lists: Vec<&FileList> = lists.iter().collect();
    assert_eq!(Totals::of(&made, &lists).get(NodeId::ROOT), Sum { bytes: 14, files: 2, odd: 2 });
    let dead = DeadBytes::of(&lists, &made);
    assert_eq!((dead.total.bytes, dead.dead.bytes), (16, 9));
    assert_eq!(dead.files.iter().map(|file| file.reason).collect::<Vec<_>>(), [Reason::NeverVisible]);
    // Those of a lower layer are gone.
    let later = shows(&[&[".wh..wh.plnk/1.2 7"], &["x = .wh..wh.plnk/1.2"]], &["x 1"]);
    assert_eq!(later.contents(later.find(b"x").unwrap()), None);
    assert_eq!(differences(&later), [("x".to_owned(), Difference::LinkToNothing)]);
}

#[test]
fn whiteouts_spare_their_own_layer_in_any_order() {
    // W2
    shows(&[&["f"], &[".wh.f", "f"]], &["f 1"]);
    let late = shows(&[&["f"], &["f", ".wh.f"]], &["f 1"]);
    assert_eq!(differences(&late), [("f".to_owned(), Difference::LateWhiteout)]);
}

#[test]
fn opaque_directories_hide_all_that_lower_layers_have_in_them() {
    // W3
    shows(&[&["a/", "a/b/", "a/b/foo"], &["a/", "a/.wh..wh..opq"]], &["a/ 1"]);
    // W4
    let lower: &[&str] = &["a/", "a/b/", "a/b/c/", "a/b/c/bar"];
    let seen = ["a/ 1", "a/b/ 1", "a/b/c/ 1", "a/b/c/foo 1"];
    shows(&[lower, &["a/", "a/b/", "a/b/c/", "a/b/c/foo", "a/.wh..wh..opq"]], &seen);
    shows(&[lower, &["a/", "a/.wh..wh..opq", "a/b/", "a/b/c/", "a/b/c/foo"]], &seen);
    // W9
    shows(&[&["a/", "a/x"], &["a/b/c/new", "a/.wh..wh..opq"]], &["a/ 0", "a/b/", "a/b/c/", "a/b/c/new 1"]);
    shows(&[&["x", "y/", "y/z"], &[".wh..wh..opq", "new"]], &["new 1"]);
}

#[test]
fn malformed_whiteouts_delete_nothing() {
    // W5
    let made = shows(&[&["a/", "a/x"], &["a/.wh.", "a/.wh..", "a/.wh..."]], &["a/ 0", "a/x 0"]);
    assert_eq!(differences(&made), vec![("a".to_owned(), Difference::MalformedWhiteout); 3]);
}

#[test]
fn a_directory_made_anew_is_empty_below() {
    // W7
    let made = shows(&[&["X/", "X/old"], &[".wh.X", "X/", "X/new"]], &["X/ 1", "X/new 1"]);
    assert_eq!(differences(&made), [("X".to_owned(), Difference::RecreatedDirectory)]);
    let late = shows(&[&["X/", "X/old"], &["X/", "X/new", ".wh.X"]], &["X/ 1", "X/new 1"]);
    let kinds: Vec<_> = differences(&late).into_iter().map(|(_, difference)| difference).collect();
    assert_eq!(kinds, [Difference::RecreatedDirectory, Difference::LateWhiteout]);
}

#[test]
fn entries_replace_what_has_their_name() {
    shows(&[&["a/", "a/x"], &["a/"]], &["a/ 1", "a/x 0"]);
    shows(&[&["a/", "a/x"], &["a"]], &["a 1"]);
    shows(&[&["a"], &["a/", "a/x"]], &["a/ 1", "a/x 1"]);
    shows(&[&["lib -> usr/lib", "usr/lib/x"], &["lib/"]], &["lib/ 1", "usr/", "usr/lib/", "usr/lib/x 0"]);
    // The last one of a layer counts.
    let twice = shows(&[&["a 5", "b", "a 7"]], &["a 0", "b 0"]);
    let node = twice.find(b"a").unwrap();
    assert_eq!(twice.file(node), Some(FileId { layer: 0, number: 2 }));
    assert_eq!(differences(&twice), [("a".to_owned(), Difference::TwiceInLayer)]);
    let others = shows(&[&["a/", "a/x", "b"], &["a/", "b/", "b", "a/", "./", "./"]], &["a/ 1", "a/x 0", "b 1"]);
    let paths: Vec<_> = differences(&others).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["b", "a", ""]);
    let [loss] = twice.losses() else { panic!("{:?}", twice.losses()) };
    assert_eq!((loss.file.number, loss.by, loss.cause), (0, 0, Cause::Replaced));
    assert_eq!(loss.replaced_by, Some(FileId { layer: 0, number: 2 }));
}

#[test]
fn the_root_is_as_the_last_layer_that_names_it_says() {
    let root = |mode| {
        let mut list = layer(&["a"]);
        list.push(FileEntry { mode, ..entry("./") });
        list
    };
    let layers = [root(0o700), root(0o755), layer(&["b"])];
    let made = overlay(&layers);
    assert_eq!(made.file(NodeId::ROOT), Some(FileId { layer: 1, number: 1 }));
    assert_eq!((paths(&made), differences(&made)), (vec!["a 1".to_owned(), "b 2".to_owned()], vec![]));
}

#[test]
fn links_of_the_same_layer_are_followed_and_those_below_are_not() {
    shows(&[&["usr/lib/", "lib -> usr/lib", "lib/foo"]], &["lib 0", "usr/", "usr/lib/ 0", "usr/lib/foo 0"]);
    shows(&[&["lib -> /usr/../usr/lib", "lib/foo"]], &["lib 0", "usr/", "usr/lib/", "usr/lib/foo 0"]);
    let made = shows(&[&["usr/lib/", "lib -> usr/lib"], &["lib/foo"]], &["lib/", "lib/foo 1", "usr/", "usr/lib/ 0"]);
    assert_eq!(differences(&made), [("lib".to_owned(), Difference::LowerSymlink)]);
    // An opaque marker below a lower link does not clear the link's target.
    shows(
        &[&["usr/lib/", "usr/lib/x", "lib -> usr/lib"], &["lib/.wh..wh..opq"]],
        &["lib 0", "usr/", "usr/lib/ 0", "usr/lib/x 0"],
    );
    // Whiteouts follow links of their own layer, too, as far as those come before them.
    let lower: &[&str] = &["usr/", "usr/x", "usr/y", "usr/lib/", "usr/lib/z"];
    shows(
        &[lower, &["a -> usr", "b -> /a", "b/.wh.x", "b/c -> lib", "a/c/.wh..wh..opq"]],
        &["a 1", "b 1", "usr/ 0", "usr/c 1", "usr/lib/ 0", "usr/y 0"],
    );
    shows(&[&["usr/", "usr/x"], &["a/.wh.x", "a -> usr"]], &["a 1", "usr/ 0", "usr/x 0"]);
    shows(&[&["usr/", "usr/x"], &["a -> a", "a/.wh.x"]], &["a 1", "usr/ 0", "usr/x 0"]);
    let late = shows(&[&["usr/", "usr/x"], &["usr/", "a -> usr", "a/x", "a/.wh.x"]], &["a 1", "usr/ 1", "usr/x 1"]);
    assert_eq!(differences(&late), [("usr/x".to_owned(), Difference::LateWhiteout)]);
    // Some runtimes unpack a layer by itself, and then the link leads to nothing.
    let below =
        shows(&[&["usr/", "usr/x"], &["a -> usr", "a/y", "a/z"]], &["a 1", "usr/ 0", "usr/x 0", "usr/y 1", "usr/z 1"]);
    assert_eq!(differences(&below), [("usr".to_owned(), Difference::LinkOutOfLayer)]);
    let own = shows(
        &[&["usr/", "usr/x"], &["usr/y", "a -> usr", "a/z"]],
        &["a 1", "usr/ 0", "usr/x 0", "usr/y 1", "usr/z 1"],
    );
    assert_eq!(differences(&own), []);
    // What stood behind a link, and the link itself, can be gone again when a whiteout comes.
    shows(
        &[&["usr/x", "etc/x"], &["a -> usr", "usr/b -> ../etc", "a/b", "usr/b/.wh.x"]],
        &["a 1", "etc/", "etc/x 0", "usr/", "usr/b 1", "usr/x 0"],
    );
    shows(&[&["usr/x"], &["d/a -> /usr", "d", "d/a/.wh.x"]], &["d 1", "usr/", "usr/x 0"]);
    shows(&[&["usr/x"], &["d/a -> /usr", "d/", "d/a/.wh.x"]], &["d/ 1", "d/a 1", "usr/"]);
    // A link that leads to itself leads nowhere.
    shows(&[&["a -> b", "b -> a", "a/x"]], &["a/", "a/x 0", "b 0"]);
    shows(&[&["up -> ../../..", "up/x"]], &["up 0", "x 0"]);
}

#[test]
fn hard_links_stay_bound_to_their_entry() {
    let made = shows(&[&["t2 3", "t1 = t2", "t3 = t2"], &["t1 3"]], &["t1 1", "t2 0", "t3 0"]);
    let contents = |path: &[u8]| made.contents(made.find(path).unwrap());
    assert_eq!(contents(b"t1"), Some(FileId { layer: 1, number: 0 }));
    assert_eq!(contents(b"t2"), Some(FileId { layer: 0, number: 0 }));
    assert_eq!(contents(b"t3"), Some(FileId { layer: 0, number: 0 }));
    // Its target is replaced, and the link keeps what it was bound to.
    let made = shows(&[&["a 1", "b = a"], &["a 2"]], &["a 1", "b 0"]);
    assert_eq!(made.contents(made.find(b"b").unwrap()), Some(FileId { layer: 0, number: 0 }));
    let below = shows(&[&["a 1"], &["b = a"]], &["a 0", "b 1"]);
    assert_eq!(below.contents(below.find(b"b").unwrap()), Some(FileId { layer: 0, number: 0 }));
    assert_eq!(differences(&below), [("b".to_owned(), Difference::LinkBelow)]);
    let nothing = shows(&[&["a 1"], &[".wh.a", "b = a"]], &["b 1"]);
    assert_eq!(nothing.contents(nothing.find(b"b").unwrap()), None);
    assert_eq!(differences(&nothing), [("b".to_owned(), Difference::LinkToNothing)]);
    let through = shows(
        &[&["usr/lib/", "lib -> usr/lib", "usr/lib/x 1", "y = lib/x"]],
        &["lib 0", "usr/", "usr/lib/ 0", "usr/lib/x 0", "y 0"],
    );
    assert_eq!(differences(&through), []);
    // The entry of the link's own name is another one.
    assert_eq!(through.contents_of(FileId { layer: 0, number: 3 }), Some(FileId { layer: 0, number: 2 }));
}

#[test]
fn devices_without_numbers_delete() {
    let made = shows(&[&["a", "b"], &["a c0:0"]], &["b 0"]);
    assert_eq!(differences(&made), [(String::new(), Difference::DeviceWhiteout)]);
}

#[test]
fn attributes_of_overlay_mounts_are_not_obeyed() {
    let mut opaque = FileList::default();
    let attributes = vec![(b"trusted.overlay.opaque".to_vec(), b"y".to_vec())];
    opaque.push(FileEntry { attributes, ..entry("a/") });
    let made = overlay(&[layer(&["a/", "a/x"]), opaque]);
    assert_eq!(paths(&made), ["a/ 1", "a/x 0"]);
    assert_eq!(differences(&made), [("a".to_owned(), Difference::OpaqueAttribute)]);
}

#[test]
fn directories_without_an_entry_keep_what_is_below() {
    let mut lower = FileList::default();
    lower.push(FileEntry { mode: 0o750, ..entry("a/") });
    let made = overlay(&[lower.clone(), layer(&["a/b/new"])]);
    assert_eq!(paths(&made), ["a/ 0", "a/b/", "a/b/new 1"]);
    assert_eq!(differences(&made), [("a".to_owned(), Difference::ImpliedDirectory)]);
    let mut remarked = FileList::default();
    remarked.push(FileEntry { attributes: vec![(b"user.remark".to_vec(), b"x".to_vec())], ..entry("a/") });
    let made = overlay(&[remarked, layer(&["a/b/new"])]);
    assert_eq!(differences(&made), [("a".to_owned(), Difference::ImpliedDirectory)]);
    // However many entries and whiteouts stand there, it is one place.
    assert_eq!(differences(&overlay(&[lower.clone(), layer(&["a/b/x", "a/c/y", "a/d/z", "a/.wh.e"])])).len(), 1);
    let deleted = overlay(&[lower.clone(), layer(&["a/.wh.ghost"])]);
    assert_eq!(differences(&deleted), [("a".to_owned(), Difference::ImpliedDirectory)]);
    // Its own entry may come later in the layer.
    assert_eq!(differences(&overlay(&[lower, layer(&["a/new", "a/"])])), []);
}

#[test]
fn deleted_names_can_be_told() {
    let made =
        shows(&[&["a/", "a/x", "a/y", "a/z"], &["a/.wh.x", "a/y", "a/.wh.z", "a/z"]], &["a/ 0", "a/y 1", "a/z 1"]);
    let directory = made.find(b"a").unwrap();
    let gone: Vec<_> = made.gone(directory).map(|node| (made.name(node), made.gone_by(node))).collect();
    assert_eq!(gone, [(&b"x"[..], Some(1))]);
}

#[test]
fn names_that_no_container_can_have_are_left_out() {
    let mut list = FileList::default();
    let marks = FileMarks { is_cut: true, ..FileMarks::default() };
    list.push(FileEntry { marks, ..entry("a") });
    assert_eq!(paths(&overlay(&[list])), [""; 0]);
}

#[test]
fn names_of_windows_are_compared_without_case() {
    let layers = [
        layer(&[
            "Files/",
            "Files/Windows/",
            "Files/Windows/System32/",
            "Files/Windows/System32/a.dll 3",
            "Hives/",
            "Hives/x",
        ]),
        layer(&["files/windows/", "files/windows/SYSTEM32/A.DLL 4", "FILES/.wh.ghost"]),
        layer(&["Files/Windows/.wh.system32", "Files/WINDOWS/System32/", "Hives/x"]),
    ];
    let layers: Vec<_> = layers.iter().collect();
    let windows = |number: usize| Overlay::of_windows(&layers[..number]);
    let two = ["Files/ 0", "Files/Windows/ 1", "Files/Windows/System32/ 0", "Files/Windows/System32/A.DLL 1"];
    assert_eq!(paths(&windows(2)), [&two[..], &["Hives/ 0", "Hives/x 0"]].concat());
    let three = windows(3);
    let expected = ["Files/ 0", "Files/Windows/ 1", "Files/Windows/System32/ 2", "Hives/ 0", "Hives/x 2"];
    assert_eq!(paths(&three), expected);
    assert_eq!(differences(&three), [("Files/Windows/System32".to_owned(), Difference::RecreatedDirectory)]);
    assert_eq!(three.path(three.root()), b"Files");
    assert_eq!(DeadBytes::of(&layers, &three).dead.bytes, 3 + 4 + 1);
    // An image for Linux may have such a directory, too.
    let linux = Overlay::of(&layers);
    assert_eq!(linux.root(), NodeId::ROOT);
    assert!(linux.find(b"files/windows/SYSTEM32/A.DLL").is_some());
}

#[test]
fn links_of_windows_are_found_without_regard_to_case() {
    let layers = [layer(&["Files/x/a", "Files/x/b"]), layer(&["Files/L -> x", "FILES/l/.wh.A"])];
    let made = Overlay::of_windows(&layers.iter().collect::<Vec<_>>());
    assert_eq!(paths(&made), ["Files/", "Files/L 1", "Files/x/", "Files/x/b 0"]);
}

/// Whatever an archive says, nothing but a directory is the root.
#[test]
fn the_root_is_a_directory() {
    let made = overlay(&[layer(&["./", "a"]), layer(&["."])]);
    assert_eq!(made.file(NodeId::ROOT), Some(FileId { layer: 0, number: 0 }));
    assert!(made.is_directory(NodeId::ROOT));
}

/// Paths of a small tree, with all that can be said of one.
fn any_entry() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("a"), Just("b"), Just("c")];
    let path = proptest::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    (path.clone(), path, 0..9).prop_map(|(path, other, what)| match what {
        0 | 1 => format!("{path}/"),
        2 => format!("{path} -> {other}"),
        3 => format!("{path} = {other}"),
        4 => path.rsplit_once('/').map_or(format!(".wh.{path}"), |(parent, name)| format!("{parent}/.wh.{name}")),
        5 => format!("{path}/.wh..wh..opq"),
        6 => format!("{path} c0:0"),
        _ => path,
    })
}

proptest! {
    /// Whatever layers hold, every visible name has visible directories above it, and an entry that is not whiteout; each
    /// entry is visible or was lost or is another name's contents only.
    #[test]
    fn trees_hang_together(layers in proptest::collection::vec(proptest::collection::vec(any_entry(), 0..12), 1..5)) {
        let lists: Vec<FileList> =
            layers.iter().map(|entries| layer(&entries.iter().map(String::as_str).collect::<Vec<_>>())).collect();
        let overlay = overlay(&lists);
        for node in overlay.nodes().filter(|node| *node != NodeId::ROOT) {
            let path = overlay.path(node);
            prop_assert_eq!(overlay.find(&path), Some(node));
            prop_assert!(Whiteout::of(overlay.name(node)).is_none());
            if let Some(file) = overlay.file(node) {
                let entry = lists[usize::from(file.layer)].get(file.number as usize).unwrap();
                prop_assert_eq!(overlay.is_directory(node), entry.kind() == FileKind::Directory);
            } else {
                prop_assert!(overlay.is_directory(node));
            }
        }
    }

    /// Without links, a stack is what its layers' names say one after another.
    #[test]
    fn plain_files_follow_the_last_word(layers in proptest::collection::vec(proptest::collection::vec((0_u8..6, any::<bool>()), 0..8), 1..6)) {
        let lists: Vec<FileList> = layers.iter().map(|entries| {
            let texts: Vec<_> = entries.iter().map(|(name, is_deleted)| if *is_deleted { format!("d/.wh.{name}") } else { format!("d/{name}") }).collect();
            layer(&texts.iter().map(String::as_str).collect::<Vec<_>>())
        }).collect();
        let mut expected = std::collections::BTreeMap::new();
        for (number, entries) in layers.iter().enumerate() {
            for (name, _) in entries.iter().filter(|(_, is_deleted)| *is_deleted) {
                expected.remove(name);
            }
            for (name, _) in entries.iter().filter(|(_, is_deleted)| !*is_deleted) {
                expected.insert(*name, number);
            }
        }
        let expected: Vec<_> = expected.iter().map(|(name, number)| format!("d/{name} {number}")).collect();
        let shown: Vec<_> = paths(&overlay(&lists)).into_iter().filter(|path| !path.starts_with("d/ ") && path != "d/").collect();
        prop_assert_eq!(shown, expected);
    }
}
