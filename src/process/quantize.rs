//! 0..1 to 8 bits (behaviour specification, 10.3): `255 v`, cut off at both ends. Rounded, where
//! iipsrv truncates: what was 8 bits before comes back as it was.

use super::{OpError, zeroed};
use crate::raster::{Layout, Raster, SampleType, Samples, Shape};

const UNSUITABLE: OpError = OpError::Unsuitable { op: "quantize8" };

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    if input.sample != SampleType::F32 || input.layout != Layout::Interleaved {
        return Err(UNSUITABLE);
    }
    Ok(Shape { sample: SampleType::U8, ..input })
}

pub(super) fn quantize(input: &Raster, output: Shape) -> Result<Raster, OpError> {
    let Samples::F32(samples) = input.samples() else { return Err(UNSUITABLE) };
    let mut quantized = zeroed(output)?;
    for (to, from) in quantized.iter_mut().zip(samples) {
        *to = level(*from);
    }
    Ok(Raster::new(output, Samples::U8(quantized))?)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, and what is not a number becomes 0"
)]
fn level(value: f32) -> u8 {
    (value * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::gray;
    use super::*;
    use crate::raster::ColorSpace;

    #[test]
    fn values_are_cut_off_and_rounded() {
        let shape = Shape::new(6, 1, 1, SampleType::F32, ColorSpace::Gray);
        let values = vec![-0.5, 0.0, 0.5, 1.0, 7.0, f32::NAN];
        let input = Raster::new(shape, Samples::F32(values)).unwrap();
        assert_eq!(Op::Quantize8.apply(input), Ok(gray(6, 1, &[0, 0, 128, 255, 255, 0])));
    }

    #[test]
    fn integers_are_refused() {
        let shape = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
        assert_eq!(Op::Quantize8.shape(shape), Err(UNSUITABLE));
    }
}
