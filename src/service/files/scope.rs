//! What of an image a page of files is about: the trees that it is taken from, and what is not in them any more.

use std::sync::Arc;

use super::early::Early;
use super::listing::number;
use super::merged::{Merged, Source};
use super::stack::{Inside, Stack};
use crate::anatomy::files::{FileId, FilePath};
use crate::service::Service;
use crate::service::failure::{self, Subject};
use crate::service::image::found::Found;
use crate::service::visit::Visit;
use crate::view::files::FilesQuery;
use crate::view::{Failure, link};

/// What is shown: the trees that it is taken from.
pub(super) struct Scope {
    /// The tree itself.
    pub(super) merged: Arc<Merged>,
    /// Of a single layer, the image up to it, where it is known.
    pub(super) below: Option<Arc<Merged>>,
    /// The layer that is shown by itself, by its place.
    pub(super) position: Option<usize>,
    /// Whether layers that were not read yet can change it.
    pub(super) is_provisional: bool,
    /// Whether nothing is known at all.
    pub(super) is_empty: bool,
    /// Places of the layers of which their own tables are shown, until they have been read.
    pub(super) by_table: Vec<usize>,
    /// How many layers from the bottom count.
    pub(super) wanted: usize,
}

impl Scope {
    /// Whether it is known what layers have changed: of one by itself only together with those below it.
    pub(super) fn knows_changes(&self) -> bool {
        self.below.is_some() || self.position.is_none_or(|position| position == 0)
    }
}

/// The trees of what a page asks for.
///
/// # Errors
///
/// Where a layer is asked for that is not there.
pub(super) async fn scope(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    stack: &Stack,
    files: &FilesQuery,
) -> Result<Scope, Failure> {
    let (trees, reader, is_windows) = (service.trees(), visit.request.asker.reader, stack.is_windows);
    let stopped = || visit.fail(&crate::registry::Error::Stopped, &Subject::Manifest(found.reference.clone()));
    let nothing = |position: usize| Arc::new(Merged::of(position, vec![Source::Missing(Arc::default())], is_windows));
    if let Some(digest) = &files.layer {
        let Some(position) = stack.position(digest) else {
            return Err(visit.finish(failure::not_listed(&found.reference, digest, visit.registry)));
        };
        let is_known = stack.settled() > position;
        let below = if is_known { trees.of_image(stack, position + 1, reader).await } else { None };
        let mut by_table = Vec::new();
        let (merged, is_provisional, is_empty) = match &stack.layers[position].inside {
            Inside::Known(index) => {
                let merged = trees.of_layer(index, digest, position, is_windows, reader).await.ok_or_else(stopped)?;
                (merged, false, false)
            }
            Inside::Reading(_) => match Early::of_layer(service, stack, position).await {
                Some(early) => {
                    by_table = early.by_table();
                    (early.merged(is_windows, true, reader).await.ok_or_else(stopped)?, true, false)
                }
                None => (nothing(position), true, true),
            },
            Inside::Unread(_) | Inside::Failed(_) | Inside::Never(_) => (nothing(position), false, true),
        };
        let wanted = position + 1;
        return Ok(Scope { merged, below, position: Some(position), is_provisional, is_empty, by_table, wanted });
    }
    let wanted = match usize::try_from(files.as_of).unwrap_or(usize::MAX) {
        0 => stack.layers.len(),
        as_of => as_of.min(stack.layers.len()),
    };
    let settled = stack.settled().min(wanted);
    let is_provisional = settled < wanted;
    if let Some(early) = Early::of_image(service, stack, wanted).await {
        let by_table = early.by_table();
        let merged = early.merged(is_windows, false, reader).await.ok_or_else(stopped)?;
        return Ok(Scope { merged, below: None, position: None, is_provisional, is_empty: false, by_table, wanted });
    }
    let is_known = |inside: &Inside| matches!(inside, Inside::Known(_));
    let is_empty = !stack.layers.iter().take(settled).any(|layer| is_known(&layer.inside)) && wanted > 0;
    let merged = trees.of_image(stack, settled, reader).await.ok_or_else(stopped)?;
    Ok(Scope { merged, below: None, position: None, is_provisional, is_empty, by_table: Vec::new(), wanted })
}

/// What has become of a path that is not there.
pub(super) fn gone(
    visit: &Visit<'_>,
    found: &Found,
    stack: &Stack,
    scope: &Scope,
    path: &FilePath,
) -> Option<failure::Gone> {
    let overlay = &scope.merged.overlay;
    let stored = [overlay.path(scope.merged.root()).as_slice(), path.as_bytes()].join(&b'/');
    let dead = overlay.ever_under(&stored).into_iter().filter(|node| overlay.gone_by(*node).is_some());
    let node = dead.max_by_key(|node| overlay.file(*node).map(|file| file.layer))?;
    let taker = overlay.gone_by(node)?;
    let layer_number = |layer| number(scope.merged.position(FileId { layer, number: 0 }));
    // A layer that takes away what it has itself does not show it either.
    let last = overlay.file(node).filter(|file| file.layer < taker).and_then(|file| {
        let digest = stack.layers.get(scope.merged.position(file))?.descriptor.digest.as_ref()?;
        // A layer is shown as it is stored.
        let stored = FilePath::from_bytes(&overlay.path(node));
        let (prefix, choice) = (visit.registry.prefix(), found.choice());
        let page = link::layer(prefix, &found.reference, &choice, digest, &stored, overlay.is_directory(node));
        Some((layer_number(file.layer), page))
    });
    Some(failure::Gone { by: layer_number(taker), last })
}
