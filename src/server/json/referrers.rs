//! `/-/api/referrers/{reference}?platform=&manifest=&artifact_type=&rows=&open=&read=&packages=&from=&refresh=`

use serde::Serialize;

use super::answer::{Answer, Problem, RegistryBody, document};
use super::query::Query;
use super::{Asked, raw_rest};
use crate::oci::Reference;
use crate::view::Address;
use crate::view::address::ImageView;
use crate::view::image::{Identity, ImageContent, ImageQuery, ReferrersView};

#[derive(Debug, Serialize)]
struct Body<'a> {
    registry: RegistryBody<'a>,
    reference: &'a Reference,
    identity: &'a Identity,
    #[serde(flatten)]
    referrers: &'a ReferrersView,
}

/// What speaks about an image. Never under an entity tag: others may add to it at any time.
pub(super) async fn list(Asked { api, uri, .. }: Asked) -> Answer {
    let Address::Image(reference, ImageView::Layers) = Address::parse(raw_rest(&uri, "referrers"))? else {
        return Err(Problem::invalid("A reference stands here, with a tag or digest."));
    };
    let query = Query::of(&uri);
    let asked = ImageQuery {
        view: ImageView::Referrers,
        platform: query.text("platform"),
        manifest: query.text("manifest"),
        artifact_type: query.text("artifact_type"),
        rows: query.number("rows")?,
        open: query.text("open"),
        artifact: query.artifact()?,
        refresh: query.switch("refresh"),
        ..ImageQuery::new(reference)
    };
    let page = api.service.image(&asked).await?;
    let image = &page.content;
    let ImageContent::Referrers(referrers) = &image.content else {
        // The service answers with the view that it was asked for.
        return Ok(document(image));
    };
    Ok(document(&Body {
        registry: RegistryBody::from(&page.registry),
        reference: &image.reference,
        identity: &image.identity,
        referrers,
    }))
}
