//! The shared tile cache, and one flight for equal work.
//!
//! Keys carry the version of the file, so nothing in here ever becomes stale: what is outdated is
//! not asked for any more and ages out.

mod flight;
mod tiles;

pub use flight::{Cancel, Flight, FlightError};
pub use tiles::{Encoded, RawTile, TileCache};
