mod credentials;

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::registry::{Credentials, Secret};

/// A certificate that nobody has the key of.
const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhDCCASmgAwIBAgIUFIbHBra5rPdOWr2OcPfiJoePFJcwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLU3RyYXRhIHRlc3QwIBcNMjYxMTI3MTAzMTI5WhgPMjEyNjEx
MDMxMDMxMjlaMBYxFDASBgNVBAMMC1N0cmF0YSB0ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEYux8ZzI79IPqcnlJeppVY2cWnghKQrYcHVmYPLq5yhVjdNxd
4wUgoOXw6LweUKntQhgc1t4MBFfMdR8D72h8RaNTMFEwHQYDVR0OBBYEFDz83Q0i
Xj2yUOW47m+J3IxNLaV8MB8GA1UdIwQYMBaAFDz83Q0iXj2yUOW47m+J3IxNLaV8
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALm5zz8w7XhcZ6fh
zRKm/XVWRKqIdc7blVb+/VpM9EKfAiEAhusqLrDH/LGSwRP+WH4eK6U51OsS8yj/
s12SWyRHCqQ=
-----END CERTIFICATE-----
";

/// A folder with settings files, and what is asked of them.
struct Case {
    folder: TempDir,
    arguments: Arguments,
    environment: Vec<(&'static str, String)>,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), arguments: Arguments::default(), environment: Vec::new() }
    }

    /// With this text as `strata.toml`.
    fn of_file(text: &str) -> Self {
        let mut case = Self::new();
        case.arguments.config = Some(case.write("strata.toml", text));
        case
    }

    fn of_registries(urls: &[&str]) -> Self {
        let mut case = Self::new();
        case.arguments.registries = urls.iter().map(|url| (*url).to_owned()).collect();
        case
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.environment.push((variable, value.to_owned()));
        self
    }

    fn read(&self) -> Result<Settings, String> {
        let environment = |name: &str| {
            self.environment.iter().find(|(variable, _)| *variable == name).map(|(_, value)| value.clone())
        };
        // The folder has another name in each run.
        let prefix = format!("{}/", self.folder.path().display());
        Settings::read(&self.arguments, &environment).map_err(|error| error.to_string().replace(&prefix, ""))
    }

    fn registries(&self) -> Vec<RegistrySettings> {
        match self.read().unwrap().shown {
            Shown::Registries(registries) => registries,
            other => panic!("no registries: {other:?}"),
        }
    }
}

#[test]
fn without_settings_the_sample_is_served_on_loopback() {
    let settings = Case::new().read().unwrap();
    assert!(matches!(settings.shown, Shown::Sample));
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.log_format, LogFormat::Text);
    assert_eq!(settings.registry_limits, crate::registry::Limits::default());
    assert!(settings.warnings().is_empty());
}

#[test]
fn full_file_sets_everything() {
    let case = Case::of_file(
        r#"
listen = "[::1]:8080"
public_url = "https://strata.example"
allowed_hosts = ["other.example"]
trusted_proxies = ["10.0.0.0/8", "::1"]
log_format = "json"
log_level = "debug"
metrics = "127.0.0.1:9000"

[limits]
manifest_bytes = 1_000_000
page_deadline_ms = 500
request_body_bytes = 2048

[[registries]]
name = "main"
url = "https://registry.example/prefix/v2/"
pull_name = "pull.example:5000"
username = "reader"
password_file = "password"
ca_file = "ca.pem"
trusted_realms = ["https://auth.example"]
trusted_redirects = ["https://storage.example:9000"]
repositories = ["library/app", "tools/cli"]

[registries.limits]
concurrency = 2

[[registries]]
url = "http://127.0.0.1:5000"
"#,
    );
    case.write("password", "hunter2\n");
    case.write("ca.pem", AUTHORITY);
    let settings = case.read().unwrap();
    assert_eq!(settings.listen.to_string(), "[::1]:8080");
    assert_eq!(settings.metrics, MetricsPlace::At(SocketAddr::from(([127, 0, 0, 1], 9000))));
    assert_eq!(settings.public_url.as_ref().unwrap().as_str(), "https://strata.example/");
    assert_eq!(settings.service.public_url, settings.public_url);
    assert_eq!(settings.allowed_hosts, ["other.example"]);
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.log_level, tracing::Level::DEBUG);
    assert_eq!(settings.limits.request_body_bytes, 2048);
    assert_eq!(settings.service.page_deadline.as_millis(), 500);

    let registries = case.registries();
    let [main, second] = registries.as_slice() else { panic!("two registries") };
    assert_eq!(main.name, "main");
    assert_eq!(main.url.as_str(), "https://registry.example/prefix");
    assert_eq!(main.pull_name.as_deref(), Some("pull.example:5000"));
    assert_eq!(main.credentials, Some(Credentials::new("reader", Secret::new("hunter2"))));
    assert_eq!(main.ca_file.as_deref(), Some(case.folder.path().join("ca.pem").as_path()));
    assert_eq!(main.trusted_realms, ["https://auth.example".parse().unwrap()]);
    assert_eq!(main.trusted_redirects, ["https://storage.example:9000".parse().unwrap()]);
    assert_eq!(main.repositories.len(), 2);
    assert_eq!(main.limits.concurrency, 2);
    assert_eq!(main.limits.manifest_bytes, 1_000_000);
    assert_eq!(second.name, "127.0.0.1-5000");
    assert_eq!(second.limits.concurrency, crate::registry::Limits::default().concurrency);
    assert_eq!(second.limits.manifest_bytes, 1_000_000);
    assert_eq!(second.credentials, None);
}

