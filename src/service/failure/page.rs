//! What cannot be shown for other reasons than the registry's answer.

use super::{advice, advice_link, digest_fact, fact, failure};
use crate::anatomy::files::FilePath;
use crate::anatomy::platform_choice::Asked;
use crate::anatomy::size;
use crate::oci::document::DocumentError;
use crate::oci::index::IndexEntry;
use crate::oci::{Digest, ImageIndex, MediaType, Platform, Reference};
use crate::service::registries::Registry;
use crate::view::Failure;
use crate::view::address::ImageView;
use crate::view::failure::{FailureCode, Remark};
use crate::view::link::{self, PlatformLink};

/// An argument that breaks its grammar, or a question that cannot be answered as it is.
pub(crate) fn invalid(heading: impl Into<String>, explanation: impl Into<String>) -> Failure {
    let mut failure = failure(400, FailureCode::InvalidRequest, heading, explanation);
    "this address cannot be understood".clone_into(&mut failure.source);
    failure
}

/// No registry of that name is configured.
pub(crate) fn unknown_registry(name: &str, configured: &[Registry]) -> Failure {
    let mut failure = failure(
        404,
        FailureCode::UnknownRegistry,
        "There is no registry of that name",
        "Strata asks only the registries that its operator has configured.",
    );
    "no such registry".clone_into(&mut failure.source);
    failure.facts = vec![fact("Asked for", clipped(name))];
    let names: Vec<_> = configured.iter().map(Registry::name).collect();
    failure.facts.push(fact("Configured", names.join(", ")));
    failure.advice = vec![advice_link("Choose one of them.", "All registries", link::site("/"))];
    failure
}

/// The settings name no registry at all, which the start of the server rules out.
pub(crate) fn no_registry() -> Failure {
    let mut failure = failure(
        500,
        FailureCode::Internal,
        "No registry is configured",
        "Strata was started without a registry and without its sample.",
    );
    "Strata has nothing to show".clone_into(&mut failure.source);
    failure.advice = vec![advice("Start it with `--registry URL`.")];
    failure
}

/// A digest of an algorithm that cannot be computed here: never fetched.
pub(crate) fn not_verifiable(digest: &Digest) -> Failure {
    let mut failure = failure(
        400,
        FailureCode::InvalidRequest,
        format!("A {} digest cannot be checked here", digest.algorithm_name()),
        "Only sha256 and sha512 are registered with the specification. What cannot be checked is not asked for.",
    );
    "this digest cannot be verified".clone_into(&mut failure.source);
    failure.facts = vec![digest_fact("Asked for", digest, None)];
    failure
}

/// A blob that the manifest does not list: nothing is asked for on somebody's word alone.
pub(crate) fn not_listed(reference: &Reference, blob: &Digest, registry: &Registry) -> Failure {
    let mut failure = failure(
        404,
        FailureCode::BlobNotFound,
        "The manifest does not list this blob",
        "Only blobs that a verified manifest lists are asked for, its config and its layers.",
    );
    "no such blob in this manifest".clone_into(&mut failure.source);
    failure.facts = vec![digest_fact("Asked for", blob, None)];
    let path = link::image(registry.prefix(), reference, ImageView::default(), &PlatformLink::none());
    failure.advice = vec![advice_link("See what it lists.", reference.to_string(), path)];
    failure
}

/// What has become of a file that an image does not have any more.
pub(crate) struct Gone {
    /// Number of the layer that has taken it away.
    pub(crate) by: u32,
    /// Number of the layer that gave it last, and the page on which it can still be read there.
    pub(crate) last: Option<(u32, String)>,
}

/// A file that is not in the image. `gone` says what has become of it, `elsewhere` in sentences where it may be all the
/// same: in what could not be read of the layers.
pub(crate) fn no_such_file(
    reference: &Reference,
    choice: &PlatformLink,
    path: &FilePath,
    (gone, elsewhere): (Option<Gone>, Option<String>),
    registry: &Registry,
) -> Failure {
    let mut failure = failure(
        404,
        FailureCode::BlobNotFound,
        "There is no such file here",
        match &gone {
            Some(Gone { by, .. }) => {
                format!("Layers below have it; layer {by} takes it away, so that a container does not see it.")
            }
            None => elsewhere
                .unwrap_or_else(|| "What is shown has been read as a whole, and this path is not in it.".to_owned()),
        },
    );
    failure.source = format!("{reference} has no file there");
    failure.facts = vec![fact("Path", clipped(&path.readable()))];
    let root = link::files(registry.prefix(), reference, choice, &FilePath::root(), true);
    if let Some((layer, page)) = gone.and_then(|gone| gone.last) {
        let text = "It can still be read and downloaded in the layer that gave it last.";
        failure.advice.push(advice_link(text, format!("Layer {layer}"), page));
    }
    failure.advice.push(advice_link("See what it has.", "All files", root));
    failure
}

