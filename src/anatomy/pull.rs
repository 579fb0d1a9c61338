//! Commands that fetch an image or a chart.
//!
//! They are built from checked parts only, so that no character of them means anything to a shell (V-7).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oci::{Digest, Platform, RepositoryName, Tag};

/// Where people pull from: a host, an optional port, and an optional path before all repositories.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PullHost(Box<str>);

/// Why a text is no host to pull from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a host to pull from is written host, host:port or host:port/path")]
pub struct PullHostError;

impl PullHost {
    /// The host as text, with port and path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this machine, which container engines speak plain HTTP to without being told so.
    fn is_loopback(&self) -> bool {
        let host = self.0.split('/').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        host == "localhost" || host == "[::1]" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl std::str::FromStr for PullHost {
    type Err = PullHostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (authority, path) = text.split_once('/').map_or((text, None), |(authority, path)| (authority, Some(path)));
        let valid_path = path.is_none_or(|path| path.parse::<RepositoryName>().is_ok());
        if text.len() > 255 || !is_authority(authority) || !valid_path {
            return Err(PullHostError);
        }
        Ok(Self(text.into()))
    }
}

/// `host[:port]`, the host a name, an IPv4 address or an IPv6 address in brackets.
pub(super) fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':').unwrap_or("-")) };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            (None, port)
        }
        None => text.split_once(':').map_or((Some(text), None), |(host, port)| (Some(host), Some(port))),
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with(['-', '_'])
            && !label.ends_with('-')
    };
    let valid_host = host.is_none_or(|host| host.len() <= 253 && host.split('.').all(label));
    let valid_port = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    valid_host && valid_port
}

impl fmt::Display for PullHost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for PullHost {
    type Error = PullHostError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PullHost> for String {
    fn from(host: PullHost) -> Self {
        host.0.into_string()
    }
}

/// What is fetched, and from where.
#[derive(Debug, Clone, Copy)]
pub struct PullSource<'a> {
    /// The host.
    pub host: &'a PullHost,
    /// Whether the registry speaks plain HTTP.
    pub plain_http: bool,
    /// The repository.
    pub repository: &'a RepositoryName,
    /// What in it.
    pub target: PullTarget<'a>,
    /// The one of an index's images that is wanted. Without it each tool takes the one for its own machine.
    pub platform: Option<&'a Platform>,
}

/// A tag, which can move, or a digest, which cannot.
#[derive(Debug, Clone, Copy)]
pub enum PullTarget<'a> {
    /// By tag.
    Tag(&'a Tag),
    /// By digest.
    Digest(&'a Digest),
}

/// A program that fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullTool {
    /// `docker pull`
    Docker,
    /// `podman pull`
    Podman,
    /// `nerdctl pull`
    Nerdctl,
    /// `crictl pull`
    Crictl,
    /// `skopeo copy`, into a folder
    Skopeo,
    /// `crane pull`, into a file
    Crane,
    /// A pod's `image:`
    Kubernetes,
    /// `helm pull`, for charts
    Helm,
}

/// One command, or for Kubernetes one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullCommand {
    /// The program.
    pub tool: PullTool,
    /// What to type.
    pub command: String,
    /// What has to be set up besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<PullNote>,
}

/// What a command cannot say by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullNote {
    /// Docker's daemon must be allowed plain HTTP.
    DockerInsecureRegistry,
    /// The container runtime of the node must be.
    RuntimeInsecureRegistry,
    /// Digests came with Helm 3.18.
    HelmDigest,
}

