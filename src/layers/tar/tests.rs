//! Each odd thing that archives hold (facts of real images and of hostile ones), and archives of GNU tar and Python beside it.

mod holes;

use proptest::prelude::*;

use super::*;
use crate::anatomy::files::{FileKind, Timestamp};

/// One block: a header whose checksum is right.
struct Made([u8; 512]);

impl Made {
    fn new(name: &[u8], flag: u8, size: u64) -> Made {
        let mut made = Made([0; 512]);
        made.0[..name.len()].copy_from_slice(name);
        made.field(100, b"0000644\0");
        made.field(108, b"0000000\0");
        made.field(116, b"0000000\0");
        made.field(124, format!("{size:011o}\0").as_bytes());
        made.field(136, b"00000000000\0");
        made.0[156] = flag;
        made.field(257, b"ustar\x0000");
        made
    }

    fn gnu(name: &[u8], flag: u8, size: u64) -> Made {
        let mut made = Made::new(name, flag, size);
        made.field(257, b"ustar  \0");
        made
    }

    fn field(&mut self, at: usize, value: &[u8]) -> &mut Made {
        self.0[at..at + value.len()].copy_from_slice(value);
        self
    }

    fn block(&self) -> Vec<u8> {
        let mut block = self.0;
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block.to_vec()
    }
}

/// Contents with their padding.
fn padded(data: &[u8]) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.resize(data.len().next_multiple_of(512), 0);
    padded
}

fn entry(name: &[u8], flag: u8, data: &[u8]) -> Vec<u8> {
    [Made::new(name, flag, data.len() as u64).block(), padded(data)].concat()
}

/// An extended header with these records.
fn extended(flag: u8, records: &[(&str, &[u8])]) -> Vec<u8> {
    entry(b"PaxHeaders/x", flag, &pax::written(records))
}

fn long(flag: u8, name: &[u8]) -> Vec<u8> {
    let data = [name, b"\0"].concat();
    [Made::gnu(b"././@LongLink", flag, data.len() as u64).block(), padded(&data)].concat()
}

fn end() -> Vec<u8> {
    vec![0; 1024]
}

#[derive(Debug, Default)]
struct Listed {
    entries: Vec<Entry>,
    contents: Vec<Vec<u8>>,
    ended: usize,
}

impl Visitor for Listed {
    fn entry(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.contents.push(Vec::new());
    }

    fn data(&mut self, bytes: &[u8]) {
        self.contents.last_mut().unwrap().extend_from_slice(bytes);
    }

    fn end_of_entry(&mut self) {
        self.ended += 1;
    }
}

impl Listed {
    fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.path.escape_ascii().to_string()).collect()
    }
}

fn list_in(archive: &[u8], piece: usize) -> (Listed, Ending) {
    let mut listed = Listed::default();
    let mut walker = Walker::new();
    for piece in archive.chunks(piece) {
        walker.feed(piece, &mut listed);
    }
    assert_eq!(walker.position(), archive.len() as u64);
    (listed, walker.finish())
}

fn list(parts: &[Vec<u8>]) -> (Listed, Ending) {
    list_in(&parts.concat(), 1_000)
}

/// The only entry of an archive that is whole.
fn only(parts: &[Vec<u8>]) -> Entry {
    let (mut listed, ending) = list(&[parts.concat(), end()]);
    assert_eq!(ending, Ending::Marker { trailing_bytes: 0, is_zero: true });
    assert_eq!((listed.entries.len(), listed.ended), (1, 1));
    listed.entries.remove(0)
}

#[test]
fn names_are_bytes() {
    for name in [&b"caf\xe9"[..], b"a\nb", b"\x1b[31m", b"./x", b"/x", b"a//b/", b"../x", b""] {
        assert_eq!(only(&[entry(name, b'0', b"")]).path, name);
    }
    let mut prefixed = Made::new(b"name", b'0', 0);
    prefixed.field(345, b"some/prefix");
    assert_eq!(only(&[prefixed.block()]).path, b"some/prefix/name");
    let mut star = Made::new(b"name", b'0', 0);
    star.field(345, b"prefix").field(476, b"00000000000\0").field(508, b"tar\0");
    assert_eq!(only(&[star.block()]).path, b"prefix/name");
    // GNU has times there.
    let mut gnu = Made::gnu(b"name", b'0', 0);
    gnu.field(345, b"00000000000\0");
    assert_eq!(only(&[gnu.block()]).path, b"name");
}

