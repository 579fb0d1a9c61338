//! What files of known formats hold.

use serde::{Deserialize, Serialize};

use super::EntryKind;

/// What a file of a known format holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "format", content = "value")]
pub enum Inside {
    /// JSON, to be folded.
    Json(JsonValue),
    /// Certificates. Nothing about them was verified.
    Certificates {
        /// Each of them.
        certificates: Vec<Certificate>,
        /// How many more there are, or cannot be read.
        left_out: usize,
    },
    /// Names in an archive.
    Archive {
        /// The first of them.
        entries: Vec<ArchiveEntry>,
        /// How many there are.
        count: u64,
        /// What is odd about it, as sentences.
        remarks: Vec<String>,
    },
    /// A picture that browsers draw; its download has it.
    Picture,
}

/// A value of JSON as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonValue {
    /// A text, number, `true`, `false` or `null`, or what is nested too deep to be taken apart.
    Text(String),
    /// An object or array.
    Members {
        /// Whether it is an array.
        is_list: bool,
        /// What is in it.
        members: Vec<JsonMember>,
        /// How many more members there are.
        left_out: usize,
    },
}

/// A member of an object or array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonMember {
    /// Its name in an object.
    pub name: Option<String>,
    /// What it is.
    pub value: JsonValue,
}

/// A certificate (RFC 5280 §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whom it is for.
    pub subject: String,
    /// Who has signed it, as it says.
    pub issuer: String,
    /// Whether these are the same.
    pub is_self_issued: bool,
    /// From when on it is valid, in seconds since 1970.
    pub not_before: i64,
    /// Until when.
    pub not_after: i64,
    /// Other names of whom it is for.
    pub names: Vec<String>,
    /// The kind of its key.
    pub key: String,
    /// Whether it may sign others.
    pub is_authority: bool,
    /// Its number at its issuer, in hexadecimal digits.
    pub serial: String,
    /// SHA-256 of all of it, in hexadecimal digits.
    pub sha256: String,
}

/// A name in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveEntry {
    /// The name, to be read.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes that it unpacks to, as the archive says.
    pub size: u64,
}
