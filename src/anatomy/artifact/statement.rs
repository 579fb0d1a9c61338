//! in-toto statements: what somebody says about things that are named by their digests (in-toto/attestation, `spec/v1`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::indented::indented;
use super::provenance::Provenance;
use super::read::Part;
use super::sbom::Sbom;
use super::{MAX_ROWS, Parsed};
use crate::oci::Digest;
use crate::oci::document::Reader;

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// `https://in-toto.io/Statement/v1` or an earlier one, as written.
    pub statement_type: Option<String>,
    /// What kind of statement it is, as written.
    pub predicate_type: Option<String>,
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// How many subjects there are, those that are left out among them.
    pub subject_count: u32,
    /// What it says.
    pub predicate: Predicate,
}

/// Something that a statement is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub name: Option<String>,
    /// Its digests: algorithm and hexadecimal text.
    pub digests: Vec<(String, String)>,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum Predicate {
    /// How something was built.
    Provenance(Box<Provenance>),
    /// What something is made of.
    Sbom(Box<Sbom>),
    /// Anything else, as indented JSON, cut at [`MAX_FILE`](super::MAX_FILE).
    Other {
        /// The text.
        text: String,
        /// How many bytes of it are left out.
        left_out: u64,
    },
    /// There is none.
    Missing,
}

/// How a statement's subjects and the image that it was found at go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectMatch {
    /// A subject has the image's digest.
    Same,
    /// No subject has it: the statement speaks of something else.
    Different,
    /// Not all subjects are read, and none of those has it.
    Unknown,
}

impl Subject {
    /// Its digest by one of the registered algorithms, sha256 first.
    pub fn digest(&self) -> Option<Digest> {
        let by = |wanted: &str| self.digests.iter().find(|(algorithm, _)| algorithm == wanted);
        let (algorithm, encoded) = by("sha256").or_else(|| by("sha512"))?;
        format!("{algorithm}:{encoded}").parse().ok()
    }

    /// Whether it is named by this digest.
    pub fn is(&self, digest: &Digest) -> bool {
        let same = |(algorithm, encoded): &(String, String)| {
            algorithm == digest.algorithm_name() && encoded.eq_ignore_ascii_case(digest.encoded())
        };
        self.digests.iter().any(same)
    }
}

impl Statement {
    /// Reads a statement.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let mut part = Part::new(&mut reader, &object, "");
        let statement_type = part.required("_type");
        let predicate_type = part.required("predicateType");
        if let Some(text) = statement_type.as_deref().filter(|text| !text.starts_with("https://in-toto.io/Statement/"))
        {
            let problem = format!("`{text}` is not a type of statement that is known here");
            part.reader.note("/_type", problem);
        }
        let (subjects, count) = part
            .list("subject", MAX_ROWS, |part| Some(Subject { name: part.text("name"), digests: part.pairs("digest") }));
        if count == 0 {
            part.reader.note("/subject", "the statement is about nothing");
        }
        let predicate = Predicate::read(&mut part, predicate_type.as_deref().unwrap_or_default());
        let subject_count = u32::try_from(count).unwrap_or(u32::MAX);
        let statement = Self { statement_type, predicate_type, subjects, subject_count, predicate };
        Ok((statement, reader.finish()))
    }

    /// Whether it speaks of the image with this digest.
    pub fn speaks_of(&self, digest: &Digest) -> SubjectMatch {
        if self.subjects.iter().any(|subject| subject.is(digest)) {
            SubjectMatch::Same
        } else if usize::try_from(self.subject_count).is_ok_and(|count| count > self.subjects.len()) {
            SubjectMatch::Unknown
        } else {
            SubjectMatch::Different
        }
    }
}

impl Predicate {
    fn read(part: &mut Part<'_>, predicate_type: &str) -> Self {
        let Some(value) = Reader::member(part.object, "predicate") else {
            part.reader.note("/predicate", "the member is required and missing");
            return Self::Missing;
        };
        let kind = predicate_type.to_ascii_lowercase();
        if let Value::Object(object) = value {
            let mut inner = Part::new(part.reader, object, "/predicate");
            if kind.starts_with("https://slsa.dev/provenance/") {
                return Self::Provenance(Box::new(Provenance::read(&mut inner, &kind)));
            }
            if let Some(sbom) = Sbom::read(&mut inner) {
                return Self::Sbom(Box::new(sbom));
            }
        }
        let (text, left_out) = indented(value);
        Self::Other { text, left_out }
    }
}
