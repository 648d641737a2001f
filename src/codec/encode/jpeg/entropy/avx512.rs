//! AVX-512: sixteen coefficients at once. Safe, as a token of `pulp` proves that the processor has
//! it.
//!
//! Blocks become a list of symbols, without a branch that depends on them. The words of a list are
//! looked up and joined in pairs without regard to where its blocks begin and end.

use std::arch::x86_64::{__m512i, __mmask16, __mmask32};

use bytemuck::cast;
use pulp::x86::V4;

use super::super::bits::{Bits, LENGTH_BITS, PAIR_LENGTH_BITS};
use super::super::dct::Block;
use super::{CODES, Coder, PLACES};

/// What a word will be looked up for: a coefficient, or the difference of a DC, in the upper half;
/// in the lower half its place in the order of coding, and the marks.
type Symbol = u32;

/// Where the upper half begins.
const COEFFICIENT: u32 = 16;
/// Marks a DC.
const IS_DC: Symbol = 1 << 15;
/// The bit that tells the tables: 0 for luminance, 1 for chrominance.
const TABLES: u32 = 14;

/// Where the coefficients of a quarter come from, in the order they are coded: each for the upper
/// half of a symbol.
const QUARTERS: [[[u16; 2]; 16]; 4] = {
    let mut quarters = [[[0; 2]; 16]; 4];
    let mut n = 0;
    while n < 64 {
        quarters[n / 16][n % 16][1] = PLACES[n] as u16;
        n += 1;
    }
    quarters
};

/// 0 to 63.
const ORDER: [[Symbol; 16]; 4] = {
    let (mut order, mut n) = ([[0; 16]; 4], 0);
    while n < 64 {
        order[n as usize / 16][n as usize % 16] = n;
        n += 1;
    }
    order
};

/// Zeros at every second place: there is no word for a zero after one other.
const NOTHING: [Symbol; 16] = {
    let (mut places, mut n) = ([0; 16], 0);
    while n < 16 {
        places[n as usize] = 2 * n + 2;
        n += 1;
    }
    places
};

/// Entries of the table of words that are found by one instruction.
#[repr(align(64))]
struct Part {
    words: [u16; Self::LEN],
    /// With the further bits.
    lengths: [u16; Self::LEN],
}

/// The table of words: by size times 16 plus run, so that a zero without a run ends a block and one
/// with a run of fifteen is part of a longer run; then those of DC by size; then the same for
/// chrominance.
static PARTS: [Part; Part::COUNT] = {
    let mut parts =
        [const { Part { words: [0; Part::LEN], lengths: [0; Part::LEN] } }; Part::COUNT];
    let mut n = 0;
    while n < Part::LEN * Part::COUNT {
        let chrominance = Part::CHROMINANCE as usize;
        let (codes, index) = (&CODES[n / chrominance], n % chrominance);
        let (size, entry) = match index.checked_sub(Part::DC as usize) {
            Some(size) => (size, codes.dc[size]),
            None => (index / 16, codes.ac[((index % 16) << 4) + index / 16]),
        };
        let part = &mut parts[n / Part::LEN];
        let (word, length) = (entry >> LENGTH_BITS >> size, entry & ((1 << LENGTH_BITS) - 1));
        #[expect(clippy::cast_possible_truncation, reason = "words have at most 16 bits")]
        {
            part.words[n % Part::LEN] = word as u16;
            part.lengths[n % Part::LEN] = length as u16;
        }
        n += 1;
    }
    parts
};

impl Part {
    const LEN: usize = 1 << Self::BITS;
    const BITS: u32 = 6;
    const COUNT: usize = 6;
    /// The first word of DC: sizes of AC are at most 10.
    const DC: i32 = 11 * 16;
    /// The first word of chrominance.
    const CHROMINANCE: i32 = 3 << Self::BITS;
}

#[derive(Debug)]
pub(in super::super) struct Avx512 {
    simd: V4,
    /// The first symbol is there for the sake of its place.
    list: [Symbol; Self::ROOM],
    len: usize,
    /// The place of the last symbol.
    last: u32,
    pairs: [[u64; 8]; Self::ROOM / 16],
    bits: Bits,
}

