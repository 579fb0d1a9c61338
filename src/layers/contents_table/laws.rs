//! What holds of a table's text, whoever has written it.

use std::rc::Rc;

use super::parse::parse;
use super::{ContentsTable, Disagreements, TableForm};
use crate::anatomy::files::FilePath;

/// Where the contents of the pretended layer end.
const END: u64 = 1 << 40;
/// Most entries that are taken.
const MOST: usize = 1_000;

/// Reads a text, and looks at what has come of it.
///
/// # Panics
///
/// Where a law is broken.
pub(in crate::layers) fn check(text: &[u8]) {
    let Ok(parsed) = parse(text, Rc::default(), END, MOST) else { return };
    assert!(parsed.files.len() <= MOST, "no more entries than are taken");
    let numbers = parsed.places.iter().map(|place| place.number);
    assert!(numbers.clone().is_sorted() && numbers.clone().all(|number| number < parsed.files.len()));
    for form in [TableForm::Estargz, TableForm::ZstdChunked] {
        let table = ContentsTable { form, files: parsed.files.clone(), places: parsed.places.clone(), stored_bytes: 0 };
        for file in table.files.iter() {
            assert_eq!(FilePath::from_bytes(file.path()).as_bytes(), file.path(), "paths are clean");
            if let Some(location) = table.locate(file) {
                let range = location.stored();
                assert!(range.start <= range.end && range.end <= END, "contents are within the layer: {range:?}");
            }
        }
        assert_eq!(table.compare(&table.files), Disagreements::default(), "a table agrees with itself");
    }
}
