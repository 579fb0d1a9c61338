//! Debian packages, as a tar, from the mirrors that this machine itself uses.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Unpacks packages and those that they need, without running anything of theirs. False where the mirrors do not have them, which is
/// said aloud.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn pack(mmdebstrap: &Path, architecture: &str, packages: &str, tar: &Path) -> bool {
    let listed = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().filter_map(Result::ok);
    let listed = listed.map(|entry| entry.path());
    let mut sources: Vec<_> = listed.chain([Path::new("/etc/apt/sources.list").to_owned()]).collect();
    // Other sources than Debian's own may not have the architecture.
    sources.retain(|path| {
        fs::read_to_string(path)
            .is_ok_and(|text| text.contains("debian-archive-keyring") || text.contains("debian.org"))
    });
    let output = Command::new(mmdebstrap)
        .args(["--quiet", "--variant=extract"])
        .arg(format!("--include={packages}"))
        .arg(format!("--architectures={architecture}"))
        .arg("")
        .arg(tar)
        .args(&sources)
        .output()
        .unwrap();
    if sources.is_empty() || !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        eprintln!("SKIPPED: mmdebstrap gets no packages for {architecture} on this machine: {complaint}");
        return false;
    }
    true
}
