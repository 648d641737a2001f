//! The `pyramis` program.

fn main() {}
