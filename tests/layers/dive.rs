//! dive's own figures, as it has published them and as it reckons them here.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use strata::anatomy::files::{DeadBytes, DiveScore, FileList, Overlay};

use super::cases;
use super::indexed::indexed;
use super::layout::{self, Packing};
use super::made::{Made, archive, directory, file, hard_link};
use super::support::digest_of;
use super::support::process::go_program;

/// An image of the same steps as those that dive's own tests are about: a file of so many bytes copied, moved, changed and deleted over
/// a base of one large file. `flag` is the type of whiteouts, which builders do not agree about.
fn published(base: usize, copy: usize, flag: u8) -> Vec<Vec<Made>> {
    let sized = |path: &str, size: usize| file(path, &"x".repeat(size));
    let within_example = |entries: Vec<Made>| [vec![directory("root/"), directory("root/example/")], entries].concat();
    let within_root = |entries: Vec<Made>| [vec![directory("root/")], entries].concat();
    let deleted = |path: &str| file(path, "").flag(flag);
    vec![
        vec![
            directory("bin/"),
            sized("bin/busybox", base),
            hard_link("bin/sh", "bin/busybox"),
            directory("root/"),
            directory("tmp/"),
        ],
        vec![sized("somefile.txt", copy)],
        within_example(vec![directory("root/example/really/"), directory("root/example/really/nested/")]),
        within_example(vec![sized("root/example/somefile1.txt", copy)]),
        within_example(vec![sized("root/example/somefile1.txt", copy).mode(0o444)]),
        within_example(vec![sized("root/example/somefile2.txt", copy)]),
        within_example(vec![sized("root/example/somefile3.txt", copy)]),
        within_example(vec![deleted("root/example/.wh.somefile3.txt"), sized("root/saved.txt", copy)]),
        within_root(vec![sized("root/.saved.txt", copy)]),
        within_root(vec![deleted("root/.wh.example")]),
        within_root(vec![
            directory("root/.data/"),
            sized("root/.data/tag.sh", 1_000),
            sized("root/.data/test.sh", 1_187),
        ]),
        vec![directory("tmp/"), sized("tmp/saved.again1.txt", copy)],
        within_root(vec![directory("root/.data/"), sized("root/.data/saved.again2.txt", copy)]),
        within_root(vec![sized("root/saved.txt", copy).mode(0o755)]),
    ]
}

/// What dive says of an image, or Strata in its stead.
#[derive(Debug, PartialEq)]
struct Said {
    score: f64,
    size_bytes: u64,
    wasted_bytes: u64,
    /// Path, how often, bytes; sorted.
    files: Vec<(String, u64, u64)>,
}

async fn strata(folder: &Path, tag: &str) -> (Said, DiveScore) {
    let indexes = indexed(&layout::read(folder, tag)).await;
    let layers: Vec<&FileList> = indexes.iter().map(|index| &index.files).collect();
    let score = DiveScore::of(&layers);
    let mut files: Vec<_> = score
        .inefficient
        .iter()
        .map(|path| (format!("/{}", String::from_utf8_lossy(&path.path)), path.count, path.cumulative_bytes))
        .collect();
    files.sort();
    let said = Said { score: score.score, size_bytes: score.size_bytes, wasted_bytes: score.wasted_bytes, files };
    (said, score)
}

#[tokio::test]
async fn what_dive_has_published_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let docker = archives(&published(1_154_361, 6_405, 0));
    let kaniko = archives(&published(1_231_733, 9_249, b'0'));
    let single = archives(&[vec![file("README.md", &"x".repeat(11_189))]]);
    layout::write(folder.path(), Packing::Gzip, &[("docker", &docker), ("kaniko", &kaniko), ("single", &single)]);
    let inefficient = |copy: u64| {
        let files = [("example/somefile1", 2 * copy), ("example/somefile3", copy), ("saved", 2 * copy)];
        files.map(|(name, bytes)| (format!("/root/{name}.txt"), 2, bytes)).to_vec()
    };
    for (tag, score, size_bytes, user_size_bytes, wasted_bytes, percent, files) in [
        ("docker", 0.984_421_213_418_430_9, 1_220_598, 66_237, 32_025, 0.483_491_100_140_404_9, inefficient(6_405)),
        ("kaniko", 0.979_368_849_021_643_1, 1_326_410, 94_677, 46_245, 0.488_450_204_379_099_5, inefficient(9_249)),
        ("single", 1.0, 11_189, 0, 0, f64::NAN, Vec::new()),
    ] {
        let (said, whole) = strata(folder.path(), tag).await;
        assert_eq!(said, Said { score, size_bytes, wasted_bytes, files }, "{tag}");
        assert_eq!(whole.user_size_bytes, user_size_bytes, "{tag}");
        let reckoned =
            f64::from(u32::try_from(wasted_bytes).unwrap()) / f64::from(u32::try_from(user_size_bytes).unwrap());
        assert!(reckoned.to_bits() == percent.to_bits() || percent.is_nan(), "{tag}: {reckoned}");
    }
}

