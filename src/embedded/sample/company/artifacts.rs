//! `lab/artifacts`: things that are no container images.

use serde_json::json;

use super::claims;
use crate::embedded::sample::build::artifact::Artifact;
use crate::embedded::sample::build::document::Document;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::layer::archive;
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::{noise, settings};
use crate::embedded::sample::build::repository::Shelf;

const TITLE: &str = "org.opencontainers.image.title";

/// The repository.
pub(crate) fn repository() -> Shelf {
    let mut shelf = Shelf::new("lab/artifacts");
    let made = Moment::at(2026, 10, 1, 6, 0).to_string();
    let report = Artifact::of_type("application/vnd.acme.report.v1")
        .layer("text/csv", "month,images,bytes\n2026-08,212,81234567\n2026-09,231,84991230\n", &[(TITLE, "usage.csv")])
        .layer("application/pdf", noise("report", 9_000), &[(TITLE, "usage.pdf")])
        .annotation("org.opencontainers.image.created", &made);
    let report = report.build();
    shelf.put(&report, &["report-2026-09", "report"]);
    claims::add(&mut shelf, &report);
    // Titles are file names to some tools, and nothing keeps them from being paths or markup.
    let titles = Artifact::of_type("application/vnd.acme.files.v1")
        .layer("text/plain", "one\n", &[(TITLE, "../../../etc/passwd")])
        .layer("text/html", "<script>alert(1)</script>\n", &[(TITLE, "<b>bold</b>.html")])
        .layer(
            "image/svg+xml",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>\n",
            &[(TITLE, "picture.svg")],
        )
        .layer("application/octet-stream", "four\n", &[(TITLE, "C:\\autoexec.bat")])
        .layer("application/octet-stream", "five\n", &[(TITLE, "report\u{202e}fdp.exe")])
        .layer("application/octet-stream", "six\n", &[]);
    shelf.put(&titles.build(), &["odd-titles"]);
    let module = Artifact::with_config(
        "application/vnd.wasm.config.v0+json",
        format!("{{\"created\":\"{made}\",\"architecture\":\"wasm\",\"os\":\"wasip2\",\"layerDigests\":[]}}"),
    )
    .layer("application/wasm", [b"\0asm\x0d\0\x01\0".as_slice(), &noise("wasm", 5_000)].concat(), &[]);
    shelf.put(&module.build(), &["component-0.3.0"]);
    let mark = Artifact::of_type("application/vnd.acme.approval.v1")
        .without_content()
        .annotation("com.acme.approved-by", "change board")
        .annotation("com.acme.ticket", "CHG-20417");
    shelf.put(&mark.build(), &["approval"]);
    let unknown = Artifact::with_config("application/vnd.acme.something-new.v7", settings("new", 5)).layer(
        "application/vnd.acme.something-new.part",
        noise("new", 700),
        &[],
    );
    shelf.put(&unknown.build(), &["unknown-kind"]);
    shelf.put(&model(), &["model"]);
    shelf.put(&compose(), &["compose"]);
    shelf.put(&plugin(), &["plugin"]);
    let volume = Artifact::of_type("application/vnd.docker.volume.v1+tar.gz").layer(
        "application/gzip",
        archive(&Files::new(Moment::at(2026, 9, 30, 22, 0)).text("ledger/2026-09.csv", "month,amount\n2026-09,1200\n")),
        &[(TITLE, "ledger.tar.gz")],
    );
    shelf.put(&volume.build(), &["volume"]);
    shelf
}

/// A machine learning model as `ModelPack` lays it out; the weights are noise.
fn model() -> Document {
    let path = "org.cncf.model.filepath";
    let config = json!({
        "descriptor": { "name": "ledger-words", "version": "0.2", "family": "bert", "licenses": ["Apache-2.0"], "createdAt": "2026-09-12T08:00:00Z" },
        "config": { "architecture": "transformer", "format": "safetensors", "paramSize": "4.4m", "precision": "float16" },
        "modelfs": { "type": "layers", "diffIds": [] },
    });
    let mut model = Artifact::with_config("application/vnd.cncf.model.config.v1+json", config.to_string());
    model = model.typed("application/vnd.cncf.model.manifest.v1+json");
    model
        .layer("application/vnd.cncf.model.weight.v1.raw", noise("weights", 9_600), &[(path, "model.safetensors")])
        .layer("application/vnd.cncf.model.weight.config.v1.raw", "{\"hidden_size\":128}\n", &[(path, "config.json")])
        .layer(
            "application/vnd.cncf.model.doc.v1.raw",
            "# ledger-words\n\nSorts the words on a payment. Made for the sample: it knows nothing.\n",
            &[(path, "README.md")],
        )
        .build()
}

/// What is to run together, as text.
fn compose() -> Document {
    let file = "services:\n  api:\n    image: registry.acme.example/payments/api:1.10.1\n    ports: [\"8080:8080\"]\n  worker:\n    \
                image: registry.acme.example/payments/worker:v3.14.2\n";
    Artifact::with_config("application/vnd.docker.compose.config.empty.v1+json", "{}")
        .typed("application/vnd.docker.compose.project")
        .layer("application/vnd.docker.compose.file+yaml", file, &[("com.docker.compose.file", "compose.yaml")])
        .layer(
            "application/vnd.docker.compose.envfile",
            "LOG_LEVEL=info\nSESSION_KEY=opens-nothing-0123456789\n",
            &[("com.docker.compose.envfile", ".env")],
        )
        .build()
}

/// A plugin of docker's engine.
fn plugin() -> Document {
    let config = json!({
        "description": "Keeps volumes on the ledger's storage",
        "documentation": "https://docs.acme.example/volumes",
        "interface": { "types": ["docker.volumedriver/1.0"], "socket": "ledger.sock" },
        "entrypoint": ["/usr/bin/ledger-volumes"],
        "workdir": "",
        "network": { "type": "host" },
        "linux": { "capabilities": ["CAP_SYS_ADMIN"] },
        "propagatedMount": "/mnt/ledger",
    });
    let built = Moment::at(2026, 5, 4, 10, 0);
    let files = Files::new(built).program("usr/bin/ledger-volumes", 2_400, "amd64", "plugin");
    Artifact::with_config("application/vnd.docker.plugin.v1+json", config.to_string())
        .layer("application/vnd.docker.image.rootfs.diff.tar.gzip", archive(&files), &[])
        .build()
}
