//! The files view: an image as its layers make it together, or one layer by itself.

use std::sync::Arc;

use super::base::Bases;
use super::cards::{cards, unread_bytes};
use super::colours;
use super::gaps::Gaps;
use super::hits::{self, Search};
use super::inside;
use super::listing::{Lister, Listing};
use super::merged::Merged;
use super::opened::{self, Read, Readings};
use super::own_table::{own_table, remark};
use super::scope::{Scope, gone, scope};
use super::stack::Stack;
use super::usage::usage;
use crate::anatomy::files::{Difference, FileId, FilePath, NodeId, Overlay};
use crate::anatomy::size;
use crate::anatomy::steps::has_all;
use crate::oci::Digest;
use crate::service::failure::{self, Subject};
use crate::service::image::found::Found;
use crate::service::visit::Visit;
use crate::service::{Service, blocking};
use crate::view::files::{ContentForm, FilesQuery, FilesView};
use crate::view::image::ImageQuery;
use crate::view::{Failure, link};

/// The files of an image; nothing for what is none.
///
/// # Errors
///
/// Where a layer or file is asked for that is not there.
pub(crate) async fn view(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    query: &ImageQuery,
) -> Result<Option<FilesView>, Failure> {
    let Some(stack) = Stack::of(service, visit, found).await else { return Ok(None) };
    let files = &query.files;
    let scope = scope(service, visit, found, &stack, files).await?;
    let mut view = frame(visit, found, &stack, files, &scope, service.settings().layers.ask_bytes);
    // It is told beside the layer as a whole, and comparing takes as long as making a tree.
    if files.path.is_root() && files.find.is_empty() && files.change.is_none() {
        view.own_table = own_table(service, visit, found, &stack, &scope).await;
    }
    view.remarks.extend(remark(&scope, view.own_table.as_ref()));
    let search = match Search::of(&files.find, files.change) {
        Ok(search) => search,
        Err(problem) => {
            view.remarks.push(problem);
            None
        }
    };
    let place = hits::find(&scope.merged, &files.path);
    let Some((node, by_link)) = place else {
        if scope.is_provisional || scope.is_empty {
            return Ok(Some(view));
        }
        let gone = gone(visit, found, &stack, &scope, &files.path);
        return Err(visit.finish(failure::no_such_file(
            &found.reference,
            &found.choice(),
            &files.path,
            (gone, Gaps::of(&stack, &scope).elsewhere()),
            visit.registry,
        )));
    };
    if by_link {
        let path = scope.merged.path(node);
        view.remarks.push(format!("This path leads over a symbolic link to {}, which is shown.", path.readable()));
    }
    let readings = read(service, visit, found, &stack, &scope, node, files).await;
    let download = download(visit, found, &scope, node, files);
    let weight = weight(&scope, &readings, search.is_some() || files.usage || node != scope.merged.root());
    let reader = visit.request.asker.reader;
    let counts = files.usage && scope.position.is_none() && !scope.is_provisional && !scope.is_empty;
    let bases = if counts { Some(Bases::of(service, visit, found, files.base).await) } else { None };
    view.remarks.extend(bases.as_ref().and_then(|bases| bases.problem.clone()));
    let (files, is_root, wanted) = (files.clone(), node == scope.merged.root(), scope.wanted);
    let assembled = blocking::work(reader, weight, move || {
        assemble(view, &scope, node, &files, search.as_ref(), readings, download, is_root, bases)
    });
    let stopped = || visit.fail(&crate::registry::Error::Stopped, &Subject::Manifest(found.reference.clone()));
    let mut view = assembled.await.ok_or_else(stopped)?;
    if let Some(opened) = &mut view.opened {
        colours::tell(service, visit, opened).await;
    }
    if let Some(usage) = view.usage.as_ref().filter(|usage| view.is_whole && usage.left_out.is_none()) {
        service.keep_counted(&stack, wanted, usage).await;
    }
    Ok(Some(view))
}

/// The layers of an image, the tree that is asked for, and what is missing in it; nothing for what is no image.
///
/// # Errors
///
/// Where a layer is asked for that is not there, or what is shown could still change.
pub(super) async fn tree(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    files: &FilesQuery,
) -> Result<Option<(Stack, Arc<Merged>, Gaps)>, Failure> {
    let Some(stack) = Stack::of(service, visit, found).await else { return Ok(None) };
    let scope = scope(service, visit, found, &stack, files).await?;
    if scope.is_provisional || scope.is_empty {
        return Err(visit.finish(failure::layers_unread(visit.registry)));
    }
    let gaps = Gaps::of(&stack, &scope);
    Ok(Some((stack, scope.merged, gaps)))
}

