//! A registry of one test's own, on a free port with its storage in a temporary folder: Debian's `docker-registry`, Distribution 3,
//! or the one that crane brings.

use std::fs;
use std::path::{Path, PathBuf};

use strata::registry::ClientCertificate;
use tempfile::TempDir;
use url::Url;

use super::layout::{self, Layout};
use super::support::process::{Running, free_port, go_program, program, run, start_listening};
use super::token_service::TokenService;

/// How the registry is to be reached.
#[derive(Clone)]
pub(super) enum Access {
    Open,
    Password(&'static str, &'static str),
    /// With tokens of a service of this realm, signed by what is in the file; and a user name and a password for that.
    Token {
        realm: String,
        bundle: PathBuf,
        user: &'static str,
        password: &'static str,
    },
    Tls,
    /// TLS in both directions.
    ClientCertificate,
    Prefix(&'static str),
}

/// Which registry it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    /// Distribution 2.8.
    Debian,
    /// Distribution 3, installed by Go.
    Distribution,
    /// `crane registry serve`, installed by Go.
    Crane,
}

pub(super) struct Server {
    folder: TempDir,
    access: Access,
    port: u16,
    maker: Maker,
    registry: PathBuf,
    skopeo: PathBuf,
    _running: Running,
}

impl Server {
    /// Starts Debian's; nothing where a program is missing, which is then said aloud.
    pub(super) fn start(access: Access) -> Option<Self> {
        Self::start_by(Maker::Debian, access)
    }

    /// Starts one of this maker.
    pub(super) fn start_by(maker: Maker, access: Access) -> Option<Self> {
        let registry = match maker {
            Maker::Debian => program("docker-registry")?,
            Maker::Distribution => go_program("distribution")?,
            Maker::Crane => go_program("crane")?,
        };
        let skopeo = program("skopeo")?;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let http = match &access {
            Access::Open => String::new(),
            Access::Prefix(prefix) => format!("  prefix: {prefix}\n"),
            Access::Tls | Access::ClientCertificate => {
                make_certificates(&program("openssl")?, folder.path());
                let tls = format!("  tls:\n    certificate: {}\n    key: {}\n", file("server.crt"), file("server.key"));
                match access {
                    Access::Tls => tls,
                    _ => format!("{tls}    clientcas:\n      - {}\n", file("certificates/ca.crt")),
                }
            }
            Access::Password(user, password) => {
                let line = run(&program("htpasswd")?, &["-Bbn", user, password]);
                fs::write(file("htpasswd"), line).unwrap();
                format!("auth:\n  htpasswd:\n    realm: basic-realm\n    path: {}\n", file("htpasswd"))
            }
            Access::Token { realm, bundle, .. } => format!(
                "auth:\n  token:\n    realm: {realm}\n    service: {}\n    issuer: {}\n    rootcertbundle: {}\n",
                TokenService::SERVICE,
                TokenService::ISSUER,
                bundle.display()
            ),
        };
        let (running, port) = Self::listen(maker, &registry, folder.path(), &http);
        Some(Self { folder, access, port, maker, registry, skopeo, _running: running })
    }

    fn listen(maker: Maker, registry: &Path, folder: &Path, http: &str) -> (Running, u16) {
        let port = free_port();
        if maker == Maker::Crane {
            let address = format!("127.0.0.1:{port}");
            return (start_listening(registry, &["registry", "serve", "--address", &address], port), port);
        }
        let config = folder.join(format!("config-{port}.yml"));
        let storage = folder.join("storage");
        fs::write(
            &config,
            format!(
                "version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {}\ncatalog:\n  maxentries: 10\ntags:\n  maxtags: 2\nhttp:\n  addr: 127.0.0.1:{port}\n{http}",
                storage.display()
            ),
        )
        .unwrap();
        (start_listening(registry, &["serve", &config.display().to_string()], port), port)
    }

