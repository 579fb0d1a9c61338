//! `lab/hostile-…`: text that would do harm if a page took it for more than text.

use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::repository::Shelf;

const BUILT: Moment = Moment::at(2026, 4, 1, 13, 0);

/// Markup, as an attacker would hope to see it run.
const MARKUP: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'`";
/// The dots are in the other direction: shown raw it reads `gnp.exe`.
const REVERSED: &str = "photo\u{202e}exe.png\u{202c}";

fn labels() -> Image {
    let files = Files::new(BUILT)
        .text("b/<b>bold</b> & 'quoted'.txt", "the name is the point\n")
        .text(&format!("b/{REVERSED}"), "the name is the point\n")
        .text("b/two\nlines", "the name is the point\n")
        .text("b/ leading and trailing space ", "the name is the point\n")
        .text(&format!("b/{}", "long-".repeat(50)), "the name is the point\n")
        .text("b/\u{1b}[31mred", "the name is the point\n")
        .link("b/up", "../../../../etc/passwd");
    Image::scratch(Format::Oci, Tool::BuildKit, "linux/amd64", BUILT)
        .author("\u{202e}nimda")
        .copy(MARKUP, "/b/", Layer::of(&files))
        .step("RUN /bin/sh -c echo \u{1b}]0;title\u{7}\u{1b}[2J && $(touch /tmp/x) # buildkit", None)
        .label("html", MARKUP)
        .label("<b>key</b>", "a key can be markup, too")
        .label("closing", "</textarea></script></style><!--")
        .label("bidi", REVERSED)
        .label("invisible", "zero\u{200b}width\u{2060}joined\u{feff}")
        .label("combining", &format!("z{}", "\u{0334}\u{0335}\u{0336}\u{0489}".repeat(40)))
        .label("terminal", "\u{1b}[31mred\u{1b}[0m\u{7}")
        .label("lines", "first\nsecond\r\nthird\ttabbed")
        .label("long", &"a value without any space ".replace(' ', "_").repeat(200))
        .label("org.opencontainers.image.url", "javascript:alert(1)")
        .label("org.opencontainers.image.documentation", "https://tracker.example/pixel.png?who=you")
        .label(
            "org.opencontainers.image.description",
            "![picture](https://tracker.example/pixel.png) [link](javascript:alert(1))",
        )
        .env("PATH", "/bin:$(id):`id`")
        .env("PASSWORD", "<sample> & \"opens nothing\"")
        .env("EMPTY", "")
        .command(&["sh", "-c", "echo '; rm -rf ~ #'"])
        .annotation("org.opencontainers.image.title", MARKUP)
        .annotation(&"very-long-key-".repeat(20), REVERSED)
}

/// Hostile labels.
pub(crate) fn repository() -> Shelf {
    let mut shelf = Shelf::new("lab/hostile");
    shelf.put(&labels().build(), &["labels", "latest"]);
    shelf
}

/// A name as long as names may be, and a tag as long as tags may be.
pub(crate) fn long_names() -> Shelf {
    let mut shelf = Shelf::new(
        "lab/a-name/that-says-everything-its-maker-thought-of/because-nobody-had-told-them/that-names-are-typed-by-people/\
         and-shown-in-narrow-columns/where-they-have-to-be-cut-somewhere/without-hiding-the-end-that-tells-them-apart",
    );
    let files = Files::new(BUILT).text("short", "short\n");
    let image = Image::scratch(Format::Oci, Tool::BuildKit, "linux/amd64", BUILT).copy("short", "/", Layer::of(&files));
    let tag = format!("{:x<128}", "0.0.1-a-tag-of-128-characters-");
    shelf.put(&image.build(), &[&tag, "1"]);
    shelf
}
