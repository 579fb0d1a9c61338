//! Every kind that has a name here. To add one, add a row: exact types before the prefixes that would catch them.

use super::Family::{
    Acceleration, Artifact, Attestation, Chart, Config, Deployment, Image, Index, Layer, Model, Package, Plugin,
    Policy, Report, Sbom, Schema1, Signature, Wasm,
};
use super::Presenter::{
    Bundle, ChartArchive, Envelope, Facts, Notation, Opaque, Page, SimpleSigning, Statement, Text, TextIfAsked,
};
use super::{Family, Presenter};

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
    /// What a blob of this type is within its artifact; empty where the label says it.
    pub part: &'static str,
    /// How a blob of this type is shown.
    pub presenter: Presenter,
}

impl Row {
    /// The same with a way to be shown.
    const fn shown(mut self, presenter: Presenter) -> Self {
        self.presenter = presenter;
        self
    }

    /// The same with a name within its artifact.
    const fn part(mut self, part: &'static str) -> Self {
        self.part = part;
        self
    }

    /// Whether a text, in lower case but for annotations, names this kind.
    pub fn fits(&self, text: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(prefix) => text.starts_with(prefix),
            None => text == self.pattern,
        }
    }
}

/// A media type or artifact type; its blobs are shown by name unless the row says otherwise.
const fn media(pattern: &'static str, family: Family, label: &'static str) -> Row {
    Row { source: Source::Type, pattern, family, label, part: "", presenter: Opaque }
}

const fn predicate(pattern: &'static str, family: Family, label: &'static str) -> Row {
    Row { source: Source::Predicate, pattern, family, label, part: "", presenter: Opaque }
}

const fn annotation(pattern: &'static str, family: Family, label: &'static str) -> Row {
    Row { source: Source::Annotation, pattern, family, label, part: "", presenter: Opaque }
}

