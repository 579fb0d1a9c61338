//! The tags that cosign wrote before there were referrers: `sha256-<hex>.sig`, `.att`, `.sbom`.
//!
//! Nothing lists them for a subject, so that each is asked for by its name: three `HEAD`s, never without a reader's wish.

use std::sync::Arc;

use futures::future::join_all;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, StatusCode};

use super::super::client::ManifestReference;
use super::super::document::{content_type, reported_digest};
use super::super::documents::Documents;
use super::super::error::Error;
use super::super::exchange::refusal;
use super::super::request::Request;
use super::super::scope::Scope;
use super::names;
use super::support::Asked;
use crate::oci::{Digest, MediaType, RepositoryName, Tag};

/// What a tag of cosign's holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompanionRole {
    /// `.sig`: signatures.
    Signature,
    /// `.att`: attestations.
    Attestation,
    /// `.sbom`: a bill of materials.
    Sbom,
}

/// One of cosign's tags that is there. What a `HEAD` says is reported, not proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// The tag.
    pub tag: Tag,
    /// What it holds, by its name.
    pub role: CompanionRole,
    /// The digest that the registry states, if it does.
    pub digest: Option<Digest>,
    /// What the registry calls it.
    pub media_type: MediaType,
    /// The size of its manifest in bytes, if the registry states it.
    pub size: Option<u64>,
}

/// Which of cosign's tags there are for one subject.
#[derive(Debug, Clone)]
pub struct Companions {
    /// Those that there are.
    pub found: Arc<[Companion]>,
    /// Why not all could be asked for.
    pub stopped: Option<Error>,
    /// What was asked, whenever that was.
    pub asked: Arc<[Asked]>,
}

impl CompanionRole {
    /// Every one, in the order in which they are asked for.
    pub const ALL: [Self; 3] = [Self::Signature, Self::Attestation, Self::Sbom];

    fn ending(self) -> &'static str {
        match self {
            Self::Signature => "sig",
            Self::Attestation => "att",
            Self::Sbom => "sbom",
        }
    }
}

impl Companions {
    /// What they take in memory, in bytes.
    pub(super) fn weight(&self) -> usize {
        let asked: usize = self.asked.iter().map(|asked| asked.url.len() + asked.outcome.len() + 100).sum();
        500 + self.found.len() * 700 + asked
    }
}

/// Asks for all three at the same time. For a digest that is too long for cosign's tags nothing is asked.
pub(super) async fn look_up(
    documents: &Documents,
    request: &Request,
    repository: &RepositoryName,
    subject: &Digest,
) -> Result<Companions, Error> {
    let prefix = names::prefix(subject);
    let tags = CompanionRole::ALL.into_iter().filter_map(|role| Some((role, companion_tag(&prefix, role)?)));
    let answers = join_all(tags.map(|(role, tag)| ask(documents, request, repository, role, tag))).await;
    let (mut found, mut asked, mut stopped) = (Vec::new(), Vec::new(), None);
    for answer in answers {
        match answer {
            Ok((companion, question)) => {
                found.extend(companion);
                asked.push(question);
            }
            Err(error) => stopped = stopped.or(Some(error)),
        }
    }
    match stopped {
        Some(error) if asked.is_empty() => Err(error),
        stopped => Ok(Companions { found: found.into(), stopped, asked: asked.into() }),
    }
}

fn companion_tag(prefix: &str, role: CompanionRole) -> Option<Tag> {
    format!("{prefix}.{}", role.ending()).parse().ok()
}

async fn ask(
    documents: &Documents,
    request: &Request,
    repository: &RepositoryName,
    role: CompanionRole,
    tag: Tag,
) -> Result<(Option<Companion>, Asked), Error> {
    let mut outgoing = documents.outgoing(repository, &ManifestReference::Tag(tag.clone()))?;
    outgoing.method = Method::HEAD;
    let incoming = documents.exchange.ask(request, &Scope::Pull(repository.clone()), outgoing).await?;
    match incoming.status {
        StatusCode::OK => {
            incoming.note("there; what it says of itself is reported, not proved", None);
            let companion = Companion {
                tag,
                role,
                digest: reported_digest(&incoming.headers),
                media_type: content_type(&incoming.headers),
                size: content_length(&incoming.headers),
            };
            Ok((Some(companion), Asked::new(&incoming.request, "there")))
        }
        StatusCode::NOT_FOUND => Ok((None, Asked::new(&incoming.request, "not there"))),
        _ => Err(refusal(incoming, None)),
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
