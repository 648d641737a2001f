//! FastCGI 1.0, responder role: bytes in, events out; answers in, bytes out.
//!
//! Nothing in here knows a socket, a clock or HTTP. The driver reads into [`Decoder::buffer`],
//! asks for [`Decoder::event`]s, and sends what [`Frames`] yields. The specification is cited by
//! section, as "FastCGI 1.0, 3.3".
//!
//! One request at a time is served on a connection, as the specification allows (3.4.1 and 4.1
//! name `FCGI_MPXS_CONNS` and `FCGI_CANT_MPX_CONN` for it); concurrency comes from connections.

mod decoder;
mod error;
mod frames;
mod name_value;
mod params;
mod record;

pub use decoder::{Decoder, Event, Limits, Refusal, Request, fuzz};
pub use error::Error;
pub use frames::{Frames, aborted};
pub use params::Params;
pub use record::RequestId;
