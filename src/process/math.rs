//! Powers and logarithms of single precision without branches or tables, so that the compiler can
//! work on many at a time: where a choice is needed, it is one between bits. Errors are below 2e-6 of the result: less than a tenth of a step of
//! 16 bits.

#![expect(clippy::inline_always, reason = "they must become part of vectorised loops")]

use std::f32::consts::{LN_2, LOG2_E, SQRT_2};

/// Logarithm to the base 2 of a positive, normal number.
#[inline(always)]
#[expect(clippy::cast_possible_wrap, clippy::cast_precision_loss, reason = "small exponents")]
pub(super) fn log2(x: f32) -> f32 {
    const MANTISSA: u32 = 0x007F_FFFF;
    // Mantissas from sqrt(1/2) to sqrt(2): the bits of the root of 1/2 become those of 1.
    let bits = x.to_bits().wrapping_sub(std::f32::consts::FRAC_1_SQRT_2.to_bits());
    let exponent = (bits as i32) >> 23;
    let mantissa = (bits & MANTISSA).wrapping_add(std::f32::consts::FRAC_1_SQRT_2.to_bits());
    let m = f32::from_bits(mantissa);
    debug_assert!(!(x > 0.0 && x.is_finite()) || (0.7..=SQRT_2 + 1e-6).contains(&m));
    // ln m = 2 artanh((m - 1) / (m + 1)), a series in a number below 0.172.
    let t = (m - 1.0) / (m + 1.0);
    let t2 = t * t;
    let series =
        t * (2.0 + t2 * (2.0 / 3.0 + t2 * (2.0 / 5.0 + t2 * (2.0 / 7.0 + t2 * (2.0 / 9.0)))));
    exponent as f32 + series * LOG2_E
}

/// 2 to the power of a number, cut off at the ends of the type.
#[inline(always)]
pub(super) fn exp2(x: f32) -> f32 {
    // Adding this leaves no place for fractions: it rounds to the nearest whole number, which is
    // then in the lowest bits too.
    const WHOLE: f32 = 12_582_912.0;
    const BIAS: u32 = 127;
    let x = x.clamp(-126.0, 127.0);
    let rounded = x + WHOLE;
    // e^u for |u| < 0.347.
    let u = (x - (rounded - WHOLE)) * LN_2;
    let e = 1.0
        + u * (1.0
            + u * (1.0 / 2.0
                + u * (1.0 / 6.0
                    + u * (1.0 / 24.0 + u * (1.0 / 120.0 + u * (1.0 / 720.0 + u / 5040.0))))));
    e * f32::from_bits(rounded.to_bits().wrapping_add(BIAS) << 23)
}

/// A power of a finite number, 0 for numbers that are not above 0; NaN stays.
#[inline(always)]
pub(super) fn power(x: f32, exponent: f32) -> f32 {
    let y = exp2(exponent * log2(x.max(f32::MIN_POSITIVE)));
    where_true(y, x >= f32::MIN_POSITIVE) + x * 0.0
}

/// Natural logarithm of a finite number of 1 or more; NaN stays.
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    log2(x.max(1.0)) * LN_2 + x * 0.0
}

/// The number, or 0.
#[inline(always)]
pub(super) fn where_true(x: f32, condition: bool) -> f32 {
    f32::from_bits(x.to_bits() & u32::from(condition).wrapping_neg())
}

/// The number, or NaN.
#[inline(always)]
pub(super) fn unless(x: f32, condition: bool) -> f32 {
    f32::from_bits(x.to_bits() | u32::from(condition).wrapping_neg())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn powers_agree_with_double_precision(x in 1e-6..4.0_f32, exponent in 0.01..8.0_f32) {
            let exact = f64::from(x).powf(f64::from(exponent));
            let error = (f64::from(power(x, exponent)) - exact).abs();
            prop_assert!(error <= 8e-6 * exact + 1e-7, "{error} of {exact}");
        }

        #[test]
        fn logarithms_agree_with_double_precision(x in 1.0..1e6_f32) {
            let exact = f64::from(x).ln();
            prop_assert!((f64::from(ln(x)) - exact).abs() <= 2e-6 * exact.max(0.1));
        }
    }

    #[test]
    fn the_ends_are_exact() {
        let exact = |found: f32, expected: f32| assert_eq!(found.to_bits(), expected.to_bits());
        exact(power(0.0, 0.5), 0.0);
        exact(power(1.0, 2.2), 1.0);
        exact(power(-3.0, 2.0), 0.0);
        exact(ln(1.0), 0.0);
        for (exponent, power) in [(0.0, 1.0), (1.0, 2.0), (-3.0, 0.125), (10.0, 1024.0)] {
            exact(exp2(exponent), power);
            exact(log2(power), exponent);
        }
        assert!(power(f32::NAN, 2.0).is_nan() && ln(f32::NAN).is_nan());
    }
}
