//! How much of a list is known, in words.

use super::failure::{self, Subject};
use super::registries::Registry;
use crate::anatomy::size::{count, decimal};
use crate::registry::{Listing, Truncation};
use crate::view::listing::Walk;

/// The state of a walk as pages say it.
pub(crate) fn walk<T>(listing: &Listing<T>, subject: &Subject, registry: &Registry) -> Walk {
    if listing.from_hand {
        return Walk::ByHand;
    }
    if listing.complete {
        return match &listing.stopped {
            _ if listing.reading => Walk::Renewing,
            Some(error) => Walk::Outdated { reason: failure::sentence(error, subject, registry) },
            None => Walk::Complete,
        };
    }
    if let Some(truncation) = &listing.truncated {
        return Walk::Truncated { reason: limit(truncation) };
    }
    if let Some(error) = &listing.stopped {
        return Walk::Stopped { reason: failure::sentence(error, subject, registry) };
    }
    Walk::Reading
}

/// The limit that ended a walk, as a sentence without its full stop.
pub(crate) fn limit(truncation: &Truncation) -> String {
    match truncation {
        Truncation::Names(names) => format!("The list ended here after {} names, the limit", count(*names as u64)),
        Truncation::Pages(pages) => format!("The list ended here after {} pages, the limit", count(u64::from(*pages))),
        Truncation::PageNames(names) => {
            format!("One page of the list had more than {} names, the limit", count(*names as u64))
        }
        Truncation::Bytes(bytes) => format!("The list ended here after {}, the limit", decimal(*bytes)),
        Truncation::Time => "The list ended here because reading it took longer than the limit".to_owned(),
        Truncation::Loop => "The registry led back to a page of the list that had been read".to_owned(),
        Truncation::Barren(pages) => {
            format!("The registry sent {} pages of the list in a row without a new name", count(u64::from(*pages)))
        }
        Truncation::LinkElsewhere(place) => {
            format!("The next page of the list would be at {place}, where Strata does not follow")
        }
        Truncation::LinkTooLong(bytes) => {
            format!("The address of the list's next page is longer than Strata follows ({})", decimal(*bytes as u64))
        }
    }
}
