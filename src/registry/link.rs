//! The `Link` header of lists (RFC 8288), of which only the query of the next page is used.

use http::HeaderMap;
use http::header::LINK;
use url::Url;

use super::origin::Origin;

/// Longest query that is followed, in bytes. A walk remembers each one, to see where it goes in a circle; what registries write
/// is a name or a short key.
pub(crate) const MAX_QUERY: usize = 4096;

/// Where the next page is, if anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is none.
    Nothing,
    /// The query to ask our own path with. Registries under a prefix or behind a proxy write other paths than ours, so the
    /// path of the link is not used.
    Query(String),
    /// It leads to another origin, or is no URL: the list is not complete (threat T-8).
    Elsewhere(String),
    /// Its query has so many bytes, more than are followed: the list is not complete (threat T-9).
    TooLong(usize),
}

/// Finds the link with `rel="next"`, in whatever form it is written.
pub(crate) fn next(headers: &HeaderMap, asked: &Url) -> Next {
    let target = headers
        .get_all(LINK)
        .iter()
        // An unescaped name in a query may hold any byte.
        .find_map(|value| find_next(&String::from_utf8_lossy(value.as_bytes())));
    let Some(target) = target else { return Next::Nothing };
    let Ok(url) = asked.join(&target) else { return Next::Elsewhere(target) };
    let same = matches!((Origin::of(&url), Origin::of(asked)), (Ok(link), Ok(own)) if link == own);
    match url.query() {
        _ if !same => Next::Elsewhere(target),
        // The same page again, in effect.
        None => Next::Nothing,
        Some(query) if query.len() > MAX_QUERY => Next::TooLong(query.len()),
        Some(query) => Next::Query(query.to_owned()),
    }
}

/// The target of the first link whose relation is `next`.
fn find_next(header: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let start = rest.find('<')?;
        let (target, after) = rest[start + 1..].split_once('>')?;
        let (parameters, remainder) = split_parameters(after);
        if parameters.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("rel")
                && value.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
        }) {
            return Some(target.trim().to_owned());
        }
        rest = remainder;
    }
}

/// Reads `; name=value; name="value"` up to the comma that ends one link.
fn split_parameters(text: &str) -> (Vec<(String, String)>, &str) {
    let mut parameters = Vec::new();
    let (mut name, mut value) = (String::new(), None::<String>);
    let mut quoted = false;
    let mut characters = text.char_indices();
    let mut finish = |name: &mut String, value: &mut Option<String>| {
        let name = std::mem::take(name);
        let value = value.take().unwrap_or_default();
        if !name.trim().is_empty() {
            parameters.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    };
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                if let (Some((_, escaped)), Some(value)) = (characters.next(), &mut value) {
                    value.push(escaped);
                }
            }
            ';' if !quoted => finish(&mut name, &mut value),
            ',' if !quoted => {
                finish(&mut name, &mut value);
                return (parameters, &text[position + 1..]);
            }
            '=' if !quoted && value.is_none() => value = Some(String::new()),
            _ => value.as_mut().unwrap_or(&mut name).push(character),
        }
    }
    finish(&mut name, &mut value);
    (parameters, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(header: &[u8]) -> Next {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, http::HeaderValue::from_bytes(header).unwrap());
        next(&headers, &Url::parse("https://host/prefix/v2/a/tags/list?n=2").unwrap())
    }

    fn query(text: &str) -> Next {
        Next::Query(text.to_owned())
    }

    #[test]
    fn every_form_seen_in_the_wild_gives_its_query() {
        for (header, expected) in [
            ("</v2/_catalog?last=big%2Fapp&n=3>; rel=\"next\"", "last=big%2Fapp&n=3"),
            ("</v2/name/tags/list?n=2&last=a/b>; rel=\"next\"", "n=2&last=a/b"),
            ("<https://host/v2/_catalog?n=100&next_page=OPAQUE>; rel=\"next\"", "n=100&next_page=OPAQUE"),
            ("<https://host/v2/a/tags/list?last=b%3D%3D>;rel=next", "last=b%3D%3D"),
            ("</v2/other/tags/list?last=100>; rel=\"next\"", "last=100"),
            ("<https://host:443/odd/path?last=z>; REL=\"prev NEXT\"", "last=z"),
            ("<?last=x>; rel=\"next\"", "last=x"),
            ("</first?x=1>; rel=\"first\", </n?y=2>; title=\"a, b; c\"; rel=\"next\"", "y=2"),
        ] {
            assert_eq!(read(header.as_bytes()), query(expected), "{header}");
        }
    }

    #[test]
    fn links_elsewhere_are_not_followed() {
        for target in [
            "http://evil.example/?last=x",
            "//evil.example/?last=x",
            "file:///etc/passwd?x",
            "http://host/?last=x",
            "https://host:8443/?last=x",
            "https://u:p@host/?last=x",
            "https://host:99999/?x",
        ] {
            let header = format!("<{target}>; rel=\"next\"");
            assert_eq!(read(header.as_bytes()), Next::Elsewhere(target.to_owned()), "{target}");
        }
    }

    #[test]
    fn queries_have_a_longest() {
        // A character that is not ASCII is written with three.
        for (name, expected) in [
            ("x".repeat(MAX_QUERY - 5), None),
            ("x".repeat(MAX_QUERY - 4), Some(MAX_QUERY + 1)),
            ("é".repeat(MAX_QUERY / 4), Some(5 + MAX_QUERY / 4 * 6)),
        ] {
            let next = read(format!("<?last={name}>; rel=next").as_bytes());
            assert_eq!(next, expected.map_or_else(|| query(&format!("last={name}")), Next::TooLong));
        }
    }

    #[test]
    fn other_headers_mean_the_end() {
        for header in [
            "",
            "<",
            "<x",
            "x>; rel=next",
            "<?a=1>",
            "<?a=1>; rel=\"prev\"",
            "<?a=1; rel=\"next\"",
            "</path>; rel=\"next\"",
        ] {
            assert_eq!(read(header.as_bytes()), Next::Nothing, "{header}");
        }
    }

    #[test]
    fn names_that_are_not_ascii_are_kept_escaped() {
        assert_eq!(read("<?last=é>; rel=next".as_bytes()), query("last=%C3%A9"));
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_panic(text in ".{0,200}") {
            let _ = find_next(&text);
        }

        #[test]
        fn the_laws_hold_of_any_header(
            header in prop::collection::vec(prop_oneof![
                any::<u8>().prop_map(|byte| vec![byte]),
                prop::sample::select(vec![
                    "<", ">", "rel=next", "; ", "\"", ",", "?", "#", "http://", "//", "registry.example", "\\", "\t", "\u{e9}",
                ])
                .prop_map(|text| text.as_bytes().to_vec()),
            ], 0..40)
        ) {
            crate::registry::laws::link(&[b"<", header.concat().as_slice(), b">; rel=next"].concat());
            crate::registry::laws::link(&header.concat());
        }

        #[test]
        fn a_well_formed_link_is_found_among_others(
            before in "(<[a-z/?=&]{0,20}>; rel=\"(prev|first|last)\", ){0,3}",
            target in "[?][a-z0-9=&%]{1,40}",
            title in "[ -!#-\\[\\]-~]{0,20}",
        ) {
            let header = format!("{before}<{target}>; title=\"{title}\"; rel=\"next\"");
            prop_assert_eq!(find_next(&header), Some(target));
        }
    }
}
