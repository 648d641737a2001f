//! No special instructions.

use super::Lanes;

/// No special instructions: loops that compilers turn into those there are.
#[derive(Debug, Clone, Copy)]
pub(in crate::codec) struct Portable;

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
    type I32 = [i32; 8];

    #[inline(always)]
    fn prefetch(self, _: &[u8]) {}

    #[inline(always)]
    fn load(self, from: &[i16; 16]) -> Self::I16 {
        *from
    }

    #[inline(always)]
    fn load_halves(self, low: &[i16; 8], high: &[i16; 8]) -> Self::I16 {
        let mut numbers = [0; 16];
        numbers[..8].copy_from_slice(low);
        numbers[8..].copy_from_slice(high);
        numbers
    }

    #[inline(always)]
    fn load_twice(self, from: &[i16; 8]) -> Self::I16 {
        self.load_halves(from, from)
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
    fn mul(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        Self::zip(left, right, i16::wrapping_mul)
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
    fn interleave(self, left: Self::I16, right: Self::I16) -> [Self::I16; 2] {
        let mut both = [[0; 16]; 2];
        let pairs = both.as_flattened_mut().as_chunks_mut::<2>().0;
        for (pair, (left, right)) in pairs.iter_mut().zip(left.into_iter().zip(right)) {
            *pair = [left, right];
        }
        both
    }

    #[inline(always)]
    fn pairs(self, left: Self::I16, right: Self::I16) -> [Self::I16; 2] {
        self.interleave(left, right)
    }

    #[inline(always)]
    fn mul_pairs(self, pairs: Self::I16, factors: [i16; 2]) -> Self::I32 {
        let mut sums = [0; 8];
        for (sum, pair) in sums.iter_mut().zip(pairs.as_chunks::<2>().0) {
            let [first, second] = [0, 1].map(|n: usize| i32::from(pair[n]) * i32::from(factors[n]));
            *sum = first.wrapping_add(second);
        }
        sums
    }

    #[inline(always)]
    fn splat_wide(self, number: i32) -> Self::I32 {
        [number; 8]
    }

    #[inline(always)]
    fn add_wide(self, left: Self::I32, right: Self::I32) -> Self::I32 {
        std::array::from_fn(|n| left[n].wrapping_add(right[n]))
    }

    #[inline(always)]
    fn sub_wide(self, left: Self::I32, right: Self::I32) -> Self::I32 {
        std::array::from_fn(|n| left[n].wrapping_sub(right[n]))
    }

    #[inline(always)]
    fn narrow<const BITS: i32>(self, numbers: [Self::I32; 2]) -> Self::I16 {
        let numbers = numbers.as_flattened();
        #[expect(clippy::cast_possible_truncation, reason = "limited")]
        std::array::from_fn(|n| (numbers[n] >> BITS).clamp(i16::MIN.into(), i16::MAX.into()) as i16)
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
    fn widen(self, samples: &[u8; 16]) -> Self::I16 {
        samples.map(i16::from)
    }

    #[inline(always)]
    fn samples(self, numbers: [Self::I16; 2]) -> [[u8; 16]; 2] {
        numbers.map(|numbers| numbers.map(limited))
    }

    #[inline(always)]
    fn store_rgb(self, [red, green, blue]: [Self::I16; 3], pixels: &mut [u8; 48]) {
        for (n, pixel) in pixels.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = [red[n], green[n], blue[n]].map(limited);
        }
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

fn limited(number: i16) -> u8 {
    u8::try_from(number.clamp(0, 255)).unwrap_or_default()
}
