//! `/-/api/registries`

use serde::Serialize;

use super::Asked;
use super::answer::{Answer, RegistryBody, document, rfc3339};
use crate::view::registry::Capability;

#[derive(Debug, Serialize)]
struct Body<'a> {
    registries: Vec<Known<'a>>,
}

/// A registry with what its answers have shown so far. Nothing is asked for it.
#[derive(Debug, Serialize)]
struct Known<'a> {
    #[serde(flatten)]
    facts: RegistryBody<'a>,
    capabilities: Vec<Shown>,
}

/// One capability.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    answer: String,
    known: bool,
    evidence: Option<Request>,
}

/// The request that showed it.
#[derive(Debug, Serialize)]
struct Request {
    method: String,
    url: String,
    statuses: Vec<u16>,
    elapsed_ms: Option<u64>,
    at: Option<String>,
}

impl From<Capability> for Shown {
    fn from(capability: Capability) -> Self {
        Self {
            name: capability.id,
            answer: capability.answer,
            known: capability.known,
            evidence: capability.evidence.map(|evidence| Request {
                method: evidence.method,
                url: evidence.url,
                statuses: evidence.statuses,
                elapsed_ms: evidence.elapsed_ms,
                at: rfc3339(evidence.at),
            }),
        }
    }
}

/// Every registry of the settings, in their order.
pub(super) async fn list(Asked { api, .. }: Asked) -> Answer {
    let list = api.service.registries();
    let known = list.registries.iter().map(|facts| Known {
        facts: RegistryBody::from(facts),
        capabilities: api.service.known_capabilities(&facts.name).into_iter().map(Shown::from).collect(),
    });
    Ok(document(&Body { registries: known.collect() }))
}