impl Coder for Avx512 {
    #[inline(always)]
    fn block(&mut self, block: &Block, before: i16, tables: u8) -> i16 {
        if self.len > Self::ROOM_FOR_ONE {
            self.put_list();
        }
        self.add(block, i32::from(block[0]) - i32::from(before), tables);
        block[0]
    }

    #[inline(always)]
    fn drain(&mut self, blocks: usize, scan: &mut Vec<u8>) {
        self.bits.drain(Self::BLOCKS + blocks, scan);
    }

    #[inline(always)]
    fn finish(mut self, scan: &mut Vec<u8>) {
        self.put_list();
        self.bits.finish(scan);
    }
}

impl Avx512 {
    /// So many blocks fit if nothing is zero; mostly it is many more.
    const BLOCKS: usize = 6;
    const ROOM_FOR_ONE: usize = 1 + 64 * (Self::BLOCKS - 1);
    /// With the first symbol and what is written beyond the end.
    const ROOM: usize = 16 + 64 * Self::BLOCKS + 16;

    pub(in super::super) fn new(simd: V4) -> Self {
        let (list, pairs) = ([0; Self::ROOM], [[0; 8]; Self::ROOM / 16]);
        Self { simd, list, len: 1, last: 0, pairs, bits: Bits::new() }
    }

    #[inline(always)]
    fn store(&mut self, symbols: __m512i, at: usize) {
        if let Some(to) = self.list.get_mut(at..).and_then(<[_]>::first_chunk_mut::<16>) {
            *to = cast(symbols);
        }
    }

    /// Adds the symbols of a block to the list. Sixteen are written each time, and those that are
    /// too many overwritten by the next ones.
    #[inline(always)]
    fn add(&mut self, block: &Block, difference: i32, tables: u8) {
        const UPPER_HALVES: __mmask32 = 0xAAAA_AAAA;
        let (f, bw) = (self.simd.avx512f, self.simd.avx512bw);
        let mark = Symbol::from(tables) << TABLES;
        let marks = f._mm512_set1_epi32(mark.cast_signed());
        let columns = block.as_chunks::<32>().0;
        let (left, right) = (cast(columns[0]), cast(columns[1]));
        let mut symbols = [marks; 4];
        // A DC is coded even if it is zero.
        let mut coded = 1;
        for (n, symbols) in symbols.iter_mut().enumerate() {
            let from = cast(QUARTERS[n]);
            let numbers = bw._mm512_maskz_permutex2var_epi16(UPPER_HALVES, left, from, right);
            coded |= u64::from(f._mm512_test_epi32_mask(numbers, numbers)) << (16 * n);
            let places = f._mm512_or_si512(marks, cast(ORDER[n]));
            *symbols = f._mm512_or_si512(numbers, places);
        }
        let coded = with_long_runs(coded);
        let mut at = self.len;
        for (n, symbols) in symbols.into_iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "a quarter")]
            let quarter = (coded >> (16 * n)) as __mmask16;
            self.store(f._mm512_maskz_compress_epi32(quarter, symbols), at);
            at += quarter.count_ones() as usize;
        }
        if let Some(dc) = self.list.get_mut(self.len) {
            *dc = difference.cast_unsigned() << COEFFICIENT | IS_DC | mark;
        }
        // A zero right after the last one ends the block, unless the block is full.
        let end = u64::BITS - coded.leading_zeros();
        if let Some(to) = self.list.get_mut(at) {
            *to = end | mark;
        }
        self.len = at + usize::from(end < 64);
        self.last = end.min(63);
    }

    /// Adds the words of the list to the bits.
    #[inline(always)]
    fn put_list(&mut self) {
        let f = self.simd.avx512f;
        let last = f._mm512_set1_epi32(self.last.cast_signed());
        self.store(f._mm512_add_epi32(last, cast(NOTHING)), self.len);
        let (before, symbols) = (self.list.as_chunks().0, self.list[1..].as_chunks().0);
        let groups = (self.len - 1).div_ceil(16);
        for n in 0..groups.min(symbols.len()) {
            self.pairs[n] = pairs(
                self.simd,
                cast::<[Symbol; 16], _>(symbols[n]),
                cast::<[Symbol; 16], _>(before[n]),
            );
        }
        self.bits.put_pairs(&self.pairs.as_flattened()[..self.len / 2]);
        self.len = 1;
    }
}

