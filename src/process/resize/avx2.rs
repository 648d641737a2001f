//! AVX2: sixteen rows at a time, turned in between, so that each vector is a column of them.
//!
//! Then the weights of a vector are the same along rows as across them, and no sample has to be
//! brought to the weight of its pixel. Tiles of the rows stay in the cache.

use std::arch::x86_64::{__m256i, _MM_HINT_T0};
use std::ops::Range;
use std::ptr;

use bytemuck::cast;
use pulp::NullaryFnOnce;
use pulp::x86::V3;

use super::triangle::Strip;

/// A column of rows.
const ROWS: usize = 16;
type Column = [u16; ROWS];

/// Bytes that come into the cache together.
const LINE: usize = 64;

/// Columns of the input that a tile is about, in pixels.
const WIDTH: usize = 96;
/// The fewest columns of the output that are worth a tile.
const LEAST: usize = 16;

/// A part of sixteen rows.
#[derive(Debug, Default)]
pub(super) struct Tile {
    /// Rows of the input's columns.
    lines: Vec<u16>,
    /// The same as columns.
    from: Vec<Column>,
    /// Columns of the output.
    to: Vec<Column>,
}

/// Makes rows; each with 8 bits of fraction until the end.
pub(super) fn run(simd: V3, strip: &Strip<'_>, output: &mut [u8], tile: &mut Tile) {
    simd.vectorize(Run { simd, strip, output, tile });
}

struct Run<'a> {
    simd: V3,
    strip: &'a Strip<'a>,
    output: &'a mut [u8],
    tile: &'a mut Tile,
}

impl NullaryFnOnce for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, strip, output, tile } = self;
        let (starts, taps) = (strip.columns.starts(), strip.columns.taps());
        let width = (WIDTH * starts.len() / (strip.used.len() / strip.channels)).max(LEAST);
        let rows = strip.rows.clone().step_by(ROWS);
        for (top, output) in rows.zip(output.chunks_mut(ROWS * strip.output_stride)) {
            let rows = top..(top + ROWS).min(strip.rows.end);
            for left in (0..starts.len()).step_by(width) {
                let columns = left..(left + width).min(starts.len());
                let first = starts[left] as usize;
                let end = starts[columns.end - 1] as usize + taps;
                let used = first * strip.channels..end * strip.channels;
                simd.fetch_ahead(strip, &rows, &used);
                tile.fill(simd, strip, rows.clone(), used);
                tile.turn(simd);
                match strip.channels {
                    1 => tile.weigh::<1>(simd, strip, &columns),
                    2 => tile.weigh::<2>(simd, strip, &columns),
                    3 => tile.weigh::<3>(simd, strip, &columns),
                    _ => tile.weigh::<4>(simd, strip, &columns),
                }
                let samples = columns.start * strip.channels..columns.end * strip.channels;
                tile.store(simd, output, strip.output_stride, samples);
            }
        }
    }
}

impl Tile {
    /// Makes rows of columns of the input.
    #[inline(always)]
    fn fill(&mut self, simd: V3, strip: &Strip<'_>, rows: Range<usize>, used: Range<usize>) {
        let room = used.len().next_multiple_of(32);
        self.lines.resize(room * ROWS, 0);
        // Whole vectors as far as there are samples.
        let used = used.start..(used.start + room).min(strip.stride);
        for (row, to) in rows.zip(self.lines.chunks_exact_mut(room)) {
            let (start, weights) = strip.lines.of(row);
            for (four, weights) in weights.chunks(4).enumerate() {
                let at = start + 4 * four;
                let mut lines: [&[u8]; 4] = [&[]; 4];
                for (i, line) in lines.iter_mut().enumerate().take(weights.len()) {
                    *line = strip.line(at + i, &used);
                }
                match (lines, weights) {
                    ([a, ..], &[wa]) => simd.add([a], [wa], four > 0, to),
                    ([a, b, ..], &[wa, wb]) => simd.add([a, b], [wa, wb], four > 0, to),
                    ([a, b, c, _], &[wa, wb, wc]) => {
                        simd.add([a, b, c], [wa, wb, wc], four > 0, to);
                    }
                    (lines, &[wa, wb, wc, wd]) => simd.add(lines, [wa, wb, wc, wd], four > 0, to),
                    _ => {}
                }
            }
        }
    }

