//! AVX-512: row by row; pixels are made of 64 samples of a line at a time, by permutation.

use std::arch::x86_64::__m512i;

use bytemuck::cast;
use pulp::NullaryFnOnce;
use pulp::x86::V4;

use super::triangle::Strip;
use super::weights::Weights;

/// Samples that are made at once.
const SAMPLES: usize = 32;
/// Samples they are picked from, for each weight.
const WINDOW: usize = 64;

/// Puts the quarters of two vectors in order again, after an instruction that works on each.
const ORDER: [[u64; 8]; 2] = [[0, 1, 8, 9, 2, 3, 10, 11], [4, 5, 12, 13, 6, 7, 14, 15]];

/// How samples of the output are made.
pub(super) struct Table {
    /// Samples of a block.
    samples: usize,
    /// Where each block begins in the line.
    starts: Vec<usize>,
    /// For each block the places of its samples in the window, then its weights: window by window.
    blocks: Vec<Samples>,
}

/// A vector.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Samples([u16; SAMPLES]);

impl Table {
    #[expect(clippy::cast_possible_truncation, reason = "within the window")]
    pub(super) fn new(columns: &Weights, channels: usize) -> Self {
        let (all, taps) = (columns.starts(), columns.taps());
        let fits = |pixels: &[u32]| match pixels {
            [first, .., last] => (last - first) as usize * channels + channels <= WINDOW,
            _ => true,
        };
        let mut pixels = SAMPLES / channels;
        while !all.chunks(pixels).all(fits) {
            pixels -= 1;
        }
        let first = all.first().map_or(0, |first| *first);
        let mut starts = Vec::with_capacity(all.len().div_ceil(pixels));
        let mut blocks = Vec::with_capacity(starts.capacity() * (1 + taps));
        for (all, weights) in all.chunks(pixels).zip(columns.all().chunks(pixels * taps)) {
            starts.push((all[0] - first) as usize * channels);
            let mut places = [0; SAMPLES];
            for (places, start) in places.chunks_exact_mut(channels).zip(all) {
                for (channel, place) in places.iter_mut().enumerate() {
                    *place = ((start - all[0]) as usize * channels + channel) as u16;
                }
            }
            blocks.push(Samples(places));
            for tap in 0..taps {
                let mut spread = [0; SAMPLES];
                for (spread, weights) in
                    spread.chunks_exact_mut(channels).zip(weights.chunks_exact(taps))
                {
                    spread.fill(weights[tap]);
                }
                blocks.push(Samples(spread));
            }
        }
        Self { samples: pixels * channels, starts, blocks }
    }
}

pub(super) fn run(
    simd: V4,
    table: &Table,
    strip: &Strip<'_>,
    output: &mut [u8],
    line: &mut Vec<u16>,
) {
    simd.vectorize(Run { simd, table, strip, output, line });
}

struct Run<'a> {
    simd: V4,
    table: &'a Table,
    strip: &'a Strip<'a>,
    output: &'a mut [u8],
    line: &'a mut Vec<u16>,
}

impl NullaryFnOnce for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, table, strip, output, line } = self;
        line.resize(strip.used.len().next_multiple_of(WINDOW) + WINDOW, 0);
        for (row, output) in strip.rows.clone().zip(output.chunks_exact_mut(strip.output_stride)) {
            fill(simd, strip, row, line);
            match (strip.channels, strip.columns.taps()) {
                // Short loops of known length.
                (3, 2) => weigh(simd, table, line, 3, 2, strip.round, output),
                (3, 3) => weigh(simd, table, line, 3, 3, strip.round, output),
                (3, 4) => weigh(simd, table, line, 3, 4, strip.round, output),
                (channels, 2) => weigh(simd, table, line, channels, 2, strip.round, output),
                (channels, 3) => weigh(simd, table, line, channels, 3, strip.round, output),
                (channels, 4) => weigh(simd, table, line, channels, 4, strip.round, output),
                (channels, taps) => weigh(simd, table, line, channels, taps, strip.round, output),
            }
        }
    }
}

/// Adds up the lines of a row.
#[inline(always)]
fn fill(simd: V4, strip: &Strip<'_>, row: usize, to: &mut [u16]) {
    let (start, weights) = strip.lines.of(row);
    for (four, weights) in weights.chunks(4).enumerate() {
        let at = start + 4 * four;
        let mut lines: [&[u8]; 4] = [&[]; 4];
        for (i, line) in lines.iter_mut().enumerate().take(weights.len()) {
            *line = strip.line(at + i, &strip.used);
        }
        match (lines, weights) {
            ([a, ..], &[wa]) => simd.add([a], [wa], four > 0, to),
            ([a, b, ..], &[wa, wb]) => simd.add([a, b], [wa, wb], four > 0, to),
            ([a, b, c, _], &[wa, wb, wc]) => simd.add([a, b, c], [wa, wb, wc], four > 0, to),
            (lines, &[wa, wb, wc, wd]) => simd.add(lines, [wa, wb, wc, wd], four > 0, to),
            _ => {}
        }
    }
}

