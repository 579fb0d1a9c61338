//! How much memory the reading of layers takes, each time in a process of its own: what one reading has left behind would hide
//! what the next one takes.

use std::process::Command;

use strata::layers::{IndexStore, LayerReader, ReaderSettings};
use strata::oci::Descriptor;
use strata::registry::Request;

use crate::stored::{self, Registry, Stored};
use crate::table::Table;

/// Tells such a process what to do: the registry's origin, and the layers' descriptors as JSON.
const ORIGIN: &str = "STRATA_BENCH_MEMORY_ORIGIN";
const LAYERS: &str = "STRATA_BENCH_MEMORY_LAYERS";

/// Measures one layer by itself and both at once.
pub(crate) fn measure(registry: &Registry, layers: &[Stored; 2], table: &mut Table) {
    let descriptors = layers.each_ref().map(Stored::descriptor);
    let read = [("one layer", &descriptors[..1]), ("the other one", &descriptors[1..]), ("two at once", &descriptors)];
    for (what, layers) in read {
        let output = Command::new(std::env::current_exe().unwrap())
            .env(ORIGIN, registry.origin())
            .env(LAYERS, serde_json::to_string(layers).unwrap())
            .output();
        let output = String::from_utf8(output.unwrap().stdout).unwrap();
        let (taken, entries) = output.trim().split_once(' ').unwrap();
        let (taken, entries): (u64, u64) = (taken.parse().unwrap(), entries.parse().unwrap());
        let most = layers.len() as u64 * 24_000_000 + 150 * entries;
        table.row(
            &format!("memory over idle, {what}, {entries} entries, decoded indexes included"),
            &format!("≤ 24 MB a layer + 150 B an entry = {:.1} MB", most as f64 / 1e6),
            &format!("{:.1} MB", taken as f64 / 1e6),
            taken <= most,
        );
    }
}

/// In such a process: reads the layers at once, and prints the memory over idle and the number of entries. False in any other.
pub(crate) async fn run() -> bool {
    let Ok(layers) = std::env::var(LAYERS) else { return false };
    let layers: Vec<Descriptor> = serde_json::from_str(&layers).unwrap();
    let client = crate::client_of(&std::env::var(ORIGIN).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::in_folder(folder.path(), 1 << 30).await.unwrap();
    let reader = LayerReader::new(ReaderSettings { at_once: layers.len(), ..ReaderSettings::default() }, store);
    // The peak counts anew from here (proc(5), "clear_refs").
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (idle, repository) = (peak(), stored::repository());
    let readings: Vec<_> = layers
        .iter()
        .map(|layer| reader.read(&client, &Request::new(), &repository, layer.digest.as_ref().unwrap(), layer))
        .collect();
    let mut entries = 0;
    let mut indexes = Vec::new();
    for reading in readings {
        let index = reading.ended().await.unwrap();
        entries += index.files.len();
        indexes.push(index);
    }
    println!("{} {entries}", peak() - idle);
    true
}

/// The most memory that this process has had since the peak was cleared, in bytes.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}
