//! Inverse cosine transform of two blocks at once.
//!
//! Transform: C. Loeffler, A. Ligtenberg, G. Moschytz, "Practical fast 1-D DCT algorithms with 11
//! multiplications", 1989. Its rotations are multiplied out, as pairs of products cost no more than
//! one. Constants have 13 bits after the point, and two more bits are kept between the passes: the
//! precision, and with it every sample, of the Independent JPEG Group's accurate transform.

use super::entropy::Block;
use crate::codec::jpeg::lanes::Lanes;

/// A number with 13 bits after the point.
const fn fixed(number: f64) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "below 4")]
    let fixed = (number * 8192.0 + 0.5) as i16;
    fixed
}

const ONE: i16 = fixed(1.0);
// Rotation of the even part, by 6/16 pi.
const C6: i16 = fixed(0.541_196_100);
const C2_LESS_C6: i16 = fixed(0.765_366_865);
const C2_PLUS_C6: i16 = fixed(1.847_759_065);
// Factors of the odd part: of single inputs, then of sums of two, then of all.
const OF_7: i16 = fixed(0.298_631_336);
const OF_5: i16 = fixed(2.053_119_869);
const OF_3: i16 = fixed(3.072_711_026);
const OF_1: i16 = fixed(1.501_321_110);
const OF_71: i16 = fixed(0.899_976_223);
const OF_53: i16 = fixed(2.562_915_447);
const OF_73: i16 = fixed(1.961_570_560) - fixed(1.175_875_602);
const OF_51: i16 = fixed(1.175_875_602) - fixed(0.390_180_644);
const OF_ALL: i16 = fixed(1.175_875_602);

/// Bits that are kept between the passes.
const KEPT: i32 = 2;
/// Shift after the first pass, and after the second, which also divides by 8.
const FIRST: i32 = 13 - KEPT;
const SECOND: i32 = 13 + KEPT + 3;

/// Samples of two blocks, side by side: eight rows of sixteen.
#[inline(always)]
pub(super) fn inverse<L: Lanes>(
    lanes: L,
    [left, right]: [&Block; 2],
    steps: &[i16; 64],
) -> [[u8; 16]; 8] {
    let (left, right, steps) = (left.as_chunks().0, right.as_chunks().0, steps.as_chunks().0);
    let mut coefficients = [lanes.splat(0); 8];
    for (((to, left), right), steps) in coefficients.iter_mut().zip(left).zip(right).zip(steps) {
        *to = lanes.mul(lanes.load_halves(left, right), lanes.load_twice(steps));
    }
    let vertical = pass::<L, FIRST>(lanes, coefficients);
    let horizontal = pass::<L, SECOND>(lanes, lanes.transpose(vertical));
    // From around zero to 0 to 255.
    let rows = lanes.transpose(horizontal);
    let middle = lanes.splat(128);
    let mut samples = [[0; 16]; 8];
    for (to, [first, second]) in samples.as_chunks_mut().0.iter_mut().zip(rows.as_chunks().0) {
        *to = lanes.samples([lanes.add(*first, middle), lanes.add(*second, middle)]);
    }
    samples
}

/// The samples of a block whose only coefficient this is.
#[inline(always)]
pub(super) fn flat(dc: i16, step: i16) -> u8 {
    let sample = ((i32::from(dc.wrapping_mul(step)) + 4) >> 3) + 128;
    u8::try_from(sample.clamp(0, 255)).unwrap_or_default()
}

/// One pass: of eight frequencies to eight rows, for each column.
#[inline(always)]
fn pass<L: Lanes, const SHIFT: i32>(
    lanes: L,
    [f0, f1, f2, f3, f4, f5, f6, f7]: [L::I16; 8],
) -> [L::I16; 8] {
    let [a04, b04] = lanes.pairs(f0, f4);
    let [a26, b26] = lanes.pairs(f2, f6);
    let [a13, b13] = lanes.pairs(f1, f3);
    let [a57, b57] = lanes.pairs(f5, f7);
    let low = half::<L, SHIFT>(lanes, [a04, a26, a13, a57]);
    let high = half::<L, SHIFT>(lanes, [b04, b26, b13, b57]);
    let mut rows = [f0; 8];
    for (row, (low, high)) in rows.iter_mut().zip(low.into_iter().zip(high)) {
        *row = lanes.narrow::<SHIFT>([low, high]);
    }
    rows
}

/// A pass before its numbers are divided, for half of the columns.
#[inline(always)]
fn half<L: Lanes, const SHIFT: i32>(
    lanes: L,
    [of04, of26, of13, of57]: [L::I16; 4],
) -> [L::I32; 8] {
    let add = |a, b| lanes.add_wide(a, b);
    let sub = |a, b| lanes.sub_wide(a, b);
    // Half of what is divided by later, for rounding.
    let rounding = lanes.splat_wide(1 << (SHIFT - 1));
    let sum = add(lanes.mul_pairs(of04, [ONE, ONE]), rounding);
    let difference = add(lanes.mul_pairs(of04, [ONE, -ONE]), rounding);
    let outer = lanes.mul_pairs(of26, [C6 + C2_LESS_C6, C6]);
    let inner = lanes.mul_pairs(of26, [C6, C6 - C2_PLUS_C6]);
    let even = [add(sum, outer), add(difference, inner), sub(difference, inner), sub(sum, outer)];

    let odd = |of_1, of_3, of_5, of_7| {
        add(lanes.mul_pairs(of13, [of_1, of_3]), lanes.mul_pairs(of57, [of_5, of_7]))
    };
    let odd = [
        odd(OF_1 - OF_71 + OF_51, OF_ALL, OF_51, OF_ALL - OF_71),
        odd(OF_ALL, OF_3 - OF_53 - OF_73, OF_ALL - OF_53, -OF_73),
        odd(OF_51, OF_ALL - OF_53, OF_5 - OF_53 + OF_51, OF_ALL),
        odd(OF_ALL - OF_71, -OF_73, OF_ALL, OF_7 - OF_71 - OF_73),
    ];
    let [e0, e1, e2, e3] = even;
    let [o0, o1, o2, o3] = odd;
    [
        add(e0, o0),
        add(e1, o1),
        add(e2, o2),
        add(e3, o3),
        sub(e3, o3),
        sub(e2, o2),
        sub(e1, o1),
        sub(e0, o0),
    ]
}
