//! `payments/api`: the application, in ten versions. What differs between two of them is written in [`RELEASES`].

use super::super::build::attestation::{Facts, Form, spdx};
use super::super::build::document::Document;
use super::super::build::document::Format;
use super::super::build::files::Files;
use super::super::build::image::{Image, Tool};
use super::super::build::index::Index;
use super::super::build::layer::Layer;
use super::super::build::moment::Moment;
use super::super::build::noise::{python, settings};
use super::super::build::repository::Shelf;
use super::super::build::signature::{signature_by_referrer, signature_by_tag, signature_tag};
use super::super::parallel::side_by_side;
use super::dependencies::{self, Set};
use super::linux::{self, architecture};
use super::python::{self as runtime, Images};

/// One version: what went into it.
#[derive(Debug, Clone, Copy)]
struct Release {
    version: &'static str,
    built: Moment,
    /// Which build of `base/python` it stands on.
    base: usize,
    /// Which set of libraries is installed.
    dependencies: usize,
    /// Which state of the source.
    source: usize,
    /// Which state of the database migrations; none in the first versions.
    migrations: Option<usize>,
    /// Which state of the start script.
    entrypoint: usize,
    /// Seconds that a request to the bank may take.
    timeout: &'static str,
    attestation: Option<Form>,
    /// Which build of the small base the variant `-alpine` stands on, if there is one.
    mini: Option<usize>,
    tags: &'static [&'static str],
    mini_tags: &'static [&'static str],
}

/// The first version; the others say what is new.
const FIRST: Release = Release {
    version: "1.6.0",
    built: Moment::at(2025, 2, 4, 10, 12),
    base: 0,
    dependencies: 0,
    source: 0,
    migrations: None,
    entrypoint: 0,
    timeout: "60",
    attestation: None,
    mini: None,
    tags: &["1.6.0"],
    mini_tags: &[],
};

/// Oldest first.
const RELEASES: [Release; 10] = {
    // Only the source changed.
    let v1_7_0 =
        Release { version: "1.7.0", built: Moment::at(2025, 4, 8, 15, 41), source: 1, tags: &["1.7.0"], ..FIRST };
    // A new base: every layer is new but those copied from the source folder.
    let v1_8_0 = Release {
        version: "1.8.0",
        built: Moment::at(2025, 7, 1, 8, 55),
        base: 1,
        dependencies: 1,
        source: 2,
        tags: &["1.8.0"],
        ..v1_7_0
    };
    // A fix: one layer and one setting.
    let v1_8_1 = Release {
        version: "1.8.1",
        built: Moment::at(2025, 7, 3, 17, 20),
        source: 3,
        timeout: "45",
        tags: &["1.8.1", "1.8"],
        ..v1_8_0
    };
    // Migrations come in, so that the number of layers grows.
    let v1_9_0_rc_1 = Release {
        version: "1.9.0-rc.1",
        built: Moment::at(2025, 11, 18, 11, 2),
        dependencies: 2,
        source: 4,
        migrations: Some(0),
        attestation: Some(Form::Legacy),
        tags: &["1.9.0-rc.1"],
        ..v1_8_1
    };
    // The candidate as it was: all layers are the same, only the settings name another version.
    let v1_9_0 = Release { version: "1.9.0", built: Moment::at(2025, 12, 2, 10, 30), tags: &["1.9.0"], ..v1_9_0_rc_1 };
    // Rebuilt on a new base: the steps after it ran again, those that copy came out identical.
    let v1_9_1 = Release {
        version: "1.9.1",
        built: Moment::at(2026, 3, 3, 6, 15),
        base: 2,
        mini: Some(0),
        tags: &["1.9.1", "1.9"],
        mini_tags: &["1.9.1-alpine", "1.9-alpine"],
        ..v1_9_0
    };
    let v1_10_0_rc_1 = Release {
        version: "1.10.0-rc.1",
        built: Moment::at(2026, 8, 25, 13, 47),
        dependencies: 3,
        source: 5,
        migrations: Some(1),
        entrypoint: 1,
        mini: None,
        tags: &["1.10.0-rc.1"],
        mini_tags: &[],
        ..v1_9_1
    };
    // One library was replaced: the cache breaks in the middle.
    let v1_10_0 = Release {
        version: "1.10.0",
        built: Moment::at(2026, 9, 15, 9, 1),
        dependencies: 4,
        attestation: Some(Form::Oci),
        mini: Some(1),
        tags: &["1.10.0", "stable"],
        mini_tags: &["1.10.0-alpine"],
        ..v1_10_0_rc_1
    };
    // The newest: another source and two settings.
    let v1_10_1 = Release {
        version: "1.10.1",
        built: Moment::at(2026, 11, 17, 16, 8),
        source: 6,
        timeout: "20",
        tags: &["1.10.1", "1.10", "1", "latest"],
        mini_tags: &["1.10.1-alpine", "1.10-alpine", "alpine"],
        ..v1_10_0
    };
    [FIRST, v1_7_0, v1_8_0, v1_8_1, v1_9_0_rc_1, v1_9_0, v1_9_1, v1_10_0_rc_1, v1_10_0, v1_10_1]
};

