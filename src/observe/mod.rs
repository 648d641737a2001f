//! What operators see of a running server.
//!
//! It formats and transports; what is worth telling is decided where it happens.

pub mod log;
