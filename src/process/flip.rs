//! Mirroring left to right, in place.

use super::{OpError, into_u8};
use crate::raster::{Raster, Samples};

pub(super) fn flip(input: Raster) -> Result<Raster, OpError> {
    let (shape, mut samples) = into_u8("flip", input)?;
    let row = shape.row_samples();
    match shape.channels {
        1 => reverse_rows::<1, u8>(&mut samples, row),
        2 => reverse_rows::<2, u8>(&mut samples, row),
        3 => reverse_rows::<3, u8>(&mut samples, row),
        4 => reverse_rows::<4, u8>(&mut samples, row),
        _ => return Err(OpError::Unsuitable { op: "flip" }),
    }
    Ok(Raster::new(shape, Samples::U8(samples))?)
}

fn reverse_rows<const CHANNELS: usize, T>(samples: &mut [T], row: usize) {
    for row in samples.chunks_exact_mut(row) {
        row.as_chunks_mut::<CHANNELS>().0.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{gray, gray_alpha, rgb, rgba};

    #[test]
    fn each_row_is_mirrored_and_pixels_stay_whole() {
        let cases = [
            (gray(3, 2, &[1, 2, 3, 4, 5, 6]), gray(3, 2, &[3, 2, 1, 6, 5, 4])),
            (
                gray_alpha(2, 2, &[1, 2, 3, 4, 5, 6, 7, 8]),
                gray_alpha(2, 2, &[3, 4, 1, 2, 7, 8, 5, 6]),
            ),
            (rgb(2, 1, &[1, 2, 3, 4, 5, 6]), rgb(2, 1, &[4, 5, 6, 1, 2, 3])),
            (rgba(2, 1, &[1, 2, 3, 4, 5, 6, 7, 8]), rgba(2, 1, &[5, 6, 7, 8, 1, 2, 3, 4])),
        ];
        for (input, expected) in cases {
            assert_eq!(Op::Flip.apply(input), Ok(expected));
        }
    }
}
