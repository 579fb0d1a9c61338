//! What a terminal or a supervisor wants of the process.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that mean something here.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// SIGTERM: a supervisor wants an end, and needs time to send requests elsewhere.
    Drain,
    /// SIGINT: somebody at a terminal wants an end.
    Stop,
    /// SIGHUP: the settings are to be read again.
    Reload,
}

impl Signals {
    /// Listens for them from now on: none of them ends the process by itself any more.
    ///
    /// # Errors
    ///
    /// Where the system does not allow it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next wish.
    pub async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => Wish::Drain,
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.hangup.recv() => Wish::Reload,
        }
    }

    /// The next wish for an end.
    pub async fn end(&mut self) {
        while self.next().await == Wish::Reload {
            tracing::warn!("the settings are not read again: Strata is stopping");
        }
    }
}
