//! What the encoder needs of a processor: sixteen 16-bit numbers at once.
//!
//! Everything is exact integer arithmetic, so that all processors write the same bytes.

/// Instructions of a processor.
pub(super) trait Lanes: Copy {
    /// Sixteen 16-bit numbers.
    type I16: Copy;

    fn load(self, from: &[i16; 16]) -> Self::I16;
    /// The same eight numbers in both halves.
    fn load_twice(self, from: &[i16; 8]) -> Self::I16;
    fn store(self, numbers: Self::I16, to: &mut [i16; 16]);
    /// The lower half to one place, the upper half to another.
    fn store_halves(self, numbers: Self::I16, low: &mut [i16; 8], high: &mut [i16; 8]);
    fn splat(self, number: i16) -> Self::I16;
    /// Sums, wrapping.
    fn add(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Differences, wrapping.
    fn sub(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Products divided by 2 to the 15, rounded to the nearest.
    fn mul_round(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Products divided by 2 to the 16, rounded down.
    fn mul_floor(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Divided by 2 to the `BITS`, rounded down.
    fn shift<const BITS: i32>(self, numbers: Self::I16) -> Self::I16;
    /// Sums of neighbours: of `left` in the lower half, of `right` in the upper half.
    fn add_pairs(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Rows become columns, in each half for itself.
    fn transpose(self, rows: [Self::I16; 8]) -> [Self::I16; 8];
    /// Sixteen samples, times 128.
    fn gray(self, pixels: &[u8; 16]) -> Self::I16;
    /// Red, green and blue of sixteen pixels, times 128.
    fn rgb(self, pixels: &[u8; 48]) -> [Self::I16; 3];
    /// Which of the numbers are not zero: bit 0 is the first.
    fn nonzero(self, block: &[i16; 64]) -> u64;
}

/// No special instructions: loops that compilers turn into those there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portable;

impl Portable {
    #[inline(always)]
    fn zip(left: [i16; 16], right: [i16; 16], op: impl Fn(i16, i16) -> i16) -> [i16; 16] {
        let mut result = left;
        for (left, right) in result.iter_mut().zip(right) {
            *left = op(*left, right);
        }
        result
    }
}

impl Lanes for Portable {
    type I16 = [i16; 16];

    #[inline(always)]
    fn load(self, from: &[i16; 16]) -> Self::I16 {
        *from
    }

    #[inline(always)]
    fn load_twice(self, from: &[i16; 8]) -> Self::I16 {
        let mut numbers = [0; 16];
        numbers[..8].copy_from_slice(from);
        numbers[8..].copy_from_slice(from);
        numbers
    }

    #[inline(always)]
    fn store(self, numbers: Self::I16, to: &mut [i16; 16]) {
        *to = numbers;
    }

    #[inline(always)]
    fn store_halves(self, numbers: Self::I16, low: &mut [i16; 8], high: &mut [i16; 8]) {
        low.copy_from_slice(&numbers[..8]);
        high.copy_from_slice(&numbers[8..]);
    }

    #[inline(always)]
    fn splat(self, number: i16) -> Self::I16 {
        [number; 16]
    }

    #[inline(always)]
    fn add(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        Self::zip(left, right, i16::wrapping_add)
    }

    #[inline(always)]
    fn sub(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        Self::zip(left, right, i16::wrapping_sub)
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "wraps as processors do")]
    fn mul_round(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        Self::zip(left, right, |l, r| ((i32::from(l) * i32::from(r) + (1 << 14)) >> 15) as i16)
    }

    #[inline(always)]
    fn mul_floor(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        Self::zip(left, right, |l, r| ((i32::from(l) * i32::from(r)) >> 16) as i16)
    }

    #[inline(always)]
    fn shift<const BITS: i32>(self, numbers: Self::I16) -> Self::I16 {
        numbers.map(|number| number >> BITS)
    }

    #[inline(always)]
    fn add_pairs(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        let mut sums = [0; 16];
        let pairs = left.as_chunks::<2>().0.iter().chain(right.as_chunks().0);
        for (sum, [first, second]) in sums.iter_mut().zip(pairs) {
            *sum = first.wrapping_add(*second);
        }
        sums
    }

    #[inline(always)]
    fn transpose(self, rows: [Self::I16; 8]) -> [Self::I16; 8] {
        let mut columns = [[0; 16]; 8];
        for (y, row) in rows.iter().enumerate() {
            for (x, column) in columns.iter_mut().enumerate() {
                column[y] = row[x];
                column[y + 8] = row[x + 8];
            }
        }
        columns
    }

    #[inline(always)]
    fn gray(self, pixels: &[u8; 16]) -> Self::I16 {
        pixels.map(|sample| i16::from(sample) << 7)
    }

    #[inline(always)]
    fn rgb(self, pixels: &[u8; 48]) -> [Self::I16; 3] {
        let mut colors = [[0; 16]; 3];
        for (x, [red, green, blue]) in pixels.as_chunks().0.iter().enumerate() {
            colors[0][x] = i16::from(*red) << 7;
            colors[1][x] = i16::from(*green) << 7;
            colors[2][x] = i16::from(*blue) << 7;
        }
        colors
    }

    #[inline(always)]
    fn nonzero(self, block: &[i16; 64]) -> u64 {
        block.iter().rev().fold(0, |bits, number| bits << 1 | u64::from(*number != 0))
    }
}