/// A file of a layer that nobody has read yet.
pub(crate) fn layers_unread(registry: &Registry) -> Failure {
    let mut failure = failure(
        409,
        FailureCode::BlobNotFound,
        "The layers have not been read yet",
        "What is in them is known when they have been read once. The image's files view has a button for it.",
    );
    failure.source = format!("{} was not asked for the layer", registry.facts().host);
    failure
}

/// A directory, link or device where a file's bytes are asked for.
pub(crate) fn no_contents(path: &FilePath, registry: &Registry) -> Failure {
    let mut failure = failure(
        400,
        FailureCode::InvalidRequest,
        "There is nothing to download here",
        "Only regular files and directories can be. Symbolic links, devices and files with holes have no contents that can be sent as they are.",
    );
    failure.source = format!("{} was not asked", registry.facts().host);
    failure.facts = vec![fact("Path", clipped(&path.readable()))];
    failure
}

/// A directory of which nothing can stand in an archive.
pub(crate) fn not_to_be_packed(path: &FilePath, registry: &Registry) -> Failure {
    let mut failure = failure(
        400,
        FailureCode::InvalidRequest,
        "The directory cannot be packed",
        "Nothing in it has contents that can be sent as they are: there are only files with holes, some that the layer ends before, or hard links to nothing.",
    );
    failure.source = format!("{} was not asked", registry.facts().host);
    failure.facts = vec![fact("Path", clipped(&path.readable()))];
    failure
}

/// A directory that another site's page asks for.
pub(crate) fn not_for_other_sites(path: &FilePath, registry: &Registry) -> Failure {
    let mut failure = failure(
        403,
        FailureCode::Denied,
        "A directory is not packed for another site's page",
        "It can cost the registry as many bytes as the whole image has. Open the directory here, and download it from its page.",
    );
    failure.source = format!("{} was not asked", registry.facts().host);
    failure.facts = vec![fact("Path", clipped(&path.readable()))];
    failure
}

/// What the registry sends is not what was in the layer.
pub(crate) fn not_the_file(problem: &str, path: &FilePath, registry: &Registry) -> Failure {
    let mut failure = failure(
        502,
        FailureCode::DigestMismatch,
        "The registry sent other bytes than it did before",
        format!("They are not shown: {problem}."),
    );
    failure.source = format!("{} answered, but not with this file", registry.facts().host);
    failure.facts = vec![fact("Path", clipped(&path.readable()))];
    failure
}

/// A reader has had as many bytes of layers as one may in an hour.
pub(crate) fn budget_spent(most: u64, registry: &Registry) -> Failure {
    let mut failure = failure(
        429,
        FailureCode::RateLimited,
        "You have had many layers read",
        format!(
            "Strata reads at most {} of layers from registries for one client in an hour. Layers that were read before can be looked into all the time.",
            size::decimal(most)
        ),
    );
    failure.source = format!("{} was not asked", registry.facts().host);
    failure.advice =
        vec![advice("Come back within the hour, or ask the operator for more: `layer_client_bytes_per_hour`.")];
    failure
}

/// A file that waited too long for a place among those that are open.
pub(crate) fn too_many_open(registry: &Registry) -> Failure {
    let mut failure = failure(
        503,
        FailureCode::RateLimited,
        "Too many files are open at the same time",
        "Strata has as many files of images open as it may, each for somebody who downloads it.",
    );
    failure.source = format!("{} was not asked for the file", registry.facts().host);
    failure.advice = vec![advice("Ask again in a moment.")];
    failure
}

/// A document that arrived whole and cannot be read as one thing. Its raw view shows it all the same.
pub(crate) fn document(
    error: &DocumentError,
    reference: &Reference,
    digest: &Digest,
    media_type: &MediaType,
    registry: &Registry,
) -> Failure {
    let host = &registry.facts().host;
    let mut failure = match error {
        DocumentError::NotJson(_) | DocumentError::NotText | DocumentError::NotAnObject => failure(
            502,
            FailureCode::InvalidResponse,
            "What stands here is no manifest",
            format!("The bytes are those of the digest, but they cannot be read: {error}."),
        ),
        DocumentError::TooManyValues => failure(
            502,
            FailureCode::InvalidResponse,
            "This document has more in it than is read",
            format!("The bytes are those of the digest, but they are not interpreted: {error}."),
        ),
        DocumentError::SchemaVersion(_) => failure(
            502,
            FailureCode::InvalidResponse,
            "This manifest is of a kind that is not known",
            format!("The bytes are those of the digest, but they cannot be read: {error}."),
        ),
        DocumentError::Duplicate(_) | DocumentError::Ambiguous(_) | DocumentError::TypeMismatch { .. } => failure(
            502,
            FailureCode::AmbiguousDocument,
            "This document could mean several things",
            format!("It is not interpreted, because {error}. Whoever pulls it may get something else than is shown."),
        ),
    };
    failure.source = format!("{host} answered, but not with a document that can be read");
    failure.facts = vec![digest_fact("Digest", digest, Some(Remark::Verified))];
    if !media_type.is_empty() {
        failure.facts.push(fact("The registry calls it", clipped(media_type.as_str())));
    }
    let raw = link::image(registry.prefix(), reference, ImageView::Raw, &PlatformLink::none());
    let tags = link::tags(registry.prefix(), &reference.repository);
    failure.advice = vec![
        advice_link("Look at the document as it was received.", "Raw view", raw),
        advice("Ask whoever wrote it which tool made it, and have it written again."),
        advice_link("See what else there is.", format!("Tags of {}", reference.repository), tags),
    ];
    failure
}

