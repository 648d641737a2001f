//! Pixel operations: pure functions from raster to raster, one file each.
//!
//! An operation knows no file, clock, setting or log. [`Op::shape`] says what it makes of a shape
//! before any pixel is read, so that a whole chain is checked and its memory known in advance.
//!
//! Each file has `shape`, which refuses what its kernel cannot do, unless nothing can go wrong or
//! change, and the kernel. There are three families:
//!
//! - Operations on single pixels work on [`planes`] of single precision, from [`Op::Normalize`] to
//!   [`Op::Quantize`]. A run of them goes through the picture in one go (`pointwise`), or becomes a
//!   table (`lookup`).
//! - Operations on [`neighbours`] take single precision too.
//! - The others take 8-bit samples, and those that only move or weigh pixels 16-bit and single
//!   precision too.

mod bands;
mod colormap;
mod contrast;
mod convolve;
mod curve;
mod equalize;
mod flip;
mod gray;
mod histogram;
mod invert;
mod lookup;
mod math;
mod neighbours;
mod normalize;
mod planes;
mod pointwise;
mod quantize;
mod relief;
mod resize;
mod rotate;
mod rows;
mod scale;
mod shade;
mod srgb;
mod statistics;
mod straighten;
#[cfg(test)]
mod tests;
mod threshold;
mod trim;
mod turn;
mod twist;
mod watermark;

pub use equalize::Table;
pub use histogram::Histogram;
pub use lookup::Lookups;
pub use neighbours::Margin;
pub use normalize::Bounds;
pub use relief::Light;
pub use resize::{Filter, Part};
pub use rows::RowChain;
pub use srgb::{IccError, IccProfile};
pub use statistics::{Channel, Collector, Moments, Statistics};
pub use watermark::{Mark, Share, Watermark, seed};

use std::borrow::Cow;

use crate::command::{Colormap, Curve, Finite, Kernel, Matrix};
use crate::raster::{Layout, Raster, SampleType, Samples, Shape, ShapeError};

/// One step of processing. Equal steps give equal pixels: a list of them is a cache key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Op {
    /// Keep the first channels; alpha is dropped, not blended.
    Bands(u16),
    /// The first channel to colours.
    Colormap(Colormap),
    /// Multiply colours.
    Contrast(Finite),
    /// Weigh neighbours.
    Convolve {
        /// The weights.
        kernel: Kernel,
        /// Pixels around the result that are looked at.
        margin: Margin,
    },
    /// A curve from dark to bright.
    Curve(Curve),
    /// Grey values by a table.
    Equalize(Table),
    /// Mirror left to right.
    Flip,
    /// Reduce colour to luminance (Rec. 601 weights).
    Gray,
    /// Exchange dark and bright.
    Invert,
    /// Values between two bounds to 0..1, for each channel. Alpha goes by its full scale.
    Normalize {
        /// For each colour channel.
        bounds: Box<[Bounds]>,
        /// The value that means "nothing here".
        nodata: Option<Finite>,
    },
    /// 0..1 to integers.
    Quantize {
        /// 8 or 16 bits.
        sample: SampleType,
        /// Add an alpha channel, so that missing pixels can be transparent.
        transparent: bool,
    },
    /// Light on an elevation model.
    Relief {
        /// The light.
        light: Light,
        /// Pixels around the result that are looked at.
        margin: Margin,
    },
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
    /// Light on a map of normals.
    Shade {
        /// Degrees clockwise from the top.
        azimuth: i32,
        /// Degrees above the plane.
        elevation: i32,
    },
    /// Colours of a profile to those of sRGB.
    Srgb(IccProfile),
    /// Divide colours by the opacity they were multiplied by.
    Straighten {
        /// Bits of a sample.
        bits: u16,
    },
    /// Black up to the value, white above it: Otsu's lower class is black.
    Threshold(u8),
    /// Drop an alpha channel that hides nothing. Where it hides something the result has the
    /// promised shape, otherwise a channel less.
    Trim,
    /// Recombine channels.
    Twist(Matrix),
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

/// Runs a chain. Between its stages it asks whether it shall go on.
pub fn run<'a, E: From<OpError>>(
    ops: &[Op],
    source: &'a Raster,
    lookups: &Lookups,
    mut check: impl FnMut() -> Result<(), E>,
) -> Result<Cow<'a, Raster>, E> {
    let mut raster = Cow::Borrowed(source);
    for stage in stages(ops) {
        check()?;
        raster = Cow::Owned(match stage {
            [op] if !pointwise::is_pointwise(op) => op.apply(raster)?,
            stage => pointwise::run(stage, &raster, lookups)?,
        });
    }
    Ok(raster)
}

/// Bytes of memory a chain needs at its peak, its source and result included.
pub fn memory(ops: &[Op], source: Shape) -> Result<u64, OpError> {
    let mut shape = source;
    let mut previous = shape.bytes()?;
    let mut peak = previous;
    for stage in stages(ops) {
        for op in stage {
            shape = op.shape(shape)?;
        }
        let bytes = shape.bytes()?;
        peak = peak.max(previous.saturating_add(bytes));
        previous = bytes;
    }
    Ok(peak as u64)
}

/// What is done in one go: runs of operations on single pixels, and each of the others.
fn stages(ops: &[Op]) -> impl Iterator<Item = &[Op]> {
    ops.chunk_by(|one, next| pointwise::is_pointwise(one) && pointwise::is_pointwise(next))
}