    /// Turns rows into columns.
    #[inline(always)]
    fn turn(&mut self, simd: V3) {
        let room = self.lines.len() / ROWS;
        self.from.resize(room, [0; ROWS]);
        let mut lines: [&[[u16; 8]]; ROWS] = [&[]; ROWS];
        for (line, from) in lines.iter_mut().zip(self.lines.chunks_exact(room)) {
            *line = &from.as_chunks().0[..room / 8];
        }
        for (i, to) in self.from.as_chunks_mut::<8>().0[..room / 8].iter_mut().enumerate() {
            let mut rows = [&lines[0][i]; ROWS];
            for (row, line) in rows.iter_mut().zip(lines) {
                *row = &line[i];
            }
            *to = simd.columns(rows);
        }
    }

    /// Makes columns of the output.
    #[inline(always)]
    fn weigh<const N: usize>(&mut self, simd: V3, strip: &Strip<'_>, columns: &Range<usize>) {
        let taps = strip.columns.taps();
        let starts = &strip.columns.starts()[columns.clone()];
        let weights = &strip.columns.all()[columns.start * taps..columns.end * taps];
        self.to.resize((starts.len() * N).next_multiple_of(16), [0; ROWS]);
        let to = self.to.as_chunks_mut().0;
        let from = self.from.as_chunks().0;
        // Short loops of known length.
        match taps {
            2 => weigh::<N>(simd, from, starts, weights, 2, strip.round, to),
            3 => weigh::<N>(simd, from, starts, weights, 3, strip.round, to),
            4 => weigh::<N>(simd, from, starts, weights, 4, strip.round, to),
            _ => weigh::<N>(simd, from, starts, weights, taps, strip.round, to),
        }
    }

    /// Turns columns into rows of samples.
    #[inline(always)]
    fn store(&self, simd: V3, output: &mut [u8], stride: usize, samples: Range<usize>) {
        let blocks = self.to.as_chunks().0;
        for (left, block) in samples.clone().step_by(16).zip(blocks) {
            let rows = simd.rows(block);
            let right = (left + 16).min(samples.end);
            for (output, row) in output.chunks_exact_mut(stride).zip(&rows) {
                let output = &mut output[left..right];
                match <&mut [u8; 16]>::try_from(&mut *output) {
                    Ok(output) => *output = *row,
                    Err(_) => output.copy_from_slice(&row[..output.len()]),
                }
            }
        }
    }
}

/// Weighs pixels of so many channels.
#[inline(always)]
fn weigh<const N: usize>(
    simd: V3,
    from: &[[Column; N]],
    starts: &[u32],
    weights: &[u16],
    taps: usize,
    round: u16,
    to: &mut [[Column; N]],
) {
    let first = starts.first().map_or(0, |first| *first as usize);
    let round = simd.splat(round);
    for ((start, weights), to) in starts.iter().zip(weights.chunks_exact(taps)).zip(to) {
        let from = &from[*start as usize - first..][..taps];
        let mut sums = [round; N];
        for (from, weight) in from.iter().zip(weights) {
            let weight = simd.splat(*weight);
            for (sum, column) in sums.iter_mut().zip(from) {
                let part = simd.avx2._mm256_mulhi_epu16(cast(*column), weight);
                *sum = simd.avx2._mm256_add_epi16(*sum, part);
            }
        }
        for (to, sum) in to.iter_mut().zip(sums) {
            *to = cast(sum);
        }
    }
}

