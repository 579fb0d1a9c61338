//! JSON documents read tolerantly: a member that is not as it should be gets a [`Notice`], the others are still read.
//!
//! What is refused as a whole: bytes that are not JSON, anything but an object, nesting past serde_json's guard of 128, and
//! a duplicated member that decides what the document means (image-spec asks for I-JSON, RFC 7493 §2.3: no duplicates;
//! parsers disagree on which one wins).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use super::json::{self, Cut, JsonError};
use super::{Digest, MediaType, media_type};

/// Most notices kept for one document; the last one then says how many more there were.
pub const MAX_NOTICES: usize = 100;

/// Longest piece of a wrong value that a notice repeats, in characters.
const MAX_QUOTED: usize = 80;

/// Longest JSON pointer that a notice has, in characters: names of members are the writer's choice.
pub(super) const MAX_POINTER: usize = 300;

/// Most texts read of an object of texts or of names: labels, annotations, volumes and ports.
const MAX_MEMBERS: usize = json::MAX_ELEMENTS;

/// Something about a document that a reader should know: a member that is missing, malformed or surprising.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which member, as a JSON pointer (RFC 6901); empty for the whole document.
    pub member: String,
    /// What is the matter, as a sentence without its full stop.
    pub problem: String,
}

/// Why a document is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Not JSON, or nested too deeply.
    #[error("the document is not valid JSON: {0}")]
    NotJson(String),
    /// Not text: bytes that are no UTF-8, or a NUL among them.
    #[error("the bytes are not text")]
    NotText,
    /// More values than a document of any use has: reading them would take many times its size.
    #[error("the document has more values than are read")]
    TooManyValues,
    /// JSON, but not an object.
    #[error("the document is JSON, but not an object")]
    NotAnObject,
    /// A member stands twice and decides what the document means.
    #[error("the member `{0}` stands twice, so that programs disagree about what the document says")]
    Duplicate(String),
    /// The document is of several kinds at once (CVE-2021-41190).
    #[error("the document has members of several kinds at once ({0}), so that programs disagree about what it is")]
    Ambiguous(String),
    /// The registry and the document disagree about its type.
    #[error("the registry calls the document `{content_type}`, the document calls itself `{media_type}`")]
    TypeMismatch {
        /// From the `Content-Type` header.
        content_type: MediaType,
        /// From the `mediaType` member.
        media_type: MediaType,
    },
    /// `schemaVersion` is neither 1 nor 2.
    #[error("the document has schemaVersion {0}, which is not known")]
    SchemaVersion(String),
}

/// Reads an object and collects notices on the way.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    notices: Vec<Notice>,
    more: usize,
    cuts: Vec<Cut>,
    is_cut: bool,
}

impl Reader {
    /// Parses `bytes` and notes every list that is cut and every duplicated member; a decisive one is an error.
    pub(crate) fn parse(&mut self, bytes: &[u8]) -> Result<Map<String, Value>, DocumentError> {
        let (value, findings) = json::parse(bytes).map_err(|error| match error {
            JsonError::Invalid(reason) => DocumentError::NotJson(reason),
            JsonError::TooManyValues => DocumentError::TooManyValues,
        })?;
        let Value::Object(object) = value else {
            return Err(DocumentError::NotAnObject);
        };
        if let Some(duplicate) = findings.duplicates.iter().find(|duplicate| duplicate.is_decisive) {
            return Err(DocumentError::Duplicate(duplicate.path.clone()));
        }
        for cut in &findings.cuts {
            self.note_cut(&cut.path, cut.read, cut.left_out);
        }
        self.cuts = findings.cuts;
        for duplicate in findings.duplicates {
            self.note(&duplicate.path, "the member stands twice; the last one is shown");
        }
        Ok(object)
    }

    pub(crate) fn note(&mut self, member: &str, problem: impl Into<String>) {
        if self.notices.len() < MAX_NOTICES {
            let member = shortened(member, MAX_POINTER);
            self.notices.push(Notice { member, problem: problem.into() });
        } else {
            self.more += 1;
        }
    }

