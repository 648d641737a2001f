//! Curves from dark to bright on values of 0..1 (behaviour specification, 10.7):
//!
//! - gamma: `max(v, 0)^g`
//! - log: `ln(1 + 255 v) / ln 256`
//! - asinh: `asinh(10 v) / asinh 10`, as astronomers' viewers have it
//! - sqrt: `max(v, 0)^(1/2)`
//!
//! Values below 0 count as 0.

use std::f32::consts::LN_2;

use super::math;
use super::planes::Planes;
use crate::command::Curve;

/// How much the inverse hyperbolic sine lifts the dark: its slope at 0 is about a third of this.
const SOFTENING: f32 = 10.0;

#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
pub(super) fn curve(planes: &mut Planes, curve: Curve) {
    match curve {
        Curve::Asinh => {
            let scale = SOFTENING.asinh();
            planes.map(
                #[inline(always)]
                move |value| {
                    let x = SOFTENING * above_zero(value);
                    math::ln(x + (x * x + 1.0).sqrt()) / scale
                },
            );
        }
        Curve::Gamma(exponent) => {
            let exponent = exponent.value() as f32;
            if exponent == 0.0 {
                // Everything to the power of 0 is 1, 0 too.
                planes.map(|value| if value.is_nan() { value } else { 1.0 });
            } else {
                planes.map(
                    #[inline(always)]
                    move |value| math::power(value, exponent),
                );
            }
        }
        Curve::Log => planes.map(
            #[inline(always)]
            move |value| math::ln(1.0 + 255.0 * above_zero(value)) / (8.0 * LN_2),
        ),
        Curve::Sqrt => planes.map(
            #[inline(always)]
            move |value| above_zero(value).sqrt(),
        ),
    }
}

/// 0 for what is below; NaN stays.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must become part of a vectorised loop")]
fn above_zero(value: f32) -> f32 {
    if value < 0.0 { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{developed, floats, values};
    use crate::command::{Curve, Finite};
    use crate::process::Op;

    /// Behaviour specification, 25.
    #[test]
    fn curves_are_those_of_the_specification() {
        let gamma = |exponent| Op::Curve(Curve::Gamma(Finite::new(exponent).unwrap()));
        let values = [0, 1, 25, 49, 64, 100, 128, 170, 200, 254, 255];
        for (op, expected) in [
            (gamma(2.2), [0, 0, 1, 6, 12, 32, 55, 104, 149, 252, 255]),
            (gamma(0.5), [0, 15, 79, 111, 127, 159, 180, 208, 225, 254, 255]),
            (Op::Curve(Curve::Log), [0, 31, 149, 179, 191, 212, 223, 236, 243, 254, 255]),
        ] {
            let output = developed(std::slice::from_ref(&op), &values);
            for (found, expected) in output.iter().zip(expected) {
                assert!(found.abs_diff(expected) <= 1, "{op:?}: {output:?}");
            }
        }
        assert_eq!(developed(&[gamma(0.0)], &values), [255; 11]);
    }

    #[test]
    fn what_is_missing_stays_missing() {
        let gamma = |exponent| Curve::Gamma(Finite::new(exponent).unwrap());
        for curve in [Curve::Asinh, Curve::Log, Curve::Sqrt, gamma(0.0), gamma(0.4)] {
            let output = Op::Curve(curve).apply(floats(1, &[f32::NAN])).unwrap();
            assert!(values(&output)[0].is_nan(), "{curve:?}");
        }
    }

    #[test]
    fn curves_of_astronomers_lift_the_dark() {
        // asinh 0.5 / asinh 10 = 0.1605, asinh 5 / asinh 10 = 0.7712.
        let output = developed(&[Op::Curve(Curve::Asinh)], &[0, 13, 128, 255]);
        let expected =
            [0.0, (130.0_f64 / 255.0).asinh(), (1280.0_f64 / 255.0).asinh(), 10_f64.asinh()];
        for (found, expected) in output.iter().zip(expected) {
            let expected = 255.0 * expected / 10_f64.asinh();
            assert!((f64::from(*found) - expected).abs() <= 0.51, "{output:?}");
        }
        // The roots of 0, 16/255, 64/255, 1.
        assert_eq!(developed(&[Op::Curve(Curve::Sqrt)], &[0, 16, 64, 255]), [0, 64, 128, 255]);
    }
}