// No closures: they are not always inlined, and are slow without the instructions of their caller.
trait Vectors: Copy {
    /// Brings the input of the tile after this one into the cache: it comes in short pieces of
    /// many lines, which processors do not foresee.
    fn fetch_ahead(self, strip: &Strip<'_>, rows: &Range<usize>, used: &Range<usize>);
    fn splat(self, number: u16) -> __m256i;
    /// Weighs up to 32 samples of each line.
    fn sums<const N: usize>(self, from: [&[u8; 32]; N], weights: [__m256i; N]) -> [__m256i; 2];
    /// Weighs lines and adds them up, or to what is there.
    fn add<const N: usize>(self, lines: [&[u8]; N], weights: [u16; N], more: bool, to: &mut [u16]);
    /// Stores sums, or adds them to what is there.
    fn put(self, sums: [__m256i; 2], more: bool, to: &mut [u16; 32]);
    fn join(self, low: &[u16; 8], high: &[u16; 8]) -> __m256i;
    fn columns(self, rows: [&[u16; 8]; 16]) -> [Column; 8];
    /// The upper bytes of two columns.
    fn pack(self, left: &Column, right: &Column) -> __m256i;
    fn zip(self, left: [__m256i; 4], right: [__m256i; 4]) -> [__m256i; 8];
    /// The upper bytes of columns as rows.
    fn rows(self, columns: &[Column; 16]) -> [[u8; 16]; ROWS];
}

impl Vectors for V3 {
    #[inline(always)]
    fn fetch_ahead(self, strip: &Strip<'_>, rows: &Range<usize>, used: &Range<usize>) {
        let next = used.end..(used.end + used.len()).min(strip.used.end);
        if next.is_empty() {
            return;
        }
        let (first, _) = strip.lines.of(rows.start);
        let (last, weights) = strip.lines.of(rows.end - 1);
        for line in first..last + weights.len() {
            for sample in strip.line(line, &next).iter().step_by(LINE) {
                self.sse._mm_prefetch::<_MM_HINT_T0>(ptr::from_ref(sample).cast());
            }
        }
    }

    #[inline(always)]
    fn splat(self, number: u16) -> __m256i {
        self.avx._mm256_set1_epi16(number.cast_signed())
    }

    #[inline(always)]
    fn sums<const N: usize>(self, from: [&[u8; 32]; N], weights: [__m256i; N]) -> [__m256i; 2] {
        let zero = self.avx._mm256_setzero_si256();
        let (mut low, mut high) = (zero, zero);
        for (from, weight) in from.iter().zip(weights) {
            let bytes: __m256i = cast(**from);
            let part = self.avx2._mm256_unpacklo_epi8(bytes, bytes);
            let part = self.avx2._mm256_mulhi_epu16(part, weight);
            low = self.avx2._mm256_add_epi16(low, part);
            let part = self.avx2._mm256_unpackhi_epi8(bytes, bytes);
            let part = self.avx2._mm256_mulhi_epu16(part, weight);
            high = self.avx2._mm256_add_epi16(high, part);
        }
        [
            self.avx2._mm256_permute2x128_si256::<0x20>(low, high),
            self.avx2._mm256_permute2x128_si256::<0x31>(low, high),
        ]
    }

    #[inline(always)]
    fn add<const N: usize>(self, lines: [&[u8]; N], weights: [u16; N], more: bool, to: &mut [u16]) {
        let mut splats = [self.splat(0); N];
        for (splat, weight) in splats.iter_mut().zip(weights) {
            *splat = self.splat(weight);
        }
        let count = lines[0].len() / 32;
        let mut whole: [&[[u8; 32]]; N] = [&[]; N];
        let mut last = [[0; 32]; N];
        for ((whole, last), line) in whole.iter_mut().zip(&mut last).zip(lines) {
            let (chunks, rest) = line.as_chunks();
            *whole = &chunks[..count];
            last[..rest.len()].copy_from_slice(rest);
        }
        let to = to.as_chunks_mut::<32>().0;
        let (to, rest) = to.split_at_mut(count.min(to.len()));
        for (i, to) in to.iter_mut().enumerate() {
            let mut from = [&[0; 32]; N];
            for (from, whole) in from.iter_mut().zip(whole) {
                *from = &whole[i];
            }
            self.put(self.sums(from, splats), more, to);
        }
        if let Some(to) = rest.first_mut() {
            self.put(self.sums(last.each_ref(), splats), more, to);
        }
    }

    #[inline(always)]
    fn put(self, mut sums: [__m256i; 2], more: bool, to: &mut [u16; 32]) {
        if more {
            let [low, high]: [__m256i; 2] = cast(*to);
            sums[0] = self.avx2._mm256_add_epi16(sums[0], low);
            sums[1] = self.avx2._mm256_add_epi16(sums[1], high);
        }
        *to = cast(sums);
    }

    #[inline(always)]
    fn join(self, low: &[u16; 8], high: &[u16; 8]) -> __m256i {
        self.avx._mm256_set_m128i(cast(*high), cast(*low))
    }

