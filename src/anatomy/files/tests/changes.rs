//! What layers have done to names, and where names lead.

use super::*;

#[test]
fn sums_changes_and_versions() {
    let mut chmod = entry("etc/conf 5");
    (chmod.mode, chmod.digest) = (0o600, Some([1; 32]));
    let mut first = layer(&["etc/", "etc/gone 3", "etc/same 1"]);
    let mut conf = entry("etc/conf 5");
    conf.digest = Some([1; 32]);
    first.push(conf);
    let mut second = layer(&["etc/", "etc/.wh.gone", "etc/new 7"]);
    second.push(chmod);
    let third = layer(&["etc/conf 9", "etc/.wh.same"]);
    let layers = [&first, &second, &third];
    let overlay = Overlay::of(&layers);
    let (totals, changes) = (Totals::of(&overlay, &layers), Changes::of(&overlay));
    let node = |path: &str| overlay.find(path.as_bytes()).unwrap();
    assert_eq!(totals.get(NodeId::ROOT), Sum { bytes: 16, files: 2, odd: 2 });
    assert_eq!(totals.get(node("etc")), Sum { bytes: 16, files: 2, odd: 2 });
    let entry = |id: FileId| layers[usize::from(id.layer)].get(id.number as usize);
    let change = |path: &str| changes.change(&overlay, entry, overlay.file(node(path)).unwrap());
    assert_eq!(change("etc"), Change::Unchanged);
    assert_eq!(change("etc/new"), Change::Added);
    assert_eq!(change("etc/conf"), Change::Changed);
    let mut gone: Vec<_> = overlay.gone(node("etc")).map(|node| (overlay.name(node), overlay.gone_by(node))).collect();
    gone.sort();
    assert_eq!(gone, [(&b"gone"[..], Some(1)), (&b"same"[..], Some(2))]);
    let versions = |path: &str| {
        let of = |version: Version| (version.layer, version.change);
        history(&overlay, &layers, path.as_bytes()).into_iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(versions("etc/conf"), [(0, Change::Added), (1, Change::Attributes), (2, Change::Changed)]);
    assert_eq!(versions("etc/gone"), [(0, Change::Added), (1, Change::Deleted)]);
    assert_eq!(versions("etc/nothing"), []);
}

#[test]
fn what_a_layer_has_twice_is_measured_by_the_layers_below() {
    let (first, second) = (layer(&["old 1"]), layer(&["old 2", "old 2", "new 3", "new 3"]));
    let layers = [&first, &second];
    let overlay = Overlay::of(&layers);
    let changes = Changes::of(&overlay);
    let entry = |id: FileId| layers[usize::from(id.layer)].get(id.number as usize);
    let change = |path: &[u8]| changes.change(&overlay, entry, overlay.file(overlay.find(path).unwrap()).unwrap());
    assert_eq!((change(b"old"), change(b"new")), (Change::Changed, Change::Added));
}

#[test]
fn what_a_layer_deletes_and_has_anew_is_changed() {
    let first = layer(&["a 1", "b/c 1", "b/d 1", "e 1"]);
    let second = layer(&[".wh.a", "a 2", "b/.wh..wh..opq", "b/c 2", ".wh.e", "e/f 3"]);
    let third = layer(&[".wh.b", "b/c 3"]);
    let layers = [&first, &second, &third];
    let told = |number: usize, path: &str| {
        let layers = &layers[..number];
        let overlay = Overlay::of(layers);
        let file = overlay.file(overlay.find(path.as_bytes()).unwrap()).unwrap();
        let entry = |id: FileId| layers[usize::from(id.layer)].get(id.number as usize);
        let change = Changes::of(&overlay).change(&overlay, entry, file);
        let last = history(&overlay, layers, path.as_bytes()).pop().unwrap();
        assert_eq!((last.change, last.file), (change, Some(file)), "{path}");
        change
    };
    assert_eq!(told(2, "a"), Change::Changed);
    assert_eq!(told(2, "b/c"), Change::Changed);
    assert_eq!(told(3, "b/c"), Change::Changed);
    assert_eq!(told(2, "e/f"), Change::Added);
}

#[test]
fn names_of_windows_have_versions_without_regard_to_case() {
    let (first, second) = (layer(&["Files/a 1"]), layer(&["files/A 2"]));
    let layers = [&first, &second];
    let overlay = Overlay::of_windows(&layers);
    let changes = |path: &[u8]| history(&overlay, &layers, path).into_iter().map(|it| it.change).collect::<Vec<_>>();
    assert_eq!(changes(b"Files/a"), [Change::Added, Change::Changed]);
    let third = layer(&["FILES/.wh.a"]);
    let layers = [&first, &second, &third];
    let last = history(&Overlay::of_windows(&layers), &layers, b"Files/a").pop().unwrap();
    assert_eq!((last.layer, last.change), (2, Change::Deleted));
}

/// An entry with contents of its own.
fn with(text: &str, contents: u8) -> FileEntry {
    FileEntry { digest: Some([contents; 32]), ..entry(text) }
}

fn list(entries: &[FileEntry]) -> FileList {
    let mut list = FileList::default();
    for entry in entries {
        list.push(entry.clone());
    }
    list
}

/// What the last layer has done to names, as the tree says and as their history does.
fn told<const COUNT: usize>(layers: &[FileList], names: [&str; COUNT]) -> [Change; COUNT] {
    let layers: Vec<&FileList> = layers.iter().collect();
    let overlay = Overlay::of(&layers);
    let changes = Changes::of(&overlay);
    names.map(|name| {
        let file = overlay.file(overlay.find(name.as_bytes()).unwrap()).unwrap();
        let change = changes.change(&overlay, |id| layers[usize::from(id.layer)].get(id.number as usize), file);
        let last = history(&overlay, &layers, name.as_bytes()).pop().unwrap();
        assert_eq!((last.change, last.file), (change, Some(file)), "{name}");
        change
    })
}

#[test]
fn hard_links_are_judged_by_the_file_that_they_name() {
    let lower = list(&[with("a 5", 1), entry("b = a")]);
    let second = |upper: &[FileEntry]| told(&[lower.clone(), list(upper)], ["a", "b"]);
    assert_eq!(second(&[with("a 5", 2), entry("b = a")]), [Change::Changed; 2]);
    // Which of the names comes first in an archive says nothing.
    assert_eq!(second(&[with("b 5", 1), entry("a = b")]), [Change::Unchanged; 2]);
    assert_eq!(second(&[with("a 5", 1), with("b 5", 1)]), [Change::Unchanged; 2]);
    let chmod = FileEntry { mode: 0o600, ..with("a 5", 1) };
    assert_eq!(second(&[chmod, entry("b = a")]), [Change::Attributes; 2]);
    // The very same file.
    assert_eq!(told(&[layer(&["a 5", "b = a"]), layer(&["b = a"])], ["b"]), [Change::Unchanged]);
    // Links to nothing are what is written in them.
    assert_eq!(told(&[layer(&["a = x"]), layer(&["a = x"])], ["a"]), [Change::Unchanged]);
    assert_eq!(told(&[layer(&["a = x"]), layer(&["a = y"])], ["a"]), [Change::Changed]);
    assert_eq!(told(&[layer(&["a"]), layer(&[".wh.a", "a = a"])], ["a"]), [Change::Changed]);
}

#[test]
fn layers_have_a_path_also_by_their_own_links() {
    let versions = |layers: &[&[&str]], path: &str| {
        let lists: Vec<FileList> = layers.iter().map(|entries| layer(entries)).collect();
        let lists: Vec<&FileList> = lists.iter().collect();
        let versions = history(&Overlay::of(&lists), &lists, path.as_bytes());
        versions.into_iter().map(|version| (version.layer, version.change)).collect::<Vec<_>>()
    };
    let by_link: &[&str] = &["usr/lib/", "lib -> usr/lib", "lib/foo 1"];
    assert_eq!(
        versions(&[by_link, &["usr/lib/foo 2"], by_link], "usr/lib/foo"),
        [(0, Change::Added), (1, Change::Changed), (2, Change::Changed)]
    );
    assert_eq!(versions(&[by_link, &["usr/lib/foo 2"]], "lib/foo"), []);
    let deleted: &[&str] = &["a -> usr", "a/.wh.x"];
    assert_eq!(
        versions(&[&["usr/x"], deleted, &["usr/x"]], "usr/x"),
        [(0, Change::Added), (1, Change::Deleted), (2, Change::Added)]
    );
    // A link of a layer below is none.
    assert_eq!(versions(&[by_link, &["lib/foo 2"]], "usr/lib/foo"), [(0, Change::Added)]);
    assert_eq!(versions(&[by_link, &["lib/foo 2"]], "lib/foo"), [(1, Change::Added)]);
    // What a layer takes of its own was never there.
    assert_eq!(versions(&[&["a/b"], &["a/b", "a"]], "a/b"), [(0, Change::Added), (1, Change::Deleted)]);
    assert_eq!(versions(&[&["a/b", "a"]], "a/b"), []);
    // A directory without an entry has no version.
    assert_eq!(
        versions(&[&["a"], &["a/b"], &["a/"]], "a"),
        [(0, Change::Added), (1, Change::Deleted), (2, Change::Added)]
    );
}

#[test]
fn what_a_layer_deletes_and_has_twice_is_changed() {
    assert_eq!(told(&[layer(&["a 1"]), layer(&[".wh.a", "a 2", "a 3"])], ["a"]), [Change::Changed]);
    assert_eq!(told(&[layer(&["a/b 1"]), layer(&["a/b 2", "a", "a/", "a/b 3"])], ["a/b"]), [Change::Changed]);
}

proptest! {
    /// Whatever layers hold, the versions of a path are what stands there in the tree of ever more of them, and of what is
    /// there in the end the tree says the same.
    #[test]
    fn versions_are_what_each_layer_has_made(
        layers in proptest::collection::vec(proptest::collection::vec(any_entry(), 0..10), 1..5)
    ) {
        let lists: Vec<FileList> =
            layers.iter().map(|entries| layer(&entries.iter().map(String::as_str).collect::<Vec<_>>())).collect();
        let lists: Vec<&FileList> = lists.iter().collect();
        let stacks: Vec<Overlay> = (1..=lists.len()).map(|number| Overlay::of(&lists[..number])).collect();
        let overlay = stacks.last().unwrap();
        let changes = Changes::of(overlay);
        let paths = stacks.iter().flat_map(|stack| stack.nodes().skip(1).map(|node| stack.path(node)));
        for path in paths.collect::<std::collections::BTreeSet<_>>() {
            let (mut expected, mut before) = (Vec::new(), None);
            for (layer, stack) in (0_u16..).zip(&stacks) {
                let now = stack.find(&path).and_then(|node| stack.file(node));
                if now != before {
                    expected.push((layer, now));
                }
                before = now;
            }
            let versions = history(overlay, &lists, &path);
            let files: Vec<_> = versions.iter().map(|version| (version.layer, version.file)).collect();
            prop_assert_eq!(files, expected, "{:?}", path);
            if let Some(file) = before {
                let entry = |id: FileId| lists[usize::from(id.layer)].get(id.number as usize);
                let change = changes.change(overlay, entry, file);
                prop_assert_eq!(versions.last().map(|last| last.change), Some(change), "{:?}", path);
            }
        }
    }
}

#[test]
fn so_many_links_are_followed_and_no_more() {
    let links: Vec<_> = (0..64).map(|number| format!("{number} -> {}", number + 1)).collect();
    let mut texts: Vec<_> = links.iter().map(String::as_str).collect();
    texts.extend(["64 3", "one-more -> 0"]);
    let list = layer(&texts);
    let layers = [&list];
    let overlay = Overlay::of(&layers);
    let end = overlay.find(b"64").unwrap();
    assert_eq!(resolve(&overlay, &layers, NodeId::ROOT, b"0"), Resolved::To(end));
    assert_eq!(resolve(&overlay, &layers, NodeId::ROOT, b"one-more"), Resolved::Circle);
}

#[test]
fn links_are_followed_as_in_the_container() {
    let list = layer(&[
        "bin -> usr/bin",
        "usr/bin/sh 3",
        "etc/a -> /bin/sh",
        "etc/b -> ../../../etc/a",
        "etc/x -> y",
        "etc/y -> x",
        "etc/z -> no",
    ]);
    let layers = [&list];
    let overlay = Overlay::of(&layers);
    let follow = |path: &str| match resolve(&overlay, &layers, NodeId::ROOT, path.as_bytes()) {
        Resolved::To(node) => String::from_utf8(overlay.path(node)).unwrap(),
        other => format!("{other:?}"),
    };
    for (path, to) in [
        ("bin/sh", "usr/bin/sh"),
        ("etc/a", "usr/bin/sh"),
        ("etc/b", "usr/bin/sh"),
        ("etc/x", "Circle"),
        ("etc/z", "Nowhere"),
        ("usr/bin/sh/x", "Nowhere"),
        ("", ""),
    ] {
        assert_eq!(follow(path), to, "{path}");
    }
}

#[test]
fn nothing_leads_above_the_root() {
    let list = layer(&["Files/w/x", "Files/f", "Files/abs -> /w", "Hives/x"]);
    let layers = [&list];
    let overlay = Overlay::of_windows(&layers);
    let node = |path: &str| overlay.find(path.as_bytes()).unwrap();
    let follow = |from: &str, path: &str| match resolve(&overlay, &layers, node(from), path.as_bytes()) {
        Resolved::To(node) => String::from_utf8(overlay.path(node)).unwrap(),
        other => format!("{other:?}"),
    };
    for (from, path, to) in [
        ("Files/w", "../../../w/x", "Files/w/x"),
        ("Files/w", "../../Hives/x", "Nowhere"),
        ("Files/w", "/../Hives/x", "Nowhere"),
        ("Files/w", "..", "Files"),
        ("Files", "f/../w", "Nowhere"),
        // As a layer by itself shows it.
        ("", "Files/abs/x", "Files/w/x"),
        ("", "Hives/x", "Hives/x"),
        ("Hives", "../Files/f", "Files/f"),
    ] {
        assert_eq!(follow(from, path), to, "{from} {path}");
    }
}

/// Otherwise what few links lead to is walked for ever.
#[test]
fn links_lead_no_further_than_the_longest_path() {
    let deep = format!("{}x", "../a/".repeat(700));
    let list = layer(&[&format!("a/x -> {deep}"), "a/y"]);
    let layers = [&list];
    let overlay = Overlay::of(&layers);
    let follow = |path: &str| resolve(&overlay, &layers, NodeId::ROOT, path.as_bytes());
    assert_eq!(follow("a/x"), Resolved::Circle);
    assert_eq!(follow(&format!("a/x/{}", "b/".repeat(400))), Resolved::Nowhere);
}
