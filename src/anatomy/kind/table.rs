//! Every kind that has a name here. To add one, add a row: exact types before the prefixes that would catch them.

use super::Family;
use super::Family::{
    Acceleration, Artifact, Attestation, Chart, Config, Deployment, Image, Index, Layer, Model, Package, Plugin,
    Policy, Report, Sbom, Schema1, Signature, Wasm,
};

/// Where a text stands that names a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A media type or artifact type.
    Type,
    /// The predicate type of an in-toto statement.
    Predicate,
    /// The name of an annotation or label.
    Annotation,
}

/// One kind.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Where the text stands.
    pub source: Source,
    /// The text, in lower case but for annotations; with `*` at its end, its beginning.
    pub pattern: &'static str,
    /// How it is shown.
    pub family: Family,
    /// Its name for readers.
    pub label: &'static str,
}

impl Row {
    /// Whether a text, in lower case but for annotations, names this kind.
    pub fn fits(&self, text: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(prefix) => text.starts_with(prefix),
            None => text == self.pattern,
        }
    }
}

const fn media(pattern: &'static str, family: Family, label: &'static str) -> Row {
    Row { source: Source::Type, pattern, family, label }
}

const fn predicate(pattern: &'static str, family: Family, label: &'static str) -> Row {
    Row { source: Source::Predicate, pattern, family, label }
}

const fn annotation(pattern: &'static str, family: Family, label: &'static str) -> Row {
    Row { source: Source::Annotation, pattern, family, label }
}

