//! NEON: safe, as a token of `pulp` proves that the processor has it.

use std::arch::aarch64::{int16x8_t, int32x4_t, uint8x16_t, uint8x16x3_t};

use bytemuck::cast;
use pulp::aarch64::Neon;

use super::Lanes;

/// Where sixteen samples of one colour are in sixteen pixels.
const fn places(color: u8) -> [u8; 16] {
    let mut places = [0; 16];
    let mut pixel = 0;
    while pixel < 16 {
        places[pixel as usize] = 3 * pixel + color;
        pixel += 1;
    }
    places
}

const PLACES: [[u8; 16]; 3] = [places(0), places(1), places(2)];

/// Which of three times sixteen samples, colour after colour, is at each byte of a third of sixteen
/// pixels.
const fn samples(third: u8) -> [u8; 16] {
    let mut samples = [0; 16];
    let mut byte = 0;
    while byte < 16 {
        let at = 16 * third + byte;
        samples[byte as usize] = 16 * (at % 3) + at / 3;
        byte += 1;
    }
    samples
}

const SAMPLES: [[u8; 16]; 3] = [samples(0), samples(1), samples(2)];

/// The bit of each of eight numbers, twice.
const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// Work on eight numbers.
trait Eight {
    fn products(self, left: int16x8_t, right: int16x8_t) -> [int32x4_t; 2];
    fn transpose(self, rows: [int16x8_t; 8]) -> [int16x8_t; 8];
    fn bytes(self, numbers: [int16x8_t; 2]) -> uint8x16_t;
}

impl Eight for Neon {
    /// Products of 32 bits.
    #[inline(always)]
    fn products(self, left: int16x8_t, right: int16x8_t) -> [int32x4_t; 2] {
        let neon = self.neon;
        let low = neon.vmull_s16(neon.vget_low_s16(left), neon.vget_low_s16(right));
        [low, neon.vmull_high_s16(left, right)]
    }

    #[inline(always)]
    fn transpose(self, rows: [int16x8_t; 8]) -> [int16x8_t; 8] {
        let neon = self.neon;
        let even16 = |a, b| cast(neon.vtrn1q_s16(a, b));
        let odd16 = |a, b| cast(neon.vtrn2q_s16(a, b));
        let even32 = |a, b| cast(neon.vtrn1q_s32(a, b));
        let odd32 = |a, b| cast(neon.vtrn2q_s32(a, b));
        let low64 = |a, b| cast(neon.vtrn1q_s64(a, b));
        let high64 = |a, b| cast(neon.vtrn2q_s64(a, b));
        let [r0, r1, r2, r3, r4, r5, r6, r7] = rows;
        // Pairs of rows, even and odd columns.
        let (a0, a1) = (even16(r0, r1), odd16(r0, r1));
        let (a2, a3) = (even16(r2, r3), odd16(r2, r3));
        let (a4, a5) = (even16(r4, r5), odd16(r4, r5));
        let (a6, a7) = (even16(r6, r7), odd16(r6, r7));
        // Fours of rows, each column with the fourth after it.
        let (b0, b2) = (even32(a0, a2), odd32(a0, a2));
        let (b1, b3) = (even32(a1, a3), odd32(a1, a3));
        let (b4, b6) = (even32(a4, a6), odd32(a4, a6));
        let (b5, b7) = (even32(a5, a7), odd32(a5, a7));
        [
            low64(b0, b4),
            low64(b1, b5),
            low64(b2, b6),
            low64(b3, b7),
            high64(b0, b4),
            high64(b1, b5),
            high64(b2, b6),
            high64(b3, b7),
        ]
    }

    /// Sixteen numbers, limited to 0 to 255.
    #[inline(always)]
    fn bytes(self, [low, high]: [int16x8_t; 2]) -> uint8x16_t {
        let neon = self.neon;
        neon.vcombine_u8(neon.vqmovun_s16(low), neon.vqmovun_s16(high))
    }
}

impl Lanes for Neon {
    type I16 = [int16x8_t; 2];
    type I32 = [int32x4_t; 2];

    // There is no stable instruction for it.
    #[inline(always)]
    fn prefetch(self, _: &[u8]) {}

    #[inline(always)]
    fn load(self, from: &[i16; 16]) -> Self::I16 {
        cast(*from)
    }

    #[inline(always)]
    fn load_halves(self, low: &[i16; 8], high: &[i16; 8]) -> Self::I16 {
        [cast(*low), cast(*high)]
    }

    #[inline(always)]
    fn load_twice(self, from: &[i16; 8]) -> Self::I16 {
        [cast(*from); 2]
    }

    #[inline(always)]
    fn store(self, numbers: Self::I16, to: &mut [i16; 16]) {
        *to = cast(numbers);
    }

    #[inline(always)]
    fn store_halves(self, numbers: Self::I16, low: &mut [i16; 8], high: &mut [i16; 8]) {
        [*low, *high] = numbers.map(cast);
    }

    #[inline(always)]
    fn splat(self, number: i16) -> Self::I16 {
        [self.neon.vdupq_n_s16(number); 2]
    }

    #[inline(always)]
    fn add(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        [self.neon.vaddq_s16(left[0], right[0]), self.neon.vaddq_s16(left[1], right[1])]
    }

    #[inline(always)]
    fn sub(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        [self.neon.vsubq_s16(left[0], right[0]), self.neon.vsubq_s16(left[1], right[1])]
    }

    #[inline(always)]
    fn mul(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        [self.neon.vmulq_s16(left[0], right[0]), self.neon.vmulq_s16(left[1], right[1])]
    }

    // The instruction that does this in one step limits the square of the least number.
    #[inline(always)]
    fn mul_round(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        let neon = self.neon;
        [0, 1].map(|half: usize| {
            let [low, high] = self.products(left[half], right[half]);
            neon.vcombine_s16(neon.vrshrn_n_s32::<15>(low), neon.vrshrn_n_s32::<15>(high))
        })
    }

