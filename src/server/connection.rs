//! One FastCGI connection: the only code that joins the wire format with a socket.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

use super::service::Service;
use super::signals::stopped;
use crate::error::Error;
use crate::fastcgi::{self, Decoder, Event, Frames, ProtocolStatus, RequestId, end_request};
use crate::http::{Method, Request, Response};

/// Limits of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Sizes of a request.
    pub(super) sizes: fastcgi::Limits,
    /// Silence allowed before the first request of a connection, and inside each.
    pub(super) read: Duration,
    /// Time the peer may take to read some of an answer.
    pub(super) write: Duration,
}

/// A connection that ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("peer was silent for too long")]
    Silent,
    #[error(transparent)]
    Wire(#[from] fastcgi::Error),
}

/// Bytes and time a closing connection still takes from the peer.
const LINGER: (usize, Duration) = (1 << 20, Duration::from_secs(2));

/// Serves one connection until the peer closes it, breaks the protocol or stops inside a request.
pub(super) async fn serve<S>(
    mut stream: S,
    service: &Arc<Service>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ConnectionError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut decoder = Decoder::new(limits.sizes);
    let mut served = false;
    loop {
        let keep_alive = match decoder.event()? {
            None => {
                // A web server keeps connections for later, but opens none without a request.
                let patience = (!(served && decoder.is_idle())).then_some(limits.read);
                if !read(&mut stream, &mut decoder, patience, &mut stop).await? {
                    return Ok(());
                }
                true
            }
            Some(Event::Reply { record, keep_alive }) => {
                send(&mut stream, record, limits.write).await?;
                keep_alive
            }
            // The request it means has been answered already.
            Some(Event::Abort(_)) => true,
            Some(Event::Refused { id, keep_alive, reason: _ }) => {
                let response = service.headers.refuse(&Error::TooLarge);
                send(&mut stream, frames(id, &response, false), limits.write).await?;
                decoder.finished();
                keep_alive
            }
            Some(Event::Request(request)) => {
                served = true;
                let (id, keep_alive) = (request.id, request.keep_alive);
                let view = Request::from_cgi(request.params.iter(), &request.body);
                let head = view.method == Some(Method::Head);
                let answer = pin!(service.answer(&view));
                match while_connected(&mut stream, &mut decoder, limits, id, answer).await? {
                    Ended::Answered(response) => {
                        send(&mut stream, frames(id, &response, head), limits.write).await?;
                    }
                    Ended::Aborted => {
                        let end = end_request(id, 0, ProtocolStatus::RequestComplete);
                        send(&mut stream, end, limits.write).await?;
                    }
                    Ended::Gone => return Ok(()),
                }
                decoder.finished();
                keep_alive
            }
        };
        if !keep_alive {
            // What has been written arrives in any case.
            return if decoder.is_idle() { Ok(()) } else { linger(stream).await };
        }
    }
}

/// Reads some bytes; `false` when the connection is to end. A stop of the server ends it between
/// requests.
async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    decoder: &mut Decoder,
    patience: Option<Duration>,
    stop: &mut watch::Receiver<bool>,
) -> Result<bool, ConnectionError> {
    let idle = decoder.is_idle();
    if idle && *stop.borrow() {
        return Ok(false);
    }
    let read = async {
        let read = stream.read_buf(decoder.buffer());
        match patience {
            Some(patience) => timeout(patience, read).await.map_err(|_| ConnectionError::Silent)?,
            None => read.await,
        }
        .map_err(ConnectionError::Io)
    };
    tokio::select! {
        biased;
        read = read => Ok(read? > 0),
        () = stopped(stop), if idle => Ok(false),
    }
}

enum Ended {
    Aborted,
    Answered(Response),
    Gone,
}

/// Waits for an answer and keeps an eye on the peer: dropping the answer when it aborts or leaves
/// cancels the work.
async fn while_connected<S>(
    stream: &mut S,
    decoder: &mut Decoder,
    limits: Limits,
    id: RequestId,
    mut answer: Pin<&mut impl Future<Output = Response>>,
) -> Result<Ended, ConnectionError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        // What came together with the request counts too.
        while let Some(event) = decoder.event()? {
            match event {
                Event::Abort(aborted) if aborted == id => return Ok(Ended::Aborted),
                Event::Reply { record, .. } => send(stream, record, limits.write).await?,
                // One request at a time: the decoder refuses others while this one is answered.
                Event::Abort(_) | Event::Refused { .. } | Event::Request(_) => {}
            }
        }
        let read = tokio::select! {
            biased;
            response = &mut answer => return Ok(Ended::Answered(response)),
            read = stream.read_buf(decoder.buffer()) => read?,
        };
        if read == 0 {
            return Ok(Ended::Gone);
        }
    }
}

/// An answer as FastCGI records.
fn frames(id: RequestId, response: &Response, head: bool) -> Frames {
    let mut headers = String::with_capacity(768);
    response.write_cgi_headers(&mut headers).expect("writing to a string cannot fail");
    let body = if head { Bytes::new() } else { response.body().clone() };
    Frames::new(id, headers.into(), body)
}

/// Sends bytes in as few system calls as the socket takes. The peer may be slow, but not stand
/// still.
async fn send<S: AsyncWrite + Unpin>(
    stream: &mut S,
    mut bytes: impl Buf,
    patience: Duration,
) -> Result<(), ConnectionError> {
    while bytes.has_remaining() {
        let written = timeout(patience, stream.write_buf(&mut bytes)).await;
        if written.map_err(|_| ConnectionError::Silent)?? == 0 {
            return Err(io::Error::from(io::ErrorKind::WriteZero).into());
        }
    }
    Ok(())
}

/// Closes a connection whose request was refused. What the peer still sends of it is read for a
/// while: closing with bytes unread would reset the connection and lose the answer.
async fn linger<S>(mut stream: S) -> Result<(), ConnectionError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.shutdown().await?;
    let (mut most, patience) = LINGER;
    let drain = async {
        let mut unread = BytesMut::with_capacity(16 << 10);
        while most > 0 {
            match stream.read_buf(&mut unread).await {
                Ok(0) | Err(_) => break,
                Ok(read) => most = most.saturating_sub(read),
            }
            unread.clear();
        }
    };
    // Whoever sends for ever is cut off.
    let _ = timeout(patience, drain).await;
    Ok(())
}
