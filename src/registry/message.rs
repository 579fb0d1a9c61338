//! The error documents of registries (distribution-spec, "Error Codes").

use serde_json::Value;

use super::text::{MAX_MESSAGE, visible};

/// Most messages kept of one answer.
const MAX_MESSAGES: usize = 10;

/// Longest code kept, in bytes.
const MAX_CODE: usize = 100;

/// What a registry says about a failure. All of it is text made fit for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryMessage {
    /// `MANIFEST_UNKNOWN` and the like. Open: registries have codes of their own.
    pub code: String,
    /// Words for people; may be empty.
    pub message: String,
    /// The rest, as JSON. Some registries show storage paths here: not for everybody's eyes (threat T-30).
    pub detail: Option<String>,
}

impl RegistryMessage {
    /// Reads the messages of an error's body. A body of another shape has none.
    pub(crate) fn read_all(body: &[u8]) -> Vec<Self> {
        let Ok(Value::Object(document)) = serde_json::from_slice(body) else { return Vec::new() };
        let Some(Value::Array(errors)) = document.get("errors") else { return Vec::new() };
        errors.iter().filter_map(Self::read).take(MAX_MESSAGES).collect()
    }

    fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let text = |name: &str, limit| match object.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => visible(text, limit),
            Some(other) => visible(&other.to_string(), limit),
        };
        let (code, message) = (text("code", MAX_CODE), text("message", MAX_MESSAGE));
        let detail = match object.get("detail") {
            None | Some(Value::Null) => None,
            Some(_) => Some(text("detail", MAX_MESSAGE)).filter(|detail| !detail.is_empty()),
        };
        (!code.is_empty() || !message.is_empty()).then_some(Self { code, message, detail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_open_and_detail_is_of_any_type() {
        let body =
            br#"{"errors":[{"code":"PROJECTPOLICYVIOLATION","message":"no","detail":{"Tag":"x"},"is_readonly":true},
            {"code":"B","detail":"unknown tag=x"},{"code":"C","message":null,"detail":null},{"code":7},{},3]}"#;
        let messages = RegistryMessage::read_all(body);
        let codes: Vec<_> = messages.iter().map(|message| message.code.as_str()).collect();
        assert_eq!(codes, ["PROJECTPOLICYVIOLATION", "B", "C", "7"]);
        assert_eq!(messages[0].detail.as_deref(), Some(r#"{"Tag":"x"}"#));
        assert_eq!(messages[1].detail.as_deref(), Some("unknown tag=x"));
        assert_eq!(messages[2].detail, None);
    }

    #[test]
    fn other_bodies_have_no_messages() {
        for body in [&b""[..], b"404 page not found", b"<html>", b"[]", b"{\"errors\":null}", b"{\"errors\":[\"x\"]}"] {
            assert_eq!(RegistryMessage::read_all(body), []);
        }
    }

    #[test]
    fn messages_are_bounded_and_escaped() {
        let errors: Vec<_> =
            (0..100).map(|_| format!(r#"{{"code":"X","message":"{}"}}"#, "a\\u001b".repeat(900))).collect();
        let messages = RegistryMessage::read_all(format!(r#"{{"errors":[{}]}}"#, errors.join(",")).as_bytes());
        assert_eq!(messages.len(), MAX_MESSAGES);
        assert!(messages[0].message.len() <= MAX_MESSAGE + 3 && messages[0].message.starts_with("a\\u{1b}a"));
    }
}
