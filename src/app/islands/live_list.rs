//! A list that is asked for anew without loading the page again: while its filter is typed, and while it is being read.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::trace_log;
use crate::api::ApiError;
use crate::app::browser;
use crate::view::{Page, link};

/// How long typing rests before the list is asked for.
const REST: Duration = Duration::from_millis(200);
/// How long a list that is in use is left as it is before it is looked at again.
const PATIENCE: Duration = Duration::from_secs(1);
/// What finds the list on the page.
const LIST: &str = ".list";

/// What is done with the text of a filter.
pub(super) type Apply = Arc<dyn Fn(String) + Send + Sync>;

/// What is asked of a list.
pub(super) trait ListQuery: Clone + Send + Sync + 'static {
    /// The list.
    type List: Clone + Send + Sync + 'static;

    /// The same choices over the names with this in them, from the first page on.
    fn filtered(&self, filter: String) -> Self;

    /// Asks for the list.
    fn ask(self) -> impl Future<Output = Result<Page<Self::List>, ApiError>> + 'static;
}

/// A list, and what is asked of it now.
pub(super) struct LiveList<Q: 'static, L: 'static> {
    query: StoredValue<Q>,
    /// The latest answer.
    pub(super) list: RwSignal<L>,
    /// Why the latest question had no answer, as a sentence.
    pub(super) problem: RwSignal<Option<String>>,
    /// Counts the questions: only the answer to the latest is shown.
    questions: StoredValue<u32>,
    /// Counts what is typed: only the latest is applied once the typing rests.
    typed: StoredValue<u32>,
}

impl<Q, L> Clone for LiveList<Q, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, L> Copy for LiveList<Q, L> {}

impl<Q: ListQuery> LiveList<Q, Q::List> {
    /// The list as the page came with it.
    pub(super) fn new(query: Q, list: Q::List) -> Self {
        Self {
            query: StoredValue::new(query),
            list: RwSignal::new(list),
            problem: RwSignal::new(None),
            questions: StoredValue::new(0),
            typed: StoredValue::new(0),
        }
    }

    /// Reads what is asked now.
    pub(super) fn with_query<T>(self, read: impl FnOnce(&Q) -> T) -> T {
        self.query.with_value(read)
    }

    /// What narrows the list at once. `path` is the page's, `keep` the members of its query that stay: the address says what
    /// is shown. It is the island's and goes on working when what it stands in is drawn anew.
    pub(super) fn apply_now(self, path: String, keep: Vec<(&'static str, String)>) -> Apply {
        Arc::new(move |filter| {
            self.typed.update_value(|typed| *typed = typed.wrapping_add(1));
            self.filter(&path, &keep, filter);
        })
    }

    /// The same once typing has rested.
    pub(super) fn apply_later(self, path: String, keep: Vec<(&'static str, String)>) -> Apply {
        let place = Arc::new((path, keep));
        Arc::new(move |filter| {
            let place = Arc::clone(&place);
            let Some(typed) = self.typed.try_update_value(|typed| {
                *typed = typed.wrapping_add(1);
                *typed
            }) else {
                return;
            };
            set_timeout(
                move || {
                    if self.typed.try_get_value() == Some(typed) {
                        self.filter(&place.0, &place.1, filter);
                    }
                },
                REST,
            );
        })
    }

    fn filter(self, path: &str, keep: &[(&'static str, String)], filter: String) {
        let mut pairs: Vec<_> = keep.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if !filter.is_empty() {
            pairs.push(("filter", &filter));
        }
        let query = link::query(&pairs);
        let separator = if query.is_empty() { "" } else { "?" };
        browser::replace_address(&format!("{path}{separator}{query}"));
        self.query.update_value(|query| *query = query.filtered(filter));
        self.reload();
    }

    /// Asks for the list again once nobody points at it: nothing moves under a pointer.
    pub(super) fn reload_at_rest(self) {
        let asked = self.questions.try_get_value();
        if !browser::is_in_use(LIST) {
            self.reload();
            return;
        }
        let again = move || {
            // Another question may have been asked meanwhile.
            if asked.is_some() && self.questions.try_get_value() == asked {
                self.reload_at_rest();
            }
        };
        set_timeout(again, PATIENCE);
    }

    /// Asks for the list again.
    pub(super) fn reload(self) {
        let Some(question) = self.questions.try_update_value(|questions| {
            *questions = questions.wrapping_add(1);
            *questions
        }) else {
            return;
        };
        let query = self.query.get_value();
        spawn_local(async move {
            let answer = query.ask().await;
            if self.questions.try_get_value() != Some(question) {
                return;
            }
            match answer {
                Ok(page) => {
                    trace_log::push(page.trace);
                    self.problem.set(None);
                    self.list.set(page.content);
                }
                Err(error) => self.problem.set(Some(error.to_string())),
            }
        });
    }
}
