//! `/-/api/files/{reference}?path=|path_base64=&layer=&as_of=&find=&change=&order=&from=&platform=&manifest=`: the files of an image
//! or of one of its layers, and `/-/api/efficiency/{reference}?dive=&base=&dead_from=&platform=&manifest=`: where its bytes went.
//!
//! Both say what is known: a layer that was not read yet stays unread.

use axum::http::Uri;
use serde::Serialize;

use super::answer::{Answer, Problem, RegistryBody, document};
use super::query::Query;
use super::{Asked, raw_rest};
use crate::anatomy::files::FilePath;
use crate::view::Address;
use crate::view::address::ImageView;
use crate::view::files::{FilesQuery, FilesView, LayerCard, Usage};
use crate::view::image::{ImageContent, ImageQuery};

#[derive(Debug, Serialize)]
struct FilesBody<'a> {
    registry: RegistryBody<'a>,
    #[serde(flatten)]
    files: &'a FilesView,
}

#[derive(Debug, Serialize)]
struct UsageBody<'a> {
    registry: RegistryBody<'a>,
    layers: &'a [LayerCard],
    /// Whether each layer was read to its end. Else figures are of what was read; `remarks` say what is missing.
    is_whole: bool,
    remarks: &'a [String],
    /// Nothing as long as layers are unread.
    efficiency: Option<&'a Usage>,
}

/// The files of an image or layer.
pub(super) async fn list(asked: Asked) -> Answer {
    answer(&asked, "files").await
}

/// Where an image's bytes went.
pub(super) async fn efficiency(asked: Asked) -> Answer {
    answer(&asked, "efficiency").await
}

async fn answer(Asked { api, uri, .. }: &Asked, name: &str) -> Answer {
    let mut asked = asked(uri, name)?;
    asked.files.usage = name == "efficiency";
    let page = api.service.image(&asked).await?;
    let registry = RegistryBody::from(&page.registry);
    let ImageContent::Files(files) = &page.content.content else {
        return Err(Problem::invalid("What stands there is no container image, so it has no files."));
    };
    Ok(if asked.files.usage {
        document(&UsageBody {
            registry,
            layers: &files.layers,
            is_whole: files.is_whole,
            remarks: &files.remarks,
            efficiency: files.usage.as_deref(),
        })
    } else {
        document(&FilesBody { registry, files })
    })
}

/// What such an address asks for.
pub(super) fn asked(uri: &Uri, name: &str) -> Result<ImageQuery, Problem> {
    let Address::Image(reference, ImageView::Layers) = Address::parse(raw_rest(uri, name))? else {
        return Err(Problem::invalid("A reference stands here, with a tag or digest; `path` names a file in it."));
    };
    let query = Query::of(uri);
    let path = match (query.text("path"), query.text("path_base64")) {
        (text, base64) if base64.is_empty() => FilePath::from_bytes(text.as_bytes()),
        (_, base64) => FilePath::from_base64(&base64)
            .map_err(|_| Problem::invalid("`path_base64` is a path's bytes in base 64 (RFC 4648 §4)."))?,
    };
    let layer = match query.text("layer") {
        text if text.is_empty() => None,
        text => Some(text.parse().map_err(|error| Problem::invalid(format!("`layer` is a digest: {error}.")))?),
    };
    Ok(ImageQuery {
        view: ImageView::Files,
        platform: query.text("platform"),
        manifest: query.text("manifest"),
        files: FilesQuery::read(layer, path, |name| query.text(name)),
        ..ImageQuery::new(reference)
    })
}
