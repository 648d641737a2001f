//! Samples that share bytes: the first one is in the highest bits (TIFF 6.0, p. 29).

/// Samples of any width up to 32 bits, as the numbers they are.
pub(super) fn unpack<T>(bytes: &[u8], bits: u16, row: &mut [T], sample: impl Fn(u32) -> T) {
    let bits = u32::from(bits.clamp(1, 32));
    let mask = u32::MAX >> (32 - bits);
    let (mut held, mut count) = (0_u64, 0);
    let mut bytes = bytes.iter();
    for to in row {
        while count < bits {
            let Some(byte) = bytes.next() else { return };
            held = held << 8 | u64::from(*byte);
            count += 8;
        }
        count -= bits;
        #[expect(clippy::cast_possible_truncation, reason = "older bits above are masked out")]
        let value = (held >> count) as u32 & mask;
        *to = sample(value);
    }
}

/// Samples of 1, 2 or 4 bits, each multiplied: by 255, 85 or 17 they fill 8 bits.
pub(super) fn unpack_parts<const BITS: usize>(bytes: &[u8], row: &mut [u8], factor: u8) {
    let mask = u8::MAX >> (8 - BITS);
    let mut pixels = row.chunks_mut(8 / BITS);
    for (pixels, byte) in pixels.by_ref().zip(bytes) {
        for (place, pixel) in (1..).zip(pixels) {
            *pixel = (*byte >> (8 - BITS * place) & mask).wrapping_mul(factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_width_are_cut_from_the_highest_bit_on() {
        let numbers = |bytes: &[u8], bits, count| {
            let mut row = vec![9; count];
            unpack(bytes, bits, &mut row, |value| value);
            row
        };
        assert_eq!(numbers(&[0xab, 0xcd, 0xef], 12, 2), [0xabc, 0xdef]);
        assert_eq!(numbers(&[0b1010_0111, 0b1000_0000], 3, 3), [0b101, 0b001, 0b111]);
        assert_eq!(numbers(&[0xff, 0xc0, 0x01], 10, 2), [0x3ff, 0]);
        assert_eq!(numbers(&[1, 2, 3, 4, 5, 6, 7, 8], 32, 2), [0x0102_0304, 0x0506_0708]);
        assert_eq!(numbers(&[0x80, 0, 0, 0x40, 0], 17, 2), [0x1_0000, 0x100]);
        // What is not there stays as it was.
        assert_eq!(numbers(&[0xff], 6, 2), [63, 9]);
    }

    #[test]
    fn parts_of_bytes_are_the_same_numbers() {
        let bytes = [0b1011_0001, 0b0110_1100, 0xf0];
        for len in 0..=24 {
            let (mut parts, mut numbers) = (vec![9; len], vec![9; len]);
            unpack_parts::<1>(&bytes, &mut parts, 255);
            unpack(&bytes, 1, &mut numbers, |value| if value == 1 { 255 } else { 0 });
            assert_eq!(parts, numbers);
        }
        let mut pairs = [0; 6];
        unpack_parts::<2>(&bytes, &mut pairs, 1);
        assert_eq!(pairs, [2, 3, 0, 1, 1, 2]);
        let mut nibbles = [0; 5];
        unpack_parts::<4>(&bytes, &mut nibbles, 17);
        assert_eq!(nibbles, [0xbb, 0x11, 0x66, 0xcc, 0xff]);
    }
}
