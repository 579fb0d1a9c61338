//! JSON that is not as it should be, as a manifest and as a config (threats T-14, T-15, T-16, T-17).
//!
//! What cannot be read says so, and its bytes can be looked at all the same; what can be read in part is.

use serde_json::json;

use super::html::Html;
use super::site::{
    CONFIG, INDEX, LAYER, MANIFEST, SITE, get, layer, page, put, put_artifact, put_config, put_image, sound_config,
};
use super::support::{Answer, digest_of};

/// What becomes of a document.
enum Fate {
    /// It is not read: these words say why.
    Refused(&'static str),
    /// It is read, and these words say what is odd in it.
    Read(&'static str),
}
use Fate::{Read, Refused};

/// The documents, each with a member `x` of its kind or instead of the whole.
fn documents(begin: &str) -> Vec<(&'static str, Vec<u8>, Fate)> {
    let member = |value: &str| format!("{begin},\"x\":{value}}}").into_bytes();
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut bom = b"\xef\xbb\xbf".to_vec();
    bom.extend(member("1"));
    let mut tail = member("1");
    tail.extend(b" {}");
    vec![
        ("deep-200", member(&deep(200)), Refused("recursion limit")),
        ("deep-9000", member(&deep(9_000)), Refused("recursion limit")),
        ("deep-1000000", member(&deep(1_000_000)), Refused("recursion limit")),
        (
            "deep-objects",
            member(&format!("{}1{}", "{\"a\":".repeat(9_000), "}".repeat(9_000))),
            Refused("recursion limit"),
        ),
        ("number", member("1e400"), Refused("number out of range")),
        ("lone-surrogate", member("\"\\ud800\""), Refused("not valid JSON")),
        ("not-utf-8", [&member("\"")[..begin.len() + 6], b"\xff\"}"].concat(), Refused("not valid JSON")),
        ("control", member("\"a\nb\""), Refused("not valid JSON")),
        ("bom", bom, Refused("not valid JSON")),
        ("tail", tail, Refused("trailing characters")),
        ("nan", member("NaN"), Refused("not valid JSON")),
        ("comment", member("1 /* x */"), Refused("not valid JSON")),
        ("cut", member("[1,")[..begin.len() + 5].to_vec(), Refused("not valid JSON")),
        ("duplicate", member("1,\"x\":2"), Read("stands twice")),
        ("integer", member("340282366920938463463374607431768211456"), Read("")),
        ("fraction", member("1e-400"), Read("")),
        ("nul", member("\"\\u0000\""), Read("")),
    ]
}

/// Fails when serde_json's limit of depth is switched off (the program then ends), or when what is refused has no raw view.
#[test]
fn odd_json_as_a_manifest_is_refused_or_read_and_its_bytes_can_be_had() {
    let begin = format!(
        "{{\"schemaVersion\":2,\"mediaType\":\"{MANIFEST}\",\"layers\":[],\"config\":{}",
        put_config("shapes/manifest", "{}")
    );
    for (name, bytes, fate) in documents(&begin) {
        let digest = SITE.main.content(|content| {
            let digest = content.manifest("shapes/manifest", MANIFEST, &bytes);
            content.tag("shapes/manifest", name, &digest);
            digest
        });
        let answer = get(&format!("/shapes/manifest:{name}"));
        match fate {
            Refused(words) => {
                assert_eq!(answer.status, 502, "{name}: {}", answer.text());
                answer.says(&[words, "Raw view"]);
            }
            Read(words) => {
                assert_eq!(answer.status, 200, "{name}: {}", answer.text());
                answer.says(&[words]);
            }
        }
        let raw = page(&format!("/shapes/manifest:{name}/-/raw"));
        assert!(raw.body.len() < 2_000_000, "{name}: {}", raw.body.len());
        let download = get(&format!("/-/api/raw/shapes/manifest@{digest}"));
        assert_eq!((download.status, download.body), (200, bytes), "{name}");
    }
    // The list has a row for each, whatever it is.
    page("/shapes/manifest").says(&["deep-9000", "bom"]);
    page("/shapes/manifest?details=0");
}

/// Fails when a config that cannot be read takes the layers with it.
#[test]
fn odd_json_as_a_config_leaves_the_layers() {
    let begin = format!(
        "{{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{{\"type\":\"layers\",\"diff_ids\":[\"{}\"]}}",
        digest_of(b"x")
    );
    for (name, bytes, fate) in documents(&begin) {
        SITE.main.content(|content| content.blob("shapes/config", &bytes));
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "layers": [layer("a layer")],
            "config": { "mediaType": CONFIG, "digest": digest_of(&bytes), "size": bytes.len() },
        });
        put("shapes/config", name, MANIFEST, &manifest.to_string());
        let answer = page(&format!("/shapes/config:{name}"));
        answer.says(&["1 layer"]);
        match fate {
            Refused(words) => answer.says(&["The config cannot be read", words]),
            Read(words) => answer.says(&[words]),
        }
        let download = get(&format!("/-/api/raw/shapes/config:{name}?config=1"));
        assert_eq!((download.status, download.body), (200, bytes), "{name}");
    }
}

