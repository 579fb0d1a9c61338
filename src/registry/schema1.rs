//! The payload of Docker's signed schema 1 manifests, by which alone their digest is computed.
//!
//! The signatures stand inside the document. Each one's protected header says where the payload was cut to insert them
//! (`formatLength`), and what stood behind the cut (`formatTail`): the format of libtrust's "pretty" signatures.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

#[derive(Deserialize)]
struct Signed {
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    protected: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Protected {
    format_length: usize,
    format_tail: String,
}

/// The bytes that were signed; nothing where the document is not signed this way.
pub(crate) fn payload(bytes: &[u8]) -> Option<Vec<u8>> {
    let signed: Signed = serde_json::from_slice(bytes).ok()?;
    let protected = decode(&signed.signatures.first()?.protected)?;
    let protected: Protected = serde_json::from_slice(&protected).ok()?;
    let mut payload = bytes.get(..protected.format_length)?.to_vec();
    payload.extend_from_slice(&decode(&protected.format_tail)?);
    Some(payload)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_put_together_again() {
        let original = b"{\n   \"schemaVersion\": 1,\n   \"name\": \"a\"\n}";
        let length = original.len() - 2;
        let tail = URL_SAFE_NO_PAD.encode(&original[length..]);
        let protected =
            URL_SAFE_NO_PAD.encode(format!(r#"{{"formatLength":{length},"formatTail":"{tail}","time":"x"}}"#));
        let mut signed = original[..length].to_vec();
        signed.extend_from_slice(format!(",\n   \"signatures\": [{{\"protected\": \"{protected}\"}}]\n}}").as_bytes());
        assert_eq!(payload(&signed).as_deref(), Some(&original[..]));
    }

    #[test]
    fn other_documents_have_none() {
        for bytes in [&b"{}"[..], b"\"protected\"", b"{\"signatures\":[]}", b"{\"signatures\":[{\"protected\":\"!\"}]}"]
        {
            assert_eq!(payload(bytes), None);
        }
        let lying = URL_SAFE_NO_PAD.encode(r#"{"formatLength":99999,"formatTail":"Cn0"}"#);
        assert_eq!(payload(format!("{{\"signatures\":[{{\"protected\":\"{lying}\"}}]}}").as_bytes()), None);
    }
}
