//! Measures what reading a layer costs, beside the tools that a person would use otherwise, with the same bytes over loopback from
//! Debian's `docker-registry`. Prints one table in Markdown. `cargo bench --features ssr --bench layers`; the layer is made of
//! the folders in `STRATA_BENCH_FOLDERS` (by default `/usr/share /usr/include`), which Debian's packages have filled.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that breaks may say so")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

mod directory;
mod image;
mod overlay;
mod random;
mod stored;
mod whole;

#[path = "../load/table.rs"]
mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use strata::layers::{IndexStore, LayerIndex, LayerReader, ReaderSettings};
use strata::registry::{Client, DocumentCache, RegistrySettings, Request};
use url::Url;

use stored::{Packing, Registry, Stored};
use table::Table;

#[tokio::main]
async fn main() {
    // Another part of all measurements may be wanted.
    if std::env::args().skip(1).any(|argument| !argument.starts_with("--") && argument != "layers") {
        return;
    }
    let mut table = Table::default();
    println!("{}\n", table::machine());
    let registry = Registry::start();
    for packing in [Packing::Gzip, Packing::Zstd] {
        let layer = registry.push(packing);
        println!("{packing:?}: {:.1} MB stored", layer.size() as f64 / 1e6);
        let (index, ours) = index(&registry, &layer, &mut table).await;
        for peer in packing.peers() {
            let theirs = layer.listed_by(&registry, peer.command);
            let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
            let measured = format!("{ratio:.2} × ({:.2} s, {:.2} s)", ours.as_secs_f64(), theirs.as_secs_f64());
            table.row(
                &format!(
                    "index a {packing:?} layer of {:.0} MB against `curl … | {}`",
                    layer.size() as f64 / 1e6,
                    peer.command
                ),
                &format!("≤ {} ×", peer.reach),
                &measured,
                ratio <= peer.reach,
            );
        }
        if packing == Packing::Gzip {
            random::measure(&registry, &layer, &index, &mut table).await;
        }
    }
    whole::measure(&registry, &mut table).await;
    overlay::measure(&mut table);
    directory::measure(&mut table);
    table.print();
}

fn client(registry: &Registry) -> Client {
    let settings = RegistrySettings::new("bench", Url::parse(&registry.origin()).unwrap());
    Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap()
}

/// Reads a layer once, and says how long it took.
async fn index(registry: &Registry, layer: &Stored, table: &mut Table) -> (Arc<LayerIndex>, Duration) {
    let client = client(registry);
    // Indexes are written to a folder, as they are by the program.
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::in_folder(folder.path(), 1 << 30).await.unwrap();
    let reader = LayerReader::new(ReaderSettings::default(), store);
    // The peak counts anew from here.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (idle, begin) = (peak_memory(), Instant::now());
    let descriptor = layer.descriptor();
    let reading = reader.read(&client, &Request::new(), &stored::repository(), layer.digest(), &descriptor);
    let index = reading.ended().await.unwrap();
    let took = begin.elapsed();
    let kept = stored::size_of(folder.path());
    let entries = index.files.len() as u64;
    let allowed = layer.size() * 6 / 1_000 + 52 * entries;
    table.row(
        &format!("its index, {entries} entries with every file's SHA-256 and checkpoints"),
        &format!("≤ 0.6 % + 52 B an entry = {:.2} MB", allowed as f64 / 1e6),
        &format!("{:.2} MB ({:.2} %)", kept as f64 / 1e6, kept as f64 * 100.0 / layer.size() as f64),
        kept <= allowed,
    );
    let (memory, most) = (peak_memory().saturating_sub(idle), 24_000_000 + 150 * entries);
    table.row(
        "memory over idle meanwhile, its decoded index included",
        &format!("≤ 24 MB + 150 B an entry = {:.1} MB", most as f64 / 1e6),
        &format!("{:.1} MB", memory as f64 / 1e6),
        memory <= most,
    );
    (index, took)
}

/// The most memory that this process has had so far, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}
