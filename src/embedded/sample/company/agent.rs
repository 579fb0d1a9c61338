//! `platform/agent`: Linux and Windows in one index, two Windows builds that only `os.version` tells apart.

use serde_json::json;

use super::linux::architecture;
use super::mini::{Images, PLATFORMS};
use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::Layer;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::repository::Shelf;

const BUILT: [(&str, Moment); 2] =
    [("5.2.0", Moment::at(2026, 1, 27, 7, 45)), ("5.3.0", Moment::at(2026, 7, 21, 7, 50))];

/// Builds of Windows Server, and when their base was published.
const WINDOWS: [(&str, Moment); 2] =
    [("10.0.20348.2762", Moment::at(2025, 10, 14, 18, 0)), ("10.0.26100.1742", Moment::at(2025, 12, 9, 18, 0))];

fn linux(mini: &Images, release: usize, platform: usize) -> Image {
    let (version, built) = BUILT[release];
    let name = architecture(PLATFORMS[platform]);
    let program = Files::new(built).program("usr/local/bin/agent", 41_000, name, version);
    mini[release][platform]
        .continued(Format::Oci, Tool::BuildKit, built)
        .copy("out/agent", "/usr/local/bin/agent", Layer::of(&program))
        .env("AGENT_VERSION", version)
        .volume("/var/lib/agent")
        .entrypoint(&["/usr/local/bin/agent"])
}

/// A Windows base: its one layer has the folders that Windows layers have.
fn windows_base(build: usize) -> Image {
    let (version, published) = WINDOWS[build];
    let files = Files::new(published)
        .program("Files/Windows/System32/kernel32.dll", 52_000, "windows", version)
        .program("Files/Windows/System32/cmd.exe", 19_000, "windows", version)
        .text("Files/License.txt", "Made up for this sample\n")
        .file("Hives/System_Delta", 0o644, vec![0; 4096]);
    Image::scratch(Format::Oci, Tool::BuildKit, "windows/amd64", published)
        .os_version(version)
        .step(format!("Apply image {version}"), Some(Layer::of(&files)))
}

fn windows(base: &Image, release: usize) -> Image {
    let (version, built) = BUILT[release];
    let program = Files::new(built).program("Files/Program Files/Agent/agent.exe", 47_000, "windows", version);
    let registry = Files::new(built).file("Hives/Software_Delta", 0o644, vec![1; 512]);
    let mut image = base
        .continued(Format::Oci, Tool::BuildKit, built)
        .step("SHELL [powershell -Command $ErrorActionPreference = 'Stop';]", None)
        .env("AGENT_VERSION", version)
        .step(
            "RUN powershell -Command $ErrorActionPreference = 'Stop'; New-ItemProperty -Path \
             'HKLM:\\SOFTWARE\\Acme' -Name Agent -Value $Env:AGENT_VERSION # buildkit",
            Some(Layer::of(&registry)),
        )
        .step("COPY out\\agent.exe C:\\Program Files\\Agent\\ # buildkit", Some(Layer::of(&program)))
        .user("ContainerUser")
        .entrypoint(&["C:\\Program Files\\Agent\\agent.exe"]);
    image.set("Shell", json!(["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]));
    image.set("ArgsEscaped", true.into());
    image
}

/// The repository.
pub(crate) fn repository(mini: &Images) -> Shelf {
    let mut shelf = Shelf::new("platform/agent");
    let bases: [Image; 2] = std::array::from_fn(windows_base);
    let tags: [&[&str]; 2] = [&["5.2.0"], &["5.3.0", "5.3", "5", "latest"]];
    for (release, tags) in tags.into_iter().enumerate() {
        let index = (0..2)
            .fold(Index::new(Format::Oci), |index, platform| index.entry(&linux(mini, release, platform).build()));
        let index = bases.iter().fold(index, |index, base| index.entry(&windows(base, release).build()));
        shelf.put(&index.build(), tags);
    }
    let only_windows = windows(&bases[0], 1).build();
    shelf.put(&only_windows, &["5.3.0-windows-ltsc2022"]);
    shelf
}
