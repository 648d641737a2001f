//! The decoder from outside: files in, pixels and facts out.

mod boxes;
mod corpus;
mod excerpts;
mod hostile;
mod reference;
