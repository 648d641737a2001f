//! Sockets, connections and signals: the only part that waits for the outside.

mod accept;
mod answer;
mod build;
mod connection;
mod get;
mod http;
mod listener;
mod metrics;
mod pages;
mod raw;
mod run;
mod samples;
mod service;
mod signals;
mod stream;
mod til;
mod trace;

pub use answer::{Headers, SERVER};
pub use build::{BuildError, Sample, io_threads};
pub use get::get;
pub use listener::ListenError;
pub use run::{RunError, run};
pub use service::{Flights, Service};
