use proptest::prelude::*;
use serde_json::{Value, json};

use super::chart::{Chart, version_of};
use super::content::{self, Content};
use super::described::of_tag;
use super::envelope::Envelope;
use super::facts::Facts;
use super::provenance::Provenance;
use super::sbom::Sbom;
use super::signature::{Bundle, BundleContent, BundleKey, Notation, SimpleSigning};
use super::statement::{Predicate, Statement, SubjectMatch};
use super::{MAX_FILE, MAX_ROWS, MAX_TEXT};
use crate::anatomy::kind::Presenter;
use crate::oci::{Digest, Notice};

const HEX: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

fn digest() -> Digest {
    format!("sha256:{HEX}").parse().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn base64(value: &Value) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(value.to_string())
}

fn members(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.member.as_str()).collect()
}

fn statement(predicate_type: &str, predicate: &Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "web", "digest": { "sha256": HEX, "gitCommit": "abc" } }],
        "predicateType": predicate_type,
        "predicate": predicate,
    })
}

fn provenance(predicate_type: &str, predicate: &Value) -> (Provenance, Vec<Notice>) {
    let (statement, notices) = Statement::parse(&bytes(&statement(predicate_type, predicate))).unwrap();
    match statement.predicate {
        Predicate::Provenance(provenance) => (*provenance, notices),
        other => panic!("{other:?}"),
    }
}

#[test]
fn charts_are_read_member_by_member() {
    let (chart, notices) = Chart::parse(&bytes(&json!({
        "apiVersion": "v2", "name": "web", "version": "1.2.3+7", "appVersion": "9", "kubeVersion": ">=1.29",
        "deprecated": true, "keywords": ["a", "b"], "maintainers": [{ "name": "Ann", "email": "a@b" }, "Bob"],
        "dependencies": [{ "name": "db", "version": "~1", "repository": "oci://x", "tags": ["t"] }],
        "annotations": { "k": "v" }, "home": 7,
    })))
    .unwrap();
    assert_eq!((chart.name.as_deref(), chart.version.as_deref()), (Some("web"), Some("1.2.3+7")));
    assert!(chart.deprecated);
    assert_eq!((chart.keywords.len(), chart.maintainers.len(), chart.dependencies.len()), (2, 1, 1));
    assert_eq!(chart.dependencies[0].repository.as_deref(), Some("oci://x"));
    assert_eq!(members(&notices), ["/maintainers/1", "/home"]);
    assert_eq!(version_of(&"1.2.3_7".parse().unwrap()), "1.2.3+7");
}

#[test]
fn what_is_missing_is_noted() {
    let (_, notices) = Chart::parse(b"{}").unwrap();
    assert_eq!(members(&notices), ["/name", "/version", "/apiVersion"]);
    let (_, notices) = Statement::parse(b"{}").unwrap();
    assert_eq!(members(&notices), ["/_type", "/predicateType", "/subject", "/predicate"]);
    assert!(Chart::parse(b"[]").is_err() && Statement::parse(b"not JSON").is_err());
}

#[test]
fn texts_and_lists_end_at_their_limits_and_say_so() {
    let maintainers: Vec<_> = (0..=MAX_ROWS).map(|number| json!({ "name": number.to_string() })).collect();
    let long = "x".repeat(MAX_TEXT + 1);
    let document =
        json!({ "apiVersion": "v2", "name": "n", "version": "1", "description": long, "maintainers": maintainers });
    let (chart, notices) = Chart::parse(&bytes(&document)).unwrap();
    assert_eq!(chart.maintainers.len(), MAX_ROWS);
    assert!(chart.description.unwrap().len() <= MAX_TEXT + "…".len());
    assert_eq!(members(&notices), ["/maintainers", "/description"]);
}

