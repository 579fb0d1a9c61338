//! Where bytes went: dead files, and dive's score.

use super::*;

fn dead(layers: &[FileList]) -> DeadBytes {
    let lists: Vec<_> = layers.iter().collect();
    DeadBytes::of(&lists, &Overlay::of(&lists))
}

#[test]
fn bytes_are_dead_when_no_name_refers_to_them() {
    let layers = [
        layer(&["root/", "root/saved 6405", "tmp/", "tmp/a 100", "tmp/b 200", "kept 50", "twice 1", "twice 2"]),
        layer(&["root/saved 6406", ".wh.tmp", "link = kept"]),
        layer(&[".wh.kept", "root/", "root/.wh.saved"]),
    ];
    let found = dead(&layers);
    assert_eq!(found.total.bytes, 6_405 + 100 + 200 + 50 + 3 + 6_406);
    let reasons: Vec<_> =
        found.files.iter().map(|dead| (dead.amount.bytes, dead.reason, dead.file.layer, dead.by)).collect();
    assert_eq!(
        reasons,
        [
            (6_406, Reason::Deleted, 1, 2),
            (6_405, Reason::Overwritten, 0, 1),
            (200, Reason::Deleted, 0, 1),
            (100, Reason::Deleted, 0, 1),
            (1, Reason::DuplicateInLayer, 0, 0),
        ],
        "the hard link keeps its contents alive"
    );
    assert_eq!(found.dead.bytes, 6_406 + 6_405 + 301);
    assert_eq!(found.layers[0].dead[&(Reason::Deleted, 1)], Amount { files: 2, bytes: 300, stored_bytes: 0 });
}

#[test]
fn what_each_layer_has_taken_is_counted_by_itself() {
    let found = dead(&[layer(&["a 1", "b 2", "c 4"]), layer(&[".wh.a"]), layer(&[".wh.b", ".wh.c"])]);
    let counted: Vec<_> =
        found.layers[0].dead.iter().map(|(cause, amount)| (*cause, amount.files, amount.bytes)).collect();
    assert_eq!(counted, [((Reason::Deleted, 1), 1, 1), ((Reason::Deleted, 2), 2, 6)]);
}

#[test]
fn a_layer_that_changes_attributes_only_is_told_apart() {
    let with = |digest: u8, mode: u16| {
        let mut list = FileList::default();
        list.push(FileEntry { digest: Some([digest; 32]), mode, ..entry("opt/tool 900") });
        list
    };
    let reason = |found: &DeadBytes| found.files[0].reason;
    assert_eq!(reason(&dead(&[with(1, 0o644), with(1, 0o755)])), Reason::AttributesOnly);
    assert_eq!(reason(&dead(&[with(1, 0o644), with(2, 0o644)])), Reason::Overwritten);
}

/// `chmod -R` writes the names of a file in the order of their directory, not in that of the layer before.
#[test]
fn files_of_several_names_whose_attributes_change_are_told_apart() {
    let layer = |file: &str, link: &str, digest: u8| {
        let mut list = FileList::default();
        list.push(FileEntry { digest: Some([digest; 32]), ..entry(file) });
        list.push(entry(link));
        list
    };
    let reasons = |upper: FileList| {
        let found = dead(&[layer("a 900", "b = a", 1), upper]);
        found.files.iter().map(|dead| (dead.file.layer, dead.reason)).collect::<Vec<_>>()
    };
    for (file, link) in [("a 900", "b = a"), ("b 900", "a = b")] {
        assert_eq!(reasons(layer(file, link, 1)), [(0, Reason::AttributesOnly)], "{file}");
        assert_eq!(reasons(layer(file, link, 2)), [(0, Reason::Overwritten)], "{file}");
    }
}

#[test]
fn stored_bytes_are_shared_out_to_the_last_one() {
    let mut list = FileList::default();
    for (size, stored_end) in [(1_000, 700), (3_000, 700), (64_000, 20_000), (0, 20_000), (500, 20_100)] {
        list.push(FileEntry { size, stored_size: size, stored_end, ..entry("x") });
    }
    let shares = super::dead_bytes::stored_shares(&list);
    assert_eq!(shares.iter().sum::<u64>(), 20_100);
    assert_eq!(shares[0] + shares[1], 700);
    assert!(shares[1] > 2 * shares[0] && shares[2] > 19_000 && shares[4] == 100, "{shares:?}");
}

#[test]
fn the_score_of_dive_is_its_own() {
    let layers = [
        layer(&["etc/nginx/nginx.conf 2000", "etc/nginx/public 3000"]),
        layer(&["etc/nginx/nginx.conf 5000", "etc/athing 10000"]),
        layer(&["etc/.wh.nginx"]),
    ];
    let score = DiveScore::of(&layers.iter().collect::<Vec<_>>());
    assert!((score.score - 0.75).abs() < f64::EPSILON, "{score:?}");
    let inefficient = InefficientPath { path: b"etc/nginx/nginx.conf".to_vec(), count: 2, cumulative_bytes: 7_000 };
    assert_eq!(score.inefficient, [inefficient]);
    assert_eq!((score.size_bytes, score.user_size_bytes, score.wasted_bytes), (20_000, 15_000, 7_000));
    assert!((DiveScore::of(&[]).score - 1.0).abs() < f64::EPSILON);
}

#[test]
fn the_mistakes_of_dive_are_kept_in_its_score() {
    let score = |layers: &[&[&str]]| {
        let layers: Vec<_> = layers.iter().map(|entries| layer(entries)).collect();
        let score = DiveScore::of(&layers.iter().collect::<Vec<_>>());
        let paths = score.inefficient.iter().map(|path| String::from_utf8(path.path.clone()).unwrap());
        (score.score, paths.collect::<Vec<_>>())
    };
    let is = |found: (f64, Vec<String>), least: f64, cumulative: f64, paths: &[&str]| {
        assert!((found.0 - least / cumulative).abs() < f64::EPSILON, "{found:?}");
        assert_eq!(found.1, paths);
    };
    // A whiteout of what is not there ends its walk of that layer, and takes a byte off.
    is(score(&[&["a 10"], &[".wh.ghost", "a 5", "z 5"]]), 9.0, 10.0, &[]);
    // Below the lowest layer is the lowest layer.
    is(score(&[&[".wh.a", "a 10"]]), 0.0, 10.0, &["a"]);
    // A directory that a layer has no entry of is none from then on, and its deletion weighs nothing.
    is(score(&[&["d/", "d/a 10"], &["d/b 5"], &[".wh.d"]]), 15.0, 15.0, &[]);
    is(score(&[&["d/", "d/a 10"], &["d/", "d/b 5"], &[".wh.d"]]), 30.0, 30.0, &[]);
    // An opaque marker makes its directory and nothing else; old markers of AUFS are whiteouts.
    is(score(&[&["d/", "d/a 10"], &["d/.wh..wh..opq"], &["d/.wh..wh..opq"]]), 10.0, 10.0, &["d"]);
    is(score(&[&["a 10"], &[".wh..wh.aufs", "a 5"]]), 9.0, 10.0, &[]);
    // A whiteout without a name deletes the directory that it is in.
    is(score(&[&["d/", "d/a 10"], &["d/.wh."], &["d/.wh."]]), 10.0, 20.0, &["d/"]);
}
