//! Black up to a value, white above it. Alpha is left alone.

use super::{OpError, into_u8};
use crate::raster::{Raster, Samples, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    if input.color_channels() == 1 {
        Ok(input)
    } else {
        Err(OpError::Unsuitable { op: "threshold" })
    }
}

pub(super) fn threshold(input: Raster, level: u8) -> Result<Raster, OpError> {
    let (shape, mut samples) = into_u8("threshold", input)?;
    for gray in samples.iter_mut().step_by(usize::from(shape.channels)) {
        *gray = if *gray <= level { 0 } else { 255 };
    }
    Ok(Raster::new(shape, Samples::U8(samples))?)
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{gray, gray_alpha, rgb};
    use super::*;

    #[test]
    fn the_level_itself_is_black() {
        let input = gray(4, 1, &[0, 29, 30, 255]);
        assert_eq!(Op::Threshold(30).apply(input), Ok(gray(4, 1, &[0, 0, 0, 255])));
    }

    #[test]
    fn alpha_is_left_alone() {
        let input = gray_alpha(2, 1, &[10, 77, 200, 3]);
        assert_eq!(Op::Threshold(128).apply(input), Ok(gray_alpha(2, 1, &[0, 77, 255, 3])));
    }

    #[test]
    fn colour_is_refused() {
        let refused = Err(OpError::Unsuitable { op: "threshold" });
        assert_eq!(Op::Threshold(128).apply(rgb(1, 1, &[1, 2, 3])), refused);
    }
}
