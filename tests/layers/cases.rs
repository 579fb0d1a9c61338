//! Every way in which layers delete, replace and link, each in a directory of its own.

use strata::anatomy::files::Difference;

use super::made::{Made, block_device, character_device, directory, fifo, file, hard_link, symlink};

/// What one case has in each layer, from the bottom.
type Case = (&'static str, [Vec<Made>; 2]);

/// The layers in which all cases are.
fn layers(cases: Vec<Case>) -> [Vec<Made>; 2] {
    let mut layers = [Vec::new(), Vec::new()];
    for (name, entries) in cases {
        layers[0].push(directory(name));
        for (layer, entries) in layers.iter_mut().zip(entries) {
            layer.extend(entries.into_iter().map(|entry| entry.within(name)));
        }
    }
    layers
}

/// Where all runtimes come to what image-spec says.
pub(super) fn agreed() -> [Vec<Made>; 2] {
    layers([whiteouts(), opaque_directories(), replacements(), links(), kinds_and_names()].concat())
}

fn whiteouts() -> Vec<Case> {
    let lower = || vec![file("f", "old"), directory("d/"), file("d/x", "x"), directory("d/e/"), file("d/e/y", "y")];
    vec![
        (
            "whiteouts",
            [
                vec![
                    file("file1", "one"),
                    directory("a/"),
                    file("a/file2", "two"),
                    directory("b/"),
                    directory("c/"),
                    file("c/file3", "three"),
                ],
                vec![file(".wh.file1", ""), file("a/.wh.file2", ""), file(".wh.b", ""), file("file4", "four")],
            ],
        ),
        ("whiteout-and-new-file", [lower(), vec![file(".wh.f", ""), file("f", "new")]]),
        ("whiteout-of-directory", [lower(), vec![file(".wh.d", "")]]),
        ("whiteout-and-file-for-directory", [lower(), vec![file(".wh.d", ""), file("d", "now a file")]]),
        ("whiteout-of-nothing", [lower(), vec![file(".wh.ghost", ""), file("d/.wh.ghost", ""), file("big", "big")]]),
        ("whiteout-without-type", [lower(), vec![file(".wh.f", "").flag(0)]]),
        ("whiteout-as-directory", [lower(), vec![directory(".wh.d")]]),
        ("whiteout-as-link", [lower(), vec![symlink(".wh.f", "d/x"), hard_link("d/.wh.x", "d/e/y")]]),
        ("whiteout-in-the-bottom-layer", [vec![file(".wh.x", ""), file(".wh..wh..opq", ""), file("y", "y")], vec![]]),
    ]
}

fn opaque_directories() -> Vec<Case> {
    let lower = || vec![directory("a/"), directory("a/b/"), directory("a/b/c/"), file("a/b/c/bar", "bar")];
    let new = || [directory("a/b/"), directory("a/b/c/"), file("a/b/c/foo", "foo")].to_vec();
    let marker = || vec![file("a/.wh..wh..opq", "")];
    vec![
        ("opaque", [lower(), [vec![directory("a/")], marker()].concat()]),
        ("opaque-first", [lower(), [vec![directory("a/")], marker(), new()].concat()]),
        ("opaque-last", [lower(), [vec![directory("a/")], new(), marker()].concat()]),
        ("opaque-without-ancestors", [lower(), [vec![file("a/b/c/new", "new")], marker()].concat()]),
        ("opaque-of-nothing", [vec![], [vec![directory("a/")], marker()].concat()]),
        ("opaque-and-whiteout", [lower(), [vec![directory("a/")], marker(), vec![file("a/.wh.b", "")]].concat()]),
        ("opaque-deeper", [lower(), vec![directory("a/"), directory("a/b/"), file("a/b/.wh..wh..opq", "")]]),
    ]
}

fn replacements() -> Vec<Case> {
    let lower = || vec![directory("usr/"), file("usr/x", "x"), symlink("lib", "usr"), file("file", "file")];
    vec![
        ("directory-over-directory", [lower(), vec![directory("usr/").mode(0o1777).owner(7, 8)]]),
        ("directory-over-link", [lower(), vec![directory("lib/"), file("lib/y", "y")]]),
        ("directory-over-file", [lower(), vec![directory("file/"), file("file/y", "y")]]),
        ("file-over-directory", [lower(), vec![file("usr", "now a file")]]),
        ("link-over-directory", [lower(), vec![symlink("usr", "file")]]),
        ("file-over-link", [lower(), vec![file("lib", "now a file")]]),
        ("attributes-only", [lower(), vec![file("file", "file").mode(0o4750).owner(1_000, 1_001)]]),
        ("implied", [vec![file("by/its/child", "x")], vec![]]),
    ]
}

fn links() -> Vec<Case> {
    let three = || vec![file("t2", "123"), hard_link("t1", "t2"), hard_link("t3", "t2")];
    vec![
        ("hard-link-outlives", [three(), vec![file("t1", "456")]]),
        ("hard-link-target-replaced", [three(), vec![file("t2", "456")]]),
        ("hard-link-target-deleted", [three(), vec![file(".wh.t2", "")]]),
        ("hard-link-in-its-layer", [vec![], three()]),
        ("hard-link-and-target-anew", [three(), vec![file("t2", "456"), hard_link("t3", "t2")]]),
        ("hard-link-to-link", [vec![symlink("a", "nowhere"), hard_link("b", "a").mode(0o777)], vec![]]),
        (
            "hard-link-through-link",
            [vec![directory("usr/"), file("usr/x", "x"), symlink("lib", "usr"), hard_link("y", "lib/x")], vec![]],
        ),
        (
            "links",
            [
                vec![
                    symlink("relative", "../links/file"),
                    symlink("absolute", "/etc/passwd"),
                    symlink("self", "self"),
                    symlink("above", "../../../../etc"),
                    file("file", "file"),
                ],
                vec![],
            ],
        ),
        (
            "own-link-followed",
            [vec![directory("usr/"), directory("usr/lib/"), symlink("lib", "usr/lib"), file("lib/foo", "foo")], vec![]],
        ),
        (
            "own-link-followed-above",
            [
                vec![directory("usr/"), file("usr/old", "old")],
                vec![directory("usr/"), symlink("lib", "usr"), file("lib/foo", "foo"), file("lib/.wh.old", "")],
            ],
        ),
    ]
}

fn kinds_and_names() -> Vec<Case> {
    let tool = file("tool", "#!/bin/sh\n").mode(0o6755).owner(0, 50);
    let tool = tool
        .attribute("user.remark", b"two\nlines\0")
        .attribute("security.capability", &[1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    vec![
        (
            "kinds",
            [
                vec![
                    character_device("null", 1, 3),
                    character_device("large", 300, 70_000),
                    block_device("disk", 259, 1),
                    fifo("pipe"),
                    tool,
                    directory("sticky/").mode(0o1777).attribute("user.remark", b"of a directory"),
                    file("owned", "x").owner(100_000, 3_000_000).mode(0),
                    file("empty", ""),
                ],
                vec![file(".wh.null", ""), block_device("large", 8, 1), fifo("owned")],
            ],
        ),
        (
            "names",
            [
                vec![
                    file("", "Latin-1").path(b"caf\xe9"),
                    file("", "x").path("日本".as_bytes()),
                    file("line\nend", "x"),
                    file(" blank ", "x"),
                    file("back\\slash", "x"),
                    file("a.wh.b", "x"),
                    file(".w", "x"),
                    file("./dots/./and//slashes", "x"),
                ],
                vec![file("", "").path(b".wh.caf\xe9"), file(".wh.line\nend", "")],
            ],
        ),
    ]
}

/// One image for each case in which runtimes come to other results than image-spec, or than each other.
pub(super) fn disputed() -> Vec<Disputed> {
    let lower = || vec![file("f", "old"), directory("d/"), file("d/old", "old")];
    let private = || vec![directory("d/").mode(0o750).owner(3, 4), file("d/old", "old")];
    let one = |entries: Vec<Made>| [entries, Vec::new()];
    let case = |name, difference, layers, buildah: &'static [&'static str], umoci: &'static [&'static str]| Disputed {
        name,
        difference,
        layers,
        buildah: Others::Unequal(buildah),
        umoci: Others::Unequal(umoci),
    };
    // `buildah` refuses it, and `umoci` takes it for what it is.
    let hard = |name, difference, layers| Disputed {
        name,
        difference,
        layers,
        buildah: Others::Refused,
        umoci: Others::Unequal(&[]),
    };
    let refused = |name, difference, layers| Disputed {
        name,
        difference,
        layers,
        buildah: Others::Refused,
        umoci: Others::Refused,
    };
    let anew = || vec![directory("d/"), file("d/new", "new")];
    let opaque = || directory("d/").attribute("trusted.overlay.opaque", b"y");
    let behind = vec![symlink("l", "d"), file("l/new", "new")];
    vec![
        case(
            "recreated",
            Difference::RecreatedDirectory,
            [lower(), [vec![file(".wh.d", "")], anew()].concat()],
            &["d/old"],
            &[],
        ),
        case("implied", Difference::ImpliedDirectory, [private(), vec![file("d/new", "new")]], &["d"], &[]),
        case(
            "implied-by-whiteout",
            Difference::ImpliedDirectory,
            [private(), vec![file("d/.wh.old", "")]],
            &["d"],
            &[],
        ),
        case(
            "device",
            Difference::DeviceWhiteout,
            [lower(), vec![directory("d/"), character_device("d/old", 0, 0)]],
            &[],
            &["d/old"],
        ),
        case("attribute", Difference::OpaqueAttribute, [lower(), vec![opaque()]], &["d", "d/old"], &["d"]),
        case(
            "link",
            Difference::LowerSymlink,
            [[lower(), vec![symlink("l", "d")]].concat(), vec![file("l/new", "new")]],
            &[],
            &["d/new", "l", "l/new"],
        ),
        case("nowhere", Difference::WhiteoutInNothing, [lower(), vec![file("e/.wh.ghost", "")]], &["e"], &[]),
        hard("late", Difference::LateWhiteout, [lower(), vec![file("f", "new"), file(".wh.f", "")]]),
        hard("late-for-directory", Difference::LateWhiteout, [lower(), [anew(), vec![file(".wh.d", "")]].concat()]),
        hard("link-below", Difference::LinkBelow, [lower(), vec![hard_link("g", "f")]]),
        hard("link-out", Difference::LinkOutOfLayer, [lower(), behind]),
        hard("twice", Difference::TwiceInLayer, one(vec![file("f", "first"), file("f", "second").mode(0o600)])),
        hard(
            "directory-twice",
            Difference::TwiceInLayer,
            one(vec![directory("d/"), file("d/x", "x"), directory("d/").mode(0o700)]),
        ),
        hard(
            "file-then-directory",
            Difference::TwiceInLayer,
            one(vec![file("f", "first"), directory("f/"), file("f/x", "x")]),
        ),
        hard(
            "directory-then-file",
            Difference::TwiceInLayer,
            one(vec![directory("f/"), file("f/x", "x"), file("f", "last")]),
        ),
        hard(
            "link-then-link",
            Difference::TwiceInLayer,
            one(vec![file("a", "a"), file("b", "b"), hard_link("b", "a")]),
        ),
        refused("link-to-nothing", Difference::LinkToNothing, [lower(), vec![hard_link("g", "ghost")]]),
        refused("no-name", Difference::MalformedWhiteout, [lower(), vec![file("d/.wh.", "")]]),
        refused("itself", Difference::MalformedWhiteout, [lower(), vec![file("d/.wh..", "")]]),
        refused("above", Difference::MalformedWhiteout, [lower(), vec![file("d/.wh...", "")]]),
    ]
}

/// One case that is not the same everywhere.
pub(super) struct Disputed {
    pub(super) name: &'static str,
    /// The notice that must stand at it.
    pub(super) difference: Difference,
    pub(super) layers: [Vec<Made>; 2],
    /// What comes of it with layers that the kernel lays over each other.
    pub(super) buildah: Others,
    /// What comes of it with layers unpacked one over the other.
    pub(super) umoci: Others,
}

/// What another program makes of an image.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// Paths at which it has something else than what is shown.
    Unequal(&'static [&'static str]),
    Refused,
}
