//! `strata config check`.

use std::fs;
use std::process::Command;

/// What the program says about a settings file, by exit status.
fn checked(text: &str, files: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("strata.toml"), text).unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_strata"))
        .args(["config", "check", "--config", "strata.toml"])
        .env_clear()
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), said(output.stdout), said(output.stderr))
}

#[test]
fn settings_that_can_be_used_are_told_without_secrets() {
    let text = "listen = '0.0.0.0:8080'\ntrusted_proxies = ['10.0.0.0/8']\nmetrics = '127.0.0.1:9000'\n[limits]\nconcurrency \
                = 4\n[[registries]]\nname = 'main'\nurl = 'https://registry.example'\nusername = 'reader'\npassword_file = \
                'password'\n";
    let (code, said, wrong) = checked(text, &[("password", "hunter2\n")]);
    assert_eq!((code, wrong.as_str()), (Some(0), ""));
    for part in [
        "These settings can be used.",
        "0.0.0.0:8080",
        "main: https://registry.example/, as reader",
        "10.0.0.0/8",
        "http://127.0.0.1:9000/-/metrics",
        "concurrency = 4",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    assert!(!said.contains("hunter2"));
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = "listen = 'here'\nlog_level = 'all'\n[limits]\nqueue = -1\nwalk_second = 5\npage_deadline_ms = '5s'\n\
                [[registries]]\nurl = 'registry.example'\n[[registries]]\nurl = 'https://a.example'\nca_file = 'nothing.pem'\n";
    let (code, said, wrong) = checked(text, &[]);
    assert_eq!((code, said.as_str()), (Some(2), ""));
    for line in [
        "strata: strata.toml, line 1, `listen`: `here` is not allowed here; allowed is an address and a port, for example \
         127.0.0.1:3000 or [::]:8080",
        "strata: strata.toml, line 2, `log_level`: `all` is not allowed here; allowed is `error`, `warn`, `info` or `debug`",
        "strata: strata.toml, line 4, `queue`: this value is not allowed; allowed is a whole number from 1 to 1000000",
        "strata: strata.toml, line 6, `page_deadline_ms`: this value is not allowed; allowed is a whole number of \
         milliseconds from 1 to 600000",
        "strata: strata.toml, line 8, `url`: `registry.example` does not begin with https:// or http://; allowed is a URL \
         like https://registry.example or http://127.0.0.1:5000",
        "strata: strata.toml, line 11, `ca_file`: nothing.pem cannot be used: it cannot be read: No such file or directory (os error 2)",
    ] {
        assert!(wrong.lines().any(|found| found == line), "{line}\nis not in\n{wrong}");
    }
    assert!(
        wrong.contains("line 5, `walk_second`: there is no such limit, perhaps `walk_seconds` is meant"),
        "{wrong}"
    );
}

#[test]
fn files_that_the_settings_name_are_read() {
    let registry = |more: &str| format!("[[registries]]\nurl = 'https://registry.example'\n{more}\n");
    for (text, files, wrong) in [
        (registry("ca_file = 'ca.pem'"), &[("ca.pem", "no certificate")][..], "line 3, `ca_file`"),
        (registry("username = 'me'\npassword_file = 'password'"), &[], "line 4, `password_file`: cannot read"),
        (registry("username = 'me'\npassword_env = 'NOTHING'"), &[], "environment variable NOTHING is not set"),
        ("layout = 'images'".to_owned(), &[], "images"),
        ("docker_config = 'config.json'".to_owned(), &[("config.json", "[]")][..], "line 1, `docker_config`"),
        ("lisen = '127.0.0.1:1'".to_owned(), &[], "line 1, `lisen`: perhaps `listen` is meant; unknown field `lisen`"),
    ] {
        let (code, _, said) = checked(&text, files);
        assert!(code == Some(2) && said.contains(wrong), "{text}: {code:?} {said}");
    }
}

#[test]
fn without_settings_the_sample_is_told_of() {
    let (code, said, _) = checked("", &[]);
    assert!(code == Some(0) && said.contains("the sample registry"), "{said}");
}
