//! The entries of an index: a card for each image, its attestations folded in, and everything else beside them.

use std::collections::{HashMap, HashSet};

use futures::StreamExt as _;
use futures::stream;

use super::found::{Chosen, Found};
use crate::anatomy::platform_choice;
use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest, ImageIndex, Manifest, Platform, RepositoryName};
use crate::registry::Error;
use crate::service::Service;
use crate::service::failure::{self, Subject};
use crate::service::summary::TOO_MANY_LAYERS;
use crate::service::visit::Visit;
use crate::view::image::{ENTRIES_LENGTH, PlatformCard};
use crate::view::listing::Details;

/// Most attestations that are folded into one card.
const ATTESTATIONS: usize = 16;
/// Sizes read at the same time for one page, so that another page never waits for all of them.
const AT_ONCE: usize = 8;

/// The entries of an index as a page shows them.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) cards: Vec<PlatformCard>,
    pub(super) more_cards: u32,
    pub(super) others: Vec<Descriptor>,
    pub(super) more_others: u32,
    /// The entry of each card.
    descriptors: Vec<Descriptor>,
}

impl Entries {
    /// Those of the index that stands at a reference; none where no index stands there.
    pub(super) fn of(found: &Found) -> Self {
        let Some(index) = found.index() else { return Self::default() };
        let chosen = match &found.chosen {
            Chosen::Entry { position, .. } => Some(*position),
            Chosen::Top | Chosen::NoImage => None,
        };
        let mut entries = Self::of_index(index, chosen);
        let size = found.manifest().and_then(crate::oci::ImageManifest::whole_size);
        for card in entries.cards.iter_mut().filter(|card| card.chosen) {
            card.size = size;
        }
        entries
    }

    fn of_index(index: &ImageIndex, chosen: Option<usize>) -> Self {
        let shared: HashSet<usize> = platform_choice::shared(&index.manifests).into_iter().collect();
        let images: HashSet<&Digest> = index
            .manifests
            .iter()
            .filter(|entry| entry.index_entry() == IndexEntry::Image)
            .filter_map(|entry| entry.digest.as_ref())
            .collect();
        let mut attestations: HashMap<Digest, Vec<Digest>> = HashMap::new();
        let (mut positions, mut others) = (Vec::new(), Vec::new());
        for (position, entry) in index.manifests.iter().enumerate() {
            match entry.index_entry() {
                IndexEntry::Image => positions.push(position),
                IndexEntry::Attestation { subject: Some(subject) } if images.contains(&subject) => {
                    let about = attestations.entry(subject).or_default();
                    about.extend(entry.digest.clone().filter(|_| about.len() < ATTESTATIONS));
                }
                _ => others.push(position),
            }
        }
        let (positions, more_cards) = first(&positions, chosen);
        let (others, more_others) = first(&others, chosen);
        let entry = |position: &usize| index.manifests.get(*position);
        let card = |position: &usize| {
            let entry = entry(position)?;
            let about = entry.digest.as_ref().and_then(|digest| attestations.get(digest));
            Some(PlatformCard {
                platform: entry.platform.clone(),
                digest: entry.digest.clone(),
                size: None,
                problem: entry.digest.is_none().then(|| "Its entry in the index has no valid digest".to_owned()),
                waiting: false,
                chosen: chosen == Some(*position),
                // A platform that no address can spell is reached by its digest, too.
                shares_platform: shared.contains(position) || !entry.platform.as_ref().is_some_and(is_spelled),
                attestations: about.cloned().unwrap_or_default(),
            })
        };
        Self {
            cards: positions.iter().filter_map(card).collect(),
            descriptors: positions.iter().filter_map(entry).cloned().collect(),
            others: others.iter().filter_map(entry).cloned().collect(),
            more_cards,
            more_others,
        }
    }

    /// Reads the manifest of every card, as far as there is time for it, and writes sizes and problems on the cards.
    pub(super) async fn read_sizes(&mut self, service: &Service, visit: &Visit<'_>, repository: &RepositoryName) {
        let reads: Vec<_> = self.descriptors.iter().map(|entry| size(service, visit, repository, entry)).collect();
        let mut sizes = stream::iter(reads).buffered(AT_ONCE);
        for card in &mut self.cards {
            // Past the deadline nothing is begun any more: nobody would wait for it.
            let size = if visit.is_over() { None } else { sizes.next().await };
            match size.unwrap_or(Details::Waiting) {
                Details::Known(size) => card.size = Some(size),
                Details::Unreadable(problem) => card.problem = Some(problem),
                Details::Waiting | Details::Unasked => card.waiting = true,
            }
        }
    }
}

/// Whether an address can name it.
fn is_spelled(platform: &Platform) -> bool {
    platform.to_string().parse::<Platform>().is_ok()
}

/// The first positions, the chosen one among them, and how many are left out.
fn first(positions: &[usize], chosen: Option<usize>) -> (Vec<usize>, u32) {
    let mut shown: Vec<usize> = positions.iter().copied().take(ENTRIES_LENGTH).collect();
    if let Some(chosen) = chosen
        && positions.contains(&chosen)
        && !shown.contains(&chosen)
    {
        shown.pop();
        shown.push(chosen);
    }
    let left_out = positions.len() - shown.len();
    (shown, u32::try_from(left_out).unwrap_or(u32::MAX))
}

/// The bytes of an entry's layers, compressed.
async fn size(service: &Service, visit: &Visit<'_>, repository: &RepositoryName, entry: &Descriptor) -> Details<u64> {
    let client = visit.registry.client();
    match client.described_manifest(&visit.request, repository, entry).await {
        Ok(document) => match &*service.parsed_manifest(&document).await {
            Ok(Manifest::Image(manifest)) => match manifest.whole_size() {
                Some(size) => Details::Known(size),
                None => Details::Unreadable(TOO_MANY_LAYERS.to_owned()),
            },
            Ok(_) => Details::Unreadable("It has no layers".to_owned()),
            Err(error) => Details::Unreadable(error.to_string()),
        },
        Err(Error::Deadline { .. }) => Details::Waiting,
        Err(error) => {
            let subject = match &entry.digest {
                Some(digest) => Subject::Child(repository.clone(), digest.clone()),
                None => Subject::Tags(repository.clone()),
            };
            Details::Unreadable(failure::sentence(&error, &subject, visit.registry))
        }
    }
}
