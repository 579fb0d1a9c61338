//! Tables written here as their tools write them, read again, and held against the archives that they come with.

#[path = "../../../tests/support/own_tables.rs"]
mod own_tables;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use own_tables::{Entry, FORMS, Form, Made, body, pack, row, with_rows};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::announced::Announced;
use super::footer::{FOOTER, table_of};
use super::*;
use crate::layers::pass::{self, Order, Progress};
use crate::layers::{LayerIndex, LayerLimits, decode};
use crate::oci::{Descriptor, Digest, MediaType};

/// A layer with its own table, as its manifest announces it.
struct Layer {
    stored: Vec<u8>,
    announced: Announced,
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::from_sha256(&Sha256::digest(bytes))
}

impl From<Made> for Layer {
    fn from(made: Made) -> Layer {
        let descriptor = Descriptor {
            media_type: MediaType::new("application/vnd.oci.image.layer.v1.tar"),
            digest: Some(digest(&made.stored)),
            size: Some(made.stored.len() as u64),
            urls: Vec::new(),
            annotations: made.annotations,
            artifact_type: None,
            platform: None,
        };
        Layer { announced: Announced::of(&descriptor).unwrap().unwrap(), stored: made.stored }
    }
}

fn with_text(form: Form, stored: Vec<u8>, text: &str) -> Layer {
    own_tables::with_text(form, stored, text).into()
}

