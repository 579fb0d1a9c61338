//! Links from an image's page.

use super::*;
use crate::anatomy::files::Change;
use crate::oci::Platform;
use crate::view::files::{BaseChoice, FileOrder};

fn place(query: ImageQuery) -> Place {
    Place::new("hub/", &"library/nginx:1.25".parse().unwrap(), &query)
}

fn query() -> ImageQuery {
    ImageQuery { platform: "linux/arm64/v8".to_owned(), ..ImageQuery::new("hub/library/nginx:1.25".parse().unwrap()) }
}

#[test]
fn views_keep_the_platform() {
    let place = place(query());
    assert_eq!(place.view(ImageView::Raw), "/hub/library/nginx:1.25/-/raw?platform=linux/arm64/v8");
    assert_eq!(place.history(true), "/hub/library/nginx:1.25?platform=linux/arm64/v8&as=dockerfile");
    assert_eq!(place.steps(0), "/hub/library/nginx:1.25?platform=linux/arm64/v8");
}

/// An order is one of what was found, and what is looked for stays when another order is chosen.
#[test]
fn what_is_looked_for_and_its_order_stay_together() {
    let files = FilesQuery {
        find: ".so".to_owned(),
        change: Some(Change::Added),
        order: FileOrder::Size,
        from: 500,
        ..FilesQuery::default()
    };
    let place = place(ImageQuery { files: files.clone(), ..query() });
    let root = "/hub/library/nginx:1.25/-/files/?platform=linux/arm64/v8";
    let listed = |files| place.listed(&FilePath::root(), true, files);
    let time = FilesQuery { order: FileOrder::Time, from: 0, ..files.clone() };
    assert_eq!(listed(time), format!("{root}&order=time&find=.so&change=added"));
    let all = FilesQuery { change: None, ..files.clone() };
    assert_eq!(listed(all), format!("{root}&order=size&find=.so&from=500"));
    let (_, kept) = place.files_form(&FilePath::root(), true);
    assert!(kept.contains(&("change", "added".to_owned())) && kept.contains(&("order", "size".to_owned())));
    // A file or directory that is opened is no search.
    assert_eq!(place.file(&FilePath::root(), true), format!("{root}&order=size"));
}

#[test]
fn two_versions_of_a_file_are_compared_in_the_image_as_of_the_later_one() {
    let path = FilePath::from_bytes(b"etc/passwd");
    let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
    let files = FilesQuery { layer: Some(digest), path: path.clone(), ..FilesQuery::default() };
    let link = place(ImageQuery { files, ..query() }).compared(&path, 4, 1);
    let expected = "/hub/library/nginx:1.25/-/files/etc/passwd?platform=linux/arm64/v8&as_of=4&against=1";
    assert_eq!(link.as_deref(), Some(expected));
}

/// An image for Windows begins at a directory of its layers, and its names are compared without case.
#[test]
fn paths_of_the_image_and_of_its_layers_lead_to_each_other() {
    let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
    let path = |text: &str| FilePath::from_bytes(text.as_bytes());
    let at = |layer: Option<&Digest>, root: &str| {
        let files = FilesQuery { layer: layer.cloned(), ..FilesQuery::default() };
        place(ImageQuery { files, ..ImageQuery::new("library/nginx:1.25".parse().unwrap()) }).beginning_at(path(root))
    };
    let (image, layer) = ("/hub/library/nginx:1.25/-/files", format!("/hub/library/nginx:1.25/-/layer/{digest}"));
    let windows = at(None, "Files");
    assert_eq!(windows.in_layer(&digest, &path("Windows/a"), false), format!("{layer}/Files/Windows/a"));
    assert_eq!(windows.in_layer(&digest, &path(""), true), format!("{layer}/Files/"));
    assert_eq!(windows.stored(&digest, &path("Hives/x"), false), format!("{layer}/Hives/x"));
    assert_eq!(windows.layer(&digest), format!("{layer}/"));
    assert_eq!(windows.in_image(&path("Files/a"), false), Some(format!("{image}/Files/a")));
    let windows = at(Some(&digest), "Files");
    assert_eq!(windows.in_layer(&digest, &path("Files/a"), false), format!("{layer}/Files/a"));
    for (stored, shown) in [
        ("Files/Windows/a", Some("/Windows/a")),
        ("FILES/a", Some("/a")),
        ("Files", Some("")),
        ("Filesystem/a", None),
        ("Hives/x", None),
        ("", None),
    ] {
        let expected = shown.map(|shown| format!("{image}{shown}"));
        assert_eq!(windows.in_image(&path(stored), false), expected, "{stored}");
        assert_eq!(windows.compared(&path(stored), 2, 1).is_some(), shown.is_some(), "{stored}");
    }
    let linux = at(Some(&digest), "");
    assert_eq!(linux.in_image(&path("Files/a"), false), Some(format!("{image}/Files/a")));
    assert_eq!(at(None, "").in_layer(&digest, &path("etc"), true), format!("{layer}/etc/"));
}

#[test]
fn pages_of_dead_files_keep_what_is_counted() {
    let files = FilesQuery { dive: true, base: Some(BaseChoice::Named), dead_from: 100, ..FilesQuery::default() };
    let place = place(ImageQuery { files, view: ImageView::Files, ..query() });
    let page = "/hub/library/nginx:1.25/-/files/?platform=linux/arm64/v8&usage=1&base=named&dive=1";
    assert_eq!(place.dead_from(200), format!("{page}&dead_from=200#never-seen"));
    assert_eq!(place.dead_from(0), format!("{page}#never-seen"));
}

#[test]
fn a_platform_that_stands_twice_is_chosen_by_its_digest_too() {
    let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
    let card = PlatformCard {
        platform: Some(Platform::new("windows", "amd64", None)),
        digest: Some(digest.clone()),
        size: None,
        problem: None,
        waiting: false,
        chosen: false,
        shares_platform: true,
        attestations: Vec::new(),
    };
    let place = place(ImageQuery { view: ImageView::Config, ..query() });
    assert_eq!(
        place.platform(&card),
        format!("/hub/library/nginx:1.25/-/config?platform=windows/amd64&manifest={digest}")
    );
    let alone = PlatformCard { shares_platform: false, ..card };
    assert_eq!(place.platform(&alone), "/hub/library/nginx:1.25/-/config?platform=windows/amd64");
}
