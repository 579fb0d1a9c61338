//! Which token services get the credentials (threats T-2, T-3; CVE-2026-33540).

use url::Url;

use super::error::RealmReason;
use super::origin::{Origin, OriginError, Scheme};
use super::text::visible;

/// Registries whose token service is known to be on another host.
const PAIRS: [(&str, &str); 1] = [("https://registry-1.docker.io", "https://auth.docker.io")];

/// A realm that is not trusted: its origin, or its text where it has none, and why.
pub(crate) type Refused = (String, RealmReason);

/// Decides about the realm of a challenge. `asked` is the URL that was answered with it.
///
/// It is trusted on the registry's own origin, as the other half of a known pair, and where the operator has named its origin.
pub(crate) fn judge(realm: &str, asked: &Url, registry: &Origin, trusted: &[Origin]) -> Result<Url, Refused> {
    let mut url = asked.join(realm).map_err(|_| (visible(realm, 200), RealmReason::Scheme))?;
    url.set_fragment(None);
    let origin = Origin::of(&url).map_err(|error| match error {
        OriginError::Credentials => (url.host_str().unwrap_or_default().to_owned(), RealmReason::Credentials),
        _ => (visible(realm, 200), RealmReason::Scheme),
    })?;
    let pair = || {
        PAIRS.iter().any(|(known, service)| {
            known.parse().is_ok_and(|known: Origin| known == *registry)
                && service.parse().is_ok_and(|service: Origin| service == origin)
        })
    };
    if origin == *registry || trusted.contains(&origin) || pair() {
        return Ok(url);
    }
    let plain = registry.scheme() == Scheme::Https && origin.scheme() == Scheme::Http;
    let reason = if plain { RealmReason::PlainText } else { RealmReason::OtherOrigin };
    Err((origin.to_string(), reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(registry: &str, realm: &str, trusted: &[&str]) -> Result<String, Refused> {
        let asked = Url::parse(registry).unwrap().join("/v2/a/manifests/1").unwrap();
        let trusted: Vec<Origin> = trusted.iter().map(|origin| origin.parse().unwrap()).collect();
        judge(realm, &asked, &registry.parse().unwrap(), &trusted).map(Into::into)
    }

    fn refused(origin: &str, reason: RealmReason) -> Result<String, Refused> {
        Err((origin.to_owned(), reason))
    }

    #[test]
    fn the_own_origin_is_trusted() {
        for realm in ["https://reg.example/token", "https://REG.example:443/token", "/token", "//reg.example/token"] {
            assert_eq!(decide("https://reg.example", realm, &[]).unwrap(), "https://reg.example/token", "{realm}");
        }
        assert!(decide("http://127.0.0.1:5000", "http://0x7f.1:5000/t", &[]).is_ok());
    }

    #[test]
    fn the_known_pair_is_trusted_and_only_as_a_pair() {
        assert!(decide("https://registry-1.docker.io", "https://auth.docker.io/token", &[]).is_ok());
        let other = refused("https://auth.docker.io", RealmReason::OtherOrigin);
        assert_eq!(decide("https://registry-2.docker.io", "https://auth.docker.io/token", &[]), other);
        let plain = refused("http://auth.docker.io", RealmReason::PlainText);
        assert_eq!(decide("https://registry-1.docker.io", "http://auth.docker.io/token", &[]), plain);
    }

    #[test]
    fn the_operator_may_name_an_origin_exactly() {
        let realm = "http://10.0.0.1:8080/token";
        assert!(decide("https://reg.example", realm, &["http://10.0.0.1:8080"]).is_ok());
        for almost in ["https://10.0.0.1:8080", "http://10.0.0.1", "http://10.0.0.2:8080"] {
            assert!(decide("https://reg.example", realm, &[almost]).is_err(), "{almost}");
        }
    }

    #[test]
    fn all_others_are_refused_and_named() {
        for (realm, origin, reason) in [
            ("https://evil.example/token", "https://evil.example", RealmReason::OtherOrigin),
            ("https://reg.example:8443/token", "https://reg.example:8443", RealmReason::OtherOrigin),
            ("http://reg.example/token", "http://reg.example", RealmReason::PlainText),
            ("http://169.254.169.254/latest", "http://169.254.169.254", RealmReason::PlainText),
            ("https://u:p@reg.example/token", "reg.example", RealmReason::Credentials),
            ("file:///etc/passwd", "file:///etc/passwd", RealmReason::Scheme),
            ("//", "//", RealmReason::Scheme),
        ] {
            assert_eq!(decide("https://reg.example", realm, &[]), refused(origin, reason), "{realm}");
        }
    }
}
