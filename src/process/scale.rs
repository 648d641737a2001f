//! Integers to 8 bits: the upper 8 of the bits that count, `v >> (bits - 8)`.

use super::{OpError, zeroed};
use crate::raster::{Layout, Raster, SampleType, Samples, Shape};

const UNSUITABLE: OpError = OpError::Unsuitable { op: "scale8" };

pub(super) fn shape(input: Shape, bits: u16) -> Result<Shape, OpError> {
    let most = match input.sample {
        SampleType::U16 => 16,
        SampleType::U32 => 32,
        SampleType::F32 | SampleType::U8 => return Err(UNSUITABLE),
    };
    if !(8..=most).contains(&bits) || input.layout != Layout::Interleaved {
        return Err(UNSUITABLE);
    }
    Ok(Shape { sample: SampleType::U8, ..input })
}

pub(super) fn scale(input: &Raster, output: Shape, bits: u16) -> Result<Raster, OpError> {
    let shift = u32::from(bits.saturating_sub(8));
    let mut scaled = zeroed(output)?;
    match input.samples() {
        Samples::U16(samples) => {
            for (to, from) in scaled.iter_mut().zip(samples) {
                // Files may have values above the bits they announce.
                *to = (from >> shift).min(255) as u8;
            }
        }
        Samples::U32(samples) => {
            for (to, from) in scaled.iter_mut().zip(samples) {
                *to = (from >> shift).min(255) as u8;
            }
        }
        Samples::F32(_) | Samples::U8(_) => return Err(UNSUITABLE),
    }
    Ok(Raster::new(output, Samples::U8(scaled))?)
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::gray;
    use super::*;
    use crate::raster::ColorSpace;

    #[test]
    fn the_upper_eight_bits_are_kept() {
        let shape = Shape::new(4, 1, 1, SampleType::U16, ColorSpace::Gray);
        let deep = Raster::new(shape, Samples::U16(vec![0, 255, 32_768, 65_535])).unwrap();
        assert_eq!(Op::Scale8(16).apply(deep), Ok(gray(4, 1, &[0, 0, 128, 255])));
        let twelve = Raster::new(shape, Samples::U16(vec![0, 16, 4095, 65_535])).unwrap();
        assert_eq!(Op::Scale8(12).apply(twelve), Ok(gray(4, 1, &[0, 1, 255, 255])));
        let shape = Shape { sample: SampleType::U32, ..shape };
        let deeper = vec![0, 30 << 24, 1 << 24, u32::MAX];
        let deeper = Raster::new(shape, Samples::U32(deeper)).unwrap();
        assert_eq!(Op::Scale8(32).apply(deeper), Ok(gray(4, 1, &[0, 30, 1, 255])));
    }

    #[test]
    fn other_samples_and_bits_are_refused() {
        let shape = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
        for bits in [0, 7, 17, 32] {
            assert_eq!(Op::Scale8(bits).shape(shape), Err(UNSUITABLE));
        }
        for sample in [SampleType::F32, SampleType::U8] {
            assert_eq!(Op::Scale8(8).shape(Shape { sample, ..shape }), Err(UNSUITABLE));
        }
    }
}
