//! The settings file: TOML, with every value's place kept.

use serde::Deserialize;
use toml::Spanned;

use super::error::SettingsError;
use super::limits::LimitsTable;
use super::source::Source;

/// The file's top level.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsFile {
    pub(super) listen: Option<Spanned<String>>,
    pub(super) public_url: Option<Spanned<String>>,
    pub(super) base_path: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) allowed_hosts: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) trusted_proxies: Vec<Spanned<String>>,
    pub(super) layout: Option<Spanned<String>>,
    pub(super) docker_config: Option<Spanned<String>>,
    pub(super) certs_dir: Option<Spanned<String>>,
    pub(super) cache_dir: Option<Spanned<String>>,
    pub(super) log_format: Option<Spanned<String>>,
    pub(super) log_level: Option<Spanned<String>>,
    pub(super) metrics: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    #[serde(default)]
    pub(super) registries: Vec<RegistryTable>,
}

/// One `[[registries]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegistryTable {
    pub(super) url: Spanned<String>,
    pub(super) name: Option<Spanned<String>>,
    pub(super) pull_name: Option<Spanned<String>>,
    pub(super) username: Option<Spanned<String>>,
    pub(super) username_file: Option<Spanned<String>>,
    pub(super) username_env: Option<Spanned<String>>,
    pub(super) password_file: Option<Spanned<String>>,
    pub(super) password_env: Option<Spanned<String>>,
    pub(super) identity_token_file: Option<Spanned<String>>,
    pub(super) identity_token_env: Option<Spanned<String>>,
    pub(super) ca_file: Option<Spanned<String>>,
    pub(super) client_cert_file: Option<Spanned<String>>,
    pub(super) client_key_file: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) trusted_realms: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) trusted_redirects: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) repositories: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
}

impl SettingsFile {
    /// Reads the text.
    pub(super) fn parse(source: &Source) -> Result<Self, SettingsError> {
        toml::from_str(source.text()).map_err(|error| source.unreadable(&error))
    }
}
