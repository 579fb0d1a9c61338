//! The examples for operators: what they set can be set. Whether they are valid for the programs that read them is tried by
//! hand (docs/deployment/README.md says how); what Strata gets from them is read here.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may break")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use clap::Parser as _;
use strata::server::settings::{Arguments, Command, Invocation, Settings, Shown};
use tempfile::TempDir;

/// A certificate of a test and its key: what the examples' files of that kind must hold.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhDCCASmgAwIBAgIUMHwDoDkcTCnXKFSJYyFJ7hfYCdUwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLU3RyYXRhIHRlc3QwIBcNMjYxMTI3MTIwMTMxWhgPMjEyNjEx
MDMxMjAxMzFaMBYxFDASBgNVBAMMC1N0cmF0YSB0ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE8xUG0W97HNgotFpS41KhKmZWE4Thw+u0O+a+KQBOrfdcjm7q
WXN1auVK4YYqiCQcoX/VWhZDpi3xrh/Re9pj1qNTMFEwHQYDVR0OBBYEFGTtwxh5
n/js/jzTJeUSwaMFd25jMB8GA1UdIwQYMBaAFGTtwxh5n/js/jzTJeUSwaMFd25j
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhANRQ7lnEH6sF6mlw
D5DU1jUNjJVXu9ZhVkayOGK5a+JSAiEA7pDtZLQH3p/M7VuppoOy173iPgRPbBkq
wJQRRkgLACs=
-----END CERTIFICATE-----
";
const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNi79M/6LnfS/WO7g
0WGpwaS3Pj5hf+qQe/tGA4kdSaChRANCAATzFQbRb3sc2Ci0WlLjUqEqZlYThOHD
67Q75r4pAE6t91yObupZc3Vq5UrhhiqIJByhf9VaFkOmLfGuH9F72mPW
-----END PRIVATE KEY-----
";

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// A folder in place of those that are mounted, with every file that an example names there.
struct Secrets(TempDir);

impl Secrets {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["registry_username", "registry_password", "pass", "password"] {
            fs::write(folder.path().join(name), "reader\n").unwrap();
        }
        for name in ["registry_ca", "ca.pem", "client.pem"] {
            fs::write(folder.path().join(name), CERTIFICATE).unwrap();
        }
        fs::write(folder.path().join("client.key"), KEY).unwrap();
        fs::create_dir(folder.path().join("strata")).unwrap();
        let auths = r#"{"auths": {"registry.example": {"username": "reader", "password": "hunter2"}}}"#;
        fs::write(folder.path().join("strata/config.json"), auths).unwrap();
        Self(folder)
    }

    fn place(&self, text: &str) -> String {
        let folder = self.0.path().display().to_string();
        text.replace("/run/secrets", &folder).replace("/run/credentials/strata.service", &folder)
    }

    /// A settings file with this text.
    fn settings_file(&self, text: &str) -> String {
        let file = self.0.path().join("strata.toml");
        fs::write(&file, self.place(text)).unwrap();
        file.display().to_string()
    }
}

/// The only registry, which must have an account.
fn account(settings: &Settings) -> &str {
    let Shown::Registries(registries) = &settings.shown else { panic!("no registry") };
    let [registry] = registries.as_slice() else { panic!("one registry") };
    registry.credentials.as_ref().unwrap().account()
}

/// Reads settings from an environment alone. Every variable in it must mean something.
fn of_environment(variables: &BTreeMap<String, String>) -> Settings {
    let asked = RefCell::new(BTreeSet::new());
    let environment = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        variables.get(name).cloned()
    };
    let settings = Settings::read(&Arguments::default(), &environment).unwrap();
    for name in variables.keys() {
        assert!(asked.borrow().contains(name), "{name} means nothing");
    }
    settings
}

#[test]
fn the_compose_example_sets_what_can_be_set() {
    let (compose, secrets) = (read("docs/deployment/compose.yaml"), Secrets::new());
    let variables: BTreeMap<String, String> = compose
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .filter(|(name, _)| name.starts_with("STRATA_"))
        .map(|(name, value)| (name.to_owned(), secrets.place(value)))
        .collect();
    assert!(variables.len() > 6, "{variables:?}");
    let settings = of_environment(&variables);
    assert_eq!(settings.listen.to_string(), "0.0.0.0:3000");
    assert_eq!(account(&settings), "reader");
    assert_eq!(settings.warnings(), Vec::<String>::new());
    // What it mounts is what it names.
    for path in compose.split_whitespace().filter_map(|word| word.strip_prefix("/run/secrets/")) {
        assert!(compose.contains(&format!("  {path}: {{ file: ./secrets/")), "{path} is no secret of the example");
    }
}