/// The commands for an image, each tool's in turn.
pub fn image_commands(source: &PullSource<'_>) -> Vec<PullCommand> {
    let reference = source.reference();
    let name = source.repository.base_name();
    let insecure = |flag: &'static str| if source.plain_http { flag } else { "" };
    let note = |note: PullNote| (source.plain_http && !source.host.is_loopback()).then_some(note);
    // Skopeo keeps a tag in the layout's index; without one the image is the layout's only one.
    let layout = match source.target {
        PullTarget::Tag(tag) => format!("oci:{name}:{tag}"),
        PullTarget::Digest(_) => format!("oci:{name}"),
    };
    let (platform, overrides) = source.platform.and_then(platform_flags).unwrap_or_default();
    let command = |tool, command, note| PullCommand { tool, command, note };
    vec![
        command(PullTool::Docker, format!("docker pull {platform}{reference}"), note(PullNote::DockerInsecureRegistry)),
        command(
            PullTool::Podman,
            format!("podman pull {}{platform}{reference}", insecure("--tls-verify=false ")),
            None,
        ),
        command(
            PullTool::Nerdctl,
            format!("nerdctl {}pull {platform}{reference}", insecure("--insecure-registry ")),
            None,
        ),
        command(PullTool::Crictl, format!("crictl pull {reference}"), note(PullNote::RuntimeInsecureRegistry)),
        command(
            PullTool::Skopeo,
            format!("skopeo {overrides}copy {}docker://{reference} {layout}", insecure("--src-tls-verify=false ")),
            None,
        ),
        command(
            PullTool::Crane,
            format!("crane pull {}{platform}{reference} {name}.tar", insecure("--insecure ")),
            None,
        ),
        command(PullTool::Kubernetes, format!("image: {reference}"), note(PullNote::RuntimeInsecureRegistry)),
    ]
}

/// What asks for a platform: `--platform …`, and the same as skopeo has it, each with a space behind it. Nothing for one
/// whose parts are more than plain words, which might mean something to a shell.
fn platform_flags(platform: &Platform) -> Option<(String, String)> {
    let Platform { os, architecture, variant, .. } = platform;
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
    };
    if ![os.as_str(), architecture].into_iter().chain(variant.as_deref()).all(is_word) {
        return None;
    }
    let mut flag = format!("--platform {os}/{architecture}");
    let mut overrides = format!("--override-os {os} --override-arch {architecture} ");
    if let Some(variant) = variant {
        flag.extend(["/", variant]);
        overrides.extend(["--override-variant ", variant, " "]);
    }
    Some((flag + " ", overrides))
}

/// The command that shows the manifest without fetching the layers.
pub fn inspect_command(source: &PullSource<'_>) -> PullCommand {
    let insecure = if source.plain_http { "--tls-verify=false " } else { "" };
    let command = format!("skopeo inspect --raw {insecure}docker://{}", source.reference());
    PullCommand { tool: PullTool::Skopeo, command, note: None }
}

/// The command for a Helm chart. A chart's version is its tag, with `+` where the tag has `_`, which tags cannot have.
pub fn chart_command(source: &PullSource<'_>) -> PullCommand {
    let insecure = if source.plain_http { " --plain-http" } else { "" };
    let (host, repository) = (source.host, source.repository);
    let (command, note) = match source.target {
        PullTarget::Tag(tag) => {
            let version = tag.as_str().replace('_', "+");
            (format!("helm pull oci://{host}/{repository} --version {version}{insecure}"), None)
        }
        PullTarget::Digest(digest) => {
            (format!("helm pull oci://{host}/{repository}@{digest}{insecure}"), Some(PullNote::HelmDigest))
        }
    };
    PullCommand { tool: PullTool::Helm, command, note }
}

impl PullSource<'_> {
    /// The whole reference, host and all.
    pub fn reference(&self) -> String {
        let (host, repository) = (self.host, self.repository);
        match self.target {
            PullTarget::Tag(tag) => format!("{host}/{repository}:{tag}"),
            PullTarget::Digest(digest) => format!("{host}/{repository}@{digest}"),
        }
    }
}

impl fmt::Display for PullTool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Nerdctl => "nerdctl",
            Self::Crictl => "crictl",
            Self::Skopeo => "skopeo",
            Self::Crane => "crane",
            Self::Kubernetes => "Kubernetes",
            Self::Helm => "helm",
        })
    }
}

impl fmt::Display for PullNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DockerInsecureRegistry => {
                "The registry speaks plain HTTP: Docker needs it under `insecure-registries` in its `daemon.json`"
            }
            Self::RuntimeInsecureRegistry => {
                "The registry speaks plain HTTP: the node's container runtime must be set up to allow that"
            }
            Self::HelmDigest => "Needs Helm 3.18 or later",
        })
    }
}

#[cfg(test)]
mod tests;
