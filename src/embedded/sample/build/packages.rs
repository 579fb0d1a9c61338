//! Package lists as distributions keep them in an image.

use std::fmt::Write as _;

/// A package, and the files of it that the sample has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its version in each release of what it belongs to; the last one stands for all later ones.
    pub(crate) versions: &'static [&'static str],
    /// Its licence, in SPDX's words.
    pub(crate) licence: &'static str,
    /// Its programs and libraries: path and size in bytes on amd64. `{lib}` is the folder of the architecture's libraries.
    pub(crate) files: &'static [(&'static str, usize)],
}

impl Package {
    /// The version in the release of this number.
    pub(crate) fn version(&self, release: usize) -> &'static str {
        let last = self.versions.len().saturating_sub(1);
        self.versions.get(release.min(last)).copied().unwrap_or("0")
    }

    /// The installed size in bytes.
    fn installed(&self) -> usize {
        self.files.iter().map(|(_, size)| size).sum::<usize>() + 4096
    }
}

/// `/var/lib/dpkg/status`, as Debian and its children have it.
pub(crate) fn dpkg_status(packages: &[Package], release: usize, architecture: &str) -> String {
    let mut status = String::new();
    for package in packages {
        // Writing to a String cannot fail.
        let _ = writeln!(
            status,
            "Package: {}\nStatus: install ok installed\nPriority: optional\nSection: misc\nInstalled-Size: {}\n\
             Maintainer: Acme Platform <platform@acme.example>\nArchitecture: {architecture}\nVersion: {}\n\
             Description: {} for Acme Linux\n",
            package.name,
            package.installed() / 1024,
            package.version(release),
            package.name,
        );
    }
    status
}

/// `/lib/apk/db/installed`, as Alpine and its children have it.
pub(crate) fn apk_installed(packages: &[Package], release: usize, architecture: &str) -> String {
    let mut installed = String::new();
    for package in packages {
        let _ = writeln!(
            installed,
            "P:{}\nV:{}\nA:{architecture}\nS:{}\nI:{}\nT:{} for Acme Mini\nL:{}\no:{}\n",
            package.name,
            package.version(release),
            package.installed() / 2,
            package.installed(),
            package.name,
            package.licence,
            package.name,
        );
    }
    installed
}
