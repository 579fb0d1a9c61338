//! The exact bytes of one file.

use super::hits::find;
use super::opened::contents;
use super::view::tree;
use crate::layers::FileStream;
use crate::oci::Digest;
use crate::service::Service;
use crate::service::failure::{self, Subject};
use crate::view::image::ImageQuery;
use crate::view::{Failure, Page};

/// A file's bytes on their way.
pub struct FileBytes {
    /// The digest that they have, or the answer is broken off.
    pub digest: Digest,
    /// How many there are.
    pub size: u64,
    /// The last component of the file's path.
    pub name: Vec<u8>,
    /// The bytes; nothing where the reader has them already.
    pub body: Option<FileStream>,
    /// Whether the registry gives them to everybody.
    pub is_public: bool,
    /// Whether no layer was missing that could have another file there.
    pub is_final: bool,
}

impl Service {
    /// The exact bytes of the file that a page would show. `is_known` says whether the reader has those of a digest already.
    ///
    /// # Errors
    ///
    /// Where the page itself would fail, its layer was not read, or what is there has no contents.
    pub async fn file_bytes(
        &self,
        query: &ImageQuery,
        is_known: impl Fn(&Digest) -> bool,
    ) -> Result<Page<FileBytes>, Failure> {
        let (visit, found) = self.found_for_files(query).await?;
        let path = &query.files.path;
        let missing = |gone_by| failure::no_such_file(&found.reference, &found.choice(), path, gone_by, visit.registry);
        let tree = tree(self, &visit, &found, &query.files).await?;
        let Some((stack, merged, is_final)) = tree else { return Err(visit.finish(missing(None))) };
        let Some((node, _)) = find(&merged, path) else {
            return Err(visit.finish(missing(None)));
        };
        let Some((id, file)) = contents(&merged, node) else {
            return Err(visit.finish(failure::no_contents(path, visit.registry)));
        };
        let parts = merged.index(id).zip(stack.layers.get(merged.position(id))).zip(file.digest());
        let Some(((index, layer), digest)) = parts else {
            return Err(visit.finish(failure::layers_unread(visit.registry)));
        };
        // Sixty-four hexadecimal digits are a digest.
        let digest: Digest = format!("sha256:{}", super::hits::hex(digest))
            .parse()
            .map_err(|_| visit.finish(failure::no_contents(path, visit.registry)))?;
        let name = path.name().to_vec();
        let (size, is_public) = (file.size(), visit.registry.client().settings().is_anonymous());
        if is_known(&digest) {
            return Ok(visit.page(FileBytes { digest, size, name, body: None, is_public, is_final }));
        }
        if let Some(location) = index.locate(file) {
            self.spend(&visit, location.stored().end - location.stored().start)?;
        }
        let (client, repository) = (visit.registry.client(), &found.reference.repository);
        let opened = self.layers().open(client, &visit.patient(), repository, &layer.descriptor, index, file).await;
        let body = opened.map_err(|error| match (error, &layer.descriptor.digest) {
            (crate::layers::OpenError::Registry(error), Some(digest)) => {
                visit.fail(&error, &Subject::Blob(repository.clone(), digest.clone()))
            }
            (error, _) => visit.finish(failure::not_the_file(&error.to_string(), path, visit.registry)),
        })?;
        Ok(visit.page(FileBytes { digest, size, name, body: Some(body), is_public, is_final }))
    }
}
