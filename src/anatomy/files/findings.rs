//! Files that should not ship: what looks like a secret, and what package managers leave behind.
//!
//! Both are told by path alone, so that nothing need be opened; a guess, and said to be one.

/// What a file looks like that should not be in an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secret {
    /// A private key, by its usual name.
    PrivateKey,
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
            b"id_rsa" | b"id_dsa" | b"id_ecdsa" | b"id_ed25519" => return Some(Secret::PrivateKey),
            b".npmrc" | b".yarnrc.yml" | b".netrc" | b".pypirc" | b".git-credentials" | b".htpasswd" | b".pgpass"
            | b".my.cnf" | b".dockercfg" | b".boto" | b".s3cfg" => return Some(Secret::Credentials),
            b".bash_history" | b".zsh_history" | b".ash_history" | b".python_history" | b".psql_history"
            | b".mysql_history" => return Some(Secret::History),
            b".env" => return Some(Secret::Environment),
            _ if name.starts_with(b".env.") && !is_example(name) => return Some(Secret::Environment),
            _ => {}
        }
        match (parent, name) {
            (b"private", _) if name.ends_with(b".pem") || name.ends_with(b".key") => Some(Secret::PrivateKey),
            (b".docker", b"config.json")
            | (b".kube", b"config")
            | (b".aws" | b".gem" | b".cargo", b"credentials")
            | (b".cargo", b"credentials.toml")
            | (b".m2", b"settings-security.xml")
            | (b"gcloud", b"application_default_credentials.json") => Some(Secret::Credentials),
            _ => None,
        }
    }
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
