//! The documents as they were received, each digest in them a link.

use std::collections::HashSet;

use super::found::{Chosen, Found};
use super::indent;
use crate::anatomy::steps::has_all;
use crate::anatomy::text::cut;
use crate::oci::{Digest, Manifest, MediaType, Reference};
use crate::registry::Document;
use crate::service::registries::Registry;
use crate::view::address::ImageView;
use crate::view::image::{LINKS_LENGTH, RawDocument};
use crate::view::link::{self, PlatformLink};

/// Index, manifest and config, as far as there are such and they could be read.
pub(super) fn documents(found: &Found, registry: &Registry, longest: usize) -> Vec<RawDocument> {
    let links = Links { found, registry };
    let mut documents = Vec::with_capacity(3);
    let top = &found.top;
    let is_index = found.index().is_some();
    let name = if is_index { "Index" } else { "Manifest" };
    let of_top = top.parsed.as_ref().as_ref().ok();
    documents.push(document(name, &top.document, longest, links.manifest(of_top, &top.document.digest), None, &links));
    if let Chosen::Entry { child, .. } = &found.chosen
        && let Ok(child) = child.as_ref()
    {
        let of_child = links.manifest(child.parsed.as_ref().as_ref().ok(), &child.document.digest);
        documents.push(document("Manifest", &child.document, longest, of_child, None, &links));
    }
    if let (Some(Ok(config)), Some(manifest)) = (&found.config, found.manifest_digest()) {
        let of_config = links.config(manifest);
        documents.push(document("Config", &config.document, longest, of_config, Some(manifest), &links));
    }
    documents
}

fn document(
    name: &str,
    document: &Document,
    longest: usize,
    links: Collected,
    config_of: Option<&Digest>,
    place: &Links<'_>,
) -> RawDocument {
    let text = String::from_utf8_lossy(&document.bytes);
    let text = indent::indented(&text).unwrap_or_else(|| text.into_owned());
    let (text, cut) = cut(text, longest);
    let repository = &place.found.reference.repository;
    let prefix = place.registry.prefix();
    RawDocument {
        name: name.to_owned(),
        digest: document.digest.clone(),
        media_type: MediaType::clone(&document.media_type),
        size: document.bytes.len() as u64,
        text,
        cut,
        download: match config_of {
            Some(manifest) => format!("{}?config=1", link::raw_bytes(prefix, repository, manifest)),
            None => link::raw_bytes(prefix, repository, &document.digest),
        },
        links: links.links,
        links_left_out: links.left_out,
    }
}

/// Where the digests of documents lead.
struct Links<'a> {
    found: &'a Found,
    registry: &'a Registry,
}

impl Links<'_> {
    /// Of an index: to its entries. Of a manifest: to its config, its layers, its subject.
    fn manifest(&self, manifest: Option<&Manifest>, own: &Digest) -> Collected {
        let mut links = Collected::default();
        match manifest {
            Some(Manifest::Index(index)) => {
                for digest in index.manifests.iter().chain(&index.subject).filter_map(|entry| entry.digest.as_ref()) {
                    links.add(digest, || self.page(digest, ImageView::default()));
                }
            }
            Some(Manifest::Image(manifest)) => {
                if let Some(config) = manifest.config.as_ref().and_then(|config| config.digest.as_ref()) {
                    links.add(config, || {
                        if self.found.image().is_some() {
                            self.page(own, ImageView::Config)
                        } else {
                            // Another artifact's config means nothing to us: it stands below its manifest.
                            format!("{}#{}", self.page(own, ImageView::Raw), link::document_anchor("Config"))
                        }
                    });
                }
                for digest in manifest.layers.iter().filter_map(|layer| layer.digest.as_ref()) {
                    links.add(digest, || self.row(own, digest));
                }
                for digest in manifest.subject.iter().filter_map(|subject| subject.digest.as_ref()) {
                    links.add(digest, || self.page(digest, ImageView::default()));
                }
            }
            Some(Manifest::Schema1 { .. } | Manifest::Other { .. }) | None => {}
        }
        links
    }

    /// Of a config: its diff_ids to the rows of their layers, where it is known which those are.
    fn config(&self, manifest: &Digest) -> Collected {
        let mut links = Collected::default();
        if let (Some(image), Some(config)) = (self.found.image(), self.found.image_config())
            && has_all(config, image)
        {
            for (diff_id, layer) in config.diff_ids.iter().zip(&image.layers) {
                if let (Some(diff_id), Some(layer)) = (diff_id, &layer.digest) {
                    links.add(diff_id, || self.row(manifest, layer));
                }
            }
        }
        links
    }

    fn page(&self, digest: &Digest, view: ImageView) -> String {
        let reference = Reference::digest(self.found.reference.repository.clone(), digest.clone());
        link::image(self.registry.prefix(), &reference, view, &PlatformLink::none())
    }

    fn row(&self, manifest: &Digest, layer: &Digest) -> String {
        format!("{}#{}-{}", self.page(manifest, ImageView::Layers), layer.algorithm_name(), layer.encoded())
    }
}

#[derive(Default)]
struct Collected {
    seen: HashSet<Digest>,
    links: Vec<(Digest, String)>,
    left_out: u32,
}

impl Collected {
    fn add(&mut self, digest: &Digest, path: impl FnOnce() -> String) {
        if !digest.is_verifiable() || !self.seen.insert(digest.clone()) {
            return;
        }
        if self.links.len() < LINKS_LENGTH {
            self.links.push((digest.clone(), path()));
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}