    /// Notes that something is not read to its end.
    pub(super) fn note_cut(&mut self, path: &str, read: usize, left_out: usize) {
        self.is_cut = true;
        self.note(path, format!("only the first {read} are read, {left_out} more are left out"));
    }

    /// How many elements of the list at this JSON pointer are left out.
    pub(crate) fn left_out(&self, path: &str) -> usize {
        self.cuts.iter().find(|cut| cut.path == path).map_or(0, |cut| cut.left_out)
    }

    /// Whether anything has been left out so far: elements of a list, or a text's end.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(crate) fn finish(mut self) -> Vec<Notice> {
        if self.more > 0 {
            self.notices
                .push(Notice { member: String::new(), problem: format!("{} more notices are not shown", self.more) });
        }
        self.notices
    }

    /// A member's value, with `null` as absent.
    pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
        object.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&mut self, path: &str, name: &str, expected: &str, value: &Value) {
        self.note(&join(path, name), format!("{expected} is expected here, not {}", quote(value)));
    }

    pub(crate) fn string(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<String> {
        match Self::member(object, name)? {
            Value::String(text) => Some(text.clone()),
            value => {
                self.wrong(path, name, "text", value);
                None
            }
        }
    }

    /// A text that is cut where it has more than `most` bytes.
    pub(crate) fn text(&mut self, object: &Map<String, Value>, path: &str, name: &str, most: usize) -> Option<String> {
        let text = self.string(object, path, name)?;
        Some(self.cut(text, &join(path, name), most))
    }

    /// The same for a text that has been read.
    pub(crate) fn cut(&mut self, text: String, member: &str, most: usize) -> String {
        if text.len() <= most {
            return text;
        }
        self.is_cut = true;
        self.note(member, format!("the text has {} bytes, of which the first {most} are read", text.len()));
        format!("{}…", &text[..text.floor_char_boundary(most)])
    }

    pub(crate) fn boolean(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<bool> {
        match Self::member(object, name)? {
            Value::Bool(value) => Some(*value),
            value => {
                self.wrong(path, name, "true or false", value);
                None
            }
        }
    }

    /// A count of bytes: an integer from 0 to 2⁶³ − 1 (descriptor.md: `size` is an int64).
    pub(crate) fn size(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<u64> {
        self.natural(object, path, name, "a size in bytes")
    }

    /// A time as docker writes it: nanoseconds.
    pub(crate) fn duration(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<Duration> {
        self.natural(object, path, name, "a time in nanoseconds").map(Duration::from_nanos)
    }

    fn natural(&mut self, object: &Map<String, Value>, path: &str, name: &str, expected: &str) -> Option<u64> {
        let value = Self::member(object, name)?;
        let number = value.as_u64().filter(|number| i64::try_from(*number).is_ok());
        if number.is_none() {
            self.wrong(path, name, expected, value);
        }
        number
    }

    pub(crate) fn integer(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<i64> {
        let value = Self::member(object, name)?;
        let integer = value.as_i64();
        if integer.is_none() {
            self.wrong(path, name, "a whole number", value);
        }
        integer
    }

    pub(crate) fn media_type(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<MediaType> {
        let text = self.text(object, path, name, media_type::MAX_LENGTH)?;
        (!text.is_empty()).then(|| MediaType::new(&text))
    }

    pub(crate) fn digest(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<Digest> {
        let text = self.string(object, path, name)?;
        match text.parse() {
            Ok(digest) => Some(digest),
            Err(error) => {
                self.note(&join(path, name), format!("{} is not a digest: {error}", quote(&Value::String(text))));
                None
            }
        }
    }

    pub(crate) fn array<'a>(&mut self, object: &'a Map<String, Value>, path: &str, name: &str) -> &'a [Value] {
        match Self::member(object, name) {
            None => &[],
            Some(Value::Array(values)) => values,
            Some(value) => {
                self.wrong(path, name, "a list", value);
                &[]
            }
        }
    }

    pub(crate) fn object<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        path: &str,
        name: &str,
    ) -> Option<&'a Map<String, Value>> {
        match Self::member(object, name)? {
            Value::Object(value) => Some(value),
            value => {
                self.wrong(path, name, "an object", value);
                None
            }
        }
    }

    /// A list of texts. One text alone is taken as a list of one, with a notice: bad tools write `Cmd` so.
    pub(crate) fn strings(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Option<Vec<String>> {
        match Self::member(object, name)? {
            Value::Array(values) => {
                let mut texts = Vec::with_capacity(values.len());
                for (position, value) in values.iter().enumerate() {
                    match value {
                        Value::String(text) => texts.push(text.clone()),
                        other => self.wrong(&join(path, name), &position.to_string(), "text", other),
                    }
                }
                Some(texts)
            }
            Value::String(text) => {
                self.note(&join(path, name), "a list is expected here, not one text");
                Some(vec![text.clone()])
            }
            value => {
                self.wrong(path, name, "a list", value);
                None
            }
        }
    }

    /// An object of texts, in the document's order. A `null` value is kept as empty text, with a notice.
    pub(crate) fn string_map(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Vec<(String, String)> {
        let Some(members) = self.object(object, path, name) else {
            return Vec::new();
        };
        let path = join(path, name);
        let mut pairs = Vec::with_capacity(members.len().min(MAX_MEMBERS));
        self.note_members(&path, members.len());
        for (key, value) in members.iter().take(MAX_MEMBERS) {
            match value {
                Value::String(text) => pairs.push((key.clone(), text.clone())),
                other => {
                    self.wrong(&path, key, "text", other);
                    pairs.push((key.clone(), if other.is_null() { String::new() } else { other.to_string() }));
                }
            }
        }
        pairs
    }

    /// Members that are not known here, each as JSON, in the document's order.
    pub(crate) fn others(&mut self, object: &Map<String, Value>, path: &str, known: &[&str]) -> Vec<(String, String)> {
        let unknown = |(name, value): &(&String, &Value)| !known.contains(&name.as_str()) && !value.is_null();
        self.note_members(path, object.iter().filter(unknown).count());
        let unknown = object.iter().filter(unknown).take(MAX_MEMBERS);
        unknown.map(|(name, value)| (name.clone(), value.to_string())).collect()
    }

    fn note_members(&mut self, path: &str, members: usize) {
        if members > MAX_MEMBERS {
            self.note_cut(path, MAX_MEMBERS, members - MAX_MEMBERS);
        }
    }

    /// The keys of an object whose values mean nothing, as `ExposedPorts` and `Volumes` are written.
    pub(crate) fn keys(&mut self, object: &Map<String, Value>, path: &str, name: &str) -> Vec<String> {
        match Self::member(object, name) {
            None => Vec::new(),
            Some(Value::Object(members)) => {
                self.note_members(&join(path, name), members.len());
                members.keys().take(MAX_MEMBERS).cloned().collect()
            }
            Some(Value::Array(_)) => {
                self.note(&join(path, name), "an object is expected here, not a list");
                self.strings(object, path, name).unwrap_or_default()
            }
            Some(value) => {
                self.wrong(path, name, "an object", value);
                Vec::new()
            }
        }
    }
}

/// A JSON pointer one member longer (RFC 6901 §3: `~` and `/` are escaped).
pub(crate) fn join(path: &str, name: &str) -> String {
    let mut joined = String::with_capacity(path.len() + name.len() + 1);
    joined.push_str(path);
    joined.push('/');
    for character in name.chars() {
        match character {
            '~' => joined.push_str("~0"),
            '/' => joined.push_str("~1"),
            other => joined.push(other),
        }
    }
    joined
}

/// A value as a notice repeats it: short, as JSON.
fn quote(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => {
            format!("`{}`", shortened(&other.to_string(), MAX_QUOTED))
        }
    }
}

/// The first characters of a text, with a sign that there are more.
fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
