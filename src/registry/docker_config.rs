//! Credentials from docker's `config.json`, whose form podman's `auth.json` and Kubernetes' `dockerconfigjson` secrets share.
//!
//! Of `auths`, user names with passwords, identity tokens and registry tokens are read. Helper programs are not started: a program
//! that a file chooses is not to run in a server. They are named in a warning where they stand in the way.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::{Map, Value};
use thiserror::Error;
use url::Url;

use super::credentials::{Credentials, Renewal};
use super::origin::{Origin, Scheme};
use super::secret::Secret;
use super::text::visible;

/// Longest file read, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// The key that docker writes for Docker Hub, whose registry has another name.
const HUB_KEY: &str = "index.docker.io";

/// The registry of Docker Hub.
const HUB_REGISTRY: &str = "registry-1.docker.io";

/// A `config.json`.
#[derive(Clone)]
pub struct DockerConfig {
    path: PathBuf,
    document: Map<String, Value>,
}

/// What the file has for one registry.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// User name and password, or a token.
    pub credentials: Option<Credentials>,
    /// What stands there and is not used, in words for the operator.
    pub warnings: Vec<String>,
}

/// Why the file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DockerConfigError {
    /// The system says so.
    #[error("{path} cannot be read: {problem}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        problem: String,
    },
    /// It is not a JSON object.
    #[error("{path} is not a docker config: it is no JSON object")]
    NotJson {
        /// The file.
        path: String,
    },
}

impl DockerConfig {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, is longer than 1 MiB, or is no JSON object. Nothing of its content is in the error.
    pub fn read(path: &Path) -> Result<Self, DockerConfigError> {
        let shown = path.display().to_string();
        let fail = |problem: String| DockerConfigError::File { path: shown.clone(), problem };
        let length = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?.len();
        if length > MAX_FILE {
            return Err(fail(format!("it is longer than {MAX_FILE} bytes")));
        }
        let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
        let read = Self::parse(&bytes).ok_or(DockerConfigError::NotJson { path: shown })?;
        Ok(Self { path: path.to_owned(), ..read })
    }

    /// Reads the file again for the registry at `url`.
    pub fn renewal(&self, url: &Url) -> Renewal {
        let (path, url) = (self.path.clone(), url.clone());
        Renewal::new([path.clone()], move || {
            let config = Self::read(&path).map_err(|error| error.to_string())?;
            Ok(config.find(&url).credentials)
        })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(document)) => Some(Self { path: PathBuf::new(), document }),
            _ => None,
        }
    }

    /// What it has for the registry at `url`.
    ///
    /// A key may be a host, a host and port, or a URL with `/v1/` or `/v2/` behind it. Of several that fit, the longest counts.
    pub fn find(&self, url: &Url) -> Found {
        let mut found = Found::default();
        let Ok(registry) = Origin::of(url) else { return found };
        let path = url.path().trim_matches('/');
        let mut best: Option<(usize, &str, &Map<String, Value>)> = None;
        for (key, entry) in self.members("auths") {
            let Some(place) = Place::parse(key) else { continue };
            if !place.is_host(&registry) {
                continue;
            }
            if !is_prefix(&place.path, path) {
                found.warnings.push(format!(
                    "the credentials for `{}` are not used: one account reads the whole registry",
                    visible(key, 200)
                ));
                continue;
            }
            if let Value::Object(entry) = entry
                && best.is_none_or(|(length, ..)| place.path.len() >= length)
            {
                best = Some((place.path.len(), key, entry));
            }
        }
        if let Some((_, key, entry)) = best {
            read_entry(&mut found, &visible(key, 200), entry);
        }
        if found.credentials.is_none() {
            self.warn_of_helpers(&mut found, &registry);
        }
        found
    }

    fn warn_of_helpers(&self, found: &mut Found, registry: &Origin) {
        let helpers = self.members("credHelpers");
        let mut helpers = helpers.filter(|(key, _)| Place::parse(key).is_some_and(|place| place.is_host(registry)));
        if let Some((key, _)) = helpers.next() {
            found.warnings.push(format!(
                "`credHelpers` names a program for `{}`, which is not started: write the user name and a password file into the settings",
                visible(key, 200)
            ));
        } else if self.document.get("credsStore").and_then(Value::as_str).is_some_and(|store| !store.is_empty()) {
            found.warnings.push(
                "`credsStore` keeps the credentials in a program, which is not started: write the user name and a password file into the settings"
                    .to_owned(),
            );
        }
    }

    fn members(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.document.get(name).and_then(Value::as_object).into_iter().flatten()
    }
}

