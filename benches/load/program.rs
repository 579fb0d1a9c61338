//! The program under measurement.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::client::Connection;

/// A running program, ended when it is dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Program {
    /// Starts it in an empty folder, on a free port.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_strata"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env_clear()
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().parse().unwrap();
        Self { child, address, _folder: folder }
    }

    /// From the start of the process to the last byte of the first page.
    pub(crate) async fn time_to_first_answer() -> Duration {
        let start = Instant::now();
        let program = Self::start(&[]).await;
        Connection::open(program.address).await.get("/").await;
        start.elapsed()
    }

    /// The digest of what stands at a tag.
    pub(crate) async fn digest_of(&self, reference: &str) -> String {
        let answer = Connection::open(self.address).await.get(&format!("/-/api/raw/{reference}")).await;
        answer.header("etag").unwrap().trim_matches('"').to_owned()
    }

    /// Ends it as a machine without memory does: at once, and without a word.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// `VmRSS`, in bytes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}
