//! Which host names a request may name.
//!
//! A page of another site can have its own name looked up as 127.0.0.1 and then reads this site as its own (DNS
//! rebinding, threat T-25). Only the host that the request names gives that away. Addresses cannot be rebound, names can.

use std::net::IpAddr;

use super::settings::Settings;

/// The host names that are answered to.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    names: Vec<String>,
    /// Whether any name will do: a server that others reach, whose names nobody has told.
    any: bool,
}

impl Hosts {
    pub(super) fn new(settings: &Settings) -> Self {
        let public = settings.public_url.as_ref().and_then(|url| url.host_str()).map(str::to_ascii_lowercase);
        let names: Vec<String> = settings.allowed_hosts.iter().cloned().chain(public).collect();
        let any = names.is_empty() && !settings.listen.ip().is_loopback();
        Self { names, any }
    }

    /// Whether a request that names this host is meant for this server.
    pub(super) fn allow(&self, named: Option<&str>) -> bool {
        named.is_some_and(|named| self.any || self.allows_name(named))
    }

    fn allows_name(&self, named: &str) -> bool {
        let host = without_port(named).trim_end_matches('.').to_ascii_lowercase();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
        address.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.names.contains(&host)
    }
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_rebound_must_be_known() {
        let hosts = Hosts { names: vec!["strata.example".to_owned()], any: false };
        for (name, allowed) in [
            ("127.0.0.1:3000", true),
            ("[::1]:3000", true),
            ("[::1]", true),
            ("192.168.1.5", true),
            ("localhost:3000", true),
            ("strata.localhost", true),
            ("Strata.Example:443", true),
            ("strata.example.", true),
            ("evil.example", false),
            ("strata.example.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(hosts.allows_name(name), allowed, "{name}");
        }
    }
}