/// All kinds, the first that fits counts.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Manifests, indexes and their configs.
    media("application/vnd.oci.image.index.v1+json", Index, "OCI index").shown(Page),
    media("application/vnd.docker.distribution.manifest.list.v2+json", Index, "Docker manifest list").shown(Page),
    media("application/vnd.oci.image.manifest.v1+json", Image, "OCI manifest").shown(Page),
    media("application/vnd.docker.distribution.manifest.v2+json", Image, "Docker manifest").shown(Page),
    media("application/vnd.docker.distribution.manifest.v1+*", Schema1, "Docker schema 1 image").shown(Page),
    media("application/vnd.oci.artifact.manifest.v1+json", Artifact, "Artifact manifest (withdrawn format)").shown(Page),
    media("application/vnd.oci.image.config.v1+json", Config, "OCI image config").shown(Page),
    media("application/vnd.docker.container.image.v1+json", Config, "Docker image config").shown(Page),
    media("application/vnd.oci.empty.v1+json", Artifact, "Empty"),
    media("application/vnd.oci.layout.header.v1+json", Artifact, "OCI layout header").shown(TextIfAsked),
    media("application/vnd.oci.descriptor.v1+json", Artifact, "OCI descriptor").shown(TextIfAsked),
    media("application/vnd.unknown.config.v1+json", Artifact, "Artifact").shown(TextIfAsked),
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
    media("application/vnd.dev.cosign.simplesigning.v1+json", Signature, "Cosign signature").shown(SimpleSigning),
    media("application/vnd.dev.cosign.artifact.sig.v1+json", Signature, "Cosign signature"),
    media("application/vnd.dev.cosign.artifact.sbom.v1+json", Sbom, "Cosign SBOM").shown(Presenter::Sbom),
    media("application/vnd.dev.cosign.artifact.att.v1+json", Attestation, "Cosign attestation"),
    media("application/vnd.dev.sigstore.bundle*", Signature, "Sigstore bundle").shown(Bundle),
    media("application/vnd.cncf.notary.signature", Signature, "Notation signature").shown(Notation),
    media("application/jose+json", Signature, "JWS signature").shown(Notation),
    media("application/cose", Signature, "COSE signature"),
    media("application/pgp-signature", Signature, "PGP signature").shown(Text),

    // Statements about images.
    media("application/vnd.docker.attestation.manifest.v1+json", Attestation, "BuildKit attestation"),
    media("application/vnd.in-toto*", Attestation, "in-toto attestation").shown(Statement),
    media("application/vnd.dsse.envelope.v1+json", Attestation, "DSSE envelope").shown(Envelope),
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
    media("application/spdx+json", Sbom, "SPDX SBOM").shown(Presenter::Sbom),
    media("text/spdx+json", Sbom, "SPDX SBOM").shown(Presenter::Sbom),
    media("text/spdx*", Sbom, "SPDX SBOM").shown(TextIfAsked),
    media("application/vnd.cyclonedx+json", Sbom, "CycloneDX SBOM").shown(Presenter::Sbom),
    media("application/vnd.cyclonedx+*", Sbom, "CycloneDX SBOM").shown(TextIfAsked),
    media("application/vnd.cyclonedx*", Sbom, "CycloneDX SBOM").shown(Presenter::Sbom),
    media("application/vnd.syft+json", Sbom, "Syft SBOM").shown(Presenter::Sbom),

    // Reports.
    media("application/vnd.aquasec.trivy.report*", Report, "Trivy report").shown(TextIfAsked),
    media("application/sarif+json", Report, "SARIF report").shown(TextIfAsked),
    media("application/vnd.openvex*", Report, "OpenVEX document").shown(Text),

    // Charts.
    media("application/vnd.cncf.helm.config.v1+json", Chart, "Helm chart").part("description").shown(Presenter::Chart),
    media("application/vnd.cncf.helm.chart.content.v1.tar+gzip", Chart, "Helm chart").part("archive").shown(ChartArchive),
    media("application/vnd.cncf.helm.chart.provenance.v1.prov", Chart, "Helm chart").part("signature").shown(Text),
    media("application/vnd.cncf.helm.chart.*", Chart, "Helm chart"),

    // WebAssembly.
    media("application/vnd.wasm.config.v0+json", Wasm, "Wasm component").shown(Facts),
    media("application/vnd.wasm.config.v1+json", Wasm, "Wasm module").shown(Facts),
    media("application/vnd.wasm.*", Wasm, "Wasm module"),
    media("application/vnd.module.wasm.*", Wasm, "Wasm module"),
    media("application/wasm", Wasm, "Wasm module"),

    // Models.
    media("application/vnd.ollama.image.model", Model, "Ollama model").part("weights"),
    media("application/vnd.ollama.image.projector", Model, "Ollama model").part("projector"),
    media("application/vnd.ollama.image.adapter", Model, "Ollama model").part("adapter"),
    media("application/vnd.ollama.image.template", Model, "Ollama model").part("prompt template").shown(TextIfAsked),
    media("application/vnd.ollama.image.prompt", Model, "Ollama model").part("prompt").shown(TextIfAsked),
    media("application/vnd.ollama.image.system", Model, "Ollama model").part("system prompt").shown(TextIfAsked),
    media("application/vnd.ollama.image.params", Model, "Ollama model").part("parameters").shown(TextIfAsked),
    media("application/vnd.ollama.image.messages", Model, "Ollama model").part("messages").shown(TextIfAsked),
    media("application/vnd.ollama.image.license", Model, "Ollama model").part("licence").shown(TextIfAsked),
    media("application/vnd.ollama.image.*", Model, "Ollama model"),
    media("application/vnd.docker.ai.model.config.*", Model, "Docker AI model").part("description").shown(Facts),
    media("application/vnd.docker.ai.gguf.*", Model, "Docker AI model").part("weights"),
    media("application/vnd.docker.ai.safetensors*", Model, "Docker AI model").part("weights"),
    media("application/vnd.docker.ai.mmproj*", Model, "Docker AI model").part("projector"),
    media("application/vnd.docker.ai.dduf*", Model, "Docker AI model").part("weights"),
    media("application/vnd.docker.ai.chat.template*", Model, "Docker AI model").part("prompt template").shown(TextIfAsked),
    media("application/vnd.docker.ai.license*", Model, "Docker AI model").part("licence").shown(TextIfAsked),
    media("application/vnd.docker.ai.*", Model, "Docker AI model"),
    media("application/vnd.cncf.model.config.*", Model, "ModelPack model").part("description").shown(Facts),
    media("application/vnd.cncf.model.weight.config.*", Model, "ModelPack model").part("settings of the weights"),
    media("application/vnd.cncf.model.weight.*", Model, "ModelPack model").part("weights"),
    media("application/vnd.cncf.model.doc.v1.raw", Model, "ModelPack model").part("document").shown(TextIfAsked),
    media("application/vnd.cncf.model.doc.*", Model, "ModelPack model").part("document"),
    media("application/vnd.cncf.model.code.*", Model, "ModelPack model").part("code"),
    media("application/vnd.cncf.model.dataset.*", Model, "ModelPack model").part("data set"),
    media("application/vnd.cncf.model.*", Model, "ModelPack model"),
    media("application/vnd.kitops.modelkit.config.*", Model, "KitOps ModelKit").part("description").shown(Facts),
    media("application/vnd.kitops.modelkit.*", Model, "KitOps ModelKit"),

    // What is to run, and how.
    media("application/vnd.cncf.flux.*", Deployment, "Flux artifact"),
    media("application/vnd.timoni.*", Deployment, "Timoni module"),
    media("application/vnd.docker.compose.file+yaml", Deployment, "Compose project").part("compose file").shown(Text),
    media("application/vnd.docker.compose.envfile", Deployment, "Compose project").part("environment file").shown(TextIfAsked),
    media("application/vnd.docker.compose.config.empty*", Deployment, "Compose project").part("empty config"),
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
    media("application/vnd.cncf.openpolicyagent.policy.*", Policy, "OPA policy").part("policy").shown(Text),
    media("application/vnd.cncf.openpolicyagent.data.*", Policy, "OPA policy").part("data").shown(TextIfAsked),
    media("application/vnd.cncf.openpolicyagent.*", Policy, "OPA policy"),
    media("application/vnd.cncf.falco.rulesfile.*", Policy, "Falco rules"),
    media("application/vnd.cncf.falco.plugin.*", Plugin, "Falco plugin"),
    media("application/vnd.cncf.kubewarden.*", Policy, "Kubewarden policy"),

    // Packages and plugins.
    media("application/vnd.docker.plugin.v1+json", Plugin, "Docker plugin").part("description").shown(Facts),
    media("application/vnd.docker.plugin.*", Plugin, "Docker plugin"),
    media("application/vnd.docker.volume.*", Artifact, "Docker volume"),
    media("application/vnd.aquasec.trivy.config.v1+json", Artifact, "Trivy database"),
    media("application/vnd.aquasec.trivy.*", Artifact, "Trivy database"),
    media("application/vnd.cncf.artifacthub.config.*", Package, "Artifact Hub metadata"),
    media("application/vnd.cncf.artifacthub.*", Package, "Artifact Hub metadata").shown(Text),
    media("application/vnd.devcontainers*", Package, "Dev container feature"),
    media("application/vnd.opentofu.modulepkg", Package, "OpenTofu module"),
    media("application/vnd.opentofu.*", Package, "OpenTofu provider"),
    media("application/vnd.sylabs.sif.*", Package, "Singularity image"),
    media("application/vnd.spack.*", Package, "Spack package"),
    annotation("com.github.package.type", Package, "Homebrew bottle"),
    annotation("sh.brew.*", Package, "Homebrew bottle"),
    annotation("dev.containers.metadata", Package, "Dev container feature"),
];