    #[inline(always)]
    fn mul_floor(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        let neon = self.neon;
        [0, 1].map(|half: usize| {
            let [low, high] = self.products(left[half], right[half]);
            neon.vcombine_s16(neon.vshrn_n_s32::<16>(low), neon.vshrn_n_s32::<16>(high))
        })
    }

    #[inline(always)]
    fn shift<const BITS: i32>(self, numbers: Self::I16) -> Self::I16 {
        numbers.map(|half| self.neon.vshrq_n_s16::<BITS>(half))
    }

    #[inline(always)]
    fn add_pairs(self, left: Self::I16, right: Self::I16) -> Self::I16 {
        [self.neon.vpaddq_s16(left[0], left[1]), self.neon.vpaddq_s16(right[0], right[1])]
    }

    #[inline(always)]
    fn interleave(self, left: Self::I16, right: Self::I16) -> [Self::I16; 2] {
        let neon = self.neon;
        [0, 1].map(|half: usize| {
            let (left, right) = (left[half], right[half]);
            [neon.vzip1q_s16(left, right), neon.vzip2q_s16(left, right)]
        })
    }

    #[inline(always)]
    fn pairs(self, left: Self::I16, right: Self::I16) -> [Self::I16; 2] {
        self.interleave(left, right)
    }

    #[inline(always)]
    fn mul_pairs(self, pairs: Self::I16, factors: [i16; 2]) -> Self::I32 {
        let factors = cast(self.neon.vdupq_n_s32(cast(factors)));
        pairs.map(|pairs| {
            let [low, high] = self.products(pairs, factors);
            self.neon.vpaddq_s32(low, high)
        })
    }

    #[inline(always)]
    fn splat_wide(self, number: i32) -> Self::I32 {
        [self.neon.vdupq_n_s32(number); 2]
    }

    #[inline(always)]
    fn add_wide(self, left: Self::I32, right: Self::I32) -> Self::I32 {
        [self.neon.vaddq_s32(left[0], right[0]), self.neon.vaddq_s32(left[1], right[1])]
    }

    #[inline(always)]
    fn sub_wide(self, left: Self::I32, right: Self::I32) -> Self::I32 {
        [self.neon.vsubq_s32(left[0], right[0]), self.neon.vsubq_s32(left[1], right[1])]
    }

    #[inline(always)]
    fn narrow<const BITS: i32>(self, numbers: [Self::I32; 2]) -> Self::I16 {
        let neon = self.neon;
        numbers.map(|eight| {
            let [low, high] = eight.map(|four| neon.vqmovn_s32(neon.vshrq_n_s32::<BITS>(four)));
            neon.vcombine_s16(low, high)
        })
    }

    #[inline(always)]
    fn transpose(self, rows: [Self::I16; 8]) -> [Self::I16; 8] {
        let low = Eight::transpose(self, rows.map(|[low, _]| low));
        let high = Eight::transpose(self, rows.map(|[_, high]| high));
        std::array::from_fn(|column| [low[column], high[column]])
    }

    #[inline(always)]
    fn widen(self, samples: &[u8; 16]) -> Self::I16 {
        let (neon, samples) = (self.neon, cast(*samples));
        let low = neon.vmovl_u8(neon.vget_low_u8(samples));
        [low, neon.vmovl_high_u8(samples)].map(cast)
    }

    #[inline(always)]
    fn samples(self, numbers: [Self::I16; 2]) -> [[u8; 16]; 2] {
        numbers.map(|numbers| cast(self.bytes(numbers)))
    }

    #[inline(always)]
    fn store_rgb(self, colors: [Self::I16; 3], pixels: &mut [u8; 48]) {
        let [red, green, blue] = colors.map(|color| self.bytes(color));
        let colors = uint8x16x3_t(red, green, blue);
        for (third, samples) in pixels.as_chunks_mut::<16>().0.iter_mut().zip(&SAMPLES) {
            *third = cast(self.neon.vqtbl3q_u8(colors, cast(*samples)));
        }
    }

    #[inline(always)]
    fn gray(self, pixels: &[u8; 16]) -> Self::I16 {
        let (neon, pixels) = (self.neon, cast(*pixels));
        let low = neon.vshll_n_u8::<7>(neon.vget_low_u8(pixels));
        [low, neon.vshll_high_n_u8::<7>(pixels)].map(cast)
    }

    #[inline(always)]
    fn rgb(self, pixels: &[u8; 48]) -> [Self::I16; 3] {
        let [first, second, third] = cast::<[u8; 48], [uint8x16_t; 3]>(*pixels);
        let thirds = uint8x16x3_t(first, second, third);
        PLACES.map(|places| {
            let samples = self.neon.vqtbl3q_u8(thirds, cast(places));
            self.gray(&cast(samples))
        })
    }

    #[inline(always)]
    fn nonzero(self, block: &[i16; 64]) -> u64 {
        let (neon, weights) = (self.neon, cast(BITS));
        let quarters: [Self::I16; 4] = cast(*block);
        let [a, b, c, d] = quarters.map(|quarter| {
            let [low, high] = quarter.map(|eight| neon.vmovn_u16(neon.vtstq_s16(eight, eight)));
            neon.vandq_u8(neon.vcombine_u8(low, high), weights)
        });
        // Three times the sums of neighbours: of eight bits each.
        let (first, last) = (neon.vpaddq_u8(a, b), neon.vpaddq_u8(c, d));
        let all = neon.vpaddq_u8(first, last);
        let [bits, _] = cast::<uint8x16_t, [u64; 2]>(neon.vpaddq_u8(all, all));
        bits
    }
}