/// When a state of the source was last changed; files keep that time whenever they are copied.
const SOURCE_TIMES: [Moment; 7] = [
    Moment::at(2025, 2, 3, 16, 0),
    Moment::at(2025, 4, 7, 11, 30),
    Moment::at(2025, 6, 30, 18, 5),
    Moment::at(2025, 7, 3, 16, 48),
    Moment::at(2025, 11, 17, 9, 14),
    Moment::at(2026, 8, 24, 20, 33),
    Moment::at(2026, 11, 17, 15, 52),
];

/// Modules of the application; from a state of the source on, a module changes when its number divides the state's.
const MODULES: [&str; 8] = ["__init__", "main", "accounts", "ledger", "refunds", "settlement", "webhooks", "worker"];

fn source(state: usize) -> Files {
    let mut files = Files::new(SOURCE_TIMES[state]).owned_by(1000);
    for (number, module) in MODULES.iter().enumerate() {
        let edition = state / (number % 3 + 1);
        files = files.text(
            &format!("srv/app/src/payments/{module}.py"),
            python(&format!("{module} {edition}"), 60 + 20 * number),
        );
    }
    if state >= 5 {
        files = files.text("srv/app/src/payments/instant_refunds.py", python(&format!("instant {state}"), 140));
    }
    files.text("srv/app/src/payments/data/limits.ini", settings(&format!("limits {state}"), 300))
}

fn migrations(state: usize) -> Files {
    let changed = [Moment::at(2025, 11, 10, 9, 0), Moment::at(2026, 8, 20, 9, 0)][state];
    let mut files = Files::new(changed).owned_by(1000);
    for number in 1..=(6 + 4 * state) {
        let script = format!(
            "-- migration {number:04}\nALTER TABLE payments ADD COLUMN note_{number} text;\n\
             CREATE INDEX payments_note_{number} ON payments (note_{number});\n"
        );
        files = files.text(&format!("srv/app/migrations/{number:04}_note_{number}.sql"), script);
    }
    files
}

fn entrypoint(state: usize) -> Files {
    let (changed, wait) =
        [(Moment::at(2025, 1, 30, 14, 0), ""), (Moment::at(2026, 8, 19, 14, 0), "payments wait-for-database\n")][state];
    Files::new(changed).script(
        "usr/local/bin/docker-entrypoint.sh",
        format!("#!/bin/sh\nset -eu\n{wait}payments migrate --check\nexec payments \"$@\"\n"),
    )
}

/// The user that runs the application. Made anew with every base, so that its time differs.
fn account(built: Moment) -> Files {
    Files::new(built)
        .text("etc/group", "root:x:0:\ndaemon:x:1:\nbin:x:2:\nnogroup:x:65534:\napp:x:1000:\n")
        .text("etc/passwd", format!("{}app:x:1000:1000::/home/app:/usr/sbin/nologin\n", linux::ACCOUNTS))
        .owned_by(1000)
        .folder_with_mode("home/app", 0o750)
}

/// Layers that are the same on every platform, or made once for several versions.
struct Parts {
    sources: Vec<Layer>,
    migrations: Vec<Layer>,
    entrypoints: Vec<Layer>,
    requirements: Vec<Layer>,
}

