//! Strata, as it was built for release, while one of its two registries misbehaves in turn and 32 readers open pages of both:
//! `make soak`. Everything is on loopback.
//!
//! What is asked for: no failure that is Strata's own, memory that stays within its caps, and pages of the healthy registry
//! that are as quick as if the other one were well.

mod readers;
mod trouble;

use std::time::{Duration, Instant};

use readers::Readers;
use trouble::{Kind, Trouble};

use crate::client::Connection;
use crate::program::Program;
use crate::registry;
use crate::table::Table;

/// How many readers there are. Each has one connection and opens one page after the other.
const READERS: usize = 32;

/// How long each kind of trouble lasts.
const TURN: Duration = Duration::from_secs(10);

/// How long after the last request the memory is looked at.
const REST: Duration = Duration::from_mins(1);

/// What Strata takes without its caches, in bytes.
const WITHOUT_CACHES: u64 = 60_000_000;

/// The caches are small, so that they are full soon: documents, parsed documents, sorted lists, and lists of each registry.
const CACHES: [(&str, u64); 4] = [
    ("cache_bytes", 16_000_000),
    ("view_cache_bytes", 16_000_000),
    ("order_cache_bytes", 8_000_000),
    ("list_cache_bytes", 4_000_000),
];

pub(crate) async fn measure(table: &mut Table) {
    let minutes = std::env::var("STRATA_SOAK_MINUTES").ok().and_then(|text| text.parse::<f64>().ok()).unwrap_or(10.0);
    let time = Duration::from_secs_f64(minutes.clamp(0.1, 24.0 * 60.0) * 60.0);

    let healthy = registry::thousand_tags().await;
    let trouble = Trouble::start().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("strata.toml");
    std::fs::write(&config, settings(&healthy.origin(), &trouble.origin())).unwrap();
    let config = config.display().to_string();
    let program = Program::start(&["--config", &config]).await;
    let at_start = program.resident_bytes();

    let readers = Readers::start(program.address, trouble.origin().trim_start_matches("http://"), READERS);
    let began = Instant::now();
    let mut peak = at_start;
    let mut turn = 0;
    while began.elapsed() < time {
        let kind = Kind::ALL[turn % Kind::ALL.len()];
        trouble.set(kind);
        let end = Instant::now() + TURN.min(time.saturating_sub(began.elapsed()));
        while Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(500).min(TURN)).await;
            peak = peak.max(program.resident_bytes());
        }
        println!(
            "{:>4} s  {kind:?}: {}, {:.1} MB",
            began.elapsed().as_secs(),
            readers.told(),
            program.resident_bytes() as f64 / 1e6
        );
        turn += 1;
    }
    let seen = readers.stop().await;
    trouble.set(Kind::Well);
    println!("\nrests for {} s", REST.as_secs());
    tokio::time::sleep(REST).await;
    let at_rest = program.resident_bytes();

    program.kill().await;
    let killed = Instant::now();
    let again = Program::start(&["--config", &config]).await;
    let page = Connection::open(again.address).await.ask("/healthy/").await.unwrap();
    let (status, restart) = (page.status(), killed.elapsed());

    let lists = 2;
    let budget: u64 =
        CACHES.iter().map(|(name, bytes)| if *name == "list_cache_bytes" { lists * bytes } else { *bytes }).sum();
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    table.row(
        &format!("{READERS} readers for {minutes} min, one registry in turn slow, 500, hanging, with wrong bytes, gone: answers that are a failure of Strata's own"),
        "0",
        &format!("{} of {} ({})", seen.own_failures, seen.answers(), seen.statuses()),
        seen.own_failures == 0,
    );
    table.row(
        "memory 60 s after the soak's last request (at start, peak)",
        &format!("≤ 60 MB + the cache budget ({} here)", megabytes(budget)),
        &format!("{} ({}, {})", megabytes(at_rest), megabytes(at_start), megabytes(peak)),
        at_rest <= WITHOUT_CACHES + budget,
    );
    let p99 = seen.healthy(0.99);
    table.row(
        "p99 of the healthy registry's pages meanwhile (p50)",
        "≤ 50 ms",
        &format!("{p99:.1} ms ({:.1} ms)", seen.healthy(0.5)),
        p99 <= 50.0,
    );
    table.row(
        "killed (SIGKILL) and started again: first page",
        "200",
        &format!("{status} after {} ms", restart.as_millis()),
        status == 200,
    );
    for failure in &seen.examples {
        println!("\n{failure}");
    }
    assert!(seen.own_failures == 0, "Strata has failed by itself");
}

fn settings(healthy: &str, troubled: &str) -> String {
    let limits = CACHES.map(|(name, bytes)| format!("{name} = {bytes}\n")).concat();
    format!(
        "[limits]\n{limits}[[registries]]\nname = 'healthy'\nurl = '{healthy}'\n[[registries]]\nname = 'troubled'\nurl = '{troubled}'\n"
    )
}
