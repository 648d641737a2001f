//! Runs of operations on single pixels, all at once.
//!
//! The pixels go through in chunks that fit the innermost cache. Integers of up to 16 bits that
//! are treated channel by channel, or have one channel only, take a [`Lookup`] instead: the same
//! operations, worked out once for each value.

use super::lookup::{Lookup, Lookups};
use super::planes::Planes;
use super::quantize::quantize;
use super::{Op, OpError, colormap, contrast, curve, invert, normalize, shade, twist};
use crate::raster::{Alpha, Layout, Raster, Samples, Shape};

/// Whether an operation looks at one pixel at a time.
pub(super) fn is_pointwise(op: &Op) -> bool {
    match op {
        Op::Colormap(_)
        | Op::Contrast(_)
        | Op::Curve(_)
        | Op::Invert
        | Op::Normalize { .. }
        | Op::Quantize { .. }
        | Op::Shade { .. }
        | Op::Twist(_) => true,
        Op::Bands(_)
        | Op::Convolve { .. }
        | Op::Equalize(_)
        | Op::Flip
        | Op::Gray
        | Op::Relief { .. }
        | Op::Resize { .. }
        | Op::Rotate { .. }
        | Op::Scale8(_)
        | Op::Srgb(_)
        | Op::Straighten { .. }
        | Op::Threshold(_)
        | Op::Trim
        | Op::Turn(_)
        | Op::Watermark { .. } => false,
    }
}

/// Applies a run of such operations.
pub(super) fn run(ops: &[Op], input: &Raster, lookups: &Lookups) -> Result<Raster, OpError> {
    match Lookup::of(ops, input.shape(), lookups)? {
        Some(lookup) => lookup.apply(input),
        None => directly(ops, input),
    }
}

/// Applies a run without a table.
pub(super) fn directly(ops: &[Op], input: &Raster) -> Result<Raster, OpError> {
    let from = input.shape();
    if from.layout != Layout::Interleaved {
        return Err(OpError::Unsuitable { op: "pointwise" });
    }
    let mut shapes = vec![from];
    let mut steps = Vec::new();
    for op in ops {
        let before = shapes[shapes.len() - 1];
        shapes.push(op.shape(before)?);
        steps.extend(Step::new(op, before));
    }
    let to = shapes[shapes.len() - 1];
    let widest = shapes.iter().map(|shape| shape.channels).max().unwrap_or(1);
    let mut run =
        Run { steps, from, to, planes: Planes::new(widest.into()), widest: widest.into() };
    let mut result = Samples::zeroed(to.sample, to.samples()?)?;
    match &mut result {
        Samples::F32(result) => run.chunks(input, result, floats),
        Samples::U16(result) => run.chunks(input, result, quantize::<u16>),
        Samples::U8(result) => run.chunks(input, result, quantize::<u8>),
        Samples::U32(_) => return Err(OpError::Unsuitable { op: "pointwise" }),
    }
    Ok(Raster::new(to, result)?)
}

/// An operation with all that can be worked out before the first pixel.
enum Step<'a> {
    Colormap(colormap::Lines),
    Plain(&'a Op, Shape),
}

impl<'a> Step<'a> {
    /// Quantising is no step of its own: it happens as pixels are written.
    fn new(op: &'a Op, before: Shape) -> Option<Self> {
        match op {
            Op::Colormap(map) => Some(Self::Colormap(colormap::Lines::new(map))),
            Op::Quantize { .. } => None,
            op => Some(Self::Plain(op, before)),
        }
    }

    fn apply(&self, planes: &mut Planes) {
        match self {
            Self::Colormap(map) => colormap::colormap(planes, map),
            Self::Plain(op, before) => match op {
                Op::Contrast(factor) => contrast::contrast(planes, *factor),
                Op::Curve(curve) => curve::curve(planes, *curve),
                Op::Invert => invert::invert(planes),
                Op::Normalize { bounds, nodata } => {
                    normalize::normalize(planes, *before, bounds, *nodata);
                }
                Op::Shade { azimuth, elevation } => shade::shade(planes, *azimuth, *elevation),
                Op::Twist(matrix) => twist::twist(planes, matrix),
                _ => {}
            },
        }
    }
}

/// A run on its way through a picture.
struct Run<'a> {
    steps: Vec<Step<'a>>,
    from: Shape,
    to: Shape,
    planes: Planes,
    widest: usize,
}

impl Run<'_> {
    fn chunks<T>(
        &mut self,
        input: &Raster,
        result: &mut [T],
        store: impl Fn(&Planes, &mut [T], usize),
    ) {
        #[expect(clippy::cast_precision_loss, reason = "single precision is the working type")]
        match input.samples() {
            Samples::F32(samples) => self.typed(samples, |value| value, result, store),
            Samples::U16(samples) => self.typed(samples, f32::from, result, store),
            Samples::U32(samples) => self.typed(samples, |value| value as f32, result, store),
            Samples::U8(samples) => self.typed(samples, f32::from, result, store),
        }
    }

    fn typed<S: Copy, T>(
        &mut self,
        samples: &[S],
        float: impl Fn(S) -> f32 + Copy,
        result: &mut [T],
        store: impl Fn(&Planes, &mut [T], usize),
    ) {
        let (from, to) = (usize::from(self.from.channels), usize::from(self.to.channels));
        let pixels = Planes::chunk(self.widest);
        let chunks = samples.chunks(pixels * from).zip(result.chunks_mut(pixels * to));
        for (samples, result) in chunks {
            let colors = usize::from(self.from.color_channels());
            self.planes.begin(samples.len() / from, colors, self.from.alpha != Alpha::None);
            load(&mut self.planes, samples, from, float);
            for step in &self.steps {
                step.apply(&mut self.planes);
            }
            store(&self.planes, result, to);
        }
    }
}

/// Interleaved samples to planes.
fn load<S: Copy>(
    planes: &mut Planes,
    samples: &[S],
    channels: usize,
    float: impl Fn(S) -> f32 + Copy,
) {
    let arch = pulp::Arch::new();
    for (channel, plane) in planes.all_mut().enumerate() {
        arch.dispatch(
            #[inline(always)]
            || {
                if channels == 1 {
                    for (to, from) in plane.iter_mut().zip(samples) {
                        *to = float(*from);
                    }
                } else {
                    for (to, pixel) in plane.iter_mut().zip(samples.chunks_exact(channels)) {
                        *to = float(pixel[channel]);
                    }
                }
            },
        );
    }
}

/// Planes to interleaved samples.
fn floats(planes: &Planes, to: &mut [f32], channels: usize) {
    for (channel, plane) in planes.colors().chain(planes.alpha()).enumerate() {
        for (pixel, value) in to.chunks_exact_mut(channels).zip(plane) {
            pixel[channel] = *value;
        }
    }
}
