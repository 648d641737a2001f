//! Samples as they lie in decompressed chunks, to samples of a raster.
//!
//! - `stored`: type and bits of a stored sample, and what they become
//! - `packing`: how samples lie in the bytes of a chunk
//! - `bits`: samples that share bytes
//! - `float`: floating point numbers of 16 and 24 bits
//! - `unpack`: rows of bytes to rows of samples

mod bits;
mod float;
mod packing;
mod stored;
mod unpack;

pub(super) use packing::Packing;
pub(super) use stored::{Kind, Stored};
pub(super) use unpack::Sample;
