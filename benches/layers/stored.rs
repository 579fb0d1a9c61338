//! A registry with a layer made of this machine's own files.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use strata::oci::{Descriptor, Digest, MediaType, RepositoryName};
use tempfile::TempDir;

/// How the layer is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
}

/// What a person would use otherwise.
pub(crate) struct Peer {
    pub(crate) command: &'static str,
    /// At most so many times as long as it takes.
    pub(crate) reach: f64,
}

impl Packing {
    pub(crate) fn peers(self) -> &'static [Peer] {
        match self {
            Packing::Gzip => {
                &[Peer { command: "tar -tzf -", reach: 0.45 }, Peer { command: "pigz -dc | tar -tf -", reach: 0.8 }]
            }
            Packing::Zstd => &[Peer { command: "zstd -dc | tar -tf -", reach: 1.0 }],
        }
    }

    fn command(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip -6",
            Packing::Zstd => "zstd -3 -q",
        }
    }

    fn media_type(self) -> MediaType {
        MediaType::new(match self {
            Packing::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
            Packing::Zstd => "application/vnd.oci.image.layer.v1.tar+zstd",
        })
    }
}

/// Debian's registry, on a port of its own.
pub(crate) struct Registry {
    process: Child,
    folder: TempDir,
    port: u16,
}

/// A layer in it.
pub(crate) struct Stored {
    packing: Packing,
    digest: Digest,
    size: u64,
}

pub(crate) fn repository() -> RepositoryName {
    "bench/layer".parse().unwrap()
}

/// What a script prints that must succeed.
pub(crate) fn shell(script: &str) -> String {
    let output = Command::new("bash").args(["-o", "pipefail", "-c", script]).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{script}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Registry {
    pub(crate) fn start() -> Registry {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n\
             http: {{addr: 127.0.0.1:{port}}}\n",
            folder.path().join("storage").display()
        );
        std::fs::write(&config, text).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let registry = Registry { process: process.unwrap(), folder, port };
        shell(&format!(
            "for _ in $(seq 100); do curl -sf {}/v2/ && exit 0; sleep 0.1; done; exit 1",
            registry.origin()
        ));
        registry
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes the layer and pushes it.
    pub(crate) fn push(&self, packing: Packing) -> Stored {
        let folders = std::env::var("STRATA_BENCH_FOLDERS").unwrap_or_else(|_| "/usr/share /usr/include".to_owned());
        let folders: Vec<_> = folders.split(' ').map(|folder| folder.trim_start_matches('/').to_owned()).collect();
        let file: PathBuf = self.folder.path().join("layer");
        let (path, origin) = (file.display(), self.origin());
        // A file that changes meanwhile is no mistake.
        shell(&format!("(tar -C / -cf - {} 2>/dev/null || true) | {} > {path}", folders.join(" "), packing.command()));
        let digest: Digest = format!("sha256:{}", shell(&format!("sha256sum {path} | cut -d' ' -f1"))).parse().unwrap();
        let size = std::fs::metadata(&file).unwrap().len();
        let place = shell(&format!(
            "curl -sfi -X POST {origin}/v2/{}/blobs/uploads/ | tr -d '\\r' | awk 'tolower($1) == \"location:\" {{ print $2 }}'",
            repository()
        ));
        shell(&format!(
            "curl -sf -X PUT -H 'Content-Type: application/octet-stream' -T {path} '{place}&digest={digest}'"
        ));
        std::fs::remove_file(&file).unwrap();
        Stored { packing, digest, size }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Stored {
    pub(crate) fn packing(&self) -> Packing {
        self.packing
    }

    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn descriptor(&self) -> Descriptor {
        Descriptor {
            media_type: self.packing.media_type(),
            digest: Some(self.digest.clone()),
            size: Some(self.size),
            urls: Vec::new(),
            annotations: Vec::new(),
            artifact_type: None,
            platform: None,
        }
    }

    /// How long a pipe takes to list it.
    pub(crate) fn listed_by(&self, registry: &Registry, command: &str) -> Duration {
        let begin = Instant::now();
        shell(&format!(
            "curl -s {}/v2/{}/blobs/{} | {command} > /dev/null",
            registry.origin(),
            repository(),
            self.digest
        ));
        begin.elapsed()
    }
}

/// Bytes of all files in a folder.
pub(crate) fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            let data = entry.metadata().unwrap();
            if data.is_dir() { size_of(&entry.path()) } else { data.len() }
        })
        .sum()
}
