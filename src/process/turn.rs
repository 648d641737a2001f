//! Turning by quarters. Half a turn is done in place; a quarter is a transposition in blocks
//! small enough that the rows read and the rows written stay in the cache together.

use super::OpError;
use crate::raster::{Raster, Samples, Shape};

pub(super) fn shape(input: Shape, quarters: u8) -> Shape {
    if quarters % 2 == 1 { input.resized(input.height, input.width) } else { input }
}

pub(super) fn turn(input: Raster, output: Shape, quarters: u8) -> Result<Raster, OpError> {
    let (shape, samples) = input.into_parts();
    let turned = match samples {
        Samples::F32(samples) => Samples::F32(pixels(samples, shape, quarters)),
        Samples::U16(samples) => Samples::U16(pixels(samples, shape, quarters)),
        Samples::U32(samples) => Samples::U32(pixels(samples, shape, quarters)),
        Samples::U8(samples) => Samples::U8(pixels(samples, shape, quarters)),
    };
    Ok(Raster::new(output, turned)?)
}

fn pixels<T: Copy + Default>(samples: Vec<T>, input: Shape, quarters: u8) -> Vec<T> {
    match input.channels {
        1 => turned::<1, T>(samples, input, quarters),
        2 => turned::<2, T>(samples, input, quarters),
        3 => turned::<3, T>(samples, input, quarters),
        4 => turned::<4, T>(samples, input, quarters),
        channels => {
            // Of rare counts each channel is turned for itself.
            let channels = usize::from(channels);
            let mut result = vec![T::default(); samples.len()];
            for channel in 0..channels {
                let plane = samples.iter().skip(channel).step_by(channels).copied().collect();
                let plane = turned::<1, T>(plane, input, quarters);
                let to = result.iter_mut().skip(channel).step_by(channels);
                to.zip(plane).for_each(|(to, from)| *to = from);
            }
            result
        }
    }
}

fn turned<const CHANNELS: usize, T: Copy + Default>(
    mut samples: Vec<T>,
    input: Shape,
    quarters: u8,
) -> Vec<T> {
    let quarter = match quarters % 4 {
        0 => return samples,
        1 => Quarter::Clockwise,
        2 => {
            samples.as_chunks_mut::<CHANNELS>().0.reverse();
            return samples;
        }
        _ => Quarter::Counterclockwise,
    };
    let mut turned = vec![T::default(); samples.len()];
    let from = samples.as_chunks::<CHANNELS>().0;
    quarter.transpose(from, turned.as_chunks_mut::<CHANNELS>().0, input.width as usize);
    turned
}

#[derive(Clone, Copy)]
enum Quarter {
    Clockwise,
    Counterclockwise,
}

impl Quarter {
    /// Side of a block in pixels.
    const BLOCK: usize = 32;

    /// Fills `to` with the columns of `from` as rows. Both hold the same number of pixels.
    fn transpose<P: Copy>(self, from: &[P], to: &mut [P], width: usize) {
        let height = from.len() / width;
        for (band, rows) in to.chunks_mut(Self::BLOCK * height).enumerate() {
            for left in (0..height).step_by(Self::BLOCK) {
                let right = (left + Self::BLOCK).min(height);
                for (row, pixels) in rows.chunks_exact_mut(height).enumerate() {
                    let row = band * Self::BLOCK + row;
                    // Output column c of a clockwise turn is input row height - 1 - c, read at
                    // column `row`; counterclockwise both are counted from the other end.
                    match self {
                        Self::Clockwise => {
                            let column = from[row..].iter().step_by(width).rev().skip(left);
                            copy(column, &mut pixels[left..right]);
                        }
                        Self::Counterclockwise => {
                            let column = from[width - 1 - row..].iter().step_by(width).skip(left);
                            copy(column, &mut pixels[left..right]);
                        }
                    }
                }
            }
        }
    }
}

fn copy<'a, P: Copy + 'a>(from: impl Iterator<Item = &'a P>, to: &mut [P]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Op;
    use super::super::tests::{any_raster, gray, gray_alpha, rgb, rgba};

    #[test]
    fn quarters_go_clockwise() {
        let input = gray(3, 2, &[1, 2, 3, 4, 5, 6]);
        let once = gray(2, 3, &[4, 1, 5, 2, 6, 3]);
        let thrice = gray(2, 3, &[3, 6, 2, 5, 1, 4]);
        assert_eq!(Op::Turn(1).apply(input.clone()), Ok(once));
        assert_eq!(Op::Turn(2).apply(input.clone()), Ok(gray(3, 2, &[6, 5, 4, 3, 2, 1])));
        assert_eq!(Op::Turn(3).apply(input.clone()), Ok(thrice));
        assert_eq!(Op::Turn(0).apply(input.clone()), Ok(input));
    }

    #[test]
    fn pixels_of_every_channel_count_stay_whole() {
        let cases = [
            (gray_alpha(2, 1, &[1, 2, 3, 4]), gray_alpha(1, 2, &[1, 2, 3, 4])),
            (rgb(1, 2, &[1, 2, 3, 4, 5, 6]), rgb(2, 1, &[4, 5, 6, 1, 2, 3])),
            (rgba(1, 2, &[1, 2, 3, 4, 5, 6, 7, 8]), rgba(2, 1, &[5, 6, 7, 8, 1, 2, 3, 4])),
        ];
        for (input, expected) in cases {
            assert_eq!(Op::Turn(1).apply(input), Ok(expected));
        }
    }

    proptest! {
        #[test]
        fn turns_add_up(input in any_raster(80)) {
            let turn = |raster, quarters| Op::Turn(quarters).apply(raster).unwrap();
            let once = turn(input.clone(), 1);
            let twice = turn(once.clone(), 1);
            prop_assert_eq!(&twice, &turn(input.clone(), 2));
            prop_assert_eq!(&turn(twice, 1), &turn(input.clone(), 3));
            prop_assert_eq!(turn(once, 3), input);
        }

        #[test]
        fn flips_and_turns_are_the_symmetries_of_a_rectangle(input in any_raster(80)) {
            let flip = |raster| Op::Flip.apply(raster).unwrap();
            let turn = |raster, quarters| Op::Turn(quarters).apply(raster).unwrap();
            prop_assert_eq!(&flip(flip(input.clone())), &input);
            prop_assert_eq!(flip(turn(input.clone(), 1)), turn(flip(input), 3));
        }
    }
}
