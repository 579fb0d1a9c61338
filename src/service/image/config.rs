//! A config as tables.

use crate::anatomy::secrets::looks_secret;
use crate::anatomy::text::clip;
use crate::oci::{ImageConfig, ImageManifest};
use crate::view::image::{ConfigView, NamedValue, TABLE_LENGTH};

/// Longest value in a table, in characters; the raw view has all of it.
const LONGEST: usize = 8_192;

/// The config's tables, each cut at a length.
pub(super) fn view(config: &ImageConfig, manifest: &ImageManifest) -> ConfigView {
    let run = &config.run;
    let mut left_out = 0_u32;
    let mut counted = |(rows, more): (Vec<NamedValue>, u32)| {
        left_out = left_out.saturating_add(more);
        rows
    };
    let env: Vec<(String, String)> = run
        .env
        .iter()
        .take(TABLE_LENGTH + 1)
        .map(|variable| match variable.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (variable.clone(), String::new()),
        })
        .collect();
    let env = counted(named(&env));
    let labels = counted(named(&run.labels));
    let annotations = counted(named(&manifest.annotations));
    let other = counted(named(&run.other));
    // The environment was cut before it was taken apart.
    let more_variables = run.env.len().saturating_sub(TABLE_LENGTH + 1);
    let mut texts = |list: &[String]| {
        let more = list.len().saturating_sub(TABLE_LENGTH);
        left_out = left_out.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        list.iter().take(TABLE_LENGTH).map(|text| short(text)).collect::<Vec<_>>()
    };
    let (exposed_ports, volumes) = (texts(&run.exposed_ports), texts(&run.volumes));
    let mut words = |list: &Option<Vec<String>>| list.as_deref().map(&mut texts);
    let (entrypoint, cmd) = (words(&run.entrypoint), words(&run.cmd));
    let (shell, on_build) = (words(&run.shell), words(&run.on_build));
    let healthcheck = run.healthcheck.clone().map(|mut check| {
        check.test = texts(&check.test);
        check
    });
    ConfigView {
        entrypoint,
        cmd,
        user: run.user.as_deref().map(short),
        working_dir: run.working_dir.as_deref().map(short),
        exposed_ports,
        volumes,
        stop_signal: run.stop_signal.as_deref().map(short),
        healthcheck,
        shell,
        on_build,
        env,
        labels,
        other,
        platform: config.platform.clone(),
        created: config.created.as_deref().map(short),
        author: config.author.as_deref().map(short),
        docker_version: config.docker_version.as_deref().map(short),
        diff_id_count: u32::try_from(config.diff_id_count()).unwrap_or(u32::MAX),
        annotations,
        rows_left_out: left_out.saturating_add(u32::try_from(more_variables).unwrap_or(u32::MAX)),
    }
}

/// The first rows of a table, and how many are left out.
pub(super) fn named(pairs: &[(String, String)]) -> (Vec<NamedValue>, u32) {
    let row = |(name, value): &(String, String)| NamedValue {
        secret: looks_secret(name, value),
        name: short(name),
        value: short(value),
    };
    let rows: Vec<_> = pairs.iter().take(TABLE_LENGTH).map(row).collect();
    let left_out = pairs.len() - rows.len();
    (rows, u32::try_from(left_out).unwrap_or(u32::MAX))
}

/// A text that is not longer than a table bears; a longer one says how much is missing.
fn short(text: &str) -> String {
    let clipped = clip(text, LONGEST);
    match clipped.left_out {
        0 => clipped.text,
        more => format!("{}… ({more} more characters)", clipped.text),
    }
}
