//! Fills the rows of a list with what stands behind their names: those in view first, a hundred at a time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::trace_log;
use crate::api::ApiError;
use crate::app::browser;
use crate::view::Page;
use crate::view::listing::Details;

/// Rows that are asked for together: a part of the list that comes into view is filled as a whole.
const BLOCK: usize = 100;
/// Rows of one question while the reader waits for many of them, so that progress can be seen.
const STEP: usize = 50;
/// How often a row is asked for that was not there at the deadline.
const MOST_TRIES: u8 = 5;
/// How long scrolling rests before rows are asked for.
const REST: Duration = Duration::from_millis(120);
/// How long a row that was not there at the deadline is left alone.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What a question for rows answers.
pub(super) type Answer<K, D> = Result<Page<Vec<(K, Details<D>)>>, ApiError>;
type Ask<K, D> = Arc<dyn Fn(Vec<K>) -> Pin<Box<dyn Future<Output = Answer<K, D>>>> + Send + Sync>;
type Put<K, D> = Arc<dyn Fn(K, Details<D>) + Send + Sync>;
type Settle = Arc<dyn Fn(bool) + Send + Sync>;

/// What is said where rows were asked for so often in vain.
const GIVEN_UP: &str = "Strata is waiting for the registry, and has not got them in time";

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It can be asked for; so often it was.
    Open(u8),
    /// It is being asked for.
    Asked(u8),
    /// It is known, or never will be.
    Done,
}

/// What asks for rows, and what is done with the answers.
pub(super) struct Parts<K, D> {
    /// Asks for the details of these rows.
    pub(super) ask: Ask<K, D>,
    /// Shows the details of a row.
    pub(super) put: Put<K, D>,
    /// Called after each answer, once its rows are shown; with `true` while more are on their way.
    pub(super) settle: Settle,
}

/// Fills the rows of one list. Rows are known by their position, which is that of their element among all that `rows`
/// selects.
pub(super) struct Filler<K: 'static, D: 'static> {
    inner: StoredValue<Inner<K, D>>,
    /// Why rows could not be asked for, as a sentence.
    pub(super) problem: RwSignal<Option<String>>,
    /// How many of how many rows have been read, while the reader waits for them.
    pub(super) progress: RwSignal<Option<(usize, usize)>>,
}

struct Inner<K, D> {
    keys: Vec<K>,
    states: Vec<State>,
    parts: Parts<K, D>,
    rows: &'static str,
    stop: bool,
    /// Counts movements of the page, to know the last one.
    movements: u32,
}

impl<K, D> Clone for Filler<K, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, D> Copy for Filler<K, D> {}

impl<K, D> Filler<K, D>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    D: Send + Sync + 'static,
{
    /// Fills rows of these names, in the order of the page; `true` stands beside those that are open. It starts once the
    /// page stands in the browser, and goes on as rows come into view.
    pub(super) fn new(names: Vec<(K, bool)>, rows: &'static str, parts: Parts<K, D>) -> Self {
        let states = names.iter().map(|(_, open)| if *open { State::Open(0) } else { State::Done }).collect();
        let keys = names.into_iter().map(|(key, _)| key).collect();
        let filler = Self {
            inner: StoredValue::new(Inner { keys, states, parts, rows, stop: false, movements: 0 }),
            problem: RwSignal::new(None),
            progress: RwSignal::new(None),
        };
        Effect::new(move |_| {
            filler.look();
            let scroll = window_event_listener(leptos::ev::scroll, move |_| filler.look_later());
            let resize = window_event_listener(leptos::ev::resize, move |_| filler.look_later());
            on_cleanup(move || {
                scroll.remove();
                resize.remove();
            });
        });
        filler
    }

    /// Looks once scrolling has rested.
    fn look_later(self) {
        let Some(movement) = self.inner.try_update_value(|inner| {
            inner.movements = inner.movements.wrapping_add(1);
            inner.movements
        }) else {
            return;
        };
        set_timeout(
            move || {
                if self.inner.try_with_value(|inner| inner.movements) == Some(movement) {
                    self.look();
                }
            },
            REST,
        );
    }

    /// Asks for the rows in view, and for the rest of the blocks that they belong to.
    pub(super) fn look(self) {
        let Some(rows) = self.inner.try_with_value(|inner| inner.rows) else { return };
        let in_view = browser::positions_in_view(rows);
        let first: Vec<usize> = in_view.into_iter().filter(|position| self.is_open(*position)).take(BLOCK).collect();
        let mut blocks: Vec<usize> = first.iter().map(|position| position / BLOCK).collect();
        blocks.dedup();
        let rest = |block: usize| {
            let block = block * BLOCK..(block + 1) * BLOCK;
            block.filter(|position| self.is_open(*position) && !first.contains(position)).collect::<Vec<_>>()
        };
        let rests: Vec<_> = blocks.into_iter().map(rest).collect();
        // What is in view is asked for first; the rest does not wait for its answer.
        for positions in std::iter::once(first).chain(rests) {
            if !positions.is_empty() {
                let answer = self.ask(positions);
                spawn_local(answer);
            }
        }
    }

