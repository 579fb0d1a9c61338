//! Signatures as cosign leaves them in a registry. They are made of noise and would not verify.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::artifact::Artifact;
use super::document::{Document, Style, write};
use super::moment::Moment;
use super::noise::noise;
use crate::oci::media_type::OCI_CONFIG;

const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A signature to be found by a tag, as cosign wrote it before referrers.
pub(crate) fn signature_by_tag(subject: &Document, repository: &str) -> Document {
    let payload = json!({
        "critical": {
            "identity": { "docker-reference": format!("registry.acme.example/{repository}") },
            "image": { "docker-manifest-digest": subject.digest().as_str() },
            "type": "cosign container image signature",
        },
        "optional": null,
    });
    let payload = write(&payload, Style::Compact);
    let config = json!({
        "architecture": "", "created": "0001-01-01T00:00:00Z", "history": [{ "created": "0001-01-01T00:00:00Z" }],
        "os": "", "rootfs": { "type": "layers", "diff_ids": [super::digest_of(&payload).as_str()] }, "config": {},
    });
    let signature = BASE64.encode(noise(subject.digest().as_str(), 71));
    Artifact::with_config(OCI_CONFIG, write(&config, Style::Compact))
        .layer(SIMPLE_SIGNING, payload, &[("dev.cosignproject.cosign/signature", &signature)])
        .build()
}

/// The tag under which a signature is looked for: `sha256-{hex}.sig`.
pub(crate) fn signature_tag(subject: &Document) -> String {
    format!("{}.sig", subject.digest().as_str().replace(':', "-"))
}

/// A signature that points at its subject, as a sigstore bundle.
pub(crate) fn signature_by_referrer(subject: &Document, signed: Moment) -> Document {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "digest": { "sha256": subject.digest().encoded() } }],
        "predicateType": "https://sigstore.dev/cosign/sign/v1",
        "predicate": {},
    });
    let random = |part: &str, length| BASE64.encode(noise(&format!("{part} {}", subject.digest()), length));
    let bundle = json!({
        "mediaType": BUNDLE,
        "verificationMaterial": { "publicKey": { "hint": random("hint", 32) }, "tlogEntries": [] },
        "dsseEnvelope": {
            "payload": BASE64.encode(write(&statement, Style::Compact)),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{ "sig": random("signature", 71) }],
        },
    });
    Artifact::of_type(BUNDLE)
        .layer(BUNDLE, write(&bundle, Style::Compact), &[])
        .about(subject)
        .annotation("dev.sigstore.bundle.content", "dsse-envelope")
        .annotation("dev.sigstore.bundle.predicateType", "https://sigstore.dev/cosign/sign/v1")
        .annotation("org.opencontainers.image.created", &signed.to_string())
        .build()
}
