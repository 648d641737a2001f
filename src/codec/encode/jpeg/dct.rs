//! Forward cosine transform and quantization, of two blocks at once.
//!
//! Transform: Y. Arai, T. Agui, M. Nakajima, "A fast DCT-SQ scheme for images", 1988. What it
//! leaves to be scaled is done by the quantization.

use crate::codec::jpeg::lanes::Lanes;

/// A block: coefficients column by column, at horizontal frequency times 8 plus vertical one.
pub(super) type Block = [i16; 64];

/// Samples of a plane are this much larger than they are counted in the standard.
pub(super) const SAMPLE_SCALE: i16 = 16;

/// What the transform multiplies its results with, besides 8: 1, then the square root of 2 times
/// the cosine of n pi / 16.
const GAINS: [f64; 8] = [
    1.0,
    1.387_039_845_322_148,
    1.306_562_964_876_377,
    1.175_875_602_419_359,
    1.0,
    0.785_694_958_387_102,
    0.541_196_100_146_197,
    0.275_899_379_282_943,
];

/// Results for each vertical frequency are brought to this scale between the passes: as large as
/// the second pass can take. Rows that are small get more bits.
const SCALES: [f64; 8] = [2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 8.0];

/// Numbers of 15 bits after the point.
pub(super) const fn fixed(number: f64) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "below 1")]
    let fixed = (number * 32_768.0 + 0.5) as i16;
    fixed
}

const SIN_PI_4: i16 = fixed(std::f64::consts::FRAC_1_SQRT_2);
const SIN_PI_8: i16 = fixed(0.382_683_432_365_09);
const COS_MINUS_SIN_PI_8: i16 = fixed(0.541_196_100_146_197);
const COS_PLUS_SIN_PI_8_LESS_1: i16 = fixed(0.306_562_964_876_377);

/// Divides by the steps of a quantization table: multiplied, rounded down, then the last bits are
/// rounded to the nearest.
#[derive(Debug)]
pub(super) struct Quantizer {
    factors: [[i16; 8]; 8],
    roundings: [[i16; 8]; 8],
}

impl Quantizer {
    /// For the steps of a table, row by row.
    pub(super) fn new(steps: &[u8; 64]) -> Self {
        let (mut factors, mut roundings) = ([[0; 8]; 8], [[0; 8]; 8]);
        for (n, step) in steps.iter().enumerate() {
            let (v, u) = (n / 8, n % 8);
            let gain = 8.0 * GAINS[u] * GAINS[v] * SCALES[v];
            // As many bits as a factor can have: the quotient then has `bits` after the point.
            let quotient = 65_536.0 / (f64::from(*step) * gain);
            let bits = (1..14).rev().find(|bits| quotient * f64::from(1 << bits) < 32_767.0);
            let bits = bits.unwrap_or(1);
            #[expect(clippy::cast_possible_truncation, reason = "below 32,767")]
            let factor = (quotient * f64::from(1 << bits)).round() as i16;
            factors[u][v] = factor;
            roundings[u][v] = 1 << (15 - bits);
        }
        Self { factors, roundings }
    }

    /// Coefficients of the two blocks in eight rows of sixteen samples.
    #[inline(always)]
    pub(super) fn transform<L: Lanes>(
        &self,
        lanes: L,
        rows: [&[i16; 16]; 8],
        [left, right]: [&mut Block; 2],
    ) {
        let vertical = transform(lanes, rows.map(|row| lanes.load(row)));
        let mut scaled = vertical;
        for (row, scale) in scaled.iter_mut().zip(SCALES) {
            let factor = lanes.splat(fixed(scale / f64::from(SAMPLE_SCALE)));
            *row = lanes.mul_round(*row, factor);
        }
        let both = transform(lanes, lanes.transpose(scaled));
        let (left, right) = (left.as_chunks_mut().0, right.as_chunks_mut().0);
        // By number: as iterators, so many zipped ones are not made one.
        for n in 0..8 {
            let quotient = lanes.mul_floor(both[n], lanes.load_twice(&self.factors[n]));
            let rounded = lanes.mul_round(quotient, lanes.load_twice(&self.roundings[n]));
            lanes.store_halves(rounded, &mut left[n], &mut right[n]);
        }
    }
}

/// One pass: of eight rows to eight frequencies, for each column.
#[inline(always)]
fn transform<L: Lanes>(lanes: L, rows: [L::I16; 8]) -> [L::I16; 8] {
    let add = |a, b| lanes.add(a, b);
    let sub = |a, b| lanes.sub(a, b);
    let mul = |a, factor| lanes.mul_round(a, lanes.splat(factor));
    let [r0, r1, r2, r3, r4, r5, r6, r7] = rows;
    let (s0, d0) = (add(r0, r7), sub(r0, r7));
    let (s1, d1) = (add(r1, r6), sub(r1, r6));
    let (s2, d2) = (add(r2, r5), sub(r2, r5));
    let (s3, d3) = (add(r3, r4), sub(r3, r4));

    let (outer, outer_d) = (add(s0, s3), sub(s0, s3));
    let (inner, inner_d) = (add(s1, s2), sub(s1, s2));
    let turned = mul(add(inner_d, outer_d), SIN_PI_4);

    let (low, middle, high) = (add(d3, d2), add(d2, d1), add(d1, d0));
    let common = mul(sub(low, high), SIN_PI_8);
    let low = add(mul(low, COS_MINUS_SIN_PI_8), common);
    let high = add(add(high, mul(high, COS_PLUS_SIN_PI_8_LESS_1)), common);
    let middle = mul(middle, SIN_PI_4);
    let (plus, minus) = (add(d0, middle), sub(d0, middle));
    [
        add(outer, inner),
        add(plus, high),
        add(outer_d, turned),
        sub(minus, low),
        sub(outer, inner),
        add(minus, low),
        sub(outer_d, turned),
        sub(plus, high),
    ]
}
