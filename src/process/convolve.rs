//! Convolution with a square kernel (behaviour specification, 10.9): the kernel is not turned
//! round, each colour channel is on its own, alpha is left alone. A positive sum of weights
//! becomes 1. In place of a missing neighbour stands the pixel in the middle; what is missing in
//! the middle stays so.

use super::OpError;
use super::neighbours::{Margin, Neighbours};
use crate::command::Kernel;
use crate::raster::{Raster, Samples, Shape};

#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
pub(super) fn convolve(
    input: &Raster,
    output: Shape,
    kernel: &Kernel,
    margin: Margin,
) -> Result<Raster, OpError> {
    let weights = kernel.rows();
    let sum: f64 = weights.iter().flatten().map(|weight| weight.value()).sum();
    let scale = if sum > 0.0 { 1.0 / sum } else { 1.0 };
    let side = weights.len();
    let radius = side / 2;
    let channels = usize::from(output.channels);
    let colors = usize::from(output.color_channels());
    let mut result = Samples::zeroed(output.sample, output.samples()?)?;
    let Samples::F32(to) = &mut result else {
        return Err(OpError::Unsuitable { op: "convolve" });
    };
    let width = output.row_samples();
    let arch = pulp::Arch::new();
    Neighbours::new(input, output, margin, radius)?.each(|y, rows| {
        let row = &mut to[y * width..][..width];
        let centre = &rows[radius][radius * channels..][..width];
        for (line, weights) in rows.iter().zip(weights) {
            for (column, weight) in weights.iter().enumerate() {
                let weight = (weight.value() * scale) as f32;
                if weight == 0.0 {
                    continue;
                }
                let (from, row) = (&line[column * channels..][..width], &mut *row);
                arch.dispatch(
                    #[inline(always)]
                    move || {
                        for ((to, from), centre) in row.iter_mut().zip(from).zip(centre) {
                            *to += weight * if from.is_nan() { *centre } else { *from };
                        }
                    },
                );
            }
        }
        // The middle may have no weight.
        for (to, centre) in row.iter_mut().zip(centre) {
            if centre.is_nan() {
                *to = f32::NAN;
            }
        }
        if colors < channels {
            let (to, from) = (row.chunks_exact_mut(channels), centre.chunks_exact(channels));
            for (to, from) in to.zip(from) {
                to[colors..].copy_from_slice(&from[colors..]);
            }
        }
    });
    Ok(Raster::new(output, result)?)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{floats_of, values};
    use super::super::{Margin, Op};
    use crate::command::{Finite, Kernel};

    fn kernel(weights: &[f64]) -> Kernel {
        let weights: Vec<_> = weights.iter().map(|w| Finite::new(*w).unwrap()).collect();
        Kernel::new(&weights).unwrap()
    }

    fn convolve(kernel: Kernel, margin: Margin, input: &[f32], width: u32) -> Vec<f32> {
        values(&Op::Convolve { kernel, margin }.apply(floats_of(width, input)).unwrap())
    }

    #[test]
    fn kernels_are_not_turned_round_and_edges_are_repeated() {
        let sobel = kernel(&[-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0]);
        let input = [1.0, 2.0, 4.0, 1.0, 2.0, 4.0];
        let expected = [4.0, 12.0, 8.0, 4.0, 12.0, 8.0];
        assert_eq!(convolve(sobel, Margin::default(), &input, 3), expected);
    }

    #[test]
    fn a_positive_sum_becomes_one() {
        let mean = kernel(&[1.0; 9]);
        let input = [0.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0];
        let close = |found: Vec<f32>| found.iter().all(|value| (value - 1.0).abs() < 1e-6);
        assert!(close(convolve(mean, Margin::default(), &input, 3)));
        assert_eq!(convolve(kernel(&[-2.0]), Margin::default(), &[3.0], 1), [-6.0]);
    }

    #[test]
    fn the_margin_is_looked_at_and_left_out() {
        let right = kernel(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        let input = [1.0, 2.0, 3.0, 4.0];
        let margin = Margin { right: 1, ..Margin::default() };
        assert_eq!(convolve(right.clone(), margin, &input, 4), [2.0, 3.0, 4.0]);
        let margin = Margin { left: 1, ..Margin::default() };
        assert_eq!(convolve(right, margin, &input, 4), [3.0, 4.0, 4.0]);
    }

    #[test]
    fn what_is_missing_does_not_spread() {
        let mean = kernel(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
        let found = convolve(mean, Margin::default(), &[3.0, f32::NAN, 6.0], 3);
        assert!(
            (found[0] - 3.0).abs() < 1e-6 && found[1].is_nan() && (found[2] - 6.0).abs() < 1e-6
        );
    }
}
