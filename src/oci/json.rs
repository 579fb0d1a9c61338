//! JSON as `serde_json` reads it, with a list of the members that stand twice.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::document::{MAX_NOTICES, MAX_POINTER, join};

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

/// Reads all of `bytes`. Of members that stand twice the last one counts; each decisive one is listed, and others until
/// there are [`MAX_NOTICES`].
pub(super) fn parse(bytes: &[u8]) -> Result<(Value, Vec<Duplicate>), serde_json::Error> {
    let mut duplicates = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Node { trail: None, duplicates: &mut duplicates }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, duplicates))
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

    fn is_decisive(&self) -> bool {
        let steps = self.steps();
        let Some((Step::Member(name), parents)) = steps.split_last() else {
            return false;
        };
        let in_document = match parents {
            [] => true,
            [Step::Member(parent)] => ["config", "subject"].contains(parent),
            [Step::Member(parent), Step::Element(_)] => ["layers", "manifests", "blobs"].contains(parent),
            _ => false,
        };
        in_document && DECISIVE.contains(name)
    }
}

/// Builds a [`Value`] as `serde_json` would, and writes down where a member stands twice.
struct Node<'a, 'b> {
    trail: Option<&'a Trail<'a>>,
    duplicates: &'b mut Vec<Duplicate>,
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
        let mut values = Vec::new();
        loop {
            let trail = Trail { parent: self.trail, step: Step::Element(values.len()) };
            match elements.next_element_seed(Node { trail: Some(&trail), duplicates: self.duplicates })? {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let trail = Trail { parent: self.trail, step: Step::Member(&name) };
            if object.contains_key(&name) {
                let is_decisive = trail.is_decisive();
                if is_decisive || self.duplicates.len() < MAX_NOTICES {
                    self.duplicates.push(Duplicate { path: trail.pointer(), is_decisive });
                }
            }
            let value = members.next_value_seed(Node { trail: Some(&trail), duplicates: self.duplicates })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
