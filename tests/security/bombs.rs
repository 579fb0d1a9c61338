//! Layers that are made to cost whoever looks into them: each is shown as far as the limits let it, with a sentence that
//! says so (threats T-18, T-19).
//!
//! - `layers`: how they are made; `partial`: what follows from a layer that was not read to its end

mod layers;
mod partial;

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::site::{LAYER, SITE, get, page, post, put_image, sound_config};
use super::support::digest_of;

/// Most bytes of memory of a process that looks into all of them, its registries included. Two of them unpack to more.
const MEMORY: u64 = 300_000_000;

/// Has the layers of an image of `main` read to their ends.
pub(crate) fn read(image: &str) {
    assert_eq!(post(&format!("/main/{image}/-/files/")), 303, "{image}");
    for _ in 0..1_200 {
        let known = get(&format!("/-/api/files/main/{image}"));
        assert_eq!(known.status, 200, "{image}");
        let known = known.json();
        let is_read = |layer: &serde_json::Value| matches!(layer["state"].as_str(), Some("known" | "unreadable"));
        if known["layers"].as_array().is_some_and(|layers| layers.iter().all(is_read)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{image} is still being read");
}

/// Whether this process runs one test only. Where it does not, another one has run that test: others beside it take more
/// memory than it may.
fn is_alone(test: &str) -> bool {
    const ALONE: &str = "STRATA_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let this = std::env::current_exe().unwrap();
    let run = Command::new(this).args(["--exact", test]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// The most memory that this process had so far, in bytes (`proc_pid_status(5)`, `VmHWM`). Nothing where the system does
/// not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1_024)
}

/// Puts an image of one layer under a tag of `main`, and has it read.
fn put_read(repository: &str, layer: &[u8]) {
    SITE.main.content(|content| content.blob(repository, layer));
    put_image(repository, "1", &sound_config().to_string(), |manifest| {
        manifest["layers"] = json!([{ "mediaType": LAYER, "digest": digest_of(layer), "size": layer.len() }]);
    });
    read(&format!("{repository}:1"));
}

/// What every page says of a layer that was not read to its end, and of one that is none.
const GAPS: [&str; 2] = ["Layer 1 was read only in part", "Layer 1 cannot be looked into"];

/// Fails when a limit is reached in silence or makes the page itself fail, or when a whole layer is held in memory.
#[test]
fn a_layer_that_is_a_bomb_is_shown_as_far_as_the_limits_let_it() {
    if !is_alone("bombs::a_layer_that_is_a_bomb_is_shown_as_far_as_the_limits_let_it") {
        return;
    }
    let (partial, none) = (Some(GAPS[0]), Some(GAPS[1]));
    for (name, layer, words, gap) in [
        ("zeros", layers::ZEROS.clone(), "the layer unpacks to more than 400000000 bytes", partial),
        ("zstd", layers::zstd_zeros(), "the layer unpacks to more than 1000 times its size", partial),
        ("window", layers::zstd_window(), "a zstd frame needs a window of 2147483648 bytes", partial),
        ("entries", layers::entries(2_000), "the layer has more than 1000 entries", partial),
        ("members", layers::members(), "The archive has no end mark", None),
        ("nested", layers::nested(), "What it unpacks to is no tar archive", none),
        ("name", layers::long_name(), "an extended header or long name has", partial),
        ("pax", layers::long_pax(), "long name has 1000000000 bytes, more than 1048576", partial),
        ("sparse", layers::sparse(), "3 entries", None),
        ("sizes", layers::two_sizes(), "2 entries", None),
    ] {
        let repository = format!("bombs/{name}");
        put_read(&repository, &layer);
        page(&format!("/main/{repository}:1"));
        page(&format!("/main/{repository}:1/-/files/")).says(&[words]);
        let usage = page(&format!("/main/{repository}:1/-/files/?usage=1")).text();
        for said in GAPS {
            assert_eq!(usage.contains(said), gap == Some(said), "{name}: {usage}");
        }
    }
    // What came before the limit is there.
    page("/main/bombs/zeros:1/-/files/zeros").says(&["was read no further"]);
    page("/main/bombs/zeros:1/-/files/etc/known").says(&["known"]);
    page("/main/bombs/pax:1/-/files/before").says(&["before"]);
    page("/main/bombs/sparse:1/-/files/var/lib/apt/lists/1").says(&["The file has holes", "9.2 EB"]);
    assert_eq!(get("/-/api/files/main/bombs/entries:1?path=many").json()["total"], json!(1_000));
    assert!(peak().is_none_or(|peak| peak < MEMORY), "{:?} bytes of memory", peak());
}

/// By the size that the entry's own header says, `smuggled` is an entry, too.
#[test]
fn no_entry_is_smuggled_in_by_two_sizes() {
    put_read("bombs/smuggled", &layers::two_sizes());
    let files = get("/-/api/files/main/bombs/smuggled:1").json();
    let rows: Vec<_> = files["rows"].as_array().unwrap().iter().map(|row| (&row["path"], &row["size"])).collect();
    assert_eq!(rows, [(&json!("after"), &json!(5)), (&json!("outer"), &json!(512))]);
    page("/main/bombs/smuggled:1/-/files/outer").says(&["smuggled"]);
    assert_eq!(get("/main/bombs/smuggled:1/-/files/smuggled").status, 404);
}
