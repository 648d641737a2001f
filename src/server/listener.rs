//! Sockets to listen on: bound here, inherited as descriptor 0, or passed by systemd.

use std::fs::{Permissions, set_permissions};
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::net::{AddressFamily, getsockname, sockopt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixSocket, UnixStream};

use crate::config::Bind;

/// A socket that accepts connections.
#[derive(Debug)]
pub(super) enum Listener {
    Tcp(TcpListener),
    /// The path is removed when the server stops; a socket that was passed in is left alone.
    Unix(UnixListener, Option<PathBuf>),
}

/// An accepted connection.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// A socket that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {cause}{hint}")]
pub struct ListenError {
    address: String,
    cause: io::Error,
    hint: &'static str,
}

impl Listener {
    /// Binds an address or path. A socket file nobody listens on is replaced.
    pub(super) async fn bind(
        bind: &Bind,
        backlog: u32,
        mode: u32,
        hint: &'static str,
    ) -> Result<Self, ListenError> {
        let bound = match bind {
            Bind::Tcp(host, port) => bind_tcp(host, *port, backlog).await.map(Self::Tcp),
            Bind::Unix(path) => bind_unix(path, backlog, mode)
                .await
                .map(|listener| Self::Unix(listener, Some(path.clone()))),
        };
        bound.map_err(|cause| ListenError { address: bind.to_string(), cause, hint })
    }

    /// Takes over a listening socket; `None` when it is none.
    pub(super) fn from_fd(fd: OwnedFd) -> io::Result<Option<Self>> {
        if !sockopt::socket_acceptconn(&fd).unwrap_or(false) {
            return Ok(None);
        }
        let family = getsockname(&fd)?.address_family();
        if family == AddressFamily::UNIX {
            let listener = std::os::unix::net::UnixListener::from(fd);
            listener.set_nonblocking(true)?;
            return Ok(Some(Self::Unix(UnixListener::from_std(listener)?, None)));
        }
        let listener = std::net::TcpListener::from(fd);
        listener.set_nonblocking(true)?;
        Ok(Some(Self::Tcp(TcpListener::from_std(listener)?)))
    }

    /// Descriptor 0, when a web server started this process with a listening socket there
    /// (FastCGI 1.0, 2.2).
    pub(super) fn inherited() -> io::Result<Option<Self>> {
        match io::stdin().as_fd().try_clone_to_owned() {
            Ok(fd) => Self::from_fd(fd),
            Err(_) => Ok(None),
        }
    }

    /// Waits for a connection.
    pub(super) async fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Answers are written whole: waiting for more to send would only delay them.
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
            Self::Unix(listener, _) => Ok(Stream::Unix(listener.accept().await?.0)),
        }
    }

    /// Where it listens, for the log.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => address.to_string(),
                Err(_) => "a TCP socket".into(),
            },
            Self::Unix(_, Some(path)) => path.display().to_string(),
            Self::Unix(_, None) => "an inherited socket".into(),
        }
    }

    /// The TCP address, when it has one.
    pub(super) fn tcp_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(..) => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, Some(path)) = self {
            // Already gone is as good.
            let _ = std::fs::remove_file(path);
        }
    }
}

async fn bind_tcp(host: &str, port: u16, backlog: u32) -> io::Result<TcpListener> {
    let host = if host.is_empty() { "0.0.0.0" } else { host };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "host has no address");
    for address in tokio::net::lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(backlog)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn bind_unix(path: &Path, backlog: u32, mode: u32) -> io::Result<UnixListener> {
    let is_socket = path.symlink_metadata().is_ok_and(|found| found.file_type().is_socket());
    if is_socket {
        if UnixStream::connect(path).await.is_ok() {
            return Err(io::Error::new(io::ErrorKind::AddrInUse, "a server is listening there"));
        }
        std::fs::remove_file(path)?;
    }
    let socket = UnixSocket::new_stream()?;
    socket.bind(path)?;
    set_permissions(path, Permissions::from_mode(mode))?;
    socket.listen(backlog)
}
