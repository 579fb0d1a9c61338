//! What Chromium sees: the tags page of a thousand tags, on loopback and as a slow phone would; how many elements a page
//! has; how soon it answers to a reader; what Lighthouse says.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use crate::program::Program;
use crate::registry::{REPOSITORY, thousand_tags};
use crate::support::process::program;
use crate::table::Table;

/// The pages that Lighthouse is asked about.
const PAGES: [(&str, &str); 4] = [
    ("repositories", "/"),
    ("tags", "/payments/api"),
    ("image", "/payments/api:1.10.1"),
    ("compare", "/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1"),
];

pub(crate) async fn measure(table: &mut Table) {
    thousand(table).await;
    interactions(table).await;
    lighthouse(table).await;
}

async fn thousand(table: &mut Table) {
    let (mut loaded, mut named, mut filled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        // Each time a registry and a program that know nothing yet.
        for slow in [false, true] {
            let fixture = thousand_tags().await;
            let strata = Program::start(&["--registry", &fixture.origin()]).await;
            let url = format!("http://{}/{REPOSITORY}", strata.address);
            let Some(figures) = run("tags.mjs", &[&url, if slow { "slow" } else { "fast" }]).await else { return };
            let seconds = |name: &str| figures[name].as_f64().unwrap() / 1e3;
            if slow {
                named.push(seconds("paint_with_tag_ms"));
                filled.push(seconds("hundredth_row_ms"));
            } else {
                loaded.push(seconds("hundredth_row_ms"));
            }
        }
    }
    let (loaded, named, filled) = (median(loaded), median(named), median(filled));
    table.row(
        "tags page in Chromium, loopback, cold: 100 rows with digest, size and date, median of 3",
        "≤ 1 s",
        &format!("{loaded:.2} s"),
        loaded <= 1.0,
    );
    table.row(
        "the same as a slow phone: first paint that shows a tag's name / 100th row has digest, size and date",
        "≤ 1.8 s / ≤ 4 s",
        &format!("{named:.2} s / {filled:.2} s"),
        named <= 1.8 && filled <= 4.0,
    );
}

/// How soon a slow processor paints after a reader did something.
async fn interactions(table: &mut Table) {
    let strata = Program::start(&[]).await;
    let Some(figures) = run("interaction.mjs", &[&format!("http://{}", strata.address)]).await else { return };
    let names = ["filter", "tab", "platform", "theme"];
    let times = names.map(|name| figures[name].as_f64().unwrap());
    table.row(
        "interaction to next paint, processor ÷ 4: filter / tab / platform / theme",
        "≤ 100 ms each",
        &times.map(|time| format!("{time:.0} ms")).join(" / "),
        times.iter().all(|time| *time <= 100.0),
    );
}

async fn lighthouse(table: &mut Table) {
    let strata = Program::start(&[]).await;
    let urls: Vec<String> = PAGES.iter().map(|(_, path)| format!("http://{}{path}", strata.address)).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let Some(Value::Array(pages)) = run("lighthouse.mjs", &urls).await else { return };
    for ((name, _), scores) in PAGES.iter().zip(pages) {
        let scores: Vec<u64> = scores.as_array().unwrap().iter().map(|score| score.as_u64().unwrap()).collect();
        table.row(
            &format!("Lighthouse, phone, {name}: performance / accessibility / best practices / SEO"),
            "≥ 95 / 100 / 100 / 100",
            &scores.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / "),
            scores[0] >= 95 && scores[1..].iter().all(|score| *score == 100),
        );
    }
}

/// How many elements a page has in Chromium; with a number, once so many rows of tags are filled. Nothing where Chromium is
/// missing.
pub(crate) async fn elements(url: &str, filled: Option<usize>) -> Option<u64> {
    let filled = filled.map(|rows| rows.to_string());
    let arguments: Vec<&str> = [url].into_iter().chain(filled.as_deref()).collect();
    run("elements.mjs", &arguments).await?.as_u64()
}

/// What a script of `benches/browser/` prints; nothing, and a word about it, where it cannot run.
async fn run(script: &str, arguments: &[&str]) -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let playwright = root.join("end2end/node_modules/@playwright/test");
    let Some(node) = program("node").filter(|_| playwright.exists()) else {
        println!("left out: Node.js or Playwright is missing, so {script} is not run");
        return None;
    };
    let output =
        Command::new(&node).arg(root.join("benches/browser").join(script)).args(arguments).output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let remarks = String::from_utf8_lossy(&output.stderr).into_owned();
    let Ok(value) = serde_json::from_str(text.trim()) else {
        println!("left out: {script} says {text}{remarks}");
        return None;
    };
    print!("{remarks}");
    Some(value)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
