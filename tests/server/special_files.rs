//! Pages of what a file system has besides plain files, and of layers with tables of contents of their own.

use serde_json::Value;

use crate::files::read;
use crate::odd::fixtures::Answer;
use crate::support::{SITES, get, run};

const IMAGE: &str = "platform/appliance:4.2.0";

/// Fails unless the page of a path in an image that was read has all of these words.
fn says(image: &str, path: &str, words: &[&str]) {
    let page = run(Answer::get(&SITES.one, &format!("/{image}/-/{path}")));
    assert_eq!(page.status, 200, "{path}");
    page.says(words);
}

#[test]
fn every_kind_of_file_says_what_it_is() {
    read(IMAGE);
    for (path, words) in [
        ("dev/console", &["Character device", "crw------- 0:0", "Device5:1"][..]),
        ("dev/mmcblk0", &["Block device", "brw-rw---- 0:0", "Device179:0"]),
        ("dev/initctl", &["Named pipe", "prw------- 0:0"]),
        ("bin/su", &["setuid", "-rwsr-xr-x 0:0"]),
        ("usr/bin/at", &["setgid", "-rwxr-sr-x 1:1"]),
        ("tmp/", &["drwxrwxrwt 0:0"]),
        ("usr/sbin/httpd", &["security.capability = cap_net_bind_service=ep"]),
        // The longer ones are named in the file's own card only.
        ("usr/bin/dumpcap", &["security.capability = cap_net_admin,cap_net_raw=ep [rootid=100000]", "capabilities"]),
        ("etc/appliance/device.toml", &["user.mime_type = application/toml", "user.checksum = de ad be ef"]),
        ("sbin/e2fsck", &["Other names", "/sbin/fsck.ext2", "/sbin/fsck.ext3", "/sbin/fsck.ext4"]),
        ("sbin/fsck.ext3", &["Hard link", "Other names", "/sbin/e2fsck", "/sbin/fsck.ext4"]),
        ("usr/bin/editor", &["Symbolic link", "/etc/alternatives/editor", "more than 64 others, mostly in a circle"]),
        ("srv/www", &["../../../../usr/share/www · /usr/share/www"]),
        ("srv/www/index.html", &["over a symbolic link to /usr/share/www/index.html", "<title>Appliance</title>"]),
        ("var/lib/appliance/data.img", &["File with holes", "The file has holes."]),
    ] {
        says(IMAGE, &format!("files/{path}"), words);
    }
    // Rows have the marks, too.
    says(IMAGE, "files/bin/", &["cap_net_raw=ep", "setuid"]);
}

#[test]
fn a_name_that_is_no_utf_8_is_listed_opened_and_downloaded() {
    read(IMAGE);
    let name = r"Anleitung-f\xFCr-Ger\xE4te.txt";
    says(IMAGE, "files/usr/share/doc/appliance/", &[name]);
    let page = "files/usr/share/doc/appliance/Anleitung-f%FCr-Ger%E4te.txt";
    says(IMAGE, page, &[name, "Die Anleitung gibt es nur auf Papier."]);
    let rows = get(&format!("/-/api/files/{IMAGE}?path=usr/share/doc/appliance")).json();
    let rows = rows["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!(row["path"], Value::Null, "{row}");
    let path = row["path_base64"].as_str().unwrap().replace('+', "%2B");
    let answer = get(&format!("/-/api/content/{IMAGE}?path_base64={path}"));
    assert_eq!(answer.body, b"Die Anleitung gibt es nur auf Papier.\n");
}

#[test]
fn what_a_layer_takes_away_is_said_by_it_and_by_the_image() {
    let layer = read(IMAGE)["layers"][2]["digest"].as_str().unwrap().to_owned();
    says(IMAGE, &format!("layer/{layer}/etc/init.d/"), &["deletes telnetd", "whiteout"]);
    let emptied = ["deletes what lower layers have in this directory", "en"];
    says(IMAGE, &format!("layer/{layer}/usr/share/locale/"), &emptied);
    for gone in ["etc/init.d/telnetd", "usr/share/locale/de/messages"] {
        let page = run(Answer::get(&SITES.one, &format!("/{IMAGE}/-/files/{gone}")));
        assert_eq!(page.status, 404, "{gone}");
        page.says(&["layer 3 takes it away"]);
    }
}

#[test]
fn layers_with_a_table_are_read_and_what_estargz_adds_is_marked() {
    for (tag, annotation, own) in [
        ("4.1.0-estargz", "containerd.io/snapshot/stargz/toc.digest", 2),
        ("4.1.0-zstd-chunked", "io.github.containers.zstd-chunked.manifest-position", 0),
    ] {
        let image = format!("platform/appliance:{tag}");
        says(&image, "raw", &[annotation]);
        let layer = read(&image)["layers"][1]["digest"].as_str().unwrap().to_owned();
        says(&image, &format!("layer/{layer}/usr/sbin/httpd"), &["cap_net_bind_service=ep"]);
        let root = run(Answer::get(&SITES.one, &format!("/{image}/-/layer/{layer}/"))).text();
        // The table and the landmark.
        assert_eq!(root.matches("eStargz's own").count(), own, "{root}");
        assert_eq!(root.contains("stargz.index.json"), own > 0, "{root}");
        assert!(!root.contains("own table differs"), "{root}");
    }
}
