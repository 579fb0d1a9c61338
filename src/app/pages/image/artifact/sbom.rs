//! A bill of materials: what it is about, and its packages, with a filter.

use leptos::prelude::*;

use super::super::place::Place;
use super::rows::{date, plain, row, text, texts};
use crate::anatomy::artifact::sbom::{Package, Sbom};
use crate::anatomy::size;
use crate::app::components::{ForeignText, Glyph, Icon, Pager};
use crate::view::artifact::PACKAGES_LENGTH;

/// Its own rows, then its packages.
#[component]
pub(super) fn SbomRows(sbom: Sbom, place: Place) -> impl IntoView {
    let about = sbom.name.map(|name| match sbom.version {
        Some(version) => format!("{name} {version}"),
        None => name,
    });
    let count = size::counted(sbom.package_count.into(), "package");
    let rows = [
        text("Format", Some(sbom.format)),
        text("Of", about),
        Some(row("Packages", count)),
        texts("Made by", sbom.tools),
        date("Made", sbom.created),
        text("Its own name", sbom.identity),
    ];
    let (filter, matching, from) = (sbom.shown.filter, sbom.shown.matching, sbom.shown.from);
    let shown = u32::try_from(sbom.packages.len()).unwrap_or(u32::MAX);
    let length = u32::try_from(PACKAGES_LENGTH).unwrap_or(u32::MAX);
    let previous = (from > 0).then(|| place.packages(&filter, from.saturating_sub(length)));
    let next = (from.saturating_add(shown) < matching).then(|| place.packages(&filter, from.saturating_add(length)));
    let table = if sbom.packages.is_empty() {
        let words = if filter.is_empty() { "It lists no packages." } else { "No package has this text in it." };
        view! { <p class="px-4 py-3 text-muted text-sm">{words}</p> }.into_any()
    } else {
        view! { <Packages packages=sbom.packages /> }.into_any()
    };
    let found = (!filter.is_empty()).then(|| {
        view! { <span class="label">{format!("{} of {}", size::count(matching.into()), size::count(sbom.package_count.into()))}</span> }
    });
    let (path, kept) = place.form();
    let hidden =
        kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let form = (sbom.package_count > 0).then(|| {
        view! {
            <form class="filterbar slim" role="search" aria-label="Packages" action=path>
                <Icon glyph=Glyph::Search />
                <input
                    name="packages"
                    value=filter
                    placeholder="Filter packages"
                    aria-label="Filter packages"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="255"
                />
                {hidden}
                {found}
                <button class="btn small">"Filter"</button>
            </form>
        }
    });
    view! {
        <dl>{rows.into_iter().flatten().collect_view()}</dl>
        <div class="cardfoot">{form}</div>
        {table}
        <Pager before=from.into() shown=shown.into() total=matching.into() previous=previous next=next />
    }
}

#[component]
fn Packages(packages: Vec<Package>) -> impl IntoView {
    let rows = packages
        .into_iter()
        .map(|package| {
            view! {
                <tr role="row">
                    <td role="cell" title=plain(&package.purl.unwrap_or_default())>
                        <ForeignText text=package.name />
                    </td>
                    <td role="cell">
                        <ForeignText text=package.version.unwrap_or_default() />
                    </td>
                    <td role="cell">
                        <ForeignText text=package.licence.unwrap_or_default() />
                    </td>
                    <td role="cell" class="figure">
                        <ForeignText text=package.kind.unwrap_or_default() />
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Packages">
            <table class="table content packages" role="table" aria-label="Packages">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Package"</th>
                        <th role="columnheader" scope="col">"Version"</th>
                        <th role="columnheader" scope="col">"Licence"</th>
                        <th role="columnheader" scope="col" class="figure">"Kind"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}
