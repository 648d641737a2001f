//! Recombining channels: `out_k = sum of M_kj in_j` (behaviour specification, 10.7).
//!
//! A short row has zeros at its end, coefficients without a channel have no effect, and a channel
//! without weight is not looked at: what is missing in it is not missing in the result.

use super::OpError;
use super::planes::Planes;
use crate::command::Matrix;
use crate::raster::{ColorSpace, Shape};

pub(super) fn shape(input: Shape, matrix: &Matrix) -> Result<Shape, OpError> {
    let rows = u16::try_from(matrix.rows().len()).map_err(|_| OpError::TooLarge)?;
    let alpha = input.channels - input.color_channels();
    let color = match rows {
        1 => ColorSpace::Gray,
        3 => ColorSpace::Rgb,
        _ => ColorSpace::Multiband,
    };
    Ok(Shape { channels: rows + alpha, color, ..input })
}

#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
pub(super) fn twist(planes: &mut Planes, matrix: &Matrix) {
    let arch = pulp::Arch::new();
    planes.recolor(matrix.rows().len(), |from, to| {
        for (to, row) in to.zip(matrix.rows()) {
            to.fill(0.0);
            for (from, weight) in from.colors().zip(row) {
                let weight = weight.value() as f32;
                if weight != 0.0 {
                    let to = &mut *to;
                    arch.dispatch(
                        #[inline(always)]
                        move || {
                            for (to, from) in to.iter_mut().zip(from) {
                                *to += weight * from;
                            }
                        },
                    );
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{chain, floats, rgb, rgba, unit};
    use super::*;
    use crate::command::Finite;
    use crate::raster::{Raster, Samples};

    fn matrix(rows: &[&[f64]]) -> Matrix {
        let finite = |value: &f64| Finite::new(*value).unwrap();
        Matrix::new(rows.iter().map(|row| row.iter().map(finite).collect()).collect()).unwrap()
    }

    /// Behaviour specification, 25.
    #[test]
    fn channels_are_those_of_the_specification() {
        let colors = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 200, 30, 128, 128, 128];
        let twist = matrix(&[&[0.2, 0.7, 0.1], &[1.0, 0.0, 0.0], &[0.0, 1.0, -0.5]]);
        let output = chain(&[Op::Twist(twist)], &rgb(6, 1, &colors), 255.0);
        let expected: [u8; 18] =
            [51, 255, 0, 178, 0, 255, 25, 0, 0, 255, 255, 127, 145, 10, 185, 128, 128, 64];
        for (found, expected) in output.as_u8().unwrap().iter().zip(expected) {
            assert!(found.abs_diff(expected) <= 1, "{output:?}");
        }
    }

    #[test]
    fn alpha_stays_and_short_rows_end_in_zeros() {
        let twist = Op::Twist(matrix(&[&[0.0, 1.0], &[1.0]]));
        let output = chain(&[twist], &rgba(1, 1, &[10, 20, 30, 77]), 255.0);
        assert_eq!(output.as_u8(), Some(&[20, 10, 77][..]));
    }

    #[test]
    fn only_channels_with_a_weight_can_be_missing() {
        let input = floats(3, &[1.0, f32::NAN, 0.5]);
        let twist = Op::Twist(matrix(&[&[1.0, 0.0, 0.5], &[0.0, 1.0]]));
        let output = chain_of_floats(&twist, &input);
        assert!((output[0] - 1.25).abs() < 1e-6);
        assert!(output[1].is_nan());
    }

    fn chain_of_floats(op: &Op, input: &Raster) -> Vec<f32> {
        let normalized = unit(3).apply(input).unwrap();
        match op.apply(normalized).unwrap().into_parts().1 {
            Samples::F32(samples) => samples,
            other => unreachable!("{other:?}"),
        }
    }
}
