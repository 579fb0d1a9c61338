//! JSON that came in one line, laid out for reading. Only white space is added: every other byte stays what it is, so that
//! duplicated members, long numbers and escapes are shown as they were received.

/// Longest document that is laid out, in bytes.
pub(super) const LONGEST: usize = 256 * 1024;
/// Deepest nesting that is laid out; deeper documents are shown as they are.
const DEEPEST: usize = 64;

/// The document in lines; nothing where it has lines already, is too long or too deep, or is no JSON.
pub(super) fn indented(text: &str) -> Option<String> {
    let trimmed = text.trim_end();
    if trimmed.len() > LONGEST || trimmed.contains('\n') || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
    {
        return None;
    }
    let mut lines = Lines { text: String::with_capacity(trimmed.len() * 2), depth: 0 };
    let mut characters = trimmed.chars().filter(|character| *character != '\r').peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                lines.text.push('"');
                while let Some(character) = characters.next() {
                    lines.text.push(character);
                    match character {
                        '\\' => lines.text.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                lines.text.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                // An empty list stays in its line.
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    lines.text.push(end);
                    continue;
                }
                lines.depth += 1;
                if lines.depth > DEEPEST {
                    return None;
                }
                lines.begin();
            }
            '}' | ']' => {
                lines.depth = lines.depth.saturating_sub(1);
                lines.begin();
                lines.text.push(character);
            }
            ',' => {
                lines.text.push(',');
                lines.begin();
            }
            ':' => lines.text.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => lines.text.push(other),
        }
    }
    Some(lines.text)
}

struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    fn begin(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_line_becomes_many() {
        let text = r#"{"a":[1,{}, [ ],"x: {,}\"\\"],"b":{"a":1.0,"a":1e400}}"#;
        let laid_out = indented(text).unwrap();
        insta::assert_snapshot!(laid_out, @r#"
        {
          "a": [
            1,
            {},
            [],
            "x: {,}\"\\"
          ],
          "b": {
            "a": 1.0,
            "a": 1e400
          }
        }
        "#);
    }

    #[test]
    fn what_is_no_line_of_json_stays_as_it_is() {
        assert_eq!(indented("{\n}"), None);
        assert_eq!(indented("<html>"), None);
        assert_eq!(indented("{\"a\":1} x"), None);
        assert_eq!(indented(&format!("{}{}", "[".repeat(100), "]".repeat(100))), None);
        assert_eq!(indented(&format!("\"{}\"", "x".repeat(LONGEST))), None);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".*".prop_map(serde_json::Value::String),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::hash_map(".*", inner, 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn only_white_space_is_added(value in json()) {
            let line = value.to_string();
            let laid_out = indented(&line).unwrap();
            let back: serde_json::Value = serde_json::from_str(&laid_out).unwrap();
            prop_assert_eq!(back, value);
            let marks = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
            prop_assert_eq!(marks(&laid_out), marks(&line));
        }
    }
}