/// Fails when members without a value do not count, or when the way to them is copied whole: a megabyte of them below a name of
/// another was a hundred gigabytes of copies.
#[test]
fn parameters_without_values_end_at_a_limit_that_is_noted() {
    let nothing: serde_json::Map<_, _> = (0..10_001).map(|number| (number.to_string(), Value::Null)).collect();
    let long = "x".repeat(512 << 10);
    let (provenance, notices) = provenance(
        "https://slsa.dev/provenance/v0.2",
        &json!({
            "builder": { "id": "https://ci" },
            "invocation": { "parameters": { "a": 1, &long: { "b": 2, &long: { "c": 3, "d": nothing } } } },
        }),
    );
    let names: Vec<_> = provenance.parameters.iter().map(|(name, _)| name.len()).collect();
    assert_eq!(names, [1, MAX_TEXT + "…".len(), MAX_TEXT + "…".len()]);
    assert_eq!(members(&notices), ["/predicate/invocation/parameters"]);
    assert_eq!(notices[0].problem, "only the first 10000 members are looked at");
}

#[test]
fn statements_speak_of_their_subjects() {
    let document = statement("https://example.com/x/v1", &json!({ "result": "PASSED" }));
    let (statement, notices) = Statement::parse(&bytes(&document)).unwrap();
    assert_eq!(notices, []);
    assert_eq!(statement.speaks_of(&digest()), SubjectMatch::Same);
    let other = format!("sha256:{}", "0".repeat(64)).parse().unwrap();
    assert_eq!(statement.speaks_of(&other), SubjectMatch::Different);
    assert_eq!(statement.subjects[0].digest(), Some(digest()));
    assert!(matches!(statement.predicate, Predicate::Other { ref text, left_out: 0 } if text.contains("PASSED")));
    let long = self::statement("https://example.com/x/v1", &json!(vec![json!([1, [2]]); 10_000]));
    let (statement, _) = Statement::parse(&bytes(&long)).unwrap();
    assert!(matches!(statement.predicate, Predicate::Other { ref text, left_out: 1.. } if text.len() == MAX_FILE));
    let mut many = document;
    many["subject"] = (0..=MAX_ROWS).map(|number| json!({ "digest": { "sha256": number.to_string() } })).collect();
    let (statement, notices) = Statement::parse(&bytes(&many)).unwrap();
    assert_eq!(statement.speaks_of(&digest()), SubjectMatch::Unknown);
    assert_eq!(members(&notices), ["/subject"]);
}

#[test]
fn provenance_of_both_versions_is_read_alike() {
    let file = base64(&json!("FROM scratch\n"));
    let (old, notices) = provenance(
        "https://slsa.dev/provenance/v0.2",
        &json!({
            "builder": { "id": "https://ci" }, "buildType": "type",
            "invocation": {
                "configSource": { "uri": "https://git", "digest": { "sha1": "abc" }, "entryPoint": "Dockerfile" },
                "parameters": { "args": { "label:team": "payments" }, "locals": [{ "name": "context" }] },
                "environment": { "platform": "linux/amd64" },
            },
            "materials": [{ "uri": "pkg:docker/x@1", "digest": { "sha256": HEX } }],
            "metadata": {
                "buildInvocationID": "id", "buildStartedOn": "2026-01-01T00:00:00Z", "reproducible": false,
                "https://mobyproject.org/buildkit@v1#metadata": {
                    "vcs": { "revision": "abc" }, "source": { "infos": [{ "filename": "Dockerfile", "data": file }] },
                },
            },
        }),
    );
    assert_eq!(notices, []);
    let (new, notices) = provenance(
        "https://slsa.dev/provenance/v1",
        &json!({
            "buildDefinition": {
                "buildType": "type",
                "externalParameters": {
                    "configSource": { "uri": "https://git", "digest": { "sha1": "abc" }, "path": "Dockerfile" },
                    "args": { "label:team": "payments" }, "locals": [{ "name": "context" }],
                },
                "internalParameters": { "platform": "linux/amd64" },
                "resolvedDependencies": [{ "uri": "pkg:docker/x@1", "digest": { "sha256": HEX } }],
            },
            "runDetails": {
                "builder": { "id": "https://ci" },
                "metadata": {
                    "invocationId": "id", "startedOn": "2026-01-01T00:00:00Z", "buildkit_reproducible": false,
                    "buildkit_metadata": {
                        "vcs": { "revision": "abc" }, "source": { "infos": [{ "filename": "Dockerfile", "data": file }] },
                    },
                },
            },
        }),
    );
    assert_eq!(notices, []);
    assert_eq!((old.version.as_str(), new.version.as_str()), ("0.2", "1"));
    assert_eq!(old, Provenance { version: old.version.clone(), ..new });
    assert_eq!(old.files[0].text, "\"FROM scratch\\n\"");
    assert_eq!(old.parameters[0], ("args.label:team".to_owned(), "payments".to_owned()));
    assert_eq!(old.source.unwrap().entry_point.as_deref(), Some("Dockerfile"));
}

