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
        history(&layers, &FilePath::from_bytes(path.as_bytes())).into_iter().map(of).collect::<Vec<_>>()
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
