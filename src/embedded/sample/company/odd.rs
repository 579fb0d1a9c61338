//! `lab/…`: what a registry may hold although nobody expects it.

use serde_json::json;

use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::literal;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::repository::Shelf;
use crate::embedded::sample::build::schema1;

const BUILT: Moment = Moment::at(2026, 4, 1, 12, 0);

fn greeting(platform: &str, words: &str) -> Image {
    let files = Files::new(BUILT).text("greeting.txt", format!("{words}\n"));
    Image::scratch(Format::Oci, Tool::BuildKit, platform, BUILT).copy("greeting.txt", "/", Layer::of(&files))
}

/// Indexes of unusual shape.
pub(crate) fn indexes() -> Shelf {
    let mut shelf = Shelf::new("lab/indexes");
    let (amd64, arm64) = (greeting("linux/amd64", "hello").build(), greeting("linux/arm64/v8", "hello arm").build());
    let inner = Index::new(Format::Oci).entry(&amd64).entry(&arm64).build();
    let riscv = greeting("linux/riscv64", "hello risc").build();
    let nested = Index::new(Format::Oci).entry(&inner).entry(&riscv).annotation("com.acme.lab", "an index in an index");
    shelf.put(&nested.build(), &["nested"]);
    let absent = greeting("linux/s390x", "not here").build();
    let other = greeting("linux/ppc64le", "not here either").build();
    let sparse = Index::new(Format::Oci).entry(&amd64).missing_entry(&absent).missing_entry(&other);
    shelf.put(&sparse.build(), &["sparse"]);
    shelf.put(&Index::new(Format::Oci).build(), &["empty"]);
    // The index calls amd64 what the config calls arm64.
    let mislabelled = arm64.clone().on(literal("linux/amd64"));
    shelf.put(&Index::new(Format::Oci).entry(&mislabelled).build(), &["wrong-platform"]);
    shelf.put(&Index::new(Format::Oci).entry(&arm64.anywhere()).build(), &["without-platform"]);
    shelf
}

/// Images of unusual shape.
pub(crate) fn images() -> Shelf {
    let mut shelf = Shelf::new("lab/images");
    let empty = Image::scratch(Format::Oci, Tool::BuildKit, "linux/amd64", BUILT).label("layers", "none");
    shelf.put(&empty.build(), &["no-layers"]);
    // More steps than layers: a tool squashed the image and kept the history.
    let squashed = greeting("linux/amd64", "squashed")
        .claiming_layers(&["RUN /bin/sh -c make # buildkit", "RUN /bin/sh -c make install # buildkit"]);
    shelf.put(&squashed.build(), &["history-too-long"]);
    // Fewer steps than layers: a tool added a layer and told nobody.
    let extended =
        greeting("linux/amd64", "extended").untold(Layer::of(&Files::new(BUILT).text("added.txt", "added\n")));
    shelf.put(&extended.build(), &["history-too-short"]);
    let mut texts = greeting("linux/amd64", "settings as text");
    texts.set("Cmd", "echo hello".into());
    texts.set("Env", json!(["PATH=/bin", 7, "EMPTY="]));
    shelf.put(&texts.build(), &["malformed-settings"]);
    let many = (1..=60).fold(greeting("linux/amd64", "many"), |image, number| {
        let files = Files::new(BUILT).text(&format!("steps/{number:02}.txt"), format!("{number}\n"));
        image.run(&format!("echo {number} > /steps/{number:02}.txt"), Layer::of(&files))
    });
    shelf.put(&many.build(), &["sixty-layers"]);
    // The vendor's licence forbids to hand the fonts on: the manifest says where they are, the registry lacks them.
    let fonts = Files::new(BUILT).text("usr/share/fonts/acme-sans.txt", "not for distribution\n");
    let fonts = Layer::of(&fonts).kept_at("https://fonts.acme.example/acme-sans-4.tar.gz");
    shelf.put(
        &greeting("linux/amd64", "foreign").copy("fonts/", "/usr/share/fonts/", fonts).build(),
        &["foreign-layer"],
    );
    let files = Files::new(BUILT).text("named.txt", "by its SHA-512 digest\n");
    let named = greeting("linux/amd64", "sha512").copy("named.txt", "/", Layer::of(&files).named_by_sha512());
    shelf.put(&named.build(), &["sha512-layer"]);
    shelf
}

/// An image as docker pushed it before schema 2, in a repository of its own as nobody has touched it since.
pub(crate) fn ancient() -> Shelf {
    let mut shelf = Shelf::new("lab/ancient");
    let built = Moment::at(2015, 3, 17, 9, 0);
    let layer = |path: &str, text: &str| Layer::of(&Files::new(built).text(path, text));
    let steps = [
        ("#(nop) ADD file:5d1c0ffee in /", layer("etc/release", "Acme Linux 3\n")),
        ("echo hello > /hello", layer("hello", "hello\n")),
    ];
    shelf.put(&schema1::manifest("lab/ancient", "1.0", built, &steps), &["1.0"]);
    shelf
}

/// A repository whose name is made of the API's own words.
pub(crate) fn confusing_name() -> Shelf {
    let mut shelf = Shelf::new("lab/manifests/tags/list");
    let image = greeting("linux/amd64", "a name can contain the API's own words").build();
    shelf.put(&image, &["list", "manifests", "latest"]);
    shelf
}
