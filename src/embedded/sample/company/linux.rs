//! `base/linux`: an operating system of one layer, on which most of the company's images stand.

use crate::embedded::sample::build::document::{Document, Format};
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::noise;
use crate::embedded::sample::build::packages::{Package, dpkg_status};
use crate::embedded::sample::build::repository::Shelf;

/// How many releases of the operating system there are.
pub(crate) const RELEASES: usize = 3;

/// Version, time of build and whether 32-bit ARM was built too.
const VERSIONS: [(&str, Moment); RELEASES] = [
    ("12.1", Moment::at(2025, 1, 14, 3, 12)),
    ("12.2", Moment::at(2025, 6, 18, 3, 40)),
    ("12.3", Moment::at(2026, 2, 11, 3, 5)),
];

/// The platforms of the operating system; the first two carry the applications.
pub(crate) const PLATFORMS: [&str; 3] = ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"];

/// What is installed, by release.
pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "base-files",
        versions: &["12.1+acme1", "12.2+acme1", "12.3+acme2"],
        licence: "GPL-2.0-or-later",
        files: &[],
    },
    Package {
        name: "bash",
        versions: &["5.2.15-2", "5.2.15-2", "5.2.37-1"],
        licence: "GPL-3.0-or-later",
        files: &[("usr/bin/bash", 22_400)],
    },
    Package {
        name: "coreutils",
        versions: &["9.1-1", "9.1-1", "9.4-3"],
        licence: "GPL-3.0-or-later",
        files: &[("usr/bin/ls", 6_300), ("usr/bin/cat", 2_100), ("usr/bin/cp", 5_200), ("usr/bin/sort", 4_400)],
    },
    Package {
        name: "libc6",
        versions: &["2.36-9", "2.36-9+u4", "2.36-9+u9"],
        licence: "LGPL-2.1-or-later",
        files: &[("{lib}/libc.so.6", 38_200), ("{lib}/libm.so.6", 14_700), ("{lib}/ld-linux.so.2", 6_100)],
    },
    Package {
        name: "libssl3",
        versions: &["3.0.11-1", "3.0.14-1", "3.0.17-1"],
        licence: "Apache-2.0",
        files: &[("{lib}/libssl.so.3", 12_800), ("{lib}/libcrypto.so.3", 31_500)],
    },
    Package { name: "libtinfo6", versions: &["6.4-4"], licence: "MIT", files: &[("{lib}/libtinfo.so.6", 4_900)] },
    Package {
        name: "apt",
        versions: &["2.6.1", "2.6.1", "2.6.1+u1"],
        licence: "GPL-2.0-or-later",
        files: &[("usr/bin/apt-get", 3_100), ("{lib}/libapt-pkg.so.6.0", 17_900)],
    },
    Package { name: "dpkg", versions: &["1.21.22"], licence: "GPL-2.0-or-later", files: &[("usr/bin/dpkg", 8_800)] },
    Package { name: "gzip", versions: &["1.12-1"], licence: "GPL-3.0-or-later", files: &[("usr/bin/gzip", 3_000)] },
    Package { name: "tar", versions: &["1.34+dfsg-1"], licence: "GPL-3.0-or-later", files: &[("usr/bin/tar", 9_200)] },
    Package {
        name: "passwd",
        versions: &["4.13-1", "4.13-1+u1"],
        licence: "BSD-3-Clause",
        files: &[("usr/bin/passwd", 3_400), ("usr/sbin/useradd", 5_000)],
    },
    Package { name: "tzdata", versions: &["2024b-0", "2025b-0", "2026a-0"], licence: "CC0-1.0", files: &[] },
];

/// The folder of an architecture's libraries.
pub(crate) fn library_folder(architecture: &str) -> &'static str {
    match architecture {
        "arm64" => "usr/lib/aarch64-linux-gnu",
        "arm" => "usr/lib/arm-linux-gnueabihf",
        _ => "usr/lib/x86_64-linux-gnu",
    }
}

/// An architecture as Debian's tools call it.
pub(crate) fn debian_name(architecture: &str) -> &'static str {
    match architecture {
        "arm64" => "arm64",
        "arm" => "armhf",
        _ => "amd64",
    }
}

/// The architecture of a platform as `linux/arm64/v8`.
pub(crate) fn architecture(platform: &str) -> &str {
    platform.split('/').nth(1).unwrap_or(platform)
}

