//! Samples to rows of pixels: chrominance of fewer samples, colours.
//!
//! Between samples of chrominance lie pixels, whose own are found by a triangle filter: 3/4 of the
//! nearer sample and 1/4 of the farther one in each direction, as by the Independent JPEG Group.

use super::Colors;
use super::planes::Plane;
use crate::codec::jpeg::lanes::Lanes;

/// Chrominance of a row of pixels.
#[derive(Debug)]
pub(super) struct Chroma {
    /// Sums of two rows, with one more at each end.
    sums: Vec<i16>,
    /// A sample for each pixel, or a little more.
    samples: Vec<i16>,
}

/// How many pixels share a sample, across and down.
pub(super) type Sharing = (usize, usize);

impl Chroma {
    /// For rows of so many pixels.
    pub(super) fn new(width: usize) -> Self {
        let width = width.next_multiple_of(32) + 32;
        Self { sums: vec![0; width + 2], samples: vec![0; width] }
    }

    /// Samples of the row of pixels `y`.
    #[inline(always)]
    pub(super) fn fill<L: Lanes>(&mut self, lanes: L, plane: &Plane, sharing: Sharing, y: usize) {
        let (across, down) = sharing;
        // Too narrow for a filter.
        let is_repeated = across == 2 && plane.width <= 2;
        let at = y / down;
        let row = plane.row(at);
        if is_repeated {
            for (to, sample) in self.samples.chunks_mut(2).zip(row) {
                to.fill((*sample).into());
            }
            return;
        }
        let sums = &mut self.sums[1..];
        if down == 1 {
            widen(lanes, row, sums);
        } else {
            let other =
                if y % 2 == 1 { (at + 1).min(plane.height - 1) } else { at.saturating_sub(1) };
            weigh(lanes, row, plane.row(other), sums);
        }
        match (across, down) {
            (1, 1) => self.samples[..row.len()].copy_from_slice(&sums[..row.len()]),
            (1, _) => {
                // The upper of two rows is rounded down.
                let rounding = if y % 2 == 1 { 2 } else { 1 };
                let samples = self.samples.as_chunks_mut::<16>().0.iter_mut();
                for (to, sums) in samples.zip(sums.as_chunks::<16>().0) {
                    let sums = lanes.add(lanes.load(sums), lanes.splat(rounding));
                    lanes.store(lanes.shift::<2>(sums), to);
                }
            }
            (_, 1) => self.spread::<L, 2>(lanes, plane.width, [1, 2]),
            (_, _) => self.spread::<L, 4>(lanes, plane.width, [8, 7]),
        }
    }

    /// Makes two samples of each sum.
    #[inline(always)]
    fn spread<L: Lanes, const SHIFT: i32>(&mut self, lanes: L, width: usize, roundings: [i16; 2]) {
        self.sums[0] = self.sums[1];
        self.sums[width + 1] = self.sums[width];
        let (even, odd) = (lanes.splat(roundings[0]), lanes.splat(roundings[1]));
        let samples = self.samples.as_chunks_mut::<16>().0.as_chunks_mut::<2>().0;
        let chunks = |from: usize| self.sums[from..].as_chunks::<16>().0.iter();
        for (((before, here), after), [low, high]) in
            chunks(0).zip(chunks(1)).zip(chunks(2)).zip(samples).take(width.div_ceil(16))
        {
            let here = lanes.load(here);
            let three = lanes.add(here, lanes.add(here, here));
            let left = lanes.add(lanes.add(three, lanes.load(before)), even);
            let right = lanes.add(lanes.add(three, lanes.load(after)), odd);
            let [first, second] =
                lanes.interleave(lanes.shift::<SHIFT>(left), lanes.shift::<SHIFT>(right));
            lanes.store(first, low);
            lanes.store(second, high);
        }
    }
}

