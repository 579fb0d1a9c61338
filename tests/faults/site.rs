//! Strata in front of several registries, each of which fails in its own way: one for all tests of this program.
//!
//! Making a router is not safe beside requests, and clients keep their connections on the runtime that made them. So
//! there is one runtime, and everything stands before the first request. Each test has a repository or a registry of its
//! own.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use tokio::runtime::Runtime;

use super::support::logs::Logs;
use super::support::site::{in_file, site};
use super::support::{Answer, Fixture, dead_port};

/// What must stand in no log.
pub(crate) const PASSWORD: &str = "hunter2-must-not-be-logged";

/// The same as `Authorization: Basic` sends it, without the letters that depend on what stands before.
pub(crate) const ENCODED_PASSWORD: &str = "aHVudGVyMi1tdXN0LW5vdC1iZS1sb2dnZW";

/// A registry's name, and its own limits.
const REGISTRIES: [(&str, &str); 9] = [
    ("good", ""),
    // Refuses in every way, by repository.
    ("refusing", ""),
    // Asks to be left alone, which holds for the whole registry.
    ("busy", ""),
    ("slow", "connect_ms = 1000\nfirst_byte_ms = 1000\nidle_ms = 1000\ntotal_ms = 6000\n"),
    // Is never waited for in vain: no limit of ours ends its requests.
    ("held", "first_byte_ms = 600000\ntotal_ms = 3600000\n"),
    // Answers nothing at all.
    ("hanging", "first_byte_ms = 600000\ntotal_ms = 3600000\n"),
    ("documents", ""),
    ("lists", "list_page_bytes = 100000\nwalk_pages = 10\n"),
    // Has its own password, which it asks for everywhere.
    ("locked", ""),
];

/// The site and the registries behind it.
pub(crate) struct Site {
    pub(crate) runtime: Runtime,
    router: Router,
    /// The same registries for readers whose pages wait as long as it takes.
    patient: Router,
    /// The same registries for readers whose pages wait for a moment only.
    hurried: Router,
    fixtures: Vec<Fixture>,
}

pub(crate) static SITE: LazyLock<Site> = LazyLock::new(|| {
    let _ = Logs::of_process();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (router, patient, hurried, fixtures) = runtime.block_on(async {
        let mut fixtures = Vec::new();
        for _ in REGISTRIES {
            fixtures.push(Fixture::start().await);
        }
        let dead = dead_port().await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let mut registries = String::new();
        for ((name, limits), fixture) in REGISTRIES.iter().zip(&fixtures) {
            let url = fixture.origin();
            let _ = write!(
                registries,
                "[[registries]]\nname = '{name}'\nurl = '{url}'\nusername = 'reader'\npassword_file = 'password'\n\
                 [registries.limits]\n{limits}"
            );
        }
        let _ = write!(registries, "[[registries]]\nname = 'dead'\nurl = '{dead}'\n");
        let mut routers = Vec::new();
        for deadline in [30_000, 600_000, 100] {
            let limits =
                format!("[limits]\nretries = 0\npage_deadline_ms = {deadline}\nrequest_deadline_ms = 3600000\n");
            routers.push(site(&in_file(folder.path(), &format!("{limits}{registries}"))).await);
        }
        let (hurried, patient) = (routers.pop().unwrap(), routers.pop().unwrap());
        (routers.pop().unwrap(), patient, hurried, fixtures)
    });
    Site { runtime, router, patient, hurried, fixtures }
});

impl Site {
    /// The registry of this name.
    pub(crate) fn registry(&self, name: &str) -> &Fixture {
        let position = REGISTRIES.iter().position(|(known, _)| *known == name).unwrap();
        &self.fixtures[position]
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        Answer::get(&self.router, target).await
    }

    /// The same from pages that wait as long as it takes.
    pub(crate) async fn get_patiently(&self, target: &str) -> Answer {
        Answer::get(&self.patient, target).await
    }

    /// The same from pages that wait for a tenth of a second.
    pub(crate) async fn get_hurriedly(&self, target: &str) -> Answer {
        Answer::get(&self.hurried, target).await
    }
}

/// `GET` at the site.
pub(crate) fn get(target: &str) -> Answer {
    SITE.runtime.block_on(SITE.get(target))
}
