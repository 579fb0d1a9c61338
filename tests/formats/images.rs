//! Container images, sound and odd.

use serde_json::json;

use super::shelf::{
    CONFIG, DOCKER_CONFIG, DOCKER_MANIFEST, LAYER, MANIFEST, SHELF, config, get, layer, manifest, put, shows, with,
};
use super::support::digest_of;

#[test]
fn f1_an_image_of_three_layers() {
    let mut config = config(3);
    let history = config["history"].as_array_mut().unwrap();
    history.insert(1, json!({ "created_by": "ENV A=b", "empty_layer": true }));
    history.push(json!({ "created_by": "CMD [\"run\"]", "empty_layer": true }));
    put("f/1", "1", MANIFEST, &manifest("f/1", 3, &config));
    let document = shows("f/1:1", &["5 steps, 3 layers", "COPY part-0 /", "ENV A=b", "CMD [\"run\"]", "3.0 MB"]);
    assert_eq!(document["content"]["value"]["step_count"], 5);
}

#[test]
fn f2_dockers_schema_2() {
    let mut document = manifest("f/2", 1, &config(1));
    document["mediaType"] = json!(DOCKER_MANIFEST);
    document["config"]["mediaType"] = json!(DOCKER_CONFIG);
    document["layers"][0]["mediaType"] = json!("application/vnd.docker.image.rootfs.diff.tar.gzip");
    put("f/2", "1", DOCKER_MANIFEST, &document);
    shows("f/2:1", &["1 step, 1 layer", "COPY part-0 /"]);
    get("/f/2:1/-/config").says(&["linux/amd64"]);
}

#[test]
fn f9_a_manifest_that_does_not_say_what_it_is() {
    let mut document = manifest("f/9", 1, &config(1));
    document.as_object_mut().unwrap().remove("mediaType");
    put("f/9", "1", MANIFEST, &document);
    shows("f/9:1", &["1 step, 1 layer"]);
    // The registry does not say it either.
    put("f/9", "2", "application/json", &document);
    shows("f/9:2", &["1 step, 1 layer"]);
}

#[test]
fn f10_histories_that_do_not_fit() {
    let mut none = config(2);
    none.as_object_mut().unwrap().remove("history");
    put("f/10", "none", MANIFEST, &manifest("f/10", 2, &none));
    shows("f/10:none", &["no history", "2 layers"]);
    put(
        "f/10",
        "longer",
        MANIFEST,
        &manifest("f/10", 2, &with(config(2), &json!({ "history": config(3)["history"] }))),
    );
    shows("f/10:longer", &["does not match", "COPY part-2 /", "2 layers"]);
    put(
        "f/10",
        "shorter",
        MANIFEST,
        &manifest("f/10", 2, &with(config(2), &json!({ "history": config(1)["history"] }))),
    );
    shows("f/10:shorter", &["does not match", "2 layers"]);
}

#[test]
fn f11_odd_times() {
    for (tag, created, said) in [
        ("epoch", json!("1970-01-01T00:00:00Z"), "1970"),
        ("reproducible", json!("1980-01-01T00:00:00Z"), "1980"),
        ("zero", json!("0001-01-01T00:00:00Z"), ""),
        ("missing", json!(null), ""),
        ("words", json!("yesterday"), "yesterday"),
        ("number", json!(5), ""),
    ] {
        put("f/11", tag, MANIFEST, &manifest("f/11", 1, &with(config(1), &json!({ "created": created }))));
        shows(&format!("f/11:{tag}"), &["1 step, 1 layer"]);
        let config = get(&format!("/f/11:{tag}/-/config"));
        assert_eq!(config.status, 200);
        config.says(&[said]);
    }
}

#[test]
fn f17_a_layer_that_lies_elsewhere() {
    let mut document = manifest("f/17", 1, &config(1));
    document["layers"][0]["mediaType"] = json!("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    document["layers"][0]["urls"] = json!(["https://fonts.example/layer.tar.gz"]);
    put("f/17", "1", MANIFEST, &document);
    shows("f/17:1", &["https://fonts.example/layer.tar.gz", "Said to be at"]);
    let asked = SHELF.fixture.lines().into_iter().filter(|line| line.contains(&digest_of(b"layer 0"))).count();
    assert_eq!(asked, 0, "the layer was asked for");
}

#[test]
fn f18_f19_no_layer_and_a_hundred() {
    put("f/18", "1", MANIFEST, &manifest("f/18", 0, &config(0)));
    shows("f/18:1", &["0 layers"]);
    put("f/19", "1", MANIFEST, &manifest("f/19", 100, &config(100)));
    shows("f/19:1", &["100 steps, 100 layers", "COPY part-99 /"]);
}

#[test]
fn f20_a_hundred_thousand_steps() {
    let steps: Vec<_> =
        (0..100_000).map(|number| json!({ "created_by": format!("RUN {number}"), "empty_layer": true })).collect();
    put("f/20", "1", MANIFEST, &manifest("f/20", 0, &with(config(0), &json!({ "history": steps }))));
    let document = shows("f/20:1", &["100,000 steps", "The history has more steps than one page shows"]);
    assert_eq!(document["content"]["value"]["step_count"], 100_000);
}

#[test]
fn f30_f31_layers_of_other_kinds() {
    let digest = format!("sha512:{}", "27".repeat(64));
    let mut document = manifest("f/30", 2, &config(2));
    document["layers"][0]["digest"] = json!(digest);
    document["layers"][1]["mediaType"] = json!(format!("{LAYER}+encrypted"));
    document["layers"][1]["annotations"] =
        json!({ "org.opencontainers.image.enc.keys.jwe": "eyJ", "org.opencontainers.image.enc.pubopts": "eyJ" });
    put("f/30", "1", MANIFEST, &document);
    shows("f/30:1", &["2 steps, 2 layers", "sha512:2727", "encrypted"]);
}

#[test]
fn f32_layers_with_a_table_of_contents() {
    let mut document = manifest("f/32", 2, &config(2));
    document["layers"][0]["annotations"] = json!({
        "containerd.io/snapshot/stargz/toc.digest": digest_of(b"toc"), "io.containers.estargz.uncompressed-size": "5000000",
    });
    document["layers"][1]["mediaType"] = json!("application/vnd.oci.image.layer.v1.tar+zstd");
    document["layers"][1]["annotations"] = json!({
        "io.github.containers.zstd-chunked.manifest-position": "1:2:3:1",
        "io.github.containers.zstd-chunked.manifest-checksum": digest_of(b"manifest"),
    });
    put("f/32", "1", MANIFEST, &document);
    shows("f/32:1", &["2 steps, 2 layers", "zstd"]);
}

#[test]
fn a_config_that_is_not_there_leaves_the_layers() {
    let missing = json!({ "mediaType": CONFIG, "digest": digest_of(b"nowhere"), "size": 7 });
    let document = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": missing, "layers": [layer("x")] });
    put("f/config", "1", MANIFEST, &document);
    shows("f/config:1", &["1 layer"]);
}
