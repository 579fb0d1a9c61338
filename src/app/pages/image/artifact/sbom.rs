//! A bill of materials: what it is about, and its packages, with a filter.

use leptos::prelude::*;

use super::super::place::Place;
use super::rows::{date, plain, row, text, texts};
use super::scrolled::scrolled_table;
use crate::anatomy::artifact::sbom::{Package, Sbom};
use crate::anatomy::size;
use crate::app::components::{ForeignText, Glyph, Icon};
use crate::app::pages::more_rows::pages;
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
    let pages = {
        let (filter, place) = (filter.clone(), place.clone());
        pages(from, PACKAGES_LENGTH, matching, move |from| place.packages(&filter, from))
    };
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
        {pages}
    }
}

#[component]
fn Packages(packages: Vec<Package>) -> impl IntoView {
    let rows: Vec<AnyView> = packages
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
        .collect();
    scrolled_table("Packages", "table content packages", &["Package", "Version", "Licence", "Kind"], rows)
}