/// Of the same images the totals happen to be those that dive calls wasted; file by file they are others.
#[tokio::test]
async fn what_nobody_sees_of_them_is_counted_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let docker = archives(&published(1_154_361, 6_405, 0));
    let kaniko = archives(&published(1_231_733, 9_249, b'0'));
    layout::write(folder.path(), Packing::Gzip, &[("docker", &docker), ("kaniko", &kaniko)]);
    for (tag, total, dead, copy) in [("docker", 1_220_598, 32_025, 6_405), ("kaniko", 1_326_410, 46_245, 9_249)] {
        let indexes = indexed(&layout::read(folder.path(), tag)).await;
        let layers: Vec<&FileList> = indexes.iter().map(|index| &index.files).collect();
        let found = DeadBytes::of(&layers, &Overlay::of(&layers));
        assert_eq!((found.total.bytes, found.dead.bytes), (total, dead), "{tag}");
        let mut files = BTreeMap::<_, u64>::new();
        for file in &found.files {
            let path = layers[usize::from(file.file.layer)].get(file.file.number as usize).unwrap().path();
            *files.entry(String::from_utf8_lossy(path).into_owned()).or_default() += file.amount.bytes;
        }
        let expected = [
            ("root/example/somefile1.txt", 2 * copy),
            ("root/example/somefile2.txt", copy),
            ("root/example/somefile3.txt", copy),
            ("root/saved.txt", copy),
        ];
        assert_eq!(files, BTreeMap::from(expected.map(|(path, bytes)| (path.to_owned(), bytes))), "{tag}");
    }
}

/// What dive itself says of an archive of `docker save`'s form.
fn dive(dive: &Path, folder: &Path, archives: &[Vec<u8>]) -> Said {
    let (image, report) = (folder.join("image.tar"), folder.join("report.json"));
    write_docker_archive(&image, archives);
    let output = Command::new(dive)
        .arg(format!("docker-archive://{}", image.display()))
        .arg("--json")
        .arg(&report)
        .env("HOME", folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
    let text = fs::read_to_string(report).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let image = &report["image"];
    // To the last digit, which a JSON number of serde is not.
    let score = text.split_once("\"efficiencyScore\":").unwrap().1.split([',', '}']).next().unwrap();
    let files = image["fileReference"].as_array().into_iter().flatten();
    let mut files: Vec<_> = files
        .map(|file| {
            let path = file["file"].as_str().unwrap().to_owned();
            (path, file["count"].as_u64().unwrap(), file["sizeBytes"].as_u64().unwrap())
        })
        .collect();
    files.sort();
    Said {
        score: score.trim().parse().unwrap(),
        size_bytes: image["sizeBytes"].as_u64().unwrap(),
        wasted_bytes: image["inefficientBytes"].as_u64().unwrap(),
        files,
    }
}

fn write_docker_archive(path: &Path, archives: &[Vec<u8>]) {
    let diff_ids: Vec<_> = archives.iter().map(|archive| digest_of(archive)).collect();
    let steps: Vec<_> = archives.iter().map(|_| json!({ "created_by": "step" })).collect();
    let config = json!({ "rootfs": { "type": "layers", "diff_ids": diff_ids }, "history": steps }).to_string();
    let names: Vec<_> = (0..archives.len()).map(|number| format!("{number}/layer.tar")).collect();
    let manifest = json!([{ "Config": "config.json", "RepoTags": ["image:latest"], "Layers": names }]).to_string();
    let mut builder = tar::Builder::new(fs::File::create(path).unwrap());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes).unwrap();
    };
    names.iter().zip(archives).for_each(|(name, archive)| add(name, archive));
    add("config.json", config.as_bytes());
    add("manifest.json", manifest.as_bytes());
    builder.finish().unwrap();
}

fn archives(layers: &[Vec<Made>]) -> Vec<Vec<u8>> {
    layers.iter().map(|entries| archive(entries)).collect()
}

/// A layer of few names, so that layers meet.
fn any_layer() -> impl Strategy<Value = Vec<Made>> {
    let name = prop_oneof![Just("a"), Just("b"), Just("c")];
    let path = proptest::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    let entry = (path, 0..5_u8, 0..3_000_usize).prop_map(|(path, what, size)| match what {
        0 => directory(&format!("{path}/")),
        1 => match path.rsplit_once('/') {
            Some((parent, name)) => file(&format!("{parent}/.wh.{name}"), ""),
            None => file(&format!(".wh.{path}"), ""),
        },
        2 => file(&format!("{path}/.wh..wh..opq"), ""),
        _ => file(&path, &"x".repeat(size)),
    });
    proptest::collection::vec(entry, 0..8)
}

#[tokio::test]
async fn dive_itself_says_the_same() {
    let Some(program) = go_program("dive") else { return };
    let mut images = vec![
        ("docker".to_owned(), published(1_154_361, 6_405, 0)),
        ("kaniko".to_owned(), published(1_231_733, 9_249, b'0')),
        ("agreed".to_owned(), cases::agreed().to_vec()),
    ];
    images.extend(cases::disputed().into_iter().map(|case| (case.name.to_owned(), case.layers.to_vec())));
    let mut runner = TestRunner::deterministic();
    for number in 0..30 {
        let layers = proptest::collection::vec(any_layer(), 1..5).new_tree(&mut runner).unwrap().current();
        images.push((format!("any-{number}"), layers));
    }
    for (tag, layers) in images {
        let folder = tempfile::tempdir().unwrap();
        let archives = archives(&layers);
        layout::write(&folder.path().join("layout"), Packing::Gzip, &[(&tag, &archives)]);
        let (said, _) = strata(&folder.path().join("layout"), &tag).await;
        assert_eq!(said, dive(&program, folder.path(), &archives), "{tag}");
    }
}
