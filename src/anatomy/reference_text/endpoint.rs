//! Addresses of a registry's own API (distribution-spec, "Endpoints"): what curl lines and logs have.

use crate::oci::Reference;

/// What a path of a registry's API is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// The path below which the registry lives, without a slash at its end.
    pub prefix: &'a str,
    /// The repository of a list of tags, or what stands at a tag or digest. Without a tag and a digest it means the
    /// repository.
    pub reference: Reference,
}

impl<'a> Endpoint<'a> {
    /// Reads `{prefix}/v2/{name}/manifests/{reference}` and `{prefix}/v2/{name}/tags/list`; nothing for any other path. A
    /// query is not looked at.
    ///
    /// A name may have `manifests` and `tags` among its own components, so that the path is read from its right end.
    pub fn parse(path: &'a str) -> Option<Self> {
        let path = path.split('?').next().unwrap_or_default();
        let (prefix, rest) = path.split_once("/v2/")?;
        let reference = if let Some((name, reference)) = rest.rsplit_once("/manifests/") {
            let separator = if reference.contains(':') { '@' } else { ':' };
            format!("{name}{separator}{reference}").parse().ok()?
        } else {
            rest.strip_suffix("/tags/list")?.parse().ok().filter(|reference: &Reference| !reference.names_manifest())?
        };
        Some(Self { prefix, reference })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_and_lists_of_tags_are_known() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (path, prefix, reference) in [
            ("/v2/library/nginx/manifests/1.25", "", "library/nginx:1.25".to_owned()),
            (&*format!("/v2/a/manifests/{digest}"), "", format!("a@{digest}")),
            ("/v2/a/b/tags/list?n=100", "", "a/b".to_owned()),
            ("/prefix/v2/a/tags/list", "/prefix", "a".to_owned()),
            ("/v2/foo/manifests/bar/manifests/1", "", "foo/manifests/bar:1".to_owned()),
            ("/v2/tags/list/tags/list", "", "tags/list".to_owned()),
        ] {
            let endpoint = Endpoint::parse(path).unwrap();
            assert_eq!((endpoint.prefix, endpoint.reference.to_string()), (prefix, reference), "{path}");
        }
    }

    #[test]
    fn other_paths_are_not() {
        for path in [
            "/library/nginx:1.25",
            "/v2/",
            "/v2/_catalog",
            "/v2/a/manifests/",
            "/v2/A/manifests/1",
            "/v2/a:1/tags/list",
            "/v2/a/blobs/sha256:1",
            "/v2/a/../b/manifests/1",
        ] {
            assert_eq!(Endpoint::parse(path), None, "{path}");
        }
    }
}
