//! Starts Strata: reads the settings, opens the listener, serves, reads the settings again when asked, stops cleanly.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use mimalloc::MiMalloc;
use strata::highlight;
use strata::server::log::{self, LogLevel};
use strata::server::settings::{Arguments, Command, ConfigCommand, Invocation, MetricsPlace, Settings, Shown};
use strata::server::signals::{Signals, Wish};
use strata::server::{Program, check, readiness};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The C library's allocator keeps most of what a burst of large pages has used: after the soak it held 190 MB
/// of which 50 were in use (docs/performance.md). This one gives it back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Settings that cannot be used, as `clap` ends for a flag that it does not know.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let Invocation { command, arguments } = Invocation::parse();
    let (arguments, is_question) = match command {
        Some(Command::Config(ConfigCommand::Check(arguments))) => {
            return match check(&arguments, &variable) {
                Ok(understood) => {
                    let _ = write!(io::stdout(), "{understood}");
                    ExitCode::SUCCESS
                }
                Err(mistakes) => wrong(&mistakes),
            };
        }
        Some(Command::Highlight) => {
            return match highlight::serve(io::stdin().lock(), io::stdout().lock()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
        Some(Command::Health(arguments)) => (*arguments, true),
        None => (arguments, false),
    };
    let settings = match Settings::read(&arguments, &variable) {
        Ok(mut settings) => {
            settings.service.highlighter = own_program();
            settings
        }
        Err(error) => return wrong(error.mistakes()),
    };
    if is_question {
        return match readiness::ask(settings.listen) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                let _ = writeln!(io::stderr(), "strata: {problem}");
                ExitCode::FAILURE
            }
        };
    }
    let level = log::start(&settings);
    // Rendering a page can wait for a second thread's work, so there are two on a single processor too.
    let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    let ended = runtime.map_err(|error| format!("cannot start: {error}")).and_then(|runtime| {
        let ended = runtime.block_on(serve(&arguments, settings, &level));
        // What still reads for a page that nobody waits for any more.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// This very program, wherever it is by now: another version may stand at its path (Linux); elsewhere the file that was started.
fn own_program() -> Option<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Some(running.to_owned()) } else { std::env::current_exe().ok() }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Tells what is wrong with the settings. The log's own form is one of those that could not be read.
fn wrong(mistakes: &[String]) -> ExitCode {
    for mistake in mistakes {
        let _ = writeln!(io::stderr(), "strata: {mistake}");
    }
    ExitCode::from(USAGE)
}

async fn serve(arguments: &Arguments, settings: Settings, level: &LogLevel) -> Result<(), String> {
    warn(&settings);
    if settings.service.highlighter.is_none() {
        tracing::warn!("texts are shown plain: the file of this program cannot be found");
    }
    let mut signals = Signals::listen().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let mut program = Program::start(&settings).await.map_err(|error| error.to_string())?;
    let stop = CancellationToken::new();
    if let MetricsPlace::At(address) = settings.metrics {
        let listener = listen(address, "--metrics").await?;
        tokio::spawn(program.run(listener, program.metrics_router(), stop.clone().cancelled_owned()));
    }
    let listener = listen(settings.listen, "--listen").await?;
    let address = listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
    announce(address, &settings);
    let mut server = tokio::spawn(program.run(listener, program.router(), stop.clone().cancelled_owned()));
    let mut now = settings.clone();
    let wish = loop {
        match signals.next().await {
            Wish::Reload => {
                if let Some(new) = reload(&mut program, arguments, level).await {
                    now = new;
                }
            }
            wish => break wish,
        }
    };
    program.health().drain();
    let drain = if wish == Wish::Drain { now.limits.drain } else { Duration::ZERO };
    tracing::info!(drain_ms = u64::try_from(drain.as_millis()).unwrap_or(u64::MAX), "stopping");
    let ended = async {
        tokio::time::sleep(drain).await;
        stop.cancel();
        (&mut server).await
    };
    tokio::select! {
        ended = ended => ended.map_err(|error| format!("the server has failed: {error}")),
        () = signals.end() => Err("a second signal: open requests are not waited for".to_owned()),
    }
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}. {flag} chooses another address or port."))
}

/// Reads the settings again, and goes on with them if all of them can be used.
async fn reload(program: &mut Program, arguments: &Arguments, level: &LogLevel) -> Option<Settings> {
    let read = match Settings::read(arguments, &variable).map_err(|error| error.mistakes().join(" | ")) {
        Ok(settings) => program.reload(&settings).await.map(|changes| (settings, changes)).map_err(|e| e.to_string()),
        Err(problem) => Err(problem),
    };
    program.metrics().reloaded(read.is_ok());
    match read {
        Ok((settings, changes)) => {
            level.set(settings.log_level);
            warn(&settings);
            if !changes.only_at_start.is_empty() {
                tracing::warn!(keys = changes.only_at_start.join(", "), "these settings only count after a restart");
            }
            let names = |names: &[String]| names.join(", ");
            tracing::info!(
                added = names(&changes.added),
                removed = names(&changes.removed),
                changed = names(&changes.changed),
                "settings read again"
            );
            Some(settings)
        }
        Err(problem) => {
            tracing::error!(problem, "settings refused; those from before go on");
            None
        }
    }
}

fn warn(settings: &Settings) {
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
}

/// Says on standard output where Strata is found: for people, and for scripts that wait for the line.
fn announce(address: SocketAddr, settings: &Settings) {
    let what = match &settings.shown {
        Shown::Sample => "the sample registry".to_owned(),
        Shown::Layout(folder) => format!("the image layouts in {}", folder.display()),
        Shown::Registries(registries) => {
            registries.iter().map(|registry| registry.url.as_str()).collect::<Vec<_>>().join(", ")
        }
    };
    let path = if settings.base_path.as_str().is_empty() { String::new() } else { format!("{}/", settings.base_path) };
    // A closed standard output is no reason to stop.
    let _ = writeln!(io::stdout(), "Strata shows {what} at http://{address}{path}");
    tracing::info!(%address, shows = what, "listening");
}
