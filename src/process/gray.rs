//! Colour to grey: Y = 0.299 R + 0.587 G + 0.114 B on the values as they are stored, in 22-bit
//! fixed point and truncated.

use super::{OpError, into_u8};
use crate::raster::{ColorSpace, Raster, Samples, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    match input.color {
        ColorSpace::Gray => Ok(input),
        ColorSpace::Rgb => {
            let channels = input.channels - input.color_channels() + 1;
            Ok(Shape { channels, color: ColorSpace::Gray, ..input })
        }
        ColorSpace::CieLab | ColorSpace::Cmyk | ColorSpace::Multiband => {
            Err(OpError::Unsuitable { op: "gray" })
        }
    }
}

pub(super) fn gray(input: Raster, output: Shape) -> Result<Raster, OpError> {
    if input.shape() == output {
        return Ok(input);
    }
    let (shape, samples) = into_u8("gray", input)?;
    let gray = match shape.channels {
        3 => samples.as_chunks().0.iter().map(|&[r, g, b]| luminance(r, g, b)).collect(),
        4 => {
            let pixels = samples.as_chunks().0.iter();
            pixels.flat_map(|&[r, g, b, alpha]| [luminance(r, g, b), alpha]).collect()
        }
        _ => return Err(OpError::Unsuitable { op: "gray" }),
    };
    Ok(Raster::new(output, Samples::U8(gray))?)
}

#[expect(clippy::cast_possible_truncation, reason = "the weights add up to 1 << 22")]
fn luminance(red: u8, green: u8, blue: u8) -> u8 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    ((1_254_097 * red + 2_462_056 * green + 478_151 * blue) >> 22) as u8
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{gray, gray_alpha, rgb, rgba};
    use super::*;

    #[test]
    fn weights_are_those_of_rec_601() {
        let colors = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 200, 30, 128, 128, 128];
        let expected = gray(6, 1, &[76, 149, 29, 255, 123, 128]);
        assert_eq!(Op::Gray.apply(rgb(6, 1, &colors)), Ok(expected));
    }

    #[test]
    fn alpha_is_kept() {
        let input = rgba(2, 1, &[255, 0, 0, 17, 0, 255, 0, 0]);
        assert_eq!(Op::Gray.apply(input), Ok(gray_alpha(2, 1, &[76, 17, 149, 0])));
    }

    #[test]
    fn grey_stays_as_it_is() {
        let input = gray_alpha(2, 1, &[1, 2, 3, 4]);
        assert_eq!(Op::Gray.apply(input.clone()), Ok(input));
    }

    #[test]
    fn other_colour_spaces_are_refused() {
        let shape = Shape { color: ColorSpace::CieLab, ..rgb(1, 1, &[0, 0, 0]).shape() };
        assert_eq!(Op::Gray.shape(shape), Err(OpError::Unsuitable { op: "gray" }));
    }
}
