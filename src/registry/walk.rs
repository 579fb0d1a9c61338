//! The walk through the pages of a list (threats T-8, T-9).

use std::collections::HashSet;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use futures::FutureExt;
use http::StatusCode;
use tokio::sync::watch;
use url::Url;

use super::error::Error;
use super::exchange::{Exchange, refusal};
use super::fetch::Outgoing;
use super::link::{self, Next};
use super::listing::{Listing, Truncation};
use super::names::{self, Page, names_in_words};
use super::redirect::Follow;
use super::request::Request;
use super::scope::Scope;
use super::trace::EntryKind;
use crate::oci::{RepositoryName, Tag};

/// The query that asks for pages. Their length is the largest that the registries with a limit allow.
pub(crate) const PAGES: &str = "n=1000";

/// Names that lists are made of.
pub(crate) trait Name: FromStr + Clone + Eq + Hash + Send + Sync + 'static {
    /// The name as text.
    fn text(&self) -> &str;
}

impl Name for Tag {
    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Name for RepositoryName {
    fn text(&self) -> &str {
        self.as_str()
    }
}

/// Which list is walked.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// Its address, without a query.
    pub(crate) url: Url,
    /// The query of the first page. Left out in a second attempt where the registry answers 400; [`PAGES`] in a second attempt
    /// where there is none and the answer is too large.
    pub(crate) first: Option<&'static str>,
    /// The member of the document that holds the names.
    pub(crate) member: &'static str,
    /// What a token is asked for.
    pub(crate) scope: Scope,
    /// The end that a redirect's path must have.
    pub(crate) ending: &'static str,
    /// Turns an error of the first page into what it means for this list.
    pub(crate) refusal: fn(Error) -> Error,
}

/// A walk under way. Its readers see what is known so far.
pub(crate) struct Walk<T> {
    state: Mutex<State<T>>,
    stage: watch::Sender<Stage>,
    read_at: SystemTime,
}

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// No page has been read.
    Beginning,
    /// There are names to show.
    Reading,
    /// It is over.
    Ended,
}

struct State<T> {
    names: Vec<T>,
    /// The names as readers get them, until the next page.
    shared: Option<Arc<[T]>>,
    pages: u32,
    invalid: usize,
    truncated: Option<Truncation>,
    stopped: Option<Error>,
    ended: bool,
}

