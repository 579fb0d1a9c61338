//! `CycloneDX` as JSON (its specification, versions 1.2 to 1.6).

use super::{Package, Sbom, count_of, kind_of, short, stated, with_version};
use crate::anatomy::artifact::MAX_ROWS;
use crate::anatomy::artifact::read::Part;
use crate::oci::document::Reader;

/// Deepest component within components that is read.
const DEPTH: usize = 4;

pub(super) fn read(part: &mut Part<'_>) -> Sbom {
    let version = part.required("specVersion").unwrap_or_default();
    let mut packages = Vec::new();
    let count = components(part, 0, &mut packages);
    let mut sbom = Sbom {
        format: format!("CycloneDX {version}").trim_end().to_owned(),
        identity: part.text("serialNumber"),
        package_count: count_of(count),
        packages,
        ..Sbom::default()
    };
    if let Some(mut metadata) = part.part("metadata") {
        sbom.created = metadata.text("timestamp");
        if let Some(mut component) = metadata.part("component") {
            sbom.name = component.text("name");
            sbom.version = component.text("version");
        }
        sbom.tools = tools(&mut metadata);
    }
    sbom
}

/// Reads components and those within them; how many there are.
fn components(part: &mut Part<'_>, depth: usize, packages: &mut Vec<Package>) -> usize {
    let mut inner = 0;
    let (_, count) = part.list("components", usize::MAX, |part| {
        if let Some(name) = part.required("name") {
            let purl = stated(part.text("purl"));
            let name = part.text("group").map_or_else(|| name.clone(), |group| format!("{group}/{name}"));
            packages.push(Package {
                name: short(name),
                version: stated(part.text("version")),
                kind: purl.as_deref().and_then(kind_of).or_else(|| part.text("type").map(short)),
                licence: licences(part),
                purl,
            });
        }
        if depth < DEPTH {
            inner += components(part, depth + 1, packages);
        }
        Some(())
    });
    count + inner
}

/// The licences of a component: identifiers, names, or one expression.
fn licences(part: &mut Part<'_>) -> Option<String> {
    let (licences, _) = part.list("licenses", MAX_ROWS, |part| {
        let expression = part.text("expression");
        expression.or_else(|| part.part("license").and_then(|mut one| one.text("id").or_else(|| one.text("name"))))
    });
    stated(Some(licences.join(", ")))
}

/// What made the document: a list in older versions, components in newer ones.
fn tools(metadata: &mut Part<'_>) -> Vec<String> {
    let tool = |part: &mut Part<'_>| with_version(part.text("name"), part.text("version"));
    match Reader::member(metadata.object, "tools") {
        Some(value) if value.is_object() => {
            metadata.part("tools").map(|mut tools| tools.list("components", MAX_ROWS, tool).0).unwrap_or_default()
        }
        _ => metadata.list("tools", MAX_ROWS, tool).0,
    }
}
