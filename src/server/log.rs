//! Where log lines go: to standard error, for people or as JSON. And how many there were.

use std::io::IsTerminal as _;
use std::sync::LazyLock;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, reload};

use super::settings::{LogFormat, Settings};

/// Changes which lines are written.
#[derive(Debug, Clone)]
pub struct LogLevel(reload::Handle<EnvFilter, Registry>);

impl LogLevel {
    /// Writes lines of this level and those more important, from now on.
    pub fn set(&self, level: tracing::Level) {
        // An error means that nobody writes any more.
        let _ = self.0.reload(filter(level));
    }
}

/// Starts the log. Crates below Strata say only what is wrong: some of their finer lines contain headers.
pub fn start(settings: &Settings) -> LogLevel {
    let (filter, handle) = reload::Layer::new(filter(settings.log_level));
    let log = tracing_subscriber::registry().with(filter).with(Count);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // An error means that there is a log already, which is as good.
    let _ = match settings.log_format {
        LogFormat::Text => log.with(lines.with_target(false).with_ansi(std::io::stderr().is_terminal())).try_init(),
        LogFormat::Json => log.with(lines.json().flatten_event(true).with_span_list(false)).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let problem = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, problem, "a part of Strata has failed");
    }));
    LogLevel(handle)
}

fn filter(level: tracing::Level) -> EnvFilter {
    EnvFilter::new(format!("warn,strata={}", level.as_str().to_ascii_lowercase()))
}

/// The label of a count of lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LevelLabel {
    level: &'static str,
}

/// How many lines of importance there were in this process.
pub(super) fn lines() -> Family<LevelLabel, Counter> {
    static LINES: LazyLock<Family<LevelLabel, Counter>> = LazyLock::new(|| {
        let lines = Family::default();
        for level in ["error", "warn"] {
            drop(lines.get_or_create(&LevelLabel { level }));
        }
        lines
    });
    LINES.clone()
}

/// Counts lines that say that something is wrong.
struct Count;

impl<S: tracing::Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let level = match *event.metadata().level() {
            tracing::Level::ERROR => "error",
            tracing::Level::WARN => "warn",
            _ => return,
        };
        lines().get_or_create(&LevelLabel { level }).inc();
    }
}