/// Reads a token, or else `auth`, or else `username` and `password`.
fn read_entry(found: &mut Found, key: &str, entry: &Map<String, Value>) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(token) = text("registrytoken") {
        found.credentials = Some(Credentials::registry_token(Secret::new(token)));
        return;
    }
    if let Some(token) = text("identitytoken") {
        // Beside it, `auth` has a user name and nothing in place of the password.
        let username =
            text("auth").and_then(split).map(|(user, _)| user).or_else(|| text("username").map(str::to_owned));
        found.credentials = Some(Credentials::identity_token(username, Secret::new(token)));
        return;
    }
    let pair = match text("auth") {
        Some(auth) => {
            let pair = decode(auth);
            if pair.is_none() {
                found.warnings.push(format!("the `auth` for `{key}` is not a user name and a password in base64"));
            }
            pair
        }
        None => text("username").zip(text("password")).map(|(user, password)| (user.to_owned(), password.to_owned())),
    };
    found.credentials = pair.map(|(user, password)| Credentials::new(user, Secret::new(&password)));
}

fn decode(auth: &str) -> Option<(String, String)> {
    split(auth).filter(|(user, password)| !user.is_empty() && !password.is_empty())
}

fn split(auth: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(auth.trim()).or_else(|_| STANDARD_NO_PAD.decode(auth.trim())).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    // A password may have colons, a user name may not.
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

/// A key of `auths`: what it is about.
struct Place {
    /// Host and, if written, port.
    authority: String,
    /// What follows, without `v1` and `v2`.
    path: String,
}

impl Place {
    fn parse(key: &str) -> Option<Self> {
        let rest = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.trim_matches('/');
        let path = if matches!(path, "v1" | "v2") { "" } else { path };
        (!authority.is_empty()).then(|| Self { authority: authority.to_ascii_lowercase(), path: path.to_owned() })
    }

    /// Whether it is about this registry's host. A key without a port means the scheme's own.
    fn is_host(&self, registry: &Origin) -> bool {
        let scheme = if registry.scheme() == Scheme::Http { "http" } else { "https" };
        let hub = self.authority == HUB_KEY || self.authority == "docker.io";
        let authority = if hub { HUB_REGISTRY } else { &self.authority };
        format!("{scheme}://{authority}").parse::<Origin>().is_ok_and(|origin| origin == *registry)
    }
}

fn is_prefix(prefix: &str, path: &str) -> bool {
    prefix.is_empty() || path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::super::credentials::Proof;
    use super::*;

    fn find(config: &str, url: &str) -> Found {
        DockerConfig::parse(config.as_bytes()).unwrap().find(&Url::parse(url).unwrap())
    }

    fn user(config: &str, url: &str) -> Option<String> {
        find(config, url).credentials.map(|found| match found.proof() {
            Proof::Password(password) => format!("{}:{}", found.account(), password.reveal()),
            other => panic!("{other:?}"),
        })
    }

    fn with_key(key: &str) -> String {
        format!(r#"{{"auths":{{"{key}":{{"auth":"{}"}}}}}}"#, STANDARD.encode("me:pa:ss"))
    }

    #[test]
    fn every_form_of_a_key_is_found() {
        for key in [
            "reg.example",
            "REG.example",
            "https://reg.example",
            "https://reg.example/",
            "https://reg.example/v1/",
            "https://reg.example/v2/",
            "reg.example:443",
            "http://reg.example",
        ] {
            assert_eq!(user(&with_key(key), "https://reg.example").as_deref(), Some("me:pa:ss"), "{key}");
        }
        assert_eq!(user(&with_key("127.0.0.1:5000"), "http://127.0.0.1:5000").as_deref(), Some("me:pa:ss"));
        assert_eq!(
            user(&with_key("https://index.docker.io/v1/"), "https://registry-1.docker.io").as_deref(),
            Some("me:pa:ss")
        );
    }

    #[test]
    fn other_hosts_get_nothing() {
        for key in
            ["reg.example:5000", "example", "xreg.example", "reg.example.evil", "https://index.docker.io/v1/", ""]
        {
            assert_eq!(user(&with_key(key), "https://reg.example"), None, "{key}");
        }
        assert_eq!(user(&with_key("reg.example"), "https://reg.example:5000"), None);
    }

    #[test]
    fn the_longest_path_counts_and_deeper_ones_are_named() {
        let auth = |pair: &str| STANDARD.encode(pair);
        let config = format!(
            r#"{{"auths":{{"h/a":{{"auth":"{}"}},"h":{{"auth":"{}"}},"h/a/repo":{{"auth":"{}"}}}}}}"#,
            auth("a:1"),
            auth("h:2"),
            auth("deep:3")
        );
        assert_eq!(user(&config, "https://h/a").as_deref(), Some("a:1"));
        assert_eq!(user(&config, "https://h").as_deref(), Some("h:2"));
        let found = find(&config, "https://h/a");
        assert_eq!(found.warnings.len(), 1);
        assert!(found.warnings[0].contains("h/a/repo"));
    }

    #[test]
    fn user_and_password_may_stand_apart() {
        assert_eq!(user(r#"{"auths":{"h":{"username":"u","password":"p"}}}"#, "https://h").as_deref(), Some("u:p"));
    }

    #[test]
    fn tokens_are_read_and_stand_before_passwords() {
        let token = || Secret::new("hunter2");
        let auth = |pair: &str| STANDARD.encode(pair);
        let guid = "00000000-0000-0000-0000-000000000000";
        for (entry, expected) in [
            (r#"{"identitytoken":"hunter2"}"#.to_owned(), Credentials::identity_token(None, token())),
            (
                format!(r#"{{"auth":"{}","identitytoken":"hunter2"}}"#, auth(&format!("{guid}:"))),
                Credentials::identity_token(Some(guid.to_owned()), token()),
            ),
            (format!(r#"{{"auth":"{}"}}"#, auth("<token>:hunter2")), Credentials::identity_token(None, token())),
            (
                format!(r#"{{"auth":"{}","registrytoken":"hunter2"}}"#, auth("me:password")),
                Credentials::registry_token(token()),
            ),
        ] {
            let found = find(&format!(r#"{{"auths":{{"h":{entry}}}}}"#), "https://h");
            assert_eq!(found.credentials, Some(expected), "{entry}");
            assert_eq!(found.warnings, [""; 0]);
            assert!(!format!("{found:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_is_not_supported_is_named_without_its_secret() {
        for (config, named) in [
            (r#"{"auths":{"h":{}},"credsStore":"desktop"}"#, "credsStore"),
            (r#"{"credHelpers":{"h":"ecr-login"}}"#, "credHelpers"),
            (r#"{"auths":{"h":{"auth":"hunter2!"}}}"#, "base64"),
        ] {
            let found = find(config, "https://h");
            assert!(found.credentials.is_none());
            assert!(found.warnings.iter().any(|warning| warning.contains(named)), "{config}: {:?}", found.warnings);
            assert!(!format!("{found:?}").contains("hunter2"));
        }
        assert_eq!(find(r#"{"credHelpers":{"other":"x"}}"#, "https://h").warnings, [""; 0]);
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [&b""[..], b"[]", b"auths:"] {
            assert!(DockerConfig::parse(bytes).is_none());
        }
        assert_eq!(user(r#"{"auths":[]}"#, "https://h"), None);
        assert_eq!(user(r#"{"auths":{"h":3}}"#, "https://h"), None);
    }
}
