use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::service::Service;

/// The signals of the operator. From the moment this exists none of them ends the process.
pub(super) struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
    user: Signal,
}

impl Signals {
    /// Takes the signals over.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            user: signal(SignalKind::user_defined1())?,
        })
    }

    /// Clears caches on HUP until a signal to stop comes; returns its name.
    pub(super) async fn wait_for_stop(mut self, service: &Service) -> &'static str {
        loop {
            tokio::select! {
                _ = self.hangup.recv() => {
                    service.clear();
                    tracing::info!("SIGHUP: caches cleared");
                }
                _ = self.terminate.recv() => return "SIGTERM",
                _ = self.interrupt.recv() => return "SIGINT",
                _ = self.user.recv() => return "SIGUSR1",
            }
        }
    }
}

/// Waits until the server stops.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}
