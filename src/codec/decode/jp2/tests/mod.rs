//! The decoder from outside: files in, pixels and facts out.

mod boxes;
mod corpus;
mod hostile;
mod reference;
