//! What is said about the report in `lab/artifacts`: provenance, a bill of materials, signatures. They are made up, and none of
//! them would verify.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::embedded::sample::build::artifact::Artifact;
use crate::embedded::sample::build::document::Document;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::noise;
use crate::embedded::sample::build::repository::Shelf;

const MADE: Moment = Moment::at(2026, 10, 1, 6, 5);
const IN_TOTO: &str = "application/vnd.in-toto+json";
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
const CYCLONEDX: &str = "application/vnd.cyclonedx+json";
const NOTATION: &str = "application/vnd.cncf.notary.signature";

const DOCKERFILE: &str = "# syntax=docker/dockerfile:1\nFROM registry.acme.example/base/python:3.12.8 AS build\nARG MONTH\n\
                          RUN --mount=type=secret,id=ledger make report MONTH=$MONTH\n\nFROM scratch\nCOPY --from=build /out/ /\n";

/// Adds them.
pub(super) fn add(shelf: &mut Shelf, report: &Document) {
    shelf.put(&provenance(report), &["provenance"]);
    shelf.put(&bill(report), &["bill"]);
    shelf.put(&other_subject(report), &["other-subject"]);
    shelf.put(&notation(report), &["signature"]);
}

fn statement(subject: &str, predicate_type: &str, predicate: Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "lab/artifacts:report", "digest": { "sha256": subject } }],
        "predicateType": predicate_type,
        "predicate": predicate,
    })
}

/// Provenance of version 1 with the build's own Dockerfile, as BuildKit writes it at `mode=max`.
fn provenance(report: &Document) -> Document {
    let predicate = json!({
        "buildDefinition": {
            "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
            "externalParameters": {
                "configSource": {
                    "uri": "https://git.acme.example/payments/report.git#refs/heads/main",
                    "digest": { "sha1": "5b1f5c0d9a7e4c3b2a190817f6e5d4c3b2a19081" },
                    "path": "Dockerfile",
                },
                "request": { "frontend": "dockerfile.v0", "args": { "build-arg:MONTH": "2026-09", "target": "" } },
            },
            "internalParameters": { "builderPlatform": "linux/amd64" },
            "resolvedDependencies": [
                {
                    "uri": "pkg:docker/registry.acme.example/base/python@3.12.8?platform=linux%2Famd64",
                    "digest": { "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
                },
                {
                    "uri": "https://git.acme.example/payments/report.git#refs/heads/main",
                    "digest": { "sha1": "5b1f5c0d9a7e4c3b2a190817f6e5d4c3b2a19081" },
                },
            ],
        },
        "runDetails": {
            "builder": { "id": "https://ci.acme.example/builders/buildkit" },
            "metadata": {
                "invocationId": "r7m2k4c9q1",
                "startedOn": MADE.to_string(),
                "finishedOn": MADE.plus(41).to_string(),
                "buildkit_reproducible": false,
                "buildkit_metadata": {
                    "vcs": { "source": "https://git.acme.example/payments/report.git", "revision": "5b1f5c0d9a7e4c3b2a190817f6e5d4c3b2a19081" },
                    "source": { "infos": [{ "filename": "Dockerfile", "language": "Dockerfile", "data": STANDARD.encode(DOCKERFILE) }] },
                },
            },
        },
    });
    let kind = "https://slsa.dev/provenance/v1";
    Artifact::of_type(IN_TOTO)
        .layer(
            IN_TOTO,
            statement(report.digest().encoded(), kind, predicate).to_string(),
            &[("in-toto.io/predicate-type", kind)],
        )
        .about(report)
        .annotation("org.opencontainers.image.created", &MADE.to_string())
        .build()
}

/// A bill of materials in `CycloneDX`.
fn bill(report: &Document) -> Document {
    let component = |name: &str, version: &str, licence: &str| {
        json!({
            "type": "library", "name": name, "version": version, "purl": format!("pkg:pypi/{name}@{version}"),
            "licenses": [{ "license": { "id": licence } }],
        })
    };
    let content = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": {
            "timestamp": MADE.to_string(),
            "tools": { "components": [{ "type": "application", "name": "acme-sbom", "version": "0.9.1" }] },
            "component": { "type": "file", "name": "report", "version": "2026-09" },
        },
        "components": [
            component("ledger-core", "4.2.0", "Apache-2.0"),
            component("tabulate", "0.9.0", "MIT"),
            component("reportlab", "4.2.5", "BSD-3-Clause"),
        ],
    });
    Artifact::of_type(CYCLONEDX).layer(CYCLONEDX, content.to_string(), &[]).about(report).build()
}

/// An attestation that points at the report and speaks of something else.
fn other_subject(report: &Document) -> Document {
    let kind = "https://in-toto.io/attestation/test-result/v0.1";
    let predicate = json!({ "result": "PASSED", "passedTests": ["totals", "rounding"], "failedTests": [] });
    let other = "0".repeat(64);
    let envelope = json!({
        "payloadType": IN_TOTO,
        "payload": STANDARD.encode(statement(&other, kind, predicate).to_string()),
        "signatures": [{ "keyid": "acme-ci-2026", "sig": STANDARD.encode(noise("test result", 71)) }],
    });
    Artifact::of_type(DSSE)
        .layer(DSSE, envelope.to_string(), &[("in-toto.io/predicate-type", kind)])
        .about(report)
        .build()
}

/// A signature as notation leaves it.
fn notation(report: &Document) -> Document {
    let target = json!({ "targetArtifact": Value::from(report.descriptor()) });
    let protected = json!({
        "alg": "PS256",
        "crit": ["io.cncf.notary.signingScheme"],
        "cty": "application/vnd.cncf.notary.payload.v1+json",
        "io.cncf.notary.signingScheme": "notary.x509",
        "io.cncf.notary.signingTime": MADE.plus(120).to_string(),
    });
    let envelope = json!({
        "payload": URL_SAFE_NO_PAD.encode(target.to_string()),
        "protected": URL_SAFE_NO_PAD.encode(protected.to_string()),
        "header": { "x5c": [STANDARD.encode(noise("certificate", 600))], "io.cncf.notary.signingAgent": "notation-go/1.3.2" },
        "signature": URL_SAFE_NO_PAD.encode(noise("notation", 256)),
    });
    Artifact::of_type(NOTATION)
        .layer("application/jose+json", envelope.to_string(), &[])
        .about(report)
        .annotation("io.cncf.notary.x509chain.thumbprint#S256", "[\"made up for the sample\"]")
        .build()
}
