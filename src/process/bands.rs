//! Keeping the first channels of each pixel.

use super::OpError;
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
    if input.shape() == output {
        return Ok(input);
    }
    let (shape, samples) = input.into_parts();
    let (from, to) = (usize::from(shape.channels), usize::from(output.channels));
    let samples = match samples {
        Samples::F32(samples) => Samples::F32(first(&samples, from, to)),
        Samples::U16(samples) => Samples::U16(first(&samples, from, to)),
        Samples::U32(samples) => Samples::U32(first(&samples, from, to)),
        Samples::U8(samples) => Samples::U8(first(&samples, from, to)),
    };
    Ok(Raster::new(output, samples)?)
}

fn first<T: Copy>(samples: &[T], from: usize, to: usize) -> Vec<T> {
    let mut kept = Vec::with_capacity(samples.len() / from * to);
    for pixel in samples.chunks_exact(from) {
        kept.extend_from_slice(&pixel[..to]);
    }
    kept
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
