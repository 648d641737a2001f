//! Pixel operations: pure functions from raster to raster, one file each.
//!
//! An operation knows no file, clock, setting or log. [`Op::shape`] says what it makes of a shape
//! before any pixel is read, so that a whole chain is checked and its memory known in advance.
//!
//! Each file has `shape`, which refuses what its kernel cannot do, and the kernel, which takes
//! the raster and the shape that was promised. Values are brought to 8 bits by [`Op::Scale8`] or
//! [`Op::Normalize`] and [`Op::Quantize8`]; the other kernels are for 8-bit samples. Another type
//! is another arm where a kernel takes its samples, and a wider [`is_supported`].

mod bands;
mod flip;
mod gray;
mod histogram;
mod normalize;
mod quantize;
mod resize;
mod rotate;
mod scale;
mod straighten;
#[cfg(test)]
mod tests;
mod threshold;
mod turn;
mod watermark;

pub use histogram::Histogram;
pub use normalize::Bounds;
pub use resize::{Filter, Part};
pub use watermark::{Mark, Share, Watermark, seed};

use std::borrow::Cow;

use crate::command::Finite;
use crate::raster::{Layout, Raster, SampleType, Samples, Shape, ShapeError};

/// One step of processing. Equal steps give equal pixels: a list of them is a cache key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Op {
    /// Keep the first channels; alpha is dropped, not blended.
    Bands(u16),
    /// Mirror left to right.
    Flip,
    /// Reduce colour to luminance (Rec. 601 weights).
    Gray,
    /// Values between two bounds to 0..1, for each channel. Alpha goes by its full scale.
    Normalize {
        /// For each colour channel.
        bounds: Box<[Bounds]>,
        /// The value that means "nothing here", shown as 0.
        nodata: Option<Finite>,
    },
    /// 0..1 to 8 bits.
    Quantize8,
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
    /// Turn clockwise by any angle; corners become transparent, or black without alpha.
    Rotate {
        /// Degrees, not a multiple of 90.
        degrees: Finite,
        /// Add an alpha channel, so that corners can be transparent.
        transparent: bool,
    },
    /// Turn clockwise by quarters: 1, 2 or 3.
    Turn(u8),
    /// The upper 8 of so many bits of an integer.
    Scale8(u16),
    /// Divide colours by the opacity they were multiplied by.
    Straighten,
    /// Black up to the value, white above it: Otsu's lower class is black.
    Threshold(u8),
    /// Put a mark on the picture.
    Watermark {
        /// The mark.
        watermark: Watermark,
        /// Side of the squares that have a mark each; 0 is the whole picture.
        side: u32,
        /// What places are drawn from.
        seed: u64,
    },
}

impl Op {
    /// Name for logs and timings.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bands(_) => "bands",
            Self::Flip => "flip",
            Self::Gray => "gray",
            Self::Normalize { .. } => "normalize",
            Self::Quantize8 => "quantize8",
            Self::Resize { .. } => "resize",
            Self::Rotate { .. } => "rotate",
            Self::Scale8(_) => "scale8",
            Self::Straighten => "straighten",
            Self::Threshold(_) => "threshold",
            Self::Turn(_) => "turn",
            Self::Watermark { .. } => "watermark",
        }
    }

    /// The shape it makes of a shape, or why it cannot.
    pub fn shape(&self, input: Shape) -> Result<Shape, OpError> {
        if input.width == 0 || input.height == 0 {
            return Err(OpError::Geometry { op: self.name() });
        }
        let converts = matches!(self, Self::Normalize { .. } | Self::Quantize8 | Self::Scale8(_));
        if !converts && !is_supported(&input) {
            return Err(OpError::Unsuitable { op: self.name() });
        }
        let output = match self {
            Self::Bands(channels) => bands::shape(input, *channels)?,
            Self::Flip => input,
            Self::Gray => gray::shape(input)?,
            Self::Normalize { bounds, .. } => normalize::shape(input, bounds)?,
            Self::Quantize8 => quantize::shape(input)?,
            Self::Resize { part, width, height, .. } => {
                resize::shape(input, part, *width, *height)?
            }
            Self::Rotate { degrees, transparent } => rotate::shape(input, *degrees, *transparent)?,
            Self::Scale8(bits) => scale::shape(input, *bits)?,
            Self::Straighten => straighten::shape(input),
            Self::Threshold(_) => threshold::shape(input)?,
            Self::Turn(quarters) => turn::shape(input, *quarters),
            Self::Watermark { .. } => watermark::shape(input)?,
        };
        output.bytes()?;
        Ok(output)
    }

    /// Runs it. An owned raster is worked on in place where that is possible; a borrowed one, shared
    /// with the cache, is only read.
    pub fn apply<'a>(&self, input: impl Into<Cow<'a, Raster>>) -> Result<Raster, OpError> {
        let input = input.into();
        let output = self.shape(input.shape())?;
        match self {
            Self::Bands(_) => bands::bands(input.into_owned(), output),
            Self::Flip => flip::flip(input.into_owned()),
            Self::Gray => gray::gray(input.into_owned(), output),
            Self::Normalize { bounds, nodata } => {
                normalize::normalize(input, output, bounds, *nodata)
            }
            Self::Quantize8 => quantize::quantize(&input, output),
            Self::Resize { part, filter, .. } => resize::resize(input, output, part, *filter),
            Self::Rotate { degrees, .. } => rotate::rotate(input.into_owned(), output, *degrees),
            Self::Scale8(bits) => scale::scale(&input, output, *bits),
            Self::Straighten => straighten::straighten(input.into_owned(), output),
            Self::Threshold(level) => threshold::threshold(input.into_owned(), *level),
            Self::Turn(quarters) => turn::turn(input.into_owned(), output, *quarters),
            Self::Watermark { watermark, side, seed } => {
                watermark::watermark(input.into_owned(), watermark, *side, *seed)
            }
        }
    }
}

/// Whether the operations have a kernel for such samples.
fn is_supported(shape: &Shape) -> bool {
    shape.sample == SampleType::U8
        && shape.layout == Layout::Interleaved
        && matches!(shape.color_channels(), 1 | 3)
}

/// Takes an 8-bit raster apart.
fn into_u8(op: &'static str, input: Raster) -> Result<(Shape, Vec<u8>), OpError> {
    match input.into_parts() {
        (shape, Samples::U8(samples)) => Ok((shape, samples)),
        (_, Samples::F32(_) | Samples::U16(_) | Samples::U32(_)) => Err(OpError::Unsuitable { op }),
    }
}

/// A buffer for all samples of a shape, reported rather than aborted when there is no memory.
fn zeroed(shape: Shape) -> Result<Vec<u8>, OpError> {
    let count = shape.samples()?;
    let mut samples = Vec::new();
    samples.try_reserve_exact(count).map_err(|_| OpError::TooLarge)?;
    samples.resize(count, 0);
    Ok(samples)
}

/// An operation that cannot be applied.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OpError {
    /// A part or size is empty or lies outside of the picture.
    #[error("{op} cannot be applied to such a size or part")]
    Geometry {
        /// Name of the operation.
        op: &'static str,
    },
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
