//! AVX2: safe, as a token of `pulp` proves that the processor has it.

use std::arch::x86_64::{__m128i, __m256i, _MM_HINT_T0};
use std::ptr;

use bytemuck::cast;
use pulp::x86::V3;

use super::Lanes;

/// Bytes that are fetched together.
const LINE: usize = 64;

/// Places of bytes that are taken from nowhere.
const NONE: i8 = -1;

/// Where sixteen samples of one colour are in three times sixteen bytes of pixels.
const fn places(color: usize, third: usize) -> [i8; 16] {
    let mut places = [NONE; 16];
    let mut pixel = 0;
    while pixel < 16 {
        let byte = 3 * pixel + color;
        if byte / 16 == third {
            #[expect(clippy::cast_possible_truncation, reason = "0..16")]
            let place = (byte % 16) as i8;
            places[pixel] = place;
        }
        pixel += 1;
    }
    places
}

const PLACES: [[[i8; 16]; 3]; 3] = [
    [places(0, 0), places(0, 1), places(0, 2)],
    [places(1, 0), places(1, 1), places(1, 2)],
    [places(2, 0), places(2, 1), places(2, 2)],
];

/// Which sample of a colour is at each byte of three times sixteen bytes of pixels.
const fn samples(color: usize, third: usize) -> [i8; 16] {
    let mut samples = [NONE; 16];
    let mut byte = 0;
    while byte < 16 {
        let at = 16 * third + byte;
        if at % 3 == color {
            #[expect(clippy::cast_possible_truncation, reason = "0..16")]
            let sample = (at / 3) as i8;
            samples[byte] = sample;
        }
        byte += 1;
    }
    samples
}

const SAMPLES: [[[i8; 16]; 3]; 3] = [
    [samples(0, 0), samples(1, 0), samples(2, 0)],
    [samples(0, 1), samples(1, 1), samples(2, 1)],
    [samples(0, 2), samples(1, 2), samples(2, 2)],
];

/// Puts the quarters 0, 2, 1, 3 in order again, after an instruction that works on halves.
const ORDER: i32 = 0b11_01_10_00;

/// Bytes from three places.
trait Gather {
    fn gather(self, from: [__m128i; 3], places: &[[i8; 16]; 3]) -> __m128i;
}

// No closures: they are not always inlined, and are slow without the instructions of their caller.
impl Gather for V3 {
    #[inline(always)]
    fn gather(self, [a, b, c]: [__m128i; 3], [of_a, of_b, of_c]: &[[i8; 16]; 3]) -> __m128i {
        let a = self.ssse3._mm_shuffle_epi8(a, cast(*of_a));
        let b = self.ssse3._mm_shuffle_epi8(b, cast(*of_b));
        let c = self.ssse3._mm_shuffle_epi8(c, cast(*of_c));
        self.sse2._mm_or_si128(self.sse2._mm_or_si128(a, b), c)
    }
}

impl Lanes for V3 {
    type I16 = __m256i;
    type I32 = __m256i;

    #[inline(always)]
    fn prefetch(self, bytes: &[u8]) {
        // The first part of a line has come with the bytes before.
        for last in bytes.chunks(LINE).filter_map(<[u8]>::last) {
            self.sse._mm_prefetch::<_MM_HINT_T0>(ptr::from_ref(last).cast());
        }
    }

    #[inline(always)]
    fn load(self, from: &[i16; 16]) -> __m256i {
        cast(*from)
    }

    #[inline(always)]
    fn load_halves(self, low: &[i16; 8], high: &[i16; 8]) -> __m256i {
        self.avx._mm256_set_m128i(cast(*high), cast(*low))
    }

    #[inline(always)]
    fn load_twice(self, from: &[i16; 8]) -> __m256i {
        self.avx2._mm256_broadcastsi128_si256(cast(*from))
    }

    #[inline(always)]
    fn store(self, numbers: __m256i, to: &mut [i16; 16]) {
        *to = cast(numbers);
    }

    #[inline(always)]
    fn store_halves(self, numbers: __m256i, low: &mut [i16; 8], high: &mut [i16; 8]) {
        *low = cast(self.avx._mm256_castsi256_si128(numbers));
        *high = cast(self.avx2._mm256_extracti128_si256::<1>(numbers));
    }

    #[inline(always)]
    fn splat(self, number: i16) -> __m256i {
        self.avx._mm256_set1_epi16(number)
    }

    #[inline(always)]
    fn add(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_add_epi16(left, right)
    }

    #[inline(always)]
    fn sub(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_sub_epi16(left, right)
    }

    #[inline(always)]
    fn mul(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_mullo_epi16(left, right)
    }

    #[inline(always)]
    fn mul_round(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_mulhrs_epi16(left, right)
    }

    #[inline(always)]
    fn mul_floor(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_mulhi_epi16(left, right)
    }

    #[inline(always)]
    fn shift<const BITS: i32>(self, numbers: __m256i) -> __m256i {
        self.avx2._mm256_srai_epi16::<BITS>(numbers)
    }

    #[inline(always)]
    fn add_pairs(self, left: __m256i, right: __m256i) -> __m256i {
        let sums = self.avx2._mm256_hadd_epi16(left, right);
        self.avx2._mm256_permute4x64_epi64::<ORDER>(sums)
    }

    #[inline(always)]
    fn interleave(self, left: __m256i, right: __m256i) -> [__m256i; 2] {
        let [low, high] = self.pairs(left, right);
        [
            self.avx2._mm256_permute2x128_si256::<0x20>(low, high),
            self.avx2._mm256_permute2x128_si256::<0x31>(low, high),
        ]
    }

