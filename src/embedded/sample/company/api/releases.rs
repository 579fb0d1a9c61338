//! The versions, and what is new in each.

use crate::embedded::sample::build::attestation::Form;
use crate::embedded::sample::build::moment::Moment;

/// One version: what went into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Release {
    /// Its version.
    pub(super) version: &'static str,
    /// When it was built.
    pub(super) built: Moment,
    /// Which build of `base/python` it stands on.
    pub(super) base: usize,
    /// Which set of libraries is installed.
    pub(super) dependencies: usize,
    /// Which state of the source.
    pub(super) source: usize,
    /// Which state of the database migrations; none in the first versions.
    pub(super) migrations: Option<usize>,
    /// Which state of the start script.
    pub(super) entrypoint: usize,
    /// Seconds that a request to the bank may take.
    pub(super) timeout: &'static str,
    /// How BuildKit's attestations are written, if there are any.
    pub(super) attestation: Option<Form>,
    /// Which build of the small base the variant `-alpine` stands on, if there is one.
    pub(super) mini: Option<usize>,
    /// Tags of the index on `base/linux`.
    pub(super) tags: &'static [&'static str],
    /// Tags of the variant.
    pub(super) mini_tags: &'static [&'static str],
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
pub(super) const RELEASES: [Release; 10] = {
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