/// All kinds, the first that fits counts.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Manifests, indexes and their configs.
    media("application/vnd.oci.image.index.v1+json", Index, "OCI index"),
    media("application/vnd.docker.distribution.manifest.list.v2+json", Index, "Docker manifest list"),
    media("application/vnd.oci.image.manifest.v1+json", Image, "OCI manifest"),
    media("application/vnd.docker.distribution.manifest.v2+json", Image, "Docker manifest"),
    media("application/vnd.docker.distribution.manifest.v1+*", Schema1, "Docker schema 1 image"),
    media("application/vnd.oci.artifact.manifest.v1+json", Artifact, "Artifact manifest (withdrawn format)"),
    media("application/vnd.oci.image.config.v1+json", Config, "OCI image config"),
    media("application/vnd.docker.container.image.v1+json", Config, "Docker image config"),
    media("application/vnd.oci.empty.v1+json", Artifact, "Empty"),
    media("application/vnd.oci.layout.header.v1+json", Artifact, "OCI layout header"),
    media("application/vnd.oci.descriptor.v1+json", Artifact, "OCI descriptor"),
    media("application/vnd.unknown.config.v1+json", Artifact, "Artifact"),
    media("application/vnd.unknown.artifact.v1", Artifact, "Artifact"),

    // What makes other images quicker: before the layers, whose prefix would catch some of it.
    media("application/vnd.oci.image.layer.nydus.blob.v1", Acceleration, "Nydus image"),
    media("application/vnd.amazon.soci.index.v1+json", Acceleration, "SOCI index"),
    media("application/vnd.amazon.soci.index.v2+json", Acceleration, "SOCI index v2"),
    media("application/vnd.amazon.soci.*", Acceleration, "SOCI artifact"),
    media("application/vnd.buildkit.cacheconfig.v0", Acceleration, "BuildKit cache"),

    // Layers of images.
    media("application/vnd.oci.image.layer.nondistributable.v1.*", Layer, "Image layer, not distributable"),
    media("application/vnd.oci.image.layer.v1.*", Layer, "Image layer"),
    media("application/vnd.docker.image.rootfs.foreign.*", Layer, "Image layer, not distributable"),
    media("application/vnd.docker.image.rootfs.diff.*", Layer, "Image layer"),
    media("application/vnd.docker.container.image.rootfs.diff+x-gtar", Layer, "Image layer"),
    media("application/vnd.erofs.layer.v1*", Layer, "EROFS layer"),
    media("application/vnd.sylabs.sif.layer.v1.squashfs", Layer, "Squashfs layer"),
    media("application/vnd.containerd.container.criu.*", Artifact, "Container checkpoint"),

    // Signatures.
    media("application/vnd.dev.cosign.simplesigning.v1+json", Signature, "Cosign signature"),
    media("application/vnd.dev.cosign.artifact.sig.v1+json", Signature, "Cosign signature"),
    media("application/vnd.dev.cosign.artifact.sbom.v1+json", Sbom, "Cosign SBOM"),
    media("application/vnd.dev.cosign.artifact.att.v1+json", Attestation, "Cosign attestation"),
    media("application/vnd.dev.sigstore.bundle*", Signature, "Sigstore bundle"),
    media("application/vnd.cncf.notary.signature", Signature, "Notation signature"),
    media("application/jose+json", Signature, "JWS signature"),
    media("application/cose", Signature, "COSE signature"),
    media("application/pgp-signature", Signature, "PGP signature"),

    // Statements about images.
    media("application/vnd.docker.attestation.manifest.v1+json", Attestation, "BuildKit attestation"),
    media("application/vnd.in-toto*", Attestation, "in-toto attestation"),
    media("application/vnd.dsse.envelope.v1+json", Attestation, "DSSE envelope"),
    predicate("https://spdx.dev/document*", Sbom, "SPDX SBOM"),
    predicate("https://cyclonedx.org/bom*", Sbom, "CycloneDX SBOM"),
    predicate("https://slsa.dev/provenance/*", Attestation, "SLSA provenance"),
    predicate("https://slsa.dev/verification_summary/*", Attestation, "SLSA verification summary"),
    predicate("https://cosign.sigstore.dev/attestation/vuln/*", Report, "Vulnerability report"),
    predicate("https://cosign.sigstore.dev/attestation/*", Attestation, "Cosign attestation"),
    predicate("https://openvex.dev/ns*", Report, "OpenVEX document"),
    predicate("https://in-toto.io/attestation/vulns*", Report, "Vulnerability report"),
    predicate("https://in-toto.io/attestation/test-result/*", Attestation, "Test result"),

    // Bills of materials.
    media("application/spdx+json", Sbom, "SPDX SBOM"),
    media("text/spdx*", Sbom, "SPDX SBOM"),
    media("application/vnd.cyclonedx*", Sbom, "CycloneDX SBOM"),
    media("application/vnd.syft+json", Sbom, "Syft SBOM"),

    // Reports.
    media("application/vnd.aquasec.trivy.report*", Report, "Trivy report"),
    media("application/sarif+json", Report, "SARIF report"),
    media("application/vnd.openvex*", Report, "OpenVEX document"),

    // Charts.
    media("application/vnd.cncf.helm.config.v1+json", Chart, "Helm chart"),
    media("application/vnd.cncf.helm.chart.*", Chart, "Helm chart"),

    // WebAssembly.
    media("application/vnd.wasm.config.v0+json", Wasm, "Wasm component"),
    media("application/vnd.wasm.config.v1+json", Wasm, "Wasm module"),
    media("application/vnd.wasm.*", Wasm, "Wasm module"),
    media("application/vnd.module.wasm.*", Wasm, "Wasm module"),
    media("application/wasm", Wasm, "Wasm module"),

    // Models.
    media("application/vnd.ollama.image.*", Model, "Ollama model"),
    media("application/vnd.docker.ai.*", Model, "Docker AI model"),
    media("application/vnd.cncf.model.*", Model, "ModelPack model"),
    media("application/vnd.kitops.modelkit.*", Model, "KitOps ModelKit"),

    // What is to run, and how.
    media("application/vnd.cncf.flux.*", Deployment, "Flux artifact"),
    media("application/vnd.timoni.*", Deployment, "Timoni module"),
    media("application/vnd.docker.compose.*", Deployment, "Compose project"),
    media("application/vnd.zarf.*", Deployment, "Zarf package"),
    media("application/vnd.cnab.*", Deployment, "CNAB bundle"),
    media("application/vnd.gardener.*", Deployment, "Gardener component"),
    media("application/vnd.cue.module.*", Deployment, "CUE module"),
    media("application/vnd.cuelang.*", Deployment, "CUE module"),
    annotation("dev.tekton.image.*", Deployment, "Tekton bundle"),
    annotation("io.crossplane.xpkg", Deployment, "Crossplane package"),
    annotation("operators.operatorframework.io.*", Deployment, "OLM bundle"),
    annotation("containers.bootc", Image, "Bootable image"),
    annotation("ostree.bootable", Image, "Bootable image"),
    annotation("ansible-execution-environment", Image, "Ansible execution environment"),

    // Policies and rules.
    media("application/vnd.cncf.openpolicyagent.*", Policy, "OPA policy"),
    media("application/vnd.cncf.falco.rulesfile.*", Policy, "Falco rules"),
    media("application/vnd.cncf.falco.plugin.*", Plugin, "Falco plugin"),
    media("application/vnd.cncf.kubewarden.*", Policy, "Kubewarden policy"),

    // Packages and plugins.
    media("application/vnd.docker.plugin.*", Plugin, "Docker plugin"),
    media("application/vnd.aquasec.trivy.config.v1+json", Artifact, "Trivy database"),
    media("application/vnd.aquasec.trivy.*", Artifact, "Trivy database"),
    media("application/vnd.cncf.artifacthub.*", Package, "Artifact Hub metadata"),
    media("application/vnd.devcontainers*", Package, "Dev container feature"),
    media("application/vnd.opentofu.modulepkg", Package, "OpenTofu module"),
    media("application/vnd.opentofu.*", Package, "OpenTofu provider"),
    media("application/vnd.sylabs.sif.*", Package, "Singularity image"),
    media("application/vnd.spack.*", Package, "Spack package"),
    annotation("com.github.package.type", Package, "Homebrew bottle"),
    annotation("sh.brew.*", Package, "Homebrew bottle"),
    annotation("dev.containers.metadata", Package, "Dev container feature"),
];
