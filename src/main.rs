//! Starts Strata: reads the settings, opens the listener, serves, stops cleanly.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use clap::Parser;
use strata::server::{assets::Assets, router};
use tokio::{net::TcpListener, signal};

/// Shows what a container registry really holds.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().init();
    let arguments = Arguments::parse();
    match serve(arguments.listen).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(listen = %arguments.listen, %error, "cannot serve");
            ExitCode::FAILURE
        }
    }
}

async fn serve(listen: SocketAddr) -> std::io::Result<()> {
    let router = router(Arc::new(Assets::of_this_build()));
    let listener = TcpListener::bind(listen).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(stop_signal()).await
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
