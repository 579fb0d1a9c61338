//! Provenance: who built something, from what, and how.

use leptos::prelude::*;

use super::super::named_values::Value;
use super::rows::{Lines, Pairs, date, digests, row, text};
use crate::anatomy::artifact::provenance::{Material, Provenance, Source, SourceFile};
use crate::anatomy::size;
use crate::app::components::ForeignText;

/// Builder, source, parameters, materials, and the build's own files.
#[component]
pub(super) fn ProvenanceRows(provenance: Provenance) -> impl IntoView {
    let reproducible = provenance
        .reproducible
        .map(|yes| row("Reproducible", if yes { "the builder says yes" } else { "the builder says no" }));
    let rows = [
        text("Builder", provenance.builder),
        text("Kind of build", provenance.build_type),
        provenance.source.map(source),
        text("The build's name", provenance.invocation),
        date("Started", provenance.started),
        date("Finished", provenance.finished),
        reproducible,
    ];
    let files = provenance.files.into_iter().map(file).collect_view();
    view! {
        <h3 class="group">"How it was built" <span class="label ml-2">"SLSA provenance " <ForeignText text=provenance.version /></span></h3>
        <dl>{rows.into_iter().flatten().collect_view()}</dl>
        {files}
        <Materials materials=provenance.materials count=provenance.material_count />
        <Pairs title="What was asked for" pairs=provenance.parameters />
        <Pairs title="What the builder added" pairs=provenance.environment />
        <Pairs title="Version control" pairs=provenance.version_control />
    }
}

fn source(source: Source) -> AnyView {
    let entry_point = source.entry_point.map(|file| {
        view! {
            <span class="block text-muted text-xs">
                "beginning with " <code><ForeignText text=file /></code>
            </span>
        }
    });
    row(
        "Source",
        view! {
            {source.uri.map(|uri| view! { <Value value=uri secret=false code=false /> })} " " {digests(source.digests)}
            {entry_point}
        },
    )
}

/// A file of the build, as it was read: its Dockerfile.
fn file(file: SourceFile) -> AnyView {
    let name = file.name.unwrap_or_else(|| "a file without a name".to_owned());
    view! {
        <h3 class="group">
            "The build's own file, " <ForeignText text=name.clone() />
        </h3>
        <Lines label=name text=file.text left_out=file.left_out />
    }
    .into_any()
}

#[component]
fn Materials(materials: Vec<Material>, count: u32) -> impl IntoView {
    (!materials.is_empty()).then(|| {
        let more = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(materials.len());
        let rows = materials
            .into_iter()
            .map(|material| {
                view! {
                    <li>
                        {material.uri.map(|uri| view! { <Value value=uri secret=false code=true /> })} " "
                        {digests(material.digests)}
                    </li>
                }
                .into_any()
            })
            .collect_view();
        view! {
            <h3 class="group">"What went into it" <span class="label ml-2">{size::count(count.into())}</span></h3>
            <ul class="values padded">{rows}</ul>
            {(more > 0)
                .then(|| view! { <p class="label px-4 py-2">{format!("{} more are left out.", size::count(more as u64))}</p> })}
        }
    })
}
