use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::connection;
use super::http;
use super::listener::Listener;
use super::pages::Pages;
use super::service::Service;
use super::signals::stopped;
use super::stream::Stream;

/// Pause after a failed accept: the usual cause is a lack of descriptors, which passes.
const BACK_OFF: Duration = Duration::from_millis(50);

/// What is spoken on a listener.
#[derive(Clone, Copy, Debug)]
pub(super) enum Transport {
    FastCgi(connection::Limits),
    Http(http::Limits),
}

/// Accepts connections until the server stops. Each keeps its permit until it ends.
pub(super) async fn accept(
    listener: Listener,
    transport: Transport,
    service: Arc<Service>,
    permits: Arc<Semaphore>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        // The permit comes first: what cannot be served waits in the backlog of the kernel.
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { break };
        if *stop.borrow() {
            break;
        }
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        match accepted {
            Ok(stream) => {
                let (service, stop) = (Arc::clone(&service), stop.clone());
                // Behind a pointer: the runtime moves a task whole, each time its state changes.
                tokio::spawn(Box::pin(async move {
                    serve(stream, transport, service, stop).await;
                    drop(permit);
                }));
            }
            Err(error) => rest(&error).await,
        }
    }
}

async fn rest(error: &io::Error) {
    tracing::warn!(cause = %error, "a connection could not be accepted");
    tokio::time::sleep(BACK_OFF).await;
}

async fn serve(
    stream: Stream,
    transport: Transport,
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
) {
    match transport {
        Transport::FastCgi(limits) => {
            if let Err(error) = connection::serve(stream, &service, limits, stop).await {
                tracing::debug!(cause = %error, "fastcgi connection ended");
            }
        }
        Transport::Http(limits) => {
            http::serve(stream, service, Arc::new(Pages), limits, stop).await;
        }
    }
}
