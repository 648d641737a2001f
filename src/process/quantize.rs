//! 0..1 to integers (behaviour specification, 10.3): `255 v` or `65535 v`, cut off at both ends.
//! Rounded, where iipsrv truncates: what was 8 bits before comes back as it was.
//!
//! Missing values are 0, and where all colours of a pixel are missing it is transparent, if there
//! is or may be alpha.

use super::OpError;
use super::planes::Planes;
use crate::raster::{Alpha, Layout, SampleType, Shape};

const UNSUITABLE: OpError = OpError::Unsuitable { op: "quantize" };

pub(super) fn shape(input: Shape, sample: SampleType, transparent: bool) -> Result<Shape, OpError> {
    let integer = matches!(sample, SampleType::U8 | SampleType::U16);
    if input.sample != SampleType::F32 || !integer || input.layout != Layout::Interleaved {
        return Err(UNSUITABLE);
    }
    let output = Shape { sample, ..input };
    if transparent && input.alpha == Alpha::None {
        let channels = input.channels.checked_add(1).ok_or(OpError::TooLarge)?;
        return Ok(Shape { channels, alpha: Alpha::Straight, ..output });
    }
    Ok(output)
}

/// An integer that 0..1 is spread over.
pub(super) trait Quantized: Copy + Default {
    /// White, and opaque.
    const WHITE: Self;

    /// The nearest integer; 0 of what is not a number.
    fn quantized(value: f32) -> Self;
}

macro_rules! quantized {
    ($type:ident) => {
        impl Quantized for $type {
            const WHITE: Self = Self::MAX;

            #[inline(always)]
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the conversion saturates, and what is not a number becomes 0"
            )]
            fn quantized(value: f32) -> Self {
                (value * f32::from(Self::MAX) + 0.5) as Self
            }
        }
    };
}

quantized!(u16);
quantized!(u8);

/// Writes a chunk into interleaved pixels of so many channels.
pub(super) fn quantize<T: Quantized>(planes: &Planes, to: &mut [T], channels: usize) {
    let arch = pulp::Arch::new();
    for (channel, plane) in planes.colors().enumerate() {
        arch.dispatch(
            #[inline(always)]
            || {
                if channels == 1 {
                    for (to, value) in to.iter_mut().zip(plane) {
                        *to = T::quantized(*value);
                    }
                } else {
                    for (pixel, value) in to.chunks_exact_mut(channels).zip(plane) {
                        pixel[channel] = T::quantized(*value);
                    }
                }
            },
        );
    }
    let colors = planes.colors().count();
    if colors == channels {
        return;
    }
    match planes.alpha() {
        Some(alpha) => {
            for (pixel, alpha) in to.chunks_exact_mut(channels).zip(alpha) {
                pixel[colors] = T::quantized(*alpha);
            }
        }
        None => to.chunks_exact_mut(channels).for_each(|pixel| pixel[colors] = T::WHITE),
    }
    for (index, pixel) in to.chunks_exact_mut(channels).enumerate() {
        if planes.colors().all(|plane| plane[index].is_nan()) {
            pixel[colors] = T::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{floats, gray, gray_alpha};
    use super::*;
    use crate::raster::{ColorSpace, Raster, Samples};

    fn quantize(sample: SampleType, transparent: bool) -> Op {
        Op::Quantize { sample, transparent }
    }

    #[test]
    fn values_are_cut_off_and_rounded() {
        let input = floats(1, &[-0.5, 0.0, 0.5, 1.0, 7.0, f32::NAN]);
        let output = quantize(SampleType::U8, false).apply(&input);
        assert_eq!(output, Ok(gray(6, 1, &[0, 0, 128, 255, 255, 0])));
        let output = quantize(SampleType::U16, false).apply(&input).unwrap();
        assert_eq!(output.samples(), &Samples::U16(vec![0, 0, 32_768, 65_535, 65_535, 0]));
    }

    #[test]
    fn what_is_missing_is_transparent() {
        let input = floats(1, &[0.2, f32::NAN]);
        let output = quantize(SampleType::U8, true).apply(&input);
        assert_eq!(output, Ok(gray_alpha(2, 1, &[51, 255, 0, 0])));
        // Of colours all have to be missing.
        let input = floats(3, &[f32::NAN, 0.2, 1.0, f32::NAN, f32::NAN, f32::NAN]);
        let output = quantize(SampleType::U8, true).apply(&input).unwrap();
        assert_eq!(output.as_u8(), Some(&[0, 51, 255, 255, 0, 0, 0, 0][..]));
        assert_eq!((output.shape().channels, output.shape().alpha), (4, Alpha::Straight));
    }

    #[test]
    fn opacity_that_is_there_is_kept_where_something_is_seen() {
        let shape = Shape::new(2, 1, 2, SampleType::F32, ColorSpace::Gray);
        let shape = Shape { alpha: Alpha::Straight, ..shape };
        let input = Raster::new(shape, Samples::F32(vec![0.2, 0.6, f32::NAN, 1.0])).unwrap();
        for transparent in [false, true] {
            let output = quantize(SampleType::U8, transparent).apply(&input);
            assert_eq!(output, Ok(gray_alpha(2, 1, &[51, 153, 0, 0])));
        }
    }

    #[test]
    fn integers_are_refused() {
        let shape = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
        assert_eq!(quantize(SampleType::U8, false).shape(shape), Err(UNSUITABLE));
        let shape = Shape { sample: SampleType::F32, ..shape };
        assert_eq!(quantize(SampleType::F32, false).shape(shape), Err(UNSUITABLE));
    }
}
