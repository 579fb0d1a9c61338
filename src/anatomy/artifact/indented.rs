//! A value as indented JSON, of which no more is ever in memory than is shown: white space before each element of lists in
//! lists can take a hundred times the document.

use std::io::{self, Write};

use serde_json::Value;

use super::MAX_FILE;

/// The beginning of a value as indented JSON, at most [`MAX_FILE`] bytes of it, and how many bytes are left out.
pub(super) fn indented(value: &Value) -> (String, u64) {
    let mut beginning = Beginning::default();
    // Every value can be written, and what takes it does not fail.
    let _ = serde_json::to_writer_pretty(&mut beginning, value);
    beginning.text()
}

/// Takes everything that is written, keeps the beginning and counts the rest.
#[derive(Default)]
struct Beginning {
    kept: Vec<u8>,
    left_out: u64,
}

impl Beginning {
    /// What was kept, without a character that was cut in two.
    fn text(mut self) -> (String, u64) {
        let end = std::str::from_utf8(&self.kept).map_or_else(|error| error.valid_up_to(), str::len);
        self.leave_out(self.kept.len() - end);
        self.kept.truncate(end);
        (String::from_utf8(self.kept).unwrap_or_default(), self.left_out)
    }

    fn leave_out(&mut self, bytes: usize) {
        self.left_out = self.left_out.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = MAX_FILE.saturating_sub(self.kept.len());
        let (kept, rest) = bytes.split_at(room.min(bytes.len()));
        self.kept.extend_from_slice(kept);
        self.leave_out(rest.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_short_is_whole() {
        let value = json!({ "a": [1, { "b": "ä" }], "c": {} });
        assert_eq!(indented(&value), (serde_json::to_string_pretty(&value).unwrap(), 0));
    }

    #[test]
    fn what_is_long_ends_between_characters_and_the_rest_is_counted() {
        for filling in ["", "x", "xx"] {
            let value = json!(format!("{filling}{}", "漢".repeat(MAX_FILE)));
            let all = serde_json::to_string_pretty(&value).unwrap();
            let (text, left_out) = indented(&value);
            assert!((MAX_FILE - 2..=MAX_FILE).contains(&text.len()) && all.starts_with(&text), "{}", text.len());
            assert_eq!(left_out, (all.len() - text.len()) as u64);
        }
    }

    /// Fails when what is written past the limit is kept; lists in lists once became a text of 128 times their size.
    #[test]
    fn lists_in_lists_take_no_more_than_is_shown() {
        let zeros = json!(vec![0; 10_000]);
        let value = (0..120).fold(zeros, |inner, _| json!([inner]));
        let mut beginning = Beginning::default();
        serde_json::to_writer_pretty(&mut beginning, &value).unwrap();
        assert!(beginning.kept.capacity() <= 2 * MAX_FILE, "{}", beginning.kept.capacity());
        assert!(beginning.left_out > 2_000_000, "{}", beginning.left_out);
    }
}