#[test]
fn flags_say_what_an_entry_is() {
    let kinds = [
        (&b"file"[..], b'0', FileKind::Regular),
        (b"file", 0, FileKind::Regular),
        (b"directory/", 0, FileKind::Directory),
        (b"file/", b'0', FileKind::Regular),
        (b"link", b'1', FileKind::HardLink),
        (b"link", b'2', FileKind::Symlink),
        (b"device", b'3', FileKind::CharacterDevice),
        (b"device", b'4', FileKind::BlockDevice),
        (b"directory", b'5', FileKind::Directory),
        (b"pipe", b'6', FileKind::Fifo),
        (b"contiguous", b'7', FileKind::Regular),
        (b"label", b'V', FileKind::Other(b'V')),
    ];
    for (name, flag, kind) in kinds {
        assert_eq!(only(&[entry(name, flag, b"")]).kind, kind, "{}", flag.escape_ascii());
    }
}

#[test]
fn only_what_has_contents_is_followed_by_some() {
    // A hard link that states the size of its file has no contents: what follows is the next header.
    let link = {
        let mut made = Made::new(b"link", b'1', 3);
        made.field(157, b"file");
        made.block()
    };
    let (listed, ending) = list(&[entry(b"file", b'0', b"abc"), link, entry(b"last", b'0', b"d"), end()]);
    assert_eq!(listed.names(), ["file", "link", "last"]);
    assert_eq!(listed.contents, [b"abc".to_vec(), b"".to_vec(), b"d".to_vec()]);
    assert_eq!((listed.entries[1].size, listed.entries[1].link_target.as_slice()), (0, &b"file"[..]));
    assert!(matches!(ending, Ending::Marker { .. }));
    for flag in [b'2', b'3', b'4', b'5', b'6'] {
        let (listed, _) = list(&[Made::new(b"name", flag, 700).block(), entry(b"last", b'0', b"d"), end()]);
        assert_eq!(listed.names(), ["name", "last"], "{}", flag.escape_ascii());
        assert_eq!((listed.entries[0].size, listed.entries[0].stored_size), (0, 0));
    }
    for flag in [0, b'7', b'Z'] {
        let (listed, _) = list(&[entry(b"name", flag, b"abc"), entry(b"last", b'0', b""), end()]);
        assert_eq!(listed.names(), ["name", "last"], "{}", flag.escape_ascii());
        assert_eq!((listed.entries[0].size, listed.contents[0].as_slice()), (3, &b"abc"[..]));
    }
}

#[test]
fn an_extended_header_overrides_the_next_header() {
    let records: [(&str, &[u8]); 7] = [
        ("path", b"a/long\xff/path"),
        ("size", b"3"),
        ("uid", b"70000"),
        ("gid", b"-2"),
        ("mtime", b"1350244992.023960108"),
        ("SCHILY.xattr.security.capability", b"\x01\0\0\x02\n=\0"),
        ("comment", b"\n13 path=evil\n"),
    ];
    let entry = only(&[extended(b'x', &records), Made::new(b"short", b'0', 0).block(), padded(b"abc")]);
    assert_eq!(entry.path, b"a/long\xff/path");
    assert_eq!((entry.size, entry.user, entry.group), (3, 70_000, -2));
    assert_eq!(entry.modified, Timestamp { seconds: 1_350_244_992, nanoseconds: 23_960_108 });
    assert_eq!(entry.attributes, [(b"security.capability".to_vec(), b"\x01\0\0\x02\n=\0".to_vec())]);
    assert_eq!(entry.header_at, 0);
    let link = only(&[extended(b'x', &[("linkpath", b"a/long\xff/target")]), Made::new(b"link", b'2', 0).block()]);
    assert_eq!(link.link_target, b"a/long\xff/target");
}

/// Libarchive writes attributes twice. Runtimes read the one form: what stands in the other alone is in no container.
#[test]
fn attributes_are_those_that_runtimes_read() {
    let records: [(&str, &[u8]); 4] = [
        ("LIBARCHIVE.xattr.user.both", b"AAo9/w"),
        ("SCHILY.xattr.user.both", b"\0\n=\xff"),
        ("LIBARCHIVE.xattr.user.percent%2Dencoded", b"AAo9/w"),
        ("SCHILY.xattr.user.name=with%2Dsigns", b"value"),
    ];
    let file = only(&[extended(b'x', &records), entry(b"file", b'0', b"")]);
    let attributes: [(Vec<u8>, Vec<u8>); 2] =
        [(b"user.both".into(), b"\0\n=\xff".into()), (b"user.name".into(), b"with%2Dsigns=value".into())];
    assert_eq!(file.attributes, attributes);
}

