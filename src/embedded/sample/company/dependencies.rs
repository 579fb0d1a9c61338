//! The libraries that the company's Python applications install.

use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::python;
use crate::embedded::sample::build::packages::Package;

/// Libraries that are installed together.
#[derive(Debug)]
pub(crate) struct Set {
    /// When the list was last changed.
    pub(crate) changed: Moment,
    /// What is on it.
    pub(crate) packages: &'static [Package],
}

/// A library of one version, with one compiled file of this size where it has any.
const fn library(
    name: &'static str,
    version: &'static [&'static str],
    files: &'static [(&'static str, usize)],
) -> Package {
    Package { name, versions: version, licence: "MIT", files }
}

const ASYNC_SERVER: Package = library("hyperserve", &["0.30.1"], &[("hyperserve/_loop.so", 14_200)]);
const MODELS: Package = library("shapely-models", &["2.8.2"], &[("shapely_models/_core.so", 33_500)]);
const TEMPLATES: Package = library("quill", &["3.1.4"], &[]);
const HTTP_CLIENT: Package = library("couriers", &["1.9.0"], &[]);
const DATABASE: Package = library("pgwire", &["3.2.1"], &[("pgwire/_protocol.so", 11_900)]);
const CRYPTO: Package = library("cryptobox", &["42.0.8"], &[("cryptobox/_bindings.so", 24_600)]);
const CRYPTO_FIXED: Package = library("cryptobox", &["43.0.1"], &[("cryptobox/_bindings.so", 25_400)]);
const METRICS: Package = library("gauges", &["0.21.0"], &[]);
const TRACING: Package = library("spans", &["1.27.0"], &[("spans/_batch.so", 6_300)]);
const QUEUE: Package = library("pidgeon-queue", &["5.4.0"], &[]);

/// The sets, oldest first.
pub(crate) const SETS: [Set; 5] = [
    Set {
        changed: Moment::at(2025, 1, 28, 12, 0),
        packages: &[ASYNC_SERVER, MODELS, TEMPLATES, HTTP_CLIENT, DATABASE, CRYPTO],
    },
    Set {
        changed: Moment::at(2025, 6, 27, 12, 0),
        packages: &[ASYNC_SERVER, MODELS, TEMPLATES, HTTP_CLIENT, DATABASE, CRYPTO, METRICS],
    },
    Set {
        changed: Moment::at(2025, 11, 12, 12, 0),
        packages: &[ASYNC_SERVER, MODELS, HTTP_CLIENT, DATABASE, CRYPTO, METRICS, TRACING],
    },
    Set {
        changed: Moment::at(2026, 8, 21, 12, 0),
        packages: &[ASYNC_SERVER, MODELS, HTTP_CLIENT, DATABASE, CRYPTO, METRICS, TRACING, QUEUE],
    },
    Set {
        changed: Moment::at(2026, 9, 11, 12, 0),
        packages: &[ASYNC_SERVER, MODELS, HTTP_CLIENT, DATABASE, CRYPTO_FIXED, METRICS, TRACING, QUEUE],
    },
];

/// The list itself, as it is copied into the image.
pub(crate) fn requirements(set: &Set) -> Files {
    let lines: Vec<_> = set
        .packages
        .iter()
        .map(|package| {
            format!(
                "{}=={}
",
                package.name,
                package.version(0)
            )
        })
        .collect();
    Files::new(set.changed).text("srv/app/requirements.lock", lines.concat())
}

/// What installing the set leaves behind. `seed` names the build: compiled files differ between two of them.
pub(crate) fn installed(set: &Set, now: Moment, architecture: &str, seed: &str) -> Files {
    let folder = "usr/local/lib/python3.12/site-packages";
    let mut files = Files::new(now);
    for package in set.packages {
        let (name, version) = (package.name.replace('-', "_"), package.version(0));
        let metadata = format!(
            "Metadata-Version: 2.1\nName: {}\nVersion: {version}\nSummary: Made up for this sample\nLicense: {}\n",
            package.name, package.licence
        );
        files = files
            .text(&format!("{folder}/{name}/__init__.py"), format!("__version__ = \"{version}\"\n"))
            .text(&format!("{folder}/{name}/main.py"), python(&format!("{name} {version}"), 180))
            .text(&format!("{folder}/{name}-{version}.dist-info/METADATA"), metadata)
            .text(&format!("{folder}/{name}-{version}.dist-info/INSTALLER"), "pip\n");
        for (path, size) in package.files {
            files = files.program(&format!("{folder}/{path}"), *size, architecture, &format!("{version} {seed}"));
        }
    }
    files
}
