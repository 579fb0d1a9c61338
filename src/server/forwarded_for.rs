//! The addresses that proxies say a request came by: `X-Forwarded-For`, to which each of them appends the one that it sees.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The values as they came, the last proxy's own one last. Nothing where no proxy says anything.
pub(super) fn values(headers: &HeaderMap) -> Vec<String> {
    // A client may have written any bytes before the proxy's own.
    let texts = headers.get_all(FORWARDED_FOR).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let values: Vec<String> =
        texts.flat_map(|text| text.split(',').map(|value| value.trim().to_owned()).collect::<Vec<_>>()).collect();
    if values.iter().all(String::is_empty) { Vec::new() } else { values }
}

/// The address in a value; some proxies write the client's port behind it, and then an IPv6 address in brackets.
pub(super) fn address(value: &str) -> Option<IpAddr> {
    let bare = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(value).parse().ok().or_else(|| value.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn addresses_stand_with_and_without_a_port() {
        for (value, found) in [
            ("203.0.113.9", Some("203.0.113.9")),
            ("203.0.113.9:4711", Some("203.0.113.9")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:4711", Some("2001:db8::1")),
            ("2001:db8::1:4711", Some("2001:db8::1:4711")),
            ("[203.0.113.9", None),
            ("203.0.113.9:", None),
            ("203.0.113.9:99999", None),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
        ] {
            assert_eq!(address(value), found.map(|found| found.parse().unwrap()), "{value}");
        }
    }

    #[test]
    fn values_of_all_headers_are_read_in_their_order() {
        let mut headers = HeaderMap::new();
        assert_eq!(values(&headers), [""; 0]);
        headers.append(FORWARDED_FOR, HeaderValue::from_static(" "));
        assert_eq!(values(&headers), [""; 0]);
        headers.append(FORWARDED_FOR, HeaderValue::from_bytes(b"\xff, 192.0.2.1").unwrap());
        headers.append(FORWARDED_FOR, HeaderValue::from_static("192.0.2.2 ,192.0.2.3"));
        assert_eq!(values(&headers), ["", "\u{fffd}", "192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    }
}
