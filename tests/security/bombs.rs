//! Layers that are made to cost whoever looks into them: each is shown as far as the limits let it, with a sentence that says so
//! (threat T-18).

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::site::{LAYER, SITE, get, page, post, put_image, sound_config};
use super::support::digest_of;

fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_700_000_000);
    header
}

/// One file of 200 MiB.
fn zeros() -> Vec<u8> {
    let mut header = header(200 << 20);
    header.set_path("zeros").unwrap();
    header.set_cksum();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(header.as_bytes()).unwrap();
    let piece = vec![0; 1 << 20];
    for _ in 0..200 {
        encoder.write_all(&piece).unwrap();
    }
    encoder.finish().unwrap()
}

/// An archive whose only entry has a name of more than a mebibyte.
fn long_name() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header(0), "n".repeat((1 << 20) + 1), &b""[..]).unwrap();
    builder.into_inner().unwrap()
}

/// Has the only layer of an image of `main` read to its end.
fn read(image: &str) {
    assert_eq!(post(&format!("/main/{image}/-/files/")), 303, "{image}");
    for _ in 0..1_200 {
        let known = get(&format!("/-/api/files/main/{image}"));
        assert_eq!(known.status, 200, "{image}");
        if matches!(known.json()["layers"][0]["state"].as_str(), Some("known" | "unreadable")) {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{image} is still being read");
}

/// Fails when a limit is reached in silence, or makes the page itself fail.
#[test]
fn a_layer_that_is_a_bomb_is_shown_as_far_as_the_limits_let_it() {
    let nothing = gzip(b"", Compression::fast());
    // The inner one is not packed, so that it is longer than a block.
    let nested = gzip(&gzip(&[b'x'; 2_000], Compression::none()), Compression::fast());
    for (name, layer, words) in [
        ("zeros", zeros(), "Only a part was looked at: the layer unpacks to more than 8000000 bytes"),
        ("members", nothing.repeat(10_000), "The archive has no end mark"),
        ("nested", nested, "The archive cannot be read from byte 0 on"),
        ("name", gzip(&long_name(), Compression::fast()), "an extended header or long name has"),
    ] {
        let repository = format!("bombs/{name}");
        SITE.main.content(|content| content.blob(&repository, &layer));
        put_image(&repository, "1", &sound_config().to_string(), |manifest| {
            manifest["layers"] = json!([{ "mediaType": LAYER, "digest": digest_of(&layer), "size": layer.len() }]);
        });
        read(&format!("{repository}:1"));
        page(&format!("/main/{repository}:1/-/files/")).says(&[words]);
    }
    // What came before the limit is there.
    page("/main/bombs/zeros:1/-/files/zeros").says(&["was read no further"]);
}
