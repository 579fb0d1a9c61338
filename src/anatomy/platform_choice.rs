//! Which entry of an index a page shows.

use std::collections::HashMap;

use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest, Platform};

/// What a reader has chosen, all of it in the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// `?platform=`.
    pub platform: Option<Platform>,
    /// `?manifest=`, needed where several entries have one platform.
    pub manifest: Option<Digest>,
}

/// The entry that is shown, by its position, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The one that was asked for.
    Asked(usize),
    /// Nothing was asked for, so linux/amd64, or else the first image.
    Default(usize),
    /// What was asked for is not there.
    NotFound,
    /// Nothing was asked for, and there is no image.
    NoImage,
}

impl Choice {
    /// The position of the entry.
    pub fn position(self) -> Option<usize> {
        match self {
            Self::Asked(position) | Self::Default(position) => Some(position),
            Self::NotFound | Self::NoImage => None,
        }
    }
}

/// Chooses an entry: the one asked for, else linux/amd64, else the first image. Attestations and platforms that call
/// themselves unknown are never chosen by themselves, but may be asked for by digest.
pub fn choose(entries: &[Descriptor], asked: &Asked) -> Choice {
    let images = || entries.iter().enumerate().filter(|(_, entry)| entry.index_entry() == IndexEntry::Image);
    let on = |platform: &Platform| images().find(|(_, entry)| fits(entry, platform)).map(|(position, _)| position);
    if let Some(digest) = &asked.manifest {
        let named = |entry: &Descriptor| entry.digest.as_ref() == Some(digest);
        // Twins may have one digest and two platforms.
        let exact = entries
            .iter()
            .position(|entry| named(entry) && asked.platform.as_ref().is_none_or(|platform| fits(entry, platform)));
        return exact.map_or(Choice::NotFound, Choice::Asked);
    }
    if let Some(platform) = &asked.platform {
        // As written first, so that twins that differ in spelling only can both be reached.
        let same =
            |entry: &Descriptor| entry.platform.as_ref().is_some_and(|own| own.to_string() == platform.to_string());
        let written = images().find(|(_, entry)| same(entry)).map(|(position, _)| position);
        return written.or_else(|| on(platform)).map_or(Choice::NotFound, Choice::Asked);
    }
    on(&Platform::new("linux", "amd64", None))
        .or_else(|| images().next().map(|(position, _)| position))
        .map_or(Choice::NoImage, Choice::Default)
}

/// Whether an entry is for a platform, however the two are written.
fn fits(entry: &Descriptor, platform: &Platform) -> bool {
    entry.platform.as_ref().is_some_and(|own| own.matches(platform))
}

/// The positions of entries whose platform another image entry has too: Windows versions, or twins that are compressed
/// otherwise. Their address needs the digest besides.
pub fn shared(entries: &[Descriptor]) -> Vec<usize> {
    let keys: Vec<Option<String>> = entries
        .iter()
        .map(|entry| match (entry.index_entry(), &entry.platform) {
            (IndexEntry::Image, Some(platform)) => Some(platform.normalized().to_string()),
            (IndexEntry::Image, None) => Some(String::new()),
            _ => None,
        })
        .collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for key in keys.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let is_shared =
        |key: &Option<String>| key.as_deref().and_then(|key| counts.get(key)).is_some_and(|count| *count > 1);
    keys.iter().enumerate().filter(|(_, key)| is_shared(key)).map(|(position, _)| position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::MediaType;

    fn digest(number: usize) -> Digest {
        format!("sha256:{number:064x}").parse().expect("a digest")
    }

    fn entry(number: usize, platform: Option<&str>) -> Descriptor {
        Descriptor {
            media_type: MediaType::new("application/vnd.oci.image.manifest.v1+json"),
            digest: Some(digest(number)),
            size: Some(1),
            urls: vec![],
            annotations: vec![],
            artifact_type: None,
            platform: platform.map(|platform| platform.parse().expect("a platform")),
        }
    }

    fn attestation(number: usize, subject: usize) -> Descriptor {
        let annotations = vec![
            ("vnd.docker.reference.type".to_owned(), "attestation-manifest".to_owned()),
            ("vnd.docker.reference.digest".to_owned(), digest(subject).to_string()),
        ];
        Descriptor { annotations, ..entry(number, Some("unknown/unknown")) }
    }

    fn asked(platform: &str) -> Asked {
        Asked { platform: platform.parse().ok(), manifest: None }
    }

    #[test]
    fn linux_on_amd64_is_the_default() {
        let entries = [attestation(0, 2), entry(1, Some("linux/arm64/v8")), entry(2, Some("linux/amd64"))];
        assert_eq!(choose(&entries, &Asked::default()), Choice::Default(2));
        assert_eq!(choose(&entries[..2], &Asked::default()), Choice::Default(1));
        assert_eq!(choose(&entries[..1], &Asked::default()), Choice::NoImage);
        assert_eq!(choose(&[entry(0, None)], &Asked::default()), Choice::Default(0));
        assert_eq!(choose(&[], &Asked::default()), Choice::NoImage);
    }

    #[test]
    fn the_platform_that_was_asked_for_is_found_however_it_is_written() {
        let entries = [entry(0, Some("linux/amd64")), entry(1, Some("linux/arm64/v8")), entry(2, Some("linux/arm"))];
        assert_eq!(choose(&entries, &asked("linux/arm64")), Choice::Asked(1));
        assert_eq!(choose(&entries, &asked("linux/aarch64")), Choice::Asked(1));
        assert_eq!(choose(&entries, &asked("linux/arm/v7")), Choice::Asked(2));
        assert_eq!(choose(&entries, &asked("linux/s390x")), Choice::NotFound);
        assert_eq!(choose(&entries, &asked("unknown/unknown")), Choice::NotFound);
    }

    #[test]
    fn a_digest_tells_twins_apart() {
        let entries = [
            entry(0, Some("windows/amd64")),
            entry(1, Some("windows/amd64")),
            entry(2, Some("linux/amd64")),
            attestation(3, 2),
        ];
        let twin = Asked { manifest: Some(digest(1)), ..asked("windows/amd64") };
        assert_eq!(choose(&entries, &asked("windows/amd64")), Choice::Asked(0));
        assert_eq!(choose(&entries, &twin), Choice::Asked(1));
        assert_eq!(choose(&entries, &Asked { manifest: Some(digest(1)), ..asked("linux/amd64") }), Choice::NotFound);
        assert_eq!(choose(&entries, &Asked { manifest: Some(digest(3)), platform: None }), Choice::Asked(3));
        assert_eq!(shared(&entries), [0, 1]);
    }

    #[test]
    fn spellings_of_one_platform_are_shared_and_both_reachable() {
        let entries = [entry(0, Some("linux/arm64")), entry(1, Some("linux/arm64/v8"))];
        assert_eq!(shared(&entries), [0, 1]);
        assert_eq!(choose(&entries, &asked("linux/arm64/v8")), Choice::Asked(1));
    }
}
