//! What is odd about the documents behind a page.

use leptos::prelude::*;

use crate::anatomy::size;
use crate::app::components::ForeignText;
use crate::oci::Notice;
use crate::view::image::DocumentNotices;

/// What notices are.
pub(super) const NOTICES: &str = "Departures from the specification, and what is left out";

/// One folded line for all documents, above the views.
#[component]
pub(super) fn NoticesFold(notices: Vec<DocumentNotices>) -> impl IntoView {
    let count: usize = notices.iter().map(|document| document.notices.len()).sum();
    (count > 0).then(|| {
        let words: Vec<_> = notices
            .iter()
            .filter(|document| !document.notices.is_empty())
            .map(|document| {
                let count = u64::try_from(document.notices.len()).unwrap_or(u64::MAX);
                format!("{}: {}", document.document, size::counted(count, "notice"))
            })
            .collect();
        let lists = notices
            .into_iter()
            .map(|document| view! { <NoticeList notices=document.notices document=document.document /> })
            .collect_view();
        view! {
            <details class="notice fold">
                <summary>
                    <b>{words.join(" · ")}</b>
                    <span class="text-muted">{NOTICES}</span>
                </summary>
                {lists}
            </details>
        }
    })
}

/// The notices of one document.
#[component]
pub(super) fn NoticeList(notices: Vec<Notice>, #[prop(optional, into)] document: Option<String>) -> impl IntoView {
    let rows = notices
        .into_iter()
        .map(|notice| {
            let member = if notice.member.is_empty() { "The whole document".to_owned() } else { notice.member };
            let member = document.as_ref().map_or_else(|| member.clone(), |document| format!("{document} {member}"));
            view! {
                <li>
                    <code>
                        <ForeignText text=member />
                    </code>
                    " "
                    <ForeignText text=notice.problem />
                </li>
            }
        })
        .collect_view();
    view! { <ul class="oddities">{rows}</ul> }
}
