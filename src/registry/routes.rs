//! The addresses of a registry, built from parts that have passed their grammar (threat T-11).

use url::Url;

use super::client::ManifestReference;
use super::error::Error;
use crate::oci::{Digest, MediaType, RepositoryName};

/// The addresses of one registry.
#[derive(Debug, Clone)]
pub(crate) struct Routes {
    base: Url,
    /// The path of `/v2/`, with the registry's prefix before it.
    root: String,
}

impl Routes {
    pub(crate) fn new(url: &Url) -> Self {
        let root = format!("{}/v2/", url.path().trim_end_matches('/'));
        Self { base: url.clone(), root }
    }

    /// `/v2/`
    pub(crate) fn probe(&self) -> Result<Url, Error> {
        self.build("")
    }

    /// `/v2/_catalog`
    pub(crate) fn catalog(&self) -> Result<Url, Error> {
        self.build("_catalog")
    }

    /// `/v2/_oci/ext/discover`
    pub(crate) fn extensions(&self) -> Result<Url, Error> {
        self.build("_oci/ext/discover")
    }

    /// `/v2/{repository}/tags/list`
    pub(crate) fn tags(&self, repository: &RepositoryName) -> Result<Url, Error> {
        self.build(&format!("{repository}/tags/list"))
    }

    /// `/v2/{repository}/manifests/{reference}`
    pub(crate) fn manifest(&self, repository: &RepositoryName, reference: &ManifestReference) -> Result<Url, Error> {
        self.build(&format!("{repository}/manifests/{reference}"))
    }

    /// `/v2/{repository}/blobs/{digest}`
    pub(crate) fn blob(&self, repository: &RepositoryName, digest: &Digest) -> Result<Url, Error> {
        self.build(&format!("{repository}/blobs/{digest}"))
    }

    /// `/v2/{repository}/referrers/{digest}`, of one artifact type or of all
    pub(crate) fn referrers(
        &self,
        repository: &RepositoryName,
        subject: &Digest,
        artifact_type: Option<&MediaType>,
    ) -> Result<Url, Error> {
        let mut url = self.build(&format!("{repository}/referrers/{subject}"))?;
        if let Some(artifact_type) = artifact_type {
            url.query_pairs_mut().append_pair("artifactType", artifact_type.as_str());
        }
        Ok(url)
    }

    fn build(&self, rest: &str) -> Result<Url, Error> {
        let path = format!("{}{rest}", self.root);
        let mut url = self.base.clone();
        url.set_path(&path);
        // The grammar leaves nothing that a URL would escape, resolve or drop. Should that ever change, nothing is sent.
        if url.path() == path {
            Ok(url)
        } else {
            Err(Error::NotFetchable(format!("`{rest}` cannot be written as a path")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_may_live_under_a_prefix() {
        for (base, expected) in [
            ("https://h", "https://h/v2/"),
            ("https://h/", "https://h/v2/"),
            ("http://h:5000/artifactory/api/docker/key", "http://h:5000/artifactory/api/docker/key/v2/"),
            ("http://h/a%20b/", "http://h/a%20b/v2/"),
        ] {
            let routes = Routes::new(&Url::parse(base).unwrap());
            let tags = routes.tags(&"tags/list".parse().unwrap()).unwrap();
            assert_eq!(tags.as_str(), format!("{expected}tags/list/tags/list"));
            assert_eq!(routes.probe().unwrap().as_str(), expected);
        }
    }

    #[test]
    fn references_stand_unescaped() {
        let routes = Routes::new(&Url::parse("https://h").unwrap());
        let digest = format!("sha256:{}", "0".repeat(64));
        let reference = ManifestReference::Digest(digest.parse().unwrap());
        let url = routes.manifest(&"a/b__c".parse().unwrap(), &reference).unwrap();
        assert_eq!(url.as_str(), format!("https://h/v2/a/b__c/manifests/{digest}"));
    }
}