    /// Asks again for what could not be asked for.
    pub(super) fn retry(self) {
        let _ = self.inner.try_update_value(|inner| {
            for state in &mut inner.states {
                if matches!(state, State::Open(_)) {
                    *state = State::Open(0);
                }
            }
        });
        self.problem.set(None);
        self.look();
    }

    /// Reads so many of the rows that are still open, from the top, while the reader waits.
    pub(super) fn read_more(self, most: usize) {
        let open: Vec<usize> = (0..self.length()).filter(|position| self.is_open(*position)).take(most).collect();
        let total = open.len();
        if total == 0 {
            return;
        }
        let _ = self.inner.try_update_value(|inner| inner.stop = false);
        self.progress.set(Some((0, total)));
        spawn_local(async move {
            let mut read = 0;
            for step in open.chunks(STEP) {
                // Scrolling may have asked for some of them meanwhile.
                let open: Vec<usize> = step.iter().copied().filter(|position| self.is_open(*position)).collect();
                if !open.is_empty() {
                    self.ask(open).await;
                }
                read += step.len();
                let stopped = self.inner.try_with_value(|inner| inner.stop).unwrap_or(true);
                let gone = self.progress.try_set(Some((read, total))).is_some();
                if stopped || gone {
                    break;
                }
            }
            let _ = self.progress.try_set(None);
            self.settle();
        });
    }

    /// Ends [`read_more`](Self::read_more) after the question that is under way.
    pub(super) fn stop(self) {
        let _ = self.inner.try_update_value(|inner| inner.stop = true);
    }

    /// How many rows can still be asked for.
    pub(super) fn open_count(self) -> usize {
        (0..self.length()).filter(|position| self.is_open(*position)).count()
    }

    fn length(self) -> usize {
        self.inner.try_with_value(|inner| inner.states.len()).unwrap_or_default()
    }

    fn is_open(self, position: usize) -> bool {
        let state = self.inner.try_with_value(|inner| inner.states.get(position).copied()).flatten();
        matches!(state, Some(State::Open(tries)) if tries < MOST_TRIES)
    }

    /// Lets the page settle what has been read, as after each answer.
    pub(super) fn settle(self) {
        if let Some(settle) = self.inner.try_with_value(|inner| Arc::clone(&inner.parts.settle)) {
            let waits = self.progress.try_get_untracked().flatten().is_some();
            let asks =
                self.inner.try_with_value(|inner| inner.states.iter().any(|state| matches!(state, State::Asked(_))));
            settle(waits || asks == Some(true));
        }
    }

    /// Asks for some rows and shows what comes back. The rows count as asked from the call on, not from the first poll.
    fn ask(self, positions: Vec<usize>) -> impl Future<Output = ()> {
        let question = self.inner.try_update_value(|inner| {
            for position in &positions {
                if let Some(state @ State::Open(_)) = inner.states.get_mut(*position) {
                    let State::Open(tries) = *state else { continue };
                    *state = State::Asked(tries);
                }
            }
            let keys = positions.iter().filter_map(|position| inner.keys.get(*position).cloned()).collect();
            (inner.parts.ask)(keys)
        });
        async move {
            let Some(question) = question else { return };
            let answer = question.await;
            let is_answer = answer.is_ok();
            let mut rows = match answer {
                Ok(page) => {
                    trace_log::push(page.trace);
                    page.content
                }
                Err(error) => {
                    let _ = self.problem.try_set(Some(error.to_string()));
                    Vec::new()
                }
            };
            let Some((put, waits, given_up)) = self.inner.try_update_value(|inner| {
                let mut waits = false;
                for position in positions {
                    let known = inner.keys.get(position).is_some_and(|key| {
                        rows.iter().any(|(answered, details)| answered == key && !details.is_open())
                    });
                    let Some(state) = inner.states.get_mut(position) else { continue };
                    *state = match *state {
                        _ if known => State::Done,
                        State::Asked(tries) | State::Open(tries) => State::Open(tries.saturating_add(1)),
                        State::Done => State::Done,
                    };
                    waits |= matches!(state, State::Open(tries) if *tries < MOST_TRIES);
                }
                let given_up =
                    inner.states.iter().any(|state| matches!(state, State::Open(tries) if *tries >= MOST_TRIES));
                (Arc::clone(&inner.parts.put), waits, given_up)
            }) else {
                return;
            };
            let answered = !rows.is_empty();
            if is_answer {
                let _ = self.problem.try_set(given_up.then(|| GIVEN_UP.to_owned()));
            }
            for (key, details) in rows.drain(..) {
                put(key, details);
            }
            self.settle();
            if waits && answered {
                set_timeout(move || self.look(), PATIENCE);
            } else if answered {
                // Rows that have joined others have let new ones come into view.
                self.look_later();
            }
        }
    }
}
