//! Colour to grey: Y = 0.299 R + 0.587 G + 0.114 B on the values as they are stored; of integers
//! in 22-bit fixed point and truncated.

use super::OpError;
use crate::raster::{ColorSpace, Raster, Samples, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    match input.color {
        ColorSpace::Gray => Ok(input),
        ColorSpace::Rgb => {
            let channels = input.channels - input.color_channels() + 1;
            Ok(Shape { channels, color: ColorSpace::Gray, ..input })
        }
        ColorSpace::Cmyk | ColorSpace::Multiband => Err(OpError::Unsuitable { op: "gray" }),
    }
}

pub(super) fn gray(input: Raster, output: Shape) -> Result<Raster, OpError> {
    if input.shape() == output {
        return Ok(input);
    }
    let (shape, samples) = input.into_parts();
    let channels = usize::from(shape.channels);
    let gray = match samples {
        Samples::U8(samples) => {
            Samples::U8(luminances(&samples, channels, |[red, green, blue]| {
                let luminance = fixed([red, green, blue].map(u64::from));
                u8::try_from(luminance).unwrap_or(u8::MAX)
            }))
        }
        Samples::U16(samples) => {
            Samples::U16(luminances(&samples, channels, |[red, green, blue]| {
                let luminance = fixed([red, green, blue].map(u64::from));
                u16::try_from(luminance).unwrap_or(u16::MAX)
            }))
        }
        Samples::F32(samples) => {
            Samples::F32(luminances(&samples, channels, |[red, green, blue]| {
                0.299 * red + 0.587 * green + 0.114 * blue
            }))
        }
        Samples::U32(_) => return Err(OpError::Unsuitable { op: "gray" }),
    };
    Ok(Raster::new(output, gray)?)
}

/// The weights add up to 1 << 22.
fn fixed([red, green, blue]: [u64; 3]) -> u64 {
    (1_254_097 * red + 2_462_056 * green + 478_151 * blue) >> 22
}

/// Of pixels of three colours, perhaps with alpha, which is kept.
fn luminances<T: Copy>(samples: &[T], channels: usize, luminance: impl Fn([T; 3]) -> T) -> Vec<T> {
    if channels == 3 {
        return samples.as_chunks().0.iter().map(|color| luminance(*color)).collect();
    }
    let pixels = samples.as_chunks().0.iter();
    pixels.flat_map(|&[r, g, b, alpha]| [luminance([r, g, b]), alpha]).collect()
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
        let shape = Shape { color: ColorSpace::Multiband, ..rgb(1, 1, &[0, 0, 0]).shape() };
        assert_eq!(Op::Gray.shape(shape), Err(OpError::Unsuitable { op: "gray" }));
    }
}
