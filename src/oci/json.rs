//! JSON as `serde_json` reads it, with a list of the members that stand twice. Lists end at a number, and the whole at what it
//! takes in memory: sixteen megabytes of `{},` would otherwise become gigabytes of values.

use std::collections::HashMap;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::document::{MAX_NOTICES, MAX_POINTER, join};

/// Most elements of a list that has no limit of its own.
pub(super) const MAX_ELEMENTS: usize = 10_000;
/// Lists with a limit of their own: the way to each, and its most elements.
const LISTS: [(&[&str], usize); 5] = [
    (&["history"], 100_000),
    (&["manifests"], 20_000),
    (&["layers"], MAX_ELEMENTS),
    (&["blobs"], MAX_ELEMENTS),
    (&["rootfs", "diff_ids"], MAX_ELEMENTS),
];

/// Most that the values of a document may take in memory beside their texts, in bytes, as reckoned below: enough for a
/// history with all its steps and an index with all its entries.
const MAX_BYTES: usize = 160 << 20;
/// What a list or an object takes that is not empty, in bytes: the room for its first few values.
const CONTAINER: usize = 400;
/// What an element of a list takes, in bytes.
const ELEMENT: usize = 104;
/// What a member of an object takes, with its name, in bytes.
const MEMBER: usize = 192;

/// Members whose duplicate changes what a document means, where they stand in the document itself or in one of its
/// descriptors; labels and annotations may be called so too.
const DECISIVE: [&str; 8] =
    ["mediaType", "schemaVersion", "config", "layers", "manifests", "subject", "digest", "rootfs"];

/// A member that stands twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Duplicate {
    /// Where, as a JSON pointer.
    pub(super) path: String,
    /// Whether programs that take the first, and programs that take the last one, see two different documents.
    pub(super) is_decisive: bool,
}

/// A list that has more elements than are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// Where, as a JSON pointer.
    pub(super) path: String,
    /// How many elements are read: the first ones.
    pub(super) read: usize,
    /// How many are not.
    pub(super) left_out: usize,
}

/// What was found beside the values.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Members that stand twice: the first decisive one, and others until there are [`MAX_NOTICES`].
    pub(super) duplicates: Vec<Duplicate>,
    /// Lists that were cut: each that has a limit of its own, and others until there are [`MAX_NOTICES`].
    pub(super) cuts: Vec<Cut>,
}

/// What has been found so far.
#[derive(Debug, Default)]
struct Notes {
    duplicates: Vec<Duplicate>,
    is_decided: bool,
    /// Nothing in place of one that is not shown after all, so that the others keep their places.
    cuts: Vec<Option<Cut>>,
    bytes: usize,
}

/// Why bytes are not read.
#[derive(Debug)]
pub(super) enum JsonError {
    /// They are no JSON, as the text says.
    Invalid(String),
    /// They have more values than are read.
    TooManyValues,
}

/// Reads all of `bytes`. Of members that stand twice the last one counts.
pub(super) fn parse(bytes: &[u8]) -> Result<(Value, Findings), JsonError> {
    let mut notes = Notes::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Node { trail: None, notes: &mut notes }.deserialize(&mut deserializer);
    match value.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => {
            let cuts = notes.cuts.into_iter().flatten().collect();
            Ok((value, Findings { duplicates: notes.duplicates, cuts }))
        }
        Err(_) if notes.bytes > MAX_BYTES => Err(JsonError::TooManyValues),
        Err(error) => Err(JsonError::Invalid(error.to_string())),
    }
}

impl Notes {
    /// Counts what a value takes before it is read.
    fn count<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.bytes += bytes;
        if self.bytes > MAX_BYTES { Err(E::custom("there are more values than are read")) } else { Ok(()) }
    }

    /// Millions of members may stand twice: what is done for each of them takes no longer than reading it.
    fn note_duplicate(&mut self, trail: &Trail<'_>) {
        let is_decisive = !self.is_decided && trail.is_decisive();
        if is_decisive || self.duplicates.len() < MAX_NOTICES {
            self.is_decided |= is_decisive;
            self.duplicates.push(Duplicate { path: trail.pointer(), is_decisive });
        }
    }

    fn note_cut(&mut self, trail: Option<&Trail<'_>>, read: usize, left_out: usize) {
        let is_shown =
            trail.is_some_and(|trail| trail.own_limit().is_some()) || self.cuts.iter().flatten().count() < MAX_NOTICES;
        if is_shown {
            self.cuts.push(Some(Cut { path: trail.map(Trail::pointer).unwrap_or_default(), read, left_out }));
        }
    }

    /// Takes back the cuts at these places.
    fn forget(&mut self, places: Range<usize>) {
        self.cuts.iter_mut().take(places.end).skip(places.start).for_each(|cut| *cut = None);
    }
}

