//! A Helm chart, as it describes itself.

use leptos::prelude::*;

use super::rows::{Pairs, clipped, plain, row, text, texts};
use crate::anatomy::artifact::chart::{Chart, Dependency, Maintainer};
use crate::app::components::{Chip, ForeignText, NoticeBox, Tone};

/// Its members, what it needs, its annotations.
#[component]
pub(super) fn ChartRows(chart: Chart) -> impl IntoView {
    let deprecated = chart.deprecated.then(|| {
        view! {
            <div class="px-4 pt-3">
                <NoticeBox tone=Tone::Warning>"Its maintainers call this chart deprecated."</NoticeBox>
            </div>
        }
    });
    let kind = chart.kind.clone().filter(|kind| kind != "application");
    let maintainers: Vec<_> = chart.maintainers.into_iter().map(maintainer).filter(|text| !text.is_empty()).collect();
    let rows = [
        text("Name", chart.name),
        text("Version", chart.version),
        text("Version of what it runs", chart.app_version),
        text("Description", chart.description),
        kind.map(|kind| row("Kind", view! { <Chip text=plain(&kind) /> })),
        text("Kubernetes", chart.kube_version),
        text("Chart format", chart.api_version),
        text("Home", chart.home),
        texts("Sources", chart.sources),
        texts("Maintainers", maintainers),
        (!chart.keywords.is_empty()).then(|| {
            let words = chart.keywords.join(", ");
            row("Keywords", view! { <ForeignText text=clipped(&words) /> })
        }),
        // An address only: nothing is loaded from it.
        chart.icon.map(|icon| row("Icon", view! { <ForeignText text=icon /> })),
    ];
    view! {
        {deprecated}
        <dl>{rows.into_iter().flatten().collect_view()}</dl>
        <Dependencies dependencies=chart.dependencies />
        <Pairs title="Annotations of the chart" pairs=chart.annotations />
    }
}

fn maintainer(maintainer: Maintainer) -> String {
    let Maintainer { name, email, url } = maintainer;
    let email = email.map(|email| if name.is_some() { format!("<{email}>") } else { email });
    [name, email, url].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[component]
fn Dependencies(dependencies: Vec<Dependency>) -> impl IntoView {
    (!dependencies.is_empty()).then(|| {
        let rows = dependencies
            .into_iter()
            .map(|dependency| {
                let remarks: Vec<_> = dependency
                    .alias
                    .map(|alias| format!("as {alias}"))
                    .into_iter()
                    .chain(dependency.condition.map(|condition| format!("if {condition}")))
                    .chain((!dependency.tags.is_empty()).then(|| format!("tags: {}", dependency.tags.join(", "))))
                    .collect();
                view! {
                    <tr>
                        <td>
                            <ForeignText text=clipped(&dependency.name.unwrap_or_default()) />
                            {(!remarks.is_empty())
                                .then(|| {
                                    view! {
                                        <span class="block text-muted text-xs">
                                            <ForeignText text=clipped(&remarks.join(", ")) />
                                        </span>
                                    }
                                })}
                        </td>
                        <td>
                            <ForeignText text=clipped(&dependency.version.unwrap_or_default()) />
                        </td>
                        <td>
                            <ForeignText text=clipped(&dependency.repository.unwrap_or_default()) />
                        </td>
                    </tr>
                }
                .into_any()
            })
            .collect_view();
        view! {
            <h3 class="group">"Charts that it needs"</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Charts that it needs">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Chart"</th>
                            <th scope="col">"Version"</th>
                            <th scope="col">"From"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}
