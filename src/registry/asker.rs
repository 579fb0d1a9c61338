//! For whom something is asked: which request of a browser, and which reader.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// For whom something is asked.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// The name of the browser's request, as log lines give it; nothing for work of our own.
    pub request_id: Option<Arc<str>>,
    /// Whose turn it takes.
    pub reader: Reader,
}

/// Who shares one turn where many wait (threat T-24): a reader's address.
///
/// Of an IPv6 address the first 64 bits count, since one household has all the others. The default stands for everybody whose
/// address says nothing: this machine itself, and work of our own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Reader(Option<IpAddr>);

impl Reader {
    /// The reader at an address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        let address = address.to_canonical();
        match address {
            _ if address.is_loopback() => Self(None),
            IpAddr::V4(_) => Self(Some(address)),
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Self(Some(IpAddr::V6(Ipv6Addr::from_bits(network))))
            }
        }
    }

    /// All those whom a proxy at this address names so that nobody can tell them apart: one reader, on this machine too.
    #[must_use]
    pub fn through(proxy: IpAddr) -> Self {
        Self(Some(proxy.to_canonical()))
    }

    /// Whether it stands for one reader, so that it can be held to a share.
    pub fn is_known(self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Reader {
        Reader::at(address.parse().unwrap())
    }

    #[test]
    fn one_household_is_one_reader() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn this_machine_is_nobody_in_particular() {
        for address in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(at(address), Reader::default(), "{address}");
        }
        assert!(at("10.0.0.1").is_known() && !Reader::default().is_known());
    }
}
