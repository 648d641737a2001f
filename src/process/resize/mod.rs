//! Scaling a part of a picture to a size.
//!
//! Pixel centres keep their place: output pixel `i` is centred on input position
//! `x + (i + 0.5) * width / output width`. The kernel may read input pixels around the part, so
//! that pictures of neighbouring parts join without a seam; at the edge of the input the weights
//! of the pixels that exist are used alone. Straight alpha weighs the colours.
//!
//! [`Filter::Antialias`] of 8-bit samples without such alpha has kernels of its own for the scales
//! of pictures with levels ([`triangle`]); for all else there is [`library`].

#![expect(clippy::inline_always, reason = "instructions are chosen for what is inlined")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod library;
mod portable;
#[cfg(test)]
mod tests;
mod triangle;
mod weights;

use std::borrow::Cow;
use std::ops::Range;

use self::library::Work;
use self::triangle::{Scratch, Triangle};
use super::{Op, OpError};
use crate::command::Finite;
use crate::raster::{Raster, Samples, Shape};

/// Interpolation between samples.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Filter {
    /// Triangle as wide as the pixels of the smaller picture: the default.
    Antialias,
    /// Four neighbours, whatever the scale (`INTERPOLATION=1` of iipsrv).
    Bilinear,
    /// The sample at the same place (`INTERPOLATION=0`).
    Nearest,
}

/// A part of a picture in pixels, with fractions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Part {
    /// Left edge.
    pub x: Finite,
    /// Upper edge.
    pub y: Finite,
    /// Width, above 0.
    pub width: Finite,
    /// Height, above 0.
    pub height: Finite,
}

impl Part {
    /// All of a picture of this size.
    pub fn whole(width: u32, height: u32) -> Self {
        Self { x: Finite::ZERO, y: Finite::ZERO, width: width.into(), height: height.into() }
    }

    fn clipped(&self, input: Shape) -> Option<(Span, Span)> {
        let x = Span::clipped(self.x.value(), self.width.value(), input.width)?;
        let y = Span::clipped(self.y.value(), self.height.value(), input.height)?;
        Some((x, y))
    }
}

/// One side of a part, surely inside the input: `0 <= start`, `start + length <= limit`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    start: f64,
    length: f64,
}

impl Span {
    /// How far a part may stick out through rounding in the arithmetic of a planner, in pixels.
    const TOLERANCE: f64 = 1e-3;
    /// Shortest side; far below it the steps between output pixels lose their meaning.
    const SHORTEST: f64 = 1e-6;

    fn clipped(start: f64, length: f64, limit: u32) -> Option<Self> {
        let limit = f64::from(limit);
        let end = start + length;
        if start < -Self::TOLERANCE || end > limit + Self::TOLERANCE {
            return None;
        }
        let start = start.max(0.0);
        let mut length = end.min(limit) - start;
        if length < Self::SHORTEST {
            return None;
        }
        // The sum may be rounded up, beyond the last pixel.
        while start + length > limit {
            length = length.next_down();
        }
        Some(Self { start, length })
    }

    /// The input pixel that holds the centre of each output pixel.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the input")]
    fn centres(self, limit: u32, count: u32) -> impl Iterator<Item = usize> {
        let step = self.length / f64::from(count);
        let last = limit as usize - 1;
        (0..count).map(move |i| ((self.start + (f64::from(i) + 0.5) * step) as usize).min(last))
    }
}

pub(super) fn shape(input: Shape, part: &Part, width: u32, height: u32) -> Result<Shape, OpError> {
    if width == 0 || height == 0 || part.clipped(input).is_none() {
        return Err(OpError::Geometry { op: "resize" });
    }
    Ok(input.resized(width, height))
}

pub(super) fn resize(
    input: Cow<'_, Raster>,
    output: Shape,
    part: &Part,
    filter: Filter,
) -> Result<Raster, OpError> {
    let shape = input.shape();
    if shape == output && *part == Part::whole(output.width, output.height) {
        return Ok(input.into_owned());
    }
    let (x, y) = part.clipped(shape).ok_or(OpError::Geometry { op: "resize" })?;
    if filter == Filter::Antialias
        && let Some(triangle) = Triangle::new(shape, (x, y), output)
    {
        return scaled(&triangle, &input, 0, 0..output.height, output);
    }
    Work { input: shape, output, part: (x, y), filter }.make(&input)
}

/// A scaling that makes some rows of its picture at a time.
#[derive(Debug)]
pub(super) struct Scaler {
    input: Shape,
    output: Shape,
    x: Span,
    y: Span,
    triangle: Option<Triangle>,
}

impl Scaler {
    /// Of an operation on a picture of this shape; none where it needs the whole picture.
    pub(super) fn of(op: &Op, input: Shape) -> Result<Option<Self>, OpError> {
        let Op::Resize { part, filter: Filter::Antialias, .. } = op else { return Ok(None) };
        let output = op.shape(input)?;
        let (x, y) = part.clipped(input).ok_or(OpError::Geometry { op: "resize" })?;
        let triangle = Triangle::new(input, (x, y), output);
        Ok(Some(Self { input, output, x, y, triangle }))
    }

    /// Whether rows are the same to the bit, however a picture is cut.
    #[cfg(test)]
    pub(super) fn is_exact(&self) -> bool {
        self.triangle.is_some()
    }

    /// Rows of the input for one of the output.
    fn step(&self) -> f64 {
        self.y.length / f64::from(self.output.height)
    }

    /// Rows of the input that these rows of the output depend on.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the input")]
    pub(super) fn source_rows(&self, rows: Range<u32>) -> Range<u32> {
        let step = self.step();
        // One more, should a weight be rounded up to more than nothing.
        let reach = step.max(1.0) + 1.0;
        let centre = |row: f64| self.y.start + (row + 0.5) * step;
        let first = (centre(rows.start.into()) - reach).floor().max(0.0) as u32;
        let end = (centre(f64::from(rows.end) - 1.0) + reach).ceil() as u32;
        first..end.min(self.input.height)
    }

    /// Makes rows of the output. The input has rows from `first` on, all that [`Self::source_rows`]
    /// asks for.
    pub(super) fn rows(
        &self,
        input: &Raster,
        first: u32,
        rows: Range<u32>,
    ) -> Result<Raster, OpError> {
        let (step, count) = (self.step(), rows.end - rows.start);
        let output = Shape { height: count, ..self.output };
        if let Some(triangle) = &self.triangle {
            return scaled(triangle, input, first, rows, output);
        }
        let start = self.y.start + f64::from(rows.start) * step - f64::from(first);
        let y = Span::clipped(start, f64::from(count) * step, input.shape().height)
            .ok_or(OpError::Geometry { op: "resize" })?;
        Work { input: input.shape(), output, part: (self.x, y), filter: Filter::Antialias }
            .make(input)
    }
}

/// Rows of a picture by the kernels of this crate.
fn scaled(
    triangle: &Triangle,
    input: &Raster,
    first: u32,
    rows: Range<u32>,
    output: Shape,
) -> Result<Raster, OpError> {
    let mut scaled = Samples::zeroed(output.sample, output.samples()?)?;
    let (Samples::U8(from), Samples::U8(to)) = (input.samples(), &mut scaled) else {
        return Err(OpError::Unsuitable { op: "resize" });
    };
    triangle.rows(from, first, rows, to, &mut Scratch::default())?;
    Ok(Raster::new(output, scaled)?)
}
