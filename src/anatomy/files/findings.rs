//! Files that should not ship: what looks like a secret, and what package managers leave behind.
//!
//! Both are told by path alone, so that nothing need be opened; a guess, and said to be one.

/// What a file looks like that should not be in an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secret {
    /// A private key, by its usual name or its ending.
    PrivateKey,
    /// A file of keys with their certificates.
    KeyStore,
    /// Passwords or tokens of a tool.
    Credentials,
    /// Variables for a program, passwords among them as a rule.
    Environment,
    /// A repository with its whole history.
    Repository,
    /// What a person has typed.
    History,
}

impl Secret {
    /// Guesses from a cleaned path. None for most files.
    pub fn of(path: &[u8]) -> Option<Secret> {
        let mut components = path.split(|byte| *byte == b'/').rev();
        let name = components.next().unwrap_or_default();
        let parent = components.next().unwrap_or_default();
        if parent == b".git" && matches!(name, b"config" | b"HEAD" | b"index" | b"packed-refs") {
            return Some(Secret::Repository);
        }
        match name {
            b"id_rsa" | b"id_dsa" | b"id_ecdsa" | b"id_ed25519" | b"id_ecdsa_sk" | b"id_ed25519_sk" => {
                return Some(Secret::PrivateKey);
            }
            _ if name.starts_with(b"ssh_host_") && name.ends_with(b"_key") => return Some(Secret::PrivateKey),
            b".npmrc" | b".yarnrc.yml" | b".netrc" | b".pypirc" | b".git-credentials" | b".htpasswd" | b".pgpass"
            | b".my.cnf" | b".dockercfg" | b".boto" | b".s3cfg" | b"kubeconfig" => return Some(Secret::Credentials),
            b".bash_history" | b".zsh_history" | b".ash_history" | b".python_history" | b".psql_history"
            | b".mysql_history" => return Some(Secret::History),
            b".env" => return Some(Secret::Environment),
            _ if name.starts_with(b".env.") && !is_example(name) => return Some(Secret::Environment),
            _ => {}
        }
        match (parent, name) {
            (b"private", _) if name.ends_with(b".pem") || name.ends_with(b".key") => Some(Secret::PrivateKey),
            // Elsewhere such a name is as often a table's or a program's.
            (b".ssh", _) if name.starts_with(b"id_") && !name.ends_with(b".pub") => Some(Secret::PrivateKey),
            (b".docker", b"config.json")
            | (b".kube", b"config")
            | (b".aws" | b".gem" | b".cargo", b"credentials")
            | (b".cargo", b"credentials.toml")
            | (b".m2", b"settings-security.xml")
            | (b"gcloud", b"application_default_credentials.json") => Some(Secret::Credentials),
            _ => by_ending(path, name),
        }
    }
}

/// What stores of keys end in: PKCS #12 (RFC 7292) and Java's own format.
const KEY_STORES: [&str; 4] = [".p12", ".pfx", ".jks", ".keystore"];

/// Where keys are that everybody may have: those that packages and names are checked with, certificates, documentation.
const PUBLIC_PLACES: [&str; 10] = [
    "etc/apt/keyrings/",
    "etc/apt/trusted.gpg.d/",
    "etc/pki/rpm-gpg/",
    "etc/ssl/certs/",
    "etc/unbound/root.key",
    "usr/share/ca-certificates/",
    "usr/share/dns/",
    "usr/share/doc/",
    "usr/share/keyrings/",
    "var/lib/unbound/root.key",
];

/// Directories whose keys open nothing: software brings them for its tests and to show its use.
const PUBLIC_DIRECTORIES: [&str; 6] = ["example", "examples", "fixtures", "test", "testdata", "tests"];

/// Parts of names of keys that everybody may have.
const PUBLIC_WORDS: [&str; 7] = ["public", "pubkey", "pub.", "keyring", "keyserver", "trust", "cacerts"];

