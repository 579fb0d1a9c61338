//! `platform/toolbox`: waste that only the layers show, files of known formats, and build arguments that everybody can read.

use super::linux::Images;
use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::repository::Shelf;

fn tools(built: Moment, mode: u32) -> Files {
    let program = |files: Files, name: &str, size| {
        // The mode is all that differs between two layers with the same programs.
        let with_mode = files.program(&format!("opt/toolbox/{name}"), size, "amd64", "toolbox 1");
        with_mode.mode_of_last(mode)
    };
    let files = program(Files::new(built), "trace", 38_000);
    let files = program(files, "inspect", 23_000);
    program(files, "profile", 12_000)
}

/// Files of known formats, and what should not have been shipped. The certificate's key was thrown away when it was made.
fn extras(built: Moment) -> Files {
    Files::new(built)
        .text("etc/ssl/certs/acme-root.pem", include_str!("toolbox/authority.pem"))
        .text("root/.npmrc", "//registry.acme.example/:_authToken=sample-token-that-opens-nothing\n")
        .file("usr/share/toolbox/inspect.jar", 0o644, include_bytes!("toolbox/inspect.jar"))
        .file("usr/share/toolbox/logo.png", 0o644, include_bytes!("toolbox/logo.png"))
        .text("usr/share/toolbox/settings.json", schema())
        .text("var/cache/apt/pkgcache.bin", "left behind\n".repeat(400))
}

/// JSON in one line, as programs write it.
fn schema() -> String {
    let names = (1..=60).map(|number| {
        format!(r#""option_{number}":{{"type":"integer","default":{number}.50,"note":["on","off",null,true]}}"#)
    });
    format!(r#"{{"title":"toolbox","properties":{{{}}}}}"#, names.collect::<Vec<_>>().join(","))
}

fn with_extras(image: Image, built: Moment) -> Image {
    image
        .annotation("org.opencontainers.image.base.name", "base/linux:12.3")
        .copy("extras/", "/", Layer::of(&extras(built)))
        .run("rm -f /root/.npmrc", Layer::of(&Files::new(built).deleted("root/.npmrc")))
}

fn image(linux: &Image, version: &str, number: &str, built: Moment) -> Image {
    let information = Files::new(built)
        .text("etc/toolbox-release", format!("version={version}\nbuild={number}\n"))
        .text("usr/share/toolbox/motd", "Have a look at everything, break nothing.\n");
    let lean = Files::new(built).emptied("usr/share/doc").text("usr/share/doc/README", "Documentation was left out.\n");
    linux
        .continued(Format::Oci, Tool::BuildKit, Moment::at(2026, 2, 20, 9, 0))
        .copy("tools/", "/opt/toolbox/", Layer::of(&tools(Moment::at(2026, 2, 20, 8, 0), 0o644)))
        .run("chmod -R 0755 /opt/toolbox", Layer::of(&tools(Moment::at(2026, 2, 20, 8, 0), 0o755)))
        .not_before(built)
        .argument("BUILD_NUMBER", number)
        .argument("MIRROR_PASSWORD", "sample-password-that-opens-nothing")
        .run(
            "<<EOF\nset -eu\nmkdir -p /usr/share/toolbox\nprintf 'version=%s\\nbuild=%s\\n' \"$VERSION\" \"$BUILD_NUMBER\" \
             > /etc/toolbox-release\ncurl --user \"mirror:$MIRROR_PASSWORD\" https://mirror.acme.example/motd \
             > /usr/share/toolbox/motd\nEOF",
            Layer::of(&information),
        )
        .run("rm -rf /usr/share/doc && mkdir /usr/share/doc && echo 'Documentation was left out.' > /usr/share/doc/README", Layer::of(&lean))
        .env("PATH", "/opt/toolbox:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .label("org.opencontainers.image.version", version)
        .working_directory("/root", None)
        .command(&["bash", "--login"])
}

/// The repository.
pub(crate) fn repository(linux: &Images) -> Shelf {
    let mut shelf = Shelf::new("platform/toolbox");
    let base = &linux[2][0];
    shelf.put(&image(base, "1.0", "412", Moment::at(2026, 2, 24, 10, 0)).build(), &["1.0"]);
    let built = Moment::at(2026, 5, 19, 10, 0);
    shelf.put(&with_extras(image(base, "1.1", "437", built), built).build(), &["1.1", "1", "latest"]);
    shelf
}