/// A config that arrived whole and cannot be read. The raw view shows it all the same.
pub(crate) fn config_document(problem: &str, reference: &Reference, digest: &Digest, registry: &Registry) -> Failure {
    let mut failure = failure(
        502,
        FailureCode::InvalidResponse,
        "The config cannot be read",
        format!("Its bytes are those of its digest, but history and environment cannot be read from them: {problem}."),
    );
    failure.source = format!("{} answered, but not with a config", registry.facts().host);
    failure.facts = vec![digest_fact("Config digest", digest, Some(Remark::Verified))];
    let raw = link::image(registry.prefix(), reference, ImageView::Raw, &PlatformLink::none());
    failure.advice = vec![advice_link("Look at the config as it was received.", "Raw view", raw)];
    failure
}

/// An artifact without a config.
pub(crate) fn no_config(reference: &Reference, registry: &Registry) -> Failure {
    let mut failure = failure(
        404,
        FailureCode::BlobNotFound,
        "There is no config here",
        "Its manifest names none that can be shown.",
    );
    failure.source = format!("{} was not asked", registry.facts().host);
    let page = link::image(registry.prefix(), reference, ImageView::default(), &PlatformLink::none());
    failure.advice = vec![advice_link("See what there is.", reference.to_string(), page)];
    failure
}

/// Something without layers where a comparison needs them.
pub(crate) fn not_comparable(reference: &Reference, registry: &Registry) -> Failure {
    let mut failure = failure(
        400,
        FailureCode::InvalidRequest,
        format!("{reference} has no layers to compare"),
        "Images are compared by their layers and configs. An index without an image has neither, and a schema 1 manifest is not interpreted.",
    );
    failure.source = format!("{} has it, but not as an image", registry.facts().host);
    let page = link::image(registry.prefix(), reference, ImageView::default(), &PlatformLink::none());
    failure.advice = vec![advice_link("See what it is.", reference.to_string(), page)];
    failure
}

/// An index without the entry that the address asks for.
pub(crate) fn no_such_entry(reference: &Reference, index: &ImageIndex, asked: &Asked, registry: &Registry) -> Failure {
    /// Most platforms that are offered instead.
    const OFFERED: usize = 20;
    let heading = match (&asked.platform, &asked.manifest) {
        (Some(platform), None) => format!("This index has no image for {platform}"),
        (Some(platform), Some(_)) => format!("This index has no such manifest for {platform}"),
        (None, _) => "This index has no such manifest".to_owned(),
    };
    let mut failure = failure(
        404,
        FailureCode::ManifestNotFound,
        heading,
        "The tag or digest is there, but not with what the address asks for.",
    );
    failure.source = format!("{} has no such entry there", registry.facts().host);
    if index.manifests_left_out > 0 {
        failure.heading.push_str(" among the entries that are read");
        failure.explanation = format!(
            "The index has {} entries, of which the first {} are read.",
            size::count((index.manifests.len() + index.manifests_left_out) as u64),
            size::count(index.manifests.len() as u64)
        );
    }
    if let Some(manifest) = &asked.manifest {
        failure.facts = vec![digest_fact("Asked for", manifest, None)];
    }
    let page = |choice: &PlatformLink| link::image(registry.prefix(), reference, ImageView::default(), choice);
    failure.advice = vec![advice_link("See what the index has.", reference.to_string(), page(&PlatformLink::none()))];
    let images = index.manifests.iter().filter(|entry| entry.index_entry() == IndexEntry::Image);
    let platforms = images.filter_map(|entry| entry.platform.as_ref());
    let mut offered: Vec<Platform> = Vec::new();
    for platform in platforms.filter(|platform| platform.to_string().parse::<Platform>().is_ok()) {
        if offered.len() < OFFERED && !offered.iter().any(|known| known.matches(platform)) {
            offered.push(platform.clone());
        }
    }
    failure.advice.extend(offered.into_iter().map(|platform| {
        let words = platform.to_string();
        advice_link("It has", words, page(&PlatformLink { platform: Some(platform), manifest: None }))
    }));
    failure
}

/// A text of somebody else's, short enough for a page.
fn clipped(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
