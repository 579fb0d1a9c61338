//! Syft's own JSON (anchore/syft, `schema/json`).

use serde_json::Value;

use super::{Package, Sbom, count_of, kind_of, short, stated, with_version};
use crate::anatomy::artifact::read::Part;
use crate::oci::document::Reader;

pub(super) fn read(part: &mut Part<'_>) -> Sbom {
    let schema = part.part("schema").and_then(|mut schema| schema.text("version")).unwrap_or_default();
    let (packages, count) = part.list("artifacts", usize::MAX, package);
    let mut sbom = Sbom {
        format: format!("Syft JSON {schema}").trim_end().to_owned(),
        package_count: count_of(count),
        packages,
        ..Sbom::default()
    };
    if let Some(mut source) = part.part("source") {
        sbom.name = source.text("name");
        sbom.version = source.text("version");
        sbom.identity = source.text("id");
    }
    if let Some(mut tool) = part.part("descriptor") {
        sbom.tools = with_version(tool.text("name"), tool.text("version")).into_iter().collect();
        sbom.created = tool.text("timestamp");
    }
    sbom
}

fn package(part: &mut Part<'_>) -> Option<Package> {
    let purl = stated(part.text("purl"));
    Some(Package {
        name: short(part.required("name")?),
        version: stated(part.text("version")),
        kind: part.text("type").map(short).or_else(|| purl.as_deref().and_then(kind_of)),
        licence: licences(part),
        purl,
    })
}

/// Licences are texts in older versions of the schema, objects in newer ones.
fn licences(part: &mut Part<'_>) -> Option<String> {
    let values = part.reader.array(part.object, &part.path, "licenses");
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(licence) => {
            let member =
                |name: &str| Reader::member(licence, name).and_then(Value::as_str).filter(|text| !text.is_empty());
            member("spdxExpression").or_else(|| member("value")).map(str::to_owned)
        }
        _ => None,
    };
    stated(Some(values.iter().filter_map(text).collect::<Vec<_>>().join(", ")))
}
