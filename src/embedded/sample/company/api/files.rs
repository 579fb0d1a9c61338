//! The files of the application, by state of its source.

use super::super::dependencies;
use super::super::linux;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::{python, settings};

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
pub(super) fn account(built: Moment) -> Files {
    Files::new(built)
        .text("etc/group", "root:x:0:\ndaemon:x:1:\nbin:x:2:\nnogroup:x:65534:\napp:x:1000:\n")
        .text("etc/passwd", format!("{}app:x:1000:1000::/home/app:/usr/sbin/nologin\n", linux::ACCOUNTS))
        .owned_by(1000)
        .folder_with_mode("home/app", 0o750)
}

/// Layers that are the same on every platform, or made once for several versions.
pub(super) struct Parts {
    pub(super) sources: Vec<Layer>,
    pub(super) migrations: Vec<Layer>,
    pub(super) entrypoints: Vec<Layer>,
    pub(super) requirements: Vec<Layer>,
}

impl Parts {
    pub(super) fn new() -> Self {
        Self {
            sources: (0..SOURCE_TIMES.len()).map(|state| Layer::of(&source(state))).collect(),
            migrations: (0..2).map(|state| Layer::of(&migrations(state))).collect(),
            entrypoints: (0..2).map(|state| Layer::of(&entrypoint(state))).collect(),
            requirements: dependencies::SETS.iter().map(|set| Layer::of(&dependencies::requirements(set))).collect(),
        }
    }
}