    pub(super) fn url(&self) -> Url {
        let (scheme, path) = match &self.access {
            Access::Tls | Access::ClientCertificate => ("https", ""),
            Access::Prefix(prefix) => ("http", *prefix),
            _ => ("http", ""),
        };
        Url::parse(&format!("{scheme}://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    /// Settings of Strata for it, as a file in its own folder.
    pub(super) fn settings(&self) -> PathBuf {
        let access = match &self.access {
            Access::Tls => format!("ca_file = '{}'", self.certificate().display()),
            Access::ClientCertificate => format!(
                "ca_file = '{}'\nclient_cert_file = 'certificates/client.cert'\nclient_key_file = 'certificates/client.key'",
                self.certificate().display()
            ),
            Access::Password(user, password) => {
                fs::write(self.folder.path().join("password"), password).unwrap();
                format!("username = '{user}'\npassword_file = 'password'")
            }
            Access::Token { realm, user, password, .. } => {
                fs::write(self.folder.path().join("password"), password).unwrap();
                let realm = Url::parse(realm).unwrap().origin().ascii_serialization();
                format!("username = '{user}'\npassword_file = 'password'\ntrusted_realms = ['{realm}']")
            }
            Access::Open | Access::Prefix(_) => String::new(),
        };
        let settings = format!("[[registries]]\nname = 'debian'\nurl = '{}'\n{access}\n", self.url());
        let file = self.folder.path().join("strata.toml");
        fs::write(&file, settings).unwrap();
        file
    }

    /// The certificate of the authority that has signed the server's.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificates/ca.crt")
    }

    /// A certificate by the same authority for readers, and its key.
    pub(super) fn client_certificate(&self) -> ClientCertificate {
        ClientCertificate {
            certificate_file: self.folder.path().join("certificates/client.cert"),
            key_file: self.folder.path().join("certificates/client.key"),
        }
    }

    /// A folder of certificates as docker has it, with those for this registry.
    pub(super) fn certificates_folder(&self) -> PathBuf {
        let folder = self.folder.path().join("certs.d");
        fs::create_dir_all(&folder).unwrap();
        let own = folder.join(format!("127.0.0.1:{}", self.port));
        std::os::unix::fs::symlink(self.folder.path().join("certificates"), own).unwrap();
        folder
    }

    /// Pushes the images that the tests read.
    pub(super) fn fill(&self) {
        self.push("app/web:1.0", &layout::image("amd64", "first"), &[]);
        self.push("app/web:docker", &layout::image("amd64", "docker"), &["--format", "v2s2"]);
        self.push("app/web:multi", &layout::index(), &["--all"]);
        self.push("tools/tags/list:1.0", &layout::image("arm64", "tool"), &[]);
    }

    /// The same through an open server on the same storage, for one that skopeo cannot reach.
    pub(super) fn fill_storage(&self) {
        let (running, port) = Self::listen(self.maker, &self.registry, self.folder.path(), "");
        for (target, layout) in [("app/web:multi", layout::index()), ("tools/x:1", layout::image("arm64", "tool"))] {
            self.copy(port, target, &layout, &["--all", "--dest-tls-verify=false"]);
        }
        drop(running);
    }

    pub(super) fn push(&self, target: &str, layout: &Layout, arguments: &[&str]) {
        let access = self.access_arguments("dest-");
        let arguments: Vec<&str> = arguments.iter().copied().chain(access.iter().map(String::as_str)).collect();
        self.copy(self.port, target, layout, &arguments);
    }

    /// Copies whatever skopeo finds at a place, with all its platforms.
    pub(super) fn push_from(&self, source: &str, target: &str) {
        let access = self.access_arguments("dest-");
        let fixed = ["--all", "--src-tls-verify=false"];
        let arguments: Vec<&str> = fixed.into_iter().chain(access.iter().map(String::as_str)).collect();
        self.copy_from(self.port, target, source, &arguments);
    }

    fn copy(&self, port: u16, target: &str, layout: &Layout, arguments: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        layout.write(folder.path());
        self.copy_from(port, target, &format!("oci:{}", folder.path().display()), arguments);
    }

    fn copy_from(&self, port: u16, target: &str, source: &str, arguments: &[&str]) {
        let target = format!("docker://127.0.0.1:{port}/{target}");
        let fixed = ["--insecure-policy", "copy", "--quiet"];
        let arguments: Vec<&str> = fixed.iter().chain(arguments).copied().chain([source, &target]).collect();
        run(&self.skopeo, &arguments);
    }

    /// What skopeo says of a tag.
    pub(super) fn inspect(&self, what: &[&str], repository: &str, tag: &str) -> Vec<u8> {
        self.inspect_at(what, &format!("{repository}:{tag}"))
    }

    /// The same of any reference.
    pub(super) fn inspect_at(&self, what: &[&str], reference: &str) -> Vec<u8> {
        let access = self.access_arguments("");
        let target = format!("docker://127.0.0.1:{}/{reference}", self.port);
        let mut arguments = vec!["--insecure-policy", "inspect"];
        arguments.extend(what);
        arguments.extend(access.iter().map(String::as_str));
        arguments.push(&target);
        run(&self.skopeo, &arguments)
    }

    /// The tags that skopeo lists.
    pub(super) fn tags(&self, repository: &str) -> Vec<String> {
        let access = self.access_arguments("");
        let target = format!("docker://127.0.0.1:{}/{repository}", self.port);
        let fixed = ["--insecure-policy", "list-tags"];
        let arguments: Vec<&str> =
            fixed.into_iter().chain(access.iter().map(String::as_str)).chain([target.as_str()]).collect();
        let answer: serde_json::Value = serde_json::from_slice(&run(&self.skopeo, &arguments)).unwrap();
        serde_json::from_value(answer["Tags"].clone()).unwrap()
    }

    fn access_arguments(&self, side: &str) -> Vec<String> {
        match &self.access {
            Access::Tls | Access::ClientCertificate => {
                vec![format!("--{side}cert-dir"), self.folder.path().join("certificates").display().to_string()]
            }
            Access::Password(user, password) | Access::Token { user, password, .. } => {
                vec![format!("--{side}tls-verify=false"), format!("--{side}creds={user}:{password}")]
            }
            _ => vec![format!("--{side}tls-verify=false")],
        }
    }

    /// Makes a repository known without pushing to it: the registry lists what has a folder for links.
    pub(super) fn claim(&self, repository: &str) {
        let storage = self.folder.path().join("storage/docker/registry/v2/repositories");
        fs::create_dir_all(storage.join(repository).join("_layers")).unwrap();
    }
}

/// An authority, and certificates by it for this machine and for a reader.
fn make_certificates(openssl: &Path, folder: &Path) {
    let file = |name: &str| folder.join(name).display().to_string();
    fs::create_dir_all(folder.join("certificates")).unwrap();
    let (ca_key, ca) = (file("ca.key"), file("certificates/ca.crt"));
    let new_key = ["-newkey", "rsa:2048", "-nodes"];
    let authority = ["req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", &ca_key, "-out", &ca];
    run(openssl, &[&authority[..], &new_key].concat());
    for (subject, key, certificate, extensions) in [
        ("/CN=127.0.0.1", "server.key", "server.crt", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"),
        ("/CN=reader", "certificates/client.key", "certificates/client.cert", "extendedKeyUsage=clientAuth\n"),
    ] {
        let (key, request, certificate, file_of_extensions) =
            (file(key), file("request"), file(certificate), file("extensions"));
        run(openssl, &[&["req", "-subj", subject, "-keyout", &key, "-out", &request][..], &new_key].concat());
        fs::write(&file_of_extensions, extensions).unwrap();
        let signed = ["x509", "-req", "-days", "2", "-in", &request, "-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"];
        let to = ["-extfile", &file_of_extensions, "-out", &certificate];
        run(openssl, &[&signed[..], &to].concat());
    }
}