#[test]
fn a_build_s_file_that_is_no_base_64_is_noted() {
    let predicate = json!({
        "runDetails": { "builder": { "id": "x" }, "metadata": { "buildkit_metadata": { "source": { "infos": [{ "data": "?" }] } } } },
    });
    let (provenance, notices) = provenance("https://slsa.dev/provenance/v1", &predicate);
    assert_eq!(provenance.files, []);
    assert_eq!(members(&notices), ["/predicate/runDetails/metadata/buildkit_metadata/source/infos/0/data"]);
}

#[test]
fn bills_of_all_formats_are_read_alike() {
    let spdx = json!({
        "spdxVersion": "SPDX-2.3", "name": "web",
        "creationInfo": { "created": "2026-01-01T00:00:00Z", "creators": ["Tool: syft-1", "Organization: x"] },
        "packages": [
            { "name": "zlib", "versionInfo": "1.3", "licenseConcluded": "NOASSERTION", "licenseDeclared": "Zlib",
              "externalRefs": [{ "referenceType": "cpe23Type", "referenceLocator": "cpe" },
                               { "referenceType": "purl", "referenceLocator": "pkg:deb/debian/zlib@1.3" }] },
            { "name": "Bash", "versionInfo": "5" },
        ],
    });
    let cyclonedx = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": { "component": { "name": "web", "version": "1" }, "tools": [{ "name": "syft", "version": "1" }] },
        "components": [
            { "type": "library", "name": "zlib", "version": "1.3", "purl": "pkg:deb/debian/zlib@1.3",
              "licenses": [{ "license": { "id": "Zlib" } }],
              "components": [{ "type": "file", "name": "Bash", "version": "5" }] },
        ],
    });
    let syft = json!({
        "schema": { "version": "16.0.0" }, "descriptor": { "name": "syft", "version": "1" },
        "source": { "name": "web", "version": "1" },
        "artifacts": [
            { "name": "zlib", "version": "1.3", "type": "deb", "purl": "pkg:deb/debian/zlib@1.3", "licenses": [{ "value": "Zlib" }] },
            { "name": "Bash", "version": "5", "licenses": ["GPL"] },
        ],
    });
    let graph = json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            { "type": "CreationInfo", "specVersion": "3.0.1", "created": "2026-01-01T00:00:00Z" },
            { "type": "SpdxDocument", "name": "web" },
            { "type": "software_Package", "name": "zlib", "software_packageVersion": "1.3", "software_packageUrl": "pkg:deb/debian/zlib@1.3" },
            { "type": "software_Package", "name": "Bash", "software_packageVersion": "5" },
            { "type": "Relationship" },
        ],
    });
    for (document, format) in
        [(spdx, "SPDX 2.3"), (cyclonedx, "CycloneDX 1.6"), (syft, "Syft JSON 16.0.0"), (graph, "SPDX 3.0.1")]
    {
        let (mut sbom, notices) = Sbom::parse(&bytes(&document)).unwrap();
        assert_eq!(notices, [], "{format}");
        assert_eq!((sbom.format.as_str(), sbom.name.as_deref(), sbom.package_count), (format, Some("web"), 2));
        let names: Vec<_> = sbom.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["Bash", "zlib"], "{format}");
        assert_eq!(sbom.packages[1].kind.as_deref(), Some("deb"), "{format}");
        sbom.narrow("DEBIAN", 0, 10);
        assert_eq!((sbom.packages.len(), sbom.shown.matching, sbom.package_count), (1, 1, 2), "{format}");
        // In a statement it is found, too.
        let (statement, _) = Statement::parse(&bytes(&statement("https://spdx.dev/Document", &document))).unwrap();
        assert!(matches!(statement.predicate, Predicate::Sbom(_)), "{format}");
    }
}