#[test]
fn mistakes_in_the_file_name_line_key_and_what_is_allowed() {
    for (text, message) in [
        ("listen = 3000", "strata.toml, line 1, `listen`: this value is not allowed; allowed is a string"),
        (
            "\nlisten = \"localhost\"",
            "strata.toml, line 2, `listen`: `localhost` is not allowed here; allowed is an address and a port, for example \
             127.0.0.1:3000 or [::]:8080",
        ),
        (
            "port = 1",
            "strata.toml, line 1, `port`: unknown field `port`, expected one of `listen`, `public_url`, `base_path`, `allowed_hosts`, \
             `trusted_proxies`, `layout`, `docker_config`, `certs_dir`, `cache_dir`, `log_format`, `log_level`, `metrics`, `limits`, `registries`",
        ),
        (
            "log_format = \"xml\"",
            "strata.toml, line 1, `log_format`: `xml` is not allowed here; allowed is `text` or `json`",
        ),
        (
            "log_level = \"all\"",
            "strata.toml, line 1, `log_level`: `all` is not allowed here; allowed is `error`, `warn`, `info` or `debug`",
        ),
        (
            "trusted_proxies = [\n  \"127.0.0.1\",\n  \"proxy\",\n]",
            "strata.toml, line 3: `proxy` is not allowed here; allowed is an address or a network, for example 127.0.0.1 \
             or 10.0.0.0/8",
        ),
        (
            "public_url = \"strata.example\"",
            "strata.toml, line 1, `public_url`: `strata.example` is not the address of a site; allowed is a URL such as \
             https://strata.example or https://tools.example/strata",
        ),
        (
            "allowed_hosts = [\"a:80\"]",
            "strata.toml, line 1, `allowed_hosts`: `a:80` is not a host name; allowed is a name without a port",
        ),
        (
            "[limits]\nconcurrency = 0",
            "strata.toml, line 2, `concurrency`: this value is not allowed; allowed is a whole number from 1 to 256",
        ),
        (
            "[limits]\npage_deadline_ms = \"5s\"",
            "strata.toml, line 2, `page_deadline_ms`: this value is not allowed; allowed is a whole number of milliseconds \
             from 1 to 600000",
        ),
        (
            "[limits]\nwalk_seconds = 1.5",
            "strata.toml, line 2, `walk_seconds`: this value is not allowed; allowed is a whole number of seconds from 1 to \
             86400",
        ),
        (
            "[limits]\ncache_bytes = -1",
            "strata.toml, line 2, `cache_bytes`: this value is not allowed; allowed is a whole number of bytes from 0 to \
             1000000000000",
        ),
        (
            "metrics = \"yes\"",
            "strata.toml, line 1, `metrics`: `yes` is not allowed here; allowed is `on`, `off`, or an address and a port of \
             their own, for example 127.0.0.1:9000",
        ),
        (
            "[limits]\nconcurrency = \"8\"",
            "strata.toml, line 2, `concurrency`: this value is not allowed; allowed is a whole number from 1 to 256",
        ),
        ("[[registries]]\nname = \"x\"", "strata.toml, line 1, [[registries]]: missing field `url`"),
        (
            "[[registries]]\nurl = \"registry.example\"",
            "strata.toml, line 2, `url`: `registry.example` does not begin with https:// or http://; allowed is a URL like \
             https://registry.example or http://127.0.0.1:5000",
        ),
        (
            "[[registries]]\nurl = \"ftp://registry.example\"",
            "strata.toml, line 2, `url`: `ftp://registry.example` cannot be a registry: only http:// and https:// are \
             spoken here; allowed is a URL like https://registry.example or http://127.0.0.1:5000",
        ),
        (
            "[[registries]]\nurl = \"https://a.example\"\nname = \"A/b\"",
            "strata.toml, line 3, `name`: `A/b` cannot name a registry; allowed are lower case letters and digits, \
             separated by `.`, `_` or `-`",
        ),
        (
            "[[registries]]\nurl = \"https://a.example\"\npull_name = \"https://b.example\"",
            "strata.toml, line 3, `pull_name`: `https://b.example` is not a host; allowed is what stands first in a pull \
             command, for example `registry.example:5000`",
        ),
        (
            "[[registries]]\nurl = \"https://a.example\"\ntrusted_realms = [\"auth.example\"]",
            "strata.toml, line 3, `trusted_realms`: `auth.example` is not allowed here: an origin is written like a URL, \
             for example https://auth.example.com; allowed is scheme, host and port, for example https://auth.example",
        ),
        (
            "[[registries]]\nurl = \"https://a.example\"\nrepositories = [\"A\"]",
            "strata.toml, line 3, `repositories`: `A` is not allowed here; allowed is a repository's name, for example \
             `library/nginx`",
        ),
        (
            "[[registries]]\nurl = \"https://a.example\"\nusername = \"me\"",
            "strata.toml, line 3, `username`: a user name needs a password or an identity token too",
        ),
        (
            "[[registries]]\nurl = \"https://a.example\"\nusername = \"me\"\nusername_env = \"USER_NAME\"",
            "strata.toml, line 4, `username_env`: the same is given in another way just above; one is enough",
        ),
        (
            "[[registries]]\nname = \"a\"\nurl = \"https://a.example\"\n[[registries]]\nname = \"a\"\nurl = \"https://b.example\"",
            "strata.toml, line 6, `url`: another registry has the name `a` already; names must be different",
        ),
        (
            "layout = \"images\"\n[[registries]]\nurl = \"https://a.example\"",
            "strata.toml, line 1, `layout`: a layout and registries cannot be shown together; give one of them",
        ),
    ] {
        assert_eq!(Case::of_file(text).read().unwrap_err(), message, "{text}");
    }
}

