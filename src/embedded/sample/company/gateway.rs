//! `platform/gateway` and its chart: zstd beside gzip, and the same content under several digests.

use serde_json::json;

use super::linux::architecture;
use super::mini::{Images, PLATFORMS};
use crate::embedded::sample::build::artifact::Artifact;
use crate::embedded::sample::build::document::{Document, Format};
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::index::Index;
use crate::embedded::sample::build::layer::{Compression, Layer, archive};
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::settings;
use crate::embedded::sample::build::repository::Shelf;

const BUILT: [(&str, Moment); 3] = [
    ("2.0.0", Moment::at(2025, 10, 14, 12, 0)),
    ("2.1.0", Moment::at(2026, 6, 9, 12, 30)),
    ("2.2.0", Moment::at(2026, 10, 6, 12, 10)),
];

fn image(mini: &Images, release: usize, platform: usize) -> Image {
    let (version, built) = BUILT[release];
    let name = architecture(PLATFORMS[platform]);
    let program = Files::new(built).program("usr/local/bin/gateway", 88_000, name, version);
    let routes = Files::new(Moment::at(2025, 10, 1, 8, 0))
        .text("etc/gateway/gateway.toml", settings("gateway", 40))
        .text("etc/gateway/routes.toml", settings("routes", 260));
    mini[release.min(1)][platform]
        .continued(Format::Oci, Tool::BuildKit, built)
        .copy("etc/ /etc/gateway/", "/etc/gateway/", Layer::of(&routes))
        .copy("--from=build /out/gateway", "/usr/local/bin/gateway", Layer::of(&program))
        .label("org.opencontainers.image.title", "gateway")
        .label("org.opencontainers.image.version", version)
        .label("org.opencontainers.image.licenses", "Apache-2.0")
        .expose("8443/tcp")
        .expose("8443/udp")
        .env("GATEWAY_CONFIG", "/etc/gateway/gateway.toml")
        .user("65534:65534")
        .entrypoint(&["/usr/local/bin/gateway"])
        .command(&["--config", "/etc/gateway/gateway.toml"])
}

fn index(images: &[Image]) -> Index {
    images.iter().fold(Index::new(Format::Oci), |index, image| index.entry(&image.build()))
}

fn repacked(images: &[Image], compression: Compression) -> Vec<Image> {
    images.iter().map(|image| image.repacked(compression)).collect()
}

/// The repository.
pub(crate) fn repository(mini: &Images) -> Shelf {
    let mut shelf = Shelf::new("platform/gateway");
    let images: [Vec<Image>; 3] =
        std::array::from_fn(|release| (0..2).map(|platform| image(mini, release, platform)).collect());
    shelf.put(&index(&images[0]).build(), &["2.0.0"]);
    let smaller = repacked(&images[0], Compression::SmallestGzip);
    shelf.put(&index(&smaller).build(), &["2.0.0-repacked"]);
    shelf.put(&index(&images[1]).build(), &["2.1.0", "2.1"]);
    shelf.put(&index(&repacked(&images[1], Compression::Zstd)).build(), &["2.1.0-zstd"]);
    // Both in one index, as podman pushes them: who knows zstd takes the marked entry.
    let both = repacked(&images[2], Compression::Zstd).iter().fold(index(&images[2]), |index, image| {
        index.annotated_entry(&image.build(), &[("io.github.containers.compression.zstd", "true")])
    });
    shelf.put(&both.build(), &["2.2.0", "2.2", "2", "latest"]);
    shelf
}

fn chart(version: &str, application: &str, made: Moment) -> Document {
    let description = "Runs the gateway in front of the company's services";
    let file = format!(
        "apiVersion: v2\nname: gateway\nversion: {version}\nappVersion: \"{application}\"\ndescription: {description}\n\
         type: application\ndependencies:\n  - name: common\n    version: 1.4.2\n    repository: oci://registry.acme.example/platform/charts\n"
    );
    let files = Files::new(made)
        .text("gateway/Chart.yaml", file)
        .text("gateway/values.yaml", format!("image:\n  repository: registry.acme.example/platform/gateway\n  tag: {application}\nreplicas: 2\nservice:\n  port: 8443\n"))
        .text(
            "gateway/templates/deployment.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: {{ .Values.replicas }}\n",
        )
        .text(
            "gateway/README.md",
            "# gateway\n\nRuns the gateway in front of the company's services.\n\n| value | default |\n| --- | --- |\n| `replicas` | 2 |\n| `service.port` | 8443 |\n",
        )
        .text("gateway/templates/NOTES.txt", "The gateway listens on port {{ .Values.service.port }}.\n");
    let config = json!({
        "name": "gateway",
        "version": version,
        "description": description,
        "apiVersion": "v2",
        "appVersion": application,
        "type": "application",
        "kubeVersion": ">=1.29.0-0",
        "home": "https://docs.acme.example/gateway",
        "sources": ["https://git.acme.example/platform/gateway"],
        "keywords": ["gateway", "tls"],
        "maintainers": [{ "name": "Acme Platform", "email": "platform@acme.example" }],
        "dependencies": [{ "name": "common", "version": "1.4.2", "repository": "oci://registry.acme.example/platform/charts" }],
    });
    Artifact::with_config("application/vnd.cncf.helm.config.v1+json", config.to_string())
        .layer("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive(&files), &[])
        .annotation("org.opencontainers.image.title", "gateway")
        .annotation("org.opencontainers.image.version", version)
        .annotation("org.opencontainers.image.description", description)
        .annotation("org.opencontainers.image.created", &made.to_string())
        .build()
}

/// The charts.
pub(crate) fn charts() -> Shelf {
    let mut shelf = Shelf::new("platform/charts/gateway");
    shelf.put(&chart("2.0.0", "2.0.0", Moment::at(2025, 10, 15, 9, 0)), &["2.0.0"]);
    shelf.put(&chart("2.1.0", "2.1.0", Moment::at(2026, 6, 10, 9, 0)), &["2.1.0"]);
    // Tags cannot have a plus sign, so that Helm writes an underscore.
    shelf.put(&chart("2.2.0+build.7", "2.2.0", Moment::at(2026, 10, 7, 9, 0)), &["2.2.0_build.7"]);
    shelf
}
