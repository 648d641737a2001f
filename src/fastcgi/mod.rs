//! FastCGI 1.0 as bytes in, events out: the application's side of the Responder role.
//!
//! [`Decoder`] turns what a web server sends into whole requests; [`Frames`] turns an answer into
//! slices for one vectored write. Neither knows sockets, time, HTTP or images. Whoever owns the
//! socket reads into [`Decoder::buffer`], handles [`Decoder::event`] until it returns `None`, and
//! calls [`Decoder::finished`] when an answer is written.
//!
//! A connection carries one request at a time, which the specification allows and
//! `FCGI_MPXS_CONNS` announces; concurrency comes from connections.
//!
//! ```
//! use pyramis::fastcgi::{Decoder, Event, Limits};
//!
//! let mut decoder = Decoder::new(Limits::default());
//! decoder.buffer().extend_from_slice(&[
//!     1, 1, 0, 1, 0, 8, 0, 0, // BEGIN_REQUEST 1
//!     0, 1, 0, 0, 0, 0, 0, 0, // as responder, close the connection afterwards
//!     1, 4, 0, 1, 0, 0, 0, 0, // end of PARAMS
//!     1, 5, 0, 1, 0, 0, 0, 0, // end of STDIN
//! ]);
//! let Ok(Some(Event::Request(request))) = decoder.event() else { panic!() };
//! assert!(!request.keep_alive && request.body.is_empty());
//! ```

mod decoder;
mod frames;
mod fuzz;
mod input;
mod name_value;
mod params;
mod record;
mod reply;
mod request;
mod stream;

pub use decoder::{Decoder, Event};
pub use frames::Frames;
#[doc(hidden)]
pub use fuzz::fuzz;
pub use params::Params;
pub use record::{ProtocolStatus, RequestId};
pub use reply::end_request;
pub use request::{Refusal, Request};

/// What one connection may hold in memory, and what the server says about itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of all parameters of a request; 256 KiB.
    pub params: usize,
    /// Bytes of the body of a request; 64 KiB.
    pub body: usize,
    /// Connections the server accepts at a time, for web servers that ask; 1024.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { params: 256 << 10, body: 64 << 10, connections: 1024 }
    }
}

/// The peer does not speak FastCGI 1.0. Only closing the connection helps.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request begins with a body of the wrong size.
    #[error("begin-request record has {length} bytes instead of 8")]
    BeginLength {
        /// Its size.
        length: u16,
    },
    /// A request begins under the id of a request that has not ended.
    #[error("request {0} begins while it is active")]
    BeginTwice(RequestId),
    /// The lengths of a name-value pair go beyond the bytes there are.
    #[error("name-value pair is cut off")]
    NameValue,
    /// Parameters or body go on behind their end.
    #[error("stream of request {0} goes on after its end")]
    StreamEnded(RequestId),
    /// A record of another version, or no record at all.
    #[error("protocol version is {0} instead of 1")]
    Version(u8),
}