/// Adds the places where sixteen zeros end that are not the last ones.
#[inline(always)]
fn with_long_runs(mut coded: u64) -> u64 {
    loop {
        // Sixteen places after each.
        let mut near = coded << 1;
        near |= near << 1;
        near |= near << 2;
        near |= near << 4;
        near |= near << 8;
        let far = coded & !near & !1;
        if far == 0 {
            return coded;
        }
        let before = coded & ((far & far.wrapping_neg()) - 1);
        coded |= 1 << 16 << before.checked_ilog2().unwrap_or(0);
    }
}

/// Words of symbols with their further bits, two and two, above their lengths.
#[inline(always)]
fn pairs(simd: V4, symbols: __m512i, before: __m512i) -> [u64; 8] {
    const LOWER_HALVES: __mmask32 = 0x5555_5555;
    let (f, bw) = (simd.avx512f, simd.avx512bw);
    let splat = |number| f._mm512_set1_epi32(number);
    let number = f._mm512_srai_epi32::<COEFFICIENT>(symbols);
    let zeros = simd.avx512cd._mm512_lzcnt_epi32(f._mm512_abs_epi32(number));
    let size = f._mm512_sub_epi32(splat(32), zeros);
    // Of a negative number the bits of the number less 1 (F.1.2.1.1).
    let bits = f._mm512_add_epi32(number, f._mm512_srai_epi32::<31>(number));
    let further = f._mm512_and_si512(bits, f._mm512_srlv_epi32(splat(-1), zeros));

    let distance = f._mm512_sub_epi32(symbols, before);
    let run = f._mm512_and_si512(f._mm512_sub_epi32(distance, splat(1)), splat(15));
    let index = f._mm512_or_si512(f._mm512_slli_epi32::<4>(size), run);
    let is_dc = f._mm512_test_epi32_mask(symbols, splat(IS_DC.cast_signed()));
    let index = f._mm512_mask_add_epi32(index, is_dc, size, splat(Part::DC));
    let is_chrominance = f._mm512_test_epi32_mask(symbols, splat(1 << TABLES));
    let index = f._mm512_mask_add_epi32(index, is_chrominance, index, splat(Part::CHROMINANCE));
    let number = f._mm512_srli_epi32::<{ Part::BITS }>(index);
    let (mut word, mut length) = (splat(0), splat(0));
    for (n, part) in (0..).zip(&PARTS) {
        let here = bw._mm512_mask_cmpeq_epi16_mask(LOWER_HALVES, number, splat(n));
        let [low, high] = cast(part.words);
        let found = bw._mm512_maskz_permutex2var_epi16(here, low, index, high);
        word = f._mm512_or_si512(word, found);
        let [low, high] = cast(part.lengths);
        let found = bw._mm512_maskz_permutex2var_epi16(here, low, index, high);
        length = f._mm512_or_si512(length, found);
    }
    let all = f._mm512_or_si512(f._mm512_sllv_epi32(word, size), further);

    let first = f._mm512_and_si512(all, f._mm512_set1_epi64(u32::MAX.into()));
    let second = f._mm512_srli_epi64::<32>(all);
    let second_length = f._mm512_srli_epi64::<32>(length);
    let both = f._mm512_or_si512(f._mm512_sllv_epi64(first, second_length), second);
    let lengths = f._mm512_add_epi64(length, second_length);
    let lowest = f._mm512_set1_epi64((1 << PAIR_LENGTH_BITS) - 1);
    let both = f._mm512_slli_epi64::<PAIR_LENGTH_BITS>(both);
    cast(f._mm512_or_si512(both, f._mm512_and_si512(lengths, lowest)))
}