/// Makes a row of a line.
#[inline(always)]
fn weigh(
    simd: V4,
    table: &Table,
    line: &[u16],
    channels: usize,
    taps: usize,
    round: u16,
    output: &mut [u8],
) {
    let bw = simd.avx512bw;
    let round = simd.splat(round);
    let mut left = 0;
    for (start, block) in table.starts.iter().zip(table.blocks.chunks_exact(1 + taps)) {
        let places = cast(block[0].0);
        let line = &line[*start..][..WINDOW + (taps - 1) * channels];
        let mut sum = round;
        for (tap, weights) in block[1..].iter().enumerate() {
            let [low, high]: [__m512i; 2] = cast(*window(&line[tap * channels..]));
            let samples = bw._mm512_permutex2var_epi16(low, places, high);
            sum = bw._mm512_add_epi16(sum, bw._mm512_mulhi_epu16(samples, cast(weights.0)));
        }
        let samples: [u8; SAMPLES] = cast(bw._mm512_cvtepi16_epi8(bw._mm512_srli_epi16::<8>(sum)));
        // What a block has too much is written over by the next.
        let output = &mut output[left..];
        match output.first_chunk_mut() {
            Some(output) => *output = samples,
            None => output.copy_from_slice(&samples[..output.len()]),
        }
        left += table.samples;
    }
}

#[inline(always)]
fn window(line: &[u16]) -> &[u16; WINDOW] {
    line.first_chunk().unwrap_or(&[0; WINDOW])
}

// No closures: they are not always inlined, and are slow without the instructions of their caller.
trait Vectors: Copy {
    fn splat(self, number: u16) -> __m512i;
    /// Weighs up to 64 samples of each line.
    fn sums<const N: usize>(self, from: [&[u8; 64]; N], weights: [__m512i; N]) -> [__m512i; 2];
    /// Weighs lines and adds them up, or to what is there.
    fn add<const N: usize>(self, lines: [&[u8]; N], weights: [u16; N], more: bool, to: &mut [u16]);
    /// Stores sums, or adds them to what is there.
    fn put(self, sums: [__m512i; 2], more: bool, to: &mut [u16; 64]);
}

impl Vectors for V4 {
    #[inline(always)]
    fn splat(self, number: u16) -> __m512i {
        self.avx512f._mm512_set1_epi16(number.cast_signed())
    }

    #[inline(always)]
    fn sums<const N: usize>(self, from: [&[u8; 64]; N], weights: [__m512i; N]) -> [__m512i; 2] {
        let (f, bw) = (self.avx512f, self.avx512bw);
        let (mut low, mut high) = (f._mm512_setzero_si512(), f._mm512_setzero_si512());
        for (from, weight) in from.iter().zip(weights) {
            let bytes: __m512i = cast(**from);
            let part = bw._mm512_mulhi_epu16(bw._mm512_unpacklo_epi8(bytes, bytes), weight);
            low = bw._mm512_add_epi16(low, part);
            let part = bw._mm512_mulhi_epu16(bw._mm512_unpackhi_epi8(bytes, bytes), weight);
            high = bw._mm512_add_epi16(high, part);
        }
        [
            f._mm512_permutex2var_epi64(low, cast(ORDER[0]), high),
            f._mm512_permutex2var_epi64(low, cast(ORDER[1]), high),
        ]
    }

    #[inline(always)]
    fn add<const N: usize>(self, lines: [&[u8]; N], weights: [u16; N], more: bool, to: &mut [u16]) {
        let mut splats = [self.splat(0); N];
        for (splat, weight) in splats.iter_mut().zip(weights) {
            *splat = self.splat(weight);
        }
        let count = lines[0].len() / 64;
        let mut whole: [&[[u8; 64]]; N] = [&[]; N];
        let mut last = [[0; 64]; N];
        for ((whole, last), line) in whole.iter_mut().zip(&mut last).zip(lines) {
            let (chunks, rest) = line.as_chunks();
            *whole = &chunks[..count];
            last[..rest.len()].copy_from_slice(rest);
        }
        let to = to.as_chunks_mut::<64>().0;
        let (to, rest) = to.split_at_mut(count.min(to.len()));
        for (i, to) in to.iter_mut().enumerate() {
            let mut from = [&[0; 64]; N];
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
    fn put(self, mut sums: [__m512i; 2], more: bool, to: &mut [u16; 64]) {
        if more {
            let [low, high]: [__m512i; 2] = cast(*to);
            sums[0] = self.avx512bw._mm512_add_epi16(sums[0], low);
            sums[1] = self.avx512bw._mm512_add_epi16(sums[1], high);
        }
        *to = cast(sums);
    }
}
