//! Contrast: `c v` (behaviour specification, 10.3).

use super::planes::Planes;
use crate::command::Finite;

#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
pub(super) fn contrast(planes: &mut Planes, factor: Finite) {
    let factor = factor.value() as f32;
    planes.map(
        #[inline(always)]
        move |value| factor * value,
    );
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::developed;
    use super::*;

    /// Behaviour specification, 25.
    #[test]
    fn values_are_multiplied_and_cut_off() {
        let values = [0, 1, 25, 49, 64, 100, 128, 170, 200, 254, 255];
        for (factor, expected) in [
            (1.5, [0, 1, 37, 73, 96, 150, 192, 255, 255, 255, 255]),
            (0.3, [0, 0, 7, 14, 19, 30, 38, 51, 60, 76, 76]),
        ] {
            let output = developed(&[Op::Contrast(Finite::new(factor).unwrap())], &values);
            for (found, expected) in output.iter().zip(expected) {
                assert!(found.abs_diff(expected) <= 1, "{output:?}");
            }
        }
    }
}
