//! What large things cost: lists of 100,000 repositories and 50,000 tags, an index of 15,000 entries, a history of 100,000
//! steps.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::elements;
use crate::client::Connection;
use crate::program::Program;
use crate::registry::{CONFIG, INDEX, LAYER, MANIFEST};
use crate::support::Fixture;
use crate::support::reply::Reply;
use crate::table::Table;

const REPOSITORIES: usize = 100_000;
const TAGS: usize = 50_000;
const ENTRIES: usize = 15_000;
const STEPS: usize = 100_000;

/// Names in one page of the catalog, as many as Strata asks for.
const CATALOG_PAGE: usize = 1_000;
/// How often what happens once in a program's life is measured, each time with a new one.
const TIMES: usize = 5;
/// How often what a reader does again and again is measured.
const KEYSTROKES: usize = 30;

pub(crate) async fn measure(table: &mut Table) {
    repositories(table).await;
    tags(table).await;
    index_and_history(table).await;
}

/// A catalog in pages of a thousand names.
async fn repositories(table: &mut Table) {
    let fixture = Fixture::start().await;
    fixture.script(|received| {
        (received.path == "/v2/_catalog").then(|| {
            let last = received.query.split('&').find_map(|part| part.strip_prefix("last="));
            catalog_page(last.and_then(|last| last.parse().ok()).unwrap_or_default())
        })
    });
    let origin = fixture.origin();
    let upstream = fixture.url().socket_addrs(|| None).unwrap()[0];
    let (mut added, mut walked) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let program = Program::start(&["--registry", &origin]).await;
        let idle = program.resident_bytes();
        let mut connection = Connection::open(upstream).await;
        // Connections are opened before, so that both times are of one exchange.
        connection.get("/v2/").await;
        let page = timed(&mut connection, &format!("/v2/_catalog?n={CATALOG_PAGE}")).await;
        let mut connection = Connection::open(program.address).await;
        let first = timed(&mut connection, "/").await;
        added.push((first - page).max(0.0));
        wait_for_list(&mut connection, "/-/api/repositories?limit=1", REPOSITORIES).await;
        walked.push((program, idle));
    }
    let (program, idle) = walked.pop().unwrap();
    drop(walked);
    let mut connection = Connection::open(program.address).await;
    let mut keystrokes = Vec::new();
    for number in 0..KEYSTROKES {
        keystrokes.push(timed(&mut connection, &format!("/?filter=service-{number}")).await);
    }
    let (added, keystroke) = (median(added), median(keystrokes));
    let memory = program.resident_bytes().saturating_sub(idle);
    table.row(
        &format!(
            "{REPOSITORIES} repositories: first page over the first page of the catalog / a filter's keystroke on the server / \
             memory over idle"
        ),
        "≤ 20 ms / ≤ 20 ms / ≤ 40 MB",
        &format!("{added:.1} ms / {keystroke:.1} ms / {:.1} MB", memory as f64 / 1e6),
        added <= 20.0 && keystroke <= 20.0 && memory <= 40_000_000,
    );
}

