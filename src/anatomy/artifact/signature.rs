//! Signatures: what they speak of. None is verified here.

use serde::{Deserialize, Serialize};

use super::envelope::{self, Envelope};
use super::read::Part;
use super::statement::Statement;
use super::{MAX_ROWS, Parsed};
use crate::oci::Digest;
use crate::oci::document::Reader;

/// cosign's payload (containers/image, `docs/containers-signature.5.md`, "simple signing").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimpleSigning {
    /// The name that the signer gave the image.
    pub docker_reference: Option<String>,
    /// The digest of what is signed.
    pub manifest_digest: Option<Digest>,
    /// `cosign container image signature`, as written.
    pub kind: Option<String>,
    /// What the signer added.
    pub optional: Vec<(String, String)>,
}

impl SimpleSigning {
    /// Reads a payload.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let mut part = Part::new(&mut reader, &object, "");
        let mut payload = Self { optional: part.flattened("optional"), ..Self::default() };
        if let Some(mut critical) = part.part("critical") {
            payload.kind = critical.text("type");
            payload.docker_reference =
                critical.part("identity").and_then(|mut identity| identity.text("docker-reference"));
            payload.manifest_digest = critical.part("image").and_then(|mut image| {
                image.required("docker-manifest-digest");
                image.reader.digest(image.object, &image.path, "docker-manifest-digest")
            });
        } else {
            part.reader.note("/critical", "the member is required and missing");
        }
        Ok((payload, reader.finish()))
    }
}

/// A sigstore bundle (sigstore/protobuf-specs, `sigstore_bundle.proto`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Its own type, which tells its version.
    pub media_type: Option<String>,
    /// What is signed.
    pub content: BundleContent,
    /// How the key is named.
    pub key: BundleKey,
    /// How many entries of a transparency log it carries.
    pub log_entries: u32,
    /// How many signed timestamps it carries.
    pub timestamps: u32,
}

/// What is signed in a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum BundleContent {
    /// A statement in an envelope.
    Envelope {
        /// The envelope.
        envelope: Envelope,
        /// Its statement, where it can be read.
        statement: Option<Box<Statement>>,
    },
    /// The digest of a message.
    Message {
        /// The algorithm, as written.
        algorithm: Option<String>,
    },
    /// Neither.
    #[default]
    Missing,
}

/// How a bundle names the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum BundleKey {
    /// By a certificate, which is not read here.
    Certificate,
    /// By a hint of whoever signed.
    Hint(Option<String>),
    /// Not at all.
    #[default]
    Missing,
}

impl Bundle {
    /// Reads a bundle and the statement in it.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let mut part = Part::new(&mut reader, &object, "");
        let mut bundle = Self { media_type: part.required("mediaType"), ..Self::default() };
        if let Some(mut material) = part.part("verificationMaterial") {
            let has = |name: &str| Reader::member(material.object, name).is_some();
            bundle.key = if has("certificate") || has("x509CertificateChain") {
                BundleKey::Certificate
            } else if has("publicKey") {
                BundleKey::Hint(material.part("publicKey").and_then(|mut key| key.text("hint")))
            } else {
                BundleKey::Missing
            };
            bundle.log_entries = count(&mut material, "tlogEntries");
            if let Some(mut data) = material.part("timestampVerificationData") {
                bundle.timestamps = count(&mut data, "rfc3161Timestamps");
            }
        } else {
            part.reader.note("/verificationMaterial", "the member is required and missing");
        }
        let envelope = part.part("dsseEnvelope").map(|mut part| Envelope::read(&mut part));
        let message = part
            .part("messageSignature")
            .map(|mut message| message.part("messageDigest").and_then(|mut digest| digest.text("algorithm")));
        let mut inner = Vec::new();
        bundle.content = match (envelope, message) {
            (Some(envelope), _) => {
                let (statement, notices) = statement_of(&envelope);
                inner = notices;
                BundleContent::Envelope { envelope, statement }
            }
            (None, Some(algorithm)) => BundleContent::Message { algorithm },
            (None, None) => {
                part.reader.note("", "the bundle holds neither an envelope nor a message's signature");
                BundleContent::Missing
            }
        };
        let mut notices = reader.finish();
        notices.extend(inner);
        Ok((bundle, notices))
    }
}

