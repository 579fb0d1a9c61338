//! What stands in the log: one line for each request and failure, and nothing secret (threat T-28).

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::program::{Program, get};

/// Runs the program until it has answered these targets, and gives back its log's lines.
fn log_of(mut program: Program, targets: &[&str]) -> Vec<String> {
    for target in targets {
        get(program.address, target);
    }
    program.stop();
    let log = program.child.stderr.take().unwrap();
    BufReader::new(log).lines().map(Result::unwrap).collect()
}

#[test]
fn each_request_has_one_line_with_its_name() {
    let program = Program::start(|command| {
        command.args(["--log-format", "json"]).stderr(Stdio::piped());
    });
    let lines = log_of(program, &["/-/api/registries", "/-/api/tags/nothing/here", "/a%0ab"]);
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    let statuses: Vec<u64> = answered.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 404, 400]);
    assert_eq!(answered[0]["path"], "/-/api/registries");
    assert_eq!(answered[2]["path"], "/a%0ab");

    let failures: Vec<&Value> = lines.iter().filter(|line| line["message"] == "no page").collect();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0]["request_id"], answered[1]["request_id"]);
    assert_eq!(failures[0]["code"], "repository_not_found");
    assert!(failures[0]["url"].as_str().unwrap().ends_with("/v2/nothing/here/tags/list"));
}

#[test]
fn no_secret_is_in_any_line() {
    const SECRET: &str = "hunter2-very-secret";
    let registry = Program::start(|_| {});
    let sample = registry.embedded();
    for url in [sample.clone(), "http://127.0.0.1:1".to_owned()] {
        let program = Program::start(|command| {
            command.args(["--registry", &url, "--log-level", "debug"]).stderr(Stdio::piped());
            command.env("STRATA_USERNAME", "reader").env("STRATA_PASSWORD", SECRET);
        });
        let targets = ["/", "/base/linux", "/-/api/tags/base/linux", "/-/registry", "/-/api/raw/base/linux:nothing"];
        let lines = log_of(program, &targets);
        assert!(lines.len() >= targets.len(), "{lines:?}");
        // Basic credentials in base64, without the letters that depend on what stands before.
        let encoded = "aHVudGVyMi12ZXJ5LXNlY3JldA";
        for line in &lines {
            assert!(!line.contains(SECRET) && !line.contains(encoded), "{line}");
            assert!(!line.to_ascii_lowercase().contains("authorization: basic"), "{line}");
        }
    }
}

#[test]
fn password_on_a_public_address_is_warned_of() {
    let registry = Program::start(|_| {});
    let sample = registry.embedded();
    let program = Program::start(|command| {
        command.args(["--registry", &sample, "--listen", "0.0.0.0:0"]).stderr(Stdio::piped());
        command.env("STRATA_USERNAME", "reader").env("STRATA_PASSWORD", "hunter2");
    });
    let lines = log_of(program, &["/-/api/registries"]);
    assert!(lines.iter().any(|line| line.contains("WARN") && line.contains("trusted_proxies")), "{lines:?}");
}
