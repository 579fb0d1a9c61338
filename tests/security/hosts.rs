//! Hosts that a reader writes: matched against the configured ones, never asked (threat T-1).

use super::site::{SITE, get};
use super::support::Fixture;

/// Every way to write `127.0.0.1` or to hide another host that URL parsers know.
const SPELLINGS: [&str; 20] = [
    "127.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "\u{24db}ocalhost",
    "\u{ff11}27.0.0.1",
    "127.0.0.1\u{3002}",
    "main@127.0.0.1",
    "user:pass@127.0.0.1",
    "0.0.0.0",
    "169.254.169.254",
];

/// Fails when a host that was typed is asked for what stands behind it.
#[test]
fn no_spelling_of_an_address_is_asked() {
    let victim = SITE.runtime.block_on(Fixture::start());
    let port = victim.url().port().unwrap();
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    for host in SPELLINGS {
        for text in [
            format!("{host}:{port}/app/web:1"),
            format!("docker pull {host}:{port}/app/web:1"),
            format!("http://{host}:{port}/v2/app/web/manifests/1"),
            format!("//{host}:{port}/app/web"),
            format!("http:{host}:{port}"),
        ] {
            let value = encode(&text);
            for target in [
                format!("/-/search?q={value}"),
                format!("/-/search?q=x&in={value}"),
                format!("/-/registry?registry={value}"),
                format!("/-/compare?from={value}&to={value}"),
                format!("/-/api/repositories?registry={value}"),
                format!("/-/api/compare?from={value}&to={value}"),
            ] {
                let answer = get(&target);
                // It may lead to another page of this site, and nowhere else.
                let location = answer.header("location");
                assert!(
                    location.is_empty() || (location.starts_with('/') && !location.starts_with("//")),
                    "{target}: {location}"
                );
                assert!(answer.status < 500, "{target}: {}", answer.status);
            }
        }
    }
    assert_eq!(victim.connections(), 0);
    // Nor does a configured registry hear of it.
    let told = |fixture: &Fixture| {
        fixture.lines().into_iter().filter(|line| line.contains(&port.to_string())).collect::<Vec<_>>()
    };
    assert_eq!((told(&SITE.main), told(&SITE.other)), (Vec::new(), Vec::new()));
}
