//! What speaks about an image: in which group it is shown, and what it is by what a list says of it.

use serde::{Deserialize, Serialize};

use super::kind::{Family, Kind};
use crate::oci::Descriptor;

/// Annotation of a sigstore bundle: what the statement in it is about.
const BUNDLE_PREDICATE: &str = "dev.sigstore.bundle.predicateType";

/// A group of referrers, in the order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferrerGroup {
    /// Signatures.
    Signatures,
    /// Provenance and other statements.
    Attestations,
    /// Bills of materials.
    Sboms,
    /// Scanners' findings, and what is said about them.
    Reports,
    /// Everything else.
    Others,
}

impl ReferrerGroup {
    /// Where a family is shown.
    #[must_use]
    pub fn of(family: Family) -> Self {
        match family {
            Family::Signature => Self::Signatures,
            Family::Attestation => Self::Attestations,
            Family::Sbom => Self::Sboms,
            Family::Report => Self::Reports,
            _ => Self::Others,
        }
    }

    /// Its heading.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Signatures => "Signatures",
            Self::Attestations => "Attestations and provenance",
            Self::Sboms => "Software bills of materials",
            Self::Reports => "Reports",
            Self::Others => "Others",
        }
    }
}

/// What a list says that a referrer is. That it is a manifest is no kind, and neither is the config type of an image, which
/// clients have copied where an artifact's type should stand: only the manifest itself will tell.
#[must_use]
pub fn kind_of_referrer(descriptor: &Descriptor) -> Kind {
    if let Some(kind) = descriptor.annotation(BUNDLE_PREDICATE).and_then(Kind::of_predicate) {
        return kind;
    }
    let kind = Kind::of_descriptor(descriptor);
    match kind.family {
        Family::Image | Family::Index | Family::Config => {
            Kind { family: Family::Unknown, label: "Artifact, kind not stated".to_owned() }
        }
        _ => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::MediaType;
    use crate::oci::media_type::{OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST};

    fn kind(media_type: &str, artifact_type: &str, annotations: &[(&str, &str)]) -> (ReferrerGroup, String) {
        let descriptor = Descriptor {
            media_type: MediaType::new(media_type),
            digest: None,
            size: None,
            urls: Vec::new(),
            annotations: annotations.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            artifact_type: (!artifact_type.is_empty()).then(|| MediaType::new(artifact_type)),
            platform: None,
        };
        let kind = kind_of_referrer(&descriptor);
        (ReferrerGroup::of(kind.family), kind.label)
    }

    #[test]
    fn a_list_s_words_decide_as_far_as_they_go() {
        use ReferrerGroup::{Attestations, Others, Reports, Sboms, Signatures};
        let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
        let provenance = [("dev.sigstore.bundle.predicateType", "https://slsa.dev/provenance/v1")];
        let signed = [("dev.sigstore.bundle.predicateType", "https://sigstore.dev/cosign/sign/v1")];
        let unstated = "Artifact, kind not stated";
        for (media_type, artifact_type, annotations, group, label) in [
            (OCI_MANIFEST, bundle, &signed[..], Signatures, "Sigstore bundle"),
            (OCI_MANIFEST, bundle, &provenance[..], Attestations, "SLSA provenance"),
            (OCI_MANIFEST, "application/vnd.cncf.notary.signature", &[], Signatures, "Notation signature"),
            (OCI_MANIFEST, "application/spdx+json", &[], Sboms, "SPDX SBOM"),
            (OCI_MANIFEST, "application/sarif+json", &[], Reports, "SARIF report"),
            (OCI_MANIFEST, "application/vnd.acme.x", &[], Others, "application/vnd.acme.x"),
            // The type of an empty config, and that of an image's config, say nothing.
            (OCI_MANIFEST, OCI_EMPTY, &[], Others, unstated),
            (OCI_MANIFEST, OCI_CONFIG, &[], Others, unstated),
            (OCI_INDEX, "", &[], Others, unstated),
        ] {
            assert_eq!(kind(media_type, artifact_type, annotations), (group, label.to_owned()), "{artifact_type}");
        }
    }
}
