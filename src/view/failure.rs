//! A page that could not be built: what happened, to which request, and what to do.

use serde::{Deserialize, Serialize};

use super::{RegistryFacts, Trace};
use crate::oci::Digest;

/// Everything that an error page says. The JSON API says `code`, `message` and `request` of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// HTTP status of the page.
    pub status: u16,
    /// Stable name of the case.
    pub code: FailureCode,
    /// Who answered how, beside the status: `registry.example answered, but not with what was asked for`.
    pub source: String,
    /// The page's heading, a sentence without its full stop.
    pub heading: String,
    /// What it means, in one or two sentences.
    pub explanation: String,
    /// What stands against what.
    pub facts: Vec<Fact>,
    /// The request that failed, where one was made.
    pub request: Option<FailedRequest>,
    /// The registry's own words, made visible and clipped.
    pub registry_messages: Vec<String>,
    /// What the reader can do.
    pub advice: Vec<Advice>,
    /// Under which the operator finds the log line.
    pub request_id: String,
    /// Seconds after which the page asks again by itself.
    pub refresh_after: Option<u32>,
    /// The registry, where one is known.
    pub registry: Option<RegistryFacts>,
    /// What was asked before it failed.
    pub trace: Trace,
}

/// Stable names of what can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The address or an argument breaks the grammar.
    InvalidRequest,
    /// There is no such page.
    UnknownPage,
    /// No registry of that name is configured.
    UnknownRegistry,
    /// The registry knows no such repository, or shows it to others only.
    RepositoryNotFound,
    /// The registry has no such tag or digest.
    ManifestNotFound,
    /// A manifest names it, the registry does not have it.
    BlobNotFound,
    /// The registry asks for other credentials.
    Unauthorized,
    /// The registry refuses the account.
    Denied,
    /// The registry asks for patience.
    RateLimited,
    /// The registry does not offer this.
    NotOffered,
    /// The registry answered with an error of its own.
    RegistryError,
    /// The registry sent other bytes than the digest names.
    DigestMismatch,
    /// The registry sent another number of bytes than its manifest says.
    SizeMismatch,
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer makes no sense.
    InvalidResponse,
    /// The document could mean several things and is not interpreted.
    AmbiguousDocument,
    /// The registry sent the request elsewhere than allowed.
    RedirectRefused,
    /// The registry asked for credentials on behalf of a host that is not trusted.
    RealmRefused,
    /// The registry did not answer in time.
    Timeout,
    /// The registry cannot be reached.
    Unreachable,
    /// The answer is still being read.
    StillReading,
    /// Strata itself failed.
    Internal,
}

/// Something that stands beside something else on an error page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// `Asked for`, `Bytes received`.
    pub label: String,
    /// What stands there.
    pub value: FactValue,
    /// A word about it.
    pub remark: Option<Remark>,
}

/// The value of a [`Fact`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// A digest, shown with its colour.
    Digest(Digest),
    /// Anything else.
    Text(String),
}

/// A word about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The bytes were hashed and are these.
    Verified,
    /// Only a header said so.
    Reported,
    /// It is not what it should be.
    Mismatch,
}

/// The request that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRequest {
    /// HTTP method.
    pub method: String,
    /// The whole URL, without anything secret.
    pub url: String,
    /// Status codes, of redirects first; empty where no answer came.
    pub statuses: Vec<u16>,
    /// `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// Bytes read of the body.
    pub bytes: u64,
    /// Milliseconds it took.
    pub elapsed_ms: u64,
    /// A command that asks the same.
    pub curl: String,
}

/// One thing that a reader can do, with or without a link that does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The sentence before the link.
    pub text: String,
    /// The link's words and its path on this site.
    pub link: Option<(String, String)>,
}
