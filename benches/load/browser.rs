//! What Chromium sees: the tags page of a thousand tags, on loopback and as a slow phone would.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use crate::program::Program;
use crate::registry::{REPOSITORY, thousand_tags};
use crate::support::process::program;
use crate::table::Table;

pub(crate) async fn measure(table: &mut Table) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/browser.mjs");
    let playwright = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end/node_modules/@playwright/test");
    let Some(node) = program("node").filter(|_| playwright.exists()) else {
        println!("left out: Node.js or Playwright is missing, so Chromium is not measured");
        return;
    };
    let (mut loaded, mut named, mut filled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        // Each time a registry and a program that know nothing yet.
        for slow in [false, true] {
            let fixture = thousand_tags().await;
            let strata = Program::start(&["--registry", &fixture.origin()]).await;
            let url = format!("http://{}/{REPOSITORY}", strata.address);
            let speed = if slow { "slow" } else { "fast" };
            let output = Command::new(&node).arg(&script).arg(&url).arg(speed).output().await.unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let Ok(figures) = serde_json::from_str::<Value>(text.trim()) else {
                println!("left out: {text}{}", String::from_utf8_lossy(&output.stderr));
                return;
            };
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