/// The programs and libraries of some packages.
pub(crate) fn installed(mut files: Files, packages: &[Package], release: usize, architecture: &str) -> Files {
    // Code for other machines is a little smaller.
    let percent = match architecture {
        "arm64" => 94,
        "arm" => 78,
        _ => 100,
    };
    for package in packages {
        for (path, size) in package.files {
            let path = path.replace("{lib}", library_folder(architecture));
            files = files.program(&path, size * percent / 100, architecture, package.version(release));
        }
        let copyright = format!("{}\nLicence: {}\n", package.name, package.licence);
        files = files.text(&format!("usr/share/doc/{}/copyright", package.name), copyright);
    }
    files
}

/// The accounts of the operating system.
pub(crate) const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n\
                                   bin:x:2:2:bin:/bin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";

fn root(release: usize, platform: &str) -> Files {
    let (version, built) = VERSIONS[release];
    let architecture = architecture(platform);
    let release_text = format!(
        "PRETTY_NAME=\"Acme Linux {version}\"\nNAME=\"Acme Linux\"\nVERSION_ID=\"{version}\"\nVERSION=\"{version} (harbour)\"\n\
         VERSION_CODENAME=harbour\nID=acme\nID_LIKE=debian\nHOME_URL=\"https://linux.acme.example/\"\n"
    );
    let files = Files::new(built)
        .link("bin", "usr/bin")
        .folder("boot")
        .folder("dev")
        .text("etc/debian_version", format!("{version}\n"))
        .text("etc/group", "root:x:0:\ndaemon:x:1:\nbin:x:2:\nnogroup:x:65534:\n")
        .text("etc/hostname", "acme-linux\n")
        .text("etc/issue", format!("Acme Linux {version} \\n \\l\n"))
        .text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        .link("etc/os-release", "../usr/lib/os-release")
        .text("etc/passwd", ACCOUNTS)
        .file("etc/shadow", 0o640, "root:*:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\n")
        .text("etc/apt/sources.list", "deb https://packages.acme.example/linux harbour main\n")
        .link("etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
        .folder("home")
        .link("lib", "usr/lib")
        .folder("proc")
        .folder_with_mode("root", 0o700)
        .text("root/.profile", "mesg n 2>/dev/null || true\n")
        .link("sbin", "usr/sbin")
        .folder("sys")
        .folder_with_mode("tmp", 0o1777)
        .text("usr/lib/os-release", release_text);
    installed(files, PACKAGES, release, architecture)
        .hard_link("usr/bin/gunzip", "usr/bin/gzip")
        .link("usr/bin/sh", "bash")
        .text("usr/share/zoneinfo/Etc/UTC", "TZif2\n")
        .file("var/cache/apt/pkgcache.bin", 0o644, noise(&format!("cache {version}"), 3_000))
        .text("var/lib/dpkg/status", dpkg_status(PACKAGES, release, debian_name(architecture)))
        .folder("var/log")
        .folder_with_mode("var/tmp", 0o1777)
}

/// The image for one platform.
pub(crate) fn image(release: usize, platform: &str) -> Image {
    let (version, built) = VERSIONS[release];
    let created = built.seconds();
    let name = debian_name(architecture(platform));
    Image::scratch(Format::Oci, Tool::Classic, platform, built)
        .step(
            format!("# acme-bootstrap --arch '{name}' out/ 'harbour' '@{created}'"),
            Some(Layer::of(&root(release, platform))),
        )
        .command(&["bash"])
        .annotation("org.opencontainers.image.version", version)
        .annotation("org.opencontainers.image.source", "https://git.acme.example/base/linux.git")
}

/// The finished images of every release, by platform.
pub(crate) type Images = [Vec<Image>; RELEASES];

fn index(release: usize, images: &[Image]) -> Document {
    let (version, built) = VERSIONS[release];
    let mut index = Index::new(Format::Oci)
        .annotation("org.opencontainers.image.version", version)
        .annotation("org.opencontainers.image.created", &built.to_string());
    for image in images {
        index = index.entry(&image.build());
    }
    index.build()
}

/// The repository.
pub(crate) fn repository(images: &Images) -> Shelf {
    let mut shelf = Shelf::new("base/linux");
    let tags: [&[&str]; RELEASES] = [&["12.1"], &["12.2"], &["12.3", "12", "harbour", "latest"]];
    for (release, (images, tags)) in images.iter().zip(tags).enumerate() {
        shelf.put(&index(release, images), tags);
    }
    shelf
}
