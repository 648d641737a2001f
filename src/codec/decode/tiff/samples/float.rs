//! Floating point numbers that have no type of their own.

use half::f16;

/// 16 bits of IEEE 754.
pub(super) fn half(bits: u16) -> f32 {
    f16::from_bits(bits).to_f32()
}

/// 24 bits (TIFF Technical Note 3): a sign, 7 bits of exponent and 16 of fraction.
pub(super) fn three_bytes(bits: u32) -> f32 {
    let (sign, exponent, fraction) = (bits >> 23 & 1, bits >> 16 & 0x7f, bits & 0xffff);
    let magnitude = match exponent {
        // Too small for a leading one: multiples of 2^(-62 - 16).
        #[expect(clippy::cast_precision_loss, reason = "16 bits fit")]
        0 => return (fraction as f32) * 2.0_f32.powi(-78) * if sign == 1 { -1.0 } else { 1.0 },
        0x7f => 0x7f80_0000 | fraction << 7,
        _ => (exponent + 127 - 63) << 23 | fraction << 7,
    };
    f32::from_bits(sign << 31 | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_read() {
        // Examples of IEEE 754 binary16.
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 2.0_f32.powi(-24)),
            (0x3555, 0.333_251_95),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(half(bits).to_bits(), value.to_bits());
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn numbers_of_three_bytes_are_read() {
        for (bits, value) in [
            (0, 0.0),
            (0x80_0000, -0.0),
            (0x3f_0000, 1.0),
            (0x3f_8000, 1.5),
            (0xc0_4000, -2.5),
            (0x7e_ffff, 2.0_f32.powi(63) * (2.0 - 2.0_f32.powi(-16))),
            (0x01_0000, 2.0_f32.powi(-62)),
            (0x00_0001, 2.0_f32.powi(-78)),
            (0x7f_0000, f32::INFINITY),
        ] {
            assert_eq!(three_bytes(bits).to_bits(), value.to_bits(), "{bits:x}");
        }
        assert!(three_bytes(0x7f_0001).is_nan());
    }
}