impl Parts {
    fn new() -> Self {
        Self {
            sources: (0..SOURCE_TIMES.len()).map(|state| Layer::of(&source(state))).collect(),
            migrations: (0..2).map(|state| Layer::of(&migrations(state))).collect(),
            entrypoints: (0..2).map(|state| Layer::of(&entrypoint(state))).collect(),
            requirements: dependencies::SETS.iter().map(|set| Layer::of(&dependencies::requirements(set))).collect(),
        }
    }
}

/// The application on a base. `libraries` is the layer of its dependencies there, `prepared` when the base was built.
fn application(base: &Image, release: &Release, parts: &Parts, libraries: Layer, prepared: Moment) -> Image {
    let version = release.version;
    let folder = Layer::of(&Files::new(prepared).folder("srv/app"));
    let mut image = base
        .continued(Format::Oci, Tool::BuildKit, prepared)
        .run("groupadd --gid 1000 app && useradd --uid 1000 --gid app --create-home app", Layer::of(&account(prepared)))
        .working_directory("/srv/app", Some(folder))
        .not_before(dependencies::SETS[release.dependencies].changed.plus(7200))
        .copy("requirements.lock", "./", parts.requirements[release.dependencies].clone())
        .run("pip install --no-cache-dir --requirement requirements.lock", libraries)
        .copy("docker-entrypoint.sh", "/usr/local/bin/", parts.entrypoints[release.entrypoint].clone());
    if let Some(state) = release.migrations {
        image = image.copy("--chown=app:app migrations", "./migrations", parts.migrations[state].clone());
    }
    image = image
        .not_before(release.built)
        .copy("--chown=app:app src", "./src", parts.sources[release.source].clone())
        .env("APP_ENV", "production")
        .env("APP_VERSION", version)
        .env("BANK_TIMEOUT_SECONDS", release.timeout)
        .env("DATABASE_URL", "postgres://payments@db.payments.svc:5432/payments");
    image = if release.source >= 6 {
        image.env("FEATURE_INSTANT_REFUNDS", "1")
    } else {
        // Forgotten here until somebody looked: see the newest version.
        image.env("DEPLOY_TOKEN", "sample-token-that-opens-nothing")
    };
    image
        .label("org.opencontainers.image.title", "payments-api")
        .label("org.opencontainers.image.version", version)
        .label("org.opencontainers.image.created", &release.built.to_string())
        .label("org.opencontainers.image.revision", &revision(version))
        .label("org.opencontainers.image.source", "https://git.acme.example/payments/api.git")
        .label("org.opencontainers.image.licenses", "LicenseRef-Proprietary")
        .label("org.opencontainers.image.vendor", "Acme")
        .label("team", "payments")
        .expose("8080/tcp")
        .expose("9102/tcp")
        .volume("/srv/app/spool")
        .stop_signal("SIGTERM")
        .healthcheck("curl --fail --silent http://127.0.0.1:8080/health || exit 1", 30, 3, 3)
        .user("app")
        .entrypoint(&["docker-entrypoint.sh"])
        .command(&["serve", "--port", "8080"])
        .annotation("org.opencontainers.image.version", version)
        .annotation("org.opencontainers.image.base.name", "registry.acme.example/base/python:3.12")
}

/// A made-up Git commit.
fn revision(version: &str) -> String {
    super::super::build::digest_of(version.as_bytes()).encoded().chars().take(40).collect()
}

/// Layers of dependencies, by set, base and platform: only those that some version needs, made side by side.
struct Libraries(Vec<((usize, Base, usize), Layer)>);

/// What a version stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Linux(usize),
    Mini(usize),
}

