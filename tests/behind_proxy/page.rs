//! The addresses that stand in a page.

use crate::BASE;

/// Attributes that hold an address.
const ADDRESSES: [&str; 4] = ["href", "src", "action", "formaction"];

/// Every path of this host that a page names: in attributes, on buttons that copy an address, in its head, in its scripts, and
/// in what its islands are given. Fragments are left out.
pub(crate) fn paths(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        let attributes = attributes(tag);
        let copies_address = tag.contains(" data-address");
        for (name, value) in attributes {
            match name {
                name if ADDRESSES.contains(&name) => found.push(value),
                "data-copy" if copies_address => found.push(value),
                "content" if tag.contains("og:url") => found.push(value),
                // An island's properties, as JSON.
                "data-props" => found.extend(json_paths(&value)),
                _ => {}
            }
        }
    }
    let scripts = html.split("<script").skip(1).filter_map(|rest| rest.split("</script").next());
    found.extend(scripts.flat_map(|script| script.split('"').skip(1).step_by(2)).map(str::to_owned));
    let own = found.into_iter().filter_map(|address| {
        let path = address.strip_prefix("https://site.example").unwrap_or(&address);
        path.starts_with('/').then(|| path.split('#').next().unwrap_or_default().to_owned())
    });
    own.collect()
}

/// Names and values of a tag's attributes that have a value in quotation marks, with entities read.
fn attributes(tag: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let (value, after) = after.split_once('"').unwrap_or((after, ""));
        found.push((
            name,
            value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
        ));
        rest = after;
    }
    found
}

/// The paths of this site among JSON's members. Others, such as those of a request to the registry, begin with something else.
fn json_paths(json: &str) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let mut found = Vec::new();
    collect(&value, &mut found);
    found
}

/// Members that hold a path of this site, in views and in islands' properties.
const MEMBERS: [&str; 5] = ["href", "path", "permalink", "pinned", "download"];

pub(crate) fn collect(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        serde_json::Value::Object(members) => {
            // A request to the registry has a path, too.
            let is_request = members.contains_key("statuses");
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if MEMBERS.contains(&name.as_str()) && !is_request => found.push(text.to_owned()),
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Whether a path is within the site.
pub(crate) fn is_within(path: &str) -> bool {
    path.strip_prefix(BASE).is_some_and(|rest| rest.starts_with('/'))
}

#[test]
fn addresses_are_found_wherever_they_stand() {
    let html = r#"<a class="x" href="/a?b=1&amp;c=2#d"><img src="/e"><form action="/f"><a href="https://other.example/">
        <button data-copy="/g" data-address><button data-copy="/not-an-address"><a href="https://site.example/h">
        <meta property="og:url" content="https://site.example/i"><leptos-island data-props="{&quot;path&quot;:&quot;/j&quot;}">
        <script>import x from "/k"</script>"#;
    assert_eq!(paths(html), ["/a?b=1&c=2", "/e", "/f", "/g", "/h", "/i", "/j", "/k"]);
    assert!(is_within("/tools/strata/a") && !is_within("/tools/strata2/a") && !is_within("/a"));
}
