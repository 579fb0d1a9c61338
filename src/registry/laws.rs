//! What holds of the private parsers whatever bytes a registry sends. The property tests beside the parsers and the fuzz
//! targets in `fuzz/` ask it; no other build has it.

use http::header::{LINK, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::challenge::Challenge;
use super::link::{MAX_QUERY, Next, next};
use super::origin::Origin;

/// Of a `WWW-Authenticate`.
///
/// # Panics
///
/// Where a law is broken.
pub fn challenge(header: &[u8]) {
    let Some(headers) = headers(WWW_AUTHENTICATE, header) else { return };
    let challenges = Challenge::read_all(&headers);
    assert!(challenges.len() <= 16, "the number of challenges has a limit");
    for challenge in &challenges {
        assert!(!challenge.scheme.is_empty() && challenge.scheme.is_ascii(), "{challenge:?}");
        assert!(challenge.is(&challenge.scheme.to_ascii_uppercase()), "schemes have no case");
        for (name, _) in &challenge.parameters {
            let first = challenge.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let first = first.map(|(_, value)| value.as_str());
            assert_eq!(
                challenge.parameter(&name.to_ascii_uppercase()),
                first,
                "of a name that stands twice the first counts"
            );
        }
    }
    // Bytes that are no UTF-8 become replacement characters of three bytes each.
    let length: usize =
        challenges.iter().flat_map(|challenge| &challenge.parameters).map(|(_, value)| value.len()).sum();
    assert!(length <= 3 * header.len(), "nothing is read twice");
}

/// Of a `Link`.
///
/// # Panics
///
/// Where a law is broken.
pub fn link(header: &[u8]) {
    let Some(headers) = headers(LINK, header) else { return };
    let Ok(asked) = Url::parse("https://registry.example/prefix/v2/a/tags/list?n=2") else { return };
    match next(&headers, &asked) {
        Next::Nothing => {}
        Next::Query(query) => {
            let mut page = asked.clone();
            page.set_query(Some(&query));
            assert_eq!((Origin::of(&page).ok(), page.path()), (Origin::of(&asked).ok(), asked.path()));
            assert_eq!(page.query(), Some(query.as_str()), "a query is repeated as it came");
            assert!(page.fragment().is_none() && query.is_ascii(), "{query}");
            assert!(query.len() <= MAX_QUERY, "{query}");
        }
        // A byte that is no UTF-8 becomes a character of three, each of which is written with three.
        Next::TooLong(length) => assert!((MAX_QUERY + 1..=9 * header.len()).contains(&length), "{length}"),
        Next::Elsewhere(target) => {
            let same = asked.join(&target).is_ok_and(|url| Origin::of(&url).ok() == Origin::of(&asked).ok());
            assert!(!same, "{target} is here");
        }
    }
}

fn headers(name: HeaderName, value: &[u8]) -> Option<HeaderMap> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(HeaderMap::from_iter([(name, value)]))
}
