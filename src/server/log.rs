//! Where log lines go: to standard error, for people or as JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::settings::{LogFormat, Settings};

/// Starts the log. Crates below Strata say only what is wrong: some of their finer lines contain headers.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::new(format!("warn,strata={}", settings.log_level.as_str().to_ascii_lowercase()));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // An error means that there is a log already, which is as good.
    let _ = match settings.log_format {
        LogFormat::Text => log.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, message, "a part of Strata has failed");
    }));
}
