//! Killed while it reads layers, the program leaves nothing behind that the next one stumbles over.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use strata::oci::Digest;

use crate::odd::fixtures::Fixture;
use crate::odd::fixtures::content::Content;
use crate::program::{Program, begin_to_press, get, press};

/// Layers of the image, and files in each.
const LAYERS: usize = 10;
const FILES: usize = 600;
const PAGE: &str = "/app/web:1/-/files/";
const API: &str = "/-/api/files/app/web:1";
/// How often the program is killed.
const ROUNDS: u32 = 12;

/// When it is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after somebody has asked for the layers.
    After(Duration),
    /// As soon as something new stands in the folder.
    NewFile,
}

/// Moments all over the time that reading takes, neighbours far apart, and some in which something is written.
fn moments(whole: Duration) -> impl Iterator<Item = Moment> {
    (0..ROUNDS).map(move |round| match round % 3 {
        2 => Moment::NewFile,
        _ => Moment::After(whole * (round * 5 % ROUNDS) / ROUNDS),
    })
}

/// Name and contents of a layer's file.
fn file(layer: usize, number: usize) -> (String, Vec<u8>) {
    (format!("usr/share/{layer}/{number}"), format!("{layer} {number} ").repeat(100).into_bytes())
}

fn layer(number: usize) -> Vec<u8> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(encoder);
    for (name, content) in (0..FILES).map(|file_number| file(number, file_number)) {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// Puts the image into a registry. The digests of its layers.
fn push(content: &mut Content) -> Vec<String> {
    let mut keep = |kind: &str, bytes: &[u8]| {
        let digest = content.blob("app/web", bytes);
        json!({ "mediaType": format!("application/vnd.oci.image.{kind}"), "digest": digest, "size": bytes.len() })
    };
    let layers: Vec<_> = (0..LAYERS).map(|number| keep("layer.v1.tar+gzip", &layer(number))).collect();
    let config = keep("config.v1+json", br#"{"architecture":"amd64","os":"linux"}"#);
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({ "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers });
    let manifest = content.manifest("app/web", media_type, manifest.to_string().as_bytes());
    content.tag("app/web", "1", &manifest);
    layers.iter().map(|layer| layer["digest"].as_str().unwrap().to_owned()).collect()
}

/// All files in a folder and those below it. Whatever goes meanwhile is none.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else {
                found.insert(entry.path());
            }
        }
    }
    found
}

/// Whether it is something that was being written.
fn is_unfinished(file: &Path) -> bool {
    file.file_name().unwrap().to_str().unwrap().contains('#')
}

struct Killed {
    registry: Fixture,
    layers: Vec<String>,
    folder: tempfile::TempDir,
}

impl Killed {
    fn start(&self) -> Program {
        Program::start(|command| {
            command.arg("--registry").arg(self.registry.origin()).arg("--cache-dir").arg(self.folder.path());
        })
    }

    fn ask(program: &Program, query: &str) -> Value {
        let answer = get(program.address, &format!("{API}{query}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    /// Digests of the layers that are known, each of which must have all of its files.
    fn known(&self, program: &Program) -> BTreeSet<String> {
        let view = Self::ask(program, "");
        let cards = view["layers"].as_array().unwrap();
        assert_eq!(cards.len(), LAYERS);
        let mut known = BTreeSet::new();
        for (number, (card, digest)) in cards.iter().zip(&self.layers).enumerate() {
            assert_eq!(card["digest"], *digest);
            if card["state"] != "known" {
                assert_ne!(card["state"], "unreadable", "{card}");
                continue;
            }
            assert_eq!(card["entries"], FILES, "{card}");
            for file_number in [0, FILES - 1] {
                let (name, content) = file(number, file_number);
                let hash = Digest::from_sha256(&Sha256::digest(&content));
                let found = Self::ask(program, &format!("?layer={digest}&find={hash}"));
                assert_eq!((&found["total"], &found["rows"][0]["path"]), (&1.into(), &name.into()), "{found}");
            }
            known.insert(digest.clone());
        }
        known
    }

    /// Starts it on whatever stands in the folder: each index there is whole and is used, and nothing else is left.
    fn start_again(&self) -> (Program, BTreeSet<String>) {
        let before = files(self.folder.path());
        let program = self.start();
        assert!(get(program.address, "/-/health/ready").starts_with("HTTP/1.1 200 "));
        let whole: BTreeSet<_> = before.into_iter().filter(|file| !is_unfinished(file)).collect();
        assert_eq!(files(self.folder.path()), whole);
        let known = self.known(&program);
        let is_of = |file: &Path, digest: &str| file.iter().any(|part| digest.strip_prefix("sha256:") == part.to_str());
        assert!(whole.iter().all(|file| known.iter().any(|digest| is_of(file, digest))), "{whole:?} has {known:?}");
        assert_eq!(whole.len(), known.len());
        (program, known)
    }

    fn read_whole(&self, program: &Program) {
        assert!(press(program.address, PAGE).starts_with("HTTP/1.1 303 "));
        let is_known = |card: &Value| card["state"] == "known";
        self.until("the whole image", || Self::ask(program, "")["layers"].as_array().unwrap().iter().all(is_known));
    }

    /// Waits until something is so.
    fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let patience = Instant::now() + Duration::from_secs(30);
        while !is_so() {
            assert!(Instant::now() < patience, "never came about: {what}, {:?}", files(self.folder.path()));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn empty(&self) {
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            fs::remove_dir_all(entry.unwrap().path()).unwrap();
        }
    }
}

/// `SIGKILL` cannot be caught: whatever the program was about to write stays as it is.
#[test]
fn killed_at_any_moment_it_leaves_no_broken_index() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let registry = runtime.block_on(Fixture::start());
    let layers = registry.content(push);
    let killed = Killed { registry, layers, folder: tempfile::tempdir().unwrap() };
    let program = killed.start();
    let begin = Instant::now();
    killed.read_whole(&program);
    let whole = begin.elapsed();
    drop(program);
    killed.empty();

    for moment in moments(whole) {
        let (mut program, known) = killed.start_again();
        if known.len() == LAYERS {
            // Nothing would be written any more.
            drop(program);
            killed.empty();
            program = killed.start();
        }
        let before = files(killed.folder.path());
        let _answer = begin_to_press(program.address, PAGE);
        match moment {
            Moment::After(time) => std::thread::sleep(time),
            Moment::NewFile => killed.until("a new file", || files(killed.folder.path()) != before),
        }
        program.child.kill().unwrap();
        program.child.wait().unwrap();
    }

    let (mut program, _) = killed.start_again();
    killed.read_whole(&program);
    assert_eq!(killed.known(&program).len(), LAYERS);
    assert!(program.stop());
    assert_eq!(files(killed.folder.path()).len(), LAYERS);
}
