//! Two histories as text: lines that only one has, some around them, and gaps where both say the same.

use leptos::either::Either;
use leptos::prelude::*;

use super::names::Names;
use crate::anatomy::size::{count, counted};
use crate::app::components::SecretText;
use crate::view::compare::{DiffLine, LineChange};

/// The card of the histories.
#[component]
pub(super) fn HistoryDifferences(lines: Vec<DiffLine>, is_cut: bool, names: Names) -> impl IntoView {
    let summary = summary(&lines);
    let cut = is_cut.then(|| view! { <p class="cardfoot label">"The rest of the histories is not compared here."</p> });
    let content = if lines.is_empty() {
        Either::Left(view! { <p class="px-4 py-3 text-muted text-sm">"Both histories say the same."</p> })
    } else {
        let rows =
            lines.into_iter().map(|line| view! { <Line line=line names=names.clone() /> }.into_any()).collect_view();
        Either::Right(view! { <ol class="diff">{rows}</ol> })
    };
    view! {
        <section class="card" aria-label="History">
            <div class="cardhead">
                <h2>"History"</h2>
                <span class="text-muted text-sm">{summary}</span>
            </div>
            {content}
            {cut}
        </section>
    }
}

/// `As a Dockerfile: 2 lines removed, 3 added`
fn summary(lines: &[DiffLine]) -> String {
    let number = |change| lines.iter().filter(|line| line.change == change).count();
    let (removed, added) = (number(LineChange::Removed), number(LineChange::Added));
    let long = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
    match (removed, added) {
        (0, 0) => "as a Dockerfile".to_owned(),
        (removed, added) => {
            format!("as a Dockerfile: {} removed, {} added", counted(long(removed), "line"), count(long(added)))
        }
    }
}

#[component]
fn Line(line: DiffLine, names: Names) -> impl IntoView {
    let (class, sign, words) = match line.change {
        LineChange::Same => ("", " ", String::new()),
        LineChange::Removed => ("was", "−", format!("only in {}: ", names.from)),
        LineChange::Added => ("now", "+", format!("only in {}: ", names.to)),
        LineChange::Gap => return Either::Left(view! { <li class="gap">{gap(&line.text)}</li> }),
    };
    Either::Right(view! {
        <li class=class>
            <span class="sign" aria-hidden="true">
                {sign}
            </span>
            <span class="sr-only">{words}</span>
            <div class="text">
                <code>
                    <SecretText text=line.text secrets=line.secrets />
                </code>
            </div>
        </li>
    })
}

/// `12 equal lines`
fn gap(lines: &str) -> String {
    counted(lines.parse().unwrap_or(0), "equal line")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_differences_are_counted_in_words() {
        assert_eq!(gap("1"), "1 equal line");
        assert_eq!(gap("1200"), "1,200 equal lines");
        let line = |change| DiffLine { change, text: String::new(), secrets: Vec::new() };
        let lines = [LineChange::Removed, LineChange::Same, LineChange::Added, LineChange::Added].map(line);
        assert_eq!(summary(&lines), "as a Dockerfile: 1 line removed, 2 added");
        assert_eq!(summary(&[]), "as a Dockerfile");
    }
}