impl Op {
    /// Name for logs and timings.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bands(_) => "bands",
            Self::Colormap(_) => "colormap",
            Self::Contrast(_) => "contrast",
            Self::Convolve { .. } => "convolve",
            Self::Curve(_) => "curve",
            Self::Equalize(_) => "equalize",
            Self::Flip => "flip",
            Self::Gray => "gray",
            Self::Invert => "invert",
            Self::Normalize { .. } => "normalize",
            Self::Quantize { .. } => "quantize",
            Self::Relief { .. } => "relief",
            Self::Resize { .. } => "resize",
            Self::Rotate { .. } => "rotate",
            Self::Scale8(_) => "scale8",
            Self::Shade { .. } => "shade",
            Self::Srgb(_) => "srgb",
            Self::Straighten { .. } => "straighten",
            Self::Threshold(_) => "threshold",
            Self::Trim => "trim",
            Self::Turn(_) => "turn",
            Self::Twist(_) => "twist",
            Self::Watermark { .. } => "watermark",
        }
    }

    /// The shape it makes of a shape, or why it cannot.
    pub fn shape(&self, input: Shape) -> Result<Shape, OpError> {
        if input.width == 0 || input.height == 0 {
            return Err(OpError::Geometry { op: self.name() });
        }
        self.check(&input)?;
        let output = match self {
            Self::Bands(channels) => bands::shape(input, *channels)?,
            Self::Colormap(_) => colormap::shape(input)?,
            Self::Convolve { margin, .. } => margin.inside("convolve", input)?,
            Self::Contrast(_)
            | Self::Curve(_)
            | Self::Equalize(_)
            | Self::Flip
            | Self::Invert
            | Self::Trim => input,
            Self::Gray => gray::shape(input)?,
            Self::Normalize { bounds, .. } => normalize::shape(input, bounds)?,
            Self::Quantize { sample, transparent } => {
                quantize::shape(input, *sample, *transparent)?
            }
            Self::Relief { margin, .. } => relief::shape(input, *margin)?,
            Self::Resize { part, width, height, .. } => {
                resize::shape(input, part, *width, *height)?
            }
            Self::Rotate { degrees, transparent } => rotate::shape(input, *degrees, *transparent)?,
            Self::Scale8(bits) => scale::shape(input, *bits)?,
            Self::Shade { .. } => shade::shape(input)?,
            Self::Srgb(profile) => srgb::shape(input, profile)?,
            Self::Straighten { .. } => straighten::shape(input),
            Self::Threshold(_) => threshold::shape(input)?,
            Self::Turn(quarters) => turn::shape(input, *quarters),
            Self::Twist(matrix) => twist::shape(input, matrix)?,
            Self::Watermark { .. } => watermark::shape(input)?,
        };
        output.bytes()?;
        Ok(output)
    }

    /// Whether there is a kernel for such samples.
    fn check(&self, input: &Shape) -> Result<(), OpError> {
        let float = input.sample == SampleType::F32;
        let suits = match self {
            // These say themselves what they take.
            Self::Normalize { .. } | Self::Quantize { .. } | Self::Scale8(_) => true,
            Self::Colormap(_)
            | Self::Contrast(_)
            | Self::Convolve { .. }
            | Self::Curve(_)
            | Self::Invert
            | Self::Relief { .. }
            | Self::Shade { .. }
            | Self::Twist(_) => float,
            Self::Bands(_) | Self::Flip | Self::Resize { .. } | Self::Trim | Self::Turn(_) => {
                input.sample != SampleType::U32
            }
            Self::Gray => input.sample != SampleType::U32,
            Self::Straighten { .. } => !float,
            Self::Equalize(_)
            | Self::Rotate { .. }
            | Self::Srgb(_)
            | Self::Threshold(_)
            | Self::Watermark { .. } => is_8_bit(input),
        };
        if suits && input.layout == Layout::Interleaved {
            Ok(())
        } else {
            Err(OpError::Unsuitable { op: self.name() })
        }
    }

    /// Runs it. An owned raster is worked on in place where that is possible; a borrowed one, shared
    /// with the cache, is only read.
    pub fn apply<'a>(&self, input: impl Into<Cow<'a, Raster>>) -> Result<Raster, OpError> {
        let input = input.into();
        let output = self.shape(input.shape())?;
        match self {
            Self::Bands(_) => bands::bands(input.into_owned(), output),
            Self::Convolve { kernel, margin } => {
                convolve::convolve(&input, output, kernel, *margin)
            }
            Self::Equalize(table) => equalize::equalize(input.into_owned(), table),
            Self::Flip => flip::flip(input.into_owned()),
            Self::Gray => gray::gray(input.into_owned(), output),
            Self::Relief { light, margin } => relief::relief(&input, output, light, *margin),
            Self::Resize { part, filter, .. } => resize::resize(input, output, part, *filter),
            Self::Rotate { degrees, .. } => rotate::rotate(input.into_owned(), output, *degrees),
            Self::Scale8(bits) => scale::scale(&input, output, *bits),
            Self::Srgb(profile) => srgb::convert(input.into_owned(), profile),
            Self::Straighten { bits } => straighten::straighten(input.into_owned(), output, *bits),
            Self::Threshold(level) => threshold::threshold(input.into_owned(), *level),
            Self::Trim => trim::trim(input.into_owned()),
            Self::Turn(quarters) => turn::turn(input.into_owned(), output, *quarters),
            Self::Colormap(_)
            | Self::Contrast(_)
            | Self::Curve(_)
            | Self::Invert
            | Self::Normalize { .. }
            | Self::Quantize { .. }
            | Self::Shade { .. }
            | Self::Twist(_) => pointwise::directly(std::slice::from_ref(self), &input),
            Self::Watermark { watermark, side, seed } => {
                watermark::watermark(input.into_owned(), watermark, *side, *seed)
            }
        }
    }
}

/// Whether these are 8-bit samples of grey or colour.
fn is_8_bit(shape: &Shape) -> bool {
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
