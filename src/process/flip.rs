//! Mirroring left to right, in place.

use super::OpError;
use crate::raster::{Raster, with_samples};

pub(super) fn flip(input: Raster) -> Result<Raster, OpError> {
    let (shape, mut samples) = input.into_parts();
    with_samples!(&mut samples, samples => {
        let rows = samples.chunks_exact_mut(shape.row_samples());
        rows.for_each(|row| reverse(row, shape.channels.into()));
    });
    Ok(Raster::new(shape, samples)?)
}

fn reverse<T>(row: &mut [T], channels: usize) {
    match channels {
        1 => row.reverse(),
        2 => row.as_chunks_mut::<2>().0.reverse(),
        3 => row.as_chunks_mut::<3>().0.reverse(),
        4 => row.as_chunks_mut::<4>().0.reverse(),
        _ => {
            // Twice turned round: the row, then each pixel.
            row.reverse();
            row.chunks_exact_mut(channels).for_each(<[T]>::reverse);
        }
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