    #[inline(always)]
    fn columns(self, rows: [&[u16; 8]; 16]) -> [Column; 8] {
        let avx2 = self.avx2;
        let mut halves = [self.splat(0); 8];
        for (i, half) in halves.iter_mut().enumerate() {
            *half = self.join(rows[i], rows[i + 8]);
        }
        let [r0, r1, r2, r3, r4, r5, r6, r7] = halves;
        // Pairs of rows, columns 0 to 3 and 4 to 7.
        let (a0, a1) = (avx2._mm256_unpacklo_epi16(r0, r1), avx2._mm256_unpackhi_epi16(r0, r1));
        let (a2, a3) = (avx2._mm256_unpacklo_epi16(r2, r3), avx2._mm256_unpackhi_epi16(r2, r3));
        let (a4, a5) = (avx2._mm256_unpacklo_epi16(r4, r5), avx2._mm256_unpackhi_epi16(r4, r5));
        let (a6, a7) = (avx2._mm256_unpacklo_epi16(r6, r7), avx2._mm256_unpackhi_epi16(r6, r7));
        // Fours of rows, two columns each.
        let (b0, b1) = (avx2._mm256_unpacklo_epi32(a0, a2), avx2._mm256_unpackhi_epi32(a0, a2));
        let (b2, b3) = (avx2._mm256_unpacklo_epi32(a1, a3), avx2._mm256_unpackhi_epi32(a1, a3));
        let (b4, b5) = (avx2._mm256_unpacklo_epi32(a4, a6), avx2._mm256_unpackhi_epi32(a4, a6));
        let (b6, b7) = (avx2._mm256_unpacklo_epi32(a5, a7), avx2._mm256_unpackhi_epi32(a5, a7));
        [
            cast(avx2._mm256_unpacklo_epi64(b0, b4)),
            cast(avx2._mm256_unpackhi_epi64(b0, b4)),
            cast(avx2._mm256_unpacklo_epi64(b1, b5)),
            cast(avx2._mm256_unpackhi_epi64(b1, b5)),
            cast(avx2._mm256_unpacklo_epi64(b2, b6)),
            cast(avx2._mm256_unpackhi_epi64(b2, b6)),
            cast(avx2._mm256_unpacklo_epi64(b3, b7)),
            cast(avx2._mm256_unpackhi_epi64(b3, b7)),
        ]
    }

    #[inline(always)]
    fn pack(self, left: &Column, right: &Column) -> __m256i {
        let left = self.avx2._mm256_srli_epi16::<8>(cast(*left));
        self.avx2._mm256_packus_epi16(left, self.avx2._mm256_srli_epi16::<8>(cast(*right)))
    }

    #[inline(always)]
    fn zip(self, left: [__m256i; 4], right: [__m256i; 4]) -> [__m256i; 8] {
        let mut zipped = [left[0]; 8];
        for (i, two) in zipped.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            two[0] = self.avx2._mm256_unpacklo_epi8(left[i], right[i]);
            two[1] = self.avx2._mm256_unpackhi_epi8(left[i], right[i]);
        }
        zipped
    }

    #[inline(always)]
    fn rows(self, columns: &[Column; 16]) -> [[u8; 16]; ROWS] {
        // Two columns each; the halves have eight rows. What stands in a byte's place is the
        // number of its column and row in binary: each step brings two vectors together that
        // differ in one digit of the column, and puts the highest digit of the place in its stead.
        let mut pairs = [self.splat(0); 8];
        for (pair, [left, right]) in pairs.iter_mut().zip(columns.as_chunks().0) {
            *pair = self.pack(left, right);
        }
        let [p0, p1, p2, p3, p4, p5, p6, p7] = pairs;
        let [a0, b0, a1, b1, a2, b2, a3, b3] = self.zip([p0, p1, p2, p3], [p4, p5, p6, p7]);
        let [c0, d0, e0, f0, c1, d1, e1, f1] = self.zip([a0, b0, a1, b1], [a2, b2, a3, b3]);
        let [g0, h0, g1, h1, g2, h2, g3, h3] = self.zip([c0, d0, e0, f0], [c1, d1, e1, f1]);
        let quarters = self.zip([g0, h0, g1, h1], [g2, h2, g3, h3]);
        let mut rows = [[0; 16]; ROWS];
        for (i, two) in quarters.into_iter().enumerate() {
            rows[i] = cast(self.avx._mm256_castsi256_si128(two));
            rows[i + 8] = cast(self.avx2._mm256_extracti128_si256::<1>(two));
        }
        rows
    }
}