fn count(part: &mut Part<'_>, name: &str) -> u32 {
    u32::try_from(part.reader.array(part.object, &part.path, name).len()).unwrap_or(u32::MAX)
}

/// The statement in an envelope, and what is odd about it; a notice where it cannot be read.
pub(super) fn statement_of(envelope: &Envelope) -> (Option<Box<Statement>>, Vec<crate::oci::Notice>) {
    let Some(payload) = envelope.payload.as_deref().filter(|_| envelope.is_statement()) else {
        return (None, Vec::new());
    };
    match Statement::parse(payload) {
        Ok((statement, mut notices)) => {
            for notice in &mut notices {
                notice.member = format!("payload {}", notice.member);
            }
            (Some(Box::new(statement)), notices)
        }
        Err(error) => (None, vec![crate::oci::Notice { member: "payload".to_owned(), problem: error.to_string() }]),
    }
}

/// A signature of notation as a JWS (notaryproject/specifications, `signature-envelope-jws.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notation {
    /// The digest of what is signed.
    pub target: Option<Digest>,
    /// Its type.
    pub target_type: Option<String>,
    /// Its size in bytes.
    pub target_size: Option<u64>,
    /// What the signer added.
    pub annotations: Vec<(String, String)>,
    /// The algorithm, as written.
    pub algorithm: Option<String>,
    /// The scheme, as written.
    pub scheme: Option<String>,
    /// When it was signed, as the signer says.
    pub signed: Option<String>,
    /// Until when it is meant to hold, as the signer says.
    pub expires: Option<String>,
    /// How many certificates it carries.
    pub certificates: u32,
    /// The program that made it.
    pub agent: Option<String>,
}

impl Notation {
    /// Reads an envelope in JWS's JSON form.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let mut part = Part::new(&mut reader, &object, "");
        let (payload, protected) = (envelope::payload(&mut part, "payload"), envelope::payload(&mut part, "protected"));
        let mut signature = Self::default();
        if let Some(mut header) = part.part("header") {
            signature.certificates = count(&mut header, "x5c");
            signature.agent = header.text("io.cncf.notary.signingAgent");
        }
        let mut notices = reader.finish();
        notices.extend(inner(payload.as_deref(), "payload", |part| {
            let Some(mut target) = part.part("targetArtifact") else {
                part.reader.note("/targetArtifact", "the member is required and missing");
                return;
            };
            signature.target = target.reader.digest(target.object, &target.path, "digest");
            signature.target_type = target.required("mediaType");
            signature.target_size = target.reader.size(target.object, &target.path, "size");
            signature.annotations = target.pairs("annotations");
        }));
        notices.extend(inner(protected.as_deref(), "protected", |part| {
            signature.algorithm = part.required("alg");
            signature.scheme = part.text("io.cncf.notary.signingScheme");
            signature.signed =
                part.text("io.cncf.notary.signingTime").or_else(|| part.text("io.cncf.notary.authenticSigningTime"));
            signature.expires = part.text("io.cncf.notary.expiry");
        }));
        notices.truncate(2 * MAX_ROWS);
        Ok((signature, notices))
    }
}

/// Reads an object that another document carries as bytes; what is odd about it.
fn inner(bytes: Option<&[u8]>, name: &str, read: impl FnOnce(&mut Part<'_>)) -> Vec<crate::oci::Notice> {
    let Some(bytes) = bytes else { return Vec::new() };
    let mut reader = Reader::default();
    let mut notices = match reader.parse(bytes) {
        Ok(object) => {
            read(&mut Part::new(&mut reader, &object, ""));
            reader.finish()
        }
        Err(error) => vec![crate::oci::Notice { member: String::new(), problem: error.to_string() }],
    };
    for notice in &mut notices {
        notice.member = if notice.member.is_empty() { name.to_owned() } else { format!("{name} {}", notice.member) };
    }
    notices
}
