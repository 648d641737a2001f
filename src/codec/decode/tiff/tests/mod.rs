//! The decoder from outside: files in, pixels and facts out.

mod corpus;
mod hostile;
mod jpeg;
mod levels;
mod metadata;
mod pixels;
mod refusals;
mod samples;
mod stack;
mod strips;
