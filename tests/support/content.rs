//! What an honest registry would have, and how it answers: modelled on Distribution 2.8.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method};
use sha2::{Digest as _, Sha256};

use super::referrers::ReferrersApi;
use super::reply::Reply;

/// Repositories with their manifests and blobs.
#[derive(Default)]
pub(crate) struct Content {
    repositories: BTreeMap<String, Repository>,
    /// How it answers about referrers; as Distribution where nothing is said.
    pub(crate) referrers: ReferrersApi,
}

#[derive(Default)]
pub(super) struct Repository {
    /// In the order of their pushing, as Distribution 2.8 lists them in no order.
    tags: Vec<(String, String)>,
    pub(super) manifests: BTreeMap<String, (String, Vec<u8>)>,
    blobs: BTreeMap<String, Vec<u8>>,
    /// What its lists of referrers have besides, by subject: whatever a test wants them to claim.
    pub(super) claims: Vec<(String, serde_json::Value)>,
}

/// `sha256:` and the hash.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    let hash: Vec<_> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hash.concat())
}

impl Content {
    pub(crate) fn manifest(&mut self, repository: &str, media_type: &str, bytes: &[u8]) -> String {
        let digest = digest_of(bytes);
        self.repository(repository).manifests.insert(digest.clone(), (media_type.to_owned(), bytes.to_vec()));
        digest
    }

    pub(crate) fn tag(&mut self, repository: &str, tag: &str, digest: &str) {
        let tags = &mut self.repository(repository).tags;
        tags.retain(|(known, _)| known != tag);
        tags.push((tag.to_owned(), digest.to_owned()));
    }

    pub(crate) fn untag(&mut self, repository: &str, tag: &str) {
        self.repository(repository).tags.retain(|(known, _)| known != tag);
    }

    pub(crate) fn blob(&mut self, repository: &str, bytes: &[u8]) -> String {
        let digest = digest_of(bytes);
        self.repository(repository).blobs.insert(digest.clone(), bytes.to_vec());
        digest
    }

    pub(super) fn repository(&mut self, name: &str) -> &mut Repository {
        self.repositories.entry(name.to_owned()).or_default()
    }

    pub(crate) fn answer(&self, method: &Method, path: &str, query: &str, headers: &HeaderMap) -> Reply {
        let reply = self.route(path, query, headers);
        if *method == Method::HEAD && (path.ends_with("/tags/list") || path.ends_with("/_catalog")) {
            return Reply::status(405).header("allow", "GET");
        }
        reply.header("docker-distribution-api-version", "registry/2.0")
    }

    fn route(&self, path: &str, query: &str, headers: &HeaderMap) -> Reply {
        let Some(rest) = path.strip_prefix("/v2/") else { return not_a_route() };
        if rest.is_empty() {
            return Reply::json("{}");
        }
        if rest == "_catalog" {
            return self.catalog(query);
        }
        let Some((before, last)) = rest.rsplit_once('/') else { return not_a_route() };
        let Some((name, kind)) = before.rsplit_once('/') else { return not_a_route() };
        let repository = self.repositories.get(name);
        match (kind, last) {
            ("tags", "list") => repository.map_or_else(
                || Reply::error(404, "NAME_UNKNOWN", "repository name not known to registry"),
                |repository| {
                    let tags: Vec<_> = repository.tags.iter().map(|(tag, _)| format!("\"{tag}\"")).collect();
                    let tags = if tags.is_empty() { "null".to_owned() } else { format!("[{}]", tags.join(",")) };
                    Reply::json(format!(r#"{{"name":"{name}","tags":{tags}}}"#))
                },
            ),
            ("manifests", reference) => repository.and_then(|repository| repository.manifest(reference)).map_or_else(
                || Reply::error(404, "MANIFEST_UNKNOWN", "manifest unknown"),
                |(digest, media_type, bytes)| proved(digest, media_type, bytes, headers),
            ),
            ("blobs", digest) => repository.and_then(|repository| repository.blobs.get(digest)).map_or_else(
                || Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry"),
                |bytes| proved(digest, "application/octet-stream", bytes, headers),
            ),
            ("referrers", subject) => {
                self.referrers.answer(repository, path, subject, query).unwrap_or_else(not_a_route)
            }
            _ => not_a_route(),
        }
    }

    fn catalog(&self, query: &str) -> Reply {
        let value = |name: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
        let size = value("n").and_then(|n| n.parse().ok()).unwrap_or(100);
        let last = value("last").unwrap_or_default().replace("%2F", "/");
        let names: Vec<_> = self.repositories.keys().filter(|name| **name > last).take(size).collect();
        let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let reply = Reply::json(format!(r#"{{"repositories":[{}]}}"#, quoted.join(",")));
        match names.last() {
            Some(last) if self.repositories.keys().any(|name| name > *last) => {
                let last = last.replace('/', "%2F");
                reply.header("link", &format!("</v2/_catalog?last={last}&n={size}>; rel=\"next\""))
            }
            _ => reply,
        }
    }
}

impl Repository {
    fn manifest<'a>(&'a self, reference: &'a str) -> Option<(&'a str, &'a str, &'a [u8])> {
        let digest = if reference.contains(':') {
            reference
        } else {
            self.tags.iter().find(|(tag, _)| tag == reference).map(|(_, digest)| digest.as_str())?
        };
        self.manifests.get(digest).map(|(media_type, bytes)| (digest, media_type.as_str(), bytes.as_slice()))
    }
}

fn proved(digest: &str, media_type: &str, bytes: &[u8], headers: &HeaderMap) -> Reply {
    let etag = format!("\"{digest}\"");
    let unchanged = headers.get("if-none-match").is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let reply =
        if unchanged { Reply::status(304) } else { Reply::ok(bytes.to_vec()).header("content-type", media_type) };
    reply.header("docker-content-digest", digest).header("etag", &etag)
}

fn not_a_route() -> Reply {
    Reply::status(404).body("404 page not found\n").header("content-type", "text/plain; charset=utf-8")
}
