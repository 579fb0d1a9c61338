//! Files with holes, in each of the four ways to write them down.

use super::*;

/// Two stretches of three bytes, and the file's end, as GNU tar marks it.
const STRETCHES: [(u64, u64); 3] = [(0, 3), (5_000, 3), (9_999, 0)];

/// The header of GNU tar's old form, and blocks with the stretches that it has no room for.
fn old(size: &[u8], stretches: &[(u64, u64)]) -> Vec<u8> {
    let stored = stretches.iter().map(|(_, length)| length).sum();
    let fields = |stretches: &[(u64, u64)]| {
        let field = |(place, length): &(u64, u64)| format!("{place:011o}\0{length:011o}\0");
        stretches.iter().map(field).collect::<String>().into_bytes()
    };
    let (first, more) = stretches.split_at(stretches.len().min(4));
    let mut header = Made::gnu(b"real", b'S', stored);
    header.field(386, &fields(first)).field(482, &[u8::from(!more.is_empty())]).field(483, size);
    let mut bytes = header.block();
    let blocks = more.chunks(21);
    let last = blocks.len();
    for (number, stretches) in blocks.enumerate() {
        let mut block = fields(stretches);
        block.resize(504, 0);
        block.push(u8::from(number + 1 < last));
        bytes.extend(padded(&block));
    }
    bytes
}

/// With a map in an extended header, or in the contents.
fn new(records: &[(&str, &[u8])], contents: &[u8]) -> Vec<u8> {
    [extended(b'x', records), entry(b"GNUSparseFile.0/real", b'0', contents)].concat()
}

/// A map of version 1.0 with its padding.
fn text(stretches: &[(u64, u64)]) -> Vec<u8> {
    let numbers = stretches.iter().flat_map(|(place, length)| [*place, *length]);
    let lines: Vec<_> =
        std::iter::once(stretches.len() as u64).chain(numbers).map(|number| number.to_string()).collect();
    padded(format!("{}\n", lines.join("\n")).as_bytes())
}

const VERSION_1: [(&str, &[u8]); 4] = [
    ("GNU.sparse.major", b"1"),
    ("GNU.sparse.minor", b"0"),
    ("GNU.sparse.name", b"real"),
    ("GNU.sparse.realsize", b"9999"),
];

#[test]
fn each_way_to_write_a_map_down_is_read() {
    let long = |more: usize| [&STRETCHES[..2], &vec![(9_999, 0); more]].concat();
    let map = b"0,3,5000,3,9999,0";
    let version_0_0: [(&str, &[u8]); 9] = [
        ("GNU.sparse.size", b"9999"),
        ("GNU.sparse.numblocks", b"3"),
        ("GNU.sparse.offset", b"0"),
        ("GNU.sparse.numbytes", b"3"),
        ("GNU.sparse.offset", b"5000"),
        ("GNU.sparse.numbytes", b"3"),
        ("GNU.sparse.offset", b"9999"),
        ("GNU.sparse.numbytes", b"0"),
        ("path", b"real"),
    ];
    let version_0_1: [(&str, &[u8]); 4] = [
        ("GNU.sparse.size", b"9999"),
        ("GNU.sparse.numblocks", b"3"),
        ("GNU.sparse.map", map),
        ("GNU.sparse.name", b"real"),
    ];
    let version: [(&str, &[u8]); 2] = [("GNU.sparse.major", b"0"), ("GNU.sparse.minor", b"1")];
    let said = [&version_0_1[..], &version].concat();
    let data = b"abcdef";
    for (way, bytes) in [
        ("old", [old(b"00000023417\0", &STRETCHES), padded(data)].concat()),
        ("old, one block more", [old(b"00000023417\0", &long(23)), padded(data)].concat()),
        ("old, two blocks more", [old(b"00000023417\0", &long(24)), padded(data)].concat()),
        ("0.0", new(&version_0_0, data)),
        ("0.1", new(&version_0_1, data)),
        ("0.1 that says so", new(&said, data)),
        ("1.0", new(&VERSION_1, &[&text(&STRETCHES)[..], data].concat())),
        ("1.0, two blocks", new(&VERSION_1, &[&text(&long(100))[..], data].concat())),
    ] {
        let archive = [bytes, entry(b"next", b'0', b"x"), end()].concat();
        for piece in [1, 100, 512, archive.len()] {
            let (listed, ending) = list_in(&archive, piece);
            assert_eq!(listed.names(), ["real", "next"], "{way}");
            let file = &listed.entries[0];
            assert_eq!((file.kind, file.size, file.stored_size), (FileKind::Sparse, 9_999, 6), "{way}");
            assert_eq!(listed.contents, [&data[..], b"x"], "{way}");
            let data_at = usize::try_from(file.data_at).unwrap();
            assert_eq!(&archive[data_at..data_at + 6], data, "{way}");
            assert!(!file.has_two_names && matches!(ending, Ending::Marker { .. }), "{way}");
        }
    }
}

