//! One lookup: the API, page by page, or else the fallback tag.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::super::asker::Reader;
use super::super::client::ManifestReference;
use super::super::document::{Document, content_type};
use super::super::documents::Documents;
use super::super::error::{Error, FailedRequest};
use super::super::exchange::refusal;
use super::super::fetch::Outgoing;
use super::super::link::{self, Next};
use super::super::listing::Truncation;
use super::super::redirect::Follow;
use super::super::request::Request;
use super::super::scope::Scope;
use super::super::text::{redacted, visible};
use super::super::trace::EntryKind;
use super::super::turns::Turns;
use super::support::{Asked, ReferrersWay};
use super::{Referrers, in_words, names};
use crate::oci::media_type::{OCI_EMPTY, OCI_INDEX};
use crate::oci::{Descriptor, Digest, ImageIndex, Manifest, MediaType, RepositoryName};

/// Most questions that are remembered with a list. A walk of many pages repeats itself.
const MAX_ASKED: usize = 6;
/// Most annotations that are kept of a descriptor, and the longest text of one in bytes. The manifest has them all.
const MAX_ANNOTATIONS: usize = 32;
const MAX_TEXT: usize = 1_024;
/// Longest document in bytes that is read without a thread of its own.
const LONG: usize = 128 * 1024;
/// Longer ones that are read at the same time: each may take many times its size meanwhile (threat T-14). Readers take turns;
/// no more wait than may look something up at all.
static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(2, usize::MAX));

/// What is looked for.
pub(super) struct Lookup<'a> {
    pub(super) documents: &'a Documents,
    pub(super) request: &'a Request,
    pub(super) repository: RepositoryName,
    pub(super) subject: Digest,
    pub(super) artifact_type: Option<MediaType>,
    /// The API's address.
    pub(super) url: Url,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) referrers: Referrers,
    /// The answer that says that there is no API, where this lookup got it and it holds for the whole repository.
    pub(super) refusal: Option<Asked>,
}

/// One page of the API's answer.
enum Page {
    Read {
        index: Box<ImageIndex>,
        filtered: bool,
        next: Next,
        bytes: u64,
        asked: Asked,
    },
    /// There is no API, for this subject or at all.
    NotOffered {
        asked: Asked,
        for_good: bool,
    },
}

