//! Starts Strata: reads the settings, opens the listener, serves, stops cleanly.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use strata::server::assets::Assets;
use strata::server::settings::{Command, Invocation, Settings, Shown};
use strata::server::{log, readiness, router, run, start};
use tokio::net::TcpListener;
use tokio::signal;
use tokio_util::sync::CancellationToken;

/// Settings that cannot be used, as `clap` ends for a flag that it does not know.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let Invocation { command, arguments } = Invocation::parse();
    let (arguments, is_question) = match command {
        Some(Command::Health(arguments)) => (*arguments, true),
        None => (arguments, false),
    };
    let settings = match Settings::read(&arguments, &|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(error) => {
            // The log's own form is one of the settings that could not be read.
            let _ = writeln!(io::stderr(), "strata: {error}");
            return ExitCode::from(USAGE);
        }
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
    log::start(&settings);
    // Rendering a page can wait for a second thread's work, so there are two on a single processor too.
    let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    let ended = runtime.map_err(|error| format!("cannot start: {error}")).and_then(|runtime| {
        let ended = runtime.block_on(serve(&settings));
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

async fn serve(settings: &Settings) -> Result<(), String> {
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    let stop = CancellationToken::new();
    let service = start(settings, stop.clone().cancelled_owned()).await.map_err(|error| error.to_string())?;
    let router = router(service, Arc::new(Assets::of_this_build()), settings);
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}. --listen chooses another address or port.", settings.listen)
    })?;
    let address = listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
    announce(address, settings);
    tokio::spawn({
        let stop = stop.clone();
        async move {
            stop_signal().await;
            tracing::info!("stopping");
            stop.cancel();
        }
    });
    run(listener, router, &settings.limits, stop.cancelled_owned()).await;
    Ok(())
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

/// Ends when the process is asked to stop, by a terminal (SIGINT) or by a supervisor (SIGTERM).
async fn stop_signal() {
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        () = terminate => {}
    }
}
