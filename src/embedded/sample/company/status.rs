//! `platform/status`: an image from a tool that writes no history and no dates.

use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::layer::{Compression, Layer};
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::settings;
use crate::embedded::sample::build::repository::Shelf;

fn image(version: &str) -> Image {
    let now = Moment::EPOCH;
    let pages = (1..=6).fold(Files::new(now), |files, number| {
        files.text(
            &format!("app/static/page-{number}.html"),
            format!("<!doctype html>\n<title>Status {number}</title>\n"),
        )
    });
    let program = Files::new(now).program("app/status", 61_000, "amd64", version);
    let certificates = Files::new(now).text("etc/ssl/certs/ca-certificates.crt", settings("roots", 120));
    Image::scratch(Format::Oci, Tool::Silent, "linux/amd64", now)
        .step("", Some(Layer::of(&certificates)))
        .step("", Some(Layer::of(&program)))
        // An uncompressed layer is as good as any other.
        .step("", Some(Layer::stored(&pages, Compression::Plain)))
        .env("PORT", "8080")
        .user("65532")
        .entrypoint(&["/app/status"])
}

/// The repository.
pub(crate) fn repository() -> Shelf {
    let mut shelf = Shelf::new("platform/status");
    shelf.put(&image("0.9.0").build(), &["0.9.0"]);
    shelf.put(&image("1.0.0").build(), &["1.0.0", "latest"]);
    shelf
}