fn made(form: Form, entries: &[Entry<'_>], part: usize) -> Layer {
    own_tables::made(form, entries, part).into()
}

impl Layer {
    fn table(&self) -> Result<ContentsTable, TableError> {
        let size = self.stored.len();
        let range = match self.announced.stored.clone() {
            Some(range) => range,
            None => table_of(&self.stored[size - usize::try_from(FOOTER).unwrap()..], size as u64)?,
        };
        let stored = &self.stored[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
        fetch::read(&self.announced, stored, range.start, Arc::new(Semaphore::new(1)))
    }

    /// What a pass over the whole layer finds.
    fn index(&self) -> LayerIndex {
        let (digest, progress, limits) = (digest(&self.stored), Progress::default(), LayerLimits::default());
        let large_windows = Arc::new(Semaphore::new(1));
        let order = Order { digest: &digest, size: None, limits: &limits, large_windows, progress: &progress };
        let pieces = self.stored.chunks(10_000).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
        decode(&pass::read(pieces, &order).unwrap().encode().unwrap()).unwrap()
    }

    fn contents(&self, table: &ContentsTable, file: FileRef<'_>) -> Option<Vec<u8>> {
        let location = table.locate(file)?;
        let range = location.stored();
        let stored = &self.stored[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
        let (mut bytes, mut contents) = (Vec::new(), location.contents(Arc::new(Semaphore::new(1))).unwrap());
        contents.feed(stored, &mut |given| bytes.extend_from_slice(given)).unwrap();
        (contents.left() == 0).then_some(bytes)
    }
}

const ENTRIES_OF_ALL_KINDS: &[Entry<'static>] = &[
    ("dir", "usr/", b""),
    ("reg", "usr/tool", b"#!/bin/sh"),
    ("reg", "usr/empty", b""),
    ("symlink", "usr/link", b"../usr/tool"),
    ("hardlink", "usr/other", b"usr/tool"),
    ("char", "tty", b""),
    ("fifo", "pipe", b""),
    ("reg", "long", &[7; 100_000]),
];

#[test]
fn a_table_lists_what_its_archive_holds() {
    for form in FORMS {
        let made = made(form, ENTRIES_OF_ALL_KINDS, 30_000);
        let (table, index) = (made.table().unwrap(), made.index());
        assert_eq!(table.files.len(), ENTRIES_OF_ALL_KINDS.len());
        assert_eq!(table.compare(&index.files), Disagreements::default(), "{form:?}");
        for (file, (kind, _, content)) in table.files.iter().zip(ENTRIES_OF_ALL_KINDS) {
            let expected = (*kind == "reg").then(|| content.to_vec());
            assert!(made.contents(&table, file) == expected, "{form:?}: {kind}");
        }
    }
}

#[test]
fn a_table_that_says_something_else_is_told_from_its_archive() {
    for form in FORMS {
        let entries =
            [("reg", "a", &b"contents"[..]), ("reg", "hidden", b"x"), ("symlink", "link", b"a"), ("reg", "b", b"y")];
        let (stored, mut rows) = body(form, &entries, 1_000);
        rows[0]["digest"] = json!(own_tables::digest(b"others"));
        rows[0]["mode"] = json!(0o644);
        rows.remove(1);
        rows[1]["linkName"] = json!("elsewhere");
        rows[2]["type"] = json!("dir");
        rows.push(row("reg", "made-up", b""));
        let made: Layer = with_rows(form, stored, &rows).into();
        let (table, index) = (made.table().unwrap(), made.index());
        let found = table.compare(&index.files);
        let listed: Vec<_> = found.listed.iter().map(|(path, it)| (path.as_bytes(), *it)).collect();
        let expected = [
            (&b"a"[..], Disagreement::Digest),
            (b"a", Disagreement::Mode),
            (b"b", Disagreement::Kind),
            (b"hidden", Disagreement::OnlyInArchive),
            (b"link", Disagreement::LinkTarget),
            (b"made-up", Disagreement::OnlyInTable),
        ];
        assert_eq!(listed, expected, "{form:?}");
        assert_eq!(found.count, 6);
    }
}

#[test]
fn another_table_than_the_manifest_names_is_none() {
    for form in FORMS {
        let mut made = made(form, ENTRIES_OF_ALL_KINDS, 1_000);
        made.announced.digest = digest(b"another");
        assert!(matches!(made.table(), Err(TableError::Mismatch)), "{form:?}");
    }
}

#[test]
fn many_disagreements_are_counted_and_not_listed() {
    let rows: Vec<_> = (0..3_000).map(|number| row("fifo", &format!("{number}"), b"")).collect();
    let made: Layer = with_rows(Form::ZstdChunked, Vec::new(), &rows).into();
    let found = made.table().unwrap().compare(&FileList::default());
    assert_eq!((found.count, found.listed.len()), (3_000, 1_000));
}

/// What becomes of a text, for both forms.
fn of_text(text: &str) -> Result<ContentsTable, TableError> {
    let [one, other] = FORMS.map(|form| with_text(form, pack(form, &[0; 1_024]), text).table());
    assert_eq!(one.is_ok(), other.is_ok(), "{text}");
    one
}

#[test]
fn odd_texts_are_refused() {
    let long = format!(r#"{{"version":1,"entries":[{{"type":"dir","name":"{}"}}]}}"#, "x".repeat(2 << 20));
    let deep = format!(r#"{{"version":1,"more":{}{},"entries":[]}}"#, "[".repeat(10_000), "]".repeat(10_000));
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"version":1}"#,
        r#"{"version":2,"entries":[]}"#,
        r#"{"version":1,"entries":{}}"#,
        r#"{"version":1,"entries":[]"#,
        r#"{"version":1,"entries":[]} more"#,
        r#"{"version":1,"entries":[],"entries":[]}"#,
        r#"{"version":1,"entries":[{"name":"a"}]}"#,
        r#"{"version":1,"entries":[{"type":"reg","name":"a","size":-1}]}"#,
        r#"{"version":1,"entries":[7]}"#,
        &long,
    ] {
        assert!(matches!(of_text(text), Err(TableError::Malformed(_))), "{}", &text[..text.len().min(80)]);
    }
    // What is not known is passed over, however deep it is.
    assert!(of_text(&deep).unwrap().files.is_empty());
    assert!(of_text(r#"{"entries":[],"tarSplitDigest":"sha256:5","unknown":[{}]}"#).unwrap().files.is_empty());
}

#[test]
fn odd_entries_are_listed_and_lead_nowhere() {
    let empty = digest(b"");
    let text = json!({"version": 1, "entries": [
        {"type": "chunk", "offset": 3},
        {"type": "reg", "name": "../up", "size": 5, "offset": u64::MAX, "digest": "md5:x"},
        {"type": "reg", "name": "backwards", "size": 5, "offset": 20, "endOffset": 10},
        {"type": "reg", "name": "nowhere", "size": 5, "digest": empty.as_str()},
        {"type": "new", "name": "socket", "size": 9},
        {"type": "dir", "name": "d".repeat(5_000), "xattrs": {"user.a": "AAE=", "user.b": "no base 64"}, "modtime": "long ago"},
        {"type": "reg", "name": "in the table", "size": 5, "offset": 1_000_000},
    ]});
    for form in FORMS {
        let made = with_text(form, pack(form, &[0; 1_024]), &text.to_string());
        let table = made.table().unwrap();
        assert_eq!(table.files.len(), 6, "{form:?}");
        assert!(table.files.iter().all(|file| table.locate(file).is_none()), "{form:?}");
        let file = |number| table.files.get(number).unwrap();
        assert_eq!((file(0).path(), file(0).marks().leaves_root, file(0).digest()), (&b"up"[..], true, None));
        assert_eq!((file(3).kind(), file(3).size()), (FileKind::Other(0), 0));
        assert!(file(4).marks().is_cut && file(4).attributes() == [(b"user.a".to_vec(), vec![0, 1])]);
    }
}

#[test]
fn a_text_that_unpacks_without_end_is_given_up() {
    // Blanks between two entries count as a part of the second one.
    let blanks = format!(r#"{{"version":1,"entries":[{}]}}"#, " ".repeat(3 << 20));
    assert!(matches!(of_text(&blanks), Err(TableError::Malformed(_))));
    let rows = r#"{"type":"dir","name":"a"},"#.repeat(ENTRIES + 1);
    let text = format!(r#"{{"version":1,"entries":[{rows}]}}"#);
    assert!(matches!(of_text(&text), Err(TableError::TooMany { .. })));
}

/// What comes before the table in its members counts, too.
#[test]
fn a_table_behind_a_bomb_is_not_waited_for() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
    let mut head = ::tar::Header::new_gnu();
    head.set_path("zeros").unwrap();
    head.set_size(TEXT_BYTES);
    head.set_cksum();
    encoder.write_all(head.as_bytes()).unwrap();
    for _ in 0..TEXT_BYTES >> 20 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let announced = Announced { form: TableForm::Estargz, digest: digest(b"x"), stored: None };
    let read = fetch::read(&announced, &encoder.finish().unwrap(), 1_000, Arc::new(Semaphore::new(1)));
    assert!(matches!(read, Err(TableError::TooLarge { limit: TEXT_BYTES })), "{read:?}");
}

#[test]
fn what_cannot_be_unpacked_is_no_table() {
    for form in FORMS {
        let mut made = made(form, ENTRIES_OF_ALL_KINDS, 1_000);
        let range = match made.announced.stored.clone() {
            Some(range) => usize::try_from(range.start).unwrap(),
            None => made.stored.len() - 120,
        };
        made.stored[range + 12] ^= 0x55;
        assert!(made.table().is_err(), "{form:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A table of honest files agrees with its archive, and opens each of them.
    #[test]
    fn honest_tables_agree(
        files in proptest::collection::btree_map("[a-z]{1,9}", proptest::collection::vec(any::<u8>(), 0..5_000), 0..20),
        part in 100_usize..6_000,
    ) {
        let files: BTreeMap<String, Vec<u8>> = files;
        let entries: Vec<Entry<'_>> = files.iter().map(|(path, content)| ("reg", path.as_str(), &content[..])).collect();
        for form in FORMS {
            let made = made(form, &entries, part);
            let (table, index) = (made.table().unwrap(), made.index());
            prop_assert_eq!(table.compare(&index.files), Disagreements::default());
            for (file, (_, _, content)) in table.files.iter().zip(&entries) {
                prop_assert_eq!(made.contents(&table, file), Some(content.to_vec()));
            }
        }
    }

    /// Places, kinds and names without sense.
    #[test]
    fn whatever_entries_say_the_laws_hold(
        entries in proptest::collection::vec(
            (
                prop::sample::select(vec!["reg", "dir", "symlink", "hardlink", "char", "chunk", "what"]),
                "[a-c./]{0,6}",
                prop_oneof![0_u64..20, any::<u64>()],
                prop_oneof![0_u64..20, any::<u64>()],
                prop_oneof![0_u64..20, any::<u64>()],
                prop_oneof![Just("2026-01-02T03:04:05.5Z".to_owned()), "[0-9T:.Z-]{0,12}"],
            ),
            0..12,
        ),
    ) {
        let entries: Vec<Value> = entries
            .into_iter()
            .map(|(kind, name, size, offset, end, time)| json!({
                "type": kind, "name": name, "size": size, "offset": offset, "endOffset": end, "innerOffset": end / 2,
                "modtime": time, "digest": format!("sha256:{size:064x}"),
                "linkName": name, "devMajor": -1, "xattrs": { "user.a": "AA==", "user.b": "?" },
            }))
            .collect();
        crate::layers::laws::contents_table(json!({ "version": 1, "entries": entries }).to_string().as_bytes());
    }

    /// Any bytes at all are a table or none, and bring nothing down.
    #[test]
    fn any_text_is_read(text in "[\\{\\}\\[\\]\":,a-z0-9 ]{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let _ = of_text(&text);
        for form in [TableForm::Estargz, TableForm::ZstdChunked] {
            let announced = Announced { form, digest: digest(&bytes), stored: None };
            let _ = fetch::read(&announced, &bytes, 1_000, Arc::new(Semaphore::new(1)));
        }
    }
}
