//! Dropping alpha where it hides nothing: a picture that could have had holes, and has none.

use super::{Op, OpError};
use crate::raster::{Alpha, Raster, Samples};

pub(super) fn trim(input: Raster) -> Result<Raster, OpError> {
    let shape = input.shape();
    if shape.alpha == Alpha::None || !is_opaque(&input) {
        return Ok(input);
    }
    Op::Bands(shape.color_channels()).apply(input)
}

fn is_opaque(raster: &Raster) -> bool {
    fn all<T: Copy + PartialEq>(samples: &[T], channels: usize, opaque: T) -> bool {
        samples.iter().skip(channels - 1).step_by(channels).all(|alpha| *alpha == opaque)
    }
    let channels = usize::from(raster.shape().channels);
    match raster.samples() {
        Samples::F32(samples) => all(samples, channels, 1.0),
        Samples::U16(samples) => all(samples, channels, u16::MAX),
        Samples::U32(samples) => all(samples, channels, u32::MAX),
        Samples::U8(samples) => all(samples, channels, u8::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{gray, gray_alpha, rgb};
    use super::*;

    #[test]
    fn alpha_goes_where_everything_is_opaque() {
        let opaque = gray_alpha(2, 1, &[5, 255, 6, 255]);
        assert_eq!(Op::Trim.apply(opaque), Ok(gray(2, 1, &[5, 6])));
        for input in [gray_alpha(2, 1, &[5, 255, 6, 254]), rgb(1, 1, &[255; 3])] {
            assert_eq!(Op::Trim.apply(input.clone()), Ok(input));
        }
    }
}
