//! What a reader, or somebody who makes a link for them, writes into an address (threats V-1, T-1, T-10).

use super::site::{SITE, get};
use super::strings::is_harmless;

/// The hostile text, as a browser writes it in an address.
const HARM: &str = "%3C/title%3E%3Cxss7%20onload%3Dx()%3E%27%22%3C/script%3E%3Cscript%3Exss7()%3C/script%3E%E2%80%A8";

/// Fails when a page writes a part of its own address without escaping it.
#[test]
fn what_an_address_says_is_text() {
    for target in [
        format!("/-/search?q={HARM}"),
        format!("/-/search?q=x&in={HARM}"),
        format!("/main/?filter={HARM}"),
        format!("/main/?after={HARM}"),
        format!("/-/registry?registry={HARM}"),
        format!("/-/compare?from={HARM}&to={HARM}"),
        format!("/-/compare?from=a:1&to=b:1&view={HARM}&platform={HARM}"),
        format!("/reflected/image?filter={HARM}&sort={HARM}&details={HARM}"),
        format!("/reflected/image:1?platform={HARM}&manifest={HARM}&as={HARM}&steps={HARM}"),
        format!("/{HARM}"),
        format!("/-/{HARM}"),
        format!("/reflected/image:1/-/{HARM}"),
    ] {
        let mut answer = get(&target);
        while let 301..=308 = answer.status {
            let location = answer.header("location").to_owned();
            assert!(location.starts_with('/') && !location.starts_with("//"), "{target} leads to {location}");
            answer = get(&location);
        }
        is_harmless(&answer);
    }
}

/// Fails when a query's number is written into a request.
#[test]
fn numbers_of_an_address_never_reach_a_registry() {
    SITE.main.content(|content| {
        let digest = content.manifest("reflected/numbers", super::site::MANIFEST, b"{}");
        content.tag("reflected/numbers", "1", &digest);
    });
    for number in ["999999999", "-1", "1.5", "0", "18446744073709551616", "1e9", "NaN", "%00", "7&limit=8&n=9"] {
        for target in [
            format!("/-/api/tags/reflected/numbers?limit={number}&n={number}"),
            format!("/-/api/repositories?registry=main&limit={number}&n={number}"),
            format!("/reflected/numbers?details={number}&n={number}&last={number}"),
        ] {
            let answer = get(&target);
            assert!(matches!(answer.status, 200 | 400), "{target}: {}", answer.status);
        }
    }
    let queries: Vec<_> = SITE.main.received().into_iter().map(|received| received.query).collect();
    assert!(
        queries.iter().all(|query| query.is_empty() || query == "n=1000" || query.contains("last=")),
        "{queries:?}"
    );
    assert!(!queries.iter().any(|query| query.contains("99999")), "{queries:?}");
}
