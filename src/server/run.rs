use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use listenfd::ListenFd;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::accept::{Transport, accept};
use super::build::{BuildError, Sample};
use super::listener::{ListenError, Listener};
use super::service::Service;
use super::signals::Signals;
use super::{connection, http};
use crate::config::{Bind, Config};
use crate::fastcgi;

/// A server that could not start, or failed as a whole. The text is written for an operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The settings do not make a service.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The operating system failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// An address is not free.
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// Serves until a signal ends it. `started` is told the address of a browser's first page, when
/// there is one.
pub async fn run(config: &Config, started: impl FnOnce(Option<String>)) -> Result<(), RunError> {
    // Before anybody can know that the server is there: a signal must not end it unheard.
    let signals = Signals::new()?;
    raise_open_files();
    let listeners = listeners(config).await?;
    let with_pages = listeners.iter().any(|(_, transport)| matches!(transport, Transport::Http(_)));
    let sample = if with_pages { Sample::Shown } else { Sample::Hidden };
    let service = Arc::new(Service::new(config, sample)?);
    let connections = u32::try_from(config.limits.connections).unwrap_or(u32::MAX);
    let permits = Arc::new(Semaphore::new(connections as usize));
    let (stop, stopped) = watch::channel(false);
    let mut accepting = JoinSet::new();
    let mut page = None;
    for (listener, transport) in listeners {
        let address = listener.address();
        match transport {
            Transport::FastCgi(_) => tracing::info!(address, "listening for FastCGI"),
            Transport::Http(_) => {
                tracing::info!(address, "listening for HTTP");
                page = page.or_else(|| listener.tcp_address().map(|at| format!("http://{at}/")));
            }
        }
        let (service, permits) = (Arc::clone(&service), Arc::clone(&permits));
        accepting.spawn(accept(listener, transport, service, permits, stopped.clone()));
    }
    started(page);
    let signal = signals.wait_for_stop(&service).await;
    tracing::info!(signal, "stopping");
    // Nobody listens only when all connections have ended already.
    let _ = stop.send(true);
    let drained = async {
        while accepting.join_next().await.is_some() {}
        // Connections that are open have the permits that are missing.
        let _ = permits.acquire_many(connections).await;
    };
    if tokio::time::timeout(config.timeouts.drain, drained).await.is_err() {
        tracing::warn!("connections were closed before their requests ended");
    }
    Ok(())
}

/// All sockets to serve. Without any asked for or passed in, HTTP on this machine.
async fn listeners(config: &Config) -> Result<Vec<(Listener, Transport)>, RunError> {
    let listen = &config.listen;
    let fastcgi = fastcgi_transport(config);
    let mut listeners = Vec::new();
    for bind in &listen.bind {
        let hint = "; choose another address, for example --bind 127.0.0.1:9000";
        let bound = Listener::bind(bind, listen.backlog, listen.socket_mode, hint).await?;
        listeners.push((bound, fastcgi));
    }
    listeners.extend(passed()?.into_iter().map(|listener| (listener, fastcgi)));
    if listeners.is_empty()
        && let Some(inherited) = Listener::inherited()?
    {
        listeners.push((inherited, fastcgi));
    }
    let default = listeners.is_empty().then(Bind::local_http);
    if let Some(bind) = listen.http.clone().or(default) {
        let hint = "; choose another address with --http, for example --http 127.0.0.1:8081";
        let bound = Listener::bind(&bind, listen.backlog, listen.socket_mode, hint).await?;
        listeners.push((bound, http_transport(config)));
    }
    Ok(listeners)
}

/// Sockets passed by systemd (`LISTEN_FDS`).
fn passed() -> Result<Vec<Listener>, RunError> {
    let mut sockets = ListenFd::from_env();
    let mut listeners = Vec::new();
    for index in 0..sockets.len() {
        // The type of a socket is not known in advance; asking for the wrong one takes nothing.
        let fd = match sockets.take_tcp_listener(index) {
            Ok(Some(listener)) => OwnedFd::from(listener),
            Ok(None) => continue,
            Err(_) => match sockets.take_unix_listener(index)? {
                Some(listener) => OwnedFd::from(listener),
                None => continue,
            },
        };
        listeners.extend(Listener::from_fd(fd)?);
    }
    Ok(listeners)
}

fn fastcgi_transport(config: &Config) -> Transport {
    Transport::FastCgi(connection::Limits {
        sizes: fastcgi::Limits {
            params: config.limits.params_bytes,
            body: config.limits.body_bytes,
            connections: config.limits.connections,
        },
        read: config.timeouts.read,
        write: config.timeouts.write,
    })
}

fn http_transport(config: &Config) -> Transport {
    Transport::Http(http::Limits { body: config.limits.body_bytes, read: config.timeouts.read })
}

/// Every open image and connection needs a descriptor; the usual soft limit of 1,024 is meant for
/// programs that use `select`.
fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where this is forbidden, the limit stays as the operator has set it.
    let _ = setrlimit(Resource::Nofile, limit);
}
