//! The view of a request that protocols see, and the only value that can answer it.
//!
//! Both FastCGI and the embedded HTTP server build a [`Request`]; neither a parser nor the
//! pipeline can tell them apart.

mod conditional;
mod link;
mod percent;
mod request;
mod response;

pub use conditional::{ETag, not_modified};
pub use link::{authority, base_url, prefix, request_url};
pub use percent::{decode, encode_path};
pub use request::{Method, Request, split_target};
pub use response::{Response, Status};
