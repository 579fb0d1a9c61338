//! DSSE envelopes: a payload and signatures over it (secure-systems-lab/dsse, `envelope.md`).

use serde::{Deserialize, Serialize};

use super::read::Part;
use super::{MAX_ROWS, Parsed, base64};
use crate::oci::document::Reader;

/// An envelope. Its signatures are not verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// What the payload is said to be.
    pub payload_type: Option<String>,
    /// How many signatures there are.
    pub signatures: u32,
    /// The names of their keys, as far as they have such.
    pub key_ids: Vec<String>,
    /// The payload, decoded; nothing where it does not decode.
    #[serde(skip)]
    pub payload: Option<Vec<u8>>,
}

impl Envelope {
    /// Reads an envelope. The payload is no longer than three quarters of it.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let envelope = Self::read(&mut Part::new(&mut reader, &object, ""));
        Ok((envelope, reader.finish()))
    }

    pub(super) fn read(part: &mut Part<'_>) -> Self {
        let payload_type = part.required("payloadType");
        let (key_ids, count) = part.list("signatures", MAX_ROWS, |part| Some(part.text("keyid")));
        let payload = payload(part, "payload");
        Self {
            payload_type,
            signatures: u32::try_from(count).unwrap_or(u32::MAX),
            key_ids: key_ids.into_iter().flatten().collect(),
            payload,
        }
    }

    /// Whether the payload is an in-toto statement.
    pub fn is_statement(&self) -> bool {
        self.payload_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("application/vnd.in-toto+json"))
    }
}

/// The bytes of a member in base 64, noted where there are none.
pub(super) fn payload(part: &mut Part<'_>, name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/{name}", part.path);
    if Reader::member(part.object, name).is_none() {
        part.reader.note(&path, "the member is required and missing");
    }
    let text = part.reader.string(part.object, &part.path, name)?;
    let bytes = base64::decode(&text);
    if bytes.is_none() {
        part.reader.note(&path, "the text is not base 64");
    }
    bytes
}
