//! A storage of images of `buildah`'s own, apart from that of this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::support::process::program;

/// Ends with all that is in it.
pub(super) struct Storage {
    buildah: PathBuf,
    folder: TempDir,
}

impl Storage {
    /// With layers laid over each other by the kernel, as most runtimes do it. None where there is no `buildah`, or the kernel does
    /// not let this user do so; that is said aloud, as the test then shows nothing.
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    pub(super) fn overlay() -> Option<Storage> {
        let storage = Storage { buildah: program("buildah")?, folder: tempfile::tempdir().unwrap() };
        // An empty image shows whether anything can be mounted at all.
        let tried = storage.attempt(["from", "--name", "trial", "scratch"]);
        let tried = tried.and_then(|_| storage.attempt(["mount", "trial"]));
        if let Err(complaint) = tried {
            eprintln!("SKIPPED: buildah cannot lay layers over each other on this machine: {complaint}");
            return None;
        }
        storage.buildah(["rm", "trial"]);
        Some(storage)
    }

    /// What a command prints that must succeed.
    pub(super) fn buildah<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        self.attempt(arguments).unwrap()
    }

    /// What a command prints, or what it complains of.
    fn attempt<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<String, String> {
        self.attempt_in(self.folder.path(), arguments)
    }

    fn attempt_in<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String, String> {
        let mut command = Command::new(&self.buildah);
        for (option, folder) in [("--root", "root"), ("--runroot", "run")] {
            command.arg(option).arg(self.folder.path().join(folder));
        }
        command.args(["--storage-driver", "overlay"]).args(arguments);
        // What this machine is told to do with its own storage.
        command.env_remove("STORAGE_DRIVER").env_remove("STORAGE_OPTS").env_remove("BUILDAH_ISOLATION");
        command.env("TMPDIR", self.folder.path()).current_dir(folder);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Takes an image out of a layout, and says where its files are.
    pub(super) fn mount(&self, layout: &Path, tag: &str) -> Result<PathBuf, String> {
        // It makes a name of the path, and takes no large letters in it.
        let image = format!("oci:{}:{tag}", layout.file_name().unwrap().display());
        let container = self.attempt_in(layout.parent().unwrap(), ["from", "--quiet", &image])?;
        Ok(self.buildah(["mount", &container]).into())
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = self.attempt(["rm", "--all"]);
    }
}
