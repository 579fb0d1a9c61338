//! The payload of Docker's signed schema 1 manifests, by which alone their digest is computed.
//!
//! The signatures stand inside the document. Each one's protected header says where the payload was cut to insert them
//! (`formatLength`), and what stood behind the cut (`formatTail`): the format of libtrust's "pretty" signatures.
//!
//! Both figures come from the document that they are to prove. So they are believed only where the document is the payload
//! with one more member, `signatures`, before its closing brace. Otherwise a document could carry any other one in its tail and
//! pass as that (threat T-13).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
struct Signed {
    signatures: Vec<Signature>,
}

/// What stands between the payload's two parts, by itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inserted {
    #[serde(rename = "signatures")]
    _signatures: Vec<IgnoredAny>,
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
    let tail = decode(&protected.format_tail)?;
    let (beginning, end) = bytes.split_at_checked(protected.format_length)?;
    // libtrust cuts before the closing brace, and writes the brace anew with white space of its own.
    if !before_brace(&tail)?.is_empty() || !is_signatures(before_brace(end)?) {
        return None;
    }
    let mut payload = beginning.to_vec();
    payload.extend_from_slice(&tail);
    // Else the cut may stand in the middle of a text, and what is shown be another document than what was signed.
    serde_json::from_slice::<IgnoredAny>(&payload).ok()?;
    Some(payload)
}

/// What stands before the closing brace at the end, without the white space around both.
fn before_brace(bytes: &[u8]) -> Option<&[u8]> {
    Some(bytes.trim_ascii_end().strip_suffix(b"}")?.trim_ascii_end())
}

/// Whether this is a comma and one member of an object, the signatures.
fn is_signatures(inserted: &[u8]) -> bool {
    inserted.trim_ascii_start().strip_prefix(b",").is_some_and(|member| {
        let object = [b"{", member, b"}"].concat();
        serde_json::from_slice::<Inserted>(&object).is_ok()
    })
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

    fn protected(length: usize, tail: &[u8]) -> String {
        let tail = URL_SAFE_NO_PAD.encode(tail);
        URL_SAFE_NO_PAD.encode(format!(r#"{{"formatLength":{length},"formatTail":"{tail}"}}"#))
    }

    #[test]
    fn both_ways_to_write_it_are_read() {
        let signed = |middle: &str, tail: &[u8]| {
            let protected = protected(7, tail);
            format!("{{\"a\": 1{}", middle.replace("HERE", &protected)).into_bytes()
        };
        for (middle, tail) in [
            (",\n   \"signatures\": [{\"protected\": \"HERE\"}]\n}", "\n}"),
            (",\"signatures\":[{\"header\":{},\"protected\":\"HERE\"},{\"protected\":\"\"}]}", "}"),
            (",\"signatures\":[{\"protected\":\"HERE\"}]\n\n}\n", " }\n"),
        ] {
            let expected = format!("{{\"a\": 1{tail}");
            assert_eq!(payload(&signed(middle, tail.as_bytes())).unwrap(), expected.as_bytes(), "{middle}");
        }
    }

    /// Before the piece between the two parts was looked at, all of these passed as what they are not.
    #[test]
    fn what_the_signatures_say_of_themselves_proves_nothing() {
        let real = b"{\"name\":\"real\"}";
        // The real document as the tail of another one.
        let forged = format!("{{\"name\":\"forged\",\"signatures\":[{{\"protected\":\"{}\"}}]}}", protected(0, real));
        assert_eq!(payload(forged.as_bytes()), None);
        // Behind white space, and with its beginning in place.
        let forged = format!("  {forged}");
        assert_eq!(payload(forged.as_bytes()), None);
        let beginning = r#"{"name":""#;
        for forged in [
            // The cut in the middle of a text.
            format!("{beginning}forged\",\"signatures\":[{{\"protected\":\"{}\"}}]}}", protected(9, b"real\"}")),
            format!("{beginning},\",\"signatures\":[{{\"protected\":\"{}\"}}]}}", protected(9, b"real\"}")),
        ] {
            assert_eq!(payload(forged.as_bytes()), None, "{forged}");
        }
        // More members than the signatures, before, behind and within.
        let cut = real.len() - 1;
        let protected = protected(cut, b"}");
        for inserted in [
            format!(r#","tag":"x","signatures":[{{"protected":"{protected}"}}]"#),
            format!(r#","signatures":[{{"protected":"{protected}"}}],"tag":"x""#),
            format!(r#","signatures":[{{"protected":"{protected}"}}],"signatures":[]"#),
        ] {
            let forged = format!("{{\"name\":\"real\"{inserted}}}");
            assert_eq!(payload(forged.as_bytes()), None, "{forged}");
        }
        let right = format!("{{\"name\":\"real\",\"signatures\":[{{\"protected\":\"{protected}\"}}]}}");
        assert_eq!(payload(right.as_bytes()).unwrap(), real);
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
