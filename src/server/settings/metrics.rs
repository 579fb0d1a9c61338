//! Where figures for the operator are served.

use std::net::SocketAddr;
use std::str::FromStr;

/// What may stand there.
pub(super) const ALLOWED: &str = "`on`, `off`, or an address and a port of their own, for example 127.0.0.1:9000";

/// Where figures for the operator are served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetricsPlace {
    /// At `/-/metrics` of the site.
    #[default]
    Site,
    /// Nowhere.
    Off,
    /// At `/-/metrics` of another address, and not of the site.
    At(SocketAddr),
}

impl FromStr for MetricsPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self::Site),
            "off" => Ok(Self::Off),
            address => address.parse().map(Self::At).map_err(|_| ()),
        }
    }
}