    #[inline(always)]
    fn pairs(self, left: __m256i, right: __m256i) -> [__m256i; 2] {
        let low = self.avx2._mm256_unpacklo_epi16(left, right);
        [low, self.avx2._mm256_unpackhi_epi16(left, right)]
    }

    #[inline(always)]
    fn mul_pairs(self, pairs: __m256i, factors: [i16; 2]) -> __m256i {
        self.avx2._mm256_madd_epi16(pairs, self.avx._mm256_set1_epi32(cast(factors)))
    }

    #[inline(always)]
    fn splat_wide(self, number: i32) -> __m256i {
        self.avx._mm256_set1_epi32(number)
    }

    #[inline(always)]
    fn add_wide(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_add_epi32(left, right)
    }

    #[inline(always)]
    fn sub_wide(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_sub_epi32(left, right)
    }

    #[inline(always)]
    fn narrow<const BITS: i32>(self, numbers: [__m256i; 2]) -> __m256i {
        let [low, high] = numbers;
        let low = self.avx2._mm256_srai_epi32::<BITS>(low);
        self.avx2._mm256_packs_epi32(low, self.avx2._mm256_srai_epi32::<BITS>(high))
    }

    #[inline(always)]
    fn transpose(self, rows: [__m256i; 8]) -> [__m256i; 8] {
        let avx2 = self.avx2;
        let low16 = |a, b| avx2._mm256_unpacklo_epi16(a, b);
        let high16 = |a, b| avx2._mm256_unpackhi_epi16(a, b);
        let low32 = |a, b| avx2._mm256_unpacklo_epi32(a, b);
        let high32 = |a, b| avx2._mm256_unpackhi_epi32(a, b);
        let low64 = |a, b| avx2._mm256_unpacklo_epi64(a, b);
        let high64 = |a, b| avx2._mm256_unpackhi_epi64(a, b);
        let [r0, r1, r2, r3, r4, r5, r6, r7] = rows;
        // Pairs of rows, columns 0 to 3 and 4 to 7.
        let (a0, a1) = (low16(r0, r1), high16(r0, r1));
        let (a2, a3) = (low16(r2, r3), high16(r2, r3));
        let (a4, a5) = (low16(r4, r5), high16(r4, r5));
        let (a6, a7) = (low16(r6, r7), high16(r6, r7));
        // Fours of rows, two columns each.
        let (b0, b1) = (low32(a0, a2), high32(a0, a2));
        let (b2, b3) = (low32(a1, a3), high32(a1, a3));
        let (b4, b5) = (low32(a4, a6), high32(a4, a6));
        let (b6, b7) = (low32(a5, a7), high32(a5, a7));
        [
            low64(b0, b4),
            high64(b0, b4),
            low64(b1, b5),
            high64(b1, b5),
            low64(b2, b6),
            high64(b2, b6),
            low64(b3, b7),
            high64(b3, b7),
        ]
    }

    #[inline(always)]
    fn widen(self, samples: &[u8; 16]) -> __m256i {
        self.avx2._mm256_cvtepu8_epi16(cast(*samples))
    }

    #[inline(always)]
    fn samples(self, [first, second]: [__m256i; 2]) -> [[u8; 16]; 2] {
        let bytes = self.avx2._mm256_packus_epi16(first, second);
        cast(self.avx2._mm256_permute4x64_epi64::<ORDER>(bytes))
    }

    #[inline(always)]
    fn store_rgb(self, [red, green, blue]: [__m256i; 3], pixels: &mut [u8; 48]) {
        let [red, green] = self.samples([red, green]);
        let [blue, _] = self.samples([blue, blue]);
        let colors = [cast(red), cast(green), cast(blue)];
        for (third, places) in pixels.as_chunks_mut::<16>().0.iter_mut().zip(&SAMPLES) {
            *third = cast(self.gather(colors, places));
        }
    }

    #[inline(always)]
    fn gray(self, pixels: &[u8; 16]) -> __m256i {
        let wide = self.avx2._mm256_cvtepu8_epi16(cast(*pixels));
        self.avx2._mm256_slli_epi16::<7>(wide)
    }

    #[inline(always)]
    fn rgb(self, pixels: &[u8; 48]) -> [__m256i; 3] {
        let thirds: [__m128i; 3] = cast(*pixels);
        let mut colors = [self.avx._mm256_setzero_si256(); 3];
        for (color, places) in colors.iter_mut().zip(&PLACES) {
            let samples = self.avx2._mm256_cvtepu8_epi16(self.gather(thirds, places));
            *color = self.avx2._mm256_slli_epi16::<7>(samples);
        }
        colors
    }

    #[inline(always)]
    #[expect(clippy::cast_sign_loss, reason = "bits")]
    fn nonzero(self, block: &[i16; 64]) -> u64 {
        let zero = self.avx._mm256_setzero_si256();
        let quarters: [__m256i; 4] = cast(*block);
        let [a, b, c, d] = quarters.map(|quarter| self.avx2._mm256_cmpeq_epi16(quarter, zero));
        let zeros = |a, b| {
            let bytes = self.avx2._mm256_packs_epi16(a, b);
            let bytes = self.avx2._mm256_permute4x64_epi64::<ORDER>(bytes);
            u64::from(self.avx2._mm256_movemask_epi8(bytes) as u32)
        };
        !(zeros(a, b) | zeros(c, d) << 32)
    }
}
