//! Strata itself, without a listener.

use std::path::Path;

use axum::Router;
use strata::server::Program;
use strata::server::settings::{Arguments, Settings};

/// What answers in front of the registries that these arguments name. The first one of a process stands before its first
/// request.
pub(crate) async fn site(arguments: &Arguments) -> Router {
    let settings = Settings::read(arguments, &|_| None).unwrap();
    Program::start(&settings).await.unwrap().router()
}

/// Arguments that name a settings file with this text, which is written into this folder.
pub(crate) fn in_file(folder: &Path, text: &str) -> Arguments {
    let file = folder.join("strata.toml");
    std::fs::write(&file, text).unwrap();
    Arguments { config: Some(file.display().to_string()), ..Arguments::default() }
}
