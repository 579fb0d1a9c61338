//! The program itself: one file, started in an empty folder.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use strata::oci::Digest;

/// The program, running in an empty folder of its own and without environment variables.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    /// What it said on standard output.
    pub(crate) announced: String,
    _folder: tempfile::TempDir,
}

impl Program {
    /// Starts it on a free port and waits until it says where it is found.
    pub(crate) fn start(change: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_strata"));
        command.env_clear().current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
        change(&mut command);
        if !command.get_args().any(|argument| argument == "--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command.spawn().unwrap();
        let mut announced = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut announced).unwrap();
        let address: SocketAddr = announced.trim().rsplit("http://").next().unwrap().parse().unwrap_or_else(|error| {
            panic!("no address in {announced:?}: {error}");
        });
        let address = SocketAddr::from(([127, 0, 0, 1], address.port()));
        Self { child, address, announced, _folder: folder }
    }

    /// Where its embedded registry answers.
    pub(crate) fn embedded(&self) -> String {
        let registries = get(self.address, "/-/api/registries");
        let start = registries.find("\"host\":\"").unwrap() + "\"host\":\"".len();
        let host = &registries[start..start + registries[start..].find('"').unwrap()];
        format!("http://{host}")
    }

    /// Asks it to stop as a supervisor does, and waits for its end.
    pub(crate) fn stop(&mut self) -> bool {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The whole answer to a `GET`, head and body, in the plain words of HTTP/1.1.
pub(crate) fn get(address: SocketAddr, target: &str) -> String {
    answer(address, &format!("GET {target} HTTP/1.1\r\n"))
}

/// The whole answer to what a button of a page sends.
pub(crate) fn press(address: SocketAddr, target: &str) -> String {
    read(begin_to_press(address, target))
}

/// The same without the answer, which waits a moment for what is read.
pub(crate) fn begin_to_press(address: SocketAddr, target: &str) -> TcpStream {
    let head = format!("POST {target} HTTP/1.1\r\nContent-Length: 0\r\nSec-Fetch-Site: same-origin\r\n");
    ask(address, &head)
}

fn answer(address: SocketAddr, head: &str) -> String {
    read(ask(address, head))
}

fn ask(address: SocketAddr, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "{head}Host: localhost\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn started_alone_in_an_empty_folder_it_serves_everything() {
    let mut program = Program::start(|_| {});
    assert!(program.announced.starts_with("Strata shows the sample registry at http://127.0.0.1:"));
    for target in ["/", "/base/linux", "/-/api/repositories", "/favicon.ico", "/robots.txt"] {
        let answer = get(program.address, target);
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{target}: {answer}");
    }
    let page = get(program.address, "/");
    let start = page.find("/-/assets/").unwrap();
    let style = &page[start..start + page[start..].find('"').unwrap()];
    // A debug build reads it from the folder where cargo-leptos writes it, which need not be there.
    if !cfg!(debug_assertions) {
        assert!(get(program.address, style).starts_with("HTTP/1.1 200 OK"), "{style}");
    }
    assert!(program.stop(), "SIGTERM ends it with success");
}

#[test]
fn second_one_finds_another_port_for_its_sample() {
    let first = Program::start(|_| {});
    let second = Program::start(|_| {});
    assert_ne!(first.embedded(), second.embedded());
}

#[test]
fn folder_of_image_layouts_is_served() {
    let folder = tempfile::tempdir().unwrap();
    write_layout(&folder.path().join("tools/thing"));
    let program = Program::start(|command| {
        command.args(["--layout", folder.path().to_str().unwrap()]);
    });
    assert!(program.announced.starts_with("Strata shows the image layouts in "));
    let tags = get(program.address, "/-/api/tags/tools/thing");
    assert!(tags.contains("\"tag\":\"1.0\""), "{tags}");
}

/// An OCI image layout with one artifact without content, tagged 1.0 (image-spec, image-layout.md).
fn write_layout(folder: &Path) {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let write = |text: &str| {
        let digest = Digest::from_sha256(&Sha256::digest(text));
        fs::write(blobs.join(digest.encoded()), text).unwrap();
        format!(r#""digest":"{digest}","size":{}"#, text.len())
    };
    let empty = write("{}");
    let empty = format!(r#"{{"mediaType":"application/vnd.oci.empty.v1+json",{empty}}}"#);
    let manifest_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = write(&format!(
        r#"{{"schemaVersion":2,"mediaType":"{manifest_type}","artifactType":"text/plain","config":{empty},"layers":[{empty}]}}"#
    ));
    let tag = r#""annotations":{"org.opencontainers.image.ref.name":"1.0"}"#;
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{manifest_type}",{manifest},{tag}}}]}}"#);
    fs::write(folder.join("index.json"), index).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

#[test]
fn mistakes_end_it_with_a_sentence() {
    let said = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_strata")).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, text) = said(&["--registry", "registry.example"]);
    assert_eq!(code, Some(2));
    assert!(text.starts_with("strata: --registry: `registry.example` does not begin with https://"), "{text}");
    let (code, text) = said(&["--password", "hunter2"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("--password") && !text.contains("hunter2"), "{text}");
    let (code, text) = said(&["--layout", "/nothing/here"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("the folder /nothing/here cannot be served"), "{text}");
    let (code, text) = said(&["--registry", "https://a.example", "--ca-file", "/nothing.pem"]);
    assert_eq!(code, Some(2));
    assert!(text.starts_with("strata: --ca-file: /nothing.pem cannot be used: "), "{text}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, text) = said(&["--listen", &address]);
    assert_eq!(code, Some(1));
    assert!(text.contains(&format!("cannot listen on {address}")), "{text}");
}

/// A registry that answers nothing, and how often somebody has come to it.
fn silent_listener() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let visitors = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visitors);
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (address, visitors)
}

/// Threat T-31. Fails when the client takes its proxies from the environment.
#[test]
fn a_proxy_of_the_environment_hears_nothing() {
    let (proxy, visitors) = silent_listener();
    let (registry, asked) = silent_listener();
    let program = Program::start(|command| {
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env(name, format!("http://{proxy}"));
        }
        command.args(["--registry", &format!("http://{registry}")]);
    });
    assert!(get(program.address, "/some/image:1").starts_with("HTTP/1.1 502"));
    assert!(asked.load(Ordering::SeqCst) > 0, "the registry itself is asked");
    assert_eq!(visitors.load(Ordering::SeqCst), 0);
}

/// Without layers that were read there is no state on disk: what is killed at any moment leaves nothing behind, and the next one
/// starts as the first did.
/// Fails when something is written where the program runs, or the address stays taken.
#[test]
fn killed_at_any_moment_it_starts_again_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut listen = "127.0.0.1:0".to_owned();
    for round in 0..3 {
        let mut program = Program::start(|command| {
            command.current_dir(folder.path()).args(["--listen", &listen]);
        });
        listen = program.address.to_string();
        let address = program.address;
        // In the midst of answers.
        let readers: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(move || {
                    let Ok(mut stream) = TcpStream::connect(address) else { return };
                    let _ = write!(stream, "GET /base/linux HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    let _ = stream.read(&mut [0; 64]);
                })
            })
            .collect();
        assert!(get(address, "/").starts_with("HTTP/1.1 200 OK"), "round {round}");
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        for reader in readers {
            reader.join().unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "something was written");
    }
}

#[test]
fn first_answer_comes_soon() {
    let start = Instant::now();
    let program = Program::start(|_| {});
    assert!(get(program.address, "/").starts_with("HTTP/1.1 200 OK"));
    let elapsed = start.elapsed();
    // The sample is generated without optimization in a debug build.
    let limit = if cfg!(debug_assertions) { Duration::from_mins(1) } else { Duration::from_secs(2) };
    assert!(elapsed < limit, "{elapsed:?}");
}
