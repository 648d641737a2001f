//! Sockets to listen on: bound here, inherited as descriptor 0, or passed by systemd.

use std::fs::{Permissions, set_permissions};
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::io::ioctl_fionbio;
use rustix::net::{AddressFamily, getsockname, sockopt};
#[cfg(not(target_vendor = "apple"))]
use rustix::net::{SocketFlags, accept_with};
use tokio::io::Interest;
use tokio::net::{TcpSocket, UnixSocket, UnixStream};

use super::stream::{Stream, known};
use crate::config::Bind;

/// A socket that accepts connections.
#[derive(Debug)]
pub(super) struct Listener {
    /// Not a listener of the runtime: that would learn of each connection.
    socket: UnixStream,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Tcp,
    /// The path is removed when the server stops; a socket that was passed in is left alone.
    Unix(Option<PathBuf>),
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
            Bind::Tcp(host, port) => {
                bind_tcp(host, *port, backlog).await.and_then(|socket| Self::new(socket, Kind::Tcp))
            }
            Bind::Unix(path) => bind_unix(path, backlog, mode)
                .await
                .and_then(|socket| Self::new(socket, Kind::Unix(Some(path.clone())))),
        };
        bound.map_err(|cause| ListenError { address: bind.to_string(), cause, hint })
    }

    /// Takes over a listening socket; `None` when it is none.
    pub(super) fn from_fd(fd: OwnedFd) -> io::Result<Option<Self>> {
        if !sockopt::socket_acceptconn(&fd).unwrap_or(false) {
            return Ok(None);
        }
        let kind = match getsockname(&fd)?.address_family() {
            AddressFamily::UNIX => Kind::Unix(None),
            _ => Kind::Tcp,
        };
        ioctl_fionbio(&fd, true)?;
        Self::new(fd, kind).map(Some)
    }

    fn new(socket: OwnedFd, kind: Kind) -> io::Result<Self> {
        Ok(Self { socket: known(socket)?, kind })
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
        let socket = loop {
            self.socket.readable().await?;
            let accept = || Ok(accept_one(&self.socket)?);
            match self.socket.try_io(Interest::READABLE, accept) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                accepted => break accepted?,
            }
        };
        if matches!(self.kind, Kind::Tcp) {
            // Answers are written whole: waiting for more to send would only delay them.
            sockopt::set_tcp_nodelay(&socket, true)?;
        }
        Ok(Stream::new(socket))
    }

    /// Where it listens, for the log.
    pub(super) fn address(&self) -> String {
        match &self.kind {
            Kind::Tcp => self
                .tcp_address()
                .map_or_else(|| "a TCP socket".into(), |address| address.to_string()),
            Kind::Unix(Some(path)) => path.display().to_string(),
            Kind::Unix(None) => "an inherited socket".into(),
        }
    }

    /// The TCP address, when it has one.
    pub(super) fn tcp_address(&self) -> Option<SocketAddr> {
        getsockname(&self.socket).ok()?.try_into().ok()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Kind::Unix(Some(path)) = &self.kind {
            // Already gone is as good.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A connection that does not block.
fn accept_one(listener: &UnixStream) -> rustix::io::Result<OwnedFd> {
    #[cfg(not(target_vendor = "apple"))]
    return accept_with(listener, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK);
    #[cfg(target_vendor = "apple")]
    {
        let socket = rustix::net::accept(listener)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        ioctl_fionbio(&socket, true)?;
        Ok(socket)
    }
}

async fn bind_tcp(host: &str, port: u16, backlog: u32) -> io::Result<OwnedFd> {
    let host = if host.is_empty() { "0.0.0.0" } else { host };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "host has no address");
    for address in tokio::net::lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(backlog)) {
            Ok(listener) => return Ok(listener.into_std()?.into()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn bind_unix(path: &Path, backlog: u32, mode: u32) -> io::Result<OwnedFd> {
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
    Ok(socket.listen(backlog)?.into_std()?.into())
}