#[test]
fn an_empty_value_leaves_what_the_header_has() {
    let records: [(&str, &[u8]); 3] = [("path", b""), ("SCHILY.xattr.user.overlay.origin", b""), ("mtime", b"")];
    let entry = only(&[extended(b'x', &records), entry(b"name", b'0', b"")]);
    assert_eq!((entry.path.as_slice(), entry.attributes.len()), (&b"name"[..], 0));
}

#[test]
fn global_headers_change_nothing() {
    let (listed, ending) =
        list(&[extended(b'g', &[("path", b"evil"), ("uid", b"7")]), entry(b"name", b'0', b""), end()]);
    assert_eq!(listed.names(), ["name"]);
    assert_eq!(listed.entries[0].user, 0);
    assert!(matches!(ending, Ending::Marker { .. }));
    // And what was said before one is forgotten with it, as runtimes do.
    let parts = [extended(b'x', &[("path", b"lost")]), extended(b'g', &[]), entry(b"name", b'0', b""), end()];
    assert_eq!(list(&parts).0.names(), ["name"]);
}

#[test]
fn long_names_of_gnu() {
    let name = [b'n'; 300];
    let target = [b't'; 200];
    let made = only(&[long(b'L', &name), long(b'K', &target), Made::gnu(&[b'n'; 100], b'2', 0).block()]);
    assert_eq!((made.path.as_slice(), made.link_target.as_slice()), (&name[..], &target[..]));
    assert!(!made.has_two_names);
    // As long as readers take them.
    let longest = vec![b'n'; (1 << 20) - 1];
    assert_eq!(only(&[long(b'L', &longest), Made::gnu(b"n", b'0', 0).block()]).path.len(), longest.len());
}

#[test]
fn two_names_for_one_entry_are_marked() {
    // Runtimes take GNU's name, GNU tar and Python the last one.
    for parts in [
        [extended(b'x', &[("path", b"paxname")]), long(b'L', b"gnuname")],
        [long(b'L', b"gnuname"), extended(b'x', &[("path", b"paxname")])],
    ] {
        let made = only(&[parts.concat(), entry(b"header", b'0', b"")]);
        assert_eq!(made.path, b"gnuname");
        assert!(made.has_two_names);
    }
    let made =
        only(&[extended(b'x', &[("path", b"first")]), extended(b'x', &[("path", b"second")]), entry(b"h", b'0', b"")]);
    assert_eq!(made.path, b"second");
}

#[test]
fn devices_have_numbers() {
    let mut device = Made::new(b"dev/null", b'3', 0);
    device.field(329, b"0000001\0").field(337, b"0000003\0");
    assert_eq!(only(&[device.block()]).device, Some((1, 3)));
    assert_eq!(only(&[entry(b"file", b'0', b"")]).device, None);
}

#[test]
fn numbers_can_be_large_and_before_1970() {
    let mut made = Made::gnu(b"large", b'0', 0);
    made.field(108, b"\x80\0\0\0\0\x98\x96\x80").field(136, &[0xff; 12]);
    let made = only(&[made.block()]);
    assert_eq!((made.user, made.modified.seconds), (10_000_000, -1));
    let mut size = Made::gnu(b"file", b'0', 0);
    size.field(124, b"\x80\0\0\0\0\0\0\0\0\0\0\x03");
    assert_eq!(only(&[size.block(), padded(b"abc")]).size, 3);
}

#[test]
fn ways_to_end() {
    let file = entry(b"file", b'0', b"abc");
    let ending = |parts: &[Vec<u8>]| list(parts).1;
    assert_eq!(ending(&[]), Ending::NoMarker);
    assert_eq!(ending(std::slice::from_ref(&file)), Ending::NoMarker);
    assert_eq!(ending(&[file.clone(), vec![0; 512]]), Ending::NoMarker);
    assert_eq!(ending(&[file.clone(), end()]), Ending::Marker { trailing_bytes: 0, is_zero: true });
    assert_eq!(ending(&[end(), vec![0; 9_000]]), Ending::Marker { trailing_bytes: 9_000, is_zero: true });
    // A table of contents after the marker, as lossless eStargz has one, is no entry.
    let (listed, ended) = list(&[file.clone(), end(), entry(b"stargz.index.json", b'0', b"{}")]);
    assert_eq!(
        (listed.names(), ended),
        (vec!["file".to_owned()], Ending::Marker { trailing_bytes: 1_024, is_zero: false })
    );
    assert_eq!(ending(&[file[..514].to_vec()]), Ending::Truncated);
    assert_eq!(ending(&[file[..100].to_vec()]), Ending::Truncated);
    assert_eq!(ending(&[long(b'L', b"name")]), Ending::Truncated);
}

