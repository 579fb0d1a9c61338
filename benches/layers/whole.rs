//! A whole image that nobody has looked at before: its tree and its dead bytes.

use std::time::{Duration, Instant};

use strata::anatomy::files::{DeadBytes, FileKind, FileList, Overlay};
use strata::layers::{IndexStore, LayerReader, ReaderSettings};
use strata::oci::RepositoryName;
use strata::registry::Request;

use crate::image::Image;
use crate::stored::{Registry, shell};
use crate::table::Table;

pub(crate) const REPOSITORY: &str = "bench/image";

/// What was found in the image.
struct Found {
    took: Duration,
    files: usize,
    entries: u64,
    /// The most memory that was held when all layers were read, and nothing was laid yet.
    memory: u64,
    dead: DeadBytes,
}

/// Reads all layers of an image, two at a time, and lays them over each other; then copies it by `skopeo`, and scores it by dive.
pub(crate) async fn measure(registry: &Registry, image: &Image, table: &mut Table) {
    let copy = "skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false";
    let address = format!("docker://{}/{REPOSITORY}:latest", registry.origin().trim_start_matches("http://"));
    shell(&format!("{copy} oci:{}:latest {address}", image.folder.display()));
    let largest = image.layers.iter().filter_map(|layer| layer.size).max().unwrap_or_default();

    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let idle = crate::memory::peak();
    let found = read(registry, image).await;
    let memory = found.memory.saturating_sub(idle);
    println!(
        "whole image: {:.1} MB stored, {} layers, the largest one {:.1} MB, {} files, {:.1} MB of them dead",
        image.size() as f64 / 1e6,
        image.layers.len(),
        largest as f64 / 1e6,
        found.files,
        found.dead.dead.bytes as f64 / 1e6,
    );
    let most = 2 * 24_000_000 + 150 * found.entries;
    table.row(
        "memory over idle while two layers are read at once, all decoded indexes included",
        &format!("≤ 48 MB + 150 B an entry = {:.1} MB", most as f64 / 1e6),
        &format!("{:.1} MB", memory as f64 / 1e6),
        memory <= most,
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display();
    let copied = timed(&format!("{copy} {address} dir:{path}/copy"));
    row(table, "`skopeo copy` to a folder", &found, copied, 1.8);
    shell(&format!("rm -rf {path}/copy"));
    if shell("command -v dive || true").is_empty() {
        println!(
            "dive is not installed, so that nothing is compared with it: `.ci/go-tools` installs it where there is Go"
        );
        return;
    }
    let scored = timed(&format!(
        "{copy} {address} docker-archive:{path}/image.tar:image:latest && \
         HOME={path} dive docker-archive://{path}/image.tar --json {path}/report.json >/dev/null"
    ));
    row(table, "`skopeo copy` to a docker-archive and `dive --json` on it", &found, scored, 0.3);
}

fn row(table: &mut Table, peer: &str, found: &Found, theirs: Duration, reach: f64) {
    let (ours, theirs) = (found.took.as_secs_f64(), theirs.as_secs_f64());
    table.row(
        &format!("whole image, cold, tree and dead bytes, against {peer}"),
        &format!("≤ {reach} ×"),
        &format!("{:.2} × ({ours:.2} s, {theirs:.2} s)", ours / theirs),
        ours / theirs <= reach,
    );
}

async fn read(registry: &Registry, image: &Image) -> Found {
    let client = crate::client(registry);
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::in_folder(folder.path(), 1 << 30).await.unwrap();
    let reader = LayerReader::new(ReaderSettings { at_once: 2, ..ReaderSettings::default() }, store);
    let repository: RepositoryName = REPOSITORY.parse().unwrap();
    let request = Request::new();
    let begin = Instant::now();
    let readings = image.layers.iter().map(|layer| {
        let digest = layer.digest.as_ref().unwrap();
        reader.read(&client, &request, &repository, digest, layer)
    });
    // All of them begin, or wait for their turn, before the first one is waited for.
    let readings: Vec<_> = readings.collect();
    let mut indexes = Vec::new();
    for reading in &readings {
        indexes.push(reading.ended().await.unwrap());
    }
    let memory = crate::memory::peak();
    let layers: Vec<&FileList> = indexes.iter().map(|index| &index.files).collect();
    let overlay = Overlay::of(&layers);
    let dead = DeadBytes::of(&layers, &overlay);
    let took = begin.elapsed();
    let is_file = |layer: &&FileList| layer.iter().filter(|file| file.kind() != FileKind::Directory).count();
    let entries = layers.iter().map(|layer| layer.len() as u64).sum();
    Found { took, files: layers.iter().map(is_file).sum(), entries, memory, dead }
}

fn timed(command: &str) -> Duration {
    let begin = Instant::now();
    shell(command);
    begin.elapsed()
}
