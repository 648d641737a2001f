//! One FastCGI connection: the only code that joins the wire format with a socket.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

use super::service::Service;
use super::signals::stopped;
use crate::error::Error;
use crate::fastcgi::{self, Decoder, Event, Frames, Refusal};
use crate::http::{Method, Request, Response};

/// Limits of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Sizes of a request.
    pub(super) sizes: fastcgi::Limits,
    /// Silence allowed between requests.
    pub(super) idle: Duration,
    /// Silence allowed before and inside a request.
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

/// Serves one connection until the peer closes it, breaks the protocol or is silent too long.
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
        match decoder.event()? {
            None => {
                // A stop ends connections between requests only.
                let idle = decoder.is_idle();
                let patience = if idle && served { limits.idle } else { limits.read };
                let read = tokio::select! {
                    read = timeout(patience, stream.read_buf(decoder.buffer())) => read,
                    () = stopped(&mut stop), if idle => return Ok(()),
                };
                if read.map_err(|_| ConnectionError::Silent)?? == 0 {
                    return Ok(());
                }
            }
            Some(Event::Reply(bytes)) => send(&mut stream, bytes, limits.write).await?,
            // The request it means has been answered already.
            Some(Event::Abort(_)) => {}
            Some(Event::Refused(Refusal { id, keep_alive })) => {
                let response = service.headers.refuse(&Error::TooLarge);
                send(&mut stream, frames(id, &response, false), limits.write).await?;
                decoder.finished();
                if !keep_alive {
                    return close(stream).await;
                }
            }
            Some(Event::Request(request)) => {
                served = true;
                let (id, keep_alive) = (request.id, request.keep_alive);
                let view = Request::from_cgi(request.params.iter(), &request.body);
                let head = view.method == Some(Method::Head);
                let answer = service.answer(&view);
                match while_connected(&mut stream, &mut decoder, limits, id, answer).await? {
                    Ended::Answered(response) => {
                        send(&mut stream, frames(id, &response, head), limits.write).await?;
                    }
                    Ended::Aborted => {
                        send(&mut stream, fastcgi::aborted(id), limits.write).await?;
                    }
                    Ended::Gone => return Ok(()),
                }
                decoder.finished();
                if !keep_alive {
                    return close(stream).await;
                }
            }
        }
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
    id: fastcgi::RequestId,
    answer: impl Future<Output = Response>,
) -> Result<Ended, ConnectionError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    tokio::pin!(answer);
    loop {
        // What came together with the request counts too.
        while let Some(event) = decoder.event()? {
            match event {
                Event::Abort(aborted) if aborted == id => return Ok(Ended::Aborted),
                Event::Reply(bytes) => send(stream, bytes, limits.write).await?,
                // One request at a time: the decoder refuses others while this one is answered.
                Event::Abort(_) | Event::Refused(_) | Event::Request(_) => {}
            }
        }
        let may_read = decoder.buffer().len() < limits.sizes.body;
        let read = tokio::select! {
            biased;
            response = &mut answer => return Ok(Ended::Answered(response)),
            read = stream.read_buf(decoder.buffer()), if may_read => read?,
        };
        if read == 0 {
            return Ok(Ended::Gone);
        }
    }
}

/// An answer as FastCGI records.
fn frames(id: fastcgi::RequestId, response: &Response, head: bool) -> Frames {
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

async fn close<S: AsyncWrite + Unpin>(mut stream: S) -> Result<(), ConnectionError> {
    Ok(stream.shutdown().await?)
}
