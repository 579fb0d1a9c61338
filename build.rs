//! Embeds the built site (script, wasm, style, fonts, fixed files) into release builds of the server.
//!
//! A debug build reads the same files from disk instead, so that a change of the front end does not
//! compile the server again.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// Where cargo-leptos writes the site, relative to the package.
const SITE: &str = "target/site";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let site = package.join(SITE);
    // The folder must exist: cargo takes a missing one as always changed.
    fs::create_dir_all(&site)?;

    let embed = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let mut files = Vec::new();
    if embed {
        println!("cargo::rerun-if-changed={}", site.display());
        collect(&site, &mut files)?;
        files.sort();
    }
    fs::write(out.join("site.rs"), table(&site, &files, embed))
}

/// All files below `folder`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The source text that `src/server/assets.rs` includes.
///
/// Clones that share the build folder share what this script has written, so paths are completed where it is compiled.
fn table(site: &Path, files: &[PathBuf], embed: bool) -> String {
    let mut text = String::new();
    let in_package = |path: &str| format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?})", format!("/{path}"));
    // Fixed files are found in their own folder too, while there is no built site yet.
    let disk = if embed { Vec::new() } else { vec![in_package(SITE), in_package("public")] };
    let _ = writeln!(text, "static ON_DISK: &[&str] = &[{}];", disk.join(", "));
    text.push_str("static EMBEDDED: &[(&str, &[u8])] = &[\n");
    for file in files {
        let name = file.strip_prefix(site).unwrap_or(file).to_string_lossy();
        let _ = writeln!(text, "    ({name:?}, include_bytes!({})),", in_package(&format!("{SITE}/{name}")));
    }
    text.push_str("];\n");
    text
}
