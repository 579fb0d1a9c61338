//! BuildKit's attestations: provenance and a bill of materials, as manifests inside the index of the image.

use serde_json::{Value, json};

use super::artifact::Artifact;
use super::document::{Document, Style, write};
use super::index::Index;
use super::moment::Moment;
use super::packages::Package;
use crate::oci::media_type::OCI_CONFIG;
use crate::oci::{Digest, Platform};

const IN_TOTO: &str = "application/vnd.in-toto+json";
const ATTESTATION: &str = "application/vnd.docker.attestation.manifest.v1+json";
const SPDX: &str = "https://spdx.dev/Document";
const PROVENANCE: &str = "https://slsa.dev/provenance/v0.2";

/// How BuildKit writes an attestation's manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With an image config, as it always did.
    Legacy,
    /// With an artifact type, a subject and the empty config (`oci-artifact=true`).
    Oci,
}

/// What an attestation tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// The image's name and tag.
    pub(crate) name: &'a str,
    /// When it was built.
    pub(crate) built: Moment,
    /// The source's revision.
    pub(crate) revision: &'a str,
    /// What is installed, by release.
    pub(crate) packages: &'a [(&'a [Package], usize)],
}

impl Index {
    /// Adds what BuildKit says about an image that is in the index already.
    pub(crate) fn attestation(self, image: &Document, form: Form, facts: Facts<'_>) -> Self {
        let spdx = write(&statement(image, SPDX, &facts, spdx(&facts)), Style::Compact);
        let provenance = write(&statement(image, PROVENANCE, &facts, provenance(image, &facts)), Style::Compact);
        let artifact = match form {
            Form::Oci => Artifact::of_type(ATTESTATION).about(image),
            Form::Legacy => {
                let diff_ids = [super::digest_of(&spdx), super::digest_of(&provenance)];
                let config = json!({
                    "architecture": "unknown", "os": "unknown", "config": {},
                    "rootfs": { "type": "layers", "diff_ids": diff_ids.each_ref().map(Digest::as_str) },
                });
                Artifact::with_config(OCI_CONFIG, write(&config, Style::Compact))
            }
        };
        let document = artifact
            .layer(IN_TOTO, spdx, &[("in-toto.io/predicate-type", SPDX)])
            .layer(IN_TOTO, provenance, &[("in-toto.io/predicate-type", PROVENANCE)])
            .build()
            .on(Platform::new("unknown", "unknown", None));
        let remarks = [
            ("vnd.docker.reference.digest", image.digest().as_str()),
            ("vnd.docker.reference.type", "attestation-manifest"),
        ];
        self.annotated_entry(&document, &remarks)
    }
}

/// An in-toto statement about an image.
fn statement(image: &Document, predicate_type: &str, facts: &Facts<'_>, predicate: Value) -> Value {
    let platform = image.platform.as_ref().map(|platform| platform.to_string().replace('/', "%2F")).unwrap_or_default();
    json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": predicate_type,
        "subject": [{
            "name": format!("pkg:docker/registry.acme.example/{}?platform={platform}", facts.name.replace(':', "@")),
            "digest": { "sha256": image.digest().encoded() },
        }],
        "predicate": predicate,
    })
}

/// A bill of materials in SPDX's JSON form.
pub(crate) fn spdx(facts: &Facts<'_>) -> Value {
    let packages: Vec<_> = facts
        .packages
        .iter()
        .flat_map(|(packages, release)| packages.iter().map(|package| (package, *release)))
        .map(|(package, release)| {
            json!({
                "name": package.name,
                "SPDXID": format!("SPDXRef-Package-{}", package.name),
                "versionInfo": package.version(release),
                "supplier": "Organization: Acme Platform",
                "downloadLocation": "NOASSERTION",
                "licenseDeclared": package.licence,
            })
        })
        .collect();
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": facts.name,
        "documentNamespace": format!("https://sbom.acme.example/{}/{}", facts.name.replace(':', "/"), facts.revision),
        "creationInfo": { "created": facts.built.to_string(), "creators": ["Tool: buildkit-scanner"] },
        "packages": packages,
    })
}

fn provenance(image: &Document, facts: &Facts<'_>) -> Value {
    let platform = image.platform.as_ref().map(ToString::to_string).unwrap_or_default();
    json!({
        "builder": { "id": "https://ci.acme.example/builders/buildkit" },
        "buildType": "https://mobyproject.org/buildkit@v1",
        "invocation": {
            "configSource": {
                "uri": format!("https://git.acme.example/{}.git", facts.name.split(':').next().unwrap_or_default()),
                "digest": { "sha1": facts.revision },
                "entryPoint": "Dockerfile",
            },
            "parameters": { "frontend": "dockerfile.v0", "args": { "label:team": "payments" } },
            "environment": { "platform": platform },
        },
        "metadata": {
            "buildStartedOn": facts.built.to_string(),
            "buildFinishedOn": facts.built.plus(94).to_string(),
            "completeness": { "parameters": true, "environment": true, "materials": false },
            "reproducible": false,
        },
    })
}
