//! What the operator says about one registry.

use std::path::{Path, PathBuf};

use url::Url;

use super::limits::Limits;
use super::origin::Origin;
use super::secret::Secret;
use crate::oci::RepositoryName;

/// One registry: where it is, how to sign in, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrySettings {
    /// Its name in addresses and on pages: one repository component, unique among the registries.
    pub name: String,
    /// Scheme, host, port and, where the registry lives under one, a path prefix. Without `/v2/`.
    pub url: Url,
    /// The host that people pull from, where it is not the URL's. Only shown and recognised, never asked.
    pub pull_name: Option<String>,
    /// How to sign in; nothing for an anonymous reader.
    pub credentials: Option<Credentials>,
    /// Certificates, in PEM, that are trusted beside the system's own.
    pub ca_file: Option<PathBuf>,
    /// Origins of token services that get the credentials though they are not the registry's own origin.
    /// One named here may be a private address, and plain http where it is written so.
    pub trusted_realms: Vec<Origin>,
    /// Origins that redirects may lead to though their address is not public. Credentials never go there.
    pub trusted_redirects: Vec<Origin>,
    /// Repositories by hand, for a registry without a catalog. Where there are any, the catalog is not asked for.
    pub repositories: Vec<RepositoryName>,
    /// Limits.
    pub limits: Limits,
}

/// A user name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    password: Secret,
}

impl RegistrySettings {
    /// A registry read anonymously, with the usual limits.
    #[must_use]
    pub fn new(name: &str, url: Url) -> Self {
        Self {
            name: name.to_owned(),
            url,
            pull_name: None,
            credentials: None,
            ca_file: None,
            trusted_realms: Vec::new(),
            trusted_redirects: Vec::new(),
            repositories: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// The files that are read when a client is made of these settings: its content is a part of them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.ca_file.as_deref().into_iter()
    }

    /// The name of who asks whom, as a part of cache keys (threat T-20). The URL is a part of it, since another registry may
    /// stand under the same name after the settings were read again.
    pub(crate) fn identity(&self) -> String {
        let account = self.credentials.as_ref().map(|credentials| credentials.username.as_str());
        // A line break can stand in no part.
        format!("{}\n{}\n{}", self.name, self.url, account.unwrap_or_default())
    }
}

impl Credentials {
    /// Both together.
    pub fn new(username: impl Into<String>, password: Secret) -> Self {
        Self { username: username.into(), password }
    }

    /// The password, for the one place that puts it into a header.
    pub(crate) fn password(&self) -> &Secret {
        &self.password
    }
}