impl Lookup<'_> {
    /// Looks them up. `without_api` is the answer by which the repository is known to have no API.
    pub(super) async fn run(&self, without_api: Option<Asked>) -> Result<Outcome, Error> {
        if let Some(asked) = without_api {
            let outcome = format!("not asked so soon again: {}", asked.outcome);
            self.request.trace.known(EntryKind::List, "GET", redacted(&self.url), 0, &outcome, None);
            let asked = Asked { outcome: format!("asked before: {}", asked.outcome), ..asked };
            return Ok(Outcome { referrers: self.fallback(asked).await?, refusal: None });
        }
        let limit = self.documents.exchange.fetcher.limits.walk_time;
        let mut found = Collected::new(self);
        let first = match self.page(&self.url).await? {
            Page::NotOffered { asked, for_good } => {
                let refusal = for_good.then(|| asked.clone());
                return Ok(Outcome { referrers: self.fallback(asked).await?, refusal });
            }
            first @ Page::Read { .. } => first,
        };
        match tokio::time::timeout(limit, self.walk(first, &mut found)).await {
            Ok(Ok(truncated)) => found.truncated = found.truncated.or(truncated),
            Ok(Err(error)) => {
                error.log(&self.request.asker);
                found.stopped = Some(error);
            }
            Err(_) => found.truncated = Some(Truncation::Time),
        }
        Ok(Outcome { referrers: found.finish(ReferrersWay::Api), refusal: None })
    }

    /// The error of a lookup that finds no place.
    pub(super) fn crowded(&self) -> Error {
        self.documents.exchange.fetcher.crowded(&Outgoing::get(EntryKind::List, self.url.clone(), 0))
    }

    /// Reads page after page (threats T-8, T-9).
    async fn walk(&self, first: Page, found: &mut Collected<'_>) -> Result<Option<Truncation>, Error> {
        let limits = &self.documents.exchange.fetcher.limits;
        let mut seen = HashSet::from([self.url.query().unwrap_or_default().to_owned()]);
        let (mut page, mut barren, mut read) = (first, 0, 0_u64);
        loop {
            let Page::Read { index, filtered, next, bytes, asked } = page else {
                return Ok(None);
            };
            read = read.saturating_add(bytes);
            barren = if found.add(*index, filtered, asked) { 0 } else { barren + 1 };
            let query = match next {
                Next::Nothing => return Ok(None),
                _ if found.is_full() => return Ok(Some(Truncation::Names(limits.referrers))),
                Next::Elsewhere(target) => return Ok(Some(Truncation::LinkElsewhere(visible(&target, 200)))),
                Next::TooLong(bytes) => return Ok(Some(Truncation::LinkTooLong(bytes))),
                Next::Query(query) if !seen.insert(query.clone()) => return Ok(Some(Truncation::Loop)),
                Next::Query(query) => query,
            };
            if barren >= limits.walk_barren_pages {
                return Ok(Some(Truncation::Barren(barren)));
            }
            if found.pages >= limits.walk_pages {
                return Ok(Some(Truncation::Pages(limits.walk_pages)));
            }
            if read >= limits.referrers_bytes {
                return Ok(Some(Truncation::Bytes(limits.referrers_bytes)));
            }
            let mut url = self.url.clone();
            url.set_query(Some(&query));
            page = match self.page(&url).await? {
                Page::NotOffered { asked, .. } => {
                    let problem = format!("a later page of the list is no list: {}", asked.outcome);
                    let request = FailedRequest {
                        registry: self.documents.exchange.fetcher.registry.clone(),
                        method: asked.method,
                        url: asked.url,
                        statuses: asked.statuses,
                        ..FailedRequest::default()
                    };
                    return Err(Error::InvalidResponse { request: Box::new(request), problem });
                }
                read @ Page::Read { .. } => read,
            };
        }
    }

    /// Asks for one page. What says that there is no API is an answer, not a failure: 404 above all, and what else registries
    /// answer that do not know the address. Only an index under its own type is a list.
    async fn page(&self, url: &Url) -> Result<Page, Error> {
        let exchange = &self.documents.exchange;
        let mut outgoing = Outgoing::get(EntryKind::List, url.clone(), exchange.fetcher.limits.manifest_bytes);
        outgoing.accept = OCI_INDEX;
        outgoing.follow = Follow::Elsewhere { ending: Some(format!("/referrers/{}", self.subject)) };
        let incoming = match exchange.ask(self.request, &Scope::Pull(self.repository.clone()), outgoing).await {
            // The same token reads the manifest: it is this address that the account may not ask.
            Err(Error::Unauthorized { request, granted: true, .. }) => {
                let asked = Asked::new(&request, "refused for this account, as where there is no referrers API");
                return Ok(Page::NotOffered { asked, for_good: false });
            }
            other => other?,
        };
        let media_type = content_type(&incoming.headers);
        let (for_good, why) = match incoming.status {
            StatusCode::OK if media_type.is(OCI_INDEX) => {
                let (filtered, next) = (is_filtered(&incoming.headers), link::next(&incoming.headers, url));
                let bytes = incoming.body.len() as u64;
                return match read_index(incoming.body.clone(), media_type, self.request.asker.reader).await {
                    Ok(index) => {
                        let more = if next == Next::Nothing { "" } else { ", and there are more" };
                        let outcome = format!("{}{more}", in_words(index.manifests.len()));
                        incoming.note(&outcome, None);
                        let asked = Asked::new(&incoming.request, outcome);
                        Ok(Page::Read { index, filtered, next, bytes, asked })
                    }
                    Err(problem) => Err(incoming.invalid(problem)),
                };
            }
            StatusCode::OK => (true, "an answer of another type: there is no referrers API".to_owned()),
            StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_ACCEPTABLE
            | StatusCode::NOT_IMPLEMENTED => (true, "there is no referrers API".to_owned()),
            // Some that have the API answer so for a subject that they do not know.
            StatusCode::BAD_REQUEST => {
                (false, "the question is refused, as where there is no referrers API".to_owned())
            }
            _ => return Err(refusal(incoming, None)),
        };
        incoming.note(&why, None);
        Ok(Page::NotOffered { asked: Asked::new(&incoming.request, why), for_good })
    }

    /// Reads the fallback tag. That it is not there, or is no index, means that nobody has written it: no referrers.
    async fn fallback(&self, refusal: Asked) -> Result<Referrers, Error> {
        let mut found = Collected::new(self);
        found.asked.push(refusal);
        let Some(tag) = names::fallback_tag(&self.subject) else {
            return Ok(found.finish(ReferrersWay::None));
        };
        let reference = ManifestReference::Tag(tag);
        let known = if self.request.refresh {
            None
        } else {
            self.documents.known(self.request, &self.repository, &reference).await
        };
        let document = match known {
            Some(document) => Ok(document),
            None => self.documents.manifest(self.request, &self.repository, &reference).await,
        };
        let asked = |statuses: Vec<u16>, outcome: String| Asked {
            method: "GET",
            url: self
                .documents
                .routes
                .manifest(&self.repository, &reference)
                .map(|url| redacted(&url))
                .unwrap_or_default(),
            statuses,
            outcome,
        };
        let Document { bytes, media_type, .. } = match document {
            Ok(document) => document,
            Err(Error::NotFound { request, .. }) => {
                found.asked.push(asked(request.statuses, "there is no fallback tag".to_owned()));
                return Ok(found.finish(ReferrersWay::None));
            }
            Err(error) => return Err(error),
        };
        match read_index(bytes, media_type, self.request.asker.reader).await {
            Ok(index) => {
                let question = asked(vec![200], format!("the fallback tag: {}", in_words(index.manifests.len())));
                found.add(*index, false, question);
                Ok(found.finish(ReferrersWay::Tag))
            }
            Err(problem) => {
                found.asked.push(asked(vec![200], format!("the fallback tag is no list of referrers: {problem}")));
                Ok(found.finish(ReferrersWay::None))
            }
        }
    }
}

