use bytes::Bytes;

use super::record::{BeginRequest, RequestId};
use super::stream::Stream;
use super::{Error, Limits, Params};

/// A request as received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// Its id, under which the answer goes out.
    pub id: RequestId,
    /// Whether the connection stays open after the answer.
    pub keep_alive: bool,
    /// The CGI variables.
    pub params: Params,
    /// What came on the STDIN stream.
    pub body: Bytes,
}

/// Why a request is not delivered, although the connection is in order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The body is over [`Limits::body`].
    BodyTooLarge,
    /// The parameters are over [`Limits::params`].
    ParamsTooLarge,
}

/// A request on its way in: two streams, in whatever order their records come.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) id: RequestId,
    pub(super) keep_alive: bool,
    pub(super) params: Stream,
    pub(super) body: Stream,
}

impl Incoming {
    /// A request that has begun.
    pub(super) fn new(id: RequestId, begin: BeginRequest, limits: Limits) -> Self {
        let (params, body) = (Stream::new(limits.params), Stream::new(limits.body));
        Self { id, keep_alive: begin.keep_alive, params, body }
    }

    /// Moves the request out when both streams have ended.
    pub(super) fn complete(&mut self) -> Result<Option<Request>, Error> {
        if !(self.params.ended() && self.body.ended()) {
            return Ok(None);
        }
        let params = Params::new(self.params.take())?;
        let body = self.body.take();
        Ok(Some(Request { id: self.id, keep_alive: self.keep_alive, params, body }))
    }
}
