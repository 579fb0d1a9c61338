//! The exact bytes of one file, or those of everything in a directory.

use std::sync::Arc;

use super::archive::{self, Origin, Plan};
use super::hits::find;
use super::merged::Merged;
use super::opened::contents;
use super::stack::Stack;
use super::view::tree;
use crate::anatomy::files::NodeId;
use crate::layers::{FileStream, OpenError};
use crate::oci::Digest;
use crate::service::failure::{self, Subject};
use crate::service::image::found::Found;
use crate::service::visit::Visit;
use crate::service::{Service, blocking};
use crate::view::image::ImageQuery;
use crate::view::{Failure, Page};

/// A file's bytes on their way, or a directory's as an archive.
pub struct FileBytes {
    /// The digest that they have, or the answer is broken off. An archive has none: each file in it is checked.
    pub digest: Option<Digest>,
    /// How many there are, where that is known.
    pub size: Option<u64>,
    /// What they are to be called.
    pub name: Vec<u8>,
    /// The bytes; nothing where they are not wanted.
    pub body: Option<FileStream>,
    /// Whether the registry gives them to everybody.
    pub is_public: bool,
    /// Whether nothing is missing of the layers that could have another file there.
    pub is_final: bool,
}

impl Service {
    /// The exact bytes of the file that a page would show; a directory comes as a tar archive. `is_wanted` says whether the bytes are
    /// to be sent, of a file by their digest: the reader may have them already, or ask for nothing but what is said of them.
    ///
    /// # Errors
    ///
    /// Where the page itself would fail, its layer was not read, or what is there has no contents.
    pub async fn file_bytes(
        &self,
        query: &ImageQuery,
        is_wanted: impl Fn(Option<&Digest>) -> bool,
    ) -> Result<Page<FileBytes>, Failure> {
        self.bytes_of(query, is_wanted, true).await
    }

    /// The same for whom no directory is packed: that can cost a registry as many bytes as the whole image has (threat T-24).
    ///
    /// # Errors
    ///
    /// As [`Service::file_bytes`], and at a directory.
    pub async fn single_file_bytes(
        &self,
        query: &ImageQuery,
        is_wanted: impl Fn(Option<&Digest>) -> bool,
    ) -> Result<Page<FileBytes>, Failure> {
        self.bytes_of(query, is_wanted, false).await
    }

    async fn bytes_of(
        &self,
        query: &ImageQuery,
        is_wanted: impl Fn(Option<&Digest>) -> bool,
        packs_directories: bool,
    ) -> Result<Page<FileBytes>, Failure> {
        let (visit, found) = self.found_for_files(query).await?;
        let path = &query.files.path;
        let tree = tree(self, &visit, &found, &query.files).await?;
        let missing = |elsewhere: Option<String>| {
            let why = (None, elsewhere);
            visit.finish(failure::no_such_file(&found.reference, &found.choice(), path, why, visit.registry))
        };
        let Some((stack, merged, gaps)) = tree else { return Err(missing(None)) };
        let is_final = gaps.is_none();
        let Some((node, _)) = find(&merged, path) else { return Err(missing(gaps.elsewhere())) };
        if merged.overlay.is_directory(node) {
            if !packs_directories {
                return Err(visit.finish(failure::not_for_other_sites(path, visit.registry)));
            }
            return self.directory_bytes(&visit, &found, &stack, merged, node, is_final, is_wanted(None)).await;
        }
        let Some((id, file)) = contents(&merged, node) else {
            return Err(visit.finish(failure::no_contents(path, visit.registry)));
        };
        let parts = merged.index(id).zip(stack.layers.get(merged.position(id))).zip(file.digest());
        let Some(((index, layer), digest)) = parts else {
            return Err(visit.finish(failure::layers_unread(visit.registry)));
        };
        let digest = Digest::from_sha256(digest);
        let name = path.name().to_vec();
        let (digest, size, is_public) =
            (Some(digest), Some(file.size()), visit.registry.client().settings().is_anonymous());
        if !is_wanted(digest.as_ref()) {
            return Ok(visit.page(FileBytes { digest, size, name, body: None, is_public, is_final }));
        }
        if let Some(location) = index.locate(file) {
            self.spend(&visit, location.stored().end - location.stored().start)?;
        }
        let (client, repository) = (visit.registry.client(), &found.reference.repository);
        let request = self.layer_request(&visit);
        let opened = self.layers().open(client, &request, repository, &layer.descriptor, index, file).await;
        let body = opened.map_err(|error| match (error, &layer.descriptor.digest) {
            (OpenError::Crowded, _) => visit.finish(failure::too_many_open(visit.registry)),
            (OpenError::Registry(error), Some(digest)) => {
                visit.fail(&error, &Subject::Blob(repository.clone(), digest.clone()))
            }
            (error, _) => visit.finish(failure::not_the_file(&error.to_string(), path, visit.registry)),
        })?;
        Ok(visit.page(FileBytes { digest, size, name, body: Some(body), is_public, is_final }))
    }

    #[expect(clippy::too_many_arguments, reason = "what is packed, of which image, for whom, and whether it is sent")]
    async fn directory_bytes(
        &self,
        visit: &Visit<'_>,
        found: &Found,
        stack: &Stack,
        merged: Arc<Merged>,
        node: NodeId,
        is_final: bool,
        is_wanted: bool,
    ) -> Result<Page<FileBytes>, Failure> {
        let path = |node| merged.path(node);
        let name = match path(node).name() {
            b"" => b"files.tar".to_vec(),
            name => [name, b".tar"].concat(),
        };
        let weight = merged.work();
        let planned = {
            let merged = Arc::clone(&merged);
            blocking::work(visit.request.asker.reader, weight, move || Plan::of(merged, node)).await
        };
        let stopped = || visit.fail(&crate::registry::Error::Stopped, &Subject::Manifest(found.reference.clone()));
        let plan = planned.ok_or_else(stopped)?;
        if plan.is_vain() {
            return Err(visit.finish(failure::not_to_be_packed(&path(node), visit.registry)));
        }
        if is_wanted {
            self.spend(visit, plan.stored())?;
        }
        let origin = Origin {
            layers: self.layers().clone(),
            client: visit.registry.client().clone(),
            request: self.layer_request(visit),
            repository: found.reference.repository.clone(),
            descriptors: stack.layers.iter().map(|layer| layer.descriptor.clone()).collect(),
        };
        Ok(visit.page(FileBytes {
            digest: None,
            size: None,
            name,
            body: is_wanted.then(|| archive::stream(plan, origin)),
            is_public: visit.registry.client().settings().is_anonymous(),
            is_final,
        }))
    }
}
