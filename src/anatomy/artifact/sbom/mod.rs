//! Bills of materials: what something is made of, in three formats, shown alike.

mod cyclonedx;
mod spdx;
mod syft;

use serde::{Deserialize, Serialize};

use super::Parsed;
use super::read::{Part, clipped};
use crate::oci::document::{DocumentError, Reader};

/// Longest text of a package's row, in bytes.
const MAX_CELL: usize = 400;

/// A bill of materials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sbom {
    /// The format and its version: `SPDX 2.3`.
    pub format: String,
    /// What it is about.
    pub name: Option<String>,
    /// The version of that.
    pub version: Option<String>,
    /// When it was made, as written.
    pub created: Option<String>,
    /// The document's own name in the world: a namespace or serial number.
    pub identity: Option<String>,
    /// What made it.
    pub tools: Vec<String>,
    /// How many packages it lists, those that are not read among them.
    pub package_count: u32,
    /// Packages by name: those that are read, or of them those that are [shown](Self::narrow).
    pub packages: Vec<Package>,
    /// Which part of the packages stands in `packages`.
    pub shown: Window,
}

/// One package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// What kind of package it is: `deb`, `npm`, `library`.
    pub kind: Option<String>,
    /// Its licence, as the document states it.
    pub licence: Option<String>,
    /// Its package URL.
    pub purl: Option<String>,
}

/// A part of a list of packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Only packages with this text in a name, version, kind, licence or URL; empty for all.
    pub filter: String,
    /// How many packages have it.
    pub matching: u32,
    /// How many of those stand before the first one.
    pub from: u32,
}

impl Sbom {
    /// Reads a bill of materials of any known format.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let sbom = Self::read(&mut Part::new(&mut reader, &object, ""));
        match sbom {
            Some(sbom) => Ok((sbom, reader.finish())),
            None => Err(DocumentError::NotJson(
                "it is an object, but of none of the formats SPDX, CycloneDX and Syft".to_owned(),
            )),
        }
    }

    /// The same for an object within a document; nothing where it is of no known format.
    pub(super) fn read(part: &mut Part<'_>) -> Option<Self> {
        let has = |name: &str| part.object.contains_key(name);
        let mut sbom = if has("spdxVersion") {
            spdx::version_2(part)
        } else if has("@graph") && has("@context") {
            spdx::version_3(part)
        } else if has("bomFormat") || (has("components") && has("specVersion")) {
            cyclonedx::read(part)
        } else if has("artifacts") && has("descriptor") {
            syft::read(part)
        } else {
            return None;
        };
        sbom.packages.sort_by_cached_key(|package| package.name.to_lowercase());
        sbom.shown.matching = u32::try_from(sbom.packages.len()).unwrap_or(u32::MAX);
        Some(sbom)
    }

    /// Keeps the packages that have `filter` in one of their texts, whatever the case, and of those `length` from the one at
    /// `from` on.
    pub fn narrow(&mut self, filter: &str, from: u32, length: usize) {
        let wanted = filter.to_lowercase();
        let mut packages = std::mem::take(&mut self.packages);
        packages.retain(|package| package.has(&wanted));
        self.shown = Window {
            filter: filter.to_owned(),
            matching: u32::try_from(packages.len()).unwrap_or(u32::MAX),
            from: from.min(u32::try_from(packages.len()).unwrap_or(u32::MAX)),
        };
        let first = usize::try_from(self.shown.from).unwrap_or(usize::MAX);
        self.packages = packages.into_iter().skip(first).take(length).collect();
    }
}

impl Package {
    /// Whether one of its texts has this one in it, which is in lower case.
    fn has(&self, wanted: &str) -> bool {
        let texts =
            [Some(&self.name), self.version.as_ref(), self.kind.as_ref(), self.licence.as_ref(), self.purl.as_ref()];
        wanted.is_empty() || texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted))
    }
}

/// A text that says something; SPDX has words for nothing.
fn stated(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty() && text != "NOASSERTION" && text != "NONE").map(short)
}

/// A text for a package's row.
fn short(text: String) -> String {
    if text.len() <= MAX_CELL {
        return text;
    }
    format!("{}…", &text[..text.floor_char_boundary(MAX_CELL)])
}

/// What kind of package a URL names: `deb` for `pkg:deb/debian/bash@5.2` (package-url, `PURL-SPECIFICATION`).
fn kind_of(purl: &str) -> Option<String> {
    let kind = purl.strip_prefix("pkg:")?.split(['/', '@']).find(|part| !part.is_empty())?;
    Some(clipped(&kind.to_ascii_lowercase()))
}

fn count_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The members of a name and a version, in one text.
fn with_version(name: Option<String>, version: Option<String>) -> Option<String> {
    match (name, version) {
        (Some(name), Some(version)) => Some(format!("{name} {version}")),
        (name, _) => name,
    }
}
