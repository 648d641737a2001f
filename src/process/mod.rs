//! Pixel operations: pure functions from raster to raster, one file each.
//!
//! An operation knows no file, clock, setting or log. [`Op::shape`] says what it makes of a shape
//! before any pixel is read, so that a whole chain is checked and its memory known in advance.

mod bands;
mod flip;
mod gray;
mod histogram;
mod resize;
mod rotate;
mod threshold;

pub use histogram::Histogram;
pub use resize::{Filter, Part};

use crate::command::Finite;
use crate::raster::{Raster, Shape, ShapeError};

/// One step of processing. Equal steps give equal pixels: a list of them is a cache key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Op {
    /// Keep the first channels; alpha is dropped, not blended.
    Bands(u16),
    /// Mirror left to right.
    Flip,
    /// Reduce colour to luminance (Rec. 601 weights).
    Gray,
    /// Scale a part of the picture to a size.
    Resize {
        /// The part, in pixels of the input, with fractions.
        part: Part,
        /// New width.
        width: u32,
        /// New height.
        height: u32,
        /// Interpolation.
        filter: Filter,
    },
    /// Turn clockwise by any angle; corners become transparent, or white without alpha.
    Rotate {
        /// Degrees, not a multiple of 90.
        degrees: Finite,
        /// Add an alpha channel, so that corners can be transparent.
        transparent: bool,
    },
    /// Turn clockwise by quarters: 1, 2 or 3.
    Turn(u8),
    /// Black below the value, white from it on.
    Threshold(u8),
}

impl Op {
    /// Name for logs and timings.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bands(_) => "bands",
            Self::Flip => "flip",
            Self::Gray => "gray",
            Self::Resize { .. } => "resize",
            Self::Rotate { .. } => "rotate",
            Self::Threshold(_) => "threshold",
            Self::Turn(_) => "turn",
        }
    }

    /// The shape it makes of a shape, or why it cannot.
    pub fn shape(&self, input: Shape) -> Result<Shape, OpError> {
        match self {
            Self::Bands(channels) => bands::shape(input, *channels),
            Self::Flip => Ok(input),
            Self::Gray => gray::shape(input),
            Self::Resize { width, height, .. } => Ok(input.resized(*width, *height)),
            Self::Rotate { degrees, transparent } => rotate::shape(input, *degrees, *transparent),
            Self::Threshold(_) => threshold::shape(input),
            Self::Turn(quarters) => Ok(flip::turned(input, *quarters)),
        }
    }

    /// Runs it. The raster is taken: most operations work in place.
    pub fn apply(&self, input: Raster) -> Result<Raster, OpError> {
        match self {
            Self::Bands(channels) => bands::bands(input, *channels),
            Self::Flip => flip::flip(input),
            Self::Gray => gray::gray(input),
            Self::Resize { part, width, height, filter } => {
                resize::resize(&input, part, *width, *height, *filter)
            }
            Self::Rotate { degrees, transparent } => rotate::rotate(input, *degrees, *transparent),
            Self::Threshold(level) => threshold::threshold(input, *level),
            Self::Turn(quarters) => flip::turn(input, *quarters),
        }
    }
}

/// An operation that cannot be applied.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OpError {
    /// The operation has no meaning for such samples.
    #[error("{op} cannot be applied to this kind of picture")]
    Unsuitable {
        /// Name of the operation.
        op: &'static str,
    },
    /// The result would not fit in memory.
    #[error("picture is too large")]
    TooLarge,
    /// A library failed.
    #[error("{op} failed: {reason}")]
    Failed {
        /// Name of the operation.
        op: &'static str,
        /// Its message.
        reason: String,
    },
}

impl From<ShapeError> for OpError {
    fn from(_: ShapeError) -> Self {
        Self::TooLarge
    }
}
