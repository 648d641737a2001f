//! Runs a plan on one CPU thread: gather pixels, process, encode. Also reads plain numbers.

mod error;
mod gather;
mod render;
mod rows;
mod samples;

pub use error::RenderError;
pub use render::{Render, Stages};