/// About how many bytes are worked on.
fn weight(scope: &Scope, readings: &Readings, is_whole: bool) -> usize {
    let text = |read: &Option<Result<Read, String>>| {
        read.as_ref().map_or(0, |read| read.as_ref().map_or(0, |read| read.bytes.len() * 8))
    };
    let tree = if is_whole { scope.merged.work() } else { 0 };
    text(&readings.own) + text(&readings.against) + tree
}

/// Everything that is known before anything is opened.
fn frame(
    visit: &Visit<'_>,
    found: &Found,
    stack: &Stack,
    files: &FilesQuery,
    scope: &Scope,
    ask_bytes: u64,
) -> FilesView {
    let config = found.image_config();
    let matching = config.zip(found.image()).filter(|(config, manifest)| has_all(config, manifest));
    let diff_ids: &[Option<Digest>] = matching.map(|(config, _)| config.diff_ids.as_slice()).unwrap_or_default();
    let unread = unread_bytes(stack, scope.wanted, scope.position, ask_bytes.saturating_add(1));
    FilesView {
        layer: scope.position.map(super::listing::number),
        as_of: files.as_of.min(u32::try_from(stack.layers.len()).unwrap_or(u32::MAX)),
        layers: cards(stack, diff_ids, &found.reference.repository, visit.registry),
        layers_left_out: u32::try_from(stack.left_out).unwrap_or(u32::MAX),
        unread_bytes: unread,
        is_much: unread > ask_bytes,
        is_provisional: scope.is_provisional,
        is_empty: scope.is_empty,
        is_whole: !scope.is_provisional && !scope.is_empty && Gaps::of(stack, scope).is_none(),
        knows_changes: scope.knows_changes(),
        path: files.path.clone(),
        root: match scope.position {
            // What all layers together begin at may not be known.
            Some(_) if stack.is_windows => FilePath::from_bytes(Overlay::WINDOWS_ROOT),
            Some(_) => FilePath::root(),
            None => scope.merged.root_path(),
        },
        rows: Vec::new(),
        total: 0,
        files: scope.merged.sum(scope.merged.root()).files.into(),
        remarks: remarks(stack, scope),
        own_table: None,
        download: None,
        download_lacks: None,
        opened: None,
        usage: None,
    }
}

/// What is odd about the whole, as sentences.
fn remarks(stack: &Stack, scope: &Scope) -> Vec<String> {
    let mut remarks = Gaps::with_below(stack, scope).sentences();
    remarks.extend(differences(&scope.merged));
    remarks
}

/// Where runtimes disagree about the whole, as sentences.
fn differences(merged: &Merged) -> Vec<String> {
    let sentence = |(difference, count): (&Difference, &usize)| {
        let places = size::counted(*count as u64, "place");
        format!("{places}: {}", opened::words(*difference))
    };
    merged.overlay.difference_counts().iter().map(sentence).collect()
}

#[expect(clippy::too_many_arguments, reason = "everything that one page is made of, in a thread of its own")]
fn assemble(
    mut view: FilesView,
    scope: &Scope,
    node: NodeId,
    files: &FilesQuery,
    search: Option<&Search>,
    readings: Readings,
    download: Option<String>,
    is_root: bool,
    bases: Option<Bases>,
) -> FilesView {
    let from = usize::try_from(files.from).unwrap_or(usize::MAX);
    let lister = Lister {
        merged: &scope.merged,
        below: scope.below.as_deref(),
        knows_changes: view.knows_changes,
        order: files.order,
        from,
    };
    let overlay = &scope.merged.overlay;
    let is_directory = overlay.is_directory(node);
    let Listing { rows, total, is_cut } = match search {
        Some(search) => search.run(&lister, if is_directory { node } else { overlay.parent(node) }),
        None if is_directory => lister.list(node, None),
        None => lister.list(overlay.parent(node), Some(node)),
    };
    (view.rows, view.total) = (rows, total as u64);
    if is_cut {
        view.remarks.push(
            "The search took too long and was ended. Look below a directory, or for more of the name.".to_owned(),
        );
    }
    if files.change.is_some() && !view.knows_changes {
        view.remarks.push(
            "What this layer has changed is known when the layers below it have been read, too. Until then only what it deletes is found."
                .to_owned(),
        );
    }
    let whole = scope.below.as_ref().or_else(|| scope.position.is_none().then_some(&scope.merged));
    let left_out = download.as_ref().and_then(|_| left_out(&scope.merged, node));
    if is_root {
        view.download = download;
        view.download_lacks = left_out;
    } else {
        let mut opened = opened::open(&lister, node, whole, readings, files.form, download);
        opened.remarks.extend(left_out);
        view.opened = Some(Box::new(opened));
    }
    view.usage = bases.map(|bases| Box::new(usage(&scope.merged, files, bases)));
    view
}

