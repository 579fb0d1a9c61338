//! What a proxy says of a request is believed of a trusted one only (threat T-25).

use std::net::Ipv4Addr;

use crate::BASE;
use crate::sites::get_from;

/// The proxy that the settings trust, and a neighbour that they do not.
const PROXY: Ipv4Addr = Ipv4Addr::LOCALHOST;
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What the proxy says of a reader at `https://strata.example:8443`.
const FORWARDED: &str = "Host: 127.0.0.1:3000\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: strata.example:8443\r\n";

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn pages_name_the_address_that_a_trusted_proxy_tells() {
    let address = format!("=\"https://strata.example:8443{BASE}/base/linux@sha256:");
    let answer = get_from(PROXY, "/base/linux:latest", FORWARDED);
    assert_eq!((status(&answer), answer.matches(&address).count()), ("200", 2), "canonical and og:url");
    for (client, lines) in [
        (OTHER, FORWARDED),
        (PROXY, "Host: 127.0.0.1:3000\r\nX-Forwarded-Host: strata.example:8443\r\n"),
        (PROXY, "Host: 127.0.0.1:3000\r\nForwarded: proto=https;host=strata.example\r\n"),
    ] {
        let answer = get_from(client, "/base/linux:latest", lines);
        assert_eq!(status(&answer), "200", "{client} {lines}");
        assert!(!answer.contains("rel=\"canonical\"") && !answer.contains("og:url"), "{client} {lines}");
    }
}

#[test]
fn forwarded_hosts_must_be_known_and_others_count_for_nothing() {
    let rebound = "Host: 127.0.0.1:3000\r\nX-Forwarded-Host: evil.example\r\n";
    let disguised = "Host: evil.example\r\nX-Forwarded-Host: strata.example\r\n";
    for (client, lines, expected) in [
        (PROXY, rebound, "421"),
        (OTHER, rebound, "200"),
        (PROXY, disguised, "200"),
        (OTHER, disguised, "421"),
        (PROXY, "Host: strata.example\r\nX-Forwarded-Host: strata.example, evil.example\r\n", "421"),
    ] {
        assert_eq!(status(&get_from(client, "/-/api/registries", lines)), expected, "{client} {lines}");
    }
}

#[test]
fn pasted_links_are_known_by_what_the_proxy_tells() {
    for (client, link, expected) in [
        (PROXY, format!("https://strata.example:8443{BASE}/base/linux"), "302"),
        (PROXY, format!("https://strata.example{BASE}/base/linux:latest"), "200"),
        (PROXY, format!("https://other.example{BASE}/base/linux:latest"), "200"),
        // Nobody has told: what can only be an address of this site is taken as one.
        (OTHER, format!("https://strata.example:8443{BASE}/base/linux"), "200"),
        (OTHER, format!("https://other.example{BASE}/base/linux:latest"), "302"),
    ] {
        let answer = get_from(client, &format!("/-/search?q={link}"), FORWARDED);
        assert_eq!(status(&answer), expected, "{client} {link}");
        assert_eq!(answer.contains("The link leads to another site"), expected == "200", "{client} {link}");
    }
}
