//! A table that is scrolled sideways where a page is narrow.

use leptos::prelude::*;

/// The table, with the names of its columns from the left; the last one is set as figures are.
///
/// Roles are written out: on a narrow page the cells stand one below the other, and browsers then take it for no table.
pub(super) fn scrolled_table(
    label: &'static str,
    class: &'static str,
    columns: &[&'static str],
    rows: Vec<AnyView>,
) -> impl IntoView + use<> {
    let heads: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(position, name)| {
            let class = (position + 1 == columns.len()).then_some("figure");
            view! {
                <th role="columnheader" scope="col" class=class>
                    {*name}
                </th>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            <table class=class role="table" aria-label=label>
                <thead role="rowgroup">
                    <tr role="row">{heads}</tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}
