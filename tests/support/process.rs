//! Programs of the system that tests drive, where they are installed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that is ended when the test is over.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a program is; says aloud when it is missing, as the test then shows nothing.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: {name} is not installed");
    }
    found
}

/// A program that is installed where there is Go. Where there is, `make test` says so, and the test does not pass without it.
pub(crate) fn go_program(name: &str) -> Option<PathBuf> {
    let found = program(name);
    assert!(
        found.is_some() || std::env::var_os("STRATA_TEST_GO").is_none(),
        "{name} is missing though there is Go: .ci/go-tools installs it"
    );
    found
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a program that listens, and waits until it does.
pub(crate) fn start_listening(program: &Path, arguments: &[&str], port: u16) -> Running {
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        // Distribution 3 sends what it does elsewhere unless told otherwise.
        .env("OTEL_TRACES_EXPORTER", "none")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let running = Running(child);
    let patience = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < patience, "{} does not listen", program.display());
        std::thread::sleep(Duration::from_millis(50));
    }
    running
}

/// Runs a program to its end, which must be a good one.
pub(crate) fn run(program: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {complaint}", program.display());
    output.stdout
}
