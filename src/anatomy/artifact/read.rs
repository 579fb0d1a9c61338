//! What the readers of artifacts share.

use serde_json::{Map, Value};

use super::flat::Flat;
use super::{MAX_ROWS, MAX_TEXT};
use crate::oci::document::{Reader, join};

/// An object within a document, with the reader that notes what is wrong in it and the way to it.
pub(super) struct Part<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) object: &'a Map<String, Value>,
    pub(super) path: String,
}

impl<'a> Part<'a> {
    pub(super) fn new(reader: &'a mut Reader, object: &'a Map<String, Value>, path: &str) -> Self {
        Self { reader, object, path: path.to_owned() }
    }

    /// A text that is neither missing nor empty, cut at [`MAX_TEXT`].
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let text = self.reader.text(self.object, &self.path, name, MAX_TEXT)?;
        (!text.is_empty()).then_some(text)
    }

    /// The same, noted where it is missing.
    pub(super) fn required(&mut self, name: &str) -> Option<String> {
        if Reader::member(self.object, name).is_none() {
            self.reader.note(&join(&self.path, name), "the member is required and missing");
        }
        self.text(name)
    }

    /// Texts of a list, each cut, at most [`MAX_ROWS`] of them.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let texts = self.reader.strings(self.object, &self.path, name).unwrap_or_default();
        let path = join(&self.path, name);
        let count = texts.len();
        let texts = texts.into_iter().take(MAX_ROWS).enumerate();
        let texts =
            texts.map(|(place, text)| self.reader.cut(text, &join(&path, &place.to_string()), MAX_TEXT)).collect();
        self.note_rest(&path, count);
        texts
    }

    /// Names and texts of an object, each cut, at most [`MAX_ROWS`] of them.
    pub(super) fn pairs(&mut self, name: &str) -> Vec<(String, String)> {
        let pairs = self.reader.string_map(self.object, &self.path, name);
        let path = join(&self.path, name);
        self.note_rest(&path, pairs.len());
        let pairs = pairs.into_iter().take(MAX_ROWS);
        pairs.map(|(name, value)| (clipped(&name), clipped(&value))).collect()
    }

    /// The object under a name.
    pub(super) fn part(&mut self, name: &str) -> Option<Part<'_>> {
        let object = self.reader.object(self.object, &self.path, name)?;
        Some(Part { path: join(&self.path, name), reader: self.reader, object })
    }

    /// Reads the objects of a list, at most `most` of them; and how many the list has, those left out among them.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        most: usize,
        mut read: impl FnMut(&mut Part<'_>) -> Option<T>,
    ) -> (Vec<T>, usize) {
        let path = join(&self.path, name);
        let values = self.reader.array(self.object, &self.path, name);
        let count = values.len() + self.reader.left_out(&path);
        let mut rows = Vec::with_capacity(values.len().min(most));
        for (place, value) in values.iter().take(most).enumerate() {
            let path = join(&path, &place.to_string());
            if let Value::Object(object) = value {
                rows.extend(read(&mut Part { reader: self.reader, object, path }));
            } else {
                self.reader.note(&path, "an object is expected here");
            }
        }
        if values.len() > most {
            let left_out = values.len() - most;
            self.reader.note(&path, format!("only the first {most} are read, {left_out} more are left out"));
        }
        (rows, count)
    }

    /// The member as names and values: what lies deeper is named by its way, `args.label:team`.
    pub(super) fn flattened(&mut self, name: &str) -> Vec<(String, String)> {
        let Some(value) = Reader::member(self.object, name) else { return Vec::new() };
        let mut flat = Flat::default();
        if let Err(limit) = flat.add(value) {
            self.reader.note(&join(&self.path, name), limit);
        }
        flat.rows
    }

    fn note_rest(&mut self, path: &str, count: usize) {
        if count > MAX_ROWS {
            let left_out = count - MAX_ROWS;
            self.reader.note(path, format!("only the first {MAX_ROWS} are read, {left_out} more are left out"));
        }
    }
}

/// A text's beginning, with a sign that there is more.
pub(super) fn clipped(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(MAX_TEXT)])
}
