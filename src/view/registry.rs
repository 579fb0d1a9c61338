//! What a registry is and can do, as far as it has been asked.

use serde::{Deserialize, Serialize};

/// The facts about a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryReport {
    /// Its URL.
    pub url: String,
    /// `Docker-Distribution-Api-Version`, if it says one.
    pub api_version: Option<String>,
    /// How it asks for credentials: `none`, `Basic`, `Bearer, from https://…`.
    pub authentication: String,
    /// Whether it lists its repositories, as a sentence.
    pub catalog: String,
    /// The account that Strata reads with; nothing where it reads anonymously.
    pub account: Option<String>,
    /// Every limit in force: what it limits, its value with its unit, and its setting.
    pub limits: Vec<LimitRow>,
    /// State of the caches.
    pub caches: Vec<CacheRow>,
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