fn catalog_page(first: usize) -> Reply {
    let end = (first + CATALOG_PAGE).min(REPOSITORIES);
    let names: Vec<_> =
        (first..end).map(|number| format!("\"team-{:03}/service-{number:06}\"", number / 500)).collect();
    let reply = Reply::json(format!(r#"{{"repositories":[{}]}}"#, names.join(",")));
    if end == REPOSITORIES {
        return reply;
    }
    reply.header("link", &format!("</v2/_catalog?last={end}&n={CATALOG_PAGE}>; rel=\"next\""))
}

/// A list of tags in one answer.
async fn tags(table: &mut Table) {
    let fixture = Fixture::start().await;
    let names: Vec<_> =
        (0..TAGS).map(|number| format!("\"{}.{}.{}\"", 1 + number / 2_500, number / 50 % 50, number % 50)).collect();
    let list = Reply::json(format!(r#"{{"name":"bench/large","tags":[{}]}}"#, names.join(",")));
    fixture.on("/v2/bench/large/tags/list", list);
    for number in TAGS - 200..TAGS {
        // Tags of one image would share a row.
        let (digest, _) = image(&fixture, number);
        let tag = format!("{}.{}.{}", 1 + number / 2_500, number / 50 % 50, number % 50);
        fixture.content(|content| content.tag("bench/large", &tag, &digest));
    }
    let origin = fixture.origin();
    let upstream = fixture.url().socket_addrs(|| None).unwrap()[0];
    let mut added = Vec::new();
    for _ in 0..TIMES {
        let program = Program::start(&["--registry", &origin]).await;
        let mut connection = Connection::open(upstream).await;
        connection.get("/v2/").await;
        let list = timed(&mut connection, "/v2/bench/large/tags/list").await;
        let first = timed(&mut Connection::open(program.address).await, "/bench/large").await;
        added.push((first - list).max(0.0));
    }
    let program = Program::start(&["--registry", &origin]).await;
    let mut connection = Connection::open(program.address).await;
    connection.get("/bench/large").await;
    let mut keystrokes = Vec::new();
    for number in 0..KEYSTROKES {
        keystrokes.push(timed(&mut connection, &format!("/bench/large?filter={number}.")).await);
    }
    let (added, keystroke) = (median(added), median(keystrokes));
    let url = format!("http://{}/bench/large", program.address);
    let counted = elements(&url, Some(100)).await;
    table.row(
        &format!(
            "{TAGS} tags in one answer: first HTML over the list request / a filter's keystroke on the server / DOM elements \
             with 1,000 names and 100 rows filled"
        ),
        "≤ 50 ms / ≤ 20 ms / ≤ 12,000",
        &format!("{added:.1} ms / {keystroke:.1} ms / {}", counted.map_or("not measured".to_owned(), |count| count.to_string())),
        added <= 50.0 && keystroke <= 20.0 && counted.is_none_or(|count| count <= 12_000),
    );
}

/// An index and a history as long as registries take them.
async fn index_and_history(table: &mut Table) {
    let fixture = Fixture::start().await;
    let (index, history) = (long_index(&fixture), long_history(&fixture));
    let program = Program::start(&["--registry", &fixture.origin()]).await;
    for (what, target) in
        [(format!("an index of {ENTRIES} entries"), index), (format!("a history of {STEPS} steps"), history)]
    {
        let mut connection = Connection::open(program.address).await;
        connection.get(&target).await;
        let mut times = Vec::new();
        for _ in 0..KEYSTROKES {
            times.push(timed(&mut connection, &target).await);
        }
        let time = median(times);
        let counted = elements(&format!("http://{}{target}", program.address), None).await;
        table.row(
            &format!("{what}, in the cache: request to last byte, uncompressed / DOM elements"),
            "≤ 100 ms / ≤ 5,000",
            &format!("{time:.1} ms / {}", counted.map_or("not measured".to_owned(), |count| count.to_string())),
            time <= 100.0 && counted.is_none_or(|count| count <= 5_000),
        );
    }
}

/// An image of one layer, another one for each number: the digest and the size of its manifest.
fn image(fixture: &Fixture, number: usize) -> (String, usize) {
    fixture.content(|content| {
        let layer = format!("sha256:{:064x}", 1);
        let config = json!({
            "architecture": "amd64", "os": "linux", "created": "2026-10-01T12:00:00Z",
            "rootfs": { "type": "layers", "diff_ids": [layer] }, "history": [{ "created_by": format!("COPY {number} /") }],
        })
        .to_string();
        let digest = content.blob("bench/large", config.as_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": { "mediaType": CONFIG, "digest": digest, "size": config.len() },
            "layers": [{ "mediaType": LAYER, "digest": layer, "size": 1_000_000 }],
        })
        .to_string();
        (content.manifest("bench/large", MANIFEST, manifest.as_bytes()), manifest.len())
    })
}

/// The address of an index whose entries all lead to one image.
fn long_index(fixture: &Fixture) -> String {
    let (image, size) = image(fixture, 0);
    let entries: Vec<_> = (0..ENTRIES)
        .map(|number| {
            json!({
                "mediaType": MANIFEST, "digest": image, "size": size,
                "platform": { "os": "linux", "architecture": "amd64", "variant": format!("v{number}") },
            })
        })
        .collect();
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }).to_string();
    let digest = fixture.content(|content| content.manifest("bench/large", INDEX, index.as_bytes()));
    format!("/bench/large@{digest}")
}

/// The address of an image whose history is longer than anybody reads.
fn long_history(fixture: &Fixture) -> String {
    let layer = format!("sha256:{:064x}", 2);
    let step = |number: usize| json!({ "created_by": format!("RUN /bin/sh -c echo {number} # buildkit"), "empty_layer": number > 0 });
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2026-10-01T12:00:00Z",
        "rootfs": { "type": "layers", "diff_ids": [layer] },
        "history": (0..STEPS).map(step).collect::<Vec<_>>(),
    })
    .to_string();
    fixture.content(|content| {
        let digest = content.blob("bench/large", config.as_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": { "mediaType": CONFIG, "digest": digest, "size": config.len() },
            "layers": [{ "mediaType": LAYER, "digest": layer, "size": 1_000_000 }],
        })
        .to_string();
        format!("/bench/large@{}", content.manifest("bench/large", MANIFEST, manifest.as_bytes()))
    })
}

/// Milliseconds from the request to the last byte of the answer.
async fn timed(connection: &mut Connection, target: &str) -> f64 {
    let begin = Instant::now();
    connection.get(target).await;
    begin.elapsed().as_secs_f64() * 1e3
}

/// Waits until a list has been read to its end.
async fn wait_for_list(connection: &mut Connection, target: &str, names: usize) {
    loop {
        if connection.get(target).await.text().contains(&format!("\"total\":{names}")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