#[test]
fn damage_ends_the_list_where_runtimes_refuse_the_layer() {
    let file = entry(b"file", b'0', b"abc");
    let damaged = |parts: &[Vec<u8>], damage: Damage| {
        let (listed, ending) = list(parts);
        assert_eq!(listed.names(), ["file"]);
        assert_eq!(ending, Ending::Damaged { at: 1_024, damage });
    };
    let after = |block: Vec<u8>| [file.clone(), block, file.clone(), end()];
    let mut wrong = Made::new(b"wrong", b'0', 0).block();
    wrong[0] ^= 1;
    damaged(&after(wrong), Damage::Checksum);
    damaged(&after(vec![0; 512]), Damage::LoneZeroBlock);
    let mut letters = Made::new(b"letters", b'0', 0);
    letters.field(108, b"rootroot");
    damaged(&after(letters.block()), Damage::Number("uid".into()));
    let mut negative = Made::gnu(b"negative", b'0', 0);
    negative.field(124, &[0xff; 12]);
    damaged(&after(negative.block()), Damage::NegativeSize);
    damaged(&after(extended(b'x', &[("size", b"-1")])), Damage::NegativeSize);
    damaged(&after(entry(b"x", b'x', b"99 a=b\n")), Damage::Record);
    let long = Made::gnu(b"././@LongLink", b'L', 1 << 30);
    damaged(&after(long.block()), Damage::LongMetadata { size: 1 << 30, limit: 1 << 20 });
    let longer = Made::new(b"PaxHeaders/x", b'x', (1 << 20) + 1);
    damaged(&after(longer.block()), Damage::LongMetadata { size: (1 << 20) + 1, limit: 1 << 20 });
}

/// Found by fuzzing: the place was reckoned from the extended header.
#[test]
fn a_lone_zero_block_can_follow_an_extended_header() {
    let (listed, ending) = list(&[extended(b'x', &[("path", b"lost")]), vec![0; 512], entry(b"name", b'0', b"")]);
    assert_eq!(listed.entries, []);
    assert_eq!(ending, Ending::Damaged { at: 1_024, damage: Damage::LoneZeroBlock });
}

#[test]
fn signed_checksums_are_right_too() {
    let mut block = Made::new(b"caf\xe9", b'0', 0).block();
    block[148..156].fill(b' ');
    let sum: i32 = block.iter().map(|byte| i32::from(byte.cast_signed())).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(only(&[block]).path, b"caf\xe9");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// An archive is read alike in pieces of any size.
    #[test]
    fn pieces_do_not_matter(sizes in proptest::collection::vec(0_usize..2_000, 0..12), piece in 1_usize..3_000) {
        let parts: Vec<_> = sizes.iter().enumerate().map(|(number, size)| {
            let name = [b'd'; 120].repeat(number % 3);
            [long(b'L', &[name, number.to_string().into_bytes()].concat()), entry(b"short", b'0', &vec![7; *size])].concat()
        }).chain([end()]).collect();
        let archive = parts.concat();
        let (whole, ending) = list_in(&archive, archive.len());
        let (pieces, same) = list_in(&archive, piece);
        prop_assert_eq!(&whole.entries, &pieces.entries);
        prop_assert_eq!(whole.contents, pieces.contents);
        prop_assert_eq!(ending, same);
        prop_assert_eq!(whole.entries.iter().map(|entry| usize::try_from(entry.size).unwrap()).collect::<Vec<_>>(), sizes);
    }

    /// Nothing that an archive can hold brings the walker down, or makes it lose count.
    #[test]
    fn any_bytes_are_walked(
        parts in proptest::collection::vec(any_part(), 0..8),
        piece in 1_usize..2_000,
    ) {
        let archive = parts.concat();
        let (listed, _) = list_in(&archive, piece);
        prop_assert!(listed.ended <= listed.entries.len());
        crate::layers::laws::archive(&archive);
    }
}

/// A header with whatever follows it, or a block of zeros.
fn any_part() -> impl Strategy<Value = Vec<u8>> {
    let flag = prop_oneof![any::<u8>(), prop::sample::select(b"xgLKS01".to_vec())];
    let header = (flag, 0_u64..5_000, proptest::collection::vec(any::<u8>(), 0..700));
    prop_oneof![
        3 => header.prop_map(|(flag, size, data)| [Made::gnu(b"name", flag, size).block(), data].concat()),
        1 => Just(extended(b'x', &[("path", b"other")])),
        1 => Just(extended(b'x', &[("GNU.sparse.major", b"1"), ("GNU.sparse.minor", b"0")])),
        2 => Just(vec![0; 512]),
    ]
}
