//! `strata config check`: what would be served with these settings, without serving it.

use std::fmt::Write as _;
use std::sync::Arc;

use super::clients::open;
use super::settings::{Arguments, LogFormat, MetricsPlace, Settings, Shown};
use crate::registry::{Client, DocumentCache, RegistrySettings};

/// Reads the settings and every file that they name, and tells what was understood, without anything secret. Nothing is asked
/// over the network.
///
/// # Errors
///
/// Every mistake that was found, as a sentence with its place.
pub fn check(arguments: &Arguments, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, Vec<String>> {
    let settings = Settings::read(arguments, environment).map_err(|error| error.mistakes().to_vec())?;
    let mut mistakes = Vec::new();
    match &settings.shown {
        Shown::Sample => {}
        Shown::Layout(folder) => mistakes.extend(open(folder).err().map(|error| error.to_string())),
        Shown::Registries(registries) => {
            let cache = Arc::new(DocumentCache::new(0));
            let clients = registries.iter().map(|registry| Client::new(registry.clone(), Arc::clone(&cache)));
            mistakes.extend(clients.filter_map(Result::err).map(|error| error.to_string()));
        }
    }
    if mistakes.is_empty() { Ok(told(&settings)) } else { Err(mistakes) }
}

/// The settings as a short table.
fn told(settings: &Settings) -> String {
    let mut text = "These settings can be used.\n\n".to_owned();
    let mut row = |name: &str, value: &str| {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{name:<16}{value}");
    };
    row("listen", &settings.listen.to_string());
    match &settings.shown {
        Shown::Sample => row("shows", "the sample registry"),
        Shown::Layout(folder) => row("shows", &format!("the image layouts in {}", folder.display())),
        Shown::Registries(registries) => {
            for registry in registries {
                row("registry", &described(registry));
            }
        }
    }
    if let Some(url) = &settings.public_url {
        row("public_url", url.as_str());
    }
    if !settings.allowed_hosts.is_empty() {
        row("allowed_hosts", &settings.allowed_hosts.join(", "));
    }
    if !settings.trusted_proxies.is_empty() {
        let networks: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
        row("trusted_proxies", &networks.join(", "));
    }
    row(
        "metrics",
        &match settings.metrics {
            MetricsPlace::Site => "at /-/metrics".to_owned(),
            MetricsPlace::Off => "off".to_owned(),
            MetricsPlace::At(address) => format!("at http://{address}/-/metrics"),
        },
    );
    let format = match settings.log_format {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    };
    row("log", &format!("{format}, {} and more important", settings.log_level.as_str().to_ascii_lowercase()));
    if let Some(folder) = &settings.service.layers.cache_dir {
        row("cache_dir", &folder.display().to_string());
    }
    for (key, value) in settings.changed_limits() {
        row("limit", &format!("{key} = {value}"));
    }
    for warning in settings.warnings() {
        let _ = write!(text, "\nwarning: {warning}\n");
    }
    text
}

/// A registry in one line.
fn described(registry: &RegistrySettings) -> String {
    let mut text = format!("{}: {}", registry.name, registry.url);
    let who = registry.credentials.as_ref().map_or("anonymous".to_owned(), |who| format!("as {}", who.account()));
    let _ = write!(text, ", {who}");
    if let Some(file) = &registry.ca_file {
        let _ = write!(text, ", trusts {}", file.display());
    }
    if let Some(shown) = &registry.client_certificate {
        let _ = write!(text, ", shows {}", shown.certificate_file.display());
    }
    if !registry.repositories.is_empty() {
        let _ = write!(text, ", {} repositories by hand", registry.repositories.len());
    }
    text
}
