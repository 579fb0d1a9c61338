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