#[test]
fn holes_are_never_filled() {
    let stretch = [(0, 3)];
    let old = [old(b"\x80\0\0\0\x40\0\0\0\0\0\0\0", &stretch), padded(b"abc")].concat();
    let size: (&str, &[u8]) = ("GNU.sparse.realsize", b"4611686018427387904");
    let records = [VERSION_1[0], VERSION_1[1], size];
    for claim in [old, new(&records, &[&text(&stretch)[..], b"abc"].concat())] {
        let file = only(&[claim]);
        assert_eq!((file.kind, file.size, file.stored_size), (FileKind::Sparse, 1 << 62, 3));
    }
    let nothing = only(&[old_of_nothing()]);
    assert_eq!((nothing.kind, nothing.size, nothing.stored_size), (FileKind::Sparse, 9_999, 0));
}

/// A hole and nothing else.
fn old_of_nothing() -> Vec<u8> {
    old(b"00000023417\0", &[(9_999, 0)])
}

/// Whoever went by these names would list another file than runtimes unpack, as Python does.
#[test]
fn records_without_a_version_change_nothing_and_are_marked() {
    let [name, size]: [(&str, &[u8]); 2] = [("GNU.sparse.name", b"evil"), ("GNU.sparse.realsize", b"9")];
    let of_the_future: [(&str, &[u8]); 4] = [("GNU.sparse.major", b"2"), ("GNU.sparse.minor", b"0"), name, size];
    for records in [&[name, size][..], &of_the_future] {
        let file = only(&[extended(b'x', records), entry(b"good", b'0', b"abc")]);
        assert_eq!((file.path.as_slice(), file.kind, file.size), (&b"good"[..], FileKind::Regular, 3));
        assert!(file.has_two_names);
    }
    let file = only(&[extended(b'x', &[name]), old_of_nothing()]);
    assert_eq!((file.path.as_slice(), file.has_two_names), (&b"real"[..], true));
    let directory = only(&[extended(b'x', &[size]), entry(b"directory", b'5', b"")]);
    assert_eq!((directory.kind, directory.has_two_names), (FileKind::Directory, false));
}

#[test]
fn maps_that_runtimes_refuse_end_the_list() {
    let file = entry(b"file", b'0', b"abc");
    let size = b"00000023417\0";
    let in_header = |map: &[u8], count: &[u8], contents: &[u8]| {
        new(&[("GNU.sparse.size", b"9999"), ("GNU.sparse.numblocks", count), ("GNU.sparse.map", map)], contents)
    };
    let in_contents = |contents: &[u8]| new(&VERSION_1, contents);
    let mut of_star = Made::new(b"real", b'S', 0);
    of_star.field(483, size);
    let mut letters = Made::gnu(b"real", b'S', 0);
    letters.field(386, b"0000000000z\x0000000000000\0").field(483, size);
    let directory: [(&str, &[u8]); 2] = [("GNU.sparse.numblocks", b"1"), ("GNU.sparse.map", b"0,0")];
    for (why, bytes) in [
        ("overlap", old(size, &[(0, 5), (4, 1)])),
        ("no order", old(size, &[(10, 1), (0, 1)])),
        ("behind the end", old(size, &[(9_999, 1)])),
        ("behind the end, in the next block", old(size, &[(0, 1), (1, 1), (2, 1), (3, 1), (9_999, 1)])),
        ("no number", letters.block()),
        ("another dialect", of_star.block()),
        ("more contents", [Made::gnu(b"real", b'S', 3).field(483, size).block(), padded(b"abc")].concat()),
        ("half a stretch", in_header(b"0,3,5", b"1", b"abc")),
        ("fewer than counted", in_header(b"0,3", b"2", b"abc")),
        ("no count", in_header(b"0,3", b"", b"abc")),
        ("negative length", in_header(b"0,-3", b"1", b"abc")),
        ("too large", in_header(b"1,9223372036854775807", b"1", b"abc")),
        ("fewer contents", in_header(b"0,3", b"1", b"ab")),
        ("a directory", [extended(b'x', &directory), entry(b"directory", b'5', b"")].concat()),
        ("no text", in_contents(&[b'x'; 512])),
        ("letters", in_contents(&padded(b"1\n0\nx\n"))),
        ("negative count", in_contents(&padded(b"-1\n"))),
        ("no room", in_contents(b"0\n")),
        ("longer than the contents", in_contents(&padded(b"300\n0\n0\n"))),
        ("longer than readers take", in_contents(&[&b"999999\n"[..], &b"0\n".repeat((1 << 19) + 512)].concat())),
    ] {
        let (listed, ending) = list(&[file.clone(), bytes, file.clone(), end()]);
        assert_eq!(listed.names(), ["file"], "{why}");
        assert_eq!(ending, Ending::Damaged { at: 1_024, damage: Damage::SparseMap }, "{why}");
    }
    let out_of_turn = extended(b'x', &[("GNU.sparse.numbytes", b"3"), ("GNU.sparse.offset", b"0")]);
    let (_, ending) = list(&[file.clone(), out_of_turn, file.clone(), end()]);
    assert_eq!(ending, Ending::Damaged { at: 1_024, damage: Damage::Record });
    // An archive may end within a map, too.
    let cut = in_contents(&text(&STRETCHES));
    let (listed, ending) = list(&[file, cut[..cut.len() - 1].to_vec()]);
    assert_eq!((listed.names(), ending), (vec!["file".to_owned()], Ending::Truncated));
}
