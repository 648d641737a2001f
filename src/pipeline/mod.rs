//! Runs a plan on one CPU thread: gather pixels, process, encode.

mod error;
mod gather;
mod render;

pub use error::RenderError;
pub use render::{Render, Stages};
