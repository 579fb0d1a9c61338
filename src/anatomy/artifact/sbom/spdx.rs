//! SPDX: version 2 as JSON, and of version 3 what its graph says plainly.

use super::{Package, Sbom, count_of, kind_of, stated};
use crate::anatomy::artifact::MAX_ROWS;
use crate::anatomy::artifact::read::Part;

/// Most packages that are read: a longer list is cut before.
const ALL: usize = usize::MAX;

/// SPDX 2 (`spdx-spec`, version 2.3, "Document creation information" and "Package information").
pub(super) fn version_2(part: &mut Part<'_>) -> Sbom {
    let version = part.text("spdxVersion").unwrap_or_default();
    let (packages, count) = part.list("packages", ALL, package);
    let mut sbom = Sbom {
        format: format!("SPDX {}", version.trim_start_matches("SPDX-")),
        name: part.text("name"),
        identity: part.text("documentNamespace"),
        package_count: count_of(count),
        packages,
        ..Sbom::default()
    };
    if let Some(mut creation) = part.part("creationInfo") {
        sbom.created = creation.text("created");
        let tool = |creator: &String| creator.strip_prefix("Tool:").map(|tool| tool.trim().to_owned());
        sbom.tools = creation.texts("creators").iter().filter_map(tool).collect();
    }
    sbom
}

fn package(part: &mut Part<'_>) -> Option<Package> {
    let name = part.required("name")?;
    let (references, _) = part.list("externalRefs", MAX_ROWS, |part| {
        let is_purl = part.text("referenceType")?.eq_ignore_ascii_case("purl");
        part.text("referenceLocator").filter(|_| is_purl)
    });
    let purl = stated(references.into_iter().next());
    let purpose = part.text("primaryPackagePurpose").map(|purpose| purpose.to_lowercase());
    Some(Package {
        name: super::short(name),
        version: stated(part.text("versionInfo")),
        kind: purl.as_deref().and_then(kind_of).or(purpose),
        licence: stated(part.text("licenseConcluded")).or_else(|| stated(part.text("licenseDeclared"))),
        purl,
    })
}

/// SPDX 3: a graph of elements, of which the packages have a name and a version (`spdx-spec`, version 3, "Software").
pub(super) fn version_3(part: &mut Part<'_>) -> Sbom {
    let mut sbom = Sbom { format: "SPDX 3".to_owned(), ..Sbom::default() };
    let (packages, _) = part.list("@graph", ALL, |part| {
        let kind = part.text("type").or_else(|| part.text("@type"))?;
        match kind.trim_start_matches("software_").trim_start_matches("Core/") {
            "SpdxDocument" => {
                sbom.name = part.text("name");
                sbom.identity = part.text("spdxId");
            }
            "CreationInfo" => {
                sbom.created = part.text("created");
                if let Some(version) = part.text("specVersion") {
                    sbom.format = format!("SPDX {version}");
                }
            }
            "Tool" => sbom.tools.extend(part.text("name").filter(|_| sbom.tools.len() < MAX_ROWS)),
            "Package" => {
                let purl = stated(part.text("software_packageUrl"));
                return Some(Package {
                    name: super::short(part.required("name")?),
                    version: stated(part.text("software_packageVersion")),
                    kind: purl.as_deref().and_then(kind_of),
                    licence: None,
                    purl,
                });
            }
            _ => {}
        }
        None
    });
    let left_out = part.reader.left_out("/@graph");
    if left_out > 0 {
        part.reader.note("/@graph", "how many packages there are is not known, since not all elements are read");
    }
    sbom.package_count = count_of(packages.len());
    sbom.packages = packages;
    sbom
}