#[test]
fn limit_of_the_server_is_refused_below_a_registry() {
    let text = "[[registries]]\nurl = \"https://a.example\"\n[registries.limits]\ncache_bytes = 5";
    let message = Case::of_file(text).read().unwrap_err();
    assert!(message.starts_with("strata.toml, line 4, `cache_bytes`: there is no such limit"), "{message}");
    let text = "[[registries]]\nurl = \"https://a.example\"\n[registries.limits]\nconnections = 5";
    let message = Case::of_file(text).read().unwrap_err();
    assert!(
        message.starts_with("strata.toml, line 4, `connections`: there is no such limit; allowed: manifest_bytes, "),
        "{message}"
    );
    assert!(!message.contains("request_body_bytes"));
}

#[test]
fn a_key_that_was_probably_meant_is_named() {
    for (text, message) in [
        (
            "[limits]\npage_deadline = 5",
            "strata.toml, line 2, `page_deadline`: there is no such limit, perhaps `page_deadline_ms` is meant; allowed: ",
        ),
        (
            "[limits]\nconcurency = 5",
            "strata.toml, line 2, `concurency`: there is no such limit, perhaps `concurrency` is meant; allowed: ",
        ),
        (
            "public_uri = 'x'",
            "strata.toml, line 1, `public_uri`: perhaps `public_url` is meant; unknown field `public_uri`, expected one of `listen`, ",
        ),
        (
            "[[registries]]\nurls = 'x'",
            "strata.toml, line 2, `urls`: perhaps `url` is meant; unknown field `urls`, expected one of `url`, ",
        ),
    ] {
        let found = Case::of_file(text).read().unwrap_err();
        assert!(found.starts_with(message), "{found}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "listen = 'x'\npublic_url = 'x'\nallowed_hosts = ['a:1', 'b', 'c/d']\ntrusted_proxies = ['x', 'y']\nlog_format = \
                'x'\nlog_level = 'x'\nmetrics = 'x'\ndocker_config = 'nothing.json'\n[limits]\nqueue = 0\nretries = \
                11\n[[registries]]\nurl = 'x'\n[[registries]]\nurl = 'https://a.example'\nlimits = { queue = 0, retries = 11 }\n";
    let message = Case::of_file(text).read().unwrap_err();
    let lines: Vec<&str> = message.lines().map(|line| line.split(':').next().unwrap()).collect();
    let wrong = |line: usize, key: &str| format!("strata.toml, line {line}, `{key}`");
    for (place, times) in [
        (wrong(1, "listen"), 1),
        (wrong(2, "public_url"), 1),
        (wrong(3, "allowed_hosts"), 2),
        (wrong(4, "trusted_proxies"), 2),
        (wrong(5, "log_format"), 1),
        (wrong(6, "log_level"), 1),
        (wrong(7, "metrics"), 1),
        (wrong(8, "docker_config"), 1),
        (wrong(10, "queue"), 1),
        (wrong(11, "retries"), 1),
        (wrong(13, "url"), 1),
        (wrong(16, "limits"), 2),
    ] {
        assert_eq!(lines.iter().filter(|line| **line == place).count(), times, "{place} in {message}");
    }
}

#[test]
fn what_only_counts_at_the_next_start_is_known() {
    let read = |text: &str| Case::of_file(text).read().unwrap();
    let started = read("");
    assert!(started.clone().keep_fixed(&started).is_empty());
    let mut other = read(
        "listen = '127.0.0.1:1'\nlog_format = 'json'\nlog_level = 'debug'\nmetrics = 'off'\nallowed_hosts = ['a']\n[limits]\n\
         layer_entries = 9\nfile_bytes = 9_000\ncache_bytes = 1\nconnections = 7\nrequests_per_client = 8\nview_cache_bytes = 9\nconcurrency = 3",
    );
    let keys = other.keep_fixed(&started);
    assert_eq!(keys, ["listen", "metrics", "log_format", "cache_bytes", "layer_entries", "connections"]);
    assert_eq!(other.service.layers.file_bytes, 9_000);
    assert!(other.keep_fixed(&started).is_empty());
    assert_eq!((other.log_level, other.limits.requests_per_client), (tracing::Level::DEBUG, 8));
}

#[test]
fn flags_are_stronger_than_environment_than_file() {
    let mut case = Case::of_file("listen = \"127.0.0.1:1\"\n[[registries]]\nurl = \"https://file.example\"");
    assert_eq!(case.read().unwrap().listen.port(), 1);
    case.environment.push(("STRATA_LISTEN", "127.0.0.1:2".to_owned()));
    case.environment.push(("STRATA_REGISTRY", "https://a.example, https://b.example".to_owned()));
    assert_eq!(case.read().unwrap().listen.port(), 2);
    assert_eq!(case.registries().len(), 2);
    case.arguments.listen = Some("127.0.0.1:3".to_owned());
    case.arguments.registries = vec!["https://flag.example".to_owned()];
    assert_eq!(case.read().unwrap().listen.port(), 3);
    assert_eq!(case.registries()[0].name, "flag.example");
}

#[test]
fn mistakes_in_flags_and_variables_name_them() {
    let message = Case::of_registries(&["registry.example"]).read().unwrap_err();
    assert!(message.starts_with("--registry: `registry.example` does not begin with"), "{message}");
    let message = Case::new().with("STRATA_LISTEN", "3000").read().unwrap_err();
    assert!(message.starts_with("environment variable STRATA_LISTEN: `3000` is not allowed"), "{message}");
    let mut case = Case::new();
    case.arguments.config = Some("missing.toml".to_owned());
    let message = case.read().unwrap_err();
    assert!(message.starts_with("--config: cannot read missing.toml: "), "{message}");
}

#[test]
fn docker_hub_is_found_by_the_name_that_people_know() {
    for url in ["https://docker.io", "https://index.docker.io/v1/", "https://registry-1.docker.io"] {
        let registries = Case::of_registries(&[url]).registries();
        assert_eq!(registries[0].url.as_str(), "https://registry-1.docker.io/", "{url}");
        assert_eq!(registries[0].pull_name.as_deref(), Some("docker.io"));
    }
    assert_eq!(Case::of_registries(&["http://docker.io"]).registries()[0].pull_name, None);
}

#[test]
fn same_host_twice_gets_a_number() {
    let names: Vec<String> = Case::of_registries(&["https://a.example/x", "https://a.example/y"])
        .registries()
        .into_iter()
        .map(|registry| registry.name)
        .collect();
    assert_eq!(names, ["a.example", "a.example-2"]);
}

#[test]
fn overlong_file_is_refused() {
    let message = Case::of_file(&"#".repeat(1_000_001)).read().unwrap_err();
    assert_eq!(message, "--config: strata.toml is longer than 1000000 bytes");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_fail_hard(text in "[\\PC\n\\[\\]=\"]{0,200}") {
        let _ = Case::of_file(&text).read();
    }
}

#[test]
fn documents_name_every_flag_and_every_limit_with_its_default() {
    use clap::CommandFactory as _;

    let readme = include_str!("../../../README.md");
    for flag in Invocation::command().get_arguments().filter_map(clap::Arg::get_long) {
        let known = matches!(flag, "help" | "version") || readme.contains(&format!("`--{flag} "));
        assert!(known, "--{flag}");
    }
    let document = include_str!("../../../docs/settings.md");
    for limit in LIMITS {
        let row = document.lines().find(|line| line.starts_with(&format!("| `{}` |", limit.key))).unwrap_or_default();
        let default: String = row.split('|').nth(2).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        assert_eq!(default, limit.default().to_string(), "{}", limit.key);
        assert!(row.contains(limit.meaning), "{}", limit.key);
        assert!(row.ends_with(if limit.of_registry { "| yes |" } else { "| no |" }), "{}", limit.key);
    }
}