/// Guesses from the ending of a name that says nothing else.
fn by_ending(path: &[u8], name: &[u8]) -> Option<Secret> {
    let ending = name.get(name.iter().rposition(|byte| *byte == b'.')?..)?;
    let is = |known: &str| ending.eq_ignore_ascii_case(known.as_bytes());
    let words = || String::from_utf8_lossy(name).to_ascii_lowercase();
    // Most files that end in .pem are certificates.
    let secret = if is(".key") || (is(".pem") && words().contains("key")) {
        Secret::PrivateKey
    } else if KEY_STORES.iter().any(|known| is(known)) {
        Secret::KeyStore
    } else {
        return None;
    };
    let words = words();
    let mut directories = path.split(|byte| *byte == b'/').rev().skip(1);
    let is_public = PUBLIC_PLACES.iter().any(|place| path.starts_with(place.as_bytes()))
        || directories.any(|directory| PUBLIC_DIRECTORIES.iter().any(|known| directory == known.as_bytes()))
        || PUBLIC_WORDS.iter().any(|word| words.contains(word));
    (!is_public).then_some(secret)
}

fn is_example(name: &[u8]) -> bool {
    [&b".example"[..], b".sample", b".template", b".dist"].iter().any(|end| name.ends_with(end))
}

/// What a package manager or another tool leaves behind that no container needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leftover {
    /// Package lists of apt.
    AptLists,
    /// Packages that apt has downloaded.
    AptArchives,
    /// Indexes and packages of apk.
    Apk,
    /// Metadata and packages of dnf or yum.
    Dnf,
    /// Downloads of pip.
    Pip,
    /// Downloads of npm.
    Npm,
    /// Downloads of yarn.
    Yarn,
    /// Sources and downloads of cargo.
    Cargo,
    /// Modules and builds of Go.
    Go,
    /// Compiled Python, which is made again.
    PythonBytecode,
    /// Logs of the build.
    Logs,
    /// Temporary files.
    Temporary,
}

