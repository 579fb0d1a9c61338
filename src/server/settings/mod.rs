//! The settings: flags, environment variables and the settings file as one.
//!
//! - [`arguments`]: flags and their environment variables; [`file`]: the settings file, with [`source`] for its lines
//! - [`registries`], [`names`], [`credentials`], [`certificates`]: the registries
//! - [`site`]: the site's own address; [`limits`]: every limit; [`network`]: addresses of proxies; [`metrics`]: where figures are
//!   served
//! - [`error`]: what is wrong, and where; [`change`]: what another reading of the settings changes

mod arguments;
mod certificates;
mod change;
mod credentials;
mod error;
mod file;
mod limits;
mod metrics;
mod names;
mod network;
mod registries;
mod site;
mod source;

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;

pub use arguments::{Arguments, Command, ConfigCommand, Environment, Invocation};
pub use error::SettingsError;
pub use limits::{LIMITS, LimitSetting, ServerLimits};
pub use metrics::MetricsPlace;
pub use network::{Network, NetworkError};

use crate::registry::{DockerConfig, RegistrySettings};
use crate::service::ServiceSettings;
use crate::view::BasePath;
use arguments::CommandLine;
use credentials::Halves;
use error::{Problems, Said, shown};
use file::SettingsFile;
use limits::{AllLimits, apply};
use source::Source;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What to show.
    pub shown: Shown,
    /// The address under which people reach Strata, with the base path.
    pub public_url: Option<Url>,
    /// The path below which all of Strata is served.
    pub base_path: BasePath,
    /// Host names that requests may name, beside localhost, addresses and the public URL's.
    pub allowed_hosts: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-` headers and `X-Request-Id` are believed.
    pub trusted_proxies: Vec<Network>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The least important lines that are written.
    pub log_level: tracing::Level,
    /// Where figures for the operator are served.
    pub metrics: MetricsPlace,
    /// Limits of the server itself.
    pub limits: ServerLimits,
    /// What pages are held to.
    pub service: ServiceSettings,
    /// Limits of a registry that the settings do not name: the embedded one.
    pub registry_limits: crate::registry::Limits,
    /// What the operator should know about files that were read.
    remarks: Vec<String>,
}

/// What Strata shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The sample registry.
    Sample,
    /// The OCI image layouts in the folders below this one.
    Layout(PathBuf),
    /// These registries; at least one.
    Registries(Vec<RegistrySettings>),
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

impl Settings {
    /// Puts flags, environment and file together. Files that the settings name are read here.
    ///
    /// # Errors
    ///
    /// [`SettingsError`], whose text says where each mistake is and what is allowed there. A file that is no TOML, or has an
    /// unknown key, ends the search.
    pub fn read(arguments: &Arguments, environment: Environment<'_>) -> Result<Self, SettingsError> {
        let line = CommandLine { arguments, environment };
        let source = line.one("--config", arguments.config.as_ref()).map(|file| Source::read(&file)).transpose()?;
        let file = source.as_ref().map(SettingsFile::parse).transpose()?.unwrap_or_default();
        let in_file = |value: &Option<_>| Some(source.as_ref()?.said(value.as_ref()?));
        let all_in_file = |values: &[_]| match &source {
            Some(source) => values.iter().map(|value| source.said(value)).collect(),
            None => Vec::<Said>::new(),
        };
        // Of a list that the command line gives, nothing is taken from the file.
        let list = |from_line: Vec<Said>, from_file: &[_]| {
            if from_line.is_empty() { all_in_file(from_file) } else { from_line }
        };

        let mut problems = Problems::default();
        let mut limits = AllLimits::default();
        if let Some(source) = &source {
            problems.take(apply(&file.limits, source, &mut limits, false));
        }
        let docker_config = match line.one("--docker-config", arguments.docker_config.as_ref()) {
            Some(said) => Some(Said::new(said.path(None), said.place)),
            None => in_file(&file.docker_config)
                .map(|said| Said::new(said.path(source.as_ref().map(Source::folder)), said.place)),
        };
        let docker_config = docker_config.and_then(|said| {
            problems.take(DockerConfig::read(&said.value).map_err(|error| said.wrong(error.to_string())))
        });

        let certs_dir = match line.one("--certs-dir", arguments.certs_dir.as_ref()) {
            Some(said) => Some(Said::new(said.path(None), said.place)),
            None => in_file(&file.certs_dir)
                .map(|said| Said::new(said.path(source.as_ref().map(Source::folder)), said.place)),
        };

        let cache_dir = match line.one("--cache-dir", arguments.cache_dir.as_ref()) {
            Some(said) => Some(said.path(None)),
            None => in_file(&file.cache_dir).map(|said| said.path(source.as_ref().map(Source::folder))),
        };
        limits.service.layers.cache_dir = cache_dir.or_else(|| usual_cache_dir(environment));

        let urls = line.many("--registry", &arguments.registries);
        let drafts = match &source {
            Some(source) if urls.is_empty() => registries::from_file(&file.registries, source, &limits),
            _ => registries::from_command_line(&urls, &line, &limits),
        };
        let mut drafts = problems.take(drafts);
        if let Some(folder) = &certs_dir {
            for draft in drafts.iter_mut().flatten() {
                problems.take(certificates::from_folder(folder, &mut draft.settings));
            }
        }
        let layout = match line.one("--layout", arguments.layout.as_ref()) {
            Some(said) => Some((said.path(None), said)),
            // A registry of the command line is stronger than a layout of the file.
            None if !urls.is_empty() => None,
            None => in_file(&file.layout).map(|said| (said.path(source.as_ref().map(Source::folder)), said)),
        };
        let mut remarks = Vec::new();
        let shown = drafts.and_then(|drafts| {
            problems.take(what_is_shown(drafts, layout, &line, docker_config.as_ref(), &mut remarks))
        });

        let listen = line.one("--listen", arguments.listen.as_ref()).or_else(|| in_file(&file.listen));
        let public_url = line.one("--public-url", arguments.public_url.as_ref()).or_else(|| in_file(&file.public_url));
        let log_format = line.one("--log-format", arguments.log_format.as_ref()).or_else(|| in_file(&file.log_format));
        let log_level = line.one("--log-level", arguments.log_level.as_ref()).or_else(|| in_file(&file.log_level));
        let hosts = list(line.many("--allowed-host", &arguments.allowed_hosts), &file.allowed_hosts);
        let proxies = list(line.many("--trusted-proxy", &arguments.trusted_proxies), &file.trusted_proxies);
        let base_path = line.one("--base-path", arguments.base_path.as_ref()).or_else(|| in_file(&file.base_path));
        let metrics = line.one("--metrics", arguments.metrics.as_ref()).or_else(|| in_file(&file.metrics));

        let listen = listen.map_or(Ok(SocketAddr::from(([127, 0, 0, 1], 3000))), |said| {
            said.parse("an address and a port, for example 127.0.0.1:3000 or [::]:8080")
        });
        let listen = problems.take(listen);
        let site = problems.take(site::read(public_url.as_ref(), base_path.as_ref()));
        let (public_url, base_path) = site.unwrap_or_default();
        let allowed_hosts = hosts.iter().filter_map(|said| problems.take(host_name(said))).collect();
        let proxy = |said: &Said| said.parse("an address or a network, for example 127.0.0.1 or 10.0.0.0/8");
        let trusted_proxies = proxies.iter().filter_map(|said| problems.take(proxy(said))).collect();
        let log_format = log_format.map(|said| said.parse("`text` or `json`"));
        let log_format = log_format.and_then(|format| problems.take(format));
        let log_level = log_level.as_ref().and_then(|said| problems.take(level(said)));
        let metrics = metrics.and_then(|said| problems.take(said.parse(metrics::ALLOWED)));
        problems.end()?;
        limits.service.public_url.clone_from(&public_url);
        Ok(Self {
            // Neither is missing where there was no mistake.
            listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000))),
            shown: shown.unwrap_or(Shown::Sample),
            public_url,
            base_path,
            allowed_hosts,
            trusted_proxies,
            log_format: log_format.unwrap_or_default(),
            log_level: log_level.unwrap_or(tracing::Level::INFO),
            metrics: metrics.unwrap_or_default(),
            limits: limits.server,
            service: limits.service,
            registry_limits: limits.registry,
            remarks,
        })
    }

    /// What an operator should know before anybody is served: dangerous combinations, as sentences.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.remarks.clone();
        let Shown::Registries(registries) = &self.shown else {
            return warnings;
        };
        let with_credentials: Vec<&str> = registries
            .iter()
            .filter(|registry| !registry.is_anonymous())
            .map(|registry| registry.name.as_str())
            .collect();
        if !with_credentials.is_empty() && !self.listen.ip().is_loopback() && self.trusted_proxies.is_empty() {
            warnings.push(format!(
                "Everyone who reaches {} sees everything that the credentials for {} can read. Strata has no sign-in of its \
                 own. Put a reverse proxy that asks who is there before it and name that proxy in `trusted_proxies`, or \
                 listen on 127.0.0.1.",
                self.listen,
                with_credentials.join(", ")
            ));
        }
        for registry in registries.iter().filter(|registry| registry.credentials.is_some()) {
            let local = match registry.url.host() {
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                Some(url::Host::Domain(name)) => name == "localhost",
                None => false,
            };
            if registry.url.scheme() == "http" && !local {
                warnings.push(format!(
                    "The password for {} goes over the network as plain text, because its URL begins with http://.",
                    registry.name
                ));
            }
        }
        warnings
    }
}

/// Registries with their names and credentials, or what stands for them.
fn what_is_shown(
    mut drafts: Vec<registries::Draft>,
    layout: Option<(PathBuf, Said)>,
    line: &CommandLine<'_>,
    docker_config: Option<&DockerConfig>,
    remarks: &mut Vec<String>,
) -> Result<Shown, SettingsError> {
    let credentials = Halves::of_command_line(line);
    match (layout, drafts.as_slice()) {
        (Some((_, said)), [_, ..]) => {
            return Err(said.wrong("a layout and registries cannot be shown together; give one of them"));
        }
        (Some((path, _)), []) => return Ok(Shown::Layout(path)),
        (None, []) => return Ok(Shown::Sample),
        (None, [_]) => {}
        (None, [_, _, ..]) => {
            if let Some(place) = credentials.place() {
                return Err(SettingsError::new(
                    place,
                    "with several registries it is not clear whose credentials these are; give them in the settings file \
                     or in docker's config.json",
                ));
            }
        }
    }
    registries::name_all(&mut drafts)?;
    let mut all = Vec::new();
    for draft in drafts {
        let mut settings = draft.settings;
        let halves = credentials.clone().or(draft.halves);
        settings.credentials = halves.read(line)?;
        settings.renewal = halves.renewal(line)?;
        if let (None, Some(config)) = (&settings.credentials, docker_config) {
            let found = config.find(&settings.url);
            settings.renewal = found.credentials.as_ref().map(|_| config.renewal(&settings.url));
            let remark = |text| format!("Docker's config.json for {}: {text}.", settings.name);
            remarks.extend(found.warnings.into_iter().map(remark));
            settings.credentials = found.credentials;
        }
        all.push(settings);
    }
    Ok(Shown::Registries(all))
}

/// Where programs of this user keep what they can make again (XDG Base Directory Specification).
fn usual_cache_dir(environment: Environment<'_>) -> Option<PathBuf> {
    let folder = |name: &str| environment(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(cache.join("strata"))
}

/// A host name as it stands in a `Host` header, without a port.
fn host_name(said: &Said) -> Result<String, SettingsError> {
    let text = said.value.trim().to_ascii_lowercase();
    let plain = !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if plain {
        return Ok(text);
    }
    Err(said.wrong(format!("`{}` is not a host name; allowed is a name without a port", shown(&said.value))))
}

fn level(said: &Said) -> Result<tracing::Level, SettingsError> {
    match said.value.trim() {
        "error" => Ok(tracing::Level::ERROR),
        "warn" => Ok(tracing::Level::WARN),
        "info" => Ok(tracing::Level::INFO),
        "debug" => Ok(tracing::Level::DEBUG),
        other => Err(said
            .wrong(format!("`{}` is not allowed here; allowed is `error`, `warn`, `info` or `debug`", shown(other)))),
    }
}

#[cfg(test)]
mod tests;