#[test]
fn the_kubernetes_example_sets_what_can_be_set() {
    let (manifests, secrets) = (read("docs/deployment/kubernetes.yaml"), Secrets::new());
    let (_, block) = manifests.split_once("  strata.toml: |\n").unwrap();
    let lines = block.lines().take_while(|line| line.is_empty() || line.starts_with("    "));
    let text: Vec<&str> = lines.map(str::trim_start).collect();
    let (_, arguments) = manifests.split_once("args: ").unwrap();
    let arguments: Vec<String> = serde_json::from_str(arguments.lines().next().unwrap()).unwrap();
    let Invocation { command: None, mut arguments } =
        Invocation::parse_from([vec!["strata".to_owned()], arguments].concat())
    else {
        panic!("it serves");
    };
    assert_eq!(arguments.config.as_deref(), Some("/etc/strata/strata.toml"));
    arguments.config = Some(secrets.settings_file(&text.join("\n")));
    let settings = Settings::read(&arguments, &|_| None).unwrap();
    assert_eq!(account(&settings), "reader");
    assert_eq!(settings.warnings(), Vec::<String>::new());
    for (path, port) in [("mountPath: /etc/strata,", 1), ("mountPath: /run/secrets/strata,", 1), ("port: http", 4)] {
        assert!(manifests.matches(path).count() >= port, "{path}");
    }
    assert!(manifests.contains(&format!("containerPort: {}", settings.listen.port())));
}

#[test]
fn the_image_starts_and_asks_for_its_health() {
    let file = read("docs/deployment/Containerfile");
    let (_, listen) = file.split_once("ENV STRATA_LISTEN=").unwrap();
    let listen = listen.lines().next().unwrap().to_owned();
    let settings = of_environment(&BTreeMap::from([("STRATA_LISTEN".to_owned(), listen)]));
    assert!(file.contains(&format!("EXPOSE {}", settings.listen.port())));
    let words = |line: &str| -> Vec<String> { serde_json::from_str(&line[line.find('[').unwrap()..]).unwrap() };
    let lines = |start: &str| file.lines().filter(|line| line.starts_with(start)).map(words).collect::<Vec<_>>();
    assert_eq!(lines("ENTRYPOINT"), [["/strata"]]);
    let compose = read("docs/deployment/compose.yaml");
    let of_compose = compose.lines().find_map(|line| line.trim().strip_prefix("test: [\"CMD\", ")).unwrap();
    for health in [lines("HEALTHCHECK").remove(0), words(&format!("[{of_compose}"))] {
        assert!(matches!(Invocation::parse_from(health).command, Some(Command::Health(_))));
    }
}

#[test]
fn commands_beside_the_proxies_can_be_given() {
    for file in ["nginx.conf", "Caddyfile"] {
        let text = read(&format!("docs/deployment/{file}"));
        let commands: Vec<&str> =
            text.lines().filter_map(|line| line.split_once(":  strata ")).map(|(_, rest)| rest).collect();
        assert_eq!(commands.len(), 2, "{file}");
        for command in commands {
            let arguments = Invocation::parse_from(format!("strata {command}").split(' ')).arguments;
            let settings = Settings::read(&arguments, &|_| None).unwrap();
            let path = settings.public_url.unwrap().path().trim_end_matches('/').to_owned();
            assert_eq!(settings.base_path.as_str(), path, "{file}");
            assert_eq!(settings.trusted_proxies.len(), 1, "{file}");
        }
    }
}

#[test]
fn settings_files_in_the_documentation_can_be_read() {
    let secrets = Secrets::new();
    let mut count = 0;
    for file in ["README.md", "docs/settings.md", "docs/deployment/README.md"] {
        for block in read(file).split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let config = Some(secrets.settings_file(block));
            let read = Settings::read(&Arguments { config, ..Arguments::default() }, &|_| None);
            assert!(read.is_ok(), "{file}: {}\n{block}", read.unwrap_err());
            count += 1;
        }
    }
    assert!(count > 3, "{count} blocks");
}
