//! Images for Windows: their paths begin at the directory `Files` of their layers, whose own pages have them as they are stored.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::shelf::{MANIFEST, SHELF, config, get, manifest, post, put, with};

const IMAGE: &str = "f/windows:1";

/// Puts a layer of such files, and describes it.
fn layer(files: &[(&str, &str)]) -> Value {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    let digest = SHELF.fixture.content(|content| content.blob("f/windows", &bytes));
    json!({ "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest, "size": bytes.len() })
}

/// Links of a page to files, of the image or of a layer.
fn links(html: &str) -> impl Iterator<Item = String> {
    let values = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let links = values.map(|link| link.replace("&amp;", "&").split('#').next().unwrap().to_owned());
    links.filter(|link| link.contains("/-/files") || link.contains("/-/layer/"))
}

/// Before, a link from the image to its layers left `Files` out, and one from a layer to the image had it.
#[test]
fn the_image_and_its_layers_lead_to_each_other() {
    let long = "x".repeat(5_000);
    let lower = layer(&[
        ("Files/Windows/app.txt", "one\n"),
        ("Files/Windows/old.txt", "old\n"),
        ("Files/data.bin", &long),
        ("Files/copy.bin", &long),
        ("Files/Users/me/.npmrc", "//registry/:_authToken=x"),
        ("Hives/System_Delta", &"h".repeat(9_000)),
        ("UtilityVM/Files/copy.bin", &long),
    ]);
    let upper = layer(&[("files/WINDOWS/APP.TXT", "two\n"), ("Files/Windows/.wh.old.txt", "")]);
    let digest = |layer: &Value| layer["digest"].as_str().unwrap().to_owned();
    let (below, above) = (digest(&lower), digest(&upper));
    let config = with(config(2), &json!({ "os": "windows" }));
    let image = with(manifest("f/windows", 0, &config), &json!({ "layers": [lower, upper] }));
    put("f/windows", "1", MANIFEST, &image);
    assert_eq!(post(&format!("/{IMAGE}/-/files/")), 303);
    let files = format!("/-/api/files/{IMAGE}");
    let mut known = get(&files).json();
    for _ in 0..400 {
        if known["is_provisional"] == false && known["is_empty"] == false {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
        known = get(&files).json();
    }
    assert_eq!(known["root"]["path"], "Files", "{known}");
    let sha256 =
        get(&format!("{files}?path=data.bin")).json()["opened"]["facts"]["sha256"].as_str().unwrap().to_owned();

    let (image, lower, upper) =
        (format!("/{IMAGE}/-/files"), format!("/{IMAGE}/-/layer/{below}"), format!("/{IMAGE}/-/layer/{above}"));
    let app = "Windows/app.txt";
    let pages = [
        (format!("{image}/"), vec![format!("{image}/Windows/"), format!("{lower}/")]),
        // What is gone, the layer that gave a file, its versions.
        (format!("{image}/Windows/"), vec![format!("{lower}/Files/Windows/old.txt")]),
        (format!("{image}/{app}"), vec![format!("{upper}/Files/{app}"), format!("{lower}/Files/{app}")]),
        (format!("{image}/{app}?against=1"), vec![format!("{image}/{app}")]),
        (format!("{image}/windows/APP.TXT"), vec![format!("{image}/{app}")]),
        (format!("{image}/?change=deleted"), vec![format!("{lower}/Files/Windows/old.txt")]),
        (format!("{image}/?find=sha256:{sha256}"), vec![format!("{image}/data.bin"), format!("{image}/copy.bin")]),
        (format!("{image}/data.bin?as_of=1"), vec![format!("{image}/data.bin")]),
        // Dead files and those beside the root are in their layers only; all others are in the image.
        (
            format!("{image}/?usage=1"),
            vec![
                format!("{lower}/Files/{app}"),
                format!("{lower}/Hives/System_Delta"),
                format!("{lower}/UtilityVM/Files/copy.bin"),
                format!("{image}/Users/me/.npmrc"),
                format!("{image}/copy.bin"),
            ],
        ),
        (format!("{lower}/"), vec![format!("{lower}/Hives/"), format!("{image}/")]),
        (format!("{lower}/Files/{app}"), vec![format!("{image}/{app}")]),
        (
            format!("{upper}/files/windows/app.txt"),
            vec![format!("{image}/{app}?as_of=2&against=1"), format!("{lower}/Files/{app}")],
        ),
        (format!("{lower}/Hives/System_Delta"), vec![format!("{image}/")]),
    ];
    let mut all = BTreeSet::new();
    for (page, expected) in pages {
        let answer = get(&page);
        assert_eq!(answer.status, 200, "{page}");
        let html = String::from_utf8(answer.body).unwrap();
        let found: Vec<_> = links(&html).collect();
        for link in expected {
            // Names are as the lowest or the asked layer has them.
            assert!(found.iter().any(|found| found.eq_ignore_ascii_case(&link)), "{page}: {link} in {found:?}");
        }
        all.extend(found);
    }
    for link in &all {
        assert_eq!(get(link).status, 200, "{link}");
    }

    let gone = get(&format!("{image}/windows/OLD.TXT"));
    assert_eq!(gone.status, 404);
    let link = links(std::str::from_utf8(&gone.body).unwrap()).find(|link| link.contains("/-/layer/")).unwrap();
    assert_eq!((link.as_str(), get(&link).status), (format!("{lower}/Files/Windows/old.txt").as_str(), 200));
    // The image shows nothing beside its root.
    assert_eq!(get(&format!("{image}/Hives/System_Delta")).status, 404);
}
