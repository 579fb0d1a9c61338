//! `payments/migrations`: a key that a later layer deletes, and is still there for everybody who looks.

use super::linux::Images;
use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::repository::Shelf;

const KEY: &str = "-----BEGIN SAMPLE KEY-----\n\
                   This is no key. It stands for one that somebody copied into the image\n\
                   and deleted in the next step: the layer before still has it.\n\
                   -----END SAMPLE KEY-----\n";

fn scripts(count: usize, built: Moment) -> Files {
    (1..=count).fold(Files::new(built), |files, number| {
        let script =
            format!("BEGIN;\nINSERT INTO ledger_kinds (id, name) VALUES ({number}, 'kind {number}');\nCOMMIT;\n");
        files.text(&format!("srv/migrations/{number:03}.sql"), script)
    })
}

fn client(built: Moment) -> Layer {
    Layer::of(&Files::new(built).program("usr/bin/psql", 26_000, "amd64", "15.10"))
}

/// With the key, built without BuildKit.
fn careless(linux: &Image, version: &str, count: usize, built: Moment) -> Image {
    let key = Files::new(built).file("srv/migrations/deploy.key", 0o600, KEY);
    let fetched = Files::new(built)
        .text("srv/migrations/shared/schema.sql", "CREATE TABLE ledger_kinds (id integer PRIMARY KEY, name text);\n")
        .deleted("srv/migrations/deploy.key");
    linux
        .continued(Format::Docker, Tool::Classic, built)
        .run("apt-get update && apt-get install -y postgresql-client && rm -rf /var/lib/apt/lists/*", client(built))
        .copy("deploy.key", "/srv/migrations/deploy.key", Layer::of(&key))
        .run(
            "git -c core.sshCommand='ssh -i /srv/migrations/deploy.key' clone git@git.acme.example:payments/schema.git \
             /srv/migrations/shared && rm /srv/migrations/deploy.key",
            Layer::of(&fetched),
        )
        .after(7)
        .copy("sql", "/srv/migrations", Layer::of(&scripts(count, built)))
        .env("MIGRATIONS_VERSION", version)
        .working_directory("/srv/migrations", None)
        .entrypoint(&["/usr/bin/psql", "--single-transaction"])
}

/// The same without the key, which BuildKit lends to one step only.
fn careful(linux: &Image, version: &str, count: usize, built: Moment) -> Image {
    let fetched = Files::new(built)
        .text("srv/migrations/shared/schema.sql", "CREATE TABLE ledger_kinds (id integer PRIMARY KEY, name text);\n");
    linux
        .continued(Format::Oci, Tool::BuildKit, built)
        .run("apt-get update && apt-get install -y postgresql-client && rm -rf /var/lib/apt/lists/*", client(built))
        .run("git clone git@git.acme.example:payments/schema.git /srv/migrations/shared", Layer::of(&fetched))
        .after(7)
        .copy("sql", "/srv/migrations", Layer::of(&scripts(count, built)))
        .env("MIGRATIONS_VERSION", version)
        .working_directory("/srv/migrations", None)
        .entrypoint(&["/usr/bin/psql", "--single-transaction"])
}

/// The repository: images for one platform, without an index.
pub(crate) fn repository(linux: &Images) -> Shelf {
    let mut shelf = Shelf::new("payments/migrations");
    let base = |release: usize| &linux[release][0];
    let first = careless(base(1), "2025.11.1", 24, Moment::at(2025, 11, 10, 9, 40));
    shelf.put(&first.build(), &["2025.11.1"]);
    let second = careless(base(2), "2026.03.2", 31, Moment::at(2026, 3, 19, 11, 5));
    shelf.put(&second.build(), &["2026.03.2"]);
    let third = careful(base(2), "2026.09.1", 38, Moment::at(2026, 9, 8, 10, 22));
    shelf.put(&third.build(), &["2026.09.1", "latest"]);
    shelf
}
