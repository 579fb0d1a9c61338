//! Which redirects are followed, and where `Authorization` is left behind.
//!
//! The rule for threat T-11: a registry that moves a manifest or a list to another path of its own is confused about what
//! was asked for, or cleans a path that we never write; that is an error. A move to another origin is a registry's way to
//! hand out storage or a nearer copy. It is followed for what a digest proves, and for tags and lists only where the target's
//! path ends in the same words.

use http::HeaderMap;
use http::header::LOCATION;
use url::Url;

use super::error::RedirectReason;
use super::origin::{Origin, OriginError, Scheme};

/// How far redirects of one request are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Not at all: token services.
    Never,
    /// To other origins than the registry's; where words are given, only to a path that ends in them.
    Elsewhere {
        /// The end of the path that was asked for.
        ending: Option<String>,
    },
    /// Anywhere: blobs, which their digest proves.
    Anywhere,
}

/// Decides about one redirect: the URL to ask next, and its origin.
pub(crate) fn next(
    follow: &Follow,
    registry: &Origin,
    from: &Url,
    headers: &HeaderMap,
) -> Result<(Url, Origin), (Option<Url>, RedirectReason)> {
    let target = headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|location| from.join(location).ok())
        .ok_or((None, RedirectReason::Location))?;
    match judge(follow, registry, from, &target) {
        Ok(origin) => Ok((target, origin)),
        Err(reason) => Err((Some(target), reason)),
    }
}

fn judge(follow: &Follow, registry: &Origin, from: &Url, target: &Url) -> Result<Origin, RedirectReason> {
    if *follow == Follow::Never {
        return Err(RedirectReason::Never);
    }
    let origin = Origin::of(target).map_err(|error| match error {
        OriginError::Credentials => RedirectReason::Credentials,
        OriginError::Scheme => RedirectReason::Scheme,
        _ => RedirectReason::Location,
    })?;
    if from.scheme() == "https" && origin.scheme() == Scheme::Http {
        return Err(RedirectReason::Downgrade);
    }
    if let Follow::Elsewhere { ending } = follow {
        let same_words = ending.as_deref().is_none_or(|ending| target.path().ends_with(ending));
        if origin == *registry || !same_words {
            return Err(RedirectReason::OtherObject);
        }
    }
    Ok(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(follow: &Follow, location: &str) -> Result<String, RedirectReason> {
        let registry = "https://registry.example".parse().unwrap();
        let from = Url::parse("https://registry.example/v2/a/manifests/1").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().unwrap());
        next(follow, &registry, &from, &headers).map(|(url, _)| url.into()).map_err(|(_, reason)| reason)
    }

    #[test]
    fn only_plain_web_addresses_are_followed() {
        for (location, reason) in [
            ("file:///etc/passwd", RedirectReason::Scheme),
            ("gopher://x/", RedirectReason::Scheme),
            ("http://storage.example/b", RedirectReason::Downgrade),
            ("https://u:p@storage.example/b", RedirectReason::Credentials),
            ("https://", RedirectReason::Location),
        ] {
            assert_eq!(decide(&Follow::Anywhere, location), Err(reason), "{location}");
        }
        assert!(decide(&Follow::Anywhere, "https://storage.example/b?sig=1").is_ok());
        assert!(decide(&Follow::Anywhere, "/elsewhere").is_ok());
        assert_eq!(decide(&Follow::Never, "https://storage.example/b"), Err(RedirectReason::Never));
    }

    #[test]
    fn a_manifest_does_not_become_another_one() {
        let by_tag = Follow::Elsewhere { ending: Some("/manifests/1".to_owned()) };
        for location in [
            "/v2/_catalog",
            "/v2/b/manifests/1",
            "https://registry.example/x",
            "https://other.example/v2/a/manifests/2",
        ] {
            assert_eq!(decide(&by_tag, location), Err(RedirectReason::OtherObject), "{location}");
        }
        assert!(decide(&by_tag, "https://near.example/v2/mirror/a/manifests/1").is_ok());
        let by_digest = Follow::Elsewhere { ending: None };
        assert!(decide(&by_digest, "https://storage.example/abc").is_ok());
        assert_eq!(decide(&by_digest, "/v2/b/manifests/1"), Err(RedirectReason::OtherObject));
    }
}