/// Fails when a size is read as a signed number, a float, or added without care.
#[test]
fn sizes_that_are_none_are_said_to_be_none() {
    for (name, size) in [
        ("negative", "-1"),
        ("past-int64", "9223372036854775808"),
        ("most", "18446744073709551615"),
        ("past-uint64", "18446744073709551616"),
        ("fraction", "1.5"),
        ("exponent", "1e3"),
        ("text", "\"7\""),
        ("null", "null"),
    ] {
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{},"layers":[
            {{"mediaType":"{LAYER}","digest":"{}","size":{size}}},{{"mediaType":"{LAYER}","digest":"{}","size":{size}}}]}}"#,
            put_config("shapes/sizes", &sound_config().to_string()),
            digest_of(b"one"),
            digest_of(b"two"),
        );
        put("shapes/sizes", name, MANIFEST, &manifest);
        let answer = page(&format!("/shapes/sizes:{name}"));
        answer.says(&["2 layers", "size"]);
        let text = answer.text();
        assert!(!text.contains("18.4 EB") && !text.contains("9.2 EB") && !text.contains("-1 B"), "{name}: {text}");
        page(&format!("/-/compare?from=shapes/sizes:{name}&to=shapes/sizes:negative"));
        page("/shapes/sizes?details=0");
    }
}

/// Fails when ambiguity is not looked for (CVE-2021-41190): the raw view is offered, with the reason.
#[test]
fn documents_of_two_kinds_are_not_interpreted() {
    let config = put_config("shapes/ambiguous", "{}");
    for (name, media_type, document) in [
        ("both", MANIFEST, json!({ "schemaVersion": 2, "config": config, "layers": [], "manifests": [] })),
        (
            "both-index",
            INDEX,
            json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [], "layers": [layer("x")] }),
        ),
        ("types", INDEX, json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [] })),
        (
            "schemas",
            MANIFEST,
            json!({ "schemaVersion": 1, "fsLayers": [], "history": [], "config": config, "layers": [] }),
        ),
    ] {
        let digest = put("shapes/ambiguous", name, media_type, &document.to_string());
        let answer = get(&format!("/shapes/ambiguous:{name}"));
        assert_eq!(answer.status, 502, "{name}: {}", answer.text());
        answer.says(&["This document could mean several things", "Raw view"]);
        let raw = page(&format!("/shapes/ambiguous@{digest}/-/raw"));
        assert!(raw.text().contains("schemaVersion"), "{name}");
    }
    let twice = format!(
        r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","layers":[],"layers":[{}],"config":{config}}}"#,
        layer("x")
    );
    put("shapes/ambiguous", "twice", MANIFEST, &twice);
    assert_eq!(get("/shapes/ambiguous:twice").status, 502);
}

/// A graph of thirty levels, each of which names the next one twice: followed, it would be a thousand million documents.
///
/// Fails when indexes in indexes are followed, or sizes are added along every path.
#[test]
fn a_graph_of_indexes_costs_what_its_first_page_costs() {
    let image = put_image("shapes/graph", "image", &sound_config().to_string(), |_| {});
    let (mut below, mut media_type) = (image.clone(), MANIFEST);
    for level in 0..30 {
        let entry = |number: u8| {
            json!({
                "mediaType": media_type, "digest": below, "size": 500, "annotations": { "number": number.to_string() },
                "platform": { "os": "linux", "architecture": "amd64" },
            })
        };
        // The page shows this one.
        let shown =
            json!({ "mediaType": MANIFEST, "digest": image, "platform": { "os": "linux", "architecture": "arm64" } });
        let index =
            json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry(1), entry(2), shown] }).to_string();
        below = put("shapes/graph", &format!("level-{level}"), INDEX, &index);
        media_type = INDEX;
    }
    let before = SITE.main.received().len();
    for target in ["/shapes/graph:level-29", "/shapes/graph:level-29?details=1", "/-/api/image/shapes/graph:level-29"] {
        let answer = get(target);
        assert_eq!(answer.status, 200, "{target}");
    }
    let asked: Vec<_> = SITE
        .main
        .received()
        .into_iter()
        .skip(before)
        .filter(|received| received.path.contains("shapes/graph"))
        .collect();
    assert!(asked.len() <= 6, "{}", asked.len());
    // An index that names itself can only come from a registry that lies about digests.
    let own = digest_of(b"its own");
    let entry =
        json!({ "mediaType": INDEX, "digest": own, "size": 5, "platform": { "os": "linux", "architecture": "amd64" } });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] }).to_string();
    let reply = super::support::Reply::ok(index).header("content-type", INDEX);
    SITE.main.on(&format!("/v2/shapes/itself/manifests/{own}"), reply.clone());
    SITE.main.on("/v2/shapes/itself/manifests/1", reply);
    let before = SITE.main.received().len();
    get("/shapes/itself:1");
    let asked = SITE.main.received().len() - before;
    assert!(asked <= 3, "{asked}");
}

