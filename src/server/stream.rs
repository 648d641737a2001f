use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::net::Shutdown;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::UnixStream;

/// An accepted socket.
///
/// A web server sends its request as soon as it is connected, and an answer mostly fits the buffer
/// of the socket: such a connection never waits. The runtime learns of it when it does, or when it
/// goes on: before that, two system calls and an entry in a list would be for nothing.
#[derive(Debug)]
pub(super) struct Stream {
    socket: Option<Socket>,
    /// Whether something was read.
    read: bool,
    /// Whether something was written.
    written: bool,
}

#[derive(Debug)]
enum Socket {
    /// The runtime does not know of it.
    Fresh(OwnedFd),
    /// The runtime tells when it is ready.
    Known(UnixStream),
}

/// Tells the runtime of a socket of any family, listening or connected. It is only asked whether
/// the socket is ready, which the kernel knows of all of them alike.
pub(super) fn known(socket: OwnedFd) -> io::Result<UnixStream> {
    UnixStream::from_std(socket.into())
}

/// Bytes of a read. The parameters of nearly all requests are shorter.
const READ: usize = 4096;

impl Stream {
    /// A socket that does not block.
    pub(super) fn new(socket: OwnedFd) -> Self {
        Self { socket: Some(Socket::Fresh(socket)), read: false, written: false }
    }

    /// The socket, as long as it has not been told to the runtime.
    fn fresh(&self) -> Option<&OwnedFd> {
        match &self.socket {
            Some(Socket::Fresh(socket)) => Some(socket),
            _ => None,
        }
    }

    /// The socket, which is told to the runtime if that has not been done.
    fn known(&mut self) -> io::Result<&UnixStream> {
        self.socket = match self.socket.take() {
            Some(Socket::Fresh(socket)) => Some(Socket::Known(known(socket)?)),
            known => known,
        };
        match &self.socket {
            Some(Socket::Known(socket)) => Ok(socket),
            _ => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Once without waiting for the runtime: whoever never waits would hold up all others.
    fn read(&mut self, cx: &mut Context<'_>, to: &mut [u8]) -> Poll<io::Result<usize>> {
        if !std::mem::replace(&mut self.read, true)
            && let Some(socket) = self.fresh()
            && let Some(read) = at_once(rustix::io::read(socket, &mut *to))
        {
            return Poll::Ready(read);
        }
        let socket = self.known()?;
        loop {
            ready!(socket.poll_read_ready(cx))?;
            match socket.try_io(Interest::READABLE, || Ok(rustix::io::read(socket, &mut *to)?)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read),
            }
        }
    }

    /// As [`read`](Self::read).
    fn write(&mut self, cx: &mut Context<'_>, from: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if !std::mem::replace(&mut self.written, true)
            && let Some(socket) = self.fresh()
            && let Some(written) = at_once(rustix::io::writev(socket, from))
        {
            return Poll::Ready(written);
        }
        let socket = self.known()?;
        loop {
            ready!(socket.poll_write_ready(cx))?;
            match socket.try_io(Interest::WRITABLE, || Ok(rustix::io::writev(socket, from)?)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }
}

/// What a call has brought; `None` when it would have to wait.
fn at_once(result: rustix::io::Result<usize>) -> Option<io::Result<usize>> {
    match result {
        Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => None,
        result => Some(result.map_err(Into::into)),
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buf.remaining().min(READ);
        let read = ready!(self.get_mut().read(cx, buf.initialize_unfilled_to(room)))?;
        buf.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().write(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().write(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = match &self.socket {
            Some(Socket::Fresh(socket)) => rustix::net::shutdown(socket, Shutdown::Write),
            Some(Socket::Known(socket)) => rustix::net::shutdown(socket, Shutdown::Write),
            None => Ok(()),
        };
        Poll::Ready(done.map_err(Into::into))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn pair() -> (Stream, UnixStream) {
        let (ours, theirs) = net::UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        theirs.set_nonblocking(true).unwrap();
        (Stream::new(ours.into()), UnixStream::from_std(theirs).unwrap())
    }

    #[tokio::test]
    async fn what_never_waits_is_not_known_to_the_runtime() {
        let (mut ours, mut theirs) = pair();
        theirs.write_all(b"question").await.unwrap();
        let mut bytes = [0; 8];
        ours.read_exact(&mut bytes).await.unwrap();
        ours.write_all(b"answer").await.unwrap();
        assert!(ours.fresh().is_some());
        drop(ours);
        let mut answer = Vec::new();
        theirs.read_to_end(&mut answer).await.unwrap();
        assert_eq!((&bytes, &*answer), (b"question", &b"answer"[..]));
    }

    #[tokio::test]
    async fn who_waits_is_told_when_there_is_something() {
        let (mut ours, mut theirs) = pair();
        let reader = tokio::spawn(async move {
            let mut bytes = Vec::new();
            ours.read_to_end(&mut bytes).await.map(|_| bytes)
        });
        tokio::task::yield_now().await;
        let sent: Vec<u8> = (0..=255).cycle().take(3 * READ + 7).collect();
        for part in sent.chunks(1000) {
            theirs.write_all(part).await.unwrap();
            tokio::task::yield_now().await;
        }
        drop(theirs);
        assert_eq!(reader.await.unwrap().unwrap(), sent);
    }

    #[tokio::test]
    async fn more_than_a_socket_holds_arrives_whole_and_in_order() {
        let (mut ours, mut theirs) = pair();
        let sent: Vec<u8> = (0..=250).cycle().take(4 << 20).collect();
        let expected = sent.clone();
        let writer = tokio::spawn(async move {
            let (head, tail) = sent.split_at(1000);
            let slices = [IoSlice::new(head), IoSlice::new(tail)];
            let written = ours.write_vectored(&slices).await.unwrap();
            ours.write_all(&sent[written..]).await.unwrap();
            ours.shutdown().await.unwrap();
            ours
        });
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).await.unwrap();
        assert!(got == expected);
        assert!(writer.await.unwrap().fresh().is_none());
    }
}
