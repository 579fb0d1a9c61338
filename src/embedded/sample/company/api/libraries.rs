//! The layers with the application's libraries.

use super::super::dependencies;
use super::super::linux::{self, architecture};
use super::super::python as runtime;
use super::releases::RELEASES;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::parallel::side_by_side;

/// Layers of dependencies, by set, base and platform: only those that some version needs, made side by side.
pub(super) struct Libraries(Vec<((usize, Base, usize), Layer)>);

/// What a version stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Linux(usize),
    Mini(usize),
}

impl Libraries {
    pub(super) fn new() -> Self {
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

    pub(super) fn of(&self, set: usize, base: Base, platform: usize) -> Option<Layer> {
        self.0.iter().find(|(key, _)| *key == (set, base, platform)).map(|(_, layer)| layer.clone())
    }
}
