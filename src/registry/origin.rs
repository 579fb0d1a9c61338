//! Origins: scheme, host and port (RFC 6454). Where credentials may go is decided by comparing them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::{Host, Url};

/// Scheme, host and port of an `http` or `https` URL, compared after parsing, so that odd spellings of one address are one
/// (threat T-1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: Host<String>,
    port: u16,
}

/// The two schemes that are ever spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain text.
    Http,
    /// TLS.
    Https,
}

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OriginError {
    /// Not a URL at all.
    #[error("an origin is written like a URL, for example https://auth.example.com")]
    NotUrl,
    /// Another scheme.
    #[error("only http:// and https:// are spoken here")]
    Scheme,
    /// No host in it.
    #[error("the host is missing")]
    Host,
    /// User and password before the host.
    #[error("a user name or password does not belong into a URL")]
    Credentials,
    /// Something after the port.
    #[error("an origin has only scheme, host and port")]
    Path,
}

impl Origin {
    /// The origin of a URL.
    ///
    /// # Errors
    ///
    /// Where the URL has another scheme than `http` and `https`, has no host, or carries credentials.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(OriginError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::Credentials);
        }
        let host = url.host().ok_or(OriginError::Host)?.to_owned();
        let port = url.port_or_known_default().ok_or(OriginError::Host)?;
        Ok(Self { scheme, host, port })
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host, a name or an address.
    pub fn host(&self) -> &Host<String> {
        &self.host
    }

    /// The port, also where the URL left it out.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as people write them: without the port where it is the scheme's own.
    pub fn authority(&self) -> String {
        let usual = match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| OriginError::NotUrl)?;
        let origin = Self::of(&url)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(OriginError::Path);
        }
        Ok(origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(formatter, "{scheme}://{}", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one_origin() {
        let plain: Origin = "http://127.0.0.1:80".parse().unwrap();
        for spelling in ["http://0x7f.1", "http://2130706433/", "HTTP://127.0.0.1", "http://127.1:80/"] {
            assert_eq!(spelling.parse::<Origin>().unwrap(), plain, "{spelling}");
        }
        assert_ne!("https://127.0.0.1:80".parse::<Origin>().unwrap(), plain);
        assert_eq!("http://ⓛocalhost".parse::<Origin>().unwrap(), "http://localhost".parse().unwrap());
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for (text, error) in [
            ("registry", OriginError::NotUrl),
            ("ftp://a", OriginError::Scheme),
            ("https://u:p@a", OriginError::Credentials),
            ("https://a/token", OriginError::Path),
            ("https://a/?x", OriginError::Path),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(error), "{text}");
        }
    }

    #[test]
    fn the_usual_port_is_left_out() {
        for text in ["https://a", "https://a:8443", "http://[::1]:5000"] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
        }
        assert_eq!("https://a:443".parse::<Origin>().unwrap().to_string(), "https://a");
    }
}
