//! An in-toto statement: what it is about, and what it says.

use leptos::prelude::*;

use super::super::place::Place;
use super::provenance::ProvenanceRows;
use super::rows::{Lines, digests, row, text};
use super::sbom::SbomRows;
use crate::anatomy::artifact::statement::{Predicate, Statement};
use crate::anatomy::size;
use crate::app::components::{Chip, DigestLabel, ForeignText};

/// Most subjects that stand in a row.
const SUBJECTS: usize = 20;

/// A statement. `same` says that one of its subjects is the image that the artifact is about.
#[component]
pub(super) fn StatementRows(statement: Statement, same: bool, place: Place) -> impl IntoView {
    let more = usize::try_from(statement.subject_count).unwrap_or(usize::MAX);
    let shown = statement.subjects.len().min(SUBJECTS);
    let more = more.saturating_sub(shown);
    let subjects = statement
        .subjects
        .into_iter()
        .take(SUBJECTS)
        .map(|subject| {
            let name = subject.name.clone();
            let label = match subject.digest() {
                Some(digest) => {
                    let href = place.manifest(&digest);
                    view! { <DigestLabel digest=digest href=href /> }.into_any()
                }
                None => digests(subject.digests).into_any(),
            };
            view! {
                <li>
                    {label}
                    {name
                        .map(|name| {
                            view! {
                                <span class="block text-muted text-xs">
                                    <ForeignText text=name />
                                </span>
                            }
                        })}
                </li>
            }
            .into_any()
        })
        .collect_view();
    let subjects = view! {
        <ul class="values">{subjects}</ul>
        {same.then(|| view! { <Chip text="matches what it hangs on" /> })}
        {(more > 0).then(|| format!("and {} more", size::count(more as u64)))}
    };
    let predicate = match statement.predicate {
        Predicate::Provenance(provenance) => view! { <ProvenanceRows provenance=*provenance /> }.into_any(),
        Predicate::Sbom(sbom) => view! { <SbomRows sbom=*sbom place=place /> }.into_any(),
        Predicate::Other { text, left_out } if text.len() > 2 => view! {
            <h3 class="group">"What it says"</h3>
            <Lines label="What the statement says" text=text left_out=left_out />
        }
        .into_any(),
        Predicate::Other { .. } | Predicate::Missing => ().into_any(),
    };
    view! {
        <dl>{text("Kind of statement", statement.predicate_type)} {row("Subjects", subjects)}</dl>
        {predicate}
    }
}
