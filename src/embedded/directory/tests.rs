use super::*;

#[test]
fn folder_names_become_repository_names() {
    let cases = [
        ("api", "api"),
        ("My App", "my-app"),
        ("Über_Größe", "ber_gr-e"),
        ("a..b", "a-b"),
        ("a__b", "a__b"),
        ("a___b", "a-b"),
        ("-lead.trail-", "lead.trail"),
        ("日本", "layout"),
        ("", "layout"),
    ];
    for (folder, expected) in cases {
        assert_eq!(sanitized(folder), expected, "{folder}");
        sanitized(folder).parse::<RepositoryName>().expect(folder);
    }
}

#[test]
fn folders_with_one_name_are_numbered() {
    let mut layout = Layout::default();
    for expected in ["a/b", "a/b-2", "a/b-3"] {
        let name = repository_name(&["A".to_owned(), "b".to_owned()], &layout).expect("a name");
        assert_eq!(name.as_str(), expected);
        let blobs = Blobs::Memory(std::sync::Arc::default());
        layout.insert(name, Repository::read(blobs, Vec::new()));
    }
}

#[test]
fn folder_names_are_cut_to_the_longest_repository_name() {
    let name = repository_name(&["x".repeat(400), "y".to_owned()], &Layout::default()).expect("a name");
    assert_eq!(name.as_str().len(), MAX_LENGTH - 12);
}

#[test]
fn tags_are_found_in_reference_names() {
    let tag = |name: &str| tag_of(name).map(|tag| tag.as_str().to_owned());
    assert_eq!(tag("1.0").as_deref(), Some("1.0"));
    assert_eq!(tag("registry.example:5000/team/app:1.0").as_deref(), Some("1.0"));
    assert_eq!(tag("app:1.0").as_deref(), Some("1.0"));
    assert_eq!(tag("registry.example:5000/team/app"), None);
    assert_eq!(tag("../../x"), None);
    assert_eq!(tag(""), None);
}

/// A layout with one manifest that is nothing but an empty index, tagged `1.0`.
fn write_layout(folder: &Path) -> String {
    let manifest = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
    let digest = sha256(manifest);
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).expect("a folder");
    fs::write(blobs.join(&digest), manifest).expect("a blob");
    fs::write(folder.join(MARKER), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("a marker");
    let index = serde_json::json!({ "schemaVersion": 2, "manifests": [{
        "mediaType": OCI_INDEX, "digest": format!("sha256:{digest}"), "size": manifest.len(),
        "annotations": { REFERENCE_NAME: "1.0" },
    }]});
    fs::write(folder.join(INDEX), index.to_string()).expect("an index");
    digest
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    crate::oci::Digest::from_sha256(&sha2::Sha256::digest(bytes)).encoded().to_owned()
}

fn names(layout: &Layout) -> Vec<String> {
    layout.repositories().map(ToString::to_string).collect()
}

#[test]
fn nested_folders_are_repositories_and_broken_ones_are_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    write_layout(&folder.path().join("payments/api"));
    write_layout(&folder.path().join("tools"));
    write_layout(&folder.path().join(".hidden"));
    let broken = folder.path().join("broken");
    fs::create_dir(&broken).expect("a folder");
    fs::write(broken.join(INDEX), "no JSON").expect("an index");
    assert_eq!(names(&Layout::open(folder.path()).expect("layouts")), ["payments/api", "tools"]);
    assert!(matches!(Layout::open(&broken), Err(LayoutError::NotAnIndex { .. })));
}

#[test]
fn folders_without_a_layout_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(Layout::open(folder.path()), Err(LayoutError::Nothing { .. })));
    assert!(matches!(Layout::open(&folder.path().join("none")), Err(LayoutError::Read { .. })));
    fs::write(folder.path().join(INDEX), "{}").expect("an index");
    fs::write(folder.path().join(MARKER), r#"{"imageLayoutVersion":"9"}"#).expect("a marker");
    assert!(matches!(Layout::open(folder.path()), Err(LayoutError::Version { .. })));
    fs::write(folder.path().join(MARKER), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("a marker");
    fs::write(folder.path().join(INDEX), vec![b' '; 5 << 20]).expect("an index");
    assert!(matches!(Layout::open(folder.path()), Err(LayoutError::TooLarge { .. })));
}

#[test]
fn single_image_without_a_name_is_the_latest() {
    let folder = tempfile::tempdir().expect("a folder");
    write_layout(folder.path());
    let index = fs::read_to_string(folder.path().join(INDEX)).expect("an index");
    fs::write(folder.path().join(INDEX), index.replace(REFERENCE_NAME, "org.example.other")).expect("an index");
    let layout = Layout::open(folder.path()).expect("a layout");
    let name = layout.repositories().next().expect("a repository");
    let tags: Vec<_> = layout.repository(name).expect("a repository").tags().map(|(tag, _)| tag.as_str()).collect();
    assert_eq!(tags, ["latest"]);
}

#[cfg(unix)]
#[test]
fn blobs_outside_the_layout_are_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let digest = write_layout(&folder.path().join("app"));
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret").expect("a file");
    let linked = folder.path().join("app/blobs/sha256").join("0".repeat(64));
    std::os::unix::fs::symlink(&secret, linked).expect("a link");
    let blobs = Blobs::Directory(BlobDirectory::new(&folder.path().join("app")).expect("a folder"));
    let find = |text: &str| blobs.find(&text.parse().expect("a digest")).expect("a readable folder");
    assert!(find(&format!("sha256:{digest}")).is_some());
    assert!(find(&format!("sha256:{}", "0".repeat(64))).is_none());
    assert!(find(&format!("sha256:{}", "1".repeat(64))).is_none());
    // No digest of another algorithm becomes a path.
    assert!(find("blobs:sha256").is_none());
}

#[test]
fn tags_whose_manifest_is_missing_or_too_large_are_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let digest = write_layout(folder.path());
    let blob = folder.path().join("blobs/sha256").join(digest);
    let tags = || {
        let layout = Layout::open(folder.path()).expect("a layout");
        let name = layout.repositories().next().expect("a repository");
        layout.repository(name).expect("a repository").tags().count()
    };
    assert_eq!(tags(), 1);
    fs::write(&blob, vec![b' '; 5 << 20]).expect("a blob");
    assert_eq!(tags(), 0);
    fs::remove_file(&blob).expect("a blob");
    assert_eq!(tags(), 0);
}
