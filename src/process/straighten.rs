//! Colours that were multiplied by opacity, divided by it again: what PNG stores (PNG 3, 12.8).

use super::OpError;
use crate::raster::{Alpha, Raster, Samples, Shape};

pub(super) fn shape(input: Shape) -> Shape {
    match input.alpha {
        Alpha::None => input,
        Alpha::Premultiplied | Alpha::Straight => Shape { alpha: Alpha::Straight, ..input },
    }
}

/// Full opacity is the largest number of so many bits.
pub(super) fn straighten(input: Raster, output: Shape, bits: u16) -> Result<Raster, OpError> {
    let (shape, mut samples) = input.into_parts();
    if shape.alpha == Alpha::Premultiplied {
        let channels = usize::from(shape.channels);
        let full = u64::MAX.checked_shr(64_u32.saturating_sub(bits.into())).unwrap_or_default();
        match &mut samples {
            Samples::F32(_) => return Err(OpError::Unsuitable { op: "straighten" }),
            Samples::U16(samples) => divide(samples, channels, full),
            Samples::U32(samples) => divide(samples, channels, full),
            Samples::U8(samples) => divide(samples, channels, full),
        }
    }
    Ok(Raster::new(output, samples)?)
}

/// Rounded, and cut off where a colour is brighter than its opacity allows. What cannot be seen
/// is black.
fn divide<T: Copy + Into<u64> + TryFrom<u64>>(samples: &mut [T], channels: usize, full: u64) {
    for pixel in samples.chunks_exact_mut(channels) {
        let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
        let alpha: u64 = (*alpha).into();
        for color in colors {
            let whole = (*color).into().saturating_mul(full).saturating_add(alpha / 2);
            let whole = whole.checked_div(alpha).unwrap_or(0).min(full);
            // No type has fewer bits than its samples.
            *color = T::try_from(whole).unwrap_or(*color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{rgb, rgba};
    use super::*;
    use crate::raster::SampleType;

    const EIGHT: Op = Op::Straighten { bits: 8 };

    #[test]
    fn premultiplied_colours_are_divided_by_their_opacity() {
        let straight = rgba(3, 1, &[0; 12]).shape();
        let shape = Shape { alpha: Alpha::Premultiplied, ..straight };
        let samples = vec![64, 32, 0, 128, 9, 9, 9, 0, 200, 100, 50, 100];
        let input = Raster::new(shape, Samples::U8(samples)).unwrap();
        // 64 x 255 / 128 = 127.5; nothing is seen of the second; the third is too bright.
        let expected = rgba(3, 1, &[128, 64, 0, 128, 0, 0, 0, 0, 255, 255, 128, 100]);
        assert_eq!(EIGHT.apply(input), Ok(expected));
    }

    #[test]
    fn straight_colours_and_pictures_without_opacity_stay() {
        let input = rgba(1, 1, &[10, 20, 30, 40]);
        assert_eq!(EIGHT.apply(input.clone()), Ok(input));
        let input = rgb(1, 1, &[10, 20, 30]);
        assert_eq!(EIGHT.apply(input.clone()), Ok(input));
    }

    #[test]
    fn full_opacity_is_that_of_the_bits() {
        let shape = Shape { alpha: Alpha::Premultiplied, ..rgba(2, 1, &[0; 8]).shape() };
        let straight = Shape { alpha: Alpha::Straight, ..shape };
        // 108 x 65535 / 514 = 13770.0, 4000 x 65535 / 3000 is too bright.
        let shape16 = Shape { sample: SampleType::U16, ..shape };
        let samples = vec![108, 189, 280, 514, 4000, 3000, 0, 3000];
        let input = Raster::new(shape16, Samples::U16(samples)).unwrap();
        let output = Op::Straighten { bits: 16 }.apply(input.clone()).unwrap();
        let expected = vec![13_770, 24_098, 35_700, 514, 65_535, 65_535, 0, 3000];
        assert_eq!(output.samples(), &Samples::U16(expected));
        // Of twelve bits: 108 x 4095 / 514 = 860.4, 189 x 4095 / 514 = 1505.8.
        let output = Op::Straighten { bits: 12 }.apply(input).unwrap();
        let expected = vec![860, 1506, 2231, 514, 4095, 4095, 0, 3000];
        assert_eq!(output.samples(), &Samples::U16(expected));
        let most = u32::MAX;
        let shape32 = Shape { sample: SampleType::U32, ..shape };
        let samples = vec![most, 1, 0, most, 5, 0, 2, 10];
        let input = Raster::new(shape32, Samples::U32(samples)).unwrap();
        let output = Op::Straighten { bits: 32 }.apply(input).unwrap();
        let half = most / 2 + 1;
        let expected = Samples::U32(vec![most, 1, 0, most, half, 0, 858_993_459, 10]);
        assert_eq!(output.into_parts(), (Shape { sample: SampleType::U32, ..straight }, expected));
    }
}
