//! Sums along rows, sixteen bytes at once, with the vectors of x86-64-v3.
//!
//! A vector is added to itself shifted by a pixel, by two, by four: then each sample is the sum of
//! those before it in the vector. What comes before the vector is added from the last pixel there.

use std::arch::x86_64::__m128i;

use pulp::cast;
use pulp::x86::V3;

/// Adds to each sample the one a pixel before it, in rows of `row` bytes. `false`, and nothing is
/// changed, when there are no such vectors or pixels of `pixel` bytes in little-endian samples of
/// `width` bytes are not known here.
pub(super) fn sum_rows(bytes: &mut [u8], row: usize, pixel: usize, width: usize) -> bool {
    let Some(simd) = V3::try_new() else { return false };
    let sum = match (pixel, width) {
        (1, 1) => rows::<1, 2, 4, 8, 1>,
        (2, 1) => rows::<2, 4, 8, 16, 1>,
        (3, 1) => rows::<3, 6, 12, 16, 1>,
        (4, 1) => rows::<4, 8, 16, 16, 1>,
        (2, 2) => rows::<2, 4, 8, 16, 2>,
        (4, 2) => rows::<4, 8, 16, 16, 2>,
        (6, 2) => rows::<6, 12, 16, 16, 2>,
        (8, 2) => rows::<8, 16, 16, 16, 2>,
        (16, 2) => rows::<16, 16, 16, 16, 2>,
        (4, 4) => rows::<4, 8, 16, 16, 4>,
        (8, 4) => rows::<8, 16, 16, 16, 4>,
        (12, 4) => rows::<12, 16, 16, 16, 4>,
        (16, 4) => rows::<16, 16, 16, 16, 4>,
        _ => return false,
    };
    sum(simd, bytes, row);
    true
}

/// The bytes of a row of little-endian samples from planes of their highest bytes, the next ones
/// and so on. `false`, and nothing is changed, when there are no such vectors.
pub(super) fn join_four(planes: &[u8], row: &mut [u8]) -> bool {
    let Some(simd) = V3::try_new() else { return false };
    let (samples, _) = row.as_chunks_mut::<4>();
    let mut parts = planes.chunks_exact(samples.len().max(1));
    let [a, b, c, d] = [(); 4].map(|()| parts.next().unwrap_or_default());
    simd.vectorize(
        #[inline(always)]
        || {
            let (blocks, rest) = samples.as_chunks_mut::<16>();
            let [a, b, c, d] = [a, b, c, d].map(|plane| plane.as_chunks::<16>());
            for ((((to, a), b), c), d) in blocks.iter_mut().zip(a.0).zip(b.0).zip(c.0).zip(d.0) {
                *to = joined(simd, [*a, *b, *c, *d]);
            }
            for ((((to, a), b), c), d) in rest.iter_mut().zip(a.1).zip(b.1).zip(c.1).zip(d.1) {
                *to = [*d, *c, *b, *a];
            }
        },
    );
    true
}

/// Sixteen little-endian samples.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must become part of a vectorised loop")]
fn joined(simd: V3, planes: [[u8; 16]; 4]) -> [[u8; 4]; 16] {
    let [a, b, c, d] = planes.map(cast::<[u8; 16], __m128i>);
    let sse2 = simd.sse2;
    let low = (sse2._mm_unpacklo_epi8(d, c), sse2._mm_unpacklo_epi8(b, a));
    let high = (sse2._mm_unpackhi_epi8(d, c), sse2._mm_unpackhi_epi8(b, a));
    cast([
        sse2._mm_unpacklo_epi16(low.0, low.1),
        sse2._mm_unpackhi_epi16(low.0, low.1),
        sse2._mm_unpacklo_epi16(high.0, high.1),
        sse2._mm_unpackhi_epi16(high.0, high.1),
    ])
}

/// The numbers are the bytes of one, two, four and eight pixels, or 16, and of a sample.
fn rows<const A: i32, const B: i32, const C: i32, const D: i32, const WIDTH: usize>(
    simd: V3,
    bytes: &mut [u8],
    row: usize,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            for row in bytes.chunks_exact_mut(row.max(1)) {
                let (vectors, rest) = row.as_chunks_mut::<16>();
                let mut before = simd.sse2._mm_setzero_si128();
                for vector in vectors {
                    let sums = sum::<A, B, C, D, WIDTH>(simd, cast(*vector), before);
                    *vector = cast(sums);
                    before = last_pixel::<A>(simd, sums);
                }
                let mut last = [0; 16];
                if let Some(last) = last.get_mut(..rest.len()) {
                    last.copy_from_slice(rest);
                }
                let last: [u8; 16] = cast(sum::<A, B, C, D, WIDTH>(simd, cast(last), before));
                for (to, sum) in rest.iter_mut().zip(last) {
                    *to = sum;
                }
            }
        },
    );
}

/// The sums of a vector and what comes before it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must become part of a vectorised loop")]
fn sum<const A: i32, const B: i32, const C: i32, const D: i32, const WIDTH: usize>(
    simd: V3,
    vector: __m128i,
    before: __m128i,
) -> __m128i {
    let sse2 = simd.sse2;
    let add = |a, b| match WIDTH {
        1 => sse2._mm_add_epi8(a, b),
        2 => sse2._mm_add_epi16(a, b),
        _ => sse2._mm_add_epi32(a, b),
    };
    let mut sums = vector;
    // Shifted by 16 nothing is left.
    if A < 16 {
        sums = add(sums, sse2._mm_slli_si128::<A>(sums));
    }
    if B < 16 {
        sums = add(sums, sse2._mm_slli_si128::<B>(sums));
    }
    if C < 16 {
        sums = add(sums, sse2._mm_slli_si128::<C>(sums));
    }
    if D < 16 {
        sums = add(sums, sse2._mm_slli_si128::<D>(sums));
    }
    add(sums, before)
}

/// The last pixel of a vector in all places where the pixels after it have the same sample.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must become part of a vectorised loop")]
fn last_pixel<const BYTES: i32>(simd: V3, sums: __m128i) -> __m128i {
    let mut places = [0_u8; 16];
    for (place, i) in places.iter_mut().zip(0..) {
        *place = (16 - BYTES + i % BYTES).to_le_bytes()[0];
    }
    simd.ssse3._mm_shuffle_epi8(sums, cast(places))
}
