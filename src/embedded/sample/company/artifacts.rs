//! `lab/artifacts`: things that are no container images.

use crate::embedded::sample::build::artifact::Artifact;
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
    shelf.put(&report.build(), &["report-2026-09", "report"]);
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
    shelf
}
