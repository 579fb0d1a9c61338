//! Measures what reading a layer costs, beside the tools that a person would use otherwise, with the same bytes over loopback from
//! Debian's `docker-registry`. Prints one table in Markdown. `cargo bench --features ssr --bench layers`; the layer is made of
//! the folders in `STRATA_BENCH_FOLDERS` (by default `/usr/share /usr/include`), which Debian's packages have filled.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that breaks may say so")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

mod directory;
mod image;
mod memory;
mod overlay;
mod page;
mod random;
mod stored;
mod whole;

#[path = "../load/table.rs"]
mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;
use strata::layers::{IndexStore, LayerIndex, LayerReader, ReaderSettings};
use strata::registry::{Client, DocumentCache, RegistrySettings, Request};
use url::Url;

use image::Image;
use stored::{Packing, Registry, Stored};
use table::Table;

/// The one that the program has.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() {
    if memory::run().await {
        return;
    }
    // Another part of all measurements may be wanted.
    if std::env::args().skip(1).any(|argument| !argument.starts_with("--") && argument != "layers") {
        return;
    }
    let mut table = Table::default();
    println!("{}\n", table::machine());
    let registry = Registry::start();
    let layers = [Packing::Gzip, Packing::Zstd].map(|packing| registry.push(packing));
    for layer in &layers {
        let packing = layer.packing();
        println!("{packing:?}: {:.1} MB stored", layer.size() as f64 / 1e6);
        let (index, ours) = index(&registry, layer, &mut table).await;
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
            random::measure(&registry, layer, &index, &mut table).await;
        }
    }
    memory::measure(&registry, &layers, &mut table);
    let image = Image::made();
    whole::measure(&registry, &image, &mut table).await;
    page::measure(&registry, &image, &mut table);
    overlay::measure(&mut table);
    directory::measure(&mut table);
    table.print();
}

fn client(registry: &Registry) -> Client {
    client_of(&registry.origin())
}

fn client_of(origin: &str) -> Client {
    let settings = RegistrySettings::new("bench", Url::parse(origin).unwrap());
    Client::new(settings, Arc::new(DocumentCache::new(1_000_000))).unwrap()
}

/// Reads a layer once, and says how long it took.
async fn index(registry: &Registry, layer: &Stored, table: &mut Table) -> (Arc<LayerIndex>, Duration) {
    let client = client(registry);
    // Indexes are written to a folder, as they are by the program.
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::in_folder(folder.path(), 1 << 30).await.unwrap();
    let reader = LayerReader::new(ReaderSettings::default(), store);
    let begin = Instant::now();
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
    (index, took)
}