#[test]
fn a_bill_of_an_unknown_format_is_refused_and_a_long_one_counted() {
    assert!(Sbom::parse(b"{\"name\":\"x\"}").is_err());
    let packages: Vec<_> = (0..10_500).map(|number| json!({ "name": format!("p{number:05}") })).collect();
    let (mut sbom, notices) = Sbom::parse(&bytes(&json!({ "spdxVersion": "SPDX-2.3", "packages": packages }))).unwrap();
    assert_eq!((sbom.package_count, sbom.packages.len()), (10_500, 10_000));
    assert_eq!(members(&notices), ["/packages"]);
    sbom.narrow("p", 300, 300);
    assert_eq!((sbom.packages.len(), sbom.packages[0].name.as_str()), (300, "p00300"));
    sbom.narrow("", u32::MAX, 300);
    assert_eq!(sbom.packages.len(), 0);
}

#[test]
fn envelopes_and_bundles_hold_statements() {
    let inner = statement("https://example.com/x/v1", &json!({}));
    let envelope = json!({
        "payloadType": "application/vnd.in-toto+json", "payload": base64(&inner), "signatures": [{ "keyid": "k", "sig": "s" }],
    });
    let (read, notices) = content::read(Presenter::Envelope, &bytes(&envelope)).unwrap();
    assert_eq!(notices, []);
    assert_eq!(read.speaks_of(&digest()), Some(SubjectMatch::Same));
    let bundle = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": { "certificate": { "rawBytes": "" }, "tlogEntries": [{}] },
        "dsseEnvelope": envelope,
    });
    let (bundle, notices) = Bundle::parse(&bytes(&bundle)).unwrap();
    assert_eq!(notices, []);
    assert_eq!((bundle.key, bundle.log_entries), (BundleKey::Certificate, 1));
    assert!(matches!(bundle.content, BundleContent::Envelope { statement: Some(_), .. }));
    let (_, notices) = Envelope::parse(b"{\"payloadType\":\"x\",\"payload\":\"?\"}").unwrap();
    assert_eq!(members(&notices), ["/payload"]);
}

#[test]
fn signatures_say_what_they_sign() {
    let (payload, notices) = SimpleSigning::parse(&bytes(&json!({
        "critical": {
            "identity": { "docker-reference": "r/web" }, "image": { "docker-manifest-digest": digest().as_str() },
            "type": "cosign container image signature",
        },
        "optional": { "creator": "x" },
    })))
    .unwrap();
    assert_eq!(notices, []);
    assert_eq!((payload.manifest_digest, payload.optional.len()), (Some(digest()), 1));
    let target = json!({ "targetArtifact": { "mediaType": "t", "digest": digest().as_str(), "size": 7 } });
    let protected = json!({ "alg": "PS256", "io.cncf.notary.signingTime": "2026-01-01T00:00:00Z" });
    let (signature, notices) = Notation::parse(&bytes(&json!({
        "payload": base64(&target), "protected": base64(&protected), "header": { "x5c": ["a", "b"] }, "signature": "s",
    })))
    .unwrap();
    assert_eq!(notices, []);
    assert_eq!((signature.target, signature.target_size, signature.certificates), (Some(digest()), Some(7), 2));
    assert_eq!(signature.signed.as_deref(), Some("2026-01-01T00:00:00Z"));
    let (_, notices) = Notation::parse(b"{\"payload\":\"e30\",\"protected\":\"AAAA\"}").unwrap();
    assert_eq!(members(&notices), ["payload /targetArtifact", "protected"]);
}

