//! What the registry says about referrers: its API in several forms, the fallback tag, and lists that lie.

use serde_json::{Value, json};

use super::content::{Content, Repository};
use super::reply::Reply;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const EMPTY_DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// How the API answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum ReferrersApi {
    /// 404, as Distribution does.
    #[default]
    Absent,
    /// As the specification says.
    Offered {
        /// Whether it filters by artifact type, and says so.
        filters: bool,
        /// How many descriptors one page has.
        page: usize,
    },
    /// 200, but a document of another type.
    WrongType,
}

impl ReferrersApi {
    pub(super) fn answer(
        self,
        repository: Option<&Repository>,
        path: &str,
        subject: &str,
        query: &str,
    ) -> Option<Reply> {
        match self {
            Self::Absent => None,
            Self::WrongType => Some(Reply::json(r#"{"welcome":"to this registry"}"#)),
            Self::Offered { filters, page } => {
                let value = |name: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
                let wanted = value("artifactType").map(|kind| kind.replace("%2F", "/").replace("%2B", "+"));
                let mut all = repository.map(|repository| repository.referrers(subject)).unwrap_or_default();
                if let Some(wanted) = wanted.as_ref().filter(|_| filters) {
                    all.retain(|descriptor| descriptor["artifactType"] == **wanted);
                }
                let start: usize = value("start").and_then(|start| start.parse().ok()).unwrap_or(0);
                let rest = all.len().saturating_sub(start + page);
                let shown: Vec<_> = all.into_iter().skip(start).take(page).collect();
                let mut reply = Reply::ok(index(&shown)).header("content-type", INDEX);
                if filters && wanted.is_some() {
                    reply = reply.header("oci-filters-applied", "artifactType");
                }
                if rest > 0 {
                    let kept = value("artifactType").map(|kind| format!("&artifactType={kind}")).unwrap_or_default();
                    let next = start + page;
                    reply = reply.header("link", &format!("<{path}?start={next}{kept}>; rel=\"next\""));
                }
                Some(reply)
            }
        }
    }
}

impl Content {
    /// Adds an artifact that points at a subject, and gives its digest.
    pub(crate) fn refer(&mut self, repository: &str, subject: &str, artifact_type: &str, note: &str) -> String {
        let size = self.size_of(repository, subject);
        let artifact = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": artifact_type,
            "config": { "mediaType": EMPTY, "digest": EMPTY_DIGEST, "size": 2 },
            "layers": [{ "mediaType": EMPTY, "digest": EMPTY_DIGEST, "size": 2 }],
            "subject": { "mediaType": MANIFEST, "digest": subject, "size": size },
            "annotations": { "org.opencontainers.image.created": "2026-10-01T06:00:00Z", "note": note },
        });
        self.manifest(repository, MANIFEST, artifact.to_string().as_bytes())
    }

    /// Lets lists of a subject's referrers claim this, true or not.
    pub(crate) fn claim(&mut self, repository: &str, subject: &str, descriptor: Value) {
        self.repository(repository).claims.push((subject.to_owned(), descriptor));
    }

    /// Writes a subject's referrers under their fallback tag, as clients do where there is no API.
    pub(crate) fn write_fallback_tag(&mut self, repository: &str, subject: &str) {
        let list = index(&self.repository(repository).referrers(subject));
        let digest = self.manifest(repository, INDEX, list.as_bytes());
        let (algorithm, encoded) = subject.split_once(':').unwrap();
        self.tag(repository, &format!("{algorithm}-{}", &encoded[..64]), &digest);
    }

    fn size_of(&mut self, repository: &str, digest: &str) -> usize {
        self.repository(repository).manifests.get(digest).map_or(0, |(_, bytes)| bytes.len())
    }
}

impl Repository {
    fn referrers(&self, subject: &str) -> Vec<Value> {
        let real = self.manifests.iter().filter_map(|(digest, (media_type, bytes))| {
            let manifest: Value = serde_json::from_slice(bytes).ok()?;
            (manifest["subject"]["digest"] == subject).then(|| {
                json!({
                    "mediaType": media_type, "digest": digest, "size": bytes.len(),
                    "artifactType": manifest["artifactType"], "annotations": manifest["annotations"],
                })
            })
        });
        let claims = self.claims.iter().filter(|(about, _)| about == subject).map(|(_, claim)| claim.clone());
        real.chain(claims).collect()
    }
}

fn index(descriptors: &[Value]) -> String {
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": descriptors }).to_string()
}
