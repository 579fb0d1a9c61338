//! `payments/api`: the application, in ten versions.
//!
//! What differs between two of them is written in [`releases`]; [`files`] and [`libraries`] make the layers.

mod files;
mod libraries;
mod releases;

use self::files::{Parts, account};
use self::libraries::{Base, Libraries};
use self::releases::{RELEASES, Release};
use super::dependencies::{self, Set};
use super::linux;
use super::python::{self as runtime, Images};
use crate::embedded::sample::build::artifact::Artifact;
use crate::embedded::sample::build::attestation::{Facts, spdx};
use crate::embedded::sample::build::digest_of;
use crate::embedded::sample::build::document::{Document, Format};
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::repository::Shelf;
use crate::embedded::sample::build::signature::{signature_by_referrer, signature_by_tag, signature_tag};

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
    digest_of(version.as_bytes()).encoded().chars().take(40).collect()
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
    let bill = Artifact::of_type("application/spdx+json")
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
