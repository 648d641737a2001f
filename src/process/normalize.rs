//! Values between two bounds to 0..1 (behaviour specification, 10.2): `(v - min) / (max - min)`.
//!
//! Values outside stay outside, so that later steps can bring them back. What is not a number and
//! what the file calls "nothing here" is missing: NaN from here to the end of the chain.

use super::planes::Planes;
use super::{OpError, math};
use crate::command::Finite;
use crate::raster::{Alpha, Layout, SampleType, Shape};

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
    let alpha = match input.alpha {
        Alpha::None => Alpha::None,
        Alpha::Premultiplied | Alpha::Straight => Alpha::Straight,
    };
    Ok(Shape { sample: SampleType::F32, alpha, ..input })
}

/// Works on samples of a picture of this shape. Alpha goes by its full scale, and colours that
/// were multiplied by it are divided.
pub(super) fn normalize(
    planes: &mut Planes,
    shape: Shape,
    bounds: &[Bounds],
    nodata: Option<Finite>,
) {
    let arch = pulp::Arch::new();
    let white = match shape.sample {
        SampleType::F32 => 1.0,
        SampleType::U16 => 65_535.0,
        SampleType::U32 => 4_294_967_295.0,
        SampleType::U8 => 255.0,
    };
    // Alpha comes last and has no bounds of its own.
    let alpha = usize::from(shape.channels) - bounds.len();
    let premultiplied = shape.alpha == Alpha::Premultiplied;
    let (colors, opacity) = planes.split_mut();
    for (plane, bounds) in colors.zip(bounds) {
        if let (true, Some(opacity)) = (premultiplied, opacity) {
            for (value, opacity) in plane.iter_mut().zip(opacity) {
                *value = if *opacity > 0.0 { *value / *opacity * white } else { 0.0 };
            }
        }
        let scale = Scale::new(*bounds, nodata);
        arch.dispatch(
            #[inline(always)]
            move || {
                for value in plane {
                    *value = scale.of(*value);
                }
            },
        );
    }
    for plane in planes.all_mut().skip(bounds.len()).take(alpha) {
        for value in plane {
            *value /= white;
        }
    }
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
        let length = (max - min).clamp(f32::MIN.into(), f32::MAX.into()) as f32;
        // A range without extent: what is above it is far above.
        let length = if length.abs() > 1e-30 { length } else { 1e-30 };
        let nodata = nodata.map_or(f32::NAN, |nodata| nodata.value() as f32);
        Self { min: min as f32, length, nodata }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must become part of a vectorised loop")]
    #[expect(clippy::float_cmp, reason = "the mark of missing values is exact")]
    fn of(&self, value: f32) -> f32 {
        // Not the inverse as a factor: the upper bound has to become 1.
        let scaled = (value - self.min) / self.length;
        math::unless(math::unless(scaled, !scaled.is_finite()), value == self.nodata)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::*;
    use crate::raster::{ColorSpace, Raster, Samples};

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
    fn what_is_no_value_is_missing() {
        let input = floats(1, &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -9999.0, 2.0]);
        let output = op(&[(1.0, 3.0)], Some(-9999.0)).apply(input).unwrap();
        let Samples::F32(values) = output.samples() else { unreachable!("floats") };
        assert!(values[..4].iter().all(|value| value.is_nan()));
        assert_eq!(values[4..], [0.5]);
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