/// What has been read so far.
struct Collected<'a> {
    lookup: &'a Lookup<'a>,
    most: usize,
    descriptors: Vec<Descriptor>,
    known: HashSet<Digest>,
    invalid: usize,
    pages: u32,
    filtered: bool,
    asked: Vec<Asked>,
    truncated: Option<Truncation>,
    stopped: Option<Error>,
}

impl<'a> Collected<'a> {
    fn new(lookup: &'a Lookup<'a>) -> Self {
        Self {
            most: lookup.documents.exchange.fetcher.limits.referrers,
            lookup,
            descriptors: Vec::new(),
            known: HashSet::new(),
            invalid: 0,
            pages: 0,
            filtered: true,
            asked: Vec::new(),
            truncated: None,
            stopped: None,
        }
    }

    fn is_full(&self) -> bool {
        self.descriptors.len() >= self.most
    }

    /// Takes in a page. Whether it had anything new.
    fn add(&mut self, index: ImageIndex, filtered: bool, asked: Asked) -> bool {
        self.pages += 1;
        self.filtered &= filtered;
        if self.asked.len() < MAX_ASKED {
            self.asked.push(asked);
        }
        let (before, on_page) = (self.known.len(), index.manifests.len());
        for descriptor in index.manifests {
            let Some(digest) = &descriptor.digest else {
                self.invalid += 1;
                continue;
            };
            if !self.known.insert(digest.clone()) || !self.is_wanted(&descriptor, filtered) {
                continue;
            }
            if self.is_full() {
                self.truncated = Some(Truncation::Names(self.most));
                break;
            }
            self.descriptors.push(shortened(descriptor));
        }
        if index.manifests_left_out > 0 {
            self.truncated = Some(Truncation::PageNames(on_page));
        }
        self.known.len() > before
    }

    /// Whether it is of the artifact type that was asked for. A registry that does not say that it has looked has not.
    fn is_wanted(&self, descriptor: &Descriptor, filtered: bool) -> bool {
        match &self.lookup.artifact_type {
            Some(wanted) if !filtered => descriptor.artifact_type.as_ref() == Some(wanted),
            _ => true,
        }
    }

    fn finish(self, way: ReferrersWay) -> Referrers {
        Referrers {
            descriptors: Arc::from(self.descriptors),
            way,
            complete: self.truncated.is_none() && self.stopped.is_none(),
            truncated: self.truncated,
            stopped: self.stopped,
            invalid: self.invalid,
            pages: self.pages,
            filtered_by_registry: self.filtered && self.pages > 0 && self.lookup.artifact_type.is_some(),
            asked: Arc::from(self.asked),
            read_at: SystemTime::now(),
        }
    }
}

/// The descriptor without what no list shows.
fn shortened(mut descriptor: Descriptor) -> Descriptor {
    // Never fetched, and not shown in lists.
    descriptor.urls = Vec::new();
    // Written by clients that took the config's type for the artifact's, where the config is none.
    descriptor.artifact_type = descriptor.artifact_type.filter(|kind| !kind.is(OCI_EMPTY));
    descriptor.annotations.truncate(MAX_ANNOTATIONS);
    for (name, value) in &mut descriptor.annotations {
        cut(name);
        cut(value);
    }
    descriptor.annotations.shrink_to_fit();
    descriptor
}

fn cut(text: &mut String) {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        text.push('…');
        text.shrink_to_fit();
    }
}

/// Whether the registry says that it has applied the filter (distribution-spec, "Listing Referrers").
fn is_filtered(headers: &HeaderMap) -> bool {
    let values = headers.get_all("oci-filters-applied").into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|filter| filter.trim().eq_ignore_ascii_case("artifactType"))
}

/// Reads a list of referrers; what is wrong with it where it is none.
async fn read_index(bytes: Bytes, media_type: MediaType, reader: Reader) -> Result<Box<ImageIndex>, String> {
    let length = bytes.len();
    let work = move || match Manifest::parse(&bytes, Some(&media_type)) {
        Ok(Manifest::Index(index)) => Ok(index),
        Ok(_) => Err("it is another document than an index".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    if length <= LONG {
        return work();
    }
    let _turn = TURNS.place(reader).await;
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err("reading it was stopped".to_owned()))
}