#[test]
fn cosign_s_tags_name_their_subject() {
    for ending in ["sig", "att", "sbom"] {
        assert_eq!(of_tag(&format!("sha256-{HEX}.{ending}").parse().unwrap()), Some(digest()));
    }
    for other in [format!("sha256-{HEX}"), format!("sha256-{HEX}.txt"), "sha256-abc.sig".to_owned(), "x.sig".to_owned()]
    {
        assert_eq!(of_tag(&other.parse().unwrap()), None, "{other}");
    }
}

#[test]
fn facts_stand_in_a_known_order() {
    let (facts, _) = Facts::parse(&bytes(&json!({
        "zzz": 1, "config": { "precision": "f16", "format": "gguf" }, "rootfs": { "diff_ids": ["x"] }, "descriptor": { "name": "m" },
    })))
    .unwrap();
    let names: Vec<_> = facts.rows.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Name", "Format", "Precision", "zzz"]);
}

#[test]
fn text_is_text_or_refused() {
    let read = |bytes: &[u8]| content::read(Presenter::Text, bytes);
    assert!(matches!(read("ä\n".as_bytes()), Ok((Content::Text { left_out: 0, .. }, _))));
    assert!(read(b"a\0b").is_err() && read(b"\xff\xfe").is_err());
}

/// Every presenter that reads bytes.
const PRESENTERS: [Presenter; 10] = [
    Presenter::Chart,
    Presenter::Statement,
    Presenter::Envelope,
    Presenter::Sbom,
    Presenter::SimpleSigning,
    Presenter::Bundle,
    Presenter::Notation,
    Presenter::Facts,
    Presenter::Text,
    Presenter::TextIfAsked,
];

/// Any JSON, with the members that the readers look for among others.
fn any_json() -> impl Strategy<Value = Value> {
    const NAMES: [&str; 36] = [
        "_type",
        "subject",
        "predicateType",
        "predicate",
        "payload",
        "payloadType",
        "signatures",
        "protected",
        "header",
        "x5c",
        "critical",
        "image",
        "docker-manifest-digest",
        "optional",
        "spdxVersion",
        "packages",
        "name",
        "externalRefs",
        "bomFormat",
        "components",
        "licenses",
        "metadata",
        "tools",
        "artifacts",
        "descriptor",
        "@graph",
        "@context",
        "buildDefinition",
        "runDetails",
        "buildkit_metadata",
        "source",
        "infos",
        "data",
        "dsseEnvelope",
        "verificationMaterial",
        "dependencies",
    ];
    let texts = prop_oneof![
        any::<String>(),
        Just("https://slsa.dev/provenance/v1".to_owned()),
        Just("application/vnd.in-toto+json".to_owned()),
        Just("e30=".to_owned()),
        Just(format!("sha256:{HEX}")),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from),
    ];
    let name = prop_oneof![3 => proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    leaf.prop_recursive(5, 80, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        for presenter in PRESENTERS {
            let _ = content::read(presenter, &bytes);
        }
    }

    #[test]
    fn any_json_is_read_or_refused(value in any_json(), filter: String, from: u32) {
        for presenter in PRESENTERS {
            if let Ok((mut content, notices)) = content::read(presenter, &bytes(&value)) {
                prop_assert!(notices.len() <= 2 * MAX_ROWS + 2);
                if let Some(sbom) = content.sbom_mut() {
                    sbom.narrow(&filter, from, 300);
                    prop_assert!(sbom.packages.len() <= 300);
                }
                let _ = content.speaks_of(&digest());
                // It goes through the JSON API and back.
                let text = serde_json::to_string(&content).unwrap();
                prop_assert!(serde_json::from_str::<Content>(&text).is_ok());
            }
        }
    }
}
