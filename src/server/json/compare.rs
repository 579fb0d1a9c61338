//! `/-/api/compare?from=&to=&view=&platform=&from_platform=&to_platform=&rows=&refresh=`

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::Asked;
use super::answer::{Answer, Problem, RegistryBody, document, fixed_document};
use super::query::Query;
use crate::oci::Reference;
use crate::view::compare::{ComparePage, CompareQuery, CompareView};

/// The page, the registry of each side as the API names registries everywhere.
struct Body<'a>(&'a ComparePage);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serde_json::to_value(self.0).map_err(S::Error::custom)?;
        for (name, side) in [("from", &self.0.from), ("to", &self.0.to)] {
            let registry = serde_json::to_value(RegistryBody::from(&side.registry));
            page[name]["registry"] = registry.map_err(S::Error::custom)?;
        }
        page.serialize(serializer)
    }
}

/// Two images side by side.
pub(super) async fn show(Asked { api, uri, headers, .. }: Asked) -> Answer {
    let query = Query::of(&uri);
    let asked = CompareQuery {
        from: query.text("from"),
        to: query.text("to"),
        platform: query.text("platform"),
        from_platform: query.text("from_platform"),
        to_platform: query.text("to_platform"),
        view: match query.text("view").as_str() {
            "" | "layers" => CompareView::Layers,
            "config" => CompareView::Config,
            _ => return Err(Problem::invalid("`view` is `layers` or `config`.")),
        },
        rows: query.number("rows")?,
        refresh: query.switch("refresh"),
    };
    for (name, text) in [("from", &asked.from), ("to", &asked.to)] {
        if text.is_empty() {
            return Err(Problem::invalid(format!("`{name}` is a reference, with a tag or digest.")));
        }
    }
    // What stands under two digests never changes.
    let is_pinned = |text: &str| {
        text.parse::<Reference>().is_ok_and(|reference| reference.digest.is_some() && reference.tag.is_none())
    };
    let page = api.service.compare(&asked).await?;
    let body = Body(&page.content);
    Ok(if is_pinned(&asked.from) && is_pinned(&asked.to) {
        fixed_document(&api, &body, &headers)
    } else {
        document(&body)
    })
}
