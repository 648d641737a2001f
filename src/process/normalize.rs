//! Values between two bounds to 0..1 (behaviour specification, 10.2): `(v - min) / (max - min)`.
//!
//! Values outside stay outside, so that later steps can bring them back. What is not a number and
//! what the file calls "nothing here" is 0, the background.

use std::borrow::Cow;

use super::OpError;
use crate::command::Finite;
use crate::raster::{Layout, Raster, SampleType, Samples, Shape};

/// Values that become 0 and 1.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Bounds {
    /// Becomes 0.
    pub min: Finite,
    /// Becomes 1.
    pub max: Finite,
}

pub(super) fn shape(input: Shape, bounds: &[Bounds]) -> Result<Shape, OpError> {
    let interleaved = input.layout == Layout::Interleaved;
    if bounds.len() != usize::from(input.color_channels()) || !interleaved {
        return Err(OpError::Unsuitable { op: "normalize" });
    }
    Ok(Shape { sample: SampleType::F32, ..input })
}

pub(super) fn normalize(
    input: Cow<'_, Raster>,
    output: Shape,
    bounds: &[Bounds],
    nodata: Option<Finite>,
) -> Result<Raster, OpError> {
    let shape = input.shape();
    let white = match shape.sample {
        SampleType::F32 => 1.0,
        SampleType::U16 => 65_535.0,
        SampleType::U32 => 4_294_967_295.0,
        SampleType::U8 => 255.0,
    };
    // Alpha comes last and has no bounds of its own.
    let alpha = usize::from(shape.channels) - bounds.len();
    let scales = bounds.iter().map(|bounds| Scale::new(*bounds, nodata));
    let scales: Vec<Scale> = scales.chain(std::iter::repeat_n(Scale::full(white), alpha)).collect();
    let mut samples = match (input, shape.sample) {
        (Cow::Owned(raster), SampleType::F32) => floats(raster.into_parts().1),
        (Cow::Borrowed(raster), SampleType::F32) => floats(raster.samples().clone()),
        (input, _) => widened(input.samples())?,
    };
    for pixel in samples.chunks_exact_mut(usize::from(shape.channels)) {
        for (value, scale) in pixel.iter_mut().zip(&scales) {
            *value = scale.of(*value);
        }
    }
    Ok(Raster::new(output, Samples::F32(samples))?)
}

fn floats(samples: Samples) -> Vec<f32> {
    match samples {
        Samples::F32(samples) => samples,
        Samples::U16(_) | Samples::U32(_) | Samples::U8(_) => Vec::new(),
    }
}

/// Integers as floating point numbers; 32-bit ones lose their lowest bits.
#[expect(clippy::cast_precision_loss, reason = "single precision is the working type")]
fn widened(samples: &Samples) -> Result<Vec<f32>, OpError> {
    let mut wide = Vec::new();
    wide.try_reserve_exact(samples.len()).map_err(|_| OpError::TooLarge)?;
    match samples {
        Samples::F32(samples) => wide.extend_from_slice(samples),
        Samples::U16(samples) => wide.extend(samples.iter().map(|value| f32::from(*value))),
        Samples::U32(samples) => wide.extend(samples.iter().map(|value| *value as f32)),
        Samples::U8(samples) => wide.extend(samples.iter().map(|value| f32::from(*value))),
    }
    Ok(wide)
}

/// One channel: offset and length.
#[derive(Clone, Copy, Debug)]
struct Scale {
    min: f32,
    length: f32,
    nodata: f32,
}

impl Scale {
    #[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
    fn new(bounds: Bounds, nodata: Option<Finite>) -> Self {
        let (min, max) = (bounds.min.value(), bounds.max.value());
        let length = (max - min) as f32;
        // A range without extent: what is above it is far above.
        let length = if length.abs() > 1e-30 { length } else { 1e-30 };
        let nodata = nodata.map_or(f32::NAN, |nodata| nodata.value() as f32);
        Self { min: min as f32, length, nodata }
    }

    fn full(white: f32) -> Self {
        Self { min: 0.0, length: white, nodata: f32::NAN }
    }

    #[expect(clippy::float_cmp, reason = "the mark of missing values is exact")]
    fn of(&self, value: f32) -> f32 {
        // Not the inverse as a factor: the upper bound has to become 1.
        let scaled = (value - self.min) / self.length;
        if scaled.is_finite() && value != self.nodata { scaled } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::*;
    use crate::raster::{Alpha, ColorSpace};

    fn op(bounds: &[(f64, f64)], nodata: Option<f64>) -> Op {
        let finite = |value| Finite::new(value).unwrap();
        let bounds =
            bounds.iter().map(|(min, max)| Bounds { min: finite(*min), max: finite(*max) });
        Op::Normalize { bounds: bounds.collect(), nodata: nodata.map(finite) }
    }

    fn floats(channels: u16, samples: &[f32]) -> Raster {
        let width = u32::try_from(samples.len()).unwrap() / u32::from(channels);
        let shape = Shape::new(width, 1, channels, SampleType::F32, ColorSpace::Gray);
        Raster::new(shape, Samples::F32(samples.to_vec())).unwrap()
    }

    #[test]
    fn bounds_become_0_and_1_and_the_rest_goes_on() {
        let input = floats(1, &[-1954.5, -1833.5, -1894.0, 0.0]);
        let expected = [0.0, 1.0, 0.5, 1954.5 / 121.0];
        assert_eq!(op(&[(-1954.5, -1833.5)], None).apply(input), Ok(floats(1, &expected)));
    }

    #[test]
    fn what_is_no_value_is_background() {
        let input = floats(1, &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -9999.0, 2.0]);
        let expected = floats(1, &[0.0, 0.0, 0.0, 0.0, 0.5]);
        assert_eq!(op(&[(1.0, 3.0)], Some(-9999.0)).apply(input), Ok(expected));
    }

    #[test]
    fn each_channel_has_its_bounds_and_alpha_its_full_scale() {
        let shape = Shape {
            alpha: Alpha::Straight,
            ..Shape::new(1, 1, 4, SampleType::U16, ColorSpace::Rgb)
        };
        let input = Raster::new(shape, Samples::U16(vec![10, 20, 30, 65_535])).unwrap();
        let output = op(&[(0.0, 10.0), (0.0, 40.0), (20.0, 40.0)], None).apply(input).unwrap();
        assert_eq!(output.samples(), &Samples::F32(vec![1.0, 0.5, 0.5, 1.0]));
    }

    #[test]
    fn a_range_without_extent_parts_what_is_above_it() {
        let output = op(&[(5.0, 5.0)], None).apply(floats(1, &[4.0, 5.0, 6.0])).unwrap();
        assert_eq!(output.samples(), &Samples::F32(vec![-1e30, 0.0, 1e30]));
    }

    #[test]
    fn bounds_for_other_channels_are_refused() {
        let shape = floats(1, &[0.0]).shape();
        let refused = Err(OpError::Unsuitable { op: "normalize" });
        assert_eq!(op(&[(0.0, 1.0); 2], None).shape(shape), refused);
    }
}
