//! What differs in the two configs, member by member.

use leptos::either::Either;
use leptos::prelude::*;

use super::history::HistoryDifferences;
use super::names::Names;
use crate::anatomy::config_compare::{ConfigDifference, ConfigMember};
use crate::anatomy::size::count;
use crate::app::components::{Chip, ForeignText, Nothing, NoticeBox, Tone};
use crate::app::pages::image::Value;
use crate::view::compare::{ConfigChanges, DifferenceCounts};

/// The view of configs. Without `counts` a config could not be read, which is said above.
#[component]
pub(super) fn Config(changes: ConfigChanges, counts: Option<DifferenceCounts>, names: Names) -> impl IntoView {
    let Some(counts) = counts else {
        return view! {
            <Nothing title="The configs could not be compared">
                "Both images need a config that can be read. Layers are compared without one."
            </Nothing>
        }
        .into_any();
    };
    let more = (changes.more > 0).then(|| {
        view! { <NoticeBox>{format!("{} more differences are not listed.", count(changes.more))}</NoticeBox> }
    });
    let table = if changes.differences.is_empty() {
        Either::Left(view! { <p class="px-4 py-3 text-muted text-sm">"Both configs say the same."</p> })
    } else {
        Either::Right(view! { <Differences differences=changes.differences names=names.clone() /> })
    };
    view! {
        {more}
        <section class="card mb-5" aria-label="Config">
            <div class="cardhead">
                <h2>"Config"</h2>
                <span class="text-muted text-sm">{summary(counts.total)}</span>
            </div>
            {table}
        </section>
        <HistoryDifferences lines=changes.history is_cut=changes.history_cut names=names />
    }
    .into_any()
}

fn summary(differences: u64) -> String {
    match differences {
        0 => "no difference".to_owned(),
        1 => "1 difference".to_owned(),
        some => format!("{} differences", count(some)),
    }
}

/// The table. Its roles are written out, because on a narrow page its cells stand one below the other, and browsers then
/// take it for no table.
#[component]
fn Differences(differences: Vec<ConfigDifference>, names: Names) -> impl IntoView {
    let rows = differences
        .into_iter()
        .map(|difference| view! { <Difference difference=difference names=names.clone() /> }.into_any())
        .collect_view();
    let Names { from, to, .. } = names;
    view! {
        <table class="table changes" role="table" aria-label="Differences of the configs">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Member"</th>
                    <th role="columnheader" scope="col">"What"</th>
                    <th role="columnheader" scope="col" class="wrap-anywhere">{from}</th>
                    <th role="columnheader" scope="col" class="wrap-anywhere">{to}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// What became of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Added,
    Removed,
    Changed,
}

impl Change {
    fn of(difference: &ConfigDifference) -> Self {
        match (&difference.from, &difference.to) {
            (None, _) => Self::Added,
            (Some(_), None) => Self::Removed,
            (Some(_), Some(_)) => Self::Changed,
        }
    }

    fn chip(self) -> (&'static str, Tone) {
        match self {
            Self::Added => ("added", Tone::Good),
            Self::Removed => ("removed", Tone::Bad),
            Self::Changed => ("changed", Tone::Warning),
        }
    }
}

#[component]
fn Difference(difference: ConfigDifference, names: Names) -> impl IntoView {
    let (word, tone) = Change::of(&difference).chip();
    let ConfigDifference { member, name, from, to, secret } = difference;
    let name = name.map(|name| {
        view! {
            " "
            <code class="wrap-anywhere">
                <ForeignText text=name />
            </code>
        }
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <span>{member.to_string()}</span>
                {name}
            </th>
            <td role="cell" class="what">
                <Chip text=word tone=tone />
            </td>
            <SideValue member=member value=from secret=secret class="was" name=names.from />
            <SideValue member=member value=to secret=secret class="now" name=names.to />
        </tr>
    }
}

/// What one config says.
#[component]
fn SideValue(
    member: ConfigMember,
    value: Option<String>,
    secret: bool,
    class: &'static str,
    name: String,
) -> impl IntoView {
    let Some(value) = value else {
        return Either::Left(view! {
            <td role="cell" data-side=name>
                <span class="text-muted">"not set"</span>
            </td>
        });
    };
    // Ports and volumes are names without a value.
    let is_name = matches!(member, ConfigMember::ExposedPorts | ConfigMember::Volumes);
    let content = if is_name && value.is_empty() {
        Either::Left(view! { <span>"set"</span> })
    } else {
        let code = member != ConfigMember::Labels;
        Either::Right(view! { <Value value=value secret=secret code=code /> })
    };
    Either::Right(view! {
        <td role="cell" data-side=name class=class>
            {content}
        </td>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_member_follows_from_its_values() {
        let change = |from: Option<&str>, to: Option<&str>| {
            Change::of(&ConfigDifference {
                member: ConfigMember::Env,
                name: Some("A".to_owned()),
                from: from.map(str::to_owned),
                to: to.map(str::to_owned),
                secret: false,
            })
        };
        assert_eq!(change(None, Some("")), Change::Added);
        assert_eq!(change(Some(""), None), Change::Removed);
        assert_eq!(change(Some("1"), Some("2")), Change::Changed);
    }
}
