//! What a person sees of a large layer: its first rows, and the same page again.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::image::Image;
use crate::stored::{Registry, shell};
use crate::table::Table;
use crate::whole::REPOSITORY;

/// Bytes of documents that the pages may ask for: a tag can be another image by now.
const DOCUMENTS: f64 = 100_000.0;

/// The program, ended when this is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Opens the largest layer of an image that is in the registry. Left out, with a word about it, where Node.js or Playwright is missing.
pub(crate) fn measure(registry: &Registry, image: &Image, table: &mut Table) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join("end2end/node_modules/@playwright/test").exists() {
        println!("left out: Playwright is missing, so that no page is opened");
        return;
    }
    let layer = image.layers.iter().max_by_key(|layer| layer.size).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let origin = format!("http://127.0.0.1:{port}");
    let program = Command::new(env!("CARGO_BIN_EXE_strata"))
        .args(["--listen", &format!("127.0.0.1:{port}"), "--registry", &registry.origin()])
        .arg("--cache-dir")
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _program = Program(program.unwrap());
    shell(&format!(
        "for _ in $(seq 100); do curl -sf {origin}/-/health/live >/dev/null && exit 0; sleep 0.1; done; exit 1"
    ));
    let script = root.join("benches/browser/files.mjs");
    let url = format!("{origin}/{REPOSITORY}:latest/-/layer/{}/", layer.digest.as_ref().unwrap());
    let figures: Value = serde_json::from_str(&shell(&format!("node {} {url}", script.display()))).unwrap();
    let number = |name: &str| figures[name].as_f64().unwrap();
    // What is not counted could not be seen to stay the same.
    assert!(number("layer_bytes") >= layer.size.unwrap_or_default() as f64);
    let megabytes = layer.size.unwrap_or_default() as f64 / 1e6;
    table.row(
        &format!("first rows of a layer of {megabytes:.0} MB in Chromium after the click, cold"),
        "≤ 1 s",
        &format!("{:.2} s", number("rows_ms") / 1e3),
        number("rows_ms") <= 1e3,
    );
    table.row(
        "the same page again, from request to last byte, and what is asked of the registry for nine of them",
        "≤ 50 ms, no byte of a layer",
        &format!("{:.1} ms, {} B of documents", number("again_ms"), number("again_bytes")),
        number("again_ms") <= 50.0 && number("again_bytes") < DOCUMENTS,
    );
}
