//! What the operator says about one registry.

use std::path::{Path, PathBuf};

use url::Url;

use super::certificates::ClientCertificate;
use super::credentials::{Credentials, Renewal};
use super::limits::Limits;
use super::origin::Origin;
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
    /// Reads the credentials again, where they come from files.
    pub renewal: Option<Renewal>,
    /// Certificates, in PEM, that are trusted beside the system's own.
    pub ca_file: Option<PathBuf>,
    /// What Strata itself shows where the registry asks for a certificate. It is shown to the registry's own origin alone.
    pub client_certificate: Option<ClientCertificate>,
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

impl RegistrySettings {
    /// A registry read anonymously, with the usual limits.
    #[must_use]
    pub fn new(name: &str, url: Url) -> Self {
        Self {
            name: name.to_owned(),
            url,
            pull_name: None,
            credentials: None,
            renewal: None,
            ca_file: None,
            client_certificate: None,
            trusted_realms: Vec::new(),
            trusted_redirects: Vec::new(),
            repositories: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// The files that are read when a client is made of these settings: its content is a part of them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let shown = self.client_certificate.as_ref();
        let shown = shown.map(|shown| [shown.certificate_file.as_path(), shown.key_file.as_path()]);
        self.ca_file.as_deref().into_iter().chain(shown.into_iter().flatten())
    }

    /// Whether the registry cannot tell Strata from anybody else: whatever it gives, it gives to everybody who reaches it.
    pub fn is_anonymous(&self) -> bool {
        self.credentials.is_none() && self.client_certificate.is_none()
    }

    /// The name of who asks whom, as a part of cache keys (threat T-20). The URL is a part of it, since another registry may
    /// stand under the same name after the settings were read again, and so is what Strata shows of itself.
    ///
    /// # Errors
    ///
    /// Where the client certificate cannot be read.
    pub(crate) fn identity(&self) -> Result<String, String> {
        let account = self.credentials.as_ref().map(Credentials::identity).unwrap_or_default();
        let shown = self.client_certificate.as_ref().map(ClientCertificate::fingerprint).transpose()?;
        // A line break can stand in no part.
        Ok(format!("{}\n{}\n{account}\n{}", self.name, self.url, shown.unwrap_or_default()))
    }
}
