//! `/-/api/image/{reference}?view=&as=&platform=&manifest=&steps=&details=&read=&packages=&from=&refresh=`

use serde::Serialize;

use super::answer::{Answer, Problem, RegistryBody, document, fixed_document};
use super::query::Query;
use super::{Asked, raw_rest};
use crate::view::address::ImageView;
use crate::view::image::{ImagePage, ImageQuery};
use crate::view::{Address, link};

#[derive(Debug, Serialize)]
struct Body<'a> {
    registry: RegistryBody<'a>,
    #[serde(flatten)]
    image: &'a ImagePage,
}

/// What stands at a reference.
pub(super) async fn show(Asked { api, uri, headers, .. }: Asked) -> Answer {
    let Address::Image(reference, ImageView::Layers) = Address::parse(raw_rest(&uri, "image"))? else {
        return Err(Problem::invalid("A reference stands here, with a tag or digest; `view` chooses the view."));
    };
    let query = Query::of(&uri);
    let view = match query.text("view").as_str() {
        "" => ImageView::default(),
        text => ImageView::ALL
            .into_iter()
            .find(|view| view.as_str() == text && !matches!(view, ImageView::Referrers | ImageView::Files))
            .ok_or_else(no_such_view)?,
    };
    // Under a tag and a digest it is also said where the tag leads by now, and that changes.
    let is_fixed = reference.digest.is_some() && reference.tag.is_none();
    let asked = ImageQuery {
        view,
        platform: query.text("platform"),
        manifest: query.text("manifest"),
        steps: query.number("steps")?,
        dockerfile: match query.text("as").as_str() {
            "" => false,
            "dockerfile" => true,
            _ => return Err(Problem::invalid("`as` is `dockerfile`.")),
        },
        details: query.switch("details"),
        artifact: query.artifact()?,
        refresh: query.switch("refresh"),
        ..ImageQuery::new(reference)
    };
    let page = api.service.image(&asked).await?;
    let body = Body { registry: RegistryBody::from(&page.registry), image: &page.content };
    Ok(if is_fixed { fixed_document(&api, &body, &headers) } else { document(&body) })
}

fn no_such_view() -> Problem {
    let (referrers, files) = (link::site("/-/api/referrers"), link::site("/-/api/files"));
    Problem::invalid(format!(
        "`view` is `layers`, `config` or `raw`; {referrers} has the referrers, {files} the files."
    ))
}
