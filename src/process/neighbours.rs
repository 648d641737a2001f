//! Pixels with those around them, for operations that look at more than one at a time.
//!
//! The input may have a margin of pixels around the output, so that neighbouring pictures join
//! without a seam. Beyond the input its edge is repeated.

use super::OpError;
use crate::raster::{Layout, Raster, SampleType, Samples, Shape};

/// Pixels of the input around the output.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Margin {
    /// On the left.
    pub left: u32,
    /// Above.
    pub top: u32,
    /// On the right.
    pub right: u32,
    /// Below.
    pub bottom: u32,
}

impl Margin {
    /// The same picture without the margin.
    pub(super) fn inside(&self, op: &'static str, input: Shape) -> Result<Shape, OpError> {
        let float = input.sample == SampleType::F32 && input.layout == Layout::Interleaved;
        if !float {
            return Err(OpError::Unsuitable { op });
        }
        let side = |length: u32, before: u32, after: u32| {
            let inside = length.checked_sub(before).and_then(|rest| rest.checked_sub(after));
            inside.filter(|inside| *inside > 0).ok_or(OpError::Geometry { op })
        };
        let width = side(input.width, self.left, self.right)?;
        Ok(input.resized(width, side(input.height, self.top, self.bottom)?))
    }
}

/// Rows of a picture with pixels added on both sides, as many as the operation looks at.
pub(super) struct Neighbours<'a> {
    samples: &'a [f32],
    input: Shape,
    output: Shape,
    margin: Margin,
    radius: usize,
    /// The rows around the present one; row `n` of the output is in the middle when it comes.
    rows: Vec<Vec<f32>>,
}

impl<'a> Neighbours<'a> {
    /// Rows of `output`, which is `input` without the margin, with `radius` pixels around.
    pub(super) fn new(
        input: &'a Raster,
        output: Shape,
        margin: Margin,
        radius: usize,
    ) -> Result<Self, OpError> {
        let Samples::F32(samples) = input.samples() else {
            return Err(OpError::Unsuitable { op: "neighbours" });
        };
        let room = (output.width as usize + 2 * radius) * usize::from(output.channels);
        let rows = vec![vec![0.0; room]; 2 * radius + 1];
        let mut neighbours = Self { samples, input: input.shape(), output, margin, radius, rows };
        for row in 0..2 * radius {
            neighbours.load(row);
        }
        Ok(neighbours)
    }

    /// Calls back for each row of the output, in order, with the rows around it: each begins
    /// `radius` pixels before the first one of the output.
    pub(super) fn each(mut self, mut row: impl FnMut(usize, &[&[f32]])) {
        let side = self.rows.len();
        for y in 0..self.output.height as usize {
            self.load(y + 2 * self.radius);
            let around: Vec<&[f32]> =
                (y..y + side).map(|line| self.rows[line % side].as_slice()).collect();
            row(y, &around);
        }
    }

    /// Reads one row, counted from `radius` above the output.
    fn load(&mut self, line: usize) {
        let Self { samples, input, output, margin, radius, .. } = *self;
        let channels = usize::from(input.channels);
        let clamped = |place: usize, before: u32, length: u32| {
            (place + before as usize).saturating_sub(radius).min(length as usize - 1)
        };
        let source = clamped(line, margin.top, input.height) * input.row_samples();
        let source = &samples[source..source + input.row_samples()];
        let side = self.rows.len();
        let row = &mut self.rows[line % side];
        let (middle, width) = (radius * channels, output.row_samples());
        let start = margin.left as usize * channels;
        row[middle..middle + width].copy_from_slice(&source[start..start + width]);
        let first = radius + output.width as usize;
        for place in (0..radius).chain(first..first + radius) {
            let from = clamped(place, margin.left, input.width) * channels;
            row[place * channels..][..channels].copy_from_slice(&source[from..from + channels]);
        }
    }
}
