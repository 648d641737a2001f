//! What black-box tests share: a running server, clients written from the specifications, and
//! pictures whose pixels are given by arithmetic.
//!
//! Nothing here may use the code of the server: a mistake made twice would not be found.

#![allow(dead_code, unused_imports, reason = "every test program uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

pub(crate) mod answer;
pub(crate) mod fastcgi;
pub(crate) mod http;
pub(crate) mod pixels;
pub(crate) mod server;
pub(crate) mod tiff;

pub(crate) use answer::Answer;
pub(crate) use pixels::Pixels;
pub(crate) use server::Server;
