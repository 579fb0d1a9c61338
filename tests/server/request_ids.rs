//! The name of a request: on every error, in its header, and in every log line about it.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use axum::http::{HeaderValue, header};
use serde_json::Value;

use crate::program::{Program, get};
use crate::support::{Answer, SITES, request, send};

fn id_of(answer: &Answer) -> &str {
    let id = answer.header("x-request-id");
    assert_eq!(id.len(), 16, "{id:?}");
    id
}

#[test]
fn every_page_that_failed_shows_it() {
    for (router, target, status) in [
        (&SITES.one, "/a%00b", 400),
        (&SITES.one, "/-/nothing", 404),
        (&SITES.one, "/base/linux:nothing", 404),
        (&SITES.one, "/nothing/here", 404),
        (&SITES.one, "/base/linux/-/nothing", 404),
        (&SITES.one, "/-/registry?registry=nothing", 404),
        (&SITES.two, "/nothing/", 404),
        (&SITES.dead, "/", 502),
        (&SITES.dead, "/a/b:1", 502),
        (&SITES.dead, "/-/compare?from=a:1&to=a:2", 502),
    ] {
        let answer = send(router, request("GET", target));
        assert!(answer.text().contains(id_of(&answer)), "{target}: {}", answer.text());
        assert_eq!(answer.status, status, "{target}");
    }
}

#[test]
fn every_refusal_shows_it() {
    let long = format!("/{}", "a".repeat(20_000));
    let mut host = request("GET", "/");
    host.headers_mut().insert(header::HOST, HeaderValue::from_static("evil.example"));
    let mut elsewhere = request("POST", "/-/fn/fill_tags");
    elsewhere.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    for (request, status) in
        [(host, 421), (request("GET", &long), 414), (request("DELETE", "/base/linux"), 405), (elsewhere, 403)]
    {
        let answer = send(&SITES.one, request);
        assert_eq!(answer.status, status);
        assert!(answer.text().contains(id_of(&answer)), "{}", answer.text());
    }
    // In JSON, `Answer::error` compares both.
    for target in ["/-/api/nothing", "/-/api/tags/nothing/here", "/-/api/tags/A"] {
        send(&SITES.one, request("GET", target)).error();
    }
}

/// The line about the registry is written by a task of its own, which others may wait for, too.
#[test]
fn the_registry_s_failure_is_logged_under_the_request_that_asked() {
    for target in ["/a/b", "/a/b:1", "/-/api/tags/a/b", "/-/registry", "/-/api/repositories"] {
        let mut program = Program::start(|command| {
            let registry = ["--registry", "http://127.0.0.1:1", "--log-format", "json", "--log-level", "debug"];
            command.args(registry).stderr(Stdio::piped());
        });
        let answer = get(program.address, target);
        program.stop();
        let log = BufReader::new(program.child.stderr.take().unwrap());
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        let with = |message: &str| lines.iter().filter(|line| line["message"] == message).collect::<Vec<_>>();
        let [answered] = with("answered")[..] else { panic!("{target}: {lines:?}") };
        let id = answered["request_id"].as_str().unwrap();
        assert!(answer.contains(&format!("x-request-id: {id}")), "{target}: {answer}");
        for message in ["registry request", "registry request failed"] {
            let found = with(message);
            assert!(!found.is_empty(), "{target}: no line {message:?}");
            assert!(found.iter().all(|line| line["request_id"] == id), "{target}: {found:?}");
        }
    }
}
