//! A layer's own table of contents is the word of whoever has made the layer: its page shows the archive, and where the two differ.

use serde_json::json;

use super::bombs::read;
use super::site::{SITE, page, post, put_image, sound_config};
use super::support::own_tables::{FORMS, Made, body, digest, made, row, with_rows};

/// Puts an image of one layer under two tags of `main`: as it is, and under `plain` without a word of its table. Gives the page of the
/// layer.
fn put(repository: &str, layer: &Made) -> String {
    SITE.main.content(|content| content.blob(repository, &layer.stored));
    let (path, stored) = (format!("/v2/{repository}/blobs/{}", layer.digest()), layer.stored.clone());
    SITE.main.script(move |received| (received.path == path).then(|| received.part_of(&stored)).flatten());
    let mut plain = layer.descriptor();
    plain["annotations"] = json!({});
    for (tag, descriptor) in [("1", layer.descriptor()), ("plain", plain)] {
        put_image(repository, tag, &sound_config().to_string(), |manifest| manifest["layers"] = json!([descriptor]));
    }
    format!("/main/{repository}:1/-/layer/{}/", layer.digest())
}

/// Fails when the archive's word is shown as nobody's, or that of a table as the archive's.
#[test]
fn what_a_table_says_otherwise_is_on_the_layer_s_page() {
    for (form, repository) in FORMS.into_iter().zip(["tables/estargz", "tables/zstd-chunked"]) {
        let (stored, mut rows) = body(form, &[("reg", "tool", b"#!/bin/sh"), ("reg", "hidden", b"x")], 1_000);
        rows[0]["digest"] = json!(digest(b"others"));
        rows.truncate(1);
        rows.push(row("reg", "<img src=x>", b""));
        let layer = with_rows(form, stored, &rows);
        let layer_page = put(repository, &layer);
        // It is known from another image, whose manifest says nothing of a table.
        read(&format!("{repository}:plain"));
        let path = format!("/v2/{repository}/blobs/{}", layer.digest());
        let before = SITE.main.received_for(&path).len();
        let unread = page(&layer_page);
        unread.says(&["Compare with its own table"]);
        assert!(String::from_utf8_lossy(&unread.body).contains("<form method=\"post\">"));
        assert_eq!(SITE.main.received_for(&path).len(), before, "no page starts anything by itself");
        assert_eq!(post(&layer_page), 303);
        let compared = page(&layer_page);
        compared.says(&["3 differences to its archive", "contents", "only in the archive", "only in the table"]);
        let html = String::from_utf8_lossy(&compared.body);
        let (_, list) = html.split_once("class=\"filelist\"").unwrap();
        assert!(list.contains(&format!("href=\"{layer_page}tool\"")), "{list}");
        assert!(list.contains(&format!("href=\"{layer_page}hidden\"")), "{list}");
        assert!(list.contains("/&lt;img src=x&gt;") && !html.contains("<img src=x>"), "{list}");
        assert!(!html.contains("Compare with its own table"), "{html}");
        // The other image says nothing of it.
        let plain = page(&layer_page.replace(":1/", ":plain/"));
        assert!(!plain.text().contains("own table"), "{}", plain.text());
    }
}

#[test]
fn a_table_that_agrees_is_said_to() {
    for (form, repository) in FORMS.into_iter().zip(["tables/agree-estargz", "tables/agree-zstd-chunked"]) {
        let layer_page = put(repository, &made(form, &[("reg", "tool", b"#!/bin/sh")], 1_000));
        read(&format!("{repository}:1"));
        assert_eq!(post(&layer_page), 303);
        page(&layer_page).says(&["The layer's own table agrees with its archive."]);
    }
}
