//! `base/mini`: a very small operating system, the other base.

use super::linux::architecture;
use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::packages::{Package, apk_installed};
use crate::embedded::sample::build::repository::Shelf;

/// How many releases there are.
pub(crate) const RELEASES: usize = 2;

const VERSIONS: [(&str, Moment); RELEASES] =
    [("3.20.3", Moment::at(2025, 9, 6, 12, 20)), ("3.21.2", Moment::at(2026, 5, 8, 12, 44))];

/// Its platforms.
pub(crate) const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/arm64/v8"];

/// What is installed, by release.
pub(crate) const PACKAGES: &[Package] = &[
    Package { name: "mini-baselayout", versions: &["3.6.5-r0", "3.6.8-r0"], licence: "GPL-2.0-only", files: &[] },
    Package {
        name: "busybox",
        versions: &["1.36.1-r29", "1.37.0-r12"],
        licence: "GPL-2.0-only",
        files: &[("bin/busybox", 24_300)],
    },
    Package {
        name: "musl",
        versions: &["1.2.5-r0", "1.2.5-r9"],
        licence: "MIT",
        files: &[("lib/ld-musl-{arch}.so.1", 19_800)],
    },
    Package {
        name: "libcrypto3",
        versions: &["3.3.2-r0", "3.3.6-r1"],
        licence: "Apache-2.0",
        files: &[("lib/libcrypto.so.3", 27_700)],
    },
    Package { name: "zlib", versions: &["1.3.1-r1", "1.3.1-r2"], licence: "Zlib", files: &[("lib/libz.so.1", 4_200)] },
    Package { name: "apk-tools", versions: &["2.14.4-r0"], licence: "GPL-2.0-only", files: &[("sbin/apk", 6_600)] },
];

/// An architecture as the small operating system calls it.
pub(crate) fn machine(architecture: &str) -> &'static str {
    if architecture == "arm64" { "aarch64" } else { "x86_64" }
}

/// The programs and libraries of some packages.
pub(crate) fn installed(mut files: Files, packages: &[Package], release: usize, architecture: &str) -> Files {
    for package in packages {
        for (path, size) in package.files {
            let path = path.replace("{arch}", machine(architecture));
            files = files.program(&path, *size, architecture, package.version(release));
        }
    }
    files
}

fn root(release: usize, platform: &str) -> Files {
    let (version, built) = VERSIONS[release];
    let architecture = architecture(platform);
    let files = Files::new(built)
        .folder("dev")
        .text("etc/group", "root:x:0:root\nnobody:x:65534:\n")
        .text("etc/mini-release", format!("{version}\n"))
        .text(
            "etc/os-release",
            format!("NAME=\"Acme Mini\"\nID=acme-mini\nID_LIKE=alpine\nVERSION_ID={version}\nPRETTY_NAME=\"Acme Mini {version}\"\n"),
        )
        .text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n")
        .text("etc/apk/repositories", "https://packages.acme.example/mini/main\n")
        .text("etc/apk/world", "mini-baselayout\nbusybox\nmusl\napk-tools\n");
    let mut files = installed(files, PACKAGES, release, architecture);
    for applet in ["ash", "cat", "chmod", "cp", "date", "echo", "grep", "ls", "mkdir", "mv", "rm", "sed", "sh", "tar"] {
        files = files.link(&format!("bin/{applet}"), "/bin/busybox");
    }
    files
        .text("lib/apk/db/installed", apk_installed(PACKAGES, release, machine(architecture)))
        .link("lib/libc.musl.so.1", &format!("ld-musl-{}.so.1", machine(architecture)))
        .folder("proc")
        .folder_with_mode("root", 0o700)
        .folder("sys")
        .folder_with_mode("tmp", 0o1777)
        .folder("usr/bin")
        .folder("var/cache/apk")
        .folder("var/log")
}

/// The image for one platform.
pub(crate) fn image(release: usize, platform: &str) -> Image {
    let (version, built) = VERSIONS[release];
    let archive = format!("acme-mini-{version}-{}.tar.gz", machine(architecture(platform)));
    Image::scratch(Format::Oci, Tool::BuildKit, platform, built)
        .add(&archive, "/", Layer::of(&root(release, platform)))
        .command(&["/bin/sh"])
}

/// The finished images of every release, by platform.
pub(crate) type Images = [Vec<Image>; RELEASES];

/// The repository.
pub(crate) fn repository(images: &Images) -> Shelf {
    let mut shelf = Shelf::new("base/mini");
    let tags: [&[&str]; RELEASES] = [&["3.20.3", "3.20"], &["3.21.2", "3.21", "3", "latest"]];
    for (images, tags) in images.iter().zip(tags) {
        let index = images.iter().fold(Index::new(Format::Oci), |index, image| index.entry(&image.build()));
        shelf.put(&index.build(), tags);
    }
    shelf
}