fn elements(answer: &Answer) -> usize {
    Html::read(&answer.body).tags.len()
}

/// A statement about a build from 200 things with 200 digests each; a file's name of three megabytes, which a row wrote three
/// times; and rows of annotations.
fn put_huge_artifacts() {
    let digests: serde_json::Map<_, _> = (0..200).map(|number| (format!("a{number}"), json!("0"))).collect();
    let materials = vec![json!({ "uri": "pkg:a/b@1", "digest": digests }); 200];
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{ "name": "a", "digest": digests }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": { "buildDefinition": { "buildType": "a", "resolvedDependencies": materials } },
    });
    put_artifact("shapes/huge", "materials", "application/vnd.in-toto+json", &statement, |_| {});
    put_artifact("shapes/huge", "title", "application/vnd.in-toto+json", &json!({}), |manifest| {
        manifest["layers"][0]["annotations"] = json!({ "org.opencontainers.image.title": "x".repeat(3 << 20) });
    });
    put_artifact("shapes/huge", "blobs", "application/x", &json!({}), |manifest| {
        let annotations: serde_json::Map<_, _> = (0..30).map(|number| (number.to_string(), json!("a"))).collect();
        let blob = |number: usize| {
            let digest = digest_of(&number.to_le_bytes());
            json!({ "mediaType": "application/x", "digest": digest, "size": 3, "annotations": annotations })
        };
        manifest["layers"] = json!((0..5_000).map(blob).collect::<Vec<_>>());
    });
}

/// Fails when a page draws all that a document or a list has (threat V-8); it was seen to for a build's materials.
#[test]
fn pages_of_huge_documents_have_few_elements() {
    let steps: Vec<_> =
        (0..100_000).map(|number| json!({ "created_by": format!("RUN {number}"), "empty_layer": true })).collect();
    let mut config = sound_config();
    config["history"] = json!(steps);
    put_image("shapes/huge", "steps", &config.to_string(), |_| {});
    let mut config = sound_config();
    let pairs: serde_json::Map<_, _> = (0..50_000).map(|number| (format!("key {number}"), json!("value"))).collect();
    config["config"] =
        json!({ "Labels": pairs, "Env": (0..50_000).map(|number| format!("E{number}=1")).collect::<Vec<_>>() });
    put_image("shapes/huge", "labels", &config.to_string(), |_| {});
    let mut config = sound_config();
    config["config"] = json!({ "Labels": { "one line": "x".repeat(5_000_000) } });
    config["history"][0]["created_by"] = json!("y".repeat(5_000_000));
    put_image("shapes/huge", "line", &config.to_string(), |_| {});
    put_image("shapes/huge", "layers", &sound_config().to_string(), |manifest| {
        manifest["layers"] = json!((0..10_000).map(|number| layer(&number.to_string())).collect::<Vec<_>>());
    });
    let entry = |number: usize| {
        let platform = json!({ "os": "linux", "architecture": format!("a{number}") });
        json!({ "mediaType": MANIFEST, "digest": digest_of(&number.to_le_bytes()), "size": 7, "platform": platform })
    };
    let index =
        json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": (0..15_000).map(entry).collect::<Vec<_>>() });
    put("shapes/huge", "entries", INDEX, &index.to_string());
    put_huge_artifacts();
    let tags: Vec<_> = (0..100_000).map(|number| format!("1.{number}")).collect();
    SITE.main.on("/v2/shapes/tags/tags/list", super::support::Reply::json(json!({ "tags": tags }).to_string()));
    for (target, most) in [
        ("/shapes/huge:steps", 5_000),
        ("/shapes/huge:steps?as=dockerfile", 5_000),
        ("/shapes/huge:labels", 5_000),
        ("/shapes/huge:labels/-/config", 8_000),
        ("/shapes/huge:line", 2_000),
        ("/shapes/huge:line/-/config", 2_000),
        ("/shapes/huge:line/-/raw", 2_000),
        ("/shapes/huge:layers", 8_000),
        ("/shapes/huge:layers/-/raw", 5_000),
        ("/shapes/huge:entries", 5_000),
        ("/shapes/huge:entries/-/raw", 5_000),
        ("/shapes/huge:materials", 8_000),
        ("/shapes/huge:title", 1_000),
        ("/shapes/huge:blobs", 20_000),
        ("/shapes/tags", 12_000),
        ("/-/compare?from=shapes/huge:steps&to=shapes/huge:line&view=history", 8_000),
        ("/-/compare?from=shapes/huge:labels&to=shapes/huge:line&view=config", 8_000),
    ] {
        let answer = get(target);
        let count = elements(&answer);
        assert!(count <= most, "{target}: {count} elements");
        assert!(answer.body.len() <= 2_500_000, "{target}: {} bytes", answer.body.len());
    }
}
