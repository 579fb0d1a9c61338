//! `payments/worker`: Docker's own formats, built without BuildKit, and a series of versions that begin with `v`.

use super::dependencies::{self, SETS};
use super::linux::{PLATFORMS, architecture};
use super::python::Images;
use crate::embedded::sample::build::document::{Document, Format};
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::python;
use crate::embedded::sample::build::repository::Shelf;

struct Release {
    version: &'static str,
    built: Moment,
    /// Which build of `base/python`.
    base: usize,
    /// Which set of libraries.
    dependencies: usize,
    /// Which state of the source.
    source: usize,
    tags: &'static [&'static str],
}

const RELEASES: [Release; 5] = [
    Release {
        version: "v3.12.0",
        built: Moment::at(2025, 3, 12, 14, 20),
        base: 0,
        dependencies: 0,
        source: 0,
        tags: &["v3.12.0"],
    },
    Release {
        version: "v3.13.0",
        built: Moment::at(2025, 9, 24, 14, 2),
        base: 1,
        dependencies: 1,
        source: 1,
        tags: &["v3.13.0"],
    },
    Release {
        version: "v3.14.0",
        built: Moment::at(2026, 4, 15, 15, 33),
        base: 2,
        dependencies: 3,
        source: 2,
        tags: &["v3.14.0"],
    },
    Release {
        version: "v3.14.1",
        built: Moment::at(2026, 6, 2, 10, 9),
        base: 2,
        dependencies: 3,
        source: 3,
        tags: &["v3.14.1"],
    },
    Release {
        version: "v3.14.2",
        built: Moment::at(2026, 10, 20, 13, 51),
        base: 2,
        dependencies: 3,
        source: 4,
        tags: &["v3.14.2", "v3.14", "v3", "latest"],
    },
];

fn source(state: usize, built: Moment) -> Layer {
    // The classic builder's copy has the time of the checkout, so that every build makes another layer.
    let mut files = Files::new(built);
    for module in ["queue", "retry", "settle", "report"] {
        files = files.text(&format!("srv/worker/{module}.py"), python(&format!("worker {module} {state}"), 90));
    }
    Layer::of(&files)
}

fn image(release: &Release, images: &Images, platform: usize, libraries: Layer) -> Image {
    let list = Layer::of(&dependencies::requirements(&SETS[release.dependencies]));
    images.linux[release.base][platform]
        .continued(Format::Docker, Tool::Classic, release.built)
        .author("Payments team <payments@acme.example>")
        .label("maintainer", "Payments team <payments@acme.example>")
        .copy("requirements.lock", "/srv/worker/", list)
        .run("pip install --no-cache-dir -r /srv/worker/requirements.lock", libraries)
        .after(52)
        .copy("worker", "/srv/worker", source(release.source, release.built))
        .working_directory("/srv/worker", None)
        .env("WORKER_VERSION", release.version)
        .env("QUEUE_URL", "amqp://worker@queue.payments.svc:5672/")
        .env("WORKER_CONCURRENCY", if release.source < 4 { "4" } else { "8" })
        .expose("9102/tcp")
        .user("nobody")
        .command(&["python3", "-m", "worker"])
}

fn list(release: &Release, images: &Images, libraries: &[Layer]) -> Document {
    let index = Index::new(Format::Docker);
    let platforms = libraries.iter().enumerate();
    platforms
        .fold(index, |index, (platform, libraries)| {
            index.entry(&image(release, images, platform, libraries.clone()).build())
        })
        .build()
}

/// The repository.
pub(crate) fn repository(images: &Images) -> Shelf {
    let mut shelf = Shelf::new("payments/worker");
    let mut libraries: Vec<Layer> = Vec::new();
    let mut made_for = None;
    for release in &RELEASES {
        // Steps before the first change come from the build cache.
        if made_for != Some((release.base, release.dependencies)) {
            made_for = Some((release.base, release.dependencies));
            let set = &SETS[release.dependencies];
            libraries = PLATFORMS[..2]
                .iter()
                .map(|platform| {
                    let seed = format!("worker {}", release.base);
                    Layer::of(&dependencies::installed(set, release.built, architecture(platform), &seed))
                })
                .collect();
        }
        shelf.put(&list(release, images, &libraries), release.tags);
    }
    shelf
}