impl Leftover {
    /// Guesses from a cleaned path. None for most files.
    pub fn of(path: &[u8]) -> Option<Leftover> {
        let begins = |prefix: &str| path.starts_with(prefix.as_bytes());
        let has =
            |component: &str| path.split(|byte| *byte == b'/').rev().skip(1).any(|other| other == component.as_bytes());
        // Below any home directory.
        let home = |folder: &str| {
            let path = path.strip_prefix(b"root/").or_else(|| {
                let below = path.strip_prefix(b"home/")?;
                below.iter().position(|byte| *byte == b'/').map(|slash| &below[slash + 1..])
            });
            path.is_some_and(|path| path.starts_with(folder.as_bytes()))
        };
        Some(match () {
            () if begins("var/lib/apt/lists/") => Leftover::AptLists,
            () if begins("var/cache/apt/") => Leftover::AptArchives,
            () if begins("var/cache/apk/") || begins("etc/apk/cache/") => Leftover::Apk,
            () if begins("var/cache/dnf/") || begins("var/cache/yum/") || begins("var/cache/libdnf5/") => Leftover::Dnf,
            () if home(".cache/pip/") => Leftover::Pip,
            () if home(".npm/_cacache/") || home(".npm/_logs/") => Leftover::Npm,
            () if home(".cache/yarn/") || begins("usr/local/share/.cache/yarn/") => Leftover::Yarn,
            () if home(".cargo/registry/") || begins("usr/local/cargo/registry/") => Leftover::Cargo,
            () if home("go/pkg/mod/") || home(".cache/go-build/") || begins("go/pkg/mod/") => Leftover::Go,
            () if has("__pycache__") => Leftover::PythonBytecode,
            () if begins("var/log/") => Leftover::Logs,
            () if begins("tmp/") || begins("var/tmp/") => Leftover::Temporary,
            () => return None,
        })
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Leftover::AptLists => "package lists of apt",
            Leftover::AptArchives => "packages that apt has downloaded",
            Leftover::Apk => "the cache of apk",
            Leftover::Dnf => "the cache of dnf or yum",
            Leftover::Pip => "the cache of pip",
            Leftover::Npm => "the cache of npm",
            Leftover::Yarn => "the cache of yarn",
            Leftover::Cargo => "downloads of cargo",
            Leftover::Go => "modules and builds of Go",
            Leftover::PythonBytecode => "compiled Python",
            Leftover::Logs => "logs",
            Leftover::Temporary => "temporary files",
        }
    }

    /// What to write into the same step of a Dockerfile so that it does not stay.
    pub fn advice(self) -> &'static str {
        match self {
            Leftover::AptLists => "rm -rf /var/lib/apt/lists/*",
            Leftover::AptArchives => "apt-get clean",
            Leftover::Apk => "apk add --no-cache",
            Leftover::Dnf => "dnf clean all",
            Leftover::Pip => "pip install --no-cache-dir",
            Leftover::Npm => "npm cache clean --force",
            Leftover::Yarn => "yarn cache clean",
            Leftover::Cargo => "RUN --mount=type=cache,target=/usr/local/cargo/registry",
            Leftover::Go => "RUN --mount=type=cache,target=/go/pkg/mod",
            Leftover::PythonBytecode => "ENV PYTHONDONTWRITEBYTECODE=1",
            Leftover::Logs => "rm -rf /var/log/*",
            Leftover::Temporary => "rm -rf /tmp/* /var/tmp/*",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        let secret = |path: &str| Secret::of(path.as_bytes());
        assert_eq!(secret("root/.ssh/id_ed25519"), Some(Secret::PrivateKey));
        assert_eq!(secret("root/.ssh/id_ed25519.pub"), None);
        assert_eq!(secret("etc/ssl/private/server.key"), Some(Secret::PrivateKey));
        assert_eq!(secret("app/.npmrc"), Some(Secret::Credentials));
        assert_eq!(secret("root/.docker/config.json"), Some(Secret::Credentials));
        assert_eq!(secret("app/config.json"), None);
        assert_eq!(secret("app/.env"), Some(Secret::Environment));
        assert_eq!(secret("app/.env.production"), Some(Secret::Environment));
        assert_eq!(secret("app/.env.example"), None);
        assert_eq!(secret("app/.git/config"), Some(Secret::Repository));
        assert_eq!(secret("root/.bash_history"), Some(Secret::History));
        assert_eq!(secret(""), None);
    }

    #[test]
    fn keys_are_told_from_what_everybody_may_have() {
        let secret = |path: &str| Secret::of(path.as_bytes());
        for path in [
            "srv/migrations/deploy.key",
            "app/TLS.KEY",
            "etc/nginx/tls.key",
            "app/server-key.pem",
            "etc/letsencrypt/live/a/privkey.pem",
            "etc/unbound/unbound_server.key",
            "etc/ssh/ssh_host_ed25519_key",
            "home/app/.ssh/id_github",
            "root/.ssh/id_ed25519_sk",
        ] {
            assert_eq!(secret(path), Some(Secret::PrivateKey), "{path}");
        }
        for path in ["app/client.p12", "app/client.PFX", "opt/app/server.jks", "app/release.keystore"] {
            assert_eq!(secret(path), Some(Secret::KeyStore), "{path}");
        }
        assert_eq!(secret("app/kubeconfig"), Some(Secret::Credentials));
        for path in [
            "etc/ssh/ssh_host_ed25519_key.pub",
            "home/app/.ssh/id_github.pub",
            "app/id_tables.py",
            "app/server.crt",
            "app/server.pem",
            "etc/ssl/certs/any-key.pem",
            "app/public.key",
            "app/signing-key.pub.pem",
            "usr/share/gnupg/sks-keyservers.netCA.pem",
            "usr/share/doc/openssl/demo.key",
            "usr/share/keyrings/vendor.key",
            "etc/apt/trusted.gpg.d/vendor.gpg",
            "usr/share/dns/root.key",
            "usr/local/go/src/crypto/tls/testdata/example-key.pem",
            "opt/java/lib/security/cacerts.jks",
            "opt/kafka/truststore.p12",
            "app/key",
            "app/monkey.py",
        ] {
            assert_eq!(secret(path), None, "{path}");
        }
    }

    #[test]
    fn names_of_leftovers() {
        let leftover = |path: &str| Leftover::of(path.as_bytes());
        assert_eq!(leftover("var/lib/apt/lists/deb.debian.org_dists"), Some(Leftover::AptLists));
        assert_eq!(leftover("var/lib/apt/listset"), None);
        assert_eq!(leftover("root/.cache/pip/http/a"), Some(Leftover::Pip));
        assert_eq!(leftover("home/app/.cache/pip/http/a"), Some(Leftover::Pip));
        assert_eq!(leftover("srv/.cache/pip/a"), None);
        assert_eq!(leftover("usr/lib/python3/__pycache__/a.pyc"), Some(Leftover::PythonBytecode));
        assert_eq!(leftover("usr/bin/__pycache__"), None);
        assert_eq!(leftover("usr/local/cargo/registry/cache/a"), Some(Leftover::Cargo));
        assert_eq!(leftover("var/log/dpkg.log"), Some(Leftover::Logs));
        assert!(Leftover::AptLists.advice().contains("apt/lists"));
    }
}
