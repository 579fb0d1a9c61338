//! What a supervisor says to the program: an end, a second end, other settings.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{Program, get};

/// The program with a settings file of this text.
fn program(folder: &Path, text: &str) -> Program {
    std::fs::write(folder.join("strata.toml"), text).unwrap();
    Program::start(|command| {
        command.arg("--config").arg(folder.join("strata.toml")).args(["--log-format", "json"]).stderr(Stdio::piped());
    })
}

fn signal(program: &Program, name: &str) {
    Command::new("kill").args([&format!("-{name}"), &program.child.id().to_string()]).status().unwrap();
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < patience, "never came about: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The next line with this message.
fn line(log: &mut BufReader<ChildStderr>, message: &str) -> Value {
    loop {
        let mut text = String::new();
        assert!(log.read_line(&mut text).unwrap() > 0, "the log ended before: {message}");
        let line: Value = serde_json::from_str(&text).unwrap();
        if line["message"] == message {
            return line;
        }
    }
}

#[test]
fn draining_says_so_before_connections_end_and_a_second_signal_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(folder.path(), "[limits]\ndrain_ms = 60_000\n");
    let address = program.address;
    assert!(get(address, "/-/health/ready").starts_with("HTTP/1.1 200 "));
    signal(&program, "TERM");
    until("503", || get(address, "/-/health/ready").starts_with("HTTP/1.1 503 "));
    assert!(get(address, "/-/health/live").starts_with("HTTP/1.1 200 "));
    assert!(get(address, "/-/api/registries").starts_with("HTTP/1.1 200 "));
    signal(&program, "TERM");
    assert!(!program.child.wait().unwrap().success(), "a cut end is no good one");
}

#[test]
fn open_requests_are_answered_at_the_end() {
    use std::io::{Read as _, Write as _};

    let folder = tempfile::tempdir().unwrap();
    let mut program = program(folder.path(), "");
    let mut open = TcpStream::connect(program.address).unwrap();
    // A connection whose request is only begun when the signal comes.
    write!(open, "GET /-/api/registries HTTP/1.1\r\nHost: localhost\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    signal(&program, "TERM");
    until("no more connections", || TcpStream::connect(program.address).is_err());
    write!(open, "\r\n").unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn settings_are_read_again_and_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let sample = Program::start(|_| {});
    let url = sample.embedded();
    let with = |name: &str, more: &str| format!("{more}\n[[registries]]\nname = '{name}'\nurl = '{url}'\n");
    let mut program = program(folder.path(), &with("first", ""));
    let mut log = BufReader::new(program.child.stderr.take().unwrap());
    let address = program.address;
    let shows = |name: &str| get(address, "/-/api/registries").contains(&format!("\"name\":\"{name}\""));
    assert!(shows("first"));

    let write = |text: String| std::fs::write(folder.path().join("strata.toml"), text).unwrap();
    write(with("second", "log_format = 'text'\n[limits]\nconnections = 7\npage_deadline_ms = 5_000"));
    signal(&program, "HUP");
    until("the second", || shows("second"));
    let fixed = line(&mut log, "these settings only count after a restart");
    assert_eq!(fixed["keys"], "connections");
    let read = line(&mut log, "settings read again");
    assert_eq!((&read["added"], &read["removed"]), (&"second".into(), &"first".into()));

    write(with("third", "[limits]\npage_deadline_ms = -1\nconnection = 4"));
    signal(&program, "HUP");
    let refused = line(&mut log, "settings refused; those from before go on");
    let problem = refused["problem"].as_str().unwrap();
    assert!(problem.contains("strata.toml, line 2, `page_deadline_ms`: this value is not allowed"), "{problem}");
    assert!(
        problem.contains("strata.toml, line 3, `connection`: there is no such limit, perhaps `connections`"),
        "{problem}"
    );
    assert!(shows("second"));
    let figures = get(address, "/-/metrics");
    for line in
        ["strata_settings_reloads_total{result=\"accepted\"} 1", "strata_settings_reloads_total{result=\"refused\"} 1"]
    {
        assert!(figures.contains(line), "{figures}");
    }
    assert!(program.stop());
}

#[test]
fn the_log_level_changes_with_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = program(folder.path(), "log_level = 'warn'\n");
    let mut log = BufReader::new(program.child.stderr.take().unwrap());
    get(program.address, "/-/api/registries?before");
    std::fs::write(folder.path().join("strata.toml"), "log_level = 'info'\n").unwrap();
    signal(&program, "HUP");
    assert_eq!(line(&mut log, "settings read again")["changed"], "");
    get(program.address, "/-/api/repositories");
    assert_eq!(line(&mut log, "answered")["path"], "/-/api/repositories", "what came before was not written");
}
