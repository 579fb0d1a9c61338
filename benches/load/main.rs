//! Measures the whole program against a registry on loopback: requests, latency, throughput, memory, bytes, and what
//! Chromium sees. Prints one table in Markdown. `make bench` builds what it needs; one machine's figures are in
//! `docs/performance.md`. An argument names the one part that is to be measured: `requests`, `pages`, `memory`, `bytes`,
//! `large` or `browser`, or `soak`, which is not among the rest.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that breaks may say so")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "figures for people, and names that this project chose"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod browser;
mod client;
mod large;
mod program;
mod registry;
mod soak;
mod table;

use std::time::Duration;

use client::Connection;
use program::Program;
use registry::{REPOSITORY, TAGS, thousand_tags};
use table::Table;

/// The sample's image of ten layers.
const TEN_LAYERS: &str = "payments/api:1.10.1";

#[tokio::main]
async fn main() {
    let mut table = Table::default();
    println!("{}\n", table::machine());
    // Cargo adds an argument of its own.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let wants = |part: &str| wanted.as_deref().is_none_or(|wanted| wanted == part);
    if wants("requests") {
        requests(&mut table).await;
    }
    if wants("pages") {
        pages(&mut table).await;
    }
    if wants("memory") {
        start_and_memory(&mut table).await;
    }
    if wants("bytes") {
        bytes(&mut table).await;
    }
    if wants("large") {
        large::measure(&mut table).await;
    }
    if wants("browser") {
        browser::measure(&mut table).await;
    }
    // Minutes of it: only where it is asked for.
    if wanted.as_deref() == Some("soak") {
        soak::measure(&mut table).await;
    }
    table.print();
}

/// How many requests a registry gets for a page.
async fn requests(table: &mut Table) {
    let fixture = thousand_tags().await;
    let program = Program::start(&["--registry", &fixture.origin()]).await;
    let mut connection = Connection::open(program.address).await;
    let count = || fixture.lines().iter().filter(|line| !line.ends_with(" /v2/")).count();

    let mut before = count();
    let mut since = || {
        let now = count();
        let asked = now - before;
        before = now;
        asked
    };
    connection.get(&format!("/{REPOSITORY}")).await;
    let first = since();
    connection.post("/-/fn/fill_tags", &registry::first_hundred()).await;
    let rows = since();
    let most = fixture.most_active();
    connection.get(&format!("/{REPOSITORY}")).await;
    connection.post("/-/fn/fill_tags", &registry::first_hundred()).await;
    let again = since();
    table.row(
        &format!("registry requests, tags page of {TAGS} tags: first HTML / 100 rows, cold / again within 10 s"),
        "1 / ≤ 301, ≤ 8 at a time / 0",
        &format!("{first} / {rows}, {most} at a time / {again}"),
        first == 1 && rows <= 301 && most <= 8 && again == 0,
    );

    let fixture = thousand_tags().await;
    let program = Program::start(&["--registry", &fixture.origin()]).await;
    let mut connection = Connection::open(program.address).await;
    let target = format!("/{REPOSITORY}:{}", registry::tag(0));
    let count = || fixture.lines().iter().filter(|line| !line.ends_with(" /v2/")).count();
    connection.get(&target).await;
    let cold = count();
    // A tag is believed for ten seconds, then confirmed by one conditional request.
    tokio::time::sleep(Duration::from_millis(10_200)).await;
    connection.get(&target).await;
    let again = count() - cold;
    table.row(
        "registry requests, an index page: first HTML, cold / again after 10 s",
        "≤ 3 / ≤ 1 conditional",
        &format!("{cold} / {again}"),
        cold <= 3 && again <= 1,
    );
}

/// The page of the sample's image of ten layers, by digest, from the cache.
async fn pages(table: &mut Table) {
    let program = Program::start(&[]).await;
    let digest = program.digest_of(TEN_LAYERS).await;
    let repository = TEN_LAYERS.split(':').next().unwrap();
    let target = format!("/{repository}@{digest}");
    client::hammer(program.address, &target, 1, Duration::from_secs(2)).await;
    let one = client::hammer(program.address, &target, 1, Duration::from_secs(5)).await;
    table.row(
        "page of the ten-layer image by digest, warm, uncompressed, 1 connection",
        "p50 ≤ 3 ms, p99 ≤ 10 ms",
        &format!("p50 {:.2} ms, p99 {:.2} ms, {} kB", one.quantile(0.5), one.quantile(0.99), one.bytes / 1000),
        one.quantile(0.5) <= 3.0 && one.quantile(0.99) <= 10.0,
    );
    let many = client::hammer(program.address, &target, 32, Duration::from_secs(5)).await;
    table.row(
        "the same, 32 connections, load from the same cores",
        "≥ 1,500 pages/s",
        &format!("{:.0} pages/s, p99 {:.0} ms", many.rate(), many.quantile(0.99)),
        many.rate() >= 1_500.0,
    );
}

/// How soon it answers, and what it takes when nobody asks.
async fn start_and_memory(table: &mut Table) {
    let mut starts = Vec::new();
    for _ in 0..9 {
        starts.push(Program::time_to_first_answer().await);
    }
    starts.sort_unstable();
    let median = starts[starts.len() / 2];
    let program = Program::start(&[]).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let resident = program.resident_bytes();
    table.row(
        "memory idle with the sample, 10 s after start / start to first answer, median of 9",
        "≤ 60 MB / ≤ 250 ms",
        &format!("{:.1} MB / {} ms", resident as f64 / 1e6, median.as_millis()),
        resident <= 60_000_000 && median <= Duration::from_millis(250),
    );
}

/// What a browser loads for the first page it ever opens here.
async fn bytes(table: &mut Table) {
    let program = Program::start(&[]).await;
    let mut connection = Connection::open(program.address).await;
    connection.accept_encoding = "br";
    let digest = program.digest_of(TEN_LAYERS).await;
    let repository = TEN_LAYERS.split(':').next().unwrap();
    let page = connection.get(&format!("/{repository}@{digest}")).await;
    let mut code = page.body.len();
    let mut fonts = 0;
    connection.accept_encoding = "identity";
    let html = connection.get(&format!("/{repository}@{digest}")).await.text();
    connection.accept_encoding = "br";
    for asset in client::assets_of(&html) {
        let body = connection.get(&asset).await;
        code += body.body.len();
        if asset.ends_with(".css") {
            connection.accept_encoding = "identity";
            let style = connection.get(&asset).await.text();
            connection.accept_encoding = "br";
            let folder = asset.rsplit_once('/').unwrap().0.to_owned();
            for font in client::latin_fonts_of(&style, &folder) {
                fonts += connection.get(&font).await.body.len();
            }
        }
    }
    table.row(
        "first visit of the ten-layer image's page: HTML, wasm, script, style (brotli) / fonts",
        "≤ 250 kB / ≤ 90 kB",
        &format!("{:.1} kB / {:.1} kB", code as f64 / 1e3, fonts as f64 / 1e3),
        code <= 250_000 && fonts <= 90_000,
    );
}