impl<T: Name> Walk<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                names: Vec::new(),
                shared: None,
                pages: 0,
                invalid: 0,
                truncated: None,
                stopped: None,
                ended: false,
            }),
            stage: watch::Sender::new(Stage::Beginning),
            read_at: SystemTime::now(),
        }
    }

    /// Waits for a stage, but not past the deadline.
    pub(crate) async fn reached(&self, stage: Stage, deadline: Option<Instant>) {
        let mut stages = self.stage.subscribe();
        let reached = stages.wait_for(|now| *now >= stage);
        // Neither the end of the sender, which lives in `self`, nor the deadline changes what there is to see.
        match deadline {
            Some(deadline) => drop(tokio::time::timeout_at(deadline.into(), reached).await),
            None => drop(reached.await),
        }
    }

    /// What is known so far; nothing before the first page. `Err` where the walk ended before it.
    pub(crate) fn listing(&self) -> Result<Option<Listing<T>>, Error> {
        let mut state = self.lock();
        if state.pages == 0 {
            return match &state.stopped {
                Some(error) => Err(error.clone()),
                None if state.ended => Err(Error::Stopped),
                None => Ok(None),
            };
        }
        let State { names, shared, .. } = &mut *state;
        let names = Arc::clone(shared.get_or_insert_with(|| Arc::from(&names[..])));
        Ok(Some(Listing {
            names,
            complete: state.ended && state.truncated.is_none() && state.stopped.is_none(),
            reading: !state.ended,
            truncated: state.truncated.clone(),
            pages: state.pages,
            stopped: state.stopped.clone(),
            invalid: state.invalid,
            read_at: self.read_at,
            from_hand: false,
        }))
    }

    /// Walks to the end, whatever it is.
    pub(crate) async fn run(&self, exchange: &Exchange, request: &Request, route: &Route) {
        let limit = exchange.fetcher.limits.walk_time;
        let pages = AssertUnwindSafe(self.pages(exchange, request, route)).catch_unwind();
        match tokio::time::timeout(limit, pages).await {
            Ok(Ok(Ok(truncated))) => self.lock().truncated = truncated,
            Ok(Ok(Err(error))) => {
                error.log(&request.asker);
                self.lock().stopped = Some(error);
            }
            Ok(Err(_)) => self.lock().stopped = Some(Error::Stopped),
            Err(_) => self.lock().truncated = Some(Truncation::Time),
        }
        self.end(exchange, route);
    }

    /// Ends before it has begun: too many walks wait for their turn already.
    pub(crate) fn refuse(&self, exchange: &Exchange, request: &Request, route: &Route) {
        let error = exchange.fetcher.crowded(&Outgoing::get(EntryKind::List, route.url.clone(), 0));
        error.log(&request.asker);
        self.lock().stopped = Some(error);
        self.end(exchange, route);
    }

    fn end(&self, exchange: &Exchange, route: &Route) {
        self.lock().ended = true;
        exchange.fetcher.meter.walk(route.member, self.outcome());
        self.stage.send_replace(Stage::Ended);
    }

    /// How it ended, in a word.
    fn outcome(&self) -> &'static str {
        let state = self.lock();
        match (&state.stopped, &state.truncated) {
            (Some(_), _) => "failed",
            (None, Some(_)) => "truncated",
            (None, None) => "complete",
        }
    }

    async fn pages(&self, exchange: &Exchange, request: &Request, route: &Route) -> Result<Option<Truncation>, Error> {
        let limits = &exchange.fetcher.limits;
        let mut query = route.first.map(str::to_owned);
        let mut asked = HashSet::new();
        let mut known = HashSet::new();
        let mut barren = 0;
        for number in 1..=limits.walk_pages {
            asked.insert(query.clone().unwrap_or_default());
            let first = number == 1;
            // Until there is something to show, the reader's patience decides how long a registry may ask to wait.
            let request = if first { request.clone() } else { request.patient() };
            let (page, next) = self.page(exchange, &request, route, query.as_deref(), first).await?;
            let room = limits.walk_names - known.len();
            let new: Vec<_> = page.names.into_iter().filter(|name| known.insert(name.clone())).collect();
            barren = if new.is_empty() { barren + 1 } else { 0 };
            let full = new.len() > room || (new.len() == room && next != Next::Nothing);
            let mut truncated = None;
            let mut ended = false;
            match next {
                _ if page.cut => truncated = Some(Truncation::PageNames(limits.list_page_names)),
                _ if full => truncated = Some(Truncation::Names(limits.walk_names)),
                Next::Nothing => ended = true,
                Next::Elsewhere(target) => {
                    truncated = Some(Truncation::LinkElsewhere(super::text::visible(&target, 200)));
                }
                Next::TooLong(bytes) => truncated = Some(Truncation::LinkTooLong(bytes)),
                Next::Query(next) if asked.contains(&next) => truncated = Some(Truncation::Loop),
                Next::Query(_) if barren >= limits.walk_barren_pages => truncated = Some(Truncation::Barren(barren)),
                Next::Query(next) => query = Some(next),
            }
            self.add(new.into_iter().take(room), page.invalid);
            if ended || truncated.is_some() {
                return Ok(truncated);
            }
            self.stage.send_replace(Stage::Reading);
        }
        Ok(Some(Truncation::Pages(limits.walk_pages)))
    }

    async fn page(
        &self,
        exchange: &Exchange,
        request: &Request,
        route: &Route,
        query: Option<&str>,
        first: bool,
    ) -> Result<(Page<T>, Next), Error> {
        let limits = &exchange.fetcher.limits;
        let mut url = route.url.clone();
        url.set_query(query);
        let ask = async |url: &Url| {
            let mut outgoing = Outgoing::get(EntryKind::List, url.clone(), limits.list_page_bytes);
            outgoing.accept = "application/json";
            outgoing.follow = Follow::Elsewhere { ending: Some(route.ending.to_owned()) };
            exchange.ask(request, &route.scope, outgoing).await
        };
        let mut incoming = ask(&url).await;
        if first && route.first.is_some() && matches!(&incoming, Ok(answer) if answer.status == StatusCode::BAD_REQUEST)
        {
            // The registry's own limit for a page is lower: let it choose.
            url.set_query(None);
            incoming = ask(&url).await;
        }
        if first && route.first.is_none() && matches!(&incoming, Err(Error::TooLarge { .. })) {
            // All at once is more than is read: perhaps it comes in pages where they are asked for.
            let mut paged = url.clone();
            paged.set_query(Some(PAGES));
            if let Ok(answer) = ask(&paged).await {
                (url, incoming) = (paged, Ok(answer));
            }
        }
        let refused = |error: Error| {
            let error = if first { (route.refusal)(error) } else { error };
            exchange.record.list_refused(&route.scope, &error);
            error
        };
        let incoming = match incoming {
            Ok(incoming) if incoming.status == StatusCode::OK => incoming,
            Ok(incoming) => return Err(refused(refusal(incoming, None))),
            Err(error) => return Err(refused(error)),
        };
        match names::read(&incoming.body, route.member, limits.list_page_names) {
            Err(problem) => Err(incoming.invalid(problem)),
            Ok(page) => {
                let next = link::next(&incoming.headers, &url);
                let more = if next == Next::Nothing { "" } else { ", and there are more" };
                if first {
                    let paged = next != Next::Nothing;
                    exchange.record.list(&route.scope, page.names.len(), paged, &incoming.request);
                }
                incoming.note(&format!("{}{more}", names_in_words(page.names.len())), None);
                Ok((page, next))
            }
        }
    }

    fn add(&self, names: impl Iterator<Item = T>, invalid: usize) {
        let mut state = self.lock();
        state.names.extend(names);
        state.shared = None;
        state.pages += 1;
        state.invalid = state.invalid.saturating_add(invalid);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Every change is whole: a panic elsewhere cannot have left half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
