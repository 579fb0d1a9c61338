//! Platforms: `os/architecture[/variant]` (image-spec, image-index.md, `platform`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest text of a platform's member that a document's reader keeps, in bytes. The longest in use are versions of Windows.
pub const MAX_TEXT: usize = 256;
/// Most features that a document's reader keeps. One is known: `win32k`.
pub const MAX_FEATURES: usize = 16;

/// Where an image runs. Values are open strings, in practice Go's names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Platform {
    /// Operating system, `linux` mostly. Empty where the document leaves it out.
    pub os: String,
    /// Processor architecture, `amd64` mostly. Empty where the document leaves it out.
    pub architecture: String,
    /// Variant of the architecture, as `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Version of the operating system; Windows images need it.
    #[serde(default, rename = "os.version", skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    /// Features that the operating system must have.
    #[serde(default, rename = "os.features", skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
}

/// Why a text is no platform.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a platform is written os/architecture or os/architecture/variant, for example linux/arm64/v8")]
pub struct PlatformError;

impl Platform {
    /// A platform of these three parts.
    #[must_use]
    pub fn new(os: &str, architecture: &str, variant: Option<&str>) -> Self {
        Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.map(str::to_owned),
            ..Self::default()
        }
    }

    /// `unknown/unknown`, as attestation manifests in an index are marked.
    pub fn is_unknown(&self) -> bool {
        self.os == "unknown" && self.architecture == "unknown"
    }

    /// The form in which two platforms are compared: lower case, usual names, the default variant dropped.
    ///
    /// The rules are those of containerd's `platforms.Normalize`: see the facts' table of variants.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let os = match self.os.to_ascii_lowercase().as_str() {
            "macos" => "darwin".to_owned(),
            other => other.to_owned(),
        };
        let variant = self.variant.as_deref().unwrap_or_default().to_ascii_lowercase();
        let (architecture, variant) = match (self.architecture.to_ascii_lowercase().as_str(), variant.as_str()) {
            ("aarch64" | "arm64", "8" | "v8" | "") => ("arm64".to_owned(), String::new()),
            ("aarch64" | "arm64", other) => ("arm64".to_owned(), other.to_owned()),
            ("x86_64" | "x86-64" | "amd64", "v1" | "") => ("amd64".to_owned(), String::new()),
            ("x86_64" | "x86-64" | "amd64", other) => ("amd64".to_owned(), other.to_owned()),
            ("i386" | "i686", other) => ("386".to_owned(), other.to_owned()),
            ("armhf", _) | ("arm", "" | "7") => ("arm".to_owned(), "v7".to_owned()),
            ("armel", _) | ("arm", "6") => ("arm".to_owned(), "v6".to_owned()),
            ("arm", "5") => ("arm".to_owned(), "v5".to_owned()),
            ("arm", "8") => ("arm".to_owned(), "v8".to_owned()),
            (architecture, other) => (architecture.to_owned(), other.to_owned()),
        };
        Self {
            os,
            architecture,
            variant: (!variant.is_empty()).then_some(variant),
            os_version: self.os_version.clone(),
            os_features: self.os_features.clone(),
        }
    }

    /// Whether both mean the same os, architecture and variant, however written.
    pub fn matches(&self, other: &Self) -> bool {
        let (left, right) = (self.normalized(), other.normalized());
        left.os == right.os && left.architecture == right.architecture && left.variant == right.variant
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let (Some(os), Some(architecture), variant, None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(PlatformError);
        };
        let valid = |part: &str| {
            !part.is_empty() && part.len() <= 64 && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
        };
        if !valid(os) || !valid(architecture) || !variant.is_none_or(valid) {
            return Err(PlatformError);
        }
        Ok(Self::new(os, architecture, variant))
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_unknown = |part: &str| if part.is_empty() { "unknown".to_owned() } else { part.to_owned() };
        write!(formatter, "{}/{}", or_unknown(&self.os), or_unknown(&self.architecture))?;
        if let Some(variant) = &self.variant {
            write!(formatter, "/{variant}")?;
        }
        Ok(())
    }
}