/// Samples as larger numbers.
#[inline(always)]
fn widen<L: Lanes>(lanes: L, row: &[u8], to: &mut [i16]) {
    for (samples, to) in row.as_chunks().0.iter().zip(to.as_chunks_mut().0) {
        lanes.store(lanes.widen(samples), to);
    }
}

/// Three times the nearer row and once the other.
#[inline(always)]
fn weigh<L: Lanes>(lanes: L, near: &[u8], other: &[u8], to: &mut [i16]) {
    let rows = near.as_chunks().0.iter().zip(other.as_chunks().0);
    for ((near, other), to) in rows.zip(to.as_chunks_mut().0) {
        let near = lanes.widen(near);
        let three = lanes.add(near, lanes.add(near, near));
        lanes.store(lanes.add(three, lanes.widen(other)), to);
    }
}

/// Pixels of a row whose three components are these.
#[inline(always)]
pub(super) fn interleave<L: Lanes>(
    lanes: L,
    luma: &[u8],
    chroma: &[Chroma; 2],
    colors: Colors,
    pixels: &mut [u8],
) {
    let [blue, red] = chroma;
    let (blue, red) = (blue.samples.as_chunks::<16>().0, red.samples.as_chunks::<16>().0);
    let chunks = luma.as_chunks::<16>().0.iter().zip(blue).zip(red);
    for (((first, second), third), to) in chunks.zip(pixels.chunks_mut(48)) {
        let numbers = [lanes.widen(first), lanes.load(second), lanes.load(third)];
        let colors = match colors {
            Colors::Kept => numbers,
            Colors::YCbCrToRgb => rgb(lanes, numbers),
        };
        if let Some(to) = to.first_chunk_mut() {
            lanes.store_rgb(colors, to);
        } else {
            let mut rest = [0; 48];
            lanes.store_rgb(colors, &mut rest);
            to.copy_from_slice(&rest[..to.len()]);
        }
    }
}

/// Red, green and blue of luminance and the two differences (JFIF 1.02), each product rounded to
/// the nearest. Factors have 16 bits after the point; whole parts of them are added.
#[inline(always)]
fn rgb<L: Lanes>(lanes: L, [luma, blue, red]: [L::I16; 3]) -> [L::I16; 3] {
    let add = |a, b| lanes.add(a, b);
    let middle = lanes.splat(128);
    let (blue, red) = (lanes.sub(blue, middle), lanes.sub(red, middle));
    let [blue2, red2] = [add(blue, blue), add(red, red)];
    // Of twice the number, so that a bit is left to round by.
    let mul = |number2, factor| {
        let floor = lanes.mul_floor(number2, lanes.splat(factor));
        lanes.shift::<1>(add(floor, lanes.splat(1)))
    };
    let to_red = add(red, mul(red2, RED_OF_RED));
    let to_blue = add(blue2, mul(blue2, BLUE_OF_BLUE));
    let rounding = lanes.splat_wide(1 << 15);
    let [low, high] = lanes.pairs(blue, red);
    let product =
        |pairs| lanes.add_wide(lanes.mul_pairs(pairs, [GREEN_OF_BLUE, GREEN_OF_RED]), rounding);
    let to_green = lanes.sub(lanes.narrow::<16>([product(low), product(high)]), red);
    [add(luma, to_red), add(luma, to_green), add(luma, to_blue)]
}

/// A number with 16 bits after the point.
const fn fixed(number: f64) -> i16 {
    let half = if number < 0.0 { -0.5 } else { 0.5 };
    #[expect(clippy::cast_possible_truncation, reason = "between -1/2 and 1/2")]
    let fixed = (number * 65_536.0 + half) as i16;
    fixed
}

const RED_OF_RED: i16 = fixed(1.402 - 1.0);
const BLUE_OF_BLUE: i16 = fixed(1.772 - 2.0);
const GREEN_OF_BLUE: i16 = fixed(-0.344_14);
const GREEN_OF_RED: i16 = fixed(1.0 - 0.714_14);
