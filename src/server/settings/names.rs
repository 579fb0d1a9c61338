//! Names of registries.

use url::Url;

use crate::oci::RepositoryName;

/// The name that a registry gets where the settings give none: its host, with the port after a `-`, made of what a
/// repository component may have.
pub(super) fn from_url(url: &Url) -> String {
    let mut name = String::new();
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let port = url.port().map(|port| format!("-{port}")).unwrap_or_default();
    for character in host.chars().chain(port.chars()) {
        // Separators never meet: an IPv6 address has two colons in a row.
        let separates = |character: char| matches!(character, '.' | '-' | '_');
        match character {
            'a'..='z' | '0'..='9' => name.push(character),
            '.' | '-' | ':' | '_' if !name.is_empty() && !name.ends_with(separates) => {
                name.push(if character == ':' { '-' } else { character });
            }
            _ => {}
        }
    }
    let name = name.trim_end_matches(['.', '-', '_']);
    if is_name(name) { name.to_owned() } else { "registry".to_owned() }
}

/// Whether a text can name a registry: one repository component.
pub(super) fn is_name(text: &str) -> bool {
    text.parse::<RepositoryName>().is_ok_and(|name| name.namespace().is_none())
}

/// The name, or the name with the first number from 2 on that no other has.
pub(super) fn unique(name: String, taken: &[String]) -> String {
    if !taken.contains(&name) {
        return name;
    }
    // Among one more name than are taken, one is free.
    let numbers = 2..=taken.len() + 2;
    numbers.map(|number| format!("{name}-{number}")).find(|name| !taken.contains(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_host_and_port() {
        for (url, name) in [
            ("https://registry.example", "registry.example"),
            ("https://Registry.Example:443/", "registry.example"),
            ("http://127.0.0.1:5000", "127.0.0.1-5000"),
            ("http://[::1]:5000", "1-5000"),
            ("http://[2001:db8::7]", "2001-db8-7"),
            ("https://registry.example:8443/prefix", "registry.example-8443"),
            ("https://a__b.example", "a_b.example"),
            ("https://xn--bcher-kva.example", "xn-bcher-kva.example"),
        ] {
            let name_of_url = from_url(&url.parse().unwrap());
            assert_eq!(name_of_url, name);
            assert!(is_name(&name_of_url), "{url}");
        }
    }

    #[test]
    fn second_registry_of_a_name_gets_a_number() {
        let taken = ["a".to_owned(), "a-2".to_owned()];
        assert_eq!(unique("b".to_owned(), &taken), "b");
        assert_eq!(unique("a".to_owned(), &taken), "a-3");
    }

    #[test]
    fn names_are_one_component() {
        for (text, valid) in [("main", true), ("docker.io", true), ("a/b", false), ("-", false), ("Main", false)] {
            assert_eq!(is_name(text), valid, "{text}");
        }
    }
}