impl Libraries {
    fn new() -> Self {
        let mut keys = Vec::new();
        for release in &RELEASES {
            for base in [Some(Base::Linux(release.base)), release.mini.map(Base::Mini)].into_iter().flatten() {
                keys.extend(
                    (0..2)
                        .map(|platform| (release.dependencies, base, platform))
                        .filter(|key| !keys.contains(key))
                        .collect::<Vec<_>>(),
                );
            }
        }
        let layers = side_by_side(keys.iter().map(|&(set, base, platform)| {
            move || {
                let architecture = architecture(linux::PLATFORMS[platform]);
                let (built, name) = match base {
                    Base::Linux(build) => (runtime::built(build), format!("linux {build}")),
                    Base::Mini(build) => (runtime::mini_built(build), format!("mini {build}")),
                };
                let set = &dependencies::SETS[set];
                let now = built.plus(3600).max(set.changed.plus(7200));
                Layer::of(&dependencies::installed(set, now, architecture, &name))
            }
        }));
        Self(keys.into_iter().zip(layers).collect())
    }

    fn of(&self, set: usize, base: Base, platform: usize) -> Option<Layer> {
        self.0.iter().find(|(key, _)| *key == (set, base, platform)).map(|(_, layer)| layer.clone())
    }
}

/// One version on one base, for both platforms, with what BuildKit says about it.
fn index(
    release: &Release,
    base: Base,
    images: &Images,
    parts: &Parts,
    libraries: &Libraries,
) -> (Document, Vec<Document>) {
    let (bases, prepared, packages) = match base {
        Base::Linux(build) => (&images.linux[build], runtime::built(build), (runtime::PACKAGES, build)),
        Base::Mini(build) => (&images.mini[build], runtime::mini_built(build), (runtime::MINI_PACKAGES, build)),
    };
    let documents: Vec<_> = bases
        .iter()
        .enumerate()
        .filter_map(|(platform, image)| {
            let layer = libraries.of(release.dependencies, base, platform)?;
            Some(application(image, release, parts, layer, prepared.plus(3600)).build())
        })
        .collect();
    let mut index = documents.iter().fold(Index::new(Format::Oci), Index::entry);
    if let Some(form) = release.attestation {
        let name = format!("payments/api:{}", release.version);
        let set: &Set = &dependencies::SETS[release.dependencies];
        let facts = Facts {
            name: &name,
            built: release.built,
            revision: &revision(release.version),
            packages: &[packages, (set.packages, 0)],
        };
        for document in &documents {
            index = index.attestation(document, form, facts);
        }
    }
    (index.build(), documents)
}

/// The repository.
pub(crate) fn repository(images: &Images) -> Shelf {
    let (parts, libraries) = (Parts::new(), Libraries::new());
    let mut shelf = Shelf::new("payments/api");
    for release in &RELEASES {
        let (document, platforms) = index(release, Base::Linux(release.base), images, &parts, &libraries);
        shelf.put(&document, release.tags);
        if release.version == "1.10.0" {
            shelf.put(&signature_by_tag(&document, "payments/api"), &[&signature_tag(&document)]);
        }
        if release.version == "1.10.1" {
            refer(&mut shelf, release, &document, &platforms);
        }
        if let Some(build) = release.mini {
            let (document, _) = index(release, Base::Mini(build), images, &parts, &libraries);
            shelf.put(&document, release.mini_tags);
        }
    }
    shelf
}

/// What points at the newest version: a signature of the index, a bill of materials of one platform, and its signature.
fn refer(shelf: &mut Shelf, release: &Release, index: &Document, platforms: &[Document]) {
    let signed = release.built.plus(300);
    shelf.put(&signature_by_referrer(index, signed), &[]);
    let Some(image) = platforms.first() else {
        return;
    };
    let facts = Facts {
        name: "payments/api:1.10.1",
        built: release.built,
        revision: &revision(release.version),
        packages: &[
            (linux::PACKAGES, release.base),
            (runtime::PACKAGES, release.base),
            (dependencies::SETS[release.dependencies].packages, 0),
        ],
    };
    let bill = super::super::build::artifact::Artifact::of_type("application/spdx+json")
        .layer(
            "application/spdx+json",
            spdx(&facts).to_string(),
            &[("org.opencontainers.image.title", "payments-api.spdx.json")],
        )
        .about(image)
        .annotation("org.opencontainers.image.created", &signed.to_string())
        .annotation("org.opencontainers.image.description", "Bill of materials of payments/api:1.10.1 on linux/amd64")
        .build();
    shelf.put(&bill, &[]);
    shelf.put(&signature_by_referrer(&bill, signed.plus(20)), &[]);
}
