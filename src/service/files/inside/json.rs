//! JSON as it is written (RFC 8259): numbers and repeated names are those of the text, nothing is rounded or dropped.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::anatomy::text::clip;
use crate::view::files::{JsonMember, JsonValue};

/// Deepest level that is taken apart; what is deeper is shown as its text. Each level is read once more for the one below it.
const DEEPEST: usize = 32;
/// Most members that are shown.
const MEMBERS: usize = 5_000;
/// Longest text of one value, in bytes.
const TEXT: usize = 2_000;

/// Whether the bytes are one JSON object or array.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Takes it apart.
pub(super) fn parse(bytes: &[u8]) -> Option<JsonValue> {
    let raw: &RawValue = serde_json::from_slice(bytes).ok()?;
    let mut left = MEMBERS;
    Some(value(raw, 0, &mut left))
}

fn value(raw: &RawValue, depth: usize, left: &mut usize) -> JsonValue {
    let text = raw.get();
    let members: Option<Vec<(Option<String>, &RawValue)>> = match text.as_bytes().first() {
        Some(b'{') if depth < DEEPEST => text_of(text, Members),
        Some(b'[') if depth < DEEPEST => text_of(text, Elements),
        _ => None,
    };
    let Some(members) = members else { return JsonValue::Text(clip(text, TEXT).text) };
    let count = members.len();
    let mut shown = Vec::new();
    for (name, raw) in members {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let name = name.map(|name| clip(&name, TEXT).text);
        shown.push(JsonMember { name, value: value(raw, depth + 1, left) });
    }
    JsonValue::Members { is_list: text.starts_with('['), left_out: count - shown.len(), members: shown }
}

fn text_of<'a, V: Visitor<'a>>(text: &'a str, visitor: V) -> Option<V::Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_any(visitor).ok()
}

struct Members;

impl<'a> Visitor<'a> for Members {
    type Value = Vec<(Option<String>, &'a RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &'a RawValue>()? {
            members.push((Some(name), value));
        }
        Ok(members)
    }
}

struct Elements;

impl<'a> Visitor<'a> for Elements {
    type Value = Vec<(Option<String>, &'a RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(value) = elements.next_element::<&'a RawValue>()? {
            members.push((None, value));
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The text again, without the room between its parts.
    fn written(value: &JsonValue) -> String {
        match value {
            JsonValue::Text(text) => text.clone(),
            JsonValue::Members { is_list, members, .. } => {
                let member = |member: &JsonMember| match &member.name {
                    Some(name) => format!("{}:{}", serde_json::Value::from(name.as_str()), written(&member.value)),
                    None => written(&member.value),
                };
                let inner = members.iter().map(member).collect::<Vec<_>>().join(",");
                if *is_list { format!("[{inner}]") } else { format!("{{{inner}}}") }
            }
        }
    }

    #[test]
    fn numbers_and_repeated_names_stay_what_they_are() {
        let text = r#"{"a":1.10,"a":12345678901234567890123,"b":[true,null,{"c":"x\u0041"}]}"#;
        assert!(is_json(text.as_bytes()));
        assert_eq!(written(&parse(text.as_bytes()).unwrap()), text);
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "1", "\"x\"", "{", "{} x", "[1,]", "name: x"] {
            assert!(!is_json(text.as_bytes()), "{text}");
        }
    }

    /// However deep and long, a page has so many members.
    #[test]
    fn depth_and_length_have_an_end() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(written(&parse(deep.as_bytes()).unwrap()), deep);
        let long = format!("[{}0]", "0,".repeat(20_000));
        let JsonValue::Members { members, left_out, .. } = parse(long.as_bytes()).unwrap() else { panic!("no list") };
        assert_eq!((members.len(), left_out), (MEMBERS, 20_001 - MEMBERS));
    }

    proptest! {
        #[test]
        fn every_value_is_written_as_it_was(text in "[\\[\\]{}\",:a1 ]{0,40}") {
            let parsed = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(is_json(text.as_bytes()), parsed.is_ok_and(|value| value.is_object() || value.is_array()));
            if let Some(value) = parse(text.as_bytes()) {
                let plain: String = text.chars().filter(|letter| *letter != ' ').collect();
                let again: String = written(&value).chars().filter(|letter| *letter != ' ').collect();
                prop_assert_eq!(again, plain);
            }
        }
    }
}
