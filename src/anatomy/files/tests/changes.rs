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
    assert_eq!(totals.get(NodeId::ROOT), Sum { bytes: 16, files: 2 });
    assert_eq!(totals.get(node("etc")), Sum { bytes: 16, files: 2 });
    let change = |path: &str| {
        changes.change(|id| layers[usize::from(id.layer)].get(id.number as usize), overlay.file(node(path)).unwrap())
    };
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
    let change = |path: &[u8]| changes.change(entry, overlay.file(overlay.find(path).unwrap()).unwrap());
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
        let change = Changes::of(&overlay).change(|id| layers[usize::from(id.layer)].get(id.number as usize), file);
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

/// Entries without links, each behind those of its directories, and without those that another one stands in the way of.
fn each_name_once(entries: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.contains(['>', '='])) {
        let ends = entry.match_indices('/').map(|(slash, _)| slash + 1).filter(|end| *end < entry.len());
        let mut all: Vec<&str> = ends.map(|end| &entry[..end]).collect();
        all.push(entry);
        let name = |text: &str| text.trim_end_matches('/').to_owned();
        let is_kept = |text: &str| kept.iter().any(|other| other == text);
        let is_taken = |text: &str| {
            let is_file_above =
                |file: &str, below: &str| !file.ends_with('/') && below.starts_with(&format!("{file}/"));
            kept.iter().any(|other| {
                (name(other) == name(text) && other != text) || is_file_above(other, text) || is_file_above(text, other)
            })
        };
        if !is_kept(entry) && !all.iter().any(|text| is_taken(text)) {
            let new: Vec<String> = all.into_iter().filter(|text| !is_kept(text)).map(str::to_owned).collect();
            kept.extend(new);
        }
    }
    kept
}

proptest! {
    /// What the tree says of a name is what its versions say, whatever layers hold that have no links and each name once.
    #[test]
    fn the_tree_and_the_versions_agree(layers in proptest::collection::vec(proptest::collection::vec(any_entry(), 0..8), 1..4)) {
        let lists: Vec<FileList> = layers
            .iter()
            .map(|entries| layer(&each_name_once(entries).iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        let lists: Vec<&FileList> = lists.iter().collect();
        let overlay = Overlay::of(&lists);
        let changes = Changes::of(&overlay);
        for node in overlay.nodes() {
            let Some(file) = overlay.file(node).filter(|_| node != NodeId::ROOT) else { continue };
            let change = changes.change(|id| lists[usize::from(id.layer)].get(id.number as usize), file);
            let path = overlay.path(node);
            let last = history(&overlay, &lists, &path).pop();
            prop_assert_eq!(last.map(|last| (last.file, last.change)), Some((Some(file), change)), "{:?}", path);
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
