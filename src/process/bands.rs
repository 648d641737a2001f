//! Keeping the first channels of each pixel.

use super::{OpError, into_u8};
use crate::raster::{Alpha, ColorSpace, Raster, Samples, Shape};

pub(super) fn shape(input: Shape, channels: u16) -> Result<Shape, OpError> {
    if channels == input.channels {
        return Ok(input);
    }
    if channels == 0 || channels > input.channels {
        return Err(OpError::Unsuitable { op: "bands" });
    }
    let color = match channels {
        count if count == input.color_channels() => input.color,
        1 => ColorSpace::Gray,
        _ => ColorSpace::Multiband,
    };
    Ok(Shape { channels, color, alpha: Alpha::None, ..input })
}

pub(super) fn bands(input: Raster, output: Shape) -> Result<Raster, OpError> {
    let (shape, samples) = into_u8("bands", input)?;
    if shape == output {
        return Ok(Raster::new(output, Samples::U8(samples))?);
    }
    let kept = usize::from(output.channels);
    let mut bands = Vec::with_capacity(output.samples()?);
    for pixel in samples.chunks_exact(usize::from(shape.channels)) {
        bands.extend(pixel.iter().take(kept));
    }
    Ok(Raster::new(output, Samples::U8(bands))?)
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{gray, gray_alpha, rgb, rgba};
    use super::*;

    #[test]
    fn alpha_is_dropped_and_colours_stay() {
        let input = rgba(2, 1, &[10, 20, 30, 0, 40, 50, 60, 255]);
        assert_eq!(Op::Bands(3).apply(input), Ok(rgb(2, 1, &[10, 20, 30, 40, 50, 60])));
        assert_eq!(Op::Bands(1).apply(gray_alpha(1, 2, &[7, 0, 9, 1])), Ok(gray(1, 2, &[7, 9])));
    }

    #[test]
    fn the_first_band_of_a_colour_picture_is_grey() {
        let input = rgb(2, 1, &[10, 20, 30, 40, 50, 60]);
        assert_eq!(Op::Bands(1).apply(input), Ok(gray(2, 1, &[10, 40])));
    }

    #[test]
    fn bands_that_are_not_there_are_refused() {
        let refused = Err(OpError::Unsuitable { op: "bands" });
        assert_eq!(Op::Bands(4).apply(rgb(1, 1, &[1, 2, 3])), refused);
        assert_eq!(Op::Bands(0).apply(rgb(1, 1, &[1, 2, 3])), refused);
    }
}
