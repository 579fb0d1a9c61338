//! `base/python`: a language runtime on either base.

use super::linux::{self, architecture, debian_name};
use super::mini;
use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::python;
use crate::embedded::sample::build::packages::{Package, apk_installed, dpkg_status};
use crate::embedded::sample::build::repository::Shelf;

/// How many builds there are on either base: one for each of the base's releases.
pub(crate) const BUILDS: usize = linux::RELEASES;

const VERSIONS: [(&str, Moment); BUILDS] = [
    ("3.12.4", Moment::at(2025, 1, 20, 9, 30)),
    ("3.12.6", Moment::at(2025, 6, 23, 9, 31)),
    ("3.12.8", Moment::at(2026, 2, 16, 9, 28)),
];

const MINI_VERSIONS: [(&str, Moment); mini::RELEASES] =
    [("3.12.6", Moment::at(2025, 9, 9, 8, 2)), ("3.12.8", Moment::at(2026, 5, 12, 8, 3))];

/// What the runtime needs from the distribution, by release.
pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "ca-certificates",
        versions: &["20230311", "20240203", "20250419"],
        licence: "MPL-2.0",
        files: &[("usr/sbin/update-ca-certificates", 5_200)],
    },
    Package { name: "libffi8", versions: &["3.4.4-1"], licence: "MIT", files: &[("{lib}/libffi.so.8", 5_100)] },
    Package {
        name: "libpq5",
        versions: &["15.8-0", "15.10-0", "15.14-0"],
        licence: "PostgreSQL",
        files: &[("{lib}/libpq.so.5", 16_800)],
    },
    Package {
        name: "libsqlite3-0",
        versions: &["3.40.1-2", "3.40.1-2+u1", "3.40.1-2+u2"],
        licence: "blessing",
        files: &[("{lib}/libsqlite3.so.0", 21_900)],
    },
];

/// The same for the small base.
pub(crate) const MINI_PACKAGES: &[Package] = &[
    Package { name: "libffi", versions: &["3.4.6-r0"], licence: "MIT", files: &[("usr/lib/libffi.so.8", 4_000)] },
    Package {
        name: "libpq",
        versions: &["16.4-r0", "17.2-r0"],
        licence: "PostgreSQL",
        files: &[("usr/lib/libpq.so.5", 13_200)],
    },
];

/// Two package lists as one.
fn joined(first: &[Package], second: &[Package]) -> Vec<Package> {
    first.iter().chain(second).copied().collect()
}

fn libraries(build: usize, platform: &str) -> Layer {
    let architecture = architecture(platform);
    let files = Files::new(VERSIONS[build].1);
    let files = linux::installed(files, PACKAGES, build, architecture);
    let status = dpkg_status(&joined(linux::PACKAGES, PACKAGES), build, debian_name(architecture));
    Layer::of(
        &files
            .text("etc/ssl/certs/ca-certificates.crt", python(&format!("certificates {build}"), 40))
            .emptied("var/cache/apt")
            .text("var/lib/dpkg/status", status),
    )
}

fn mini_libraries(build: usize, platform: &str) -> Layer {
    let architecture = architecture(platform);
    let files = mini::installed(Files::new(MINI_VERSIONS[build].1), MINI_PACKAGES, build, architecture);
    let list = apk_installed(&joined(mini::PACKAGES, MINI_PACKAGES), build, mini::machine(architecture));
    Layer::of(&files.text("lib/apk/db/installed", list))
}

/// The interpreter and a piece of its library.
fn interpreter(version: &str, built: Moment, platform: &str, seed: &str) -> Layer {
    let architecture = architecture(platform);
    let library = "usr/local/lib/python3.12";
    let mut files = Files::new(built)
        .program("usr/local/bin/python3.12", 7_400, architecture, version)
        .link("usr/local/bin/python3", "python3.12")
        .link("usr/local/bin/python", "python3")
        .program("usr/local/lib/libpython3.12.so.1.0", 68_000, architecture, &format!("{version} {seed}"));
    for module in ["asyncio/events.py", "collections/__init__.py", "json/decoder.py", "logging/__init__.py", "ssl.py"] {
        files = files.text(&format!("{library}/{module}"), python(&format!("{module} {version}"), 60));
    }
    Layer::of(&files.link("usr/local/bin/pip3", "pip").script(
        "usr/local/bin/pip",
        "#!/usr/local/bin/python3.12\nimport sys\nfrom pip import main\nsys.exit(main())\n",
    ))
}

fn settings(image: Image, version: &str) -> Image {
    image
        .env("PATH", "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LANG", "C.UTF-8")
        .env("PYTHON_VERSION", version)
}

/// The image on `base/linux`.
pub(crate) fn image(linux: &linux::Images, build: usize, platform: usize) -> Image {
    let (version, finished) = VERSIONS[build];
    let name = linux::PLATFORMS[platform];
    let image = linux[build][platform].continued(Format::Oci, Tool::BuildKit, finished);
    settings(image, version)
        .run(
            "set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates libffi8 libpq5 \
             libsqlite3-0; rm -rf /var/lib/apt/lists/*",
            libraries(build, name),
        )
        .after(41)
        .run(
            "set -eux; wget -O python.tar.xz \"https://sources.acme.example/Python-$PYTHON_VERSION.tar.xz\"; \
             tar --extract --file python.tar.xz; ./configure --enable-shared --with-lto; make -j \"$(nproc)\" install",
            interpreter(version, finished, name, "linux"),
        )
        .command(&["python3"])
}

/// The image on `base/mini`.
pub(crate) fn mini_image(mini: &mini::Images, build: usize, platform: usize) -> Image {
    let (version, finished) = MINI_VERSIONS[build];
    let name = mini::PLATFORMS[platform];
    let image = mini[build][platform].continued(Format::Oci, Tool::BuildKit, finished);
    settings(image, version)
        .run("set -eux; apk add --no-cache libffi libpq", mini_libraries(build, name))
        .after(33)
        .run(
            "set -eux; wget -O python.tar.xz \"https://sources.acme.example/Python-$PYTHON_VERSION.tar.xz\"; \
             tar -xf python.tar.xz; ./configure --enable-shared; make install",
            interpreter(version, finished, name, "mini"),
        )
        .command(&["python3"])
}

/// Images of every build, by platform.
#[derive(Debug, Clone)]
pub(crate) struct Images {
    /// On `base/linux`.
    pub(crate) linux: [Vec<Image>; BUILDS],
    /// On `base/mini`.
    pub(crate) mini: [Vec<Image>; mini::RELEASES],
}

/// The repository.
pub(crate) fn repository(images: &Images) -> Shelf {
    let mut shelf = Shelf::new("base/python");
    let tags: [&[&str]; BUILDS] = [&["3.12.4"], &["3.12.6"], &["3.12.8", "3.12", "3", "latest"]];
    let mini_tags: [&[&str]; mini::RELEASES] =
        [&["3.12.6-alpine"], &["3.12.8-alpine", "3.12-alpine", "3-alpine", "alpine"]];
    let linux = images.linux.iter().zip(tags);
    for (images, tags) in linux.chain(images.mini.iter().zip(mini_tags)) {
        let index = images.iter().fold(Index::new(Format::Oci), |index, image| index.entry(&image.build()));
        shelf.put(&index.build(), tags);
    }
    shelf
}

/// When a build on `base/linux` was made.
pub(crate) fn built(build: usize) -> Moment {
    VERSIONS[build].1
}

/// When a build on `base/mini` was made.
pub(crate) fn mini_built(build: usize) -> Moment {
    MINI_VERSIONS[build].1
}