/// What an archive of a directory does without, as a sentence.
fn left_out(merged: &Merged, directory: NodeId) -> Option<String> {
    let odd = merged.sum(directory).odd;
    (odd > 0 && merged.overlay.is_directory(directory)).then(|| {
        let files = size::counted(odd.into(), "file");
        format!("An archive of this directory leaves out {files} whose contents cannot be sent as they are. A list in it tells of them.")
    })
}

/// Reads the file that is open, and the version that it is compared with.
async fn read(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    stack: &Stack,
    scope: &Scope,
    node: NodeId,
    files: &FilesQuery,
) -> Readings {
    let Some((id, _)) = opened::contents(&scope.merged, node) else { return Readings::default() };
    let limit = service.settings().layers.file_bytes;
    // What a format holds is often at a file's end.
    let is_large = files.form == Some(ContentForm::Inside)
        && scope.merged.entry(id).is_some_and(|file| (limit..=inside::LONGEST).contains(&file.size()));
    let place = if is_large { inside::place(visit.request.asker.reader).await } else { None };
    let limit = if place.is_some() { limit.max(inside::LONGEST) } else { limit };
    let own = read_one(service, visit, found, stack, &scope.merged, id, limit).await;
    let against = match (files.against, scope.position) {
        (0, _) | (_, Some(_)) => None,
        (number, None) => {
            let merged = Arc::clone(&scope.merged);
            let path = merged.overlay.path(node);
            let weight = weight(scope, &Readings::default(), true);
            let work = move || crate::anatomy::files::history(&merged.overlay, &merged.lists(), &path);
            let versions = blocking::work(visit.request.asker.reader, weight, work).await.unwrap_or_default();
            let version = versions.into_iter().find(|version| u32::from(version.layer) + 1 == number);
            match version.and_then(|version| version.file) {
                Some(id) => Some(read_one(service, visit, found, stack, &scope.merged, id, limit).await),
                None => Some(Err(format!("Layer {number} has no version of this file."))),
            }
        }
    };
    Readings { own: Some(own), against, _place: place }
}

async fn read_one(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    stack: &Stack,
    merged: &Merged,
    id: FileId,
    limit: u64,
) -> Result<Read, String> {
    let layer = stack.layers.get(merged.position(id));
    let parts = merged.entry(id).zip(merged.index(id)).zip(layer);
    let Some(((file, index), layer)) = parts else {
        return Err("Its layer is still being read. Its contents come after that.".to_owned());
    };
    if !opened::has_contents(file) {
        return Err("This version has no contents.".to_owned());
    }
    if let Some(location) = index.locate_begin(file, limit)
        && let Err(failure) = service.spend(visit, location.stored().end - location.stored().start)
    {
        return Err(failure.explanation);
    }
    let (client, repository, request) =
        (visit.registry.client(), &found.reference.repository, service.layer_request(visit));
    let opened = service.layers().read_file(client, &request, repository, &layer.descriptor, index, file, limit).await;
    match opened {
        Ok(opened) => Ok(Read { bytes: opened.bytes, size: file.size() }),
        Err(error) => Err(super::cards::open_problem(&error, &layer.descriptor, repository, visit.registry)),
    }
}

/// Where the exact bytes of a file are, or those of a directory as an archive.
fn download(visit: &Visit<'_>, found: &Found, scope: &Scope, node: NodeId, files: &FilesQuery) -> Option<String> {
    if scope.merged.overlay.is_directory(node) {
        let sum = scope.merged.sum(node);
        if scope.is_provisional || scope.is_empty || sum.files == sum.odd {
            return None;
        }
    } else {
        let (id, _) = opened::contents(&scope.merged, node)?;
        scope.merged.index(id)?;
    }
    let path = scope.merged.path(node);
    let (prefix, choice) = (visit.registry.prefix(), found.choice());
    Some(link::content(prefix, &found.reference, &choice, files.layer.as_ref(), files.as_of, &path))
}
