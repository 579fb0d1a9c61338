//! What the lists of a parsed document take in memory, in bytes, beside the texts in them.

use crate::oci::config::RunConfig;
use crate::oci::{Descriptor, ImageConfig, Manifest, Notice};

/// What a text's own memory takes beside the text.
const ALLOCATION: usize = 16;

/// The lists of a manifest or index.
pub(super) fn of_manifest(manifest: &Manifest) -> usize {
    match manifest {
        Manifest::Image(image) => {
            let single = image.config.iter().chain(&image.subject);
            of_descriptors(image.layers.iter().chain(single))
                + of_pairs(&image.annotations)
                + of_notices(&image.notices)
        }
        Manifest::Index(index) => {
            let entries = index.manifests.iter().chain(&index.subject);
            of_descriptors(entries) + of_pairs(&index.annotations) + of_notices(&index.notices)
        }
        Manifest::Schema1 { .. } => 0,
        Manifest::Other { notices, .. } => of_notices(notices),
    }
}

/// The lists of a config.
pub(super) fn of_config(config: &ImageConfig) -> usize {
    let history = config.history.as_deref().map_or(0, |steps| size_of_val(steps) + steps.len() * ALLOCATION);
    size_of_val(config.diff_ids.as_slice()) + history + of_run(&config.run) + of_notices(&config.notices)
}

fn of_run(run: &RunConfig) -> usize {
    let lists = [&run.entrypoint, &run.cmd, &run.shell, &run.on_build].into_iter().flatten();
    let lists = lists.chain([&run.exposed_ports, &run.env, &run.volumes]);
    let test = run.healthcheck.as_ref().map_or(0, |check| of_texts(&check.test));
    lists.map(|list| of_texts(list)).sum::<usize>() + test + of_pairs(&run.labels) + of_pairs(&run.other)
}

fn of_descriptors<'a>(descriptors: impl Iterator<Item = &'a Descriptor>) -> usize {
    let features =
        |descriptor: &Descriptor| descriptor.platform.as_ref().map_or(0, |platform| of_texts(&platform.os_features));
    descriptors
        .map(|descriptor| {
            size_of::<Descriptor>()
                + 4 * ALLOCATION
                + of_texts(&descriptor.urls)
                + of_pairs(&descriptor.annotations)
                + features(descriptor)
        })
        .sum()
}

fn of_pairs(pairs: &[(String, String)]) -> usize {
    size_of_val(pairs) + pairs.len() * 2 * ALLOCATION
}

fn of_texts(texts: &[String]) -> usize {
    size_of_val(texts) + texts.len() * ALLOCATION
}

/// A notice repeats names and values of the document, the same one more than once.
fn of_notices(notices: &[Notice]) -> usize {
    let texts = notices.iter().map(|notice| notice.member.len() + notice.problem.len()).sum::<usize>();
    size_of_val(notices) + texts
}