/// The way to a value. It becomes text only where something is to be said: a text for each value would take the document's
/// length squared if a name is long.
#[derive(Clone, Copy)]
struct Trail<'a> {
    parent: Option<&'a Trail<'a>>,
    step: Step<'a>,
}

/// A pointer of more bytes is longer than a notice shows, whatever its characters.
const LONG_ENOUGH: usize = 4 * MAX_POINTER;

/// The beginning of a name, long enough to be cut once more where it is shown.
fn beginning(name: &str) -> &str {
    name.get(..name.floor_char_boundary(LONG_ENOUGH + 4)).unwrap_or(name)
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Element(usize),
}

impl<'a> Trail<'a> {
    fn steps(&self) -> Vec<Step<'a>> {
        let mut steps: Vec<Step<'a>> = Vec::new();
        let mut trail = Some(self);
        while let Some(at) = trail {
            steps.push(at.step);
            trail = at.parent;
        }
        steps.reverse();
        steps
    }

    /// As much of the JSON pointer as a notice shows. A name as long as the document would otherwise be copied again for
    /// each step below it.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in self.steps() {
            match step {
                Step::Member(name) => pointer = join(&pointer, beginning(name)),
                Step::Element(position) => pointer = join(&pointer, &position.to_string()),
            }
            if pointer.len() > LONG_ENOUGH {
                break;
            }
        }
        pointer
    }

    /// The most elements of the list here, where it has a limit of its own.
    fn own_limit(&self) -> Option<usize> {
        let is_at = |way: &[&str]| {
            let mut trail = Some(self);
            let follows = way.iter().rev().all(|name| {
                let here = trail.is_some_and(|at| matches!(at.step, Step::Member(step) if step == *name));
                trail = trail.and_then(|at| at.parent);
                here
            });
            follows && trail.is_none()
        };
        LISTS.iter().find(|(way, _)| is_at(way)).map(|(_, most)| *most)
    }

    fn is_decisive(&self) -> bool {
        let Step::Member(name) = self.step else { return false };
        let in_document = match self.parent {
            None => true,
            Some(Trail { step: Step::Member(parent), parent: None }) => ["config", "subject"].contains(parent),
            Some(Trail { step: Step::Element(_), parent: Some(Trail { step: Step::Member(list), parent: None }) }) => {
                ["layers", "manifests", "blobs"].contains(list)
            }
            Some(_) => false,
        };
        in_document && DECISIVE.contains(&name)
    }
}

/// Builds a [`Value`] as `serde_json` would, and writes down where a member stands twice.
struct Node<'a, 'b> {
    trail: Option<&'a Trail<'a>>,
    notes: &'b mut Notes,
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let most = self.trail.and_then(Trail::own_limit).unwrap_or(MAX_ELEMENTS);
        let mut values = Vec::new();
        while values.len() < most {
            let trail = Trail { parent: self.trail, step: Step::Element(values.len()) };
            match elements.next_element_seed(Node { trail: Some(&trail), notes: self.notes })? {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
            self.notes.count::<A::Error>(if values.len() == 1 { CONTAINER + ELEMENT } else { ELEMENT })?;
        }
        let mut left_out = 0;
        while elements.next_element::<IgnoredAny>()?.is_some() {
            left_out += 1;
        }
        if left_out > 0 {
            self.notes.note_cut(self.trail, values.len(), left_out);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        // Where the cuts stand in what was found, of each member that has such in its value.
        let mut cuts: HashMap<String, Range<usize>> = HashMap::new();
        while let Some(name) = members.next_key::<String>()? {
            let trail = Trail { parent: self.trail, step: Step::Member(&name) };
            if object.contains_key(&name) {
                self.notes.note_duplicate(&trail);
                // What was cut in the first one is nothing that is shown.
                if let Some(places) = cuts.remove(&name) {
                    self.notes.forget(places);
                }
            } else {
                self.notes.count::<A::Error>(if object.is_empty() { CONTAINER + MEMBER } else { MEMBER })?;
            }
            let before = self.notes.cuts.len();
            let value = members.next_value_seed(Node { trail: Some(&trail), notes: self.notes })?;
            if self.notes.cuts.len() > before {
                cuts.insert(name.clone(), before..self.notes.cuts.len());
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
