//! What a registry is and can do, as far as it has been asked.

use serde::{Deserialize, Serialize};

use super::Failure;

/// The facts about a registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistryReport {
    /// Its URL.
    pub url: String,
    /// The account that Strata reads with; nothing where it reads anonymously.
    pub account: Option<String>,
    /// Why it could not be asked this time. Everything else is shown all the same.
    pub problem: Option<Failure>,
    /// What it can do, in a fixed order.
    pub capabilities: Vec<Capability>,
    /// The main limits in force, in a fixed order.
    pub limits: Vec<LimitRow>,
    /// State of the caches.
    pub caches: Vec<CacheRow>,
}

/// Something that a registry can do or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Its name for programs: `catalog`, `ranges`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What is known of it, as a sentence without its full stop.
    pub answer: String,
    /// Whether an answer of the registry has shown it.
    pub known: bool,
    /// The request that showed it.
    pub evidence: Option<Evidence>,
}

/// A request, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// HTTP method.
    pub method: String,
    /// The URL, without anything secret.
    pub url: String,
    /// Status codes: of redirects first, of the answer last.
    pub statuses: Vec<u16>,
    /// Milliseconds until the answer was whole, where that was kept.
    pub elapsed_ms: Option<u64>,
    /// When it was there, in seconds since 1970.
    pub at: i64,
}

/// One limit in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRow {
    /// What is limited.
    pub name: String,
    /// The value with its unit.
    pub value: String,
}

/// One cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheRow {
    /// What it keeps.
    pub name: String,
    /// How many things.
    pub entries: u64,
    /// How many bytes, where they are counted.
    pub bytes: Option<u64>,
    /// How many bytes at most.
    pub capacity: Option<u64>,
}
